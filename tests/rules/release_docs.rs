//! `release-docs`: whether it is written down how a release is made.

use crate::cli::{Repository, WORKFLOW};

const PUBLISHES: &str = "on: release\njobs:\n  publish:\n    steps:\n      - uses: pypa/gh-action-pypi-publish@release/v1\n";

/// What is said of a repository with these files.
fn said(files: &[(&str, &str)]) -> String {
    let run = Repository::new(files.iter().copied()).run("--select release-docs");
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{}", run.stderr);
    run.stderr
}

#[test]
fn a_missing_page_is_told_once_and_left_to_a_person() {
    let expected = "document-release\n  left to you 1\n    .github/workflows/a.yml:3:3: the job `publish` uploads to PyPI, and no page tells how a release is made\n      write one: `spec8-fix init --release-docs` makes a `RELEASING.md` from the workflows that publish\n2 files, nothing to change\n";
    let files = [(".github/workflows/a.yml", PUBLISHES), (".github/workflows/b.yml", PUBLISHES)];
    assert_eq!(said(&files), expected);
}

#[test]
fn the_page_is_found_where_projects_keep_it() {
    for path in [
        "RELEASING.md",
        "release.rst",
        "docs/release.md",
        "doc/source/dev/how-to-release.rst",
        ".github/ISSUE_TEMPLATE/release_checklist.md",
        "maintainers/RELEASE_PROCESS.txt",
    ] {
        let said = said(&[(WORKFLOW, PUBLISHES), (path, "")]);
        assert_eq!(said, "1 file, nothing to change\n", "{path}");
    }
    let section = "# Contributing\n\n## Making a release\n";
    assert_eq!(
        said(&[(WORKFLOW, PUBLISHES), ("CONTRIBUTING.md", section)]),
        "1 file, nothing to change\n"
    );
}

#[test]
fn notes_on_past_releases_are_no_such_page() {
    for path in [
        "RELEASES.md",
        "docs/release_notes/1.0.md",
        "docs/release-notes.md",
        "src/release.md",
        "release.yml",
    ] {
        let said = said(&[(WORKFLOW, PUBLISHES), (path, ""), ("CONTRIBUTING.md", "# How\n")]);
        assert!(said.contains("left to you 1"), "{path}");
    }
}

#[test]
fn nothing_is_wanted_where_nothing_is_released() {
    for steps in [
        "      - run: make\n",
        "      - uses: actions/deploy-pages@v4\n",
        "      - {uses: pypa/gh-action-pypi-publish@release/v1, if: false}\n",
    ] {
        let workflow = format!("on: release\njobs:\n  job:\n    steps:\n{steps}");
        assert_eq!(said(&[(WORKFLOW, &workflow)]), "1 file, nothing to change\n");
    }
}

#[test]
fn a_comment_silences_it() {
    let silenced = PUBLISHES.replace("publish:\n", "publish: # spec8-fix: ignore[release-docs]\n");
    assert_eq!(said(&[(WORKFLOW, &silenced)]), "1 file, nothing to change\n");
}
