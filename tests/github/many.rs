//! Many repositories in one run.

use std::path::Path;

use crate::cli::{Repository, Run};
use crate::hub::{Event, Hub};
use crate::server::Reply;
use crate::{BRANCH, DEPENDABOT, FIXED, PATH, WORKFLOW, run_in};

/// An owner with repositories of all kinds.
fn org() -> Hub {
    let hub = Hub::new();
    for name in ["org/a", "org/b", "org/old", "else/where"] {
        hub.make(name, &[(PATH, WORKFLOW), DEPENDABOT]);
    }
    hub.make("org/fine", &[(PATH, FIXED), DEPENDABOT]);
    hub.make("org/bare", &[("README.md", "Nothing\n")]);
    hub.archive("org/old");
    hub.fork("else/where", "org/fork");
    hub
}

fn place() -> Repository {
    let list = "# ours\norg/a\norg/fork\n\nhttps://github.com/org/b  # the second\norg/old\norg/fine\nno/such\norg/A\n";
    Repository::new([("list.txt", list)])
}

fn lines(run: &Run) -> Vec<&str> {
    run.stdout.lines().collect()
}

#[test]
fn a_list_is_gone_through() {
    let (hub, place) = (org(), place());
    let shown = run_in(&place, &hub, &["--repos-from", "list.txt"]);
    assert_eq!(
        lines(&shown),
        [
            "org/a: 2 changes in 1 file",
            "org/fork: skipped, a fork of else/where",
            "org/b: 2 changes in 1 file",
            "org/old: skipped, archived",
            "org/fine: nothing to change",
            "no/such: failed: no/such: no such repository, or the token cannot see it",
        ]
    );
    assert_eq!(shown.code, Some(2));
    let summary = "6 repositories: 2 to change, 1 fine, 2 skipped, 1 failed\n";
    assert!(shown.stderr.ends_with(summary), "{}", shown.stderr);
    assert_eq!(hub.changes(), [""; 0]);
}

#[test]
fn all_of_an_owner_get_pull_requests() {
    let (hub, place) = (org(), place());
    let arguments = ["--org", "org", "--pull-request", "--include", "forks"];
    let done = run_in(&place, &hub, &arguments);
    let url = |name, number| format!("{name}: opened https://github.example/{name}/pull/{number}");
    assert_eq!(
        lines(&done),
        [
            url("org/a", 1).as_str(),
            url("org/b", 2).as_str(),
            "org/bare: no workflows",
            "org/fine: nothing to change",
            url("org/fork", 3).as_str(),
            "org/old: skipped, archived",
        ]
    );
    assert_eq!(done.code, Some(0), "{done:?}");
    for name in ["org/a", "org/b", "org/fork"] {
        assert_eq!(hub.file(name, BRANCH, PATH), FIXED);
    }
    // A run that is finished starts anew, and finds that there is nothing to do.
    let changes = hub.changes().len();
    let again = run_in(&place, &hub, &arguments);
    assert!(again.stdout.contains("org/a: up to date https://"), "{}", again.stdout);
    assert!(
        again.stderr.ends_with("6 repositories: 3 up to date, 2 fine, 1 skipped\n"),
        "{}",
        again.stderr
    );
    assert_eq!(hub.changes().len(), changes);
    let unknown = run_in(&place, &hub, &["--org", "nobody"]);
    assert!(unknown.stderr.contains("nobody: no such organisation or user"), "{}", unknown.stderr);
}

#[test]
fn an_interrupted_run_goes_on_where_it_stopped() {
    let (hub, place) = (org(), place());
    let arguments = ["--org", "org", "--pull-request", "--journal", "journal"];
    // The first pull request is opened, and then the token is no good any more.
    hub.on("create", Event::Before(Box::new(|_| {})));
    hub.on("create", Event::Instead(Reply::new(401, r#"{"message": "Bad credentials"}"#)));
    let stopped = run_in(&place, &hub, &arguments);
    assert_eq!(stopped.code, Some(2), "{stopped:?}");
    assert!(
        stopped.stderr.contains("the same command goes on where this stopped"),
        "{}",
        stopped.stderr
    );
    assert!(stopped.stderr.contains("4 not looked at"), "{}", stopped.stderr);
    let before = hub.requests().len();
    let done = run_in(&place, &hub, &arguments);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(done.stderr.contains("1 repository done before, by journal"), "{}", done.stderr);
    assert!(!done.stdout.contains("org/a:"), "{}", done.stdout);
    assert!(done.stdout.contains("org/b: opened"), "{}", done.stdout);
    let about_a = hub.requests()[before..]
        .iter()
        .any(|request| String::from_utf8_lossy(&request.body).contains("\"name\":\"a\""));
    assert!(!about_a, "nothing is asked about what is done");
    assert_eq!(hub.pulls().len(), 2);
    // Another run does not take the journal of one that was interrupted for its own.
    hub.on("repositories", Event::Before(Box::new(|_| {})));
    hub.on("about", Event::Instead(Reply::new(401, "{}")));
    run_in(&place, &hub, &arguments);
    let other = run_in(&place, &hub, &["--org", "org", "--journal", "journal"]);
    assert_eq!(other.code, Some(2), "{other:?}");
    assert!(other.stderr.contains("it is of another run"), "{}", other.stderr);
}

#[test]
fn parts_are_all_of_it_together() {
    let hub = org();
    let mut all = Vec::new();
    for part in ["1/3", "2/3", "3/3"] {
        let place = place();
        let shown = run_in(&place, &hub, &["--org", "org", "--shard", part]);
        assert_eq!(lines(&shown).len(), 2, "{shown:?}");
        all.extend(shown.stdout.lines().map(str::to_owned));
    }
    all.sort();
    let place = place();
    let whole = run_in(&place, &hub, &["--org", "org"]);
    assert_eq!(all, lines(&whole));
}

#[test]
fn a_limit_is_one_for_all() {
    let (hub, place) = (org(), place());
    let limit = Reply::new(403, r#"{"message": "You have exceeded a secondary rate limit"}"#)
        .with("Retry-After", "1");
    hub.on("about", Event::Instead(limit));
    let shown = run_in(&place, &hub, &["--org", "org"]);
    assert_eq!(shown.code, Some(1), "{shown:?}");
    assert_eq!(lines(&shown).len(), 6);
}

#[test]
fn a_list_with_a_fault_is_refused_before_anything_is_asked() {
    let hub = org();
    let place = Repository::new([("list.txt", "org/a\nnonsense\n")]);
    let shown = run_in(&place, &hub, &["--repos-from", "list.txt"]);
    assert_eq!(shown.code, Some(2));
    assert!(shown.stderr.contains("list.txt: line 2: expected OWNER/NAME"), "{}", shown.stderr);
    assert_eq!(hub.operations(), [""; 0]);
}

#[test]
fn the_workflow_for_several_machines_is_as_it_tells_others_to_be() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/workflows/many-repositories.yml");
    let text = std::fs::read_to_string(path).unwrap();
    let place = Repository::new([(PATH, text.as_str()), DEPENDABOT]);
    let found = place.run("--unsafe");
    assert_eq!((found.code, found.stdout.as_str()), (Some(0), ""), "{found:?}");
    assert!(!found.stderr.contains("left to you"), "{}", found.stderr);
    // What it says is what the program takes.
    let options = text.lines().find_map(|line| line.trim().strip_prefix("options=(")).unwrap();
    let options = options.trim_end_matches(')').replace('"', "");
    let options = [("$ORGANISATION", "org"), ("$PARTS", "4"), ("$PART", "2"), ("$JOURNAL", "j")]
        .iter()
        .fold(options, |options, (variable, value)| options.replace(variable, value));
    let mut options: Vec<_> = options.split_whitespace().collect();
    options.push("--pull-request");
    let done = run_in(&place, &org(), &options);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(lines(&done).len(), 2, "{done:?}");
}
