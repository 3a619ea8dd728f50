//! The rules, example by example, through the program: a workflow before, and after `--write`.

#[path = "../support/cli.rs"]
mod cli;

mod attest_provenance;
mod build_isolation;
mod dependabot;
mod guesses;
mod job_permissions;
mod needs;
mod persist_credentials;
mod pin_actions;
mod pin_images;
mod publish_environment;
mod release_docs;
mod release_trigger;
mod silencing;
mod trusted_publishing;
mod upgrade;
mod verify_pins;
mod workflow_permissions;

use cli::{Repository, Run, WORKFLOW};

/// What one rule makes of the file at `path`, and what it says of it. Running it again must change
/// nothing more.
fn written(repository: &Repository, path: &str, rule: &str, flags: &str) -> (String, Run) {
    let command = format!("--write --select {rule} {flags}");
    let run = repository.run(&command);
    let after = repository.read(path);
    let again = repository.run(&format!("--select {rule} {flags}"));
    assert_eq!(again.stdout, "", "a second run wants more, after the first: {}", run.stderr);
    assert_eq!(again.code, run.code, "{}", again.stderr);
    (after, run)
}

/// The same for a workflow alone.
fn written_workflow(before: &str, rule: &str, flags: &str) -> (String, Run) {
    written(&Repository::of_workflow(before), WORKFLOW, rule, flags)
}

/// A workflow with one job that has these steps, which the test writes from the left margin.
fn with_steps(steps: &str) -> String {
    let steps: String =
        steps.trim_start_matches('\n').split_inclusive('\n').map(indented).collect();
    format!("on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n{steps}")
}

fn indented(line: &str) -> String {
    if line.trim().is_empty() { line.to_owned() } else { format!("      {line}") }
}

/// By a rule, steps become others, with safe fixes only.
#[track_caller]
fn steps_become(rule: &str, before: &str, after: &str) {
    let (written, run) = written_workflow(&with_steps(before), rule, "");
    assert_eq!(written, with_steps(after), "{}", run.stderr);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

/// Steps stay, whatever is allowed to a rule; gives what is said.
#[track_caller]
fn steps_stay(rule: &str, steps: &str) -> String {
    let before = with_steps(steps);
    let (written, run) = written_workflow(&before, rule, "--unsafe");
    assert_eq!(written, before, "{}", run.stderr);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run.stderr
}
