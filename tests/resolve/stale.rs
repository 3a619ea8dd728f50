//! `stale-repositories` through the program.

use crate::TOKEN;
use crate::cli::{Repository, Run};
use crate::github::{Github, full};
use crate::program::{command, workflow};
use crate::repositories::{Repositories, light};
use crate::server::{Reply, Server};

const RULE: &str = "stale-repositories";

/// `old/name`, which is `new/name` by now and archived, without an API and with one; with the commit
/// of v1.0.0.
fn servers() -> [(bool, Server, String); 2] {
    let git = Repositories::new();
    git.make("new/name", &(light("refs/tags/v1", 2) + &light("refs/tags/v1.0.0", 2)));
    let commit = git.commit("new/name", "v1");
    let git = Server::new(move |request| match request.target.strip_prefix("/old/name.git") {
        Some(rest) => Reply::new(301, "").with("Location", &format!("/new/name.git{rest}")),
        None => git.serve(request, true),
    });
    let api = Github::default()
        .branch("old/name", "main", "ff", "2026-01-02")
        .tag("old/name", "v1", "ee", "2026-01-01")
        .tag("old/name", "v1.0.0", "ee", "2026-01-01")
        .renamed("old/name", "new/name")
        .archived("old/name");
    [(false, git, commit), (true, Server::new(move |request| api.serve(request)), full("ee"))]
}

fn run(server: &Server, has_token: bool, uses: &str, arguments: &[&str]) -> (Run, String) {
    let repository = Repository::of_workflow(&workflow(uses));
    let mut command = command(&repository, server, arguments);
    if has_token {
        command.env("GH_TOKEN", TOKEN);
    }
    let run = Run::of(&mut command);
    (run, repository.workflow())
}

#[test]
fn a_new_name_takes_the_place_of_the_old_one() {
    for (has_token, server, commit) in servers() {
        for (before, after) in [
            ("old/name@v1".to_owned(), "new/name@v1".to_owned()),
            ("old/name/sub/path@main".to_owned(), "new/name/sub/path@main".to_owned()),
            (format!("\"old/name@{commit}\" # v1.0.0"), format!("\"new/name@{commit}\" # v1.0.0")),
        ] {
            let run = |arguments: &[&str]| {
                run(&server, has_token, &before, &[&["--select", RULE], arguments].concat())
            };
            let (safe, unchanged) = run(&["--write"]);
            assert_eq!(unchanged, workflow(&before), "{}", safe.stderr);
            assert!(safe.stderr.contains("needs --unsafe 1\n"), "{}", safe.stderr);
            assert!(safe.stderr.contains("until somebody else takes it"), "{}", safe.stderr);
            let (all, changed) = run(&["--write", "--unsafe"]);
            assert_eq!(changed, workflow(&after), "{}", all.stderr);
            assert_eq!(all.code, Some(0), "{}", all.stderr);
        }
    }
}

#[test]
fn it_is_named_and_pinned_at_once() {
    for (has_token, server, commit) in servers() {
        let (all, changed) = run(&server, has_token, "old/name@v1 # x", &["--write", "--unsafe"]);
        let steps = format!("new/name@{commit} # v1.0.0");
        let expected = workflow(&steps).replace("      - uses", "      # x\n      - uses");
        assert_eq!(changed, expected, "{}", all.stderr);
        assert!(all.stderr.contains("fixed 2\n"), "{}", all.stderr);
    }
}

#[test]
fn an_archived_one_is_told_where_the_api_tells() {
    for (has_token, server, commit) in servers() {
        let uses = format!("old/name@{commit} # v1.0.0");
        let (told, _) = run(&server, has_token, &uses, &["--select", RULE, "--unsafe"]);
        let is_told = told.stderr.contains("`old/name` is archived by its owner");
        assert_eq!(is_told, has_token, "{}", told.stderr);
    }
}

#[test]
fn the_name_that_is_asked_for_is_no_new_one() {
    let api =
        Github::default().branch("own/er", "main", "ff", "2026-01-02").renamed("own/er", "Own/Er");
    let server = Server::new(move |request| api.serve(request));
    let (told, _) = run(&server, true, "own/er@main", &["--select", RULE, "--unsafe"]);
    assert_eq!(told.stderr, "1 file, nothing to change\n");
}
