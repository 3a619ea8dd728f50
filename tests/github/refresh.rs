//! A pull request that is there already, and branches that somebody else had a hand in.

use crate::{BRANCH, FIXED, HEADLINES, NAME, PATH, TOKEN, WORKFLOW, hub, run};

const OTHER: &str = ".github/workflows/other.yml";

#[test]
fn an_open_pull_request_is_refreshed() {
    let hub = hub();
    run(&hub, &["--pull-request"]);
    let old = hub.head(NAME, BRANCH).unwrap();
    // Ticked by somebody, with a line in front.
    hub.change_pull(1, |pull| {
        pull.body =
            format!("Mine.\n{}", pull.body.replacen("- [ ] [Actions]", "- [x] [Actions]", 1));
    });
    hub.push(
        NAME,
        "main",
        &[(PATH, WORKFLOW.replace("hello", "changed")), (OTHER, WORKFLOW.into())],
    );
    let done = run(&hub, &["--pull-request"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(done.stderr.contains("refreshed, from the branch"), "{}", done.stderr);
    assert!(done.stderr.contains(&format!("{old}:refs/heads/{BRANCH}")), "{}", done.stderr);
    let [pull] = &hub.pulls()[..] else { panic!("{:?}", hub.pulls()) };
    assert_eq!(pull.state, "OPEN");
    assert!(pull.body.starts_with("Mine.\n"), "{}", pull.body);
    assert_eq!(pull.body.matches("- [x] [Actions]").count(), 1, "{}", pull.body);
    assert!(pull.body.contains("| 2 changes |"), "{}", pull.body);
    assert_eq!(hub.headlines(NAME, BRANCH), HEADLINES);
    assert_eq!(hub.file(NAME, BRANCH, PATH), FIXED.replace("hello", "changed"));
    assert_eq!(hub.file(NAME, BRANCH, OTHER), FIXED);
    assert_eq!(hub.head(NAME, "spec8-fix/main.next"), None);
    assert_eq!(
        hub.git(NAME, &["merge-base", "main", BRANCH]).trim(),
        hub.head(NAME, "main").unwrap(),
        "it goes on what the base is now"
    );
}

#[test]
fn a_base_that_moved_elsewhere_is_nothing_new() {
    let hub = hub();
    run(&hub, &["--pull-request"]);
    hub.push(NAME, "main", &[("README.md", "Sunny\n")]);
    let (state, changes) = (hub.state(), hub.changes().len());
    let done = run(&hub, &["--pull-request"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(hub.changes().len(), changes, "{:?}", hub.changes());
    assert_eq!(hub.state(), state);
}

#[test]
fn what_somebody_else_committed_is_never_overwritten() {
    for has_pull in [true, false] {
        let hub = hub();
        if has_pull {
            run(&hub, &["--pull-request"]);
        }
        hub.push(NAME, BRANCH, &[("notes.txt", "mine\n")]);
        hub.push(NAME, "main", &[(PATH, WORKFLOW.replace("hello", "changed"))]);
        let (state, changes) = (hub.state(), hub.changes().len());
        let done = run(&hub, &["--pull-request"]);
        assert_eq!(done.code, Some(2), "{done:?}");
        assert!(done.stderr.contains("work that is not this program's"), "{}", done.stderr);
        assert!(done.stderr.contains("of Someone"), "{}", done.stderr);
        assert_eq!(hub.changes().len(), changes);
        assert_eq!(hub.state(), state);
    }
}

#[test]
fn a_commit_of_ours_that_somebody_changed_is_theirs() {
    let hub = hub();
    // With our trailer, but committed by a person.
    let message = "Pin actions to commits\n\nSpec8-Fix: pin-actions";
    hub.commit(NAME, BRANCH, message, "someone@example.invalid", &[(PATH, "on: push\n")]);
    let state = hub.state();
    assert_eq!(run(&hub, &["--pull-request"]).code, Some(2));
    assert_eq!(hub.state(), state);
}

#[test]
fn another_name_leaves_the_branch_of_others_alone() {
    let hub = hub();
    hub.push(NAME, BRANCH, &[("notes.txt", "mine\n")]);
    let theirs = hub.head(NAME, BRANCH);
    let done = run(&hub, &["--pull-request", "--branch", "spec8-fix/second"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(hub.head(NAME, BRANCH), theirs);
    assert_eq!(hub.file(NAME, "spec8-fix/second", PATH), FIXED);
}

#[test]
fn the_base_itself_is_no_branch_for_it() {
    let hub = hub();
    let state = hub.state();
    let done = run(&hub, &["--pull-request", "--branch", "main"]);
    assert_eq!(done.code, Some(2), "{done:?}");
    assert_eq!(hub.state(), state);
}

#[test]
fn a_pull_request_that_was_closed_is_an_answer() {
    let hub = hub();
    run(&hub, &["--pull-request"]);
    hub.change_pull(1, |pull| pull.state = "CLOSED");
    hub.push(NAME, "main", &[(PATH, WORKFLOW.replace("hello", "changed"))]);
    let (state, changes) = (hub.state(), hub.changes().len());
    let done = run(&hub, &["--pull-request"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(done.stderr.contains("was closed"), "{}", done.stderr);
    assert_eq!(hub.changes().len(), changes);
    assert_eq!(hub.state(), state);
}

#[test]
fn after_a_merge_the_next_one_is_opened() {
    let hub = hub();
    run(&hub, &["--pull-request"]);
    hub.change_pull(1, |pull| pull.state = "MERGED");
    hub.push(NAME, "main", &[(PATH, FIXED.to_owned()), (OTHER, WORKFLOW.to_owned())]);
    let done = run(&hub, &["--pull-request"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(hub.pulls().len(), 2);
    assert_eq!(hub.file(NAME, BRANCH, OTHER), FIXED);
    assert_eq!(hub.file(NAME, BRANCH, PATH), FIXED);
}

#[test]
fn one_that_is_not_needed_any_more_is_told() {
    let hub = hub();
    run(&hub, &["--pull-request"]);
    hub.push(NAME, "main", &[(PATH, FIXED)]);
    let state = hub.state();
    let done = run(&hub, &["--pull-request"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(done.stderr.contains("is not needed any more"), "{}", done.stderr);
    assert_eq!(hub.state(), state);
    assert!(!done.stderr.contains(TOKEN));
}
