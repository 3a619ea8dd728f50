//! The program itself, with a network on this machine.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::cli::{Repository, Run, program};
use crate::github::Github;
use crate::repositories::{Repositories, light};
use crate::server::{Reply, Server};
use crate::{TOKEN, within};

/// A workflow with one step, that runs this action.
pub(crate) fn workflow(uses: &str) -> String {
    format!(
        "on: push\npermissions:\n  contents: read\njobs:\n  test:\n    runs-on: ubuntu-latest\n    \
         steps:\n      - uses: {uses}\n"
    )
}

fn repository() -> Repository {
    Repository::of_workflow(&workflow("own/er@v1"))
}

/// Without the rules that also read the definitions of actions.
pub(crate) const WITHOUT_PERMISSIONS: [&str; 2] =
    ["--ignore", "job-permissions,workflow-permissions"];

/// The program, with this server as GitHub.
pub(crate) fn command(repository: &Repository, server: &Server, arguments: &[&str]) -> Command {
    let mut command = program();
    command
        .current_dir(repository.root())
        .args(arguments)
        .env("GITHUB_SERVER_URL", server.url())
        .env("GITHUB_API_URL", format!("{}/api/v3", server.url()))
        .env("GITHUB_GRAPHQL_URL", format!("{}/api/graphql", server.url()))
        // No GitHub CLI, whoever is logged in.
        .env("PATH", "")
        .env("NO_PROXY", "127.0.0.1,localhost");
    command
}

#[test]
fn pins_by_the_network_and_then_by_the_cache() {
    let repositories = Repositories::new();
    repositories.make("own/er", &(light("refs/tags/v1", 2) + &light("refs/tags/v1.2.3", 2)));
    let commit = repositories.commit("own/er", "v1");
    let server = Server::new(move |request| repositories.serve(request, true));
    let repository = repository();
    let cache = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let arguments = [&["--select", "pin-actions"], arguments].concat();
        let mut command = command(&repository, &server, &arguments);
        Run::of(command.env("SPEC8_FIX_CACHE_DIR", cache.path()))
    };
    let pinned = format!("+      - uses: own/er@{commit} # v1.2.3\n");
    for (arguments, requests) in
        [(&[][..], 1), (&[], 1), (&["--offline"], 1), (&["--refresh"], 2), (&["--write"], 2)]
    {
        let run = run(arguments);
        assert!(run.stdout.contains(&pinned) || arguments == ["--write"], "{run:?}");
        assert_eq!(server.count(), requests, "{arguments:?}");
        assert!(!run.stderr.contains("index"), "{}", run.stderr);
    }
    assert!(repository.workflow().contains(&pinned[1..]));
}

#[test]
fn offline_asks_nobody() {
    let server = Server::new(|_| Reply::new(500, ""));
    let repository = repository();
    let mut command = command(&repository, &server, &["--offline"]);
    Run::of(command.env("GH_TOKEN", TOKEN));
    assert_eq!(server.count(), 0);
}

#[test]
fn no_token_is_ever_said() {
    type Handler = fn() -> Server;
    let servers: [Handler; 6] = [
        || Server::new(|_| Reply::new(401, r#"{"message": "Bad credentials"}"#)),
        || {
            Server::new(|request| {
                // A server that says what it heard.
                let heard = request.header("authorization").unwrap_or_default();
                Reply::new(403, serde_json::json!({"message": heard}).to_string())
            })
        },
        || {
            Server::new(|request| {
                let heard = request.header("authorization").unwrap_or_default();
                let errors = serde_json::json!({"errors": [{"message": heard}]});
                Reply::new(200, errors.to_string())
            })
        },
        || Server::after([Reply::new(200, "{")], |_| Reply::new(200, "nonsense")),
        || {
            let github = Github::default().failing("own/er", "FORBIDDEN");
            Server::new(move |request| github.serve(request))
        },
        || Server::new(|_| Reply::new(302, "").with("Location", "http://localhost:1/")),
    ];
    for server in servers {
        let server = server();
        let repository = repository();
        for (arguments, variable) in [
            (&["-v"][..], "GH_TOKEN"),
            (&["-vv"], "GITHUB_TOKEN"),
            (&["-vv", "--write"], "GH_TOKEN"),
        ] {
            let mut command = command(&repository, &server, arguments);
            let run = Run::of(command.env(variable, format!(" {TOKEN}\n")));
            let output = run.stdout + &run.stderr;
            assert!(!output.contains("sesame"), "{output}");
            assert!(!output.contains("panicked"), "{output}");
        }
        assert!(server.requests().iter().any(|request| request.header("authorization").is_some()));
    }
}

#[test]
fn an_address_that_is_none_is_an_error() {
    let server = Server::new(|_| Reply::new(500, ""));
    let repository = repository();
    let mut command = command(&repository, &server, &[]);
    let run = Run::of(command.env("GITHUB_API_URL", "https://me:sesame@api.example"));
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("GITHUB_API_URL"), "{}", run.stderr);
    assert!(!run.stderr.contains("sesame"), "{}", run.stderr);
}

#[test]
fn a_proxy_is_used_where_the_environment_names_one() {
    let repository = repository();
    for (variable, scheme, expected) in [
        ("HTTP_PROXY", "http", "http://git.invalid/own/er.git/git-upload-pack"),
        ("HTTPS_PROXY", "https", "git.invalid:443"),
    ] {
        for no_proxy in ["", "git.invalid"] {
            let proxy = Server::new(|_| Reply::new(403, ""));
            let run = Run::of(
                command(&repository, &proxy, &[])
                    .env("GITHUB_SERVER_URL", format!("{scheme}://git.invalid"))
                    .env(variable, proxy.url())
                    .env("NO_PROXY", no_proxy),
            );
            let asked: Vec<_> =
                proxy.requests().into_iter().map(|request| request.target).collect();
            let used = no_proxy.is_empty();
            assert_eq!(asked.first().map(String::as_str), used.then_some(expected), "{run:?}");
        }
    }
}

/// A signal while the network is asked finds nothing written. It is not SIGINT, which a shell makes
/// the jobs in its background ignore.
#[test]
#[cfg(unix)]
fn an_interrupt_leaves_every_file_as_it_was() {
    let server = Server::new(|_| Reply::Stall(Duration::from_secs(20)));
    let repository = repository();
    let before = repository.files();
    let mut child = command(&repository, &server, &["--write"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    within(Duration::from_secs(15), || {
        while server.count() == 0 {
            std::thread::sleep(Duration::from_millis(10));
        }
        let kill = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        assert!(!child.wait().unwrap().success());
    });
    assert_eq!(repository.files(), before);
}
