//! A pull request from a clone.

use crate::cli::Repository;
use crate::hub::Hub;
use crate::{BRANCH, DEPENDABOT, FIXED, HEADLINES, NAME, PATH, WORKFLOW, clone, hub, run, run_in};

#[test]
fn a_pull_request_has_a_commit_for_each_clause() {
    let hub = hub();
    let before = hub.state();
    let repository = clone();
    let files = repository.files();
    let done = run_in(&repository, &hub, &["--pull-request"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(done.stdout, "https://github.example/weather/report/pull/1\n");
    assert!(done.stderr.contains("to take it back: gh pr close"), "{}", done.stderr);
    assert_eq!(repository.files(), files, "the clone is as it was");

    assert_eq!(hub.headlines(NAME, BRANCH), HEADLINES);
    assert_eq!(hub.file(NAME, BRANCH, PATH), FIXED);
    let first = hub.git(NAME, &["show", &format!("{BRANCH}~:{PATH}")]);
    assert!(first.contains("contents: read") && first.contains("own/er@v1\n"), "{first}");
    let message = hub.git(NAME, &["show", "-s", "--format=%B", BRANCH]);
    assert!(message.contains("scientific-python.org/specs/spec-0008"), "{message}");
    assert!(message.trim_end().ends_with("\n\nSpec8-Fix: pin-actions"), "{message}");

    let after = hub.state();
    assert_eq!(after.refs[NAME].len(), before.refs[NAME].len() + 1, "one branch has come");
    assert_eq!(after.refs[NAME]["refs/heads/main"], before.refs[NAME]["refs/heads/main"]);
    let [pull] = &after.pulls[..] else { panic!("{:?}", after.pulls) };
    assert_eq!((pull.base.as_str(), pull.branch.as_str()), ("main", BRANCH));
    assert_eq!(pull.title, "Follow SPEC 8: secure the release process");
    assert!(pull.body.contains("| 1 change |"), "{}", pull.body);
    assert!(!pull.is_draft);
}

#[test]
fn a_file_that_was_missing_comes_with_a_commit_of_its_own() {
    let hub = Hub::new();
    hub.make(NAME, &[(PATH, WORKFLOW)]);
    let repository = Repository::new([(PATH, WORKFLOW)]).named(NAME);
    let done = run_in(&repository, &hub, &["--pull-request"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(!done.stderr.contains("differs"), "{}", done.stderr);
    let [first, second] = HEADLINES;
    assert_eq!(hub.headlines(NAME, BRANCH), [first, second, "Let Dependabot keep actions current"]);
    let (path, _) = DEPENDABOT;
    assert!(hub.file(NAME, BRANCH, path).contains("package-ecosystem: github-actions"));
    let changed = hub.git(NAME, &["show", "--format=", "--name-status", BRANCH]);
    assert_eq!(changed.trim(), format!("A\t{path}"));
    let body = &hub.pulls()[0].body;
    assert!(body.contains(&format!("**`{path}`**\n\n- new: ")), "{body}");
    let (state, changes) = (hub.state(), hub.changes().len());
    assert_eq!(run_in(&repository, &hub, &["--pull-request"]).code, Some(0));
    assert_eq!((hub.state(), hub.changes().len()), (state, changes), "it is there");
}

#[test]
fn a_second_run_does_nothing() {
    let hub = hub();
    run(&hub, &["--pull-request", "--label", "security"]);
    let state = hub.state();
    let (changes, before) = (hub.changes().len(), hub.operations().len());
    let again = run(&hub, &["--pull-request", "--label", "security"]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert_eq!(again.stdout, "https://github.example/weather/report/pull/1\n");
    assert!(again.stderr.contains("as it should be"), "{}", again.stderr);
    assert_eq!(hub.changes().len(), changes, "{:?}", hub.changes());
    assert_eq!(hub.state(), state);
    // That the branch is as it was left is asked for, and not what all is on it.
    let asked = &hub.operations()[before..];
    assert!(asked.iter().all(|operation| !operation.contains("compare")), "{asked:?}");
}

/// The note in the text does not help who puts something else on the branch.
#[test]
fn a_branch_that_is_not_as_it_was_left_is_looked_at() {
    let hub = hub();
    run(&hub, &["--pull-request"]);
    hub.push(NAME, BRANCH, &[("notes.txt", "theirs")]);
    let state = hub.state();
    let again = run(&hub, &["--pull-request"]);
    assert_eq!(again.code, Some(2), "{again:?}");
    assert!(again.stderr.contains("holds work that is not this program's"), "{}", again.stderr);
    assert_eq!(hub.state(), state);
}

#[test]
fn the_commits_are_what_a_preview_shows() {
    let hub = hub();
    let preview = run(&hub, &[]);
    run(&hub, &["--pull-request"]);
    let diff = hub.git(NAME, &["diff", "--no-color", "main", BRANCH]);
    let lines = |text: &str| -> Vec<String> {
        let lines =
            text.lines().filter(|line| !line.starts_with("diff ") && !line.starts_with("index "));
        lines
            .map(|line| line.split(" @@ ").next().unwrap().trim_end_matches(" @@").to_owned())
            .collect()
    };
    assert_eq!(lines(&preview.stdout), lines(&diff));
}

#[test]
fn a_dry_run_shows_what_would_be_sent() {
    let hub = hub();
    let before = hub.state();
    let shown = run(&hub, &["--pull-request", "--dry-run", "--title", "Mine"]);
    assert_eq!(shown.code, Some(1), "{shown:?}");
    assert!(shown.stdout.starts_with("--- a/.github/workflows/test.yml\n"), "{}", shown.stdout);
    for expected in [
        "make the branch `spec8-fix/main` in weather/report on main at ",
        "open a pull request into `main` of weather/report",
        "Give workflows least permissions (.github/workflows/test.yml)",
        "\nMine\n",
        "### Check before you merge",
    ] {
        assert!(shown.stderr.contains(expected), "{expected}: {}", shown.stderr);
    }
    assert_eq!(hub.changes(), [""; 0]);
    assert_eq!(hub.state(), before);
}

#[test]
fn the_pull_request_is_as_it_is_asked_for() {
    let hub = hub();
    hub.push(NAME, "maint/1.x", &[(PATH, WORKFLOW.replace("hello", "maintained"))]);
    let done = run(
        &hub,
        &[
            "--pull-request",
            "--base",
            "maint/1.x",
            "--branch",
            "mine",
            "--title",
            "A \"title\"",
            "--label",
            "security",
            "--label",
            "ci",
            "--draft",
        ],
    );
    assert_eq!(done.code, Some(0), "{done:?}");
    let [pull] = &hub.pulls()[..] else { panic!("{:?}", hub.pulls()) };
    assert_eq!((pull.base.as_str(), pull.branch.as_str()), ("maint/1.x", "mine"));
    assert_eq!(pull.title, "A \"title\"");
    assert_eq!(pull.labels, ["security", "ci"]);
    assert!(pull.is_draft);
    assert_eq!(hub.file(NAME, "mine", PATH), FIXED.replace("hello", "maintained"));
    assert!(done.stderr.contains("differs from `maint/1.x` on GitHub in"), "{}", done.stderr);
}

#[test]
fn a_branch_that_is_not_there_is_said_to_be_missing() {
    let hub = hub();
    let done = run(&hub, &["--pull-request", "--base", "nonsense"]);
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("weather/report has no branch `nonsense`"), "{}", done.stderr);
}

#[test]
fn what_is_on_github_counts_and_not_the_clone() {
    let hub = hub();
    let other = Repository::new([(PATH, "on: push\njobs: {}\n"), DEPENDABOT]).named(NAME);
    let done = run_in(&other, &hub, &["--pull-request"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(done.stderr.contains("this clone differs from `main` on GitHub"), "{}", done.stderr);
    assert_eq!(hub.file(NAME, BRANCH, PATH), FIXED);
    // Line endings are the clone's own affair.
    let windows = Repository::new(
        [(PATH, WORKFLOW), DEPENDABOT].map(|(path, text)| (path, text.replace('\n', "\r\n"))),
    )
    .named(NAME);
    let done = run_in(&windows, &hub, &["--pull-request", "--dry-run"]);
    assert!(!done.stderr.contains("differs"), "{}", done.stderr);
}

#[test]
fn where_there_is_nothing_to_change_nothing_is_sent() {
    let hub = hub();
    hub.push(NAME, "main", &[(PATH, FIXED)]);
    let before = hub.state();
    let done = run(&hub, &["--pull-request"]);
    assert_eq!((done.code, done.stdout.as_str()), (Some(0), ""), "{done:?}");
    assert_eq!(hub.changes(), [""; 0]);
    assert_eq!(hub.state(), before);
}

#[test]
fn a_clone_that_tells_no_repository_is_refused() {
    let hub = hub();
    let nameless = Repository::new([(PATH, WORKFLOW)]);
    let done = run_in(&nameless, &hub, &["--pull-request"]);
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("--repo OWNER/NAME"), "{}", done.stderr);
    assert_eq!(hub.operations(), [""; 0]);
    let done = run_in(&clone(), &hub, &["--pull-request", "--offline"]);
    assert_eq!(done.code, Some(2));
    assert_eq!(hub.operations(), [""; 0]);
}
