//! How to take back what was written: what is said, and that it does so.
#![cfg(unix)] // the commands are for its shells
#![allow(clippy::panic, clippy::unwrap_used)] // a helper that fails is a test that fails

#[path = "support/cli.rs"]
mod cli;

use std::path::{Path, PathBuf};
use std::process::Command;

use cli::{RENOVATE, Repository, Run, WORKFLOW, program};

const BEFORE: &str = "\
on: push
permissions: {}
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4.2.2
";

const OTHER: &str = ".github/workflows/other one.yml";

/// A repository in git, with everything staged.
fn repository<'p>(paths: impl IntoIterator<Item = &'p str>) -> Repository {
    let files = paths.into_iter().map(|path| (path, BEFORE));
    let repository = Repository::new(files.chain([RENOVATE]));
    let (made, said) = repository.git(&["-c", "init.defaultBranch=main", "init", "-q"]);
    assert!(made, "{said}");
    let (added, said) = repository.git(&["add", "."]);
    assert!(added, "{said}");
    repository
}

/// What the last lines say; none where nothing is said of undoing.
fn said(run: &Run) -> Vec<&str> {
    let is_undo = |line: &&str| line.starts_with("To undo: ") || line.starts_with("Only an editor");
    run.stderr.lines().filter(is_undo).collect()
}

/// All files but git's own and the patch.
fn contents(repository: &Repository) -> Vec<(PathBuf, String)> {
    let is_ours =
        |path: &Path| path.iter().all(|part| part != ".git") && !path.ends_with("fix.patch");
    let files = repository.files().into_iter().filter(|(path, _)| is_ours(path));
    files.map(|(path, content)| (path, String::from_utf8(content).unwrap())).collect()
}

/// Writes in a folder; the command that is named takes that back, and nothing else.
#[track_caller]
fn takes_back(repository: &Repository, folder: &str, arguments: &str, command: &str) {
    let before = contents(repository);
    let mut run = program();
    run.current_dir(repository.path(folder)).args(["--offline", "--write"]);
    let run = Run::of(run.args(arguments.split_whitespace()));
    let last = run.stderr.lines().last().unwrap_or_default();
    assert_eq!(last, format!("To undo: {command}"), "{}", run.stderr);
    assert_eq!(said(&run).len(), 1, "{}", run.stderr);
    assert_ne!(contents(repository), before);

    let mut shell = Command::new("sh");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        shell.env_remove(name);
    }
    let undone = Run::of(shell.current_dir(repository.path(folder)).args(["-c", command]));
    assert_eq!(undone.code, Some(0), "{}", undone.stderr);
    assert_eq!(contents(repository), before);
}

const MANY: [&str; 4] = [
    ".github/workflows/a.yml",
    ".github/workflows/b.yml",
    ".github/workflows/c.yml",
    ".github/workflows/d.yml",
];

#[test]
fn files_that_git_has_are_restored() {
    takes_back(&repository([WORKFLOW]), "", "", "git restore .github/workflows/test.yml");
    takes_back(
        &repository([WORKFLOW, OTHER]),
        "",
        "",
        "git restore '.github/workflows/other one.yml' .github/workflows/test.yml",
    );
}

#[test]
fn a_file_that_was_made_is_removed() {
    let repository = repository([WORKFLOW]);
    std::fs::remove_file(repository.path(RENOVATE.0)).unwrap();
    takes_back(
        &repository,
        "",
        "",
        "git restore .github/workflows/test.yml && rm .github/dependabot.yml",
    );
    takes_back(&repository, "", "--select dependabot", "rm .github/dependabot.yml");
    takes_back(
        &repository,
        ".github",
        "--select dependabot --diff-file ../fix.patch ..",
        "rm dependabot.yml",
    );
}

#[test]
fn many_files_are_one_folder_where_nothing_else_in_it_would_be_restored() {
    takes_back(&repository(MANY), "", "", "git restore .github");
    let named = "git restore .github/workflows/a.yml .github/workflows/b.yml .github/workflows/c.yml \
                 .github/workflows/d.yml";
    let edited = repository(MANY.into_iter().chain([".github/notes.md"]));
    edited.write(".github/notes.md", "mine");
    takes_back(&edited, "", "", named);
    // A file that somebody deleted would come back.
    let deleted = repository(MANY.into_iter().chain([".github/notes.md"]));
    std::fs::remove_file(deleted.path(".github/notes.md")).unwrap();
    takes_back(&deleted, "", "", named);
    // One that git does not know is not touched by it.
    let new = repository(MANY);
    new.write(".github/notes.md", "mine");
    takes_back(&new, "", "", "git restore .github");
}

#[test]
fn several_repositories_are_a_line_each() {
    let folders = ["a", "b", "c", "d e"];
    let repository = Repository::new(folders.map(|it| (format!("{it}/{WORKFLOW}"), BEFORE)));
    for folder in folders {
        let inside = |arguments: &[&str]| {
            let (done, said) = repository.git(&[&["-C", folder], arguments].concat());
            assert!(done, "{said}");
        };
        repository.write(format!("{folder}/{}", RENOVATE.0), RENOVATE.1);
        inside(&["init", "-q"]);
        inside(&["add", "."]);
    }
    let before = contents(&repository);
    let mut run = program();
    run.current_dir(repository.root()).args(["--offline", "--write"]).args(folders);
    let run = Run::of(&mut run);
    let (_, commands) =
        run.stderr.split_once("To undo:\n").unwrap_or_else(|| panic!("{}", run.stderr));
    assert_eq!(commands.lines().count(), 4, "{commands}");
    assert!(
        commands.contains("\n  git -C 'd e' restore .github/workflows/test.yml\n"),
        "{commands}"
    );
    assert_ne!(contents(&repository), before);
    let mut shell = Command::new("sh");
    let undone = Run::of(shell.current_dir(repository.root()).args(["-c", commands]));
    assert_eq!(undone.code, Some(0), "{}", undone.stderr);
    assert_eq!(contents(&repository), before);
}

#[test]
fn what_is_staged_is_what_comes_back() {
    let repository = repository([WORKFLOW]);
    let (committed, said) = repository.git(&[
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.org",
        "commit",
        "-q",
        "-m",
        "first",
    ]);
    assert!(committed, "{said}");
    repository.write(WORKFLOW, format!("{BEFORE}      - run: make\n"));
    repository.git(&["add", "."]);
    takes_back(&repository, "", "", "git restore .github/workflows/test.yml");
}

#[test]
fn from_another_folder() {
    let inside = repository([WORKFLOW, "src/notes.yml"]);
    let root = inside.root().canonicalize().unwrap();
    let command = format!("git -C {} restore .github/workflows/test.yml", root.display());
    takes_back(&inside, "src", "", &command);

    let outside = Repository::new([
        ("a/.github/workflows/x.yml", BEFORE),
        ("a/renovate.json", RENOVATE.1),
        ("b c/renovate.json", RENOVATE.1),
        ("b c/.github/workflows/x.yml", BEFORE),
    ]);
    for folder in ["a", "b c"] {
        assert!(outside.git(&["-C", folder, "init", "-q"]).0);
        assert!(outside.git(&["-C", folder, "add", "."]).0);
    }
    takes_back(
        &outside,
        "",
        "",
        "git -C a restore .github/workflows/x.yml && git -C 'b c' restore .github/workflows/x.yml",
    );
}

#[test]
fn a_patch_takes_back_what_git_does_not_have() {
    let edited = repository([WORKFLOW, OTHER]);
    edited.write(WORKFLOW, format!("{BEFORE}      - run: make\n"));
    takes_back(&edited, "", "--diff-file fix.patch", "git apply -R fix.patch");

    let untracked = Repository::of_workflow(BEFORE);
    takes_back(&untracked, "", "--diff-file fix.patch", "git apply -R fix.patch");

    let folder = untracked.root().canonicalize().unwrap();
    let command = format!("git -C {0} apply -R {0}/.github/fix.patch", folder.display());
    takes_back(&untracked, ".github", "--diff-file fix.patch", &command);
    // Where git has everything, it is simpler.
    let tracked = repository([WORKFLOW]);
    takes_back(&tracked, "", "--diff-file fix.patch", "git restore .github/workflows/test.yml");
}

#[test]
fn what_nothing_takes_back_is_named() {
    let repository = repository([WORKFLOW, OTHER]);
    repository.write(WORKFLOW, format!("{BEFORE}      - run: make\n"));
    let run = repository.run("--write");
    assert_eq!(
        said(&run),
        [
            "To undo: git restore '.github/workflows/other one.yml'",
            "Only an editor can undo .github/workflows/test.yml: git does not have what was there \
             before. With --diff-file FILE, `git apply -R FILE` could.",
        ]
    );
    let run = Repository::new(MANY.map(|path| (path, BEFORE)).into_iter().chain([RENOVATE]))
        .run("--write");
    let [line] = said(&run)[..] else { panic!("{}", run.stderr) };
    let named =
        ".github/workflows/a.yml, .github/workflows/b.yml, .github/workflows/c.yml and 1 more: ";
    assert!(line.starts_with(&format!("Only an editor can undo {named}")), "{line}");
}

/// Files that git knows, and is told to look away from, or to ignore.
#[test]
fn git_is_not_trusted_with_what_it_does_not_look_at() {
    for flag in ["--assume-unchanged", "--skip-worktree"] {
        let repository = repository([WORKFLOW]);
        assert!(repository.git(&["update-index", flag, WORKFLOW]).0);
        repository.write(WORKFLOW, format!("{BEFORE}      - run: make\n"));
        let run = repository.run("--write");
        assert!(said(&run)[0].starts_with("Only an editor can undo "), "{}", run.stderr);
    }
    let ignored = Repository::new([(WORKFLOW, BEFORE), (".gitignore", "*.yml\n"), RENOVATE]);
    assert!(ignored.git(&["init", "-q"]).0);
    let run = ignored.run("--write");
    assert!(said(&run)[0].starts_with("Only an editor can undo "), "{}", run.stderr);
}

#[test]
fn behind_a_link_is_the_file_that_was_written() {
    let repository =
        Repository::new([("ci/test.yml", BEFORE), (".github/workflows/x", ""), RENOVATE]);
    std::os::unix::fs::symlink("../../ci/test.yml", repository.path(WORKFLOW)).unwrap();
    assert!(repository.git(&["init", "-q"]).0);
    assert!(repository.git(&["add", "."]).0);
    takes_back(&repository, "", "", "git restore ci/test.yml");
}

#[test]
fn without_git_there_is_no_wait_and_no_promise() {
    let repository = repository([WORKFLOW]);
    let mut command = program();
    command.env("PATH", "").current_dir(repository.root()).args(["--offline", "--write"]);
    let run = Run::of(&mut command);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(said(&run)[0].starts_with("Only an editor can undo "), "{}", run.stderr);
}

#[test]
fn a_git_that_hangs_is_not_waited_for() {
    use std::os::unix::fs::PermissionsExt;
    let repository = repository([WORKFLOW]);
    let folder = tempfile::tempdir().unwrap();
    let git = folder.path().join("git");
    std::fs::write(&git, "#!/bin/sh\nexec sleep 60\n").unwrap();
    std::fs::set_permissions(&git, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let started = std::time::Instant::now();
    let mut command = program();
    command.env("PATH", path).current_dir(repository.root()).args(["--offline", "--write"]);
    let run = Run::of(&mut command);
    assert!(started.elapsed().as_secs() < 30);
    assert!(said(&run)[0].starts_with("Only an editor can undo "), "{}", run.stderr);
    assert_ne!(repository.workflow(), BEFORE);
}

#[test]
fn nothing_is_said_where_nothing_was_written() {
    let repository = repository([WORKFLOW]);
    for arguments in ["", "--write --quiet", "--write"] {
        let run = repository.run(arguments);
        assert!(said(&run).is_empty(), "{arguments}: {}", run.stderr);
    }
}

/// A hook runs with variables that name the repository it is for.
#[test]
fn the_variables_of_a_hook_do_not_matter() {
    let (repository, other) = (repository([WORKFLOW]), Repository::empty());
    let mut command = program();
    command.env("GIT_DIR", other.path("no")).env("GIT_INDEX_FILE", other.path("index"));
    command.current_dir(repository.root()).args(["--offline", "--write"]);
    let run = Run::of(&mut command);
    assert_eq!(said(&run), ["To undo: git restore .github/workflows/test.yml"]);
}
