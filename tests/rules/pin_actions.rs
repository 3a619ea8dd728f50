//! `pin-actions`. Where the layout matters and not the ref, the ref is a full version tag, whose
//! commit no index will ever change.

use crate::cli::{Repository, Run, WORKFLOW};
use crate::{steps_become, steps_stay, with_steps, written, written_workflow};

/// Steps become others, with safe fixes only.
#[track_caller]
fn becomes(before: &str, after: &str) {
    steps_become("pin-actions", before, after);
}

/// Steps stay, whatever is allowed; gives what is said.
#[track_caller]
fn stays(steps: &str) -> String {
    steps_stay("pin-actions", steps)
}

/// A `uses` stays, and the reason holds these words.
#[track_caller]
fn is_left(uses: &str, why: &str) {
    let said = stays(&format!("- uses: {uses}\n"));
    assert!(said.contains("left to you 1\n"), "{uses}: {said}");
    assert!(said.contains(why), "{uses}: {said}");
}

/// A `uses` stays, and nothing is said of it.
#[track_caller]
fn is_fine(uses: &str) {
    let said = stays(&format!("- uses: {uses}\n"));
    assert_eq!(said, "1 file, nothing to change\n", "{uses}");
}

/// A `uses` with what stands behind it becomes another.
#[track_caller]
fn pins(before: &str, after: &str) {
    becomes(&format!("- uses: {before}\n"), &format!("- uses: {after}\n"));
}

/// The same, but only with `--unsafe`, for this reason.
#[track_caller]
fn pins_unsafely(before: &str, after: &str, why: &str) {
    let [before, after] = [before, after].map(|uses| with_steps(&format!("- uses: {uses}\n")));
    let (written, run) = written_workflow(&before, "pin-actions", "");
    assert_eq!(written, before);
    assert!(run.stderr.contains("needs --unsafe 1\n"), "{}", run.stderr);
    assert!(run.stderr.contains(why), "{}", run.stderr);
    assert_eq!(written_workflow(&before, "pin-actions", "--unsafe").0, after);
}

mod which_commit {
    //! The design's table, row by row.

    use super::*;

    #[test]
    fn a_full_version_tag_is_its_commit() {
        pins(
            "actions/checkout@v4.2.2",
            "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2",
        );
        // Without a `v`, with two numbers, of an action inside a repository, with its full name.
        pins(
            "ad-m/github-push-action@v0.6.0",
            "ad-m/github-push-action@40bf560936a8022e68a3c00e7d2abefaf01305a6 # v0.6.0",
        );
        pins(
            "github/codeql-action/init@v2.13.4",
            "github/codeql-action/init@cdcdbb579706841c47f7063dda365e292e5cad7a # v2.13.4",
        );
        pins(
            "actions/checkout@refs/tags/v4.2.2",
            "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2",
        );
    }

    #[test]
    fn a_floating_tag_is_named_by_the_full_version_on_its_commit() {
        pins(
            "actions/checkout@v1",
            "actions/checkout@50fbc622fc4ef5163becd7fab6573eac35f8462e # v1.2.0",
        );
        pins(
            "pypa/cibuildwheel@v2.16",
            "pypa/cibuildwheel@ce3fb7832089eb3e723a0a99cab7f3eaccf074fd # v2.16.5",
        );
    }

    #[test]
    fn a_floating_tag_without_a_full_version_keeps_its_name() {
        pins(
            "mymindstorm/setup-emsdk@v14",
            "mymindstorm/setup-emsdk@6ab9eb1bda2574c4ddb79809fc9247783eaf9021 # v14",
        );
    }

    #[test]
    fn a_floating_tag_that_is_known_from_an_old_listing_only_is_unsafe() {
        pins_unsafely(
            "actions-rs/toolchain@v1",
            "actions-rs/toolchain@16499b5e05bf2e26879000db0c1d13f7e13fa3af # v1.0.7",
            "releases after 2020-11-29 are unknown here",
        );
    }

    #[test]
    fn a_release_branch_is_the_full_version_on_its_head() {
        pins(
            "arduino/setup-protoc@v3.0.0",
            "arduino/setup-protoc@c65c819552d16ad3c9b72d9dfd5ba5237b9c906b # v3.0.0",
        );
        pins(
            "actions/checkout@releases/v1",
            "actions/checkout@0b496e91ec7ae4428c3ed2eeb4c3a40df431f2cc # v1.1.0",
        );
    }

    #[test]
    fn a_release_branch_is_the_newest_release_of_its_series() {
        // Its listing ends in March 2024; what came later was seen in use.
        let steps = with_steps("- uses: pypa/gh-action-pypi-publish@release/v1\n");
        let (after, run) = written_workflow(&steps, "pin-actions", "-v");
        assert!(after.contains(" # v1.1"), "{after}");
        assert!(run.stderr.contains("the newest known, in use on 20"), "{}", run.stderr);
    }

    #[test]
    fn a_name_that_is_tag_and_branch_is_pinned_where_both_agree() {
        pins(
            "microsoft/setup-msbuild@v1.1.3",
            "microsoft/setup-msbuild@34cfbaee7f672c76950673338facd8a73f637506 # v1.1.3",
        );
        is_left(
            "denoland/setup-deno@v2.0.1",
            "`v2.0.1` is a tag and a branch, with different commits: \
             write `refs/tags/v2.0.1` or `refs/heads/v2.0.1`",
        );
        pins(
            "denoland/setup-deno@refs/tags/v2.0.1",
            "denoland/setup-deno@01524fade784327df1a5ad1ead94235d392cd443 # v2.0.1",
        );
    }

    #[test]
    fn another_branch_of_another_owner_is_its_head_and_unsafe() {
        let steps = with_steps("- uses: actions/create-release@main\n");
        let (after, run) = written_workflow(&steps, "pin-actions", "");
        assert_eq!(after, steps);
        let why = "`main` is a branch without releases to follow: the pin holds it still";
        assert!(run.stderr.contains(why), "{}", run.stderr);
        pins_unsafely(
            "actions/create-release@main",
            "actions/create-release@4c11c9fe1dcd9636620a16455165783b20fc7ea0 # main",
            why,
        );
    }

    #[test]
    fn a_branch_of_the_same_owner_is_left() {
        let before = with_steps("- uses: actions/create-release@main\n");
        let repository = Repository::of_workflow(&before).named("Actions/toolkit");
        let (after, run) = written(&repository, WORKFLOW, "pin-actions", "--unsafe");
        assert_eq!(after, before);
        let why = "`main` is a branch of this repository's owner";
        assert!(run.stderr.contains(why), "{}", run.stderr);
    }

    #[test]
    fn the_own_repository_by_its_public_name_is_left() {
        let before = with_steps("- uses: actions/checkout@v4\n");
        let repository = Repository::of_workflow(&before).named("actions/checkout");
        let (after, run) = written(&repository, WORKFLOW, "pin-actions", "--unsafe");
        assert_eq!(after, before);
        assert!(run.stderr.contains("it is part of this repository"), "{}", run.stderr);
    }

    #[test]
    fn a_ref_that_is_an_input_moves_into_a_new_with() {
        becomes(
            "
- uses: dtolnay/rust-toolchain@stable
- name: Old toolchain
  uses: dtolnay/rust-toolchain@1.70.0
  if: matrix.old
",
            "
- uses: dtolnay/rust-toolchain@3c5f7ea28cd621ae0bf5283f0e981fb97b8a7af9 # master
  with:
    toolchain: stable
- name: Old toolchain
  uses: dtolnay/rust-toolchain@3c5f7ea28cd621ae0bf5283f0e981fb97b8a7af9 # master
  with:
    toolchain: 1.70.0
  if: matrix.old
",
        );
    }

    #[test]
    fn a_ref_that_is_an_input_moves_into_the_with_that_is_there() {
        becomes(
            "
- uses: dtolnay/rust-toolchain@nightly
  with:
    components: clippy, rustfmt  # for the lint job

- uses: dtolnay/rust-toolchain@beta
  with: { components: clippy }
- uses: dtolnay/rust-toolchain@beta
  with:
- uses: dtolnay/rust-toolchain@beta
  with: {}
",
            "
- uses: dtolnay/rust-toolchain@3c5f7ea28cd621ae0bf5283f0e981fb97b8a7af9  # master
  with:
    components: clippy, rustfmt  # for the lint job
    toolchain: nightly

- uses: dtolnay/rust-toolchain@3c5f7ea28cd621ae0bf5283f0e981fb97b8a7af9  # master
  with: { components: clippy, toolchain: beta }
- uses: dtolnay/rust-toolchain@3c5f7ea28cd621ae0bf5283f0e981fb97b8a7af9  # master
  with:
    toolchain: beta
- uses: dtolnay/rust-toolchain@3c5f7ea28cd621ae0bf5283f0e981fb97b8a7af9  # master
  with: {toolchain: beta}
",
        );
    }

    #[test]
    fn a_toolchain_that_looks_like_a_number_is_quoted() {
        becomes(
            "- uses: dtolnay/rust-toolchain@1.70\n",
            "
- uses: dtolnay/rust-toolchain@3c5f7ea28cd621ae0bf5283f0e981fb97b8a7af9 # master
  with:
    toolchain: '1.70'
",
        );
    }

    #[test]
    fn an_input_that_is_given_already_stays() {
        // The branch `stable` lets the input win; the branch `1.80` does not know it.
        becomes(
            "
- uses: dtolnay/rust-toolchain@stable
  with:
    Toolchain: 1.81.0
",
            "
- uses: dtolnay/rust-toolchain@3c5f7ea28cd621ae0bf5283f0e981fb97b8a7af9 # master
  with:
    Toolchain: 1.81.0
",
        );
        let said = stays("\n- uses: dtolnay/rust-toolchain@1.80\n  with:\n    toolchain: 1.81.0\n");
        assert!(said.contains("the action ignores the step's own `toolchain`"), "{said}");
    }

    #[test]
    fn a_tool_to_install_is_an_input_too() {
        let steps = with_steps(
            "
- uses: taiki-e/install-action@cargo-deny
- run: cargo deny check
",
        );
        let (after, _) = written_workflow(&steps, "pin-actions", "");
        let lines: Vec<_> = after.lines().skip(5).collect();
        let [uses, with, tool, run] = lines[..] else { panic!("{after}") };
        assert!(uses.starts_with("      - uses: taiki-e/install-action@"), "{after}");
        assert!(uses.contains(" # v2."), "{after}");
        assert_eq!(
            [with, tool, run],
            ["        with:", "          tool: cargo-deny", "      - run: cargo deny check"]
        );
    }

    #[test]
    fn a_ref_that_says_more_than_an_input_can_is_left() {
        is_left("dtolnay/rust-toolchain@miri", "pin it by hand, with the input `toolchain`");
    }

    #[test]
    fn what_verifies_its_own_tag_is_left() {
        let before = "\
on: push
jobs:
  provenance:
    uses: slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@v2.0.0
";
        let (after, run) = written_workflow(before, "pin-actions", "--unsafe");
        assert_eq!(after, before);
        assert!(run.stderr.contains("slsa-verifier accepts only tags"), "{}", run.stderr);
        is_left("slsa-framework/slsa-verifier/actions/installer@v2.5.1", "fails once newer tags");
    }

    #[test]
    fn what_the_index_does_not_know_is_left() {
        is_left("no-such-owner/action@v1", "the built-in index does not hold this repository");
        is_left("actions/checkout@v99.9.9", "the built-in index does not know `v99.9.9`");
        is_left("actions/checkout@no-such-branch", "its listing of this repository ends on 20");
    }

    #[test]
    fn what_is_a_commit_already_is_another_rules_business() {
        for uses in ["actions/checkout@11bd719", "actions/checkout@abcdef1", "no-such/one@abcdef1"]
        {
            is_fine(uses);
        }
    }

    #[test]
    fn what_is_no_ref_to_pin_is_left() {
        is_left("actions/checkout@${{ matrix.ref }}", "does not evaluate expressions in `uses`");
        is_left("checkout@v4", "does not start with `owner/name`");
        is_left("actions/checkout", "has no `@`");
        is_left("actions/checkout@", "has no `@`");
        is_left("actions/checkout @v4", "a blank in this `uses`");
        is_left("actions/checkout@v4@v5", "more than one `@`");
        is_left("''", "`uses` is empty");
    }

    #[test]
    fn what_has_no_version_is_fine() {
        for uses in ["./", "./.github/actions/build", "../shared/build", "$/.github/actions/x"] {
            is_fine(uses);
        }
        is_fine(
            "docker://alpine@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        );
        is_left("docker://alpine:3.20", "pin it by digest");
    }

    #[test]
    fn a_full_sha_is_fine_whatever_its_comment() {
        is_fine("actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683");
        is_fine("actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4");
        is_fine("actions/checkout@11BD71901BBE5B1630CEEA73D27597364C9AF683 # really");
    }

    #[test]
    fn owner_and_name_keep_their_spelling() {
        pins(
            "Actions/CheckOut@v4.2.2",
            "Actions/CheckOut@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2",
        );
    }
}

mod where_it_stands {
    //! Every place of a `uses:`, in every layout.

    use super::*;

    #[test]
    fn first_or_later_in_a_step() {
        becomes(
            "
- uses: actions/checkout@v4.2.2
  with:
    fetch-depth: 0

- name: Check out
  id: again
  uses: actions/checkout@v4.2.2
- name: Check out
  with:
    fetch-depth: 0
  uses: actions/checkout@v4.2.2
",
            "
- uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
  with:
    fetch-depth: 0

- name: Check out
  id: again
  uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
- name: Check out
  with:
    fetch-depth: 0
  uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
",
        );
    }

    #[test]
    fn quotes_stay() {
        becomes(
            r#"
- uses: 'actions/checkout@v4.2.2'
- uses: "actions/checkout@v4.2.2"
- "uses": actions/checkout@v4.2.2
- 'uses' :   actions/checkout@v4.2.2
"#,
            r#"
- uses: 'actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683' # v4.2.2
- uses: "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683" # v4.2.2
- "uses": actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
- 'uses' :   actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
"#,
        );
    }

    #[test]
    fn on_the_next_line_or_in_a_block_scalar() {
        becomes(
            "
- uses:
    actions/checkout@v4.2.2
- uses: >-
    actions/checkout@v4.2.2
- name: last
  uses: |-
    actions/checkout@v4.2.2
",
            "
- uses:
    actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
- uses: >- # v4.2.2
    actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683
- name: last
  uses: |- # v4.2.2
    actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683
",
        );
    }

    #[test]
    fn in_flow_style() {
        becomes(
            "
- { uses: actions/checkout@v4.2.2 }
- {name: Check out, uses: actions/checkout@v4.2.2, with: {fetch-depth: 0}}
- {
    uses: actions/checkout@v4.2.2,
    with: { fetch-depth: 0 },
  }
- { uses: dtolnay/rust-toolchain@1.70 }
",
            "
- { uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 } # v4.2.2
- {name: Check out, uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683, with: {fetch-depth: 0}} # v4.2.2
- {
    uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683, # v4.2.2
    with: { fetch-depth: 0 },
  }
- { uses: dtolnay/rust-toolchain@3c5f7ea28cd621ae0bf5283f0e981fb97b8a7af9, with: {toolchain: '1.70'} } # master
",
        );
    }

    #[test]
    fn two_on_one_line_are_left() {
        let before = "\
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps: [{uses: actions/checkout@v4.2.2}, {uses: actions/checkout@v4.2.2}]
";
        let (after, run) = written_workflow(before, "pin-actions", "--unsafe");
        assert_eq!(after, before);
        assert!(run.stderr.contains("left to you 2\n"), "{}", run.stderr);
        assert!(run.stderr.contains("another `uses` stands on the same line"), "{}", run.stderr);
        assert!(run.stderr.contains("give each step a line of its own"), "{}", run.stderr);
    }

    #[test]
    fn beside_one_on_its_line_that_needs_nothing() {
        let before = "\
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps: [{uses: actions/checkout@v4.2.2}, {uses: ./}]
";
        let after = "\
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps: [{uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683}, {uses: ./}] # v4.2.2
";
        assert_eq!(written_workflow(before, "pin-actions", "").0, after);
    }

    #[test]
    fn inside_parallel() {
        becomes(
            "
- parallel:
    - uses: actions/checkout@v4.2.2
    - name: and one more
      uses: actions/checkout@v4.2.2
- run: make
",
            "
- parallel:
    - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
    - name: and one more
      uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
- run: make
",
        );
    }

    #[test]
    fn a_call_of_a_reusable_workflow() {
        let before = "\
on: push
jobs:
  call:
    uses: actions/checkout/.github/workflows/test.yml@v4.2.2
    secrets: inherit
  own:
    uses: ./.github/workflows/build.yml
  same-commit:
    uses: $/.github/workflows/build.yml
";
        let after = "\
on: push
jobs:
  call:
    uses: actions/checkout/.github/workflows/test.yml@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
    secrets: inherit
  own:
    uses: ./.github/workflows/build.yml
  same-commit:
    uses: $/.github/workflows/build.yml
";
        assert_eq!(written_workflow(before, "pin-actions", "").0, after);
    }

    #[test]
    fn composite_actions_at_the_top_and_anywhere_below_github() {
        let before = "\
name: Build
description: Builds it
runs:
  using: composite
  steps:
    - uses: actions/checkout@v4.2.2
    - run: make
      shell: bash
";
        let after = "\
name: Build
description: Builds it
runs:
  using: composite
  steps:
    - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
    - run: make
      shell: bash
";
        let inside = [
            "action.yml",
            ".github/actions/build/action.yml",
            ".github/actions/deep/er/action.yaml",
            ".github/build/action.yaml",
        ];
        let outside = ["tests/action.yml", ".github/actions/build/other.yml"];
        let repository = Repository::new(inside.iter().chain(&outside).map(|path| (path, before)));
        let run = repository.run("--write --select pin-actions");
        assert!(run.stderr.contains("\n4 files, 4 changed\n"), "{}", run.stderr);
        for path in inside {
            assert_eq!(repository.read(path), after, "{path}");
        }
        for path in outside {
            assert_eq!(repository.read(path), before, "{path}");
        }
    }

    #[test]
    fn an_action_of_another_kind_has_nothing_to_pin() {
        let action = "name: x\nruns:\n  using: node20\n  main: dist/index.js\n";
        let repository = Repository::new([("action.yml", action)]);
        let run = repository.run("--unsafe");
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), "1 file, nothing to change\n"));
    }

    #[test]
    fn a_uses_that_is_no_step_s() {
        let before = "\
on: push
env:
  uses: actions/checkout@v4.2.2
jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        include:
          - uses: actions/checkout@v4.2.2
    steps:
      - run: |
          uses: actions/checkout@v4.2.2
      # - uses: actions/checkout@v4.2.2
";
        assert_eq!(written_workflow(before, "pin-actions", "--unsafe").0, before);
    }

    #[test]
    fn a_step_that_an_alias_repeats_is_pinned_once_for_all() {
        let before = "\
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - &checkout
        uses: actions/checkout@v4.2.2
      - &rust
        uses: dtolnay/rust-toolchain@stable
      - run: make
  two:
    runs-on: ubuntu-latest
    steps:
      - *checkout
      - *rust
      - run: make test
";
        let after = "\
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - &checkout
        uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
      - &rust
        uses: dtolnay/rust-toolchain@3c5f7ea28cd621ae0bf5283f0e981fb97b8a7af9 # master
        with:
          toolchain: stable
      - run: make
  two:
    runs-on: ubuntu-latest
    steps:
      - *checkout
      - *rust
      - run: make test
";
        let (written, run) = written_workflow(before, "pin-actions", "");
        assert_eq!(written, after);
        assert!(run.stderr.contains("fixed 2\n"), "{}", run.stderr);
    }

    #[test]
    fn a_name_that_an_alias_repeats_is_pinned_once_for_all() {
        let before = "\
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps: &steps
      - uses: &checkout actions/checkout@v4.2.2
      - uses: *checkout
  two:
    runs-on: ubuntu-latest
    steps: *steps
";
        let after = "\
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps: &steps
      - uses: &checkout actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
      - uses: *checkout
  two:
    runs-on: ubuntu-latest
    steps: *steps
";
        assert_eq!(written_workflow(before, "pin-actions", "").0, after);
    }

    #[test]
    fn a_with_that_an_alias_repeats_is_not_given_an_input_for_others() {
        let before = "\
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - uses: dtolnay/rust-toolchain@stable
        with: &rust
          components: clippy
      - uses: dtolnay/rust-toolchain@nightly
        with: *rust
";
        let (after, run) = written_workflow(before, "pin-actions", "--unsafe");
        assert_eq!(after, before, "{}", run.stderr);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(run.stderr.contains("give it a `with` of its own"), "{}", run.stderr);
    }

    #[test]
    fn line_endings_and_the_byte_order_mark_stay() {
        let before = with_steps("- uses: actions/checkout@v4.2.2 # why\n- run: |\n    a\n    b");
        let after = with_steps(
            "# why\n- uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2\n\
             - run: |\n    a\n    b",
        );
        let windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
        assert_eq!(written_workflow(&windows(&before), "pin-actions", "").0, windows(&after));
    }
}

mod comments {
    //! What becomes of a comment that is there.

    use super::*;

    const PINNED: &str = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683";

    /// A comment behind the `uses` becomes another.
    #[track_caller]
    fn comment_becomes(before: &str, after: &str) {
        pins(&format!("actions/checkout@v4.2.2 # {before}"), &format!("{PINNED} # {after}"));
    }

    #[test]
    fn a_version_gives_way() {
        for version in [
            "v4",
            "v4.2",
            "v4.2.2",
            "4.2.2",
            "tag=v4.2.2",
            "tag: v4",
            "pin@v4.2.2",
            "@v4",
            "master",
        ] {
            comment_becomes(version, "v4.2.2");
        }
        comment_becomes("ratchet:actions/checkout@v4", "v4.2.2");
    }

    #[test]
    fn prose_moves_to_the_line_above() {
        becomes(
            "
- uses: actions/checkout@v4.2.2 # keep in step with the docs job
- name: Check out
  uses: actions/checkout@v4.2.2  #no blank
  with:
    fetch-depth: 0
- {uses: actions/checkout@v4.2.2} # v4 as long as Windows 7 is there
",
            "
# keep in step with the docs job
- uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
- name: Check out
  #no blank
  uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683  # v4.2.2
  with:
    fetch-depth: 0
# v4 as long as Windows 7 is there
- {uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683} # v4.2.2
",
        );
    }

    #[test]
    fn prose_moves_below_what_stands_above() {
        becomes(
            "
- run: make

# The second checkout
- uses: actions/checkout@v4.2.2 # is needed
",
            "
- run: make

# The second checkout
# is needed
- uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
",
        );
    }

    #[test]
    fn what_instructs_a_tool_stays_and_the_version_comes_last() {
        for instruction in [
            "zizmor: ignore[artipacked]",
            "noqa",
            "noqa: E501",
            "nosemgrep: third-party-action-not-pinned-to-commit-sha",
            "nosec",
            "checkov:skip=CKV_GHA_7: why",
            "cspell:disable-line",
            "pragma: allowlist secret",
            "NOQA",
        ] {
            comment_becomes(instruction, &format!("{instruction} # v4.2.2"));
        }
    }

    #[test]
    fn an_instruction_with_a_version_keeps_the_instruction_only() {
        comment_becomes("v4 # zizmor: ignore[artipacked]", "zizmor: ignore[artipacked] # v4.2.2");
        comment_becomes("noqa # v4", "noqa # v4.2.2");
    }

    #[test]
    fn an_instruction_to_yamllint_moves_to_the_line_above() {
        becomes(
            "- uses: actions/checkout@v4.2.2 # yamllint disable-line rule:line-length\n",
            "
# yamllint disable-line rule:line-length
- uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
",
        );
    }

    #[test]
    fn an_empty_comment_gives_way() {
        for empty in ["#", "# ", "##"] {
            pins(
                &format!("actions/checkout@v4.2.2 {empty}"),
                "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2",
            );
        }
    }

    #[test]
    fn blanks_before_a_comment_follow_the_file() {
        becomes(
            "
- uses: actions/checkout@v4.2.2
- run: make  # everything
- run: make test  # and test it
",
            "
- uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683  # v4.2.2
- run: make  # everything
- run: make test  # and test it
",
        );
        // Those before a comment that is there stay as they are.
        becomes(
            "
- uses: actions/checkout@v4.2.2     # v4
- run: make # everything
",
            "
- uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683     # v4.2.2
- run: make # everything
",
        );
        // Blanks at the end of a line are not in the way.
        becomes(
            "- uses: actions/checkout@v4.2.2  \n",
            "- uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2\n",
        );
    }
}

#[test]
fn the_summary_counts_and_gives_each_reason_once() {
    let steps = with_steps(
        "
- uses: actions/checkout@v4.2.2
- uses: actions/checkout@main
- uses: no-such-owner/a@v1
- uses: no-such-owner/b@v1
- uses: no-such-owner/c@v1
- uses: no-such-owner/d@v1
- uses: no-such-owner/e@v1
",
    );
    let Run { stderr, .. } = Repository::of_workflow(&steps).run("--select pin-actions");
    assert_eq!(stderr.matches("does not hold this repository").count(), 1, "{stderr}");
    assert!(stderr.contains("… and 2 more (-v lists them)"), "{stderr}");
}
