//! Tokens that may not do all of it, and repositories that take nothing.

use crate::hub::{Hub, Rights};
use crate::{BRANCH, FIXED, NAME, PATH, WORKFLOW, cli, clone, command, hub, run};

/// Nothing may be made, and the program says why.
fn is_refused(hub: &Hub, expected: &[&str]) {
    let state = hub.state();
    let done = run(hub, &["--pull-request"]);
    assert_eq!(done.code, Some(2), "{done:?}");
    for expected in expected {
        assert!(done.stderr.contains(expected), "{expected}: {}", done.stderr);
    }
    assert_eq!(hub.state(), state);
}

#[test]
fn missing_scopes_are_named_before_anything_is_made() {
    for (scopes, expected) in [
        (&["repo"][..], "lacks the scope `workflow`"),
        (&["workflow"], "lacks the scope `public_repo`"),
        (&[], "lacks the scopes `public_repo` and `workflow`"),
    ] {
        let hub = hub();
        hub.allow(Rights { scopes: Some(scopes), ..Rights::default() });
        is_refused(
            &hub,
            &[
                expected,
                "gh auth refresh",
                "/settings/tokens/new?scopes=repo,workflow",
                "nothing was sent",
            ],
        );
        assert_eq!(hub.changes(), [""; 0]);
        // A dry run says it as well.
        let shown = run(&hub, &["--pull-request", "--dry-run"]);
        assert!(shown.stderr.contains(expected), "{}", shown.stderr);
    }
}

#[test]
fn a_private_repository_takes_more_than_the_scope_for_public_ones() {
    let hub = hub();
    hub.make_private(NAME);
    hub.allow(Rights { scopes: Some(&["public_repo", "workflow"]), ..Rights::default() });
    is_refused(&hub, &["lacks the scope `repo`"]);
    assert_eq!(hub.changes(), [""; 0]);
}

#[test]
fn the_token_of_a_workflow_may_not_change_workflows() {
    let hub = hub();
    hub.allow(Rights { login: "github-actions[bot]", scopes: None, ..Rights::default() });
    is_refused(&hub, &["is the workflow's own", "GitHub App"]);
    assert_eq!(hub.changes(), [""; 0]);
}

#[test]
fn what_shows_at_the_first_commit_only_is_taken_back() {
    let hub = hub();
    hub.allow(Rights { scopes: None, workflows: false, ..Rights::default() });
    is_refused(&hub, &["refusing to allow", "Workflows: Read and write"]);
    assert_eq!(hub.changes(), ["createRef", "commit", "updateRefs"]);
    // The same where the branch is there already.
    hub.allow(Rights::default());
    run(&hub, &["--pull-request"]);
    hub.push(NAME, "main", &[(PATH, WORKFLOW.replace("hello", "changed"))]);
    hub.allow(Rights { scopes: None, workflows: false, ..Rights::default() });
    is_refused(&hub, &["refusing to allow"]);
}

#[test]
fn who_may_not_push_proposes_from_a_fork() {
    let hub = hub();
    hub.allow(Rights { push: false, ..Rights::default() });
    let shown = run(&hub, &["--pull-request", "--dry-run"]);
    assert!(shown.stderr.contains("fork weather/report"), "{}", shown.stderr);
    assert_eq!(hub.changes(), [""; 0]);
    let before = hub.state();
    let done = run(&hub, &["--pull-request"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    let after = hub.state();
    assert_eq!(after.refs[NAME], before.refs[NAME]);
    let [pull] = &hub.pulls()[..] else { panic!("{:?}", hub.pulls()) };
    assert_eq!((pull.repository.as_str(), pull.head.as_str()), (NAME, "octocat/report"));
    assert_eq!(hub.file("octocat/report", BRANCH, PATH), FIXED);
    // The second run finds it.
    let changes = hub.changes().len();
    let again = run(&hub, &["--pull-request"]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert_eq!(hub.changes().len(), changes, "{:?}", hub.changes());
    assert_eq!(hub.state(), after);
}

#[test]
fn an_archived_repository_takes_nothing() {
    let hub = hub();
    hub.archive(NAME);
    is_refused(&hub, &["is archived"]);
}

#[test]
fn without_a_token_nothing_is_asked() {
    let hub = hub();
    let repository = clone();
    let mut command = command(&repository, &hub, &["--pull-request"]);
    let done = cli::Run::of(command.env_remove("GH_TOKEN"));
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("gh auth login --scopes workflow"), "{}", done.stderr);
    assert_eq!(hub.operations(), [""; 0]);
    let done = cli::Run::of(command.env("GH_TOKEN", "ghp_nobodys"));
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("refused the credentials"), "{}", done.stderr);
}
