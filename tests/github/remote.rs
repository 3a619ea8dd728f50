//! Repositories without a clone.

use std::path::Path;

use crate::cli::{Repository, Run};
use crate::hub::Hub;
use crate::{BRANCH, DEPENDABOT, FIXED, NAME, PATH, WORKFLOW, hub, run_in};

fn nowhere() -> Repository {
    Repository::empty()
}

#[test]
fn a_preview_takes_two_requests() {
    let hub = hub();
    let shown = run_in(&nowhere(), &hub, &["--repo", NAME]);
    assert_eq!(shown.code, Some(1), "{shown:?}");
    assert!(shown.stdout.starts_with("--- a/.github/workflows/test.yml\n"), "{}", shown.stdout);
    assert!(shown.stderr.contains("2 files, 1 would change"), "{}", shown.stderr);
    assert!(!shown.stderr.contains("--write"), "{}", shown.stderr);
    assert_eq!(hub.operations(), ["about", "files"]);
    assert_eq!(nowhere().files(), []);
}

#[test]
fn a_preview_is_what_a_clone_gives() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/repositories");
    for sample in std::fs::read_dir(samples).unwrap() {
        let folder = sample.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        let clone = Repository::copy_of(&folder).named(NAME);
        // What tells how a release is made: a page deep in a folder, a section of another page, nothing.
        clone.write("docs/guide/dev/releasing.md", "First …\n");
        clone.write("CONTRIBUTING.txt", "Releasing\n=========\n");
        for gone in ["", "docs/guide/dev/releasing.md", "CONTRIBUTING.txt"] {
            let _ = std::fs::remove_file(clone.path(gone));
            let hub = Hub::new();
            let files = clone.files();
            let files: Vec<_> =
                files.iter().map(|(path, text)| (path.to_str().unwrap(), text)).collect();
            hub.make(NAME, &files);
            let expected = run_in(&clone, &hub, &["--unsafe", "-v"]);
            let shown = run_in(&nowhere(), &hub, &["--unsafe", "-v", "--repo", NAME]);
            assert_eq!(shown.stdout, expected.stdout, "{}", folder.display());
            let end = |run: &Run| run.stderr.rsplit_once("would change").map(|it| it.0.to_owned());
            assert_eq!(end(&shown), end(&expected), "{}", folder.display());
        }
    }
}

#[test]
fn a_pull_request_takes_no_clone() {
    let hub = hub();
    let url = format!("https://github.com/{NAME}");
    let done = run_in(&nowhere(), &hub, &["--repo", &url, "--pull-request"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(hub.pulls().len(), 1);
    assert_eq!(hub.file(NAME, BRANCH, PATH), FIXED);
}

#[test]
fn files_are_read_to_the_byte() {
    let crlf = WORKFLOW.replace('\n', "\r\n");
    let marked = format!("\u{feff}{WORKFLOW}");
    let long = format!("{WORKFLOW}{}", "      # a long comment, and another one\n".repeat(2_000));
    for text in [crlf, marked, long, WORKFLOW.trim_end().to_owned()] {
        let hub = Hub::new();
        hub.make(NAME, &[(PATH, text.as_str()), DEPENDABOT]);
        let done = run_in(&nowhere(), &hub, &["--repo", NAME, "--pull-request"]);
        assert_eq!(done.code, Some(0), "{done:?}");
        let diff = hub.git(NAME, &["diff", "--numstat", "main", BRANCH]);
        assert!(diff.starts_with("3\t1\t"), "{diff}");
        if text.len() > 50_000 {
            // GitHub cuts long texts off.
            assert!(hub.operations().iter().any(|it| it.contains("/git/blobs/")));
        }
    }
}

#[test]
fn what_is_no_text_is_reported() {
    let hub = hub();
    hub.push(NAME, "main", &[(".github/workflows/odd.yml", b"on: push # \xff\n".as_slice())]);
    let shown = run_in(&nowhere(), &hub, &["--repo", NAME]);
    assert_eq!(shown.code, Some(2), "{shown:?}");
    assert!(shown.stderr.contains(".github/workflows/odd.yml:1:12: not UTF-8"), "{}", shown.stderr);
    assert!(shown.stdout.contains("test.yml"), "the others are looked at all the same");
}

#[test]
fn actions_in_folders_belong_to_it() {
    let action = "name: a\nruns:\n  using: composite\n  steps:\n    - uses: own/er@v1\n";
    let hub = Hub::new();
    let paths = ["action.yml", ".github/actions/group/name/action.yaml"];
    hub.make(NAME, &paths.map(|path| (path, action)));
    let done = run_in(&nowhere(), &hub, &["--repo", NAME, "--pull-request"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    for path in paths {
        assert!(hub.file(NAME, BRANCH, path).contains("# v1.2.3"), "{path}");
    }
}

#[test]
fn a_repository_without_workflows_is_fine() {
    let hub = Hub::new();
    hub.make(NAME, &[("README.md", "Weather\n")]);
    let shown = run_in(&nowhere(), &hub, &["--repo", NAME]);
    assert_eq!(shown.code, Some(0), "{shown:?}");
}

#[test]
fn one_that_is_not_there_is_named() {
    let hub = hub();
    let shown = run_in(&nowhere(), &hub, &["--repo", "no/such"]);
    assert_eq!(shown.code, Some(2), "{shown:?}");
    assert!(shown.stderr.contains("no/such: no such repository"), "{}", shown.stderr);
    let wrong = run_in(&nowhere(), &hub, &["--repo", "nonsense"]);
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.stderr.contains("expected OWNER/NAME"), "{}", wrong.stderr);
}

#[test]
fn a_fork_is_told_where_it_comes_from() {
    let hub = hub();
    hub.fork(NAME, "me/report");
    let done = run_in(&nowhere(), &hub, &["--repo", "me/report", "--pull-request"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(done.stderr.contains("use --repo weather/report"), "{}", done.stderr);
}
