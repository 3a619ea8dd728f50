//! `verify-pins`, as far as the built-in index tells; what a repository tells is in
//! `tests/resolve/pins.rs`.

use crate::cli::{Repository, WORKFLOW};
use crate::{steps_become, steps_stay, with_steps, written, written_workflow};

const RULE: &str = "verify-pins";

/// `actions/checkout` at v4.2.2, at v4.1.1, and where no tag that the index knows is.
const V4_2_2: &str = "11bd71901bbe5b1630ceea73d27597364c9af683";
const V4_1_1: &str = "b4ffde65f46336ab88eb53be808477a3936bae11";
const UNKNOWN: &str = "1234567890123456789012345678901234567890";

fn checkout(commit: &str, behind: &str) -> String {
    format!("- uses: actions/checkout@{commit}{behind}\n")
}

/// What stands behind a pin of v4.2.2 becomes something else.
#[track_caller]
fn becomes(before: &str, after: &str) {
    steps_become(RULE, &checkout(V4_2_2, before), &checkout(V4_2_2, after));
}

/// Nothing is said of a step.
#[track_caller]
fn is_fine(step: &str) {
    assert_eq!(steps_stay(RULE, step), "1 file, nothing to change\n", "{step}");
}

mod comments {
    use super::*;

    #[test]
    fn that_name_another_version_are_put_right() {
        for wrong in ["v4.1.1", "v4.2.1", "4.1.1", "v3", "v2.0", "v3.0.0"] {
            becomes(&format!(" # {wrong}"), " # v4.2.2");
        }
        let run = Repository::of_workflow(&with_steps(&checkout(V4_2_2, " # v3"))).run("-v");
        assert!(
            run.stderr.contains(
                "test.yml:6:15: `actions/checkout` is pinned to v4.2.2, not to v3 as its comment says: \
                 name the version v4.2.2\n"
            ),
            "{}",
            run.stderr
        );
    }

    #[test]
    fn that_are_not_there_are_added() {
        becomes("", " # v4.2.2");
        becomes(" #", " # v4.2.2");
        steps_become(
            RULE,
            &format!("- uses: actions/checkout@{V4_2_2}\n- uses: actions/cache@v3 # v3.1.0\n"),
            &format!(
                "- uses: actions/checkout@{V4_2_2} # v4.2.2\n- uses: actions/cache@v3 # v3.1.0\n"
            ),
        );
    }

    #[test]
    fn that_are_right_are_fine() {
        for right in
            ["v4.2.2", "v4", "v4.2", "4.2.2", "4", "tag=v4.2.2", "ratchet:actions/checkout@v4"]
        {
            is_fine(&checkout(V4_2_2, &format!(" # {right}")));
        }
    }

    #[test]
    fn that_could_be_more_exact_are_made_so_on_request() {
        for (before, after) in [
            ("v4", "v4.2.2"),
            ("v4.2", "v4.2.2"),
            ("4.2.2", "v4.2.2"),
            ("tag=v4", "tag=v4.2.2"),
            ("ratchet:actions/checkout@v4", "ratchet:actions/checkout@v4.2.2"),
            ("v4.2.2", "v4.2.2"),
            ("main", "main"),
        ] {
            let [before, after] = [before, after]
                .map(|comment| with_steps(&checkout(V4_2_2, &format!(" # {comment}"))));
            let (written, run) = written_workflow(&before, RULE, "--exact-comments");
            assert_eq!(written, after, "{}", run.stderr);
            assert_eq!(run.stderr.contains("fixed 1\n"), before != after, "{}", run.stderr);
        }
    }

    #[test]
    fn keep_everything_else_that_they_say() {
        for (before, after) in [
            (" # tag=v4.1.1", " # tag=v4.2.2"),
            (" # ratchet:actions/checkout@v3", " # ratchet:actions/checkout@v4.2.2"),
            (" # zizmor: ignore[artipacked] # v3", " # zizmor: ignore[artipacked] # v4.2.2"),
            (" # v3 # noqa", " # v4.2.2 # noqa"),
            (" # v3.0.0, for the docs", " # v4.2.2, for the docs"),
            ("  # v3", "  # v4.2.2"),
            (" # zizmor: ignore[artipacked] why", " # zizmor: ignore[artipacked] why # v4.2.2"),
        ] {
            becomes(before, after);
        }
        steps_become(
            RULE,
            &checkout(V4_2_2, " # keep in step with the docs"),
            &format!("# keep in step with the docs\n{}", checkout(V4_2_2, " # v4.2.2")),
        );
    }

    #[test]
    fn that_may_mean_something_else_are_left() {
        for unclear in ["main", "pinned", "not before v5 is out", "renovate: tag=v3.0.0"] {
            is_fine(&checkout(V4_2_2, &format!(" # {unclear}")));
        }
    }

    #[test]
    fn are_not_held_against_what_the_index_does_not_know() {
        for newer in ["v4.99.0", "v99", "v99.0.0", "v3.99.0", "v1.9.9"] {
            is_fine(&checkout(V4_2_2, &format!(" # {newer}")));
        }
        for comment in ["", " # v4.2.2", " # v99.0.0", " # main"] {
            is_fine(&checkout(UNKNOWN, comment));
            is_fine(&format!("- uses: no-such-owner/action@{UNKNOWN}{comment}\n"));
        }
    }

    #[test]
    fn of_values_of_an_input_are_left() {
        for value in ["1.70", "stable", "1.70.0"] {
            is_fine(&format!(
                "- uses: dtolnay/rust-toolchain@3c5f7ea28cd621ae0bf5283f0e981fb97b8a7af9 # {value}\n"
            ));
        }
    }

    #[test]
    fn stand_where_the_file_has_them() {
        for (before, after) in [
            ("- uses: \"actions/checkout@SHA\"\n", "- uses: \"actions/checkout@SHA\" # v4.2.2\n"),
            ("- {uses: actions/checkout@SHA}\n", "- {uses: actions/checkout@SHA} # v4.2.2\n"),
            (
                "- &it\n  uses: actions/checkout@SHA # v3\n- *it\n",
                "- &it\n  uses: actions/checkout@SHA # v4.2.2\n- *it\n",
            ),
            (
                "- uses: >-\n    actions/checkout@SHA\n",
                "- uses: >- # v4.2.2\n    actions/checkout@SHA\n",
            ),
        ] {
            steps_become(RULE, &before.replace("SHA", V4_2_2), &after.replace("SHA", V4_2_2));
        }
    }

    #[test]
    fn need_a_line_of_their_own() {
        for (comment, is_told) in [("", true), (" # v3", false)] {
            let before = format!(
                "on: push\njobs: {{a: {{steps: [{{uses: actions/checkout@{V4_2_2}}}, {{uses: actions/cache@v3}}]}}}}{comment}\n"
            );
            let (after, run) = written_workflow(&before, RULE, "");
            assert_eq!(after, before);
            let said = run.stderr.contains("another `uses` stands on the same line");
            assert_eq!(said, is_told, "{}", run.stderr);
        }
    }

    #[test]
    fn in_actions_and_of_called_workflows_count_too() {
        let action = |comment: &str| {
            format!(
                "name: x\nruns:\n  using: composite\n  steps:\n    - uses: actions/checkout@{V4_2_2} # {comment}\n"
            )
        };
        let path = ".github/actions/x/action.yml";
        let (after, _) = written(&Repository::new([(path, action("v3"))]), path, RULE, "");
        assert_eq!(after, action("v4.2.2"));
        let call = |comment: &str| {
            format!(
                "on: push\njobs:\n  call:\n    uses: OpenAstronomy/github-actions-workflows/.github/workflows/tox.yml@{} # {comment}\n",
                "8c8bb6c6c962542921f993d47d26df38dccd50b1"
            )
        };
        assert_eq!(written_workflow(&call("v2"), RULE, "").0, call("v3.0.2"));
    }

    #[test]
    fn in_generated_files_are_left() {
        let text =
            format!("# generated by x, DO NOT EDIT\n{}", with_steps(&checkout(V4_2_2, " # v3")));
        let (after, run) = written_workflow(&text, RULE, "");
        assert_eq!(after, text);
        assert!(run.stderr.contains("this file is generated"), "{}", run.stderr);
    }
}

mod commits {
    use super::*;

    #[test]
    fn that_are_abbreviated_become_full() {
        for (before, after) in [
            ("11bd719", " # v4.2.2"),
            ("11bd719 # v3", " # v4.2.2"),
            ("11BD71901b # v4", " # v4.2.2"),
        ] {
            steps_become(RULE, &checkout(before, ""), &checkout(V4_2_2, after));
        }
        let said = steps_stay(RULE, &checkout("abcdef1", ""));
        assert!(said.contains("`actions/checkout@abcdef1` is an abbreviated commit SHA"), "{said}");
        assert!(said.contains("GitHub runs no abbreviated one"), "{said}");
        let said = steps_stay(RULE, "- uses: no-such-owner/action@abcdef1\n");
        assert!(said.contains("the built-in index does not hold this repository"), "{said}");
    }

    #[test]
    fn of_another_kind_are_left() {
        is_fine(&checkout(&"ab".repeat(32), " # v3"));
        is_fine("- uses: actions/checkout@v4\n");
        is_fine("- uses: actions/checkout@${{ matrix.ref }}\n");
        is_fine("- uses: ./x\n");
    }
}

#[test]
fn both_rules_together_come_to_rest() {
    let steps = format!(
        "- uses: actions/checkout@v4.2.2\n- uses: actions/checkout@{V4_1_1} # v3\n- uses: actions/checkout@11bd719\n- uses: actions/checkout@{V4_2_2}\n- uses: psf/black@stable\n"
    );
    for rules in ["pin-actions,verify-pins", "verify-pins,pin-actions"] {
        let (after, run) = written_workflow(&with_steps(&steps), rules, "--unsafe");
        let lines: Vec<_> = after.lines().skip(5).collect();
        assert_eq!(
            lines[..4],
            [V4_2_2, V4_1_1, V4_2_2, V4_2_2].map(|commit| {
                let version = if commit == V4_1_1 { "v4.1.1" } else { "v4.2.2" };
                format!("      - uses: actions/checkout@{commit} # {version}")
            }),
            "{}",
            run.stderr
        );
        assert!(!lines[4].contains("stable"), "{after}");
    }
}

#[test]
fn comments_silence_it() {
    for comment in [
        "spec8-fix: ignore[verify-pins]",
        "zizmor: ignore[ref-version-mismatch]",
        "zizmor: ignore[impostor-commit, stale-action-refs]",
    ] {
        let text = with_steps(&checkout(V4_2_2, &format!(" # v3 # {comment}")));
        let repository = Repository::of_workflow(&text);
        let run = repository.run("--select verify-pins,pin-actions --write");
        assert_eq!(repository.read(WORKFLOW), text, "{}", run.stderr);
    }
}
