//! Which files belong to a run, and how they are named.

#[path = "support/cli.rs"]
mod cli;

use cli::{Repository, Run};

/// A file with one fix.
const WORKFLOW: &str = "on: push\npermissions: {}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4.2.2\n";
const DEPENDABOT: &str =
    "version: 2\nupdates:\n  - {package-ecosystem: github-actions, directory: /}\n";
const ACTION: &str = "runs:\n  using: composite\n  steps:\n    - uses: actions/checkout@v4.2.2\n";

/// Two repositories, one of them deeper, and what is none.
fn folder() -> Repository {
    Repository::new([
        ("one/.git/config", ""),
        ("one/.github/workflows/a.yml", WORKFLOW),
        ("one/.github/workflows/b.yaml", WORKFLOW),
        ("one/.github/workflows/notes.md", "no workflow"),
        ("one/.github/workflows/old/c.yml", "GitHub reads no folders below"),
        ("one/.github/dependabot.yml", DEPENDABOT),
        ("one/.github/actions/build/action.yml", ACTION),
        ("one/src/lib.rs", ""),
        ("one/setup/action.yml", ACTION),
        ("more/two/action.yaml", ACTION),
        ("none/readme", ""),
        ("loose.yml", WORKFLOW),
    ])
}

/// The paths in a diff.
fn changed(run: &Run) -> Vec<&str> {
    let lines = run.stdout.lines().filter_map(|line| line.strip_prefix("--- "));
    lines.map(|line| line.strip_prefix("a/").unwrap_or(line)).collect()
}

/// A run in a folder of [`folder`] changes these files.
#[track_caller]
fn finds(from: &str, arguments: &str, expected: &[&str]) {
    let folder = folder();
    let mut command = cli::program();
    command.current_dir(folder.path(from)).args(["--offline", "-q"]);
    let run = Run::of(command.args(arguments.split_whitespace()));
    assert_eq!(changed(&run), expected, "{}", run.stderr);
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""));
}

const ONE: [&str; 3] =
    [".github/actions/build/action.yml", ".github/workflows/a.yml", ".github/workflows/b.yaml"];

#[test]
fn the_repository_around_the_current_folder() {
    for from in ["one", "one/src", "one/.github", "one/.github/workflows/old"] {
        finds(from, "", &ONE);
    }
    finds("more/two", "", &["action.yaml"]);
}

#[test]
fn a_repository_by_its_path() {
    finds(".", "one", &ONE);
    finds(".", "./one/", &ONE);
    finds("one", ".", &ONE);
    finds("one/src", "..", &ONE);
    finds("more/two", "../../one", &ONE);
    finds(".", "one one", &ONE);
}

#[test]
fn a_part_of_a_repository() {
    finds(".", "one/.github", &ONE);
    finds(".", "one/.github/workflows", &ONE[1..]);
    finds("one", ".github/workflows/", &ONE[1..]);
    finds("one/.github", "actions", &ONE[..1]);
    finds("one", ".github/actions/build", &ONE[..1]);
    finds("one/.github/workflows", ".", &ONE[1..]);
}

#[test]
fn an_action_elsewhere_in_a_repository_where_it_is_asked_for() {
    finds(".", "one/setup", &["setup/action.yml"]);
    finds("one", "setup/action.yml", &["setup/action.yml"]);
    finds("one/setup", ".", &["setup/action.yml"]);
    finds(".", "more/two one/setup", &["more/two/action.yaml", "one/setup/action.yml"]);
    finds("one/setup", "", &ONE);
}

#[test]
fn single_files() {
    finds(".", "one/.github/workflows/a.yml", &ONE[1..2]);
    finds("one", ".github/workflows/a.yml .github/workflows/b.yaml", &ONE[1..]);
    finds("one", ".github/actions/build/action.yml", &ONE[..1]);
    finds("one/src", "../.github/workflows/a.yml", &ONE[1..2]);
    // Outside of any repository it is a workflow by itself.
    finds(".", "loose.yml", &["loose.yml"]);
}

#[test]
fn several_repositories_by_their_paths() {
    finds(
        ".",
        "one more/two",
        &[
            "more/two/action.yaml",
            "one/.github/actions/build/action.yml",
            "one/.github/workflows/a.yml",
            "one/.github/workflows/b.yaml",
        ],
    );
    finds(
        ".",
        "one/.github/workflows/a.yml more/two",
        &["more/two/action.yaml", "one/.github/workflows/a.yml"],
    );
}

#[test]
fn a_folder_of_repositories() {
    let all = [
        "more/two/action.yaml",
        "one/.github/actions/build/action.yml",
        "one/.github/workflows/a.yml",
        "one/.github/workflows/b.yaml",
    ];
    finds(".", "", &all);
    finds(".", ".", &all);
    // One alone: its own root is where the diff applies.
    finds(".", "more", &["action.yaml"]);
}

#[test]
fn a_repository_and_a_file_in_it_are_one() {
    finds(".", "one one/.github/workflows/a.yml", &ONE);
    finds(".", "one/.github/workflows/a.yml one", &ONE);
    finds("one", ". src/../.github/workflows", &ONE);
    finds("one", ".github/workflows/a.yml .github/actions", &ONE[..2]);
    finds("one", ".github/workflows/b.yaml .github/actions .github/workflows/a.yml", &ONE);
}

#[test]
fn all_of_them_by_absolute_paths() {
    let folder = folder();
    let [one, two] = ["one", "more/two"].map(|name| folder.path(name).display().to_string());
    let run = folder.run_with([&one]);
    assert_eq!(changed(&run), ONE);
    let run = folder.run_with(["-q", &one, &two]);
    assert_eq!(changed(&run).len(), 4);
    assert_eq!(run.code, Some(1));
}

/// A run fails, with these words.
#[track_caller]
fn fails(from: &str, arguments: &str, expected: &str) {
    let folder = folder();
    let mut command = cli::program();
    command.current_dir(folder.path(from)).args(["--offline", "-q"]);
    let run = Run::of(command.args(arguments.split_whitespace()));
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.starts_with(expected), "{}", run.stderr);
}

#[test]
fn what_is_not_there() {
    fails(".", "three", "error: three: No such file or directory");
    fails(".", "none", "error: none: no `.github` folder and no `action.yml` in here or below");
    fails(
        ".",
        "one/.github/workflows/notes.md",
        "error: one/.github/workflows/notes.md: neither a workflow nor an action",
    );
    fails("none", "", "error: .: no `.github` folder");
}

#[test]
fn a_folder_in_a_repository_that_holds_nothing_of_it() {
    let nothing =
        "no `.github` folder and no `action.yml` in here or below: name the repository, /";
    fails("one", "src", &format!("error: src: {nothing}"));
    fails("one/src", ".", &format!("error: .: {nothing}"));
}

#[test]
fn one_that_is_not_there_does_not_stop_the_others() {
    let run = folder().run("three one");
    assert_eq!(changed(&run), ONE);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.starts_with("error: three: "), "{}", run.stderr);
}
