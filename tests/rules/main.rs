//! The rules, example by example, through the program: a workflow before, and after `--write`.

#[path = "../support/cli.rs"]
mod cli;

mod job_permissions;
mod needs;
mod pin_actions;
mod silencing;
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
