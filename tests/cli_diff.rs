//! The diff: `git apply` takes it, from the repository's root, and makes of the files exactly what
//! `--write` makes of them.

#![allow(clippy::unwrap_used)] // a helper that fails is a test that fails

#[path = "support/cli.rs"]
mod cli;

use std::fs;
use std::path::{Path, PathBuf};

use cli::{RENOVATE, Repository, WORKFLOW};

/// The sample repositories.
fn samples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/repositories");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut samples: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    samples.sort();
    assert!(samples.len() >= 4);
    samples
}

/// A repository, as often as it is wanted.
type Make = Box<dyn Fn() -> Repository>;

/// Every repository, those that are hard on diffs included, with a name.
fn repositories() -> Vec<(String, Make)> {
    let mut repositories: Vec<(String, Make)> = Vec::new();
    for sample in samples() {
        let name = sample.file_name().unwrap().to_string_lossy().into_owned();
        for (how, change) in TEXTS {
            let sample = sample.clone();
            let make = move || {
                let repository = Repository::copy_of(&sample);
                for (path, content) in repository.files() {
                    let is_yaml = path.extension().is_some_and(|extension| extension != "md");
                    if let (true, Ok(text)) = (is_yaml, String::from_utf8(content)) {
                        repository.write(path, change(&text));
                    }
                }
                repository
            };
            repositories.push((format!("{name}, {how}"), Box::new(make)));
        }
    }
    repositories
}

type Change = fn(&str) -> String;

/// What can be done to a text without changing what it says.
const TEXTS: [(&str, Change); 6] = [
    ("as it is", str::to_owned),
    ("with CRLF", |text| text.replace("\r\n", "\n").replace('\n', "\r\n")),
    ("with LF", |text| text.replace("\r\n", "\n")),
    ("with a byte order mark", |text| format!("\u{feff}{}", text.trim_start_matches('\u{feff}'))),
    ("without a final newline", |text| text.trim_end_matches(['\r', '\n']).to_owned()),
    ("with non-ASCII text", |text| {
        text.replace("name: ", "name: ☂ größer ").replace("runs-on", "\"runs-on\"")
    }),
];

/// The patch of a run applies, is taken back, and makes the same as `--write`; nothing else changes.
#[track_caller]
fn applies(name: &str, make: &dyn Fn() -> Repository, flags: &str) -> String {
    let by_patch = make();
    let before = by_patch.files();
    let run = by_patch.run(&format!("-q {flags}"));
    assert!(matches!(run.code, Some(0 | 1)), "{name}: {}", run.stderr);
    assert_eq!(by_patch.files(), before, "{name}: a preview changed something");
    if run.code == Some(0) {
        assert_eq!(run.stdout, "", "{name}");
        return run.stdout;
    }
    by_patch.write(".git/patch", &run.stdout);
    let (_, said) = by_patch.git(&["-c", "init.defaultBranch=main", "init", "-q"]);
    assert_eq!(said, "", "{name}");
    let (applied, said) = by_patch.git(&["apply", "--whitespace=nowarn", ".git/patch"]);
    assert!(applied, "{name}: {said}\n{}", run.stdout);

    let written = make();
    let run = written.run(&format!("-q --write {flags}"));
    assert_eq!(run.code, Some(0), "{name}: {}", run.stderr);
    assert_eq!(by_patch.files(), written.files(), "{name}");
    assert_ne!(by_patch.files(), before, "{name}");

    let (taken_back, said) = by_patch.git(&["apply", "-R", "--whitespace=nowarn", ".git/patch"]);
    assert!(taken_back, "{name}: {said}");
    assert_eq!(by_patch.files(), before, "{name}");
    fs::read_to_string(by_patch.path(".git/patch")).unwrap()
}

/// Every repository with these flags.
fn all_apply(flags: &str, is_wanted: impl Fn(&str) -> bool) {
    for (name, make) in repositories().into_iter().filter(|(name, _)| is_wanted(name)) {
        applies(&name, &*make, flags);
    }
}

#[test]
fn it_gives_what_writing_gives_for_every_repository() {
    all_apply("", |_| true);
}

#[test]
fn it_gives_what_writing_gives_for_every_repository_with_unsafe_fixes() {
    all_apply("--unsafe", |_| true);
}

#[test]
fn it_gives_what_writing_gives_for_single_rules() {
    let as_it_is = |name: &str| name.ends_with(", as it is");
    all_apply("--unsafe --select pin-actions", as_it_is);
    all_apply("--unsafe --select workflow-permissions", as_it_is);
}

const TEXT: &str = "on: push\npermissions: {}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4.2.2\n      - run: make\n";

/// The file of this name gets this header.
#[track_caller]
fn is_named(file: &str, header: &str) {
    let path = format!(".github/workflows/{file}");
    let patch = applies(file, &|| Repository::new([(path.as_str(), TEXT), RENOVATE]), "");
    assert_eq!(patch.lines().next().unwrap(), header);
}

#[test]
fn any_file_name() {
    is_named("test.yml", "--- a/.github/workflows/test.yml");
    is_named("unit tests.yml", "--- a/.github/workflows/unit tests.yml\t");
    is_named("größer.yml", r#"--- "a/.github/workflows/gr\303\266\303\237er.yml""#);
    is_named("☂ .yml", r#"--- "a/.github/workflows/\342\230\202 .yml""#);
    is_named("it's.yml", "--- a/.github/workflows/it's.yml");
}

#[test]
#[cfg(unix)]
fn any_file_name_that_windows_does_not_know() {
    is_named("a\"b.yml", r#"--- "a/.github/workflows/a\"b.yml""#);
    is_named("a\\b.yml", r#"--- "a/.github/workflows/a\\b.yml""#);
    is_named("a\tb.yml", r#"--- "a/.github/workflows/a\011b.yml""#);
    is_named("a\nb.yml", r#"--- "a/.github/workflows/a\012b.yml""#);
}

#[test]
fn a_missing_last_newline() {
    let repository = || Repository::of_workflow(TEXT.trim_end());
    let patch = applies("context", &repository, "");
    assert!(patch.ends_with("       - run: make\n\\ No newline at end of file\n"), "{patch}");
    let last = TEXT.replace("      - run: make\n", "");
    let repository = || Repository::of_workflow(last.trim_end());
    let patch = applies("changed", &repository, "");
    assert_eq!(patch.matches("\\ No newline at end of file\n").count(), 2, "{patch}");
}

#[test]
fn changes_far_apart_and_at_both_ends() {
    let middle = "      - run: make\n".repeat(40);
    let pin = "      - uses: actions/checkout@v4.2.2 # why\n";
    let text = format!(
        "permissions: write-all\non: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n{pin}{middle}{pin}{middle}{pin}"
    );
    let patch = applies("far apart", &|| Repository::of_workflow(&text), "");
    assert_eq!(patch.matches("\n@@ -").count(), 3, "{patch}");
}

#[test]
fn mixed_line_endings() {
    let text = TEXT.replace("push\n", "push\r\n").replace("v4.2.2\n", "v4.2.2\r\n");
    let patch = applies("mixed", &|| Repository::of_workflow(&text), "");
    assert!(patch.contains("# v4.2.2\r\n"), "{patch}");
}

#[test]
fn a_folder_of_repositories() {
    let make = || {
        Repository::new([
            ("a/.github/workflows/x.yml", TEXT),
            ("b c/.github/workflows/x.yml", TEXT),
        ])
    };
    applies("folder", &make, "");
}

#[test]
#[cfg(unix)]
#[ignore = "the diff names the link, which git does not patch: it should name the file behind it"]
fn a_link() {
    let make = || {
        let repository = Repository::new([("ci/test.yml", TEXT), (".github/workflows/x", "")]);
        std::os::unix::fs::symlink("../../ci/test.yml", repository.path(WORKFLOW)).unwrap();
        repository
    };
    applies("link", &make, "");
}

#[test]
fn it_is_the_same_in_the_file() {
    for sample in samples() {
        let repository = Repository::copy_of(&sample);
        let run = repository.run("--unsafe --diff-file patch");
        assert_eq!(repository.read("patch"), run.stdout);
    }
}
