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

/// A workflow whose one step runs an action of the repository.
fn running(uses: &str) -> String {
    format!(
        "on: push\npermissions:\n  contents: read\njobs:\n  test:\n    runs-on: x\n    steps:\n      - uses: {uses}\n"
    )
}

/// Actions in folders of their own, one of which runs another one.
fn with_local_actions(uses: &str) -> Repository {
    let composite = |uses: &str| format!("{ACTION}    - uses: {uses}\n");
    Repository::new([
        ("one/.git/config", String::new()),
        ("one/.github/workflows/a.yml", running(uses)),
        ("one/.github/dependabot.yml", DEPENDABOT.to_owned()),
        ("one/tools/setup/action.yml", composite("./tools/../tools/python")),
        ("one/tools/node/action.yaml", composite("$/tools/./node/inner/")),
        ("one/tools/node/inner/action.yml", composite("./tools/setup")),
        ("one/vendored/action.yml", ACTION.to_owned()),
        ("one/vendored/.git", "gitdir: ../.git/modules/vendored\n".to_owned()),
        ("outside/action.yml", ACTION.to_owned()),
    ])
}

#[test]
fn local_actions_wherever_they_are_where_they_are_used() {
    for (uses, expected) in [
        ("./tools/setup", &["tools/setup/action.yml"][..]),
        (
            "$/tools/node",
            &["tools/node/action.yaml", "tools/node/inner/action.yml", "tools/setup/action.yml"],
        ),
        ("./tools", &[]),
        ("./vendored", &[]),
        ("./../outside", &[]),
        ("./tools/../../outside", &[]),
    ] {
        let repository = with_local_actions(uses);
        let run = repository.run("-q one");
        assert_eq!(changed(&run), expected, "{uses}: {}", run.stderr);
        assert_eq!(run.stderr, "", "{uses}");
    }
}

#[test]
#[cfg(unix)]
fn a_link_out_of_the_repository_is_not_followed() {
    let repository = with_local_actions("./linked");
    std::os::unix::fs::symlink("../outside", repository.path("one/linked")).unwrap();
    assert_eq!(changed(&repository.run("-q one")), [""; 0]);
}

#[test]
fn a_local_action_that_cannot_be_read_is_told() {
    let repository = with_local_actions("./tools/setup");
    repository.write("one/tools/setup/action.yml", "runs: [\n");
    let run = repository.run("-q one");
    assert!(run.stderr.starts_with("error: tools/setup/action.yml:"), "{}", run.stderr);
    assert_eq!(run.code, Some(2));
}

#[test]
fn files_that_were_not_asked_for_are_read_and_left_as_they_are() {
    let release =
        "runs:\n  using: composite\n  steps:\n    - uses: softprops/action-gh-release@v2\n";
    let called = "on: workflow_call\njobs:\n  a:\n    runs-on: x\n    permissions: {issues: write}\n    steps: [{run: 'true'}]\n";
    let repository = Repository::new([
        (".git/config", ""),
        (
            ".github/workflows/a.yml",
            "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: ./tools/release\n  b:\n    uses: ./.github/workflows/b.yml\n",
        ),
        (".github/workflows/b.yml", called),
        ("tools/release/action.yml", release),
    ]);
    let run = repository.run("-q .github/workflows/a.yml");
    assert_eq!(changed(&run), [".github/workflows/a.yml"]);
    for scope in ["+      contents: write\n", "+      issues: write\n"] {
        assert!(run.stdout.contains(scope), "{}", run.stdout);
    }
    repository.write("tools/release/action.yml", "runs: [\n");
    let run = repository.run("-q .github/workflows/a.yml");
    assert_eq!(run.stderr, "", "nobody asked for it");
}
