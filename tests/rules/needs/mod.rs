//! What jobs need: a job as a workflow has it, and the permissions that the program gives it.

mod actions;
mod calls;
mod conditions;
mod project;
mod scripts;
mod shell;
mod tasks;

use crate::cli::{Repository, WORKFLOW};

const RULE: &str = "--select workflow-permissions";

/// The block that a job `job` gets, in one line: `contents: write, issues: write`; `default` where
/// that at the top is enough.
fn block(text: &str) -> String {
    let lines = text.lines().skip_while(|line| *line != "  job:");
    let mut lines = lines.skip_while(|line| !line.starts_with("    permissions:"));
    match lines.next() {
        None => "default".to_owned(),
        Some(head) if head != "    permissions:" => head["    permissions: ".len()..].to_owned(),
        Some(_) => {
            let scopes = lines.take_while(|line| line.starts_with("      "));
            scopes.map(str::trim).collect::<Vec<_>>().join(", ")
        }
    }
}

/// What the job of a workflow gets, and what is said of it where it is not certain.
pub(crate) fn needs_of(files: &[(&str, String)]) -> (String, Option<String>) {
    let repository = Repository::new(files.iter().map(|(path, text)| (*path, text.as_str())));
    let said = repository.run(RULE).stderr;
    let doubt =
        said.lines().find_map(|line| line.trim().strip_prefix("the job `job` may need more: "));
    let doubt = doubt.map(str::to_owned);
    let run = repository.run(&format!("{RULE} --write --unsafe"));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    (block(&repository.workflow()), doubt)
}

/// A workflow of one job with these steps.
pub(crate) fn workflow(on: &str, steps: &str) -> String {
    let steps: String = steps.lines().map(|line| format!("      {line}\n")).collect();
    format!("on: {on}\njobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n{steps}")
}

/// Steps need this, and that is certain.
#[track_caller]
pub(crate) fn need_under(on: &str, steps: &str, expected: &str) {
    let (block, doubt) = needs_of(&[(WORKFLOW, workflow(on, steps))]);
    assert_eq!((block.as_str(), doubt), (expected, None), "{steps}");
}

#[track_caller]
pub(crate) fn need(steps: &str, expected: &str) {
    need_under("push", steps, expected);
}

/// It is not certain what steps need, for this reason; this is what they get.
#[track_caller]
pub(crate) fn doubtful_under(on: &str, steps: &str, expected: &str, reason: &str) {
    let (block, doubt) = needs_of(&[(WORKFLOW, workflow(on, steps))]);
    let doubt = doubt.unwrap_or_else(|| "nothing".to_owned());
    assert!(doubt.contains(reason), "{steps}\n{doubt}");
    assert_eq!(block, expected, "{steps}");
}

#[track_caller]
pub(crate) fn doubtful(steps: &str, expected: &str, reason: &str) {
    doubtful_under("push", steps, expected, reason);
}

#[test]
fn a_list_of_steps_that_holds_itself_comes_to_an_end() {
    let text = "on: push\njobs:\n  job:\n    runs-on: x\n    steps: &steps\n      - uses: softprops/action-gh-release@v2\n      - parallel: *steps\n";
    assert_eq!(needs_of(&[(WORKFLOW, text.to_owned())]), ("contents: write".to_owned(), None));
}
