//! Pull requests and repositories on GitHub, through the program: a GitHub on 127.0.0.1 with real git
//! repositories behind it, every request held against the schemas that GitHub publishes, and its state
//! compared before and after.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

#[path = "../support/cli.rs"]
mod cli;
mod clone;
#[allow(dead_code)]
#[path = "../resolve/github.rs"]
mod github;
mod hub;
mod many;
#[path = "../support/openapi.rs"]
mod openapi;
mod refresh;
mod remote;
#[allow(dead_code)]
#[path = "../resolve/repositories.rs"]
mod repositories;
mod rights;
#[path = "../support/schema.rs"]
mod schema;
#[allow(dead_code)]
#[path = "../resolve/server.rs"]
mod server;
mod text;
mod trouble;
mod valid;

use std::process::Command;

use cli::{Repository, Run, program};
use hub::Hub;

/// The token of somebody who may do all of it.
pub(crate) const TOKEN: &str = "ghp_sesame0123456789";

/// A workflow that two clauses have something to say about.
pub(crate) const WORKFLOW: &str = "\
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: own/er@v1
      - run: echo hello
";

/// What becomes of it.
pub(crate) const FIXED: &str = "\
on: push
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: own/er@aa00000000000000000000000000000000000000 # v1.2.3
      - run: echo hello
";

/// What Dependabot has to be told for its part of it.
pub(crate) const DEPENDABOT: (&str, &str) = (
    ".github/dependabot.yml",
    "\
version: 2
updates:
  - package-ecosystem: github-actions
    directory: /
    schedule:
      interval: monthly
",
);

/// The path of most workflows here.
pub(crate) const PATH: &str = ".github/workflows/test.yml";

/// The repository of most tests.
pub(crate) const NAME: &str = "weather/report";

/// Its branch.
pub(crate) const BRANCH: &str = "spec8-fix/main";

/// A GitHub with that repository and one workflow in it.
pub(crate) fn hub() -> Hub {
    let hub = Hub::new();
    hub.make(NAME, &[(PATH, WORKFLOW), DEPENDABOT, ("README.md", "Weather\n")]);
    hub
}

/// A clone of the repository.
pub(crate) fn clone() -> Repository {
    Repository::new([(PATH, WORKFLOW), DEPENDABOT, ("README.md", "Weather\n")]).named(NAME)
}

/// The program, with this GitHub.
pub(crate) fn command(repository: &Repository, hub: &Hub, arguments: &[&str]) -> Command {
    let mut command = program();
    command
        .current_dir(repository.root())
        .args(arguments)
        .env("GITHUB_SERVER_URL", hub.url())
        .env("GITHUB_API_URL", format!("{}/api/v3", hub.url()))
        .env("GITHUB_GRAPHQL_URL", format!("{}/api/graphql", hub.url()))
        .env("GH_TOKEN", TOKEN)
        // No GitHub CLI, whoever is logged in.
        .env("PATH", "")
        .env("NO_PROXY", "127.0.0.1,localhost");
    command
}

/// Runs the program in a clone.
pub(crate) fn run(hub: &Hub, arguments: &[&str]) -> Run {
    run_in(&clone(), hub, arguments)
}

/// Runs the program in this clone.
pub(crate) fn run_in(repository: &Repository, hub: &Hub, arguments: &[&str]) -> Run {
    let run = Run::of(&mut command(repository, hub, arguments));
    assert!(!run.stderr.contains("sesame") && !run.stdout.contains("sesame"), "{run:?}");
    assert!(!run.stderr.contains("panicked"), "{run:?}");
    run
}

/// The first lines of commit messages.
pub(crate) const HEADLINES: [&str; 2] =
    ["Give workflows least permissions", "Pin actions to commits"];
