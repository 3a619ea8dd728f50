//! The command line: options, streams, exit codes, what is written and what is said.

#![allow(clippy::panic, clippy::unwrap_used)] // a helper that fails is a test that fails

#[path = "support/cli.rs"]
mod cli;

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};

use cli::{Repository, Run, WORKFLOW, program};
use spec8_fix::rules::RULES;

/// A workflow with one safe fix of each rule, and one that needs `--unsafe`.
const BEFORE: &str = "\
on: push

permissions: write-all

jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4.2.2
      - uses: actions/create-release@main
";

const SAFE: &str = "\
on: push

permissions:
  contents: read

jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
      - uses: actions/create-release@main
";

const UNSAFE: &str = "\
on: push

permissions:
  contents: read

jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
      - uses: actions/create-release@4c11c9fe1dcd9636620a16455165783b20fc7ea0 # main
";

const DIFF: &str = "\
--- a/.github/workflows/test.yml
+++ b/.github/workflows/test.yml
@@ -1,10 +1,11 @@
 on: push
 
-permissions: write-all
+permissions:
+  contents: read
 
 jobs:
   test:
     runs-on: ubuntu-latest
     steps:
-      - uses: actions/checkout@v4.2.2
+      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
       - uses: actions/create-release@main
";

/// A workflow with nothing to do.
const CLEAN: &str = "\
on: push
permissions: {}
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: make
";

fn repository() -> Repository {
    Repository::of_workflow(BEFORE)
}

mod modes {
    use super::*;

    #[test]
    fn a_preview_is_the_default_and_changes_nothing() {
        let repository = repository();
        for arguments in ["", "--dry-run"] {
            let run = repository.run(arguments);
            assert_eq!(run.stdout, DIFF);
            assert_eq!(run.code, Some(1));
            assert!(run.stderr.ends_with("1 file, 1 would change: --write applies this; --unsafe also makes what needs it\n"), "{}", run.stderr);
            assert_eq!(repository.workflow(), BEFORE);
        }
    }

    #[test]
    fn write_changes_the_files_and_prints_no_diff() {
        let repository = repository();
        let run = repository.run("--write");
        assert_eq!(repository.workflow(), SAFE);
        assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""));
        assert!(run.stderr.contains("  fixed 1\n"), "{}", run.stderr);
        assert!(run.stderr.contains("1 file, 1 changed"), "{}", run.stderr);

        let again = repository.run("--write");
        assert_eq!(again.code, Some(0));
        assert!(again.stderr.contains("1 file, nothing to change; --unsafe"), "{}", again.stderr);
        assert_eq!(repository.workflow(), SAFE);
        assert_eq!(repository.run("").code, Some(0));
    }

    #[test]
    fn unsafe_allows_more() {
        let repository = repository();
        assert!(
            repository.run("--unsafe").stdout.contains("+      - uses: actions/create-release@4c")
        );
        assert_eq!(repository.run("--unsafe --write").code, Some(0));
        assert_eq!(repository.workflow(), UNSAFE);
        let again = repository.run("--unsafe").stderr;
        assert!(again.ends_with("\n1 file, nothing to change\n"), "{again}");
    }

    #[test]
    fn nothing_to_do_is_success() {
        let run = Repository::of_workflow(CLEAN).run("");
        assert_eq!(
            run.transcript(),
            "\n--- stderr\n1 file, nothing to change\n\n--- exit code 0\n"
        );
        let run = Repository::new([(".git/config", "")]).run("");
        assert_eq!(
            run.transcript(),
            "\n--- stderr\n0 files, nothing to change\n\n--- exit code 0\n"
        );
    }

    #[test]
    fn what_is_left_to_a_person_is_no_failure() {
        let left = BEFORE.replace("write-all", "{}").replace("actions/checkout@v4.2.2", "a/b@v1");
        let run = Repository::of_workflow(&left).run("");
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(run.stderr.contains("left to you 1\n"), "{}", run.stderr);
    }

    #[test]
    fn preview_and_write_at_once_is_a_mistake() {
        let run = repository().run("--write --dry-run");
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains("cannot be used with"), "{}", run.stderr);
    }

    #[test]
    fn the_diff_goes_to_a_file_too() {
        for (arguments, stdout) in [("", DIFF), ("--write", "")] {
            let repository = repository();
            let run = repository.run(&format!("{arguments} --diff-file fix.patch"));
            assert_eq!(run.stdout, stdout);
            assert_eq!(repository.read("fix.patch"), DIFF);
        }
        // Also where there is nothing to do: an old file must not stay.
        let clean = Repository::new([(WORKFLOW, CLEAN), ("fix.patch", DIFF)]);
        assert_eq!(clean.run("--diff-file fix.patch").code, Some(0));
        assert_eq!(clean.read("fix.patch"), "");
    }

    #[test]
    fn a_diff_file_that_cannot_be_written_is_a_failure() {
        let run = repository().run("--diff-file no/such/folder");
        assert_eq!(run.code, Some(2));
        assert_eq!(run.stdout, DIFF);
        assert!(
            run.stderr.starts_with("error: no/such/folder: could not be written: "),
            "{}",
            run.stderr
        );
    }
}

mod rules {
    use super::*;

    #[test]
    fn are_selected_and_ignored_by_name() {
        let hunks = |arguments: &str| {
            let diff = repository().run(arguments).stdout;
            (diff.contains("+  contents: read"), diff.contains("+      - uses:"))
        };
        assert_eq!(hunks("--select pin-actions"), (false, true));
        assert_eq!(hunks("--select workflow-permissions"), (true, false));
        assert_eq!(hunks("--select workflow-permissions --select pin-actions"), (true, true));
        assert_eq!(hunks("--select workflow-permissions,pin-actions"), (true, true));
        assert_eq!(hunks("--ignore pin-actions"), (true, false));
        assert_eq!(hunks("--ignore workflow-permissions"), (false, true));
        assert_eq!(
            hunks("--select workflow-permissions,pin-actions --ignore pin-actions"),
            (true, false)
        );
    }

    #[test]
    fn that_do_not_exist_are_a_mistake_that_names_those_that_do() {
        let names: Vec<_> = RULES.iter().map(|rule| rule.name).collect();
        for arguments in ["--select pins", "--ignore pin-actions,pins", "explain pins"] {
            let mut command = program();
            let run = Run::of(command.args(arguments.split(' ')));
            assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{arguments}");
            assert!(run.stderr.contains("invalid value 'pins'"), "{}", run.stderr);
            assert!(run.stderr.contains(&names.join(", ")), "{}", run.stderr);
        }
    }

    #[test]
    fn are_listed() {
        let run = Run::of(program().arg("rules"));
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        assert!(run.stdout.contains("\npin-actions           pin every action"), "{}", run.stdout);
        assert_eq!(run.stdout.lines().count(), RULES.len());
    }

    #[test]
    fn are_explained() {
        for rule in RULES.iter().map(|rule| rule.name) {
            let run = Run::of(program().args(["explain", rule]));
            assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
            assert!(run.stdout.starts_with(&format!("# {rule}\n\nSPEC 8 clause: ")));
            for part in ["## What it does", "## Why", "## Example", "## To silence it"] {
                assert!(run.stdout.contains(&format!("\n{part}\n")), "{rule}: {part}");
            }
            let open = run.stdout.lines().find(|line| line.matches('`').count() % 2 == 1);
            assert_eq!(open, None, "{rule}: something in backticks goes over two lines");
        }
    }
}

mod words {
    use super::*;

    #[test]
    fn quiet_leaves_the_diff_and_errors() {
        let repository = repository();
        let run = repository.run("-q");
        assert_eq!(run.transcript(), format!("{DIFF}\n--- stderr\n\n--- exit code 1\n"));
        repository.write(".github/workflows/wrong.yml", "on: [\n");
        let run = repository.run("--quiet --write");
        assert!(
            run.stderr.starts_with("error: .github/workflows/wrong.yml:2:1: "),
            "{}",
            run.stderr
        );
        assert_eq!(run.stderr.lines().count(), 1);
    }

    #[test]
    fn verbose_lists_every_finding() {
        let run = repository().run("-v");
        for finding in [
            "    .github/workflows/test.yml:3:1: the `permissions` at the top are wider than `contents: read`: \
             narrow them: no job that inherits them needs more\n",
            "    .github/workflows/test.yml:9:15: `actions/checkout@v4.2.2` is not pinned to a commit: \
             pin to 11bd71901bbe5b1630ceea73d27597364c9af683 (v4.2.2)\n",
            "    .github/workflows/test.yml:10:15: `actions/create-release@main` is not pinned to a commit\n",
        ] {
            assert!(run.stderr.contains(finding), "{}", run.stderr);
        }
        assert_eq!(repository().run("-q -v").code, Some(2));
    }

    #[test]
    fn colours_are_for_terminals_unless_asked_for() {
        let escapes = |run: &Run| (run.stdout.contains('\u{1b}'), run.stderr.contains('\u{1b}'));
        assert_eq!(escapes(&repository().run("")), (false, false));
        assert_eq!(escapes(&repository().run("--color never")), (false, false));
        let coloured = repository().run("--color always");
        assert_eq!(escapes(&coloured), (true, true));
        assert_eq!(without_colours(&coloured.stdout), DIFF);
        assert_eq!(without_colours(&coloured.stderr), repository().run("").stderr);
        assert_eq!(repository().run("--color sometimes").code, Some(2));
    }

    fn without_colours(text: &str) -> String {
        let mut parts = text.split('\u{1b}');
        let first = parts.next().unwrap().to_owned();
        parts.fold(first, |out, part| out + part.split_once('m').unwrap().1)
    }

    #[test]
    fn help_and_version_are_no_failure() {
        for argument in ["--help", "-h", "--version", "-V"] {
            let run = Run::of(program().arg(argument));
            assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{argument}");
            assert!(run.stdout.contains("spec8-fix") || run.stdout.contains("SPEC 8"));
        }
        assert_eq!(repository().run("--no-such-option").code, Some(2));
    }

    #[test]
    fn a_reader_that_goes_away_is_no_failure() {
        let steps = "      - uses: actions/checkout@v4.2.2\n".repeat(5_000);
        let repository = Repository::of_workflow(&format!("{BEFORE}{steps}"));
        let mut command = program();
        command.current_dir(repository.root()).args(["--offline"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0; 16];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let Run { code, stderr, .. } = Run::from(child.wait_with_output().unwrap());
        assert_eq!(code, Some(1), "{stderr}");
        assert!(!stderr.contains("panic") && !stderr.contains("error"), "{stderr}");
    }
}

mod errors {
    //! What cannot be read is named, with its place, and the rest goes on.

    use super::*;

    /// A workflow with these bytes is reported so, and the others are fixed.
    #[track_caller]
    fn is_reported(wrong: impl AsRef<[u8]>, expected: &str) {
        let repository = repository();
        repository.write(".github/workflows/a-wrong.yml", &wrong);
        repository.write(".github/workflows/z.yml", BEFORE);
        let run = repository.run("--write");
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        let errors: Vec<_> =
            run.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
        let [error] = errors[..] else { panic!("{}", run.stderr) };
        let expected = format!("error: .github/workflows/a-wrong.yml{expected}");
        assert!(error.starts_with(&expected), "{error}\nnot {expected}");
        assert_eq!(
            fs::read(repository.path(".github/workflows/a-wrong.yml")).unwrap(),
            wrong.as_ref()
        );
        assert_eq!(repository.workflow(), SAFE);
        assert_eq!(repository.read(".github/workflows/z.yml"), SAFE);
        assert!(run.stderr.contains("2 files, 2 changed"), "{}", run.stderr);
    }

    #[test]
    fn no_utf_8() {
        is_reported(b"on: push\n# caf\xe9\n", ":2:6: not UTF-8");
        is_reported(
            "\u{feff}on".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(),
            ":1:1: not UTF-8",
        );
    }

    #[test]
    fn no_yaml() {
        is_reported("on: [\n", ":2:1: not valid YAML: ");
        is_reported("on: push\n\tjobs: {}\n", ":1:5: not valid YAML: ");
        is_reported("on: push\nname: \"x\n", ":2:7: not valid YAML: ");
        is_reported("on: pu\0sh\n", ":1:7: the control character");
        is_reported("on: push\rjobs: {}\n", ":1:9: a carriage return without a line feed");
        is_reported("jobs: *x\n", ":1:7: not valid YAML: ");
    }

    #[test]
    fn yaml_that_github_does_not_take() {
        is_reported("on: push\n---\non: pull_request\n", ":2:4: a second document starts here");
        is_reported("on: push\nOn: push\n", ":2:1: the key `On` was there already at 1:1");
        is_reported("x: &x {a: 1}\ny:\n  <<: *x\n", ":3:3: GitHub does not support the merge key");
        is_reported("- on: push\n", ":1:1: GitHub would not accept this workflow");
    }

    #[test]
    fn nesting_without_end() {
        is_reported(format!("on: {}{}\n", "[".repeat(5_000), "]".repeat(5_000)), ":1:");
        is_reported(format!("{}x\n", "- ".repeat(5_000)), ":1:");
        is_reported(format!("{}x\n", "a: {".repeat(5_000)), ":1:");
    }

    #[test]
    #[cfg(unix)]
    fn a_link_that_leads_nowhere() {
        let repository = repository();
        std::os::unix::fs::symlink("nowhere", repository.path(".github/workflows/link.yml"))
            .unwrap();
        let run = repository.run("--write");
        assert_eq!(run.code, Some(2));
        assert!(
            run.stderr.contains("error: .github/workflows/link.yml: No such file"),
            "{}",
            run.stderr
        );
        assert_eq!(repository.workflow(), SAFE);
    }

    #[test]
    fn in_a_preview_too() {
        let repository = repository();
        repository.write("action.yml", "runs: [\n");
        let run = repository.run("");
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), DIFF));
        assert!(run.stderr.starts_with("error: action.yml:2:1: "), "{}", run.stderr);
    }
}

mod writing {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn keeps_the_mode() {
        use std::os::unix::fs::PermissionsExt;
        let repository = repository();
        for mode in [0o600, 0o644, 0o755, 0o664] {
            repository.write(WORKFLOW, BEFORE);
            fs::set_permissions(repository.path(WORKFLOW), fs::Permissions::from_mode(mode))
                .unwrap();
            assert_eq!(repository.run("--write").code, Some(0));
            let kept = fs::metadata(repository.path(WORKFLOW)).unwrap().permissions().mode();
            assert_eq!(kept & 0o777, mode, "{kept:o}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn keeps_a_link() {
        let repository = Repository::new([("ci/test.yml", BEFORE), (".github/workflows/x", "")]);
        std::os::unix::fs::symlink("../../ci/test.yml", repository.path(WORKFLOW)).unwrap();
        assert_eq!(repository.run("--write").code, Some(0));
        assert!(fs::symlink_metadata(repository.path(WORKFLOW)).unwrap().is_symlink());
        assert_eq!(repository.read("ci/test.yml"), SAFE);
    }

    #[test]
    #[cfg(unix)]
    fn two_names_of_one_file_are_one_change() {
        let repository = repository();
        let other = repository.path(".github/workflows/other.yml");
        std::os::unix::fs::symlink("test.yml", other).unwrap();
        let run = repository.run("--write");
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert_eq!(repository.workflow(), SAFE);
    }

    #[test]
    fn leaves_nothing_else_behind() {
        let repository = repository();
        repository.write(".github/workflows/clean.yml", CLEAN);
        let names = |repository: &Repository| {
            repository.files().into_iter().map(|(path, _)| path).collect::<Vec<_>>()
        };
        let before = names(&repository);
        repository.run("--write");
        assert_eq!(names(&repository), before);
    }

    #[test]
    fn does_not_touch_what_needs_nothing() {
        let repository = Repository::of_workflow(CLEAN);
        let modified = || fs::metadata(repository.path(WORKFLOW)).unwrap().modified().unwrap();
        let before = modified();
        repository.run("--write --unsafe");
        assert_eq!(modified(), before);
    }

    /// One file that two repositories share, under names that ask for different changes: when the
    /// second is written, the file is no longer what was read.
    #[test]
    #[cfg(unix)]
    fn a_file_that_changed_meanwhile_is_left() {
        let repository = Repository::new([
            ("a/.github/workflows/test.yml", BEFORE),
            ("a/.git/config", "[remote \"origin\"]\n\turl = git@github.com:actions/a.git\n"),
            ("b/.github/workflows/x", ""),
        ]);
        let (target, link) =
            ("../../../a/.github/workflows/test.yml", "b/.github/workflows/test.yml");
        std::os::unix::fs::symlink(target, repository.path(link)).unwrap();
        let run = repository.run("--write --unsafe a b");
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        let expected = "error: b/.github/workflows/test.yml: could not be written: it changed while this ran: run again\n";
        assert!(run.stderr.starts_with(expected), "{}", run.stderr);
        assert_eq!(repository.read("a/.github/workflows/test.yml"), SAFE);
    }
}

mod environment {
    use super::*;

    /// A run in GitHub Actions, in the repository `owner/name`.
    fn in_a_workflow_of(name: &str, workspace: &std::path::Path, repository: &Repository) -> Run {
        let mut command: Command = program();
        command.env("GITHUB_REPOSITORY", name).env("GITHUB_WORKSPACE", workspace);
        Run::of(command.current_dir(repository.root()).args(["--offline", "--unsafe"]))
    }

    #[test]
    fn tells_the_repository_s_name_in_its_own_workflow_run() {
        let own = repository();
        let run = in_a_workflow_of("actions/checkout", own.root(), &own);
        assert!(run.stderr.contains("it is part of this repository"), "{}", run.stderr);
        assert!(
            run.stderr.contains("`main` is a branch of this repository's owner"),
            "{}",
            run.stderr
        );
        // Another checkout in that run is another repository.
        let run = in_a_workflow_of("actions/checkout", std::path::Path::new("/"), &own);
        assert!(!run.stderr.contains("it is part of this repository"), "{}", run.stderr);
    }

    #[test]
    fn no_color_is_honoured_unless_told_otherwise() {
        let repository = repository();
        let run = |arguments: &[&str]| {
            let mut command = program();
            command.env("NO_COLOR", "1").current_dir(repository.root()).arg("--offline");
            Run::of(command.args(arguments)).stdout.contains('\u{1b}')
        };
        assert!(!run(&[]));
        assert!(run(&["--color", "always"]));
    }
}

#[test]
fn an_upgrade_says_how_far_and_how_old() {
    let repository = Repository::of_workflow("on: push\npermissions: {}\njobs: {}\n");
    for (arguments, code, said) in [
        ("--upgrade", 0, "1 file, nothing to change"),
        ("--upgrade=patch --min-age 0", 0, "1 file, nothing to change"),
        ("--upgrade=newest", 2, "[possible values: patch, minor, major]"),
        ("--upgrade --min-age=-1", 2, "--min-age"),
        ("--min-age 3", 2, "--upgrade"),
    ] {
        let run = repository.run(arguments);
        assert_eq!(run.code, Some(code), "{arguments}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{arguments}: {}", run.stderr);
    }
}

#[test]
fn a_rule_that_is_off_by_default_runs_where_it_is_selected() {
    let workflow = "on: push\npermissions: {}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    container: node:22\n    steps:\n      - run: make\n";
    let repository = Repository::of_workflow(workflow);
    for (arguments, runs) in [
        ("", false),
        ("--ignore pin-actions", false),
        ("--select pin-images", true),
        ("--select pin-actions,pin-images", true),
        ("--select pin-images --ignore pin-images", false),
    ] {
        let run = repository.run(arguments);
        let said = "the image `node:22` is not pinned";
        assert_eq!(run.stderr.contains(said), runs, "{arguments}: {}", run.stderr);
        assert_eq!(run.code, Some(0));
    }
    let rules = Run::of(program().arg("rules"));
    let off: Vec<_> =
        rules.stdout.lines().filter(|line| line.ends_with(" (off unless selected)")).collect();
    let names: Vec<_> = off.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(names, ["persist-credentials", "pin-images"], "{}", rules.stdout);
}
