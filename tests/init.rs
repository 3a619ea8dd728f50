//! `spec8-fix init`: files that SPEC 8 asks for, drawn from a repository.

#[path = "support/cli.rs"]
mod cli;

use cli::{Repository, Run, program};

const WORKFLOW: &str = ".github/workflows/publish.yml";
const PAGE: &str = "RELEASING.md";

/// Runs the command in a repository, without network.
fn init(repository: &Repository, arguments: &str) -> Run {
    let mut command = program();
    command.current_dir(repository.root()).args(["init", "--offline"]);
    Run::of(command.args(arguments.split_whitespace()))
}

/// A repository of a Python package with this table `[build-system]`.
fn package(build_system: &str) -> Repository {
    let text = format!("[build-system]\n{build_system}\n[project]\nname = \"weather-report\"\n");
    Repository::new([("pyproject.toml", text)]).named("weather-works/weather-report")
}

fn workflow_of(build_system: &str) -> String {
    let repository = package(build_system);
    let run = init(&repository, "--publish-workflow");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(
        run.stderr,
        "note: .github/workflows/publish.yml is written: read it before you commit it\n\
         To undo: rm .github/workflows/publish.yml\n"
    );
    repository.read(WORKFLOW)
}

const HATCH: &str =
    "requires = [\"hatchling\", \"hatch-vcs\"]\nbuild-backend = \"hatchling.build\"";
const MATURIN: &str = "requires = [\"maturin\"]\nbuild-backend = \"maturin\"";
const MESON: &str = "requires = [\"meson-python\"]\nbuild-backend = \"mesonpy\"";

#[test]
fn the_workflow_of_a_package_that_is_the_same_everywhere() {
    cli::snapshots().bind(|| insta::assert_snapshot!("init-workflow", workflow_of(HATCH)));
}

#[test]
fn the_workflow_of_a_package_that_is_compiled() {
    cli::snapshots().bind(|| {
        insta::assert_snapshot!("init-workflow-compiled", workflow_of(MESON));
        insta::assert_snapshot!("init-workflow-maturin", workflow_of(MATURIN));
    });
}

#[test]
fn the_workflow_needs_no_fix() {
    for build_system in [HATCH, MATURIN, MESON, ""] {
        let repository = package(build_system);
        assert_eq!(init(&repository, "--publish-workflow --release-docs").code, Some(0));
        assert_eq!(repository.run("--write").code, Some(0), "Dependabot's configuration");
        let run = repository.run("--unsafe");
        assert_eq!(run.stderr, "2 files, nothing to change\n", "{}", run.stdout);
        let run = repository.run("--unsafe --select persist-credentials");
        assert_eq!(run.stderr, "1 file, nothing to change\n", "{}", run.stdout);
    }
}

#[test]
fn the_page_on_how_to_release() {
    let repository = package(HATCH);
    repository.write("CHANGELOG.md", "# Changelog\n");
    let run = init(&repository, "--publish-workflow --release-docs");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let last = run.stderr.lines().last();
    assert_eq!(last, Some("To undo: rm .github/workflows/publish.yml RELEASING.md"));
    cli::snapshots().bind(|| insta::assert_snapshot!("init-page", repository.read(PAGE)));
}

#[test]
fn the_page_tells_of_all_that_publishes() {
    let repository = Repository::new([
        (
            ".github/workflows/release.yml",
            "on:\n  push:\n    tags: [v*]\n  release:\n    types: [published]\njobs:\n  crate:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: cargo publish\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ secrets.CRATES }}\n  files:\n    runs-on: ubuntu-latest\n    permissions: {contents: write}\n    environment: releases\n    steps:\n      - uses: softprops/action-gh-release@v2\n",
        ),
        (".github/workflows/tests.yml", "on: push\njobs:\n  a:\n    steps:\n      - run: make\n"),
        ("Cargo.toml", "[package]\nname = \"storm\"\n"),
    ]);
    let run = init(&repository, "--release-docs");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    cli::snapshots().bind(|| insta::assert_snapshot!("init-page-several", repository.read(PAGE)));
}

#[test]
fn a_dry_run_writes_nothing() {
    let repository = package(HATCH);
    let before = repository.files();
    let run = init(&repository, "--publish-workflow --dry-run");
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert!(
        run.stdout.starts_with("--- /dev/null\n+++ b/.github/workflows/publish.yml\n@@ -0,0 +1,")
    );
    assert_eq!(repository.files(), before);
}

#[test]
fn a_file_that_is_there_stays() {
    let repository = package(HATCH);
    repository.write(WORKFLOW, "on: push\n");
    repository.write(PAGE, "Ask Ada.\n");
    for (arguments, path) in [("--publish-workflow", WORKFLOW), ("--release-docs", PAGE)] {
        for dry_run in ["", " --dry-run"] {
            let run = init(&repository, &format!("{arguments}{dry_run}"));
            let said = format!("error: {path} is there already, and stays as it is\n");
            assert_eq!((run.code, run.stderr), (Some(2), said));
        }
    }
    assert_eq!(repository.read(WORKFLOW), "on: push\n");
    assert_eq!(repository.read(PAGE), "Ask Ada.\n");
}

#[test]
fn what_is_missing_is_told() {
    let empty = Repository::new([(".github/x", "")]);
    let run = init(&empty, "--publish-workflow");
    assert!(run.stderr.starts_with("error: neither `pyproject.toml` nor `setup.cfg` says"));
    assert_eq!(run.code, Some(2));
    let run = init(&empty, "--release-docs");
    assert!(run.stderr.starts_with("error: no workflow publishes a release"), "{}", run.stderr);
    assert_eq!(run.code, Some(2));
    let run = init(&empty, "");
    assert!(run.stderr.contains("--release-docs"), "{}", run.stderr);
    assert_eq!(run.code, Some(2));
    assert_eq!(init(&empty, "--release-docs none").code, Some(2));
}

/// What was made before something went wrong is there, and can be taken back.
#[test]
fn what_was_made_before_a_failure_can_be_undone() {
    let repository = package(HATCH);
    repository.write(PAGE, "mine");
    let run = init(&repository, "--publish-workflow --release-docs");
    assert_eq!(run.code, Some(2));
    let last = run.stderr.lines().last();
    assert_eq!(last, Some("To undo: rm .github/workflows/publish.yml"), "{}", run.stderr);
    assert_eq!(repository.read(PAGE), "mine");
}

#[test]
fn what_is_there_already_is_told() {
    let repository = package(HATCH);
    repository.write(
        ".github/workflows/release.yml",
        "on: release\njobs:\n  a:\n    steps:\n      - uses: pypa/gh-action-pypi-publish@release/v1\n",
    );
    repository.write("docs/dev/release-process.md", "");
    let run = init(&repository, "--publish-workflow --release-docs --dry-run");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(
        run.stderr,
        "note: .github/workflows/release.yml publishes already: keep one of the two\n\
         note: `docs/dev/release-process.md` seems to tell already how a release is made\n"
    );
}
