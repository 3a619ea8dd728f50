//! Races, answers that get lost, limits in the middle: in the end one pull request, and all of it right.

use crate::hub::{Event, Hub};
use crate::server::Reply;
use crate::{BRANCH, FIXED, HEADLINES, NAME, PATH, WORKFLOW, hub, run};

const OTHER: &str = ".github/workflows/other.yml";

/// One pull request, with the right commits on its branch, and nothing left over.
fn is_right(hub: &Hub) {
    let pulls = hub.pulls();
    assert_eq!(pulls.len(), 1, "{pulls:?}");
    assert_eq!(pulls[0].state, "OPEN");
    assert_eq!(hub.headlines(NAME, BRANCH), HEADLINES);
    let branches: Vec<_> = hub.state().refs[NAME].keys().cloned().collect();
    assert_eq!(branches, ["refs/heads/main", "refs/heads/spec8-fix/main"]);
}

fn lost() -> Reply {
    Reply::new(502, "<html>")
}

#[test]
fn an_answer_that_gets_lost_makes_nothing_twice() {
    let cut = || Reply::Cut { body: b"{\"data\": {".to_vec() };
    let reset = || Reply::Reset { body: b"{".to_vec() };
    for operation in ["createRef", "commit", "create"] {
        for reply in [lost(), cut(), reset(), Reply::new(200, "{\"data\": {\"cre")] {
            let hub = hub();
            hub.on(operation, Event::Lost(reply));
            let done = run(&hub, &["--pull-request"]);
            assert_eq!(done.code, Some(0), "{operation}: {done:?}");
            is_right(&hub);
            assert_eq!(hub.file(NAME, BRANCH, PATH), FIXED);
            assert_eq!(hub.changes(), ["createRef", "commit", "commit", "create"], "{operation}");
        }
    }
}

#[test]
fn a_lost_answer_to_a_refresh_makes_nothing_twice() {
    for operation in ["createRef", "commit", "updateRefs", "update"] {
        let hub = hub();
        run(&hub, &["--pull-request"]);
        hub.push(
            NAME,
            "main",
            &[(PATH, WORKFLOW.replace("hello", "changed")), (OTHER, WORKFLOW.into())],
        );
        hub.on(operation, Event::Lost(lost()));
        let done = run(&hub, &["--pull-request"]);
        assert_eq!(done.code, Some(0), "{operation}: {done:?}");
        is_right(&hub);
        assert_eq!(hub.file(NAME, BRANCH, OTHER), FIXED);
    }
}

#[test]
fn a_request_that_was_not_done_is_sent_again() {
    for operation in ["about", "files", "branch", "pulls", "createRef", "commit", "create"] {
        let hub = hub();
        hub.on(operation, Event::Instead(lost()));
        let done = run(&hub, &["--pull-request"]);
        assert_eq!(done.code, Some(0), "{operation}: {done:?}");
        is_right(&hub);
    }
}

#[test]
fn limits_in_the_middle_are_waited_for() {
    let secondary = || {
        Reply::new(403, r#"{"message": "You have exceeded a secondary rate limit"}"#)
            .with("Retry-After", "1")
    };
    let primary = || {
        let errors =
            r#"{"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}"#;
        Reply::new(200, errors).with("x-ratelimit-remaining", "0").with("x-ratelimit-reset", "1")
    };
    for operation in ["files", "commit", "create"] {
        for limit in [secondary(), primary()] {
            let hub = hub();
            hub.on(operation, Event::Instead(limit));
            let done = run(&hub, &["--pull-request"]);
            assert_eq!(done.code, Some(0), "{operation}: {done:?}");
            is_right(&hub);
        }
    }
}

#[test]
fn a_base_that_moves_meanwhile_is_read_again() {
    let hub = hub();
    let moved = |hub: &crate::hub::World| {
        let files = [(PATH, WORKFLOW.replace("hello", "changed")), (OTHER, WORKFLOW.to_owned())];
        hub.push(NAME, "main", &files);
    };
    hub.on("createRef", Event::Before(Box::new(moved)));
    let done = run(&hub, &["--pull-request"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    is_right(&hub);
    assert_eq!(hub.file(NAME, BRANCH, PATH), FIXED.replace("hello", "changed"));
    assert_eq!(hub.file(NAME, BRANCH, OTHER), FIXED);
    assert_eq!(
        hub.git(NAME, &["merge-base", "main", BRANCH]).trim(),
        hub.head(NAME, "main").unwrap()
    );
    assert!(hub.pulls()[0].body.contains("| 2 changes |"));
}

#[test]
fn a_base_that_moves_in_other_files_is_no_reason_to_start_again() {
    let hub = hub();
    let moved = |hub: &crate::hub::World| hub.push(NAME, "main", &[("README.md", "Sunny\n")]);
    hub.on("createRef", Event::Before(Box::new(moved)));
    let done = run(&hub, &["--pull-request"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    is_right(&hub);
    assert_eq!(hub.changes(), ["createRef", "commit", "commit", "create"]);
}

#[test]
fn a_branch_that_somebody_moves_meanwhile_is_left_to_them() {
    let hub = hub();
    let moved = |hub: &crate::hub::World| hub.push(NAME, BRANCH, &[("notes.txt", "mine\n")]);
    hub.on("commit", Event::Before(Box::new(moved)));
    let done = run(&hub, &["--pull-request"]);
    assert_eq!(done.code, Some(2), "{done:?}");
    assert!(done.stderr.contains("work that is not this program's"), "{}", done.stderr);
    assert_eq!(hub.file(NAME, BRANCH, "notes.txt"), "mine\n");
    assert_eq!(hub.headlines(NAME, BRANCH), ["something else"]);
    assert_eq!(hub.pulls(), []);
}

#[test]
fn a_branch_that_somebody_moves_during_a_refresh_is_left_to_them() {
    let hub = hub();
    run(&hub, &["--pull-request"]);
    hub.push(NAME, "main", &[(PATH, WORKFLOW.replace("hello", "changed"))]);
    let moved = |hub: &crate::hub::World| hub.push(NAME, BRANCH, &[("notes.txt", "mine\n")]);
    hub.on("updateRefs", Event::Before(Box::new(moved)));
    let done = run(&hub, &["--pull-request"]);
    assert_eq!(done.code, Some(2), "{done:?}");
    assert_eq!(hub.file(NAME, BRANCH, "notes.txt"), "mine\n");
    assert_eq!(hub.headlines(NAME, BRANCH).last().unwrap(), "something else");
    assert_eq!(hub.head(NAME, "spec8-fix/main.next"), None, "nothing is left over");
    assert_eq!(hub.pulls()[0].state, "OPEN");
}

#[test]
fn an_interrupted_run_is_finished_by_the_next() {
    for refused in [1, 2] {
        let hub = hub();
        // The first commit is made, the second one not; or no pull request is opened.
        let operation = if refused == 1 { "commit" } else { "create" };
        if refused == 1 {
            hub.on("commit", Event::Before(Box::new(|_| {})));
        }
        let down = || Reply::new(401, r#"{"message": "Bad credentials"}"#);
        hub.on(operation, Event::Instead(down()));
        let done = run(&hub, &["--pull-request"]);
        assert_eq!(done.code, Some(2), "{done:?}");
        let again = run(&hub, &["--pull-request"]);
        assert_eq!(again.code, Some(0), "{again:?}");
        is_right(&hub);
        assert_eq!(hub.file(NAME, BRANCH, PATH), FIXED);
    }
}

#[test]
fn what_github_keeps_refusing_is_told_in_its_words() {
    let hub = hub();
    for _ in 0..3 {
        let errors = r#"{"errors": [{"type": "UNPROCESSABLE", "message": "Repository rule violations found"}]}"#;
        hub.on("createRef", Event::Instead(Reply::new(200, errors)));
    }
    let state = hub.state();
    let done = run(&hub, &["--pull-request"]);
    assert_eq!(done.code, Some(2), "{done:?}");
    assert!(done.stderr.contains("Repository rule violations found"), "{}", done.stderr);
    assert_eq!(hub.state(), state);
}
