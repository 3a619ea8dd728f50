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

    /// A step that may use the token makes it unsafe.
    #[track_caller]
    fn is_unsafe_with(head: &str, job: &str) {
        let said = becomes_unsafely(
            &format!("on: push\n\n{head}jobs:\n  test:\n    runs-on: ubuntu-latest\n{job}"),
            &format!(
                "on: push\n\npermissions:\n  contents: read\n\n{head}jobs:\n  test:\n    runs-on: ubuntu-latest\n{job}"
            ),
        );
        assert!(said.contains("the job `test` may need more than `contents: read`"), "{said}");
    }

    #[test]
    fn it_is_unsafe_where_something_may_use_the_token() {
        let steps = |steps: &str| format!("    steps:\n{steps}");
        is_unsafe_with("", &steps("      - uses: actions/checkout@v4\n"));
        is_unsafe_with("", &steps("      - uses: ./\n"));
        is_unsafe_with("", &steps("      - run: curl -H '${{ github.token }}'\n"));
        is_unsafe_with("", &steps("      - run: curl -H '${{ secrets.GITHUB_TOKEN }}'\n"));
        is_unsafe_with("", &steps("      - run: curl -H '${{ github['token'] }}'\n"));
        is_unsafe_with("", &steps("      - run: echo '${{ toJSON(github) }}'\n"));
        is_unsafe_with("", &steps("      - parallel:\n          - uses: actions/checkout@v4\n"));
        is_unsafe_with(
            "env:\n  GH_TOKEN: ${{ github.token }}\n\n",
            &steps("      - run: gh release list\n"),
        );
        is_unsafe_with(
            "",
            "    env:\n      GH_TOKEN: ${{ github.token }}\n    steps:\n      - run: gh release list\n",
        );
    }

    #[test]
    fn it_is_unsafe_where_the_token_comes_through_an_alias() {
        let before = "\
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
";
        let (after, run) = written_workflow(before, RULE, "");
        assert_eq!(after, before, "{}", run.stderr);
        assert!(
            run.stderr.contains("the job `two` may need more than `contents: read`"),
            "{}",
            run.stderr
        );
    }

    #[test]
    fn the_jobs_that_may_need_more_are_named() {
        let job = |name: &str| {
            format!(
                "  {name}:\n    runs-on: ubuntu-latest\n    steps: [{{uses: actions/checkout@v4}}]\n"
            )
        };
        let jobs = |names: &[&str]| {
            let jobs: String = names.iter().map(|name| job(name)).collect();
            let said = Repository::of_workflow(&format!("on: push\njobs:\n{jobs}{JOB}"))
                .run("--select workflow-permissions")
                .stderr;
            said.lines().find(|line| line.contains(" may need more")).unwrap().trim().to_owned()
        };
        assert_eq!(jobs(&["one"]), "the job `one` may need more than `contents: read`");
        assert_eq!(
            jobs(&["one", "two"]),
            "the jobs `one` and `two` may need more than `contents: read`"
        );
        assert_eq!(
            jobs(&["one", "two", "three", "four"]),
            "the jobs `one`, `two` and 2 more may need more than `contents: read`"
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

    /// The top-level block of a workflow with one job, and that job's own, become these.
    #[track_caller]
    fn with_one_job(before: &str, after: &str, in_job: &str) {
        becomes(
            &format!(
                "on: push\n\n{before}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n"
            ),
            &format!(
                "on: push\n\n{after}\njobs:\n  test:\n    runs-on: ubuntu-latest\n{in_job}    steps:\n      - run: make\n"
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
    fn it_stays_where_several_jobs_inherit_it() {
        for permissions in ["read-all", "write-all", "{contents: write}"] {
            let said = stays(&format!(
                "on: push\npermissions: {permissions}\njobs:\n{JOB}{}",
                JOB.replace("test", "docs")
            ));
            assert!(said.contains("left to you 1\n"), "{said}");
            assert!(
                said.contains(
                    "the jobs `test` and `docs` inherit them: \
                     give each job what it needs, then leave `contents: read` at the top"
                ),
                "{said}"
            );
        }
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
    fn with_callers_that_grant_it_the_fix_is_unsafe() {
        for grant in [
            "",
            "    permissions: {contents: read}\n",
            "    permissions: {contents: write}\n",
            "    permissions: write-all\n",
        ] {
            let (after, said) = called_with(CALLABLE, grant, "");
            assert_eq!(after, CALLABLE, "{grant}");
            assert!(said.contains("other workflows call this one, and may rely on more"), "{said}");
            assert_eq!(called_with(CALLABLE, grant, "--unsafe").0, NARROWED, "{grant}");
        }
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
    fn what_is_wide_stays() {
        let said = stays(&CALLABLE.replace("\njobs", "permissions: write-all\njobs"));
        assert!(said.contains("check that every caller grants it"), "{said}");
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
