//! `cargo xtask index` as a maintainer runs it, against git's own server and an API on this machine.
#![cfg(unix)]
#![allow(clippy::unwrap_used, dead_code)]

#[path = "../../tests/resolve/github.rs"]
mod github;
#[path = "../../tests/resolve/repositories.rs"]
mod repositories;
#[path = "../../tests/resolve/server.rs"]
mod server;

use std::fs;
use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;

use github::Github;
use repositories::{Repositories, annotated, light};
use server::{Request, Server};

const REFS_HEADER: &str = "# refs\n";
const REPOSITORIES_HEADER: &str = "# repositories\n";

/// A folder with the two tables.
fn tables(refs: &str, repositories: &str) -> TempDir {
    let data = tempfile::tempdir().unwrap();
    let write = |file, header: &str, rows: &str| {
        fs::write(data.path().join(file), format!("{header}{rows}")).unwrap();
    };
    write("action-refs.tsv", REFS_HEADER, refs);
    write("action-repositories.tsv", REPOSITORIES_HEADER, repositories);
    data
}

/// What came of a run.
struct Run {
    success: bool,
    printed: String,
    said: String,
    refs: String,
    repositories: String,
}

fn run(server: &Server, data: &TempDir, token: bool, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["GITHUB_", "GH_"].iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    command.env("GITHUB_SERVER_URL", server.url());
    command.env("GITHUB_API_URL", format!("{}/api/v3", server.url()));
    if token {
        command.env("GH_TOKEN", "ghp_sesame0123456789");
    }
    let output =
        command.arg("index").arg("--data").arg(data.path()).args(arguments).output().unwrap();
    let read = |file: &str, header: &str| {
        let text = fs::read_to_string(data.path().join(file)).unwrap();
        text.strip_prefix(header).unwrap().to_owned()
    };
    Run {
        success: output.status.success(),
        printed: String::from_utf8(output.stdout).unwrap(),
        said: String::from_utf8(output.stderr).unwrap(),
        refs: read("action-refs.tsv", REFS_HEADER),
        repositories: read("action-repositories.tsv", REPOSITORIES_HEADER),
    }
}

fn repositories() -> Arc<Repositories> {
    let repositories = Repositories::new();
    let refs = [
        light("refs/tags/v1", 2),
        light("refs/tags/v1.0.0", 1),
        annotated("v1.1.0", 2),
        light("refs/heads/releases/v1", 2),
        light("refs/heads/somebody/work", 1),
    ];
    repositories.make("Own/er", &refs.concat());
    repositories.make("new/er", &light("refs/tags/v2.0.0", 1));
    Arc::new(repositories)
}

/// Tables that know the first release of `own/er`, and a repository that no one has.
fn some_tables(first: &str) -> TempDir {
    let rows = [
        format!("gone/er\ttag\tv1.0.0\t{first}\t2020-01-01\tlisting\n"),
        format!("Own/er\tbranch\told\t{first}\t2020-01-01\tlisting\n"),
        format!("Own/er\ttag\tv1\t{first}\t2020-01-01\tlisting\n"),
        format!("Own/er\ttag\tv1.0.0\t{first}\t2020-01-01\tlisting\n"),
        format!("Own/er\ttag\tv7.0.0\t{first}\t\tseen\n"),
    ];
    tables(&rows.concat(), "gone/er\t2020-01-01\nOwn/er\t2020-01-01\n")
}

fn is_git(request: &Request) -> bool {
    !request.path().starts_with("/api/")
}

#[test]
fn without_a_token_the_git_protocol_lists_everything() {
    let repositories = repositories();
    let served = Arc::clone(&repositories);
    let server = Server::new(move |request| served.serve(request, true));
    let first = repositories.commit("Own/er", "refs/tags/v1.0.0");
    let head = repositories.commit("Own/er", "refs/heads/trunk");
    let of_new = |git_ref| repositories.commit("new/er", git_ref);
    let data = some_tables(&first);
    let ran = run(&server, &data, false, &["new/er", "no/such"]);
    assert_eq!(
        ran.printed,
        "new/er\n  + branch trunk\n  + tag v2.0.0\n\
         Own/er\n  + branch releases/v1\n  + branch trunk\n  ~ tag v1: FIRST -> HEAD\n  \
         + tag v1.1.0\n  - branch old\n"
            .replace("FIRST", &first)
            .replace("HEAD", &head)
    );
    assert!(!ran.success, "two repositories are not there");
    assert!(ran.said.contains("gone/er: not listed, its rows stay as they were: "), "{}", ran.said);
    assert!(ran.said.contains("no/such: not listed"), "{}", ran.said);
    let expected = [
        format!("gone/er\ttag\tv1.0.0\t{first}\t2020-01-01\tlisting\n"),
        format!("new/er\tbranch\ttrunk\t{}\t\tlisting\n", of_new("refs/heads/trunk")),
        format!("new/er\ttag\tv2.0.0\t{}\t\tlisting\n", of_new("refs/tags/v2.0.0")),
        format!("Own/er\tbranch\treleases/v1\t{head}\t\tlisting\n"),
        format!("Own/er\tbranch\ttrunk\t{head}\t\tlisting\n"),
        format!("Own/er\ttag\tv1\t{head}\t\tlisting\n"),
        format!("Own/er\ttag\tv1.0.0\t{first}\t2020-01-01\tlisting\n"),
        format!("Own/er\ttag\tv1.1.0\t{head}\t\tlisting\n"),
        format!("Own/er\ttag\tv7.0.0\t{first}\t\tseen\n"),
    ];
    assert_eq!(ran.refs, expected.concat());
    let names: Vec<_> = ran.repositories.lines().map(|row| row.split_once('\t').unwrap()).collect();
    let [gone, new, own] = names[..] else { unreachable!("{names:?}") };
    assert_eq!(gone, ("gone/er", "2020-01-01"));
    assert_eq!((new.0, own.0, new.1), ("new/er", "Own/er", own.1));
    assert!(own.1 > "2026-01-01", "listed today");

    let again = run(&server, &data, false, &[]);
    assert_eq!(again.printed, "", "nothing is different");
    assert_eq!(again.refs, ran.refs);
}

#[test]
fn with_a_token_the_api_tells_the_days() {
    let repositories = repositories();
    let commit = |git_ref| repositories.commit("Own/er", git_ref);
    let (first, head) = (commit("refs/tags/v1.0.0"), commit("refs/heads/trunk"));
    let github = Github::default().tag("OWN/er", "v1.1.0", &head, "2026-03-03").branch(
        "OWN/er",
        "main",
        &first,
        "2021-01-01",
    );
    let served = Arc::clone(&repositories);
    let server = Server::new(move |request| {
        if is_git(request) { served.serve(request, true) } else { github.serve(request) }
    });
    let row = format!("Own/er\ttag\tv1.0.0\t{first}\t2020-01-01\tlisting\n");
    let data = tables(&row, "Own/er\t2020-01-01\n");
    let ran = run(&server, &data, true, &[]);
    assert!(ran.success, "{}", ran.said);
    let expected = [
        format!("OWN/er\tbranch\treleases/v1\t{head}\t2026-03-03\tlisting\n"),
        format!("OWN/er\tbranch\ttrunk\t{head}\t2026-03-03\tlisting\n"),
        format!("OWN/er\ttag\tv1\t{head}\t2026-03-03\tlisting\n"),
        format!("OWN/er\ttag\tv1.0.0\t{first}\t2020-01-01\tlisting\n"),
        format!("OWN/er\ttag\tv1.1.0\t{head}\t2026-03-03\tlisting\n"),
    ];
    assert_eq!(ran.refs, expected.concat());
    assert!(server.requests().iter().filter(|request| is_git(request)).count() == 1);
    let has_token = |request: &Request| request.header("authorization").is_some();
    assert!(server.requests().iter().all(|request| has_token(request) != is_git(request)));
}

#[test]
fn a_tag_that_moved_is_told_loudly_and_not_followed() {
    let repositories = repositories();
    let served = Arc::clone(&repositories);
    let server = Server::new(move |request| served.serve(request, true));
    let is = repositories.commit("Own/er", "refs/tags/v1.0.0");
    let was = "1".repeat(40);
    let row = format!("Own/er\ttag\tv1.0.0\t{was}\t2020-01-01\tlisting\n");
    let data = tables(&row, "Own/er\t2020-01-01\n");
    let ran = run(&server, &data, false, &[]);
    assert!(!ran.success);
    let loud = format!("MOVED: Own/er@v1.0.0 was {was}, is {is}\n");
    assert!(ran.said.contains(&loud), "{}", ran.said);
    assert!(ran.refs.contains(&row), "{}", ran.refs);

    let ran = run(&server, &data, false, &["--accept-moved", "Own/er@v1.0.0"]);
    assert!(ran.success, "{}", ran.said);
    assert_eq!(ran.printed, format!("Own/er\n  ~ tag v1.0.0: {was} -> {is}\n"));
    assert!(ran.refs.contains(&format!("Own/er\ttag\tv1.0.0\t{is}\t\tlisting\n")), "{}", ran.refs);
}

#[test]
fn names_are_checked_before_anything_is_asked() {
    let server = Server::new(|_| unreachable!());
    let data = tables("", "");
    let ran = run(&server, &data, false, &["nobody"]);
    assert!(!ran.success);
    assert_eq!(ran.said, "error: `nobody` is not OWNER/NAME\n");
    assert_eq!(server.count(), 0);
}
