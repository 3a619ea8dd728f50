//! Moving forward to newer releases, through the program: what is taken, what it asks, what it says.

use std::time::{Duration, SystemTime};

use spec8_fix::actions::Date;
use tempfile::TempDir;

use crate::TOKEN;
use crate::cli::{Repository, Run, files_below};
use crate::github::Github;
use crate::program::{WITHOUT_PERMISSIONS, command};
use crate::repositories::{Repositories, annotated, light};
use crate::server::{Reply, Server};

/// The day so many days ago.
fn days_ago(days: u32) -> String {
    Date::from(SystemTime::now()).days_before(days).to_string()
}

fn commit(first: &str) -> String {
    format!("{first}{}", "0".repeat(40 - first.len()))
}

/// A workflow with a step for each of these.
fn workflow(uses: &[&str]) -> String {
    let steps: String = uses.iter().map(|uses| format!("      - uses: {uses}\n")).collect();
    format!(
        "on: push\npermissions:\n  contents: read\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n{steps}"
    )
}

/// A network with a cache of its own.
struct Network {
    server: Server,
    cache: TempDir,
    token: bool,
}

impl Network {
    /// GitHub's API, for who has a token.
    fn api(github: Github) -> Self {
        let server = Server::new(move |request| github.serve(request));
        Self { server, cache: tempfile::tempdir().unwrap(), token: true }
    }

    /// The git protocol.
    fn git(repositories: Repositories) -> Self {
        let server = Server::new(move |request| repositories.serve(request, true));
        Self { server, cache: tempfile::tempdir().unwrap(), token: false }
    }

    fn run(&self, repository: &Repository, arguments: &str) -> Run {
        let arguments = WITHOUT_PERMISSIONS.into_iter().chain(arguments.split_whitespace());
        let arguments: Vec<_> = arguments.collect();
        let mut command = command(repository, &self.server, &arguments);
        command.env("SPEC8_FIX_CACHE_DIR", self.cache.path());
        if self.token {
            command.env("GH_TOKEN", TOKEN);
        }
        Run::of(&mut command)
    }

    /// What `--write` makes of one step, and what it says. A second run wants nothing more.
    #[track_caller]
    fn step(&self, uses: &str, arguments: &str) -> (String, Run) {
        let repository = Repository::of_workflow(&workflow(&[uses]));
        let run = self.run(&repository, &format!("--write -v {arguments}"));
        let again = self.run(&repository, arguments);
        assert_eq!(again.stdout, "", "a second run wants more, after the first: {}", run.stderr);
        let text = repository.workflow();
        let step = text.lines().find_map(|line| line.trim().strip_prefix("- uses: ")).unwrap();
        (step.to_owned(), run)
    }

    /// Steps become others.
    #[track_caller]
    fn becomes(&self, arguments: &str, rows: &[(&str, &str)]) {
        for (before, after) in rows {
            let (found, run) = self.step(before, arguments);
            assert_eq!(found, *after, "{before} {arguments}: {}", run.stderr);
        }
    }

    /// Lets the cache believe that it asked so many days earlier.
    fn age(&self, days: u64) {
        for file in files_below(self.cache.path()) {
            let path = self.cache.path().join(file);
            let mut entry: serde_json::Value =
                serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let asked = entry["asked"].as_u64().unwrap();
            entry["asked"] = (asked - Duration::from_secs(days * 24 * 60 * 60).as_secs()).into();
            std::fs::write(&path, entry.to_string()).unwrap();
        }
    }
}

/// Releases of long ago, and one of yesterday.
fn usual() -> Network {
    let (old, yesterday) = (days_ago(200), days_ago(1));
    Network::api(
        Github::default()
            .tag("own/er", "v1", "b0", &days_ago(300))
            .release("own/er", "v1.0.0", "a0", &days_ago(300))
            .release("own/er", "v1.0.4", "a1", &old)
            .release("own/er", "v1.2.0", "a2", &old)
            .release("own/er", "v1.3.0", "a3", &yesterday)
            .release("own/er", "v2.0.0", "b0", &old)
            .release("own/er", "v3.0.0-rc.1", "c0", &old),
    )
}

#[test]
fn takes_the_newest_release_in_the_range() {
    let pin = |first: &str, comment: &str| format!("own/er@{} # {comment}", commit(first));
    let network = usual();
    let v1_0_0 = pin("a0", "v1.0.0");
    for (arguments, expected) in [
        ("--upgrade=patch", pin("a1", "v1.0.4")),
        ("--upgrade=minor", pin("a2", "v1.2.0")),
        ("--upgrade", pin("a2", "v1.2.0")),
        // Without `--unsafe` what is safe of it.
        ("--upgrade=major", pin("a2", "v1.2.0")),
        ("--upgrade=major --unsafe", pin("b0", "v2.0.0")),
        ("--upgrade --min-age 0", pin("a3", "v1.3.0")),
        ("--upgrade --min-age 1", pin("a3", "v1.3.0")),
        ("--upgrade --min-age 2", pin("a2", "v1.2.0")),
        ("--unsafe", v1_0_0.clone()),
    ] {
        // Whatever the step names the release by.
        for before in ["own/er@v1.0.0", &v1_0_0, &format!("own/er@{}", commit("a0"))] {
            if arguments == "--unsafe" && !before.contains('v') {
                continue;
            }
            network.becomes(arguments, &[(before, &expected)]);
        }
    }
}

#[test]
fn says_what_is_held_back() {
    let network = usual();
    let (_, run) = network.step("own/er@v1.2.0", "--upgrade");
    let held_back =
        format!("v1.3.0 was published on {}: less than 7 days ago (--min-age)", days_ago(1));
    assert!(run.stderr.contains(&held_back), "{}", run.stderr);
    assert!(!run.stderr.contains("sesame"));
    let pinned = format!("own/er@{} # v1.2.0", commit("a2"));
    let (after, run) = network.step(&pinned, "--upgrade");
    assert_eq!(after, pinned);
    assert!(run.stderr.contains("`own/er` is at v1.2.0, and v1.3.0 is out"), "{}", run.stderr);
    assert!(run.stderr.contains(&held_back), "{}", run.stderr);
    assert_eq!(run.code, Some(0));
    let (_, run) = network.step(&pinned, "--upgrade=major");
    assert!(run.stderr.contains("needs --unsafe 1"), "{}", run.stderr);
    assert!(run.stderr.contains("the step from v1.2.0 to v2.0.0 may break what worked"));
}

#[test]
fn a_date_that_the_owner_sets_makes_nothing_older() {
    let (old, yesterday) = (days_ago(200), days_ago(1));
    let github = || {
        Github::default()
            .release("own/er", "v1.0.0", "a0", &days_ago(300))
            .release("own/er", "v1.1.0", "a1", &old)
            .tag("own/er", "v1.2.0", "a2", &old)
    };
    // Committed long ago, as it says, and published yesterday.
    let pin = |first: &str, comment: &str| format!("own/er@{} # {comment}", commit(first));
    let published = Network::api(github().published("own/er", "v1.2.0", &yesterday, false));
    published.becomes("--upgrade --unsafe", &[("own/er@v1.0.0", &pin("a1", "v1.1.0"))]);
    // No release tells when it was published.
    let network = Network::api(github());
    network.becomes("--upgrade", &[("own/er@v1.0.0", &pin("a1", "v1.1.0"))]);
    network.becomes("--upgrade --unsafe", &[("own/er@v1.0.0", &pin("a2", "v1.2.0"))]);
    let (_, run) = network.step(&pin("a1", "v1.1.0"), "--upgrade");
    assert!(run.stderr.contains("whoever makes a commit sets its date"), "{}", run.stderr);
    // Published long ago, and a commit of yesterday: somebody moved its tag.
    let moved = Github::default()
        .release("own/er", "v1.0.0", "a0", &old)
        .tag("own/er", "v1.1.0", "a1", &yesterday)
        .published("own/er", "v1.1.0", &old, false);
    Network::api(moved).becomes("--upgrade", &[("own/er@v1.0.0", &pin("a0", "v1.0.0"))]);
    // What its owner calls a pre-release.
    let called = github().published("own/er", "v1.2.0", &old, true);
    let called = Network::api(called);
    called.becomes("--upgrade --unsafe", &[("own/er@v1.0.0", &pin("a1", "v1.1.0"))]);
}

#[test]
fn a_release_in_the_index_is_known_whoever_answers() {
    let name = "actions/checkout";
    let index =
        spec8_fix::actions::index::find(spec8_fix::actions::RepositoryName::parse(name).unwrap());
    let tag = |name: &str| {
        let found = index.unwrap().tags().find(|tag| tag.name == name);
        found.unwrap().commit.to_string()
    };
    let (old, new) = (tag("v4.1.0"), tag("v4.2.2"));
    let github = Github::default()
        .tag(name, "v4.1.0", &old, "2023-09-22")
        .tag(name, "v4.2.2", &new, "2024-10-23")
        .tag(name, "v4.99.0", "ff", "2024-11-01");
    let network = Network::api(github);
    let after = format!("{name}@{new} # v4.2.2");
    network.becomes("--upgrade", &[("actions/checkout@v4.1.0", &after)]);
}

#[test]
fn without_a_token_a_release_is_taken_once_it_was_seen_for_long_enough() {
    let repositories = Repositories::new();
    let tags = [light("refs/tags/v1.0.0", 1), annotated("v1.1.0", 2)];
    repositories.make("own/er", &tags.concat());
    let [old, new] = ["v1.0.0", "v1.1.0"].map(|tag| repositories.commit("own/er", tag));
    let network = Network::git(repositories);
    let before = format!("own/er@{old} # v1.0.0");

    let (after, run) = network.step(&before, "--upgrade");
    assert_eq!(after, before);
    let why = format!(
        "v1.1.0 was first seen here on {}, and nobody says how old it is: give a token in GH_TOKEN \
         and GitHub says it, or run again in 7 days (--min-age)",
        days_ago(0)
    );
    assert!(run.stderr.contains(&why), "{}", run.stderr);
    assert_eq!(network.server.count(), 1, "two runs, one request");

    network.age(8);
    let after = format!("own/er@{new} # v1.1.0");
    for arguments in ["--upgrade --offline", "--upgrade --refresh", "--upgrade"] {
        network.becomes(arguments, &[(&before, &after)]);
    }
    let (_, run) = network.step(&before, "--upgrade");
    assert!(run.stderr.contains(&format!("first seen here on {}", days_ago(8))), "{}", run.stderr);
    // Whoever does not want to wait says so.
    let impatient = Network { cache: tempfile::tempdir().unwrap(), ..network };
    impatient.becomes("--upgrade --min-age 0", &[(&before, &after)]);
}

#[test]
fn a_tag_that_moved_is_not_followed() {
    let made = |mark| {
        let repositories = Repositories::new();
        let tags = light("refs/tags/v1.0.0", 1) + &light("refs/tags/v1.1.0", mark);
        repositories.make("own/er", &tags);
        repositories
    };
    let (before, after) = (made(1), made(2));
    let pinned = format!("own/er@{} # v1.0.0", before.commit("own/er", "v1.0.0"));
    let state = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let is_moved = std::sync::Arc::clone(&state);
    let server = Server::new(move |request| {
        let is_moved = is_moved.load(std::sync::atomic::Ordering::Relaxed);
        if is_moved { after.serve(request, true) } else { before.serve(request, true) }
    });
    let network = Network { server, cache: tempfile::tempdir().unwrap(), token: false };
    network.becomes("--upgrade --min-age 0", &[(&pinned, &pinned)]);
    state.store(true, std::sync::atomic::Ordering::Relaxed);
    let (found, run) = network.step(&pinned, "--upgrade --min-age 0 --unsafe --refresh");
    assert_eq!(found, pinned);
    assert!(run.stderr.contains("the tag `v1.1.0` was moved"), "{}", run.stderr);
}

#[test]
fn forty_upgrades_take_at_most_two_requests_and_none_the_second_time() {
    let mut github = Github::default();
    let names: Vec<_> = (0..40).map(|number| format!("own/action-{number}")).collect();
    for name in &names {
        // More tags than a page holds, with the series in use on the last one.
        for number in 0..150 {
            let day = days_ago(400 - number);
            github = github.tag(name, &format!("v2.{number}.0"), &format!("b{number:04}"), &day);
        }
        for number in 0..10 {
            let (tag, first) = (format!("v1.{number}.0"), format!("a{number}"));
            github = github.release(name, &tag, &first, &days_ago(500 - number));
        }
    }
    let network = Network::api(github);
    let uses: Vec<_> =
        names.iter().map(|name| format!("{name}@{} # v1.2.0", commit("a2"))).collect();
    let uses: Vec<_> = uses.iter().map(String::as_str).collect();
    let repository = Repository::of_workflow(&workflow(&uses));
    let run = network.run(&repository, "--upgrade");
    let pinned = format!("@{} # v1.9.0", commit("a9"));
    assert_eq!(run.stdout.matches(&pinned).count(), 40, "{run:?}");
    let asked = network.server.count();
    assert!(asked <= 2, "{asked}");
    network.run(&repository, "--upgrade --write");
    network.run(&repository, "--upgrade");
    network.run(&repository, "");
    assert_eq!(network.server.count(), asked);
}

#[test]
fn without_the_flag_pins_are_not_even_asked_for() {
    let network = usual();
    let pinned = format!("own/er@{} # v1.0.0", commit("a0"));
    let (after, run) = network.step(&pinned, "--unsafe --select pin-actions");
    assert_eq!((after, run.stderr.as_str()), (pinned, "1 file, nothing to change\n"));
    assert_eq!(network.server.count(), 0);
    network.becomes(
        "--select pin-actions",
        &[("own/er@v1", &format!("own/er@{} # v2.0.0", commit("b0")))],
    );
    let requests = network.server.requests();
    let asked = String::from_utf8_lossy(&requests[0].body);
    assert!(!asked.contains("releases"), "{asked}");
    // What that run remembers does not tell an upgrade what it needs.
    network.run(&Repository::of_workflow(&workflow(&["own/er@v1"])), "--upgrade");
    assert_eq!(network.server.count(), 2);
}

#[test]
fn what_other_rules_would_write_there_gives_way() {
    let old = days_ago(200);
    let github = Github::default()
        .branch("own/er", "main", "a9", &old)
        .release("own/er", "v1.0.0", "a0aaaaa", &days_ago(300))
        .object("own/er", "0b1", "v1.0.0")
        .release("own/er", "v1.1.0", "a1", &old)
        .release("own/er", "v1.2.0", "a2", &old)
        .release("own/er", "v1.3.0", "a3", &old)
        .advisory("own/er", ["GHSA-1", "high", "< 1.1.0", "1.1.0"])
        .advisory("own/er", ["GHSA-2", "high", "= 1.3.0", ""]);
    let network = Network::api(github);
    let [v1_0_0, object] = ["a0aaaaa", "0b1"].map(commit);
    let after = format!("own/er@{} # v1.2.0", commit("a2"));
    for before in [
        "own/er@v1.0.0".to_owned(),
        format!("own/er@{v1_0_0} # v1.0.0"),
        // What `verify-pins` would correct, add, complete or write out.
        format!("own/er@{v1_0_0} # v1.1.0"),
        format!("own/er@{v1_0_0}"),
        format!("own/er@{object} # v1.0.0"),
        "own/er@a0aaaaa # v1.0.0".to_owned(),
    ] {
        // It is vulnerable, and so is the newest release; the one between is not.
        for arguments in ["--upgrade", "--upgrade --unsafe"] {
            network.becomes(arguments, &[(before.as_str(), after.as_str())]);
        }
    }
    // Without an upgrade the nearest one that is repaired.
    let nearest = format!("own/er@{} # v1.1.0", commit("a1"));
    network.becomes("--unsafe", &[("own/er@v1.0.0", &nearest)]);
    // Where there is nothing newer, the others do what they do.
    let newest = format!("own/er@{}", commit("a2"));
    network.becomes("--upgrade", &[(&newest, &after)]);
}

#[test]
fn rest_says_when_a_release_was_published_too() {
    let github = Github::default()
        .release("own/er", "v1.0.0", "a0", &days_ago(300))
        .release("own/er", "v1.1.0", "a1", &days_ago(200))
        .release("own/er", "v1.2.0", "a2", &days_ago(2));
    let server = Server::new(move |request| match request.path() {
        "/api/graphql" => Reply::new(403, r#"{"message": "Forbidden"}"#),
        _ => github.serve(request),
    });
    let network = Network { server, cache: tempfile::tempdir().unwrap(), token: true };
    let after = format!("own/er@{} # v1.1.0", commit("a1"));
    network.becomes("--upgrade", &[("own/er@v1.0.0", &after)]);
}
