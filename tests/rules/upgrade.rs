//! `pin-actions` with `--upgrade`, by the built-in index. The series v2.3 of actions/checkout ended long
//! ago: no index will ever know a later patch.

use crate::cli::{Repository, WORKFLOW};
use crate::{written, written_workflow};

const V2_3_1: &str = "28c7f3d2b5162b5ddd3dfd9a45aa55eaf396478b";
const V2_3_5: &str = "1e204e9a9253d643386038d443f96446fa156a97";

fn with_steps(steps: &str) -> String {
    let steps: String = steps.lines().map(|line| format!("      {line}\n")).collect();
    format!("on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n{steps}")
}

/// Steps become others, with safe fixes only. `OLD` and `NEW` stand for the commits.
#[track_caller]
fn becomes(before: &str, after: &str) {
    let [before, after] = [before, after]
        .map(|steps| with_steps(&steps.replace("OLD", V2_3_1).replace("NEW", V2_3_5)));
    let (found, run) = written_workflow(&before, "pin-actions", "--upgrade=patch");
    assert_eq!(found, after, "{}", run.stderr);
}

#[test]
fn a_pin_moves_forward_with_its_comment() {
    for (before, after) in [
        ("- uses: actions/checkout@OLD # v2.3.1", "- uses: actions/checkout@NEW # v2.3.5"),
        ("- uses: actions/checkout@OLD", "- uses: actions/checkout@NEW # v2.3.5"),
        ("- uses: actions/checkout@OLD  # tag=v2.3.1", "- uses: actions/checkout@NEW  # v2.3.5"),
        ("- uses: 'actions/checkout@OLD' # v2", "- uses: 'actions/checkout@NEW' # v2.3.5"),
        ("- {uses: actions/checkout@OLD} # v2.3.1", "- {uses: actions/checkout@NEW} # v2.3.5"),
        (
            "- uses: actions/checkout@OLD # zizmor: ignore[artipacked] # v2.3.1",
            "- uses: actions/checkout@NEW # zizmor: ignore[artipacked] # v2.3.5",
        ),
        ("- uses: actions/checkout@OLD # why", "# why\n- uses: actions/checkout@NEW # v2.3.5"),
        ("- uses: actions/checkout@v2.3.1", "- uses: actions/checkout@NEW # v2.3.5"),
    ] {
        becomes(before, after);
    }
}

#[test]
fn what_is_no_release_or_the_newest_stays() {
    for uses in [
        "- uses: actions/checkout@NEW # v2.3.5",
        // The head of `master`, once.
        "- uses: dtolnay/rust-toolchain@3c5f7ea28cd621ae0bf5283f0e981fb97b8a7af9 # master",
        "- uses: actions/checkout@OLD # v2.3.1 # spec8-fix: ignore[pin-actions]",
        "- uses: ./local",
        "- uses: docker://alpine@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ] {
        becomes(uses, uses);
    }
}

#[test]
fn what_the_action_itself_decides_stays() {
    let workflow = format!(
        "on: push\njobs:\n  provenance:\n    uses: slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@{V2_3_1} # v1.0.0\n"
    );
    let (after, run) = written_workflow(&workflow, "pin-actions", "--upgrade=major --unsafe");
    assert_eq!((after, run.stderr.as_str()), (workflow, "1 file, nothing to change\n"));
    let before = with_steps(&format!("- uses: actions/checkout@{V2_3_1} # v2.3.1"));
    let own = Repository::of_workflow(&before).named("actions/checkout");
    let (after, run) = written(&own, WORKFLOW, "pin-actions", "--upgrade=major --unsafe");
    assert_eq!((after, run.stderr.as_str()), (before, "1 file, nothing to change\n"));
}

#[test]
fn a_comment_that_names_another_commit_is_left_to_the_rule_for_pins() {
    let before = with_steps(&format!("- uses: actions/checkout@{} # v2.3.1", "ab".repeat(20)));
    let (after, run) = written_workflow(&before, "pin-actions", "--upgrade --unsafe");
    assert_eq!(after, before);
    assert_eq!(run.stderr, "1 file, nothing to change\n");
}

#[test]
fn a_step_that_is_shared_moves_forward_once() {
    let steps = |commit: &str, version: &str| {
        with_steps(&format!(
            "- &checkout\n  uses: actions/checkout@{commit} # {version}\n- *checkout"
        ))
    };
    let (after, run) = written_workflow(&steps(V2_3_1, "v2.3.1"), "pin-actions", "--upgrade=patch");
    assert_eq!(after, steps(V2_3_5, "v2.3.5"), "{}", run.stderr);
}

#[test]
fn a_major_version_is_for_who_allows_it() {
    let step = |uses: &str| with_steps(&format!("- uses: actions/checkout@{uses}"));
    let before = step("v2.3.1");
    // Of the series v2 without `--unsafe`, and then the newest is told.
    let repository = Repository::of_workflow(&before);
    let (after, run) = written(&repository, WORKFLOW, "pin-actions", "--upgrade=major");
    assert!(after.contains(" # v2."), "{after}");
    assert!(run.stderr.contains("fixed 1\n"), "{}", run.stderr);
    let again = repository.run("--upgrade=major --select pin-actions");
    assert!(again.stderr.contains("needs --unsafe 1\n"), "{}", again.stderr);
    assert!(again.stderr.contains("may break what worked"), "{}", again.stderr);
    let (after, _) = written(&repository, WORKFLOW, "pin-actions", "--upgrade=major --unsafe");
    assert!(!after.contains(" # v2."), "{after}");
}
