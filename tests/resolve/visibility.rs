//! Whether a repository is private, which decides what some actions need: through the program.

use std::process::Command;

use tempfile::TempDir;

use crate::TOKEN;
use crate::cli::{Repository, Run};
use crate::github::Github;
use crate::program::command;
use crate::repositories::Repositories;
use crate::server::{Reply, Request, Server};

/// A workflow with an action that needs more in a private repository.
const CODEQL: &str = "on: push\njobs:\n  job:\n    runs-on: x\n    steps:\n      - uses: github/codeql-action/upload-sarif@v3\n";

/// What only a private repository needs.
const MORE: &str = "+      actions: read\n";

/// What is said where that is not known: to read is granted all the same.
const IF_PRIVATE: &str = "which takes a permission if the repository is private";

/// A clone of `own/er` that is kept on this host.
fn clone_of(host: &str, workflow: &str) -> Repository {
    let repository = Repository::of_workflow(workflow);
    let config = format!("[remote \"origin\"]\n\turl = {host}/own/er.git\n");
    repository.write(".git/config", config);
    repository
}

/// What is said of a repository whose host does this.
struct Host {
    server: Server,
    cache: TempDir,
}

impl Host {
    fn new(handle: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self { server: Server::new(handle), cache: tempfile::tempdir().unwrap() }
    }

    fn run(&self, repository: &Repository, more: impl FnOnce(&mut Command)) -> Run {
        let arguments = ["-v", "--select", "workflow-permissions"];
        let mut command = command(repository, &self.server, &arguments);
        command.env("SPEC8_FIX_CACHE_DIR", self.cache.path());
        more(&mut command);
        Run::of(&mut command)
    }
}

fn with_token(command: &mut Command) {
    command.env("GH_TOKEN", TOKEN);
}

/// Whether a query asks about `own/er`.
fn is_about_own(request: &Request) -> bool {
    String::from_utf8_lossy(&request.body).contains(r#"owner: \"own\", name: \"er\""#)
}

#[track_caller]
fn tells(run: &Run, is_private: Option<bool>) {
    let told = (run.stdout.contains(MORE), run.stderr.contains(IF_PRIVATE));
    assert_eq!(told, (is_private != Some(false), is_private.is_none()), "{run:?}");
}

#[test]
fn the_api_tells_who_has_a_token() {
    let public = Github::default().branch("own/er", "main", "aa", "2026-01-01");
    for (github, is_private) in [(public.clone(), false), (public.private("own/er"), true)] {
        for with_graphql in [true, false] {
            let github = github.clone();
            let host = Host::new(move |request| match request.path() {
                "/api/graphql" if !with_graphql => Reply::new(403, "{}"),
                _ => github.serve(request),
            });
            let repository = clone_of(&host.server.url(), CODEQL);
            tells(&host.run(&repository, with_token), Some(is_private));
            let asked = host.server.count();
            assert!(asked == 1 || !with_graphql, "{asked}");
            assert!(host.server.requests().iter().any(is_about_own));
            tells(&host.run(&repository, with_token), Some(is_private));
            assert_eq!(host.server.count(), asked, "no second run asks");
        }
    }
}

#[test]
fn who_can_list_it_without_a_token_sees_that_it_is_public() {
    let git = Repositories::new();
    git.make("own/er", "");
    let host = Host::new(move |request| git.serve(request, true));
    let repository = clone_of(&host.server.url(), CODEQL);
    for _ in 0..2 {
        tells(&host.run(&repository, |_| {}), Some(false));
        assert_eq!(host.server.count(), 1);
    }
    // One that asks who wants to know may be private, or may not be.
    for status in [401, 404, 500] {
        let host = Host::new(move |_| Reply::new(status, ""));
        tells(&host.run(&clone_of(&host.server.url(), CODEQL), |_| {}), None);
    }
}

#[test]
fn nobody_is_asked_without_need() {
    let github = Github::default().branch("own/er", "main", "aa", "2026-01-01");
    let host = Host::new(move |request| github.serve(request));
    let here = host.server.url();
    // Nothing needs more in a private repository.
    let checkout = CODEQL.replace("github/codeql-action/upload-sarif@v3", "actions/checkout@v4");
    host.run(&clone_of(&here, &checkout), with_token);
    // Its name is not known.
    tells(&host.run(&Repository::of_workflow(CODEQL), with_token), None);
    // It is kept somewhere else, where the name may mean another one.
    tells(&host.run(&clone_of("https://git.example", CODEQL), with_token), None);
    // No rule wants to know.
    let repository = clone_of(&here, CODEQL);
    let mut command = command(&repository, &host.server, &["--select", "stale-repositories"]);
    Run::of(command.env("GH_TOKEN", TOKEN));
    assert!(!host.server.requests().iter().any(is_about_own));
}

#[test]
fn in_a_workflow_run_the_event_tells() {
    for is_private in [true, false] {
        let host = Host::new(|_| Reply::new(500, ""));
        let repository = Repository::of_workflow(CODEQL);
        let event = repository.path("event.json");
        let text =
            format!("{{\"repository\": {{\"full_name\": \"own/er\", \"private\": {is_private}}}}}");
        repository.write("event.json", text);
        let run = host.run(&repository, |command| {
            command
                .env("GITHUB_REPOSITORY", "own/er")
                .env("GITHUB_WORKSPACE", repository.root())
                .env("GITHUB_EVENT_PATH", event);
        });
        tells(&run, Some(is_private));
        assert_eq!(host.server.count(), 0);
    }
}
