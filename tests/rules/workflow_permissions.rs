//! `workflow-permissions`.

use crate::cli::{Repository, Run, WORKFLOW};
use crate::{written, written_workflow};

const RULE: &str = "workflow-permissions";

/// A workflow becomes another, with safe fixes only.
#[track_caller]
fn becomes(before: &str, after: &str) {
    let (written, run) = written_workflow(before, RULE, "");
    assert_eq!(written, after, "{}", run.stderr);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

/// The same, but only with `--unsafe`; gives what is said without.
#[track_caller]
fn becomes_unsafely(before: &str, after: &str) -> String {
    let (stayed, Run { stderr, .. }) = written_workflow(before, RULE, "");
    assert_eq!(stayed, before, "{stderr}");
    assert!(stderr.contains("needs --unsafe 1\n"), "{stderr}");
    assert_eq!(written_workflow(before, RULE, "--unsafe").0, after);
    stderr
}

/// A workflow stays, whatever is allowed; gives what is said.
#[track_caller]
fn stays(before: &str) -> String {
    let (after, run) = written_workflow(before, RULE, "--unsafe");
    assert_eq!(after, before, "{}", run.stderr);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run.stderr
}

/// A workflow is as it should be.
#[track_caller]
fn is_fine(text: &str) {
    assert_eq!(stays(text), "1 file, nothing to change\n");
}

/// A job that cannot use the token.
const JOB: &str = "  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n";

mod layout {
    //! Where the block goes, and how it looks.

    use super::*;

    /// What stands above `jobs:` becomes this.
    #[track_caller]
    fn head_becomes(before: &str, after: &str) {
        let [before, after] = [before, after].map(|head| format!("{head}jobs:\n{JOB}"));
        becomes(&before, &after);
    }

    #[test]
    fn blank_lines_as_the_file_has_them() {
        head_becomes(
            "\
name: Test

on: push

",
            "\
name: Test

on: push

permissions:
  contents: read

",
        );
        head_becomes(
            "\
name: Test
on: push
",
            "\
name: Test
on: push
permissions:
  contents: read
",
        );
        // A blank line somewhere between the keys is a habit.
        head_becomes(
            "\
name: Test
on: push

",
            "\
name: Test
on: push

permissions:
  contents: read

",
        );
    }

    #[test]
    fn behind_the_triggers_in_each_of_their_forms() {
        head_becomes(
            "on: [push, pull_request]\n\n",
            "on: [push, pull_request]\n\npermissions:\n  contents: read\n\n",
        );
        head_becomes(
            "\
on:
  - push
  - pull_request

",
            "\
on:
  - push
  - pull_request

permissions:
  contents: read

",
        );
        head_becomes(
            "\
on:
- push

",
            "\
on:
- push

permissions:
  contents: read

",
        );
        head_becomes(
            "\
on:
  push:
    branches:
      - main
  pull_request:

",
            "\
on:
  push:
    branches:
      - main
  pull_request:

permissions:
  contents: read

",
        );
        head_becomes(
            "\
'on':
  push: {}

",
            "\
'on':
  push: {}

permissions:
  contents: read

",
        );
    }

    #[test]
    fn before_what_else_stands_above_the_jobs() {
        head_becomes(
            "\
on: push

env:
  FORCE_COLOR: 1

concurrency:
  group: ${{ github.ref }}
  cancel-in-progress: true

",
            "\
on: push

permissions:
  contents: read

env:
  FORCE_COLOR: 1

concurrency:
  group: ${{ github.ref }}
  cancel-in-progress: true

",
        );
    }

    #[test]
    fn comments_stay_with_what_they_speak_of() {
        head_becomes(
            "\
# This is a workflow
name: Test  # its name

# When it runs
on: push  # and nothing else

# What it runs
",
            "\
# This is a workflow
name: Test  # its name

# When it runs
on: push  # and nothing else

permissions:
  contents: read

# What it runs
",
        );
        head_becomes(
            "\
on:
  push:
  # pull_request:
  #   branches: [main]

",
            "\
on:
  push:
  # pull_request:
  #   branches: [main]

permissions:
  contents: read

",
        );
    }

    #[test]
    fn line_endings_indentation_and_document_marks_of_the_file() {
        becomes(
            "---\r\non: push\r\n\r\njobs:\r\n    test:\r\n        runs-on: ubuntu-latest\r\n        steps:\r\n        - run: make\r\n",
            "---\r\non: push\r\n\r\npermissions:\r\n    contents: read\r\n\r\njobs:\r\n    test:\r\n        runs-on: ubuntu-latest\r\n        steps:\r\n        - run: make\r\n",
        );
    }

    #[test]
    fn triggers_below_the_jobs() {
        becomes(
            &format!("name: Test\n\njobs:\n{JOB}\non: push\n"),
            &format!("name: Test\n\npermissions:\n  contents: read\n\njobs:\n{JOB}\non: push\n"),
        );
    }

    #[test]
    fn a_flow_mapping_stays_one() {
        becomes(
            "{on: push, jobs: {test: {runs-on: ubuntu-latest, steps: [{run: make}]}}}\n",
            "{on: push, permissions: {contents: read}, jobs: {test: {runs-on: ubuntu-latest, steps: [{run: make}]}}}\n",
        );
    }
}

mod when_it_is_missing {
    use super::*;

    #[test]
    fn it_is_safe_where_every_job_declares_its_own() {
        becomes(
            "\
on: push

jobs:
  one:
    runs-on: ubuntu-latest
    permissions: write-all
    steps:
      - uses: actions/checkout@v4
  two:
    runs-on: ubuntu-latest
    permissions:
      issues: write
    steps:
      - run: gh issue list
        env:
          GH_TOKEN: ${{ github.token }}
",
            "\
on: push

permissions:
  contents: read

jobs:
  one:
    runs-on: ubuntu-latest
    permissions: write-all
    steps:
      - uses: actions/checkout@v4
  two:
    runs-on: ubuntu-latest
    permissions:
      issues: write
    steps:
      - run: gh issue list
        env:
          GH_TOKEN: ${{ github.token }}
",
        );
    }

    #[test]
    fn it_is_safe_where_nothing_can_use_the_token() {
        becomes(
            &format!("on: push\n\njobs:\n{JOB}"),
            &format!("on: push\n\npermissions:\n  contents: read\n\njobs:\n{JOB}"),
        );
    }

    #[test]
    fn jobs_that_need_more_get_a_block_of_their_own() {
        becomes(
            "\
on: push

jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: make
  release:
    needs: test
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: softprops/action-gh-release@v2
      - uses: pypa/gh-action-pypi-publish@release/v1
",
            "\
on: push

permissions:
  contents: read

jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: make
  release:
    needs: test
    runs-on: ubuntu-latest
    permissions:
      contents: write
      id-token: write
    steps:
      - uses: actions/checkout@v4
      - uses: softprops/action-gh-release@v2
      - uses: pypa/gh-action-pypi-publish@release/v1
",
        );
    }

    #[test]
    fn a_block_says_what_it_is_for_if_asked_to() {
        let before = "\
on: push
jobs:
  release:
    runs-on: ubuntu-latest
    steps:
      - uses: softprops/action-gh-release@v2
";
        let after = "\
on: push
permissions:
  contents: read
jobs:
  release:
    runs-on: ubuntu-latest
    permissions:
      contents: write # softprops/action-gh-release creates the release and uploads its files
    steps:
      - uses: softprops/action-gh-release@v2
";
        let (written, run) = written_workflow(before, RULE, "--comment-permissions");
        assert_eq!(written, after, "{}", run.stderr);
    }

    #[test]
    fn a_need_that_is_there_is_told_rather_than_one_of_a_private_repository() {
        let steps = "      - uses: zizmorcore/zizmor-action@v0.2.0\n      - run: gh run list\n        env:\n          GH_TOKEN: ${{ github.token }}\n";
        let before = format!("on: push\njobs:\n  audit:\n    runs-on: x\n    steps:\n{steps}");
        let said = Repository::of_workflow(&before).run("-v").stderr;
        assert!(said.contains("`audit`: actions: read ← line 7: `gh run list` "), "{said}");
    }

    #[test]
    fn the_evidence_is_listed() {
        let before = "\
on: push
jobs:
  release:
    runs-on: ubuntu-latest
    steps:
      - name: Upload wheels
        uses: softprops/action-gh-release@v2
";
        let said = Repository::of_workflow(before).run("-v").stderr;
        let line = "      `release`: contents: write ← step \"Upload wheels\" (line 7): \
                    softprops/action-gh-release creates the release and uploads its files\n";
        assert!(said.contains(line), "{said}");
    }

    #[test]
    fn it_is_unsafe_where_a_job_is_not_certain() {
        let said = becomes_unsafely(
            "on: push\n\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: own/er@v1\n",
            "on: push\n\npermissions:\n  contents: read\n\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: own/er@v1\n",
        );
        assert!(
            said.contains("the job `test` may need more: line 7: own/er is not known here, and reading it takes network access\n"),
            "{said}"
        );
    }

    #[test]
    fn the_token_may_come_through_an_alias() {
        becomes(
            "\
on: push

jobs:
  one:
    runs-on: ubuntu-latest
    permissions: {}
    env: &env
      GH_TOKEN: ${{ github.token }}
    steps:
      - run: make
  two:
    runs-on: ubuntu-latest
    env: *env
    steps:
      - run: gh release create v1
",
            "\
on: push

permissions:
  contents: read

jobs:
  one:
    runs-on: ubuntu-latest
    permissions: {}
    env: &env
      GH_TOKEN: ${{ github.token }}
    steps:
      - run: make
  two:
    runs-on: ubuntu-latest
    permissions:
      contents: write
    env: *env
    steps:
      - run: gh release create v1
",
        );
    }

    #[test]
    fn what_is_no_workflow_to_run_is_fine() {
        is_fine("");
        is_fine("# all commented out\n#on: push\n");
        is_fine("on: push\n");
    }

    #[test]
    fn an_action_has_none() {
        let action =
            "name: x\nruns:\n  using: composite\n  steps:\n    - run: make\n      shell: sh\n";
        let repository = Repository::new([("action.yml", action)]);
        let (after, run) = written(&repository, "action.yml", RULE, "--unsafe");
        assert_eq!((after.as_str(), run.stderr.as_str()), (action, "1 file, nothing to change\n"));
    }
}

mod when_it_is_wide {
    use super::*;

    /// The top-level block of a workflow with one job of which it is not known what it needs, and that
    /// job's own, become these.
    #[track_caller]
    fn with_one_job(before: &str, after: &str, in_job: &str) {
        becomes(
            &format!(
                "on: push\n\n{before}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: own/er@v1\n"
            ),
            &format!(
                "on: push\n\n{after}\njobs:\n  test:\n    runs-on: ubuntu-latest\n{in_job}    steps:\n      - uses: own/er@v1\n"
            ),
        );
    }

    #[test]
    fn it_moves_into_the_only_job() {
        with_one_job(
            "permissions: read-all\n",
            "permissions:\n  contents: read\n",
            "    permissions: read-all\n",
        );
        with_one_job(
            "permissions: write-all\n",
            "permissions:\n  contents: read\n",
            "    permissions: write-all\n",
        );
        with_one_job(
            "permissions:\n  contents: write\n",
            "permissions:\n  contents: read\n",
            "    permissions:\n      contents: write\n",
        );
        with_one_job(
            "permissions:\n  contents: read\n  issues: write\n",
            "permissions:\n  contents: read\n",
            "    permissions:\n      contents: read\n      issues: write\n",
        );
        with_one_job(
            "permissions:\n  id-token: write\n  pages: write\n",
            "permissions:\n  contents: read\n",
            "    permissions:\n      id-token: write\n      pages: write\n",
        );
    }

    #[test]
    fn of_two_scopes_that_do_as_well_the_one_that_is_there_moves() {
        let label = "    steps:\n      - run: gh label create x\n        env: { GH_TOKEN: \"${{ github.token }}\" }\n";
        let workflow = |top: &str, in_job: &str| {
            format!(
                "on: push\n\npermissions:\n  {top}\njobs:\n{JOB}  label:\n    runs-on: ubuntu-latest\n{in_job}{label}"
            )
        };
        for scope in ["issues", "pull-requests"] {
            becomes(
                &workflow(&format!("{scope}: write\n"), ""),
                &workflow("contents: read\n", &format!("    permissions:\n      {scope}: write\n")),
            );
        }
    }

    #[test]
    fn a_flow_mapping_stays_one_at_the_top() {
        with_one_job(
            "permissions: {contents: read, issues: write}\n",
            "permissions: {contents: read}\n",
            "    permissions:\n      contents: read\n      issues: write\n",
        );
    }

    #[test]
    fn its_comments_move_along() {
        with_one_job(
            "permissions:\n  contents: write  # to create the release\n  id-token: write  # for PyPI\n",
            "permissions:\n  contents: read\n",
            "    permissions:\n      contents: write  # to create the release\n      id-token: write  # for PyPI\n",
        );
        with_one_job(
            "# What the token may do\npermissions:\n  contents: read\n  issues: write  # to label\n",
            "# What the token may do\npermissions:\n  contents: read\n",
            "    permissions:\n      contents: read\n      issues: write  # to label\n",
        );
    }

    #[test]
    #[ignore = "a comment above a scope stays at the top, beside what it does not speak of"]
    fn comments_above_its_scopes_move_along() {
        with_one_job(
            "permissions:\n  # to create the release\n  contents: write\n",
            "permissions:\n  contents: read\n",
            "    permissions:\n      # to create the release\n      contents: write\n",
        );
        with_one_job(
            "permissions:\n  # to label what is stale\n  issues: write\n  contents: read\n",
            "permissions:\n  contents: read\n",
            "    permissions:\n      # to label what is stale\n      issues: write\n      contents: read\n",
        );
    }

    #[test]
    #[ignore = "the comment behind `write-all` stays at the top, where it is no longer true"]
    fn the_comment_behind_a_single_word_moves_along() {
        with_one_job(
            "permissions: write-all # the docs are pushed\n",
            "permissions:\n  contents: read\n",
            "    permissions: write-all # the docs are pushed\n",
        );
    }

    #[test]
    fn a_comment_above_a_scope_is_not_lost() {
        let before = "\
on: push

permissions:
  contents: read
  # to label what is stale
  issues: write

jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: make
";
        let (after, run) = written_workflow(before, RULE, "");
        assert!(after.contains("# to label what is stale"), "{after}\n{}", run.stderr);
    }

    #[test]
    fn it_moves_into_the_only_job_that_inherits_it() {
        becomes(
            "\
on: push
permissions:
  contents: write
jobs:
  test:
    permissions: {}
    runs-on: ubuntu-latest
    steps:
      - run: make
  release:
    name: Release
    needs: test
    if: github.ref_type == 'tag'
    uses: ./.github/workflows/release.yml
    secrets: inherit
",
            "\
on: push
permissions:
  contents: read
jobs:
  test:
    permissions: {}
    runs-on: ubuntu-latest
    steps:
      - run: make
  release:
    name: Release
    needs: test
    if: github.ref_type == 'tag'
    permissions:
      contents: write
    uses: ./.github/workflows/release.yml
    secrets: inherit
",
        );
    }

    #[test]
    fn it_is_narrowed_where_no_job_inherits_it() {
        becomes(
            "\
on: push
permissions: write-all
jobs:
  test:
    runs-on: ubuntu-latest
    permissions:
      contents: write
    steps:
      - run: make
",
            "\
on: push
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    permissions:
      contents: write
    steps:
      - run: make
",
        );
    }

    #[test]
    fn each_job_gets_what_it_needs_and_all_where_that_is_not_certain() {
        let jobs = |in_release: &str, in_other: &str| {
            format!(
                "\
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: make
  release:
    runs-on: ubuntu-latest
{in_release}    steps:
      - uses: softprops/action-gh-release@v2
  other:
    runs-on: ubuntu-latest
{in_other}    steps:
      - uses: own/er@v1
"
            )
        };
        let narrow = "permissions:\n  contents: read\n";
        for (before, in_release, in_other) in [
            ("permissions: write-all\n", "contents: write", "    permissions: write-all\n"),
            (
                "permissions:\n  contents: write\n  packages: write\n",
                "contents: write",
                "    permissions:\n      contents: write\n      packages: write\n",
            ),
        ] {
            becomes(
                &format!("on: push\n{before}{}", jobs("", "")),
                &format!(
                    "on: push\n{narrow}{}",
                    jobs(&format!("    permissions:\n      {in_release}\n"), in_other)
                ),
            );
        }
        becomes(
            &format!("on: push\npermissions: read-all\n{}", jobs("", "")),
            &format!("on: push\n{narrow}{}", jobs("", "    permissions: read-all\n")),
        );
    }

    #[test]
    fn only_what_jobs_get_is_listed() {
        let before = "\
on: push
permissions:
  contents: write
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: pypi
    steps:
      - uses: actions/download-artifact@v4
      - uses: pypa/gh-action-pypi-publish@release/v1
        with:
          password: ${{ secrets.PYPI_TOKEN }}
  comment:
    runs-on: ubuntu-latest
    steps:
      - uses: peter-evans/commit-comment@v3
      - uses: zizmorcore/zizmor-action@v0.2.0
";
        let said = Repository::of_workflow(before).run("-v --unsafe").stderr;
        let of = |job: &str| {
            said.lines().filter(|line| line.trim().starts_with(&format!("`{job}`: "))).count()
        };
        // What trusted publishing and attestations need; and nothing that was not granted.
        assert_eq!((of("publish"), of("comment")), (2, 0), "{said}");
    }

    #[test]
    fn what_was_given_on_purpose_stays_with_what_may_use_it_unseen() {
        with_job(
            "permissions:\n  contents: write\n  issues: write\n",
            "    permissions:\n      contents: write\n",
        );
        with_job(
            "permissions:\n  id-token: write\n  pages: write\n",
            "    permissions:\n      id-token: write\n",
        );
        with_job("permissions: write-all\n", "");
    }

    /// The block at the top of a workflow whose job runs the project's own program becomes the usual
    /// one, and that job's becomes this.
    #[track_caller]
    fn with_job(before: &str, in_job: &str) {
        let steps = "    steps:\n      - uses: actions/checkout@v4\n      - run: make docs\n";
        let job = |permissions: &str| {
            format!("jobs:\n  docs:\n    runs-on: ubuntu-latest\n{permissions}{steps}")
        };
        becomes(
            &format!("on: push\n{before}{}", job("")),
            &format!("on: push\npermissions:\n  contents: read\n{}", job(in_job)),
        );
    }

    #[test]
    fn less_or_as_much_as_asked_is_fine() {
        for permissions in [
            "{}",
            "\n  contents: read",
            "{contents: read}",
            "\n  contents: none",
            "\n  contents: read\n  pull-requests: read",
            "\n  id-token: none",
        ] {
            is_fine(&format!("on: push\npermissions: {permissions}\njobs:\n{JOB}"));
        }
    }
}

mod callable {
    //! Workflows that others call: one that asks for more than its caller grants fails before it
    //! starts, by its root block as by that of a job (`ValidateEmbeddedPermissions` in GitHub's own
    //! `WorkflowParser`, in the repository actions/runner).

    use super::*;

    const CALLABLE: &str = "on: workflow_call\n\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n";
    const NARROWED: &str = "on: workflow_call\n\npermissions:\n  contents: read\n\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n";

    /// What becomes of a workflow that is called with these permissions.
    fn called_with(callable: &str, permissions: &str, flags: &str) -> (String, String) {
        let caller = format!(
            "on: push\npermissions: {{contents: read}}\njobs:\n  call:\n{permissions}    uses: ./{WORKFLOW}\n"
        );
        let caller = [(".github/workflows/call.yml", caller.as_str()), (WORKFLOW, callable)];
        let (after, run) = written(&Repository::new(caller), WORKFLOW, RULE, flags);
        (after, run.stderr)
    }

    #[test]
    fn without_visible_callers_it_stays() {
        for on in ["workflow_call", "[push, workflow_call]", "\n  workflow_call:\n    inputs: {}"] {
            let before = CALLABLE.replacen("workflow_call", on, 1);
            let said = stays(&before);
            assert!(said.contains("other repositories may call this workflow"), "{said}");
        }
    }

    #[test]
    fn without_visible_callers_it_stays_even_where_each_job_declares_its_own() {
        let before = CALLABLE.replace("    runs-on", "    permissions: {}\n    runs-on");
        let said = stays(&before);
        assert!(said.contains("other repositories may call this workflow"), "{said}");
    }

    #[test]
    fn with_callers_that_grant_it_the_fix_is_safe() {
        for grant in [
            "",
            "    permissions: {contents: read}\n",
            "    permissions: {contents: write}\n",
            "    permissions: write-all\n",
        ] {
            let (after, said) = called_with(CALLABLE, grant, "");
            assert_eq!(after, NARROWED, "{grant}{said}");
        }
    }

    #[test]
    fn what_a_job_needs_is_asked_of_the_callers() {
        let callable = CALLABLE.replace("actions/checkout@v4", "softprops/action-gh-release@v2");
        let (after, said) = called_with(&callable, "", "--unsafe");
        assert_eq!(after, callable);
        assert!(said.contains("without granting `contents: write`"), "{said}");
        let (after, _) = called_with(&callable, "    permissions: {contents: write}\n", "");
        let narrowed = NARROWED
            .replace("actions/checkout@v4", "softprops/action-gh-release@v2")
            .replace("    steps", "    permissions:\n      contents: write\n    steps");
        assert_eq!(after, narrowed);
    }

    #[test]
    fn what_only_a_private_repository_needs_is_asked_of_no_caller() {
        let callable = CALLABLE.replace("actions/checkout@v4", "zizmorcore/zizmor-action@v0.2.0");
        let with_block = |block: &str| {
            NARROWED
                .replace("actions/checkout@v4", "zizmorcore/zizmor-action@v0.2.0")
                .replace("    steps", &format!("    permissions:\n{block}    steps"))
        };
        let (after, said) =
            called_with(&callable, "    permissions: {security-events: write}\n", "");
        assert!(said.contains("without granting `contents: read`"), "{said}");
        assert_eq!(after, callable);
        let grant = "    permissions: {contents: read, security-events: write}\n";
        let (after, said) = called_with(&callable, grant, "");
        assert_eq!(after, with_block("      security-events: write\n"), "{said}");
        let grant = "    permissions: {contents: read, actions: read, security-events: write}\n";
        let (after, said) = called_with(&callable, grant, "");
        let all = with_block("      actions: read\n      security-events: write\n");
        assert_eq!(after, all, "{said}");
        let more = "  card:\n    runs-on: x\n    steps:\n      - uses: ossf/scorecard-action@v2\n";
        let (after, said) = called_with(&format!("{callable}{more}"), grant, "");
        let block = "    permissions:\n      contents: read\n      actions: read\n    steps";
        assert_eq!(after, format!("{all}{}", more.replace("    steps", block)), "{said}");
        let said = stays(&callable);
        assert!(said.contains("declare `contents: read`, `security-events: write` if"), "{said}");
    }

    #[test]
    fn callers_without_permissions_get_what_the_call_asks_for() {
        let callable = CALLABLE.replace("actions/checkout@v4", "softprops/action-gh-release@v2");
        let caller = format!("on: push\njobs:\n  call:\n    uses: ./{WORKFLOW}\n");
        let path = ".github/workflows/call.yml";
        let repository = Repository::new([(path, caller.as_str()), (WORKFLOW, &callable)]);
        let (after, run) = written(&repository, path, RULE, "");
        let expected = format!(
            "on: push\npermissions:\n  contents: read\njobs:\n  call:\n    permissions:\n      contents: write\n    uses: ./{WORKFLOW}\n"
        );
        assert_eq!(after, expected, "{}", run.stderr);
        assert!(repository.workflow().contains("      contents: write\n"));
    }

    #[test]
    fn with_callers_that_grant_it_and_jobs_that_declare_their_own_it_is_safe() {
        let with_own = |text: &str| text.replace("    runs-on", "    permissions: {}\n    runs-on");
        let (after, said) = called_with(&with_own(CALLABLE), "", "");
        assert_eq!(after, with_own(NARROWED), "{said}");
    }

    #[test]
    fn with_a_caller_that_grants_less_it_stays() {
        let with_own = CALLABLE.replace("    runs-on", "    permissions: {}\n    runs-on");
        for (callable, grant) in [
            (CALLABLE, "    permissions: {}\n"),
            (CALLABLE, "    permissions: {issues: write}\n"),
            (&with_own, "    permissions: {}\n"),
        ] {
            let (after, said) = called_with(callable, grant, "--unsafe");
            assert_eq!(after, callable, "{grant}");
            assert!(
                said.contains(
                    "the job `call` in .github/workflows/call.yml calls this workflow without \
                     granting `contents: read`"
                ),
                "{said}"
            );
        }
    }

    #[test]
    fn what_is_wide_is_narrowed_which_asks_less_of_the_callers() {
        becomes(
            &CALLABLE.replace("\njobs", "permissions: write-all\njobs"),
            &CALLABLE.replace("\njobs", "permissions:\n  contents: read\njobs"),
        );
    }
}

mod refused {
    use super::*;

    #[test]
    fn permissions_that_github_would_not_take() {
        for (wrong, place) in [
            ("on: push\npermissions:\njobs:\n", ":2:13: "),
            ("on: push\npermissions: all\njobs:\n", ":2:14: "),
            ("on: push\npermissions:\n  contents: admin\njobs:\n", ":3:13: "),
            ("on: push\npermissions: [contents]\njobs:\n", ":2:14: "),
        ] {
            let before = format!("{wrong}{JOB}");
            let repository = Repository::of_workflow(&before);
            let run = repository.run("--write --unsafe");
            assert_eq!(run.code, Some(2), "{}", run.stderr);
            let expected = format!("error: {WORKFLOW}{place}GitHub would not accept this workflow");
            assert!(run.stderr.contains(&expected), "{}", run.stderr);
            assert_eq!(repository.workflow(), before);
        }
    }

    #[test]
    fn a_file_that_a_generator_made() {
        for header in [
            "# This file was autogenerated by cargo-dist: https://github.com/axodotdev/cargo-dist\n",
            "# DO NOT EDIT\n",
            "---\n# Generated by projen.\n\n",
        ] {
            let before = format!("{header}on: push\njobs:\n{JOB}");
            let said = stays(&before);
            assert!(said.contains("change what it is generated from"), "{said}");
        }
        // Further down it speaks of something else.
        let before = format!("on: push\njobs:\n  # generated by hand\n{JOB}");
        let after = format!(
            "on: push\npermissions:\n  contents: read\njobs:\n  # generated by hand\n{JOB}"
        );
        becomes(&before, &after);
    }
}
