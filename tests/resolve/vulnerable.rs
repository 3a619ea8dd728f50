//! `vulnerable-actions` through the program.

use crate::TOKEN;
use crate::cli::{Repository, Run};
use crate::github::{Github, full};
use crate::program::{WITHOUT_PERMISSIONS, command, workflow};
use crate::repositories::{Repositories, light};
use crate::server::{Reply, Server};

const RULE: &str = "vulnerable-actions";

/// `own/er` with the releases v1.0.0 to v1.2.0, of which v1.0.0 is vulnerable, and v2.0.0, for which
/// there is no repair.
fn github() -> Github {
    let mut github = Github::default().branch("own/er", "main", "ff", "2026-02-01");
    for (tag, commit, day) in [
        ("v1.0.0", "a0", "2025-01-01"),
        ("v1.1.0", "a1", "2025-02-01"),
        ("v1.2.0", "a2", "2025-03-01"),
        ("v1", "a2", "2025-03-01"),
        ("v2.0.0", "b0", "2026-01-01"),
        ("v2", "b0", "2026-01-01"),
    ] {
        github = github.tag("own/er", tag, commit, day);
    }
    github
        .commit("own/er", "0d", "2025-01-15", "BEHIND")
        .advisory("own/er", ["GHSA-aaaa", "moderate", "< 1.1.0", "1.1.0"])
        .advisory("own/er", ["GHSA-bbbb", "high", "= 1.0.0", "1.1.0"])
        .advisory("own/er", ["GHSA-cccc", "low", ">= 2.0.0", ""])
        .advisory("own/er", ["GHSA-withdrawn", "critical", ">= 0", ""])
}

fn servers() -> [Server; 2] {
    let (github, rest) = (github(), github());
    [
        Server::new(move |request| github.serve(request)),
        Server::new(move |request| match request.path() {
            "/api/graphql" => Reply::new(403, r#"{"message": "Forbidden"}"#),
            _ => rest.serve(request),
        }),
    ]
}

fn run(server: &Server, uses: &str, arguments: &[&str]) -> (Run, String) {
    let repository = Repository::of_workflow(&workflow(uses));
    let mut command = command(&repository, server, arguments);
    let run = Run::of(command.env("GH_TOKEN", TOKEN));
    (run, repository.workflow())
}

#[test]
fn the_nearest_repaired_release_takes_the_place_of_a_vulnerable_one() {
    let (v1_0, v1_1) = (full("a0"), full("a1"));
    for server in servers() {
        let expected = workflow(&format!("own/er@{v1_1} # v1.1.0"));
        for uses in ["own/er@v1.0.0", &format!("own/er@{v1_0} # v1.0.0"), &format!("own/er@{v1_0}")]
        {
            for rules in [RULE, "vulnerable-actions,pin-actions,verify-pins"] {
                let run = |more: &[&str]| {
                    run(&server, uses, &[&["--write", "--select", rules], more].concat())
                };
                let (told, _) = run(&[]);
                for words in [
                    "`own/er` v1.0.0 has known vulnerabilities: GHSA-bbbb (high), GHSA-aaaa (moderate)",
                    "needs --unsafe 1\n",
                    "v1.1.0 is the nearest release without known vulnerabilities",
                    "https://github.com/advisories/GHSA-bbbb",
                ] {
                    assert!(told.stderr.contains(words), "{words}: {}", told.stderr);
                }
                let (all, written) = run(&["--unsafe"]);
                assert_eq!(written, expected, "{uses}: {}", all.stderr);
                assert!(all.stderr.contains("fixed 1\n"), "{}", all.stderr);
                assert_eq!(all.code, Some(0));
            }
        }
    }
}

#[test]
fn without_unsafe_the_others_do_their_part() {
    let [server, _] = servers();
    let (told, written) = run(&server, "own/er@v1.0.0", &["--write"]);
    assert_eq!(written, workflow(&format!("own/er@{} # v1.0.0", full("a0"))));
    assert!(told.stderr.contains("fixed 1\n"), "{}", told.stderr);
    assert!(told.stderr.contains("needs --unsafe 1\n"), "{}", told.stderr);
}

#[test]
fn what_has_no_repair_is_told() {
    for server in servers() {
        let (told, _) = run(&server, "own/er@v2", &["--select", RULE, "--unsafe"]);
        assert!(told.stderr.contains("`own/er` v2.0.0 has known vulnerabilities: GHSA-cccc (low)"));
        assert!(told.stderr.contains("there is no repaired version"), "{}", told.stderr);
        assert_eq!((told.code, told.stdout.as_str()), (Some(0), ""));
    }
}

#[test]
fn what_is_not_known_to_be_vulnerable_is_fine() {
    for server in servers() {
        for uses in [
            "own/er@v1",
            "own/er@v1.2.0",
            "own/er@main",
            &format!("own/er@{} # v1.0.0", full("a1")),
            &format!("own/er@{} # v1.0.0", full("0d")),
        ] {
            let (told, _) = run(&server, uses, &["--select", RULE, "--unsafe"]);
            assert_eq!(told.stderr, "1 file, nothing to change\n", "{uses}");
        }
    }
}

#[test]
fn it_takes_one_request_with_the_rest_and_none_the_next_time() {
    let server = Server::new({
        let github = github();
        move |request| github.serve(request)
    });
    let cache = tempfile::tempdir().unwrap();
    let repository = Repository::of_workflow(&workflow("own/er@v1.0.0"));
    for _ in 0..3 {
        let mut command = command(&repository, &server, &WITHOUT_PERMISSIONS);
        command.env("GH_TOKEN", TOKEN).env("SPEC8_FIX_CACHE_DIR", cache.path());
        let run = Run::of(&mut command);
        assert!(run.stderr.contains("GHSA-bbbb"), "{}", run.stderr);
        assert_eq!(server.count(), 1);
    }
    let mut command = command(&repository, &server, &["--offline"]);
    let run = Run::of(command.env("SPEC8_FIX_CACHE_DIR", cache.path()));
    assert!(run.stderr.contains("GHSA-bbbb"), "{}", run.stderr);
}

#[test]
fn who_gets_a_token_learns_what_was_not_told_before() {
    let git = Repositories::new();
    git.make("own/er", &light("refs/tags/v1.0.0", 1));
    let github = github();
    let server = Server::new(move |request| match request.path() {
        path if path.starts_with("/api/") => github.serve(request),
        _ => git.serve(request, true),
    });
    let cache = tempfile::tempdir().unwrap();
    let repository = Repository::of_workflow(&workflow("own/er@v1.0.0"));
    for (token, is_told, requests) in
        [("", false, 1), ("", false, 1), (TOKEN, true, 2), (TOKEN, true, 2)]
    {
        let mut command = command(&repository, &server, &["--select", RULE]);
        command.env("GH_TOKEN", token).env("SPEC8_FIX_CACHE_DIR", cache.path());
        let run = Run::of(&mut command);
        assert_eq!(run.stderr.contains("GHSA-bbbb"), is_told, "{}", run.stderr);
        assert_eq!(server.count(), requests);
    }
}

#[test]
fn a_server_without_the_database_tells_the_rest() {
    let github = github();
    let server = Server::new(move |request| {
        let reply = github.serve(request);
        let Reply::Answer { status, headers, body } = reply else { return reply };
        let mut answer: serde_json::Value = serde_json::from_slice(&body).unwrap();
        answer["data"]["v0"] = serde_json::Value::Null;
        answer["errors"] =
            serde_json::json!([{"type": "INTERNAL", "message": "no", "path": ["v0"]}]);
        Reply::Answer { status, headers, body: answer.to_string().into_bytes() }
    });
    let (told, written) = run(&server, "own/er@v1.0.0", &["--write"]);
    assert_eq!(written, workflow(&format!("own/er@{} # v1.0.0", full("a0"))), "{}", told.stderr);
    assert!(!told.stderr.contains("note:"), "{}", told.stderr);
}
