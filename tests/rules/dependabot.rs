//! `dependabot`: the entry in Dependabot's configuration.

use crate::cli::{Repository, Run, WORKFLOW};

const RULE: &str = "dependabot";
const CONFIGURATION: &str = ".github/dependabot.yml";
const USES: &str = "on: push\njobs:\n  test:\n    steps:\n      - uses: actions/checkout@v4\n";
const COMPOSITE: &str =
    "runs:\n  using: composite\n  steps:\n    - uses: actions/setup-python@v5\n";

/// What becomes of a configuration beside a workflow that uses an action.
fn written(before: &str) -> (String, Run) {
    let repository = Repository::new([(WORKFLOW, USES), (CONFIGURATION, before)]);
    crate::written(&repository, CONFIGURATION, RULE, "")
}

/// A configuration becomes another.
#[track_caller]
fn becomes(before: &str, after: &str) {
    let (written, run) = written(before);
    assert_eq!(written, after, "{}", run.stderr);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

/// A configuration stays; gives what is said of it with `-v`.
#[track_caller]
fn stays(before: &str) -> String {
    let (after, run) = written(before);
    assert_eq!(after, before, "{}", run.stderr);
    let repository = Repository::new([(WORKFLOW, USES), (CONFIGURATION, before)]);
    repository.run("--select dependabot -v").stderr
}

/// Nothing is found in a repository with these files, and none is made.
#[track_caller]
fn nothing(files: &[(&str, &str)]) {
    let repository = Repository::new(files.iter().copied());
    let run = repository.run("--write --select dependabot");
    assert!(run.stderr.ends_with(", nothing to change\n"), "{}", run.stderr);
    assert_eq!(repository.files().len(), files.len());
}

const NEW: &str = "\
version: 2
updates:
  - package-ecosystem: github-actions
    directory: /
    schedule:
      interval: monthly
    cooldown:
      default-days: 7
    groups:
      actions:
        patterns:
          - \"*\"
";

#[test]
fn the_file_is_made_where_there_is_none() {
    let repository = Repository::new([(WORKFLOW, USES)]);
    let (after, run) = crate::written(&repository, CONFIGURATION, RULE, "");
    assert_eq!(after, NEW);
    assert_eq!(
        run.stderr,
        "dependabot\n  fixed 1\n2 files, 1 changed\nTo undo: rm .github/dependabot.yml\n"
    );
    assert_eq!(run.code, Some(0));
}

#[test]
fn a_preview_makes_nothing() {
    let repository = Repository::new([(WORKFLOW, USES)]);
    let run = repository.run("--select dependabot -v");
    let patch: String = NEW.lines().map(|line| format!("+{line}\n")).collect();
    let head = "--- /dev/null\n+++ b/.github/dependabot.yml\n@@ -0,0 +1,12 @@\n";
    assert_eq!(run.stdout, format!("{head}{patch}"));
    assert_eq!(
        run.stderr,
        "dependabot\n  would fix 1\n    .github/dependabot.yml:1:1: nothing proposes newer versions of the \
         actions in use: let Dependabot do it, once a month\n2 files, 1 would change: --write applies this\n"
    );
    assert_eq!((run.code, repository.files().len()), (Some(1), 1));
}

#[test]
fn an_empty_file_is_filled() {
    becomes("", NEW);
    becomes("# Only comments,\n# so far.\n", &format!("# Only comments,\n# so far.\n{NEW}"));
    becomes("\u{feff}", &format!("\u{feff}{NEW}"));
    becomes("# No end", format!("# No end\n{NEW}").trim_end());
    becomes("# Windows\r\n", &format!("# Windows\n{NEW}").replace('\n', "\r\n"));
}

#[test]
fn an_entry_in_the_style_of_those_that_are_there() {
    becomes(
        "version: 2\nupdates:\n- package-ecosystem: 'npm'\n  directory: '/'\n  schedule:\n    interval: 'weekly'\n",
        "version: 2\nupdates:\n- package-ecosystem: 'npm'\n  directory: '/'\n  schedule:\n    interval: 'weekly'\n- package-ecosystem: 'github-actions'\n  directory: '/'\n  schedule:\n    interval: 'monthly'\n  cooldown:\n    default-days: 7\n  groups:\n    actions:\n      patterns:\n      - '*'\n",
    );
    becomes(
        "version: 2\n\nupdates:\n  # Python\n  - package-ecosystem: \"pip\" # uv, really\n    directory: \"/\"\n    schedule: {interval: daily}\n\n  - package-ecosystem: \"npm\"\n    directory: \"/\"\n    schedule: {interval: daily}",
        "version: 2\n\nupdates:\n  # Python\n  - package-ecosystem: \"pip\" # uv, really\n    directory: \"/\"\n    schedule: {interval: daily}\n\n  - package-ecosystem: \"npm\"\n    directory: \"/\"\n    schedule: {interval: daily}\n\n  - package-ecosystem: \"github-actions\"\n    directory: \"/\"\n    schedule:\n      interval: \"monthly\"\n    cooldown:\n      default-days: 7\n    groups:\n      actions:\n        patterns:\n          - \"*\"",
    );
}

#[test]
fn updates_without_an_entry() {
    let updates = NEW.strip_prefix("version: 2\n").unwrap_or_default();
    becomes("version: 2\nupdates:\n", NEW);
    becomes("version: 2 # always\n", &format!("version: 2 # always\n{updates}"));
    becomes(
        "version: 2\nupdates: []\n",
        "version: 2\nupdates: [{package-ecosystem: github-actions, directory: /, schedule: {interval: monthly}, cooldown: {default-days: 7}, groups: {actions: {patterns: [\"*\"]}}}]\n",
    );
}

#[test]
fn an_entry_that_exists_stays_whatever_its_interval() {
    for entry in [
        "  - package-ecosystem: github-actions\n    directory: /\n    schedule:\n      interval: daily\n",
        "- package-ecosystem: \"github-actions\"\n  directory: \".github/workflows\"\n  schedule: {interval: weekly}\n",
        "  - package-ecosystem: npm\n    directory: /\n  - {package-ecosystem: github-actions, directories: [/]}\n",
    ] {
        let said = stays(&format!("version: 2\nupdates:\n{entry}"));
        assert_eq!(said, "2 files, nothing to change\n");
    }
}

#[test]
fn a_file_that_dependabot_would_not_take_stays() {
    for before in
        ["updates: []\n", "version: 1\nupdates: []\n", "- x\n", "version: 2\nupdates: x\n"]
    {
        let said = stays(before);
        assert!(said.contains("this file is not as Dependabot wants it"), "{said}");
    }
}

#[test]
fn a_silenced_file_stays() {
    stays("version: 2\n# spec8-fix: ignore[dependabot]\nupdates:\n");
    stays("# spec8-fix: ignore[dependabot]\n");
}

#[test]
fn nothing_where_renovate_does_it() {
    for path in ["renovate.json", "renovate.json5", ".github/renovate.json5", ".renovaterc"] {
        nothing(&[(WORKFLOW, USES), (path, "{}")]);
    }
    nothing(&[(WORKFLOW, USES), ("package.json", r#"{"renovate": {"extends": []}}"#)]);
    let repository =
        Repository::new([(WORKFLOW, USES), ("package.json", r#"{"name": "renovate"}"#)]);
    assert_eq!(repository.run("--select dependabot").code, Some(1));
}

#[test]
fn nothing_where_no_action_is_used() {
    nothing(&[]);
    nothing(&[(WORKFLOW, "on: push\njobs:\n  test:\n    steps:\n      - run: make\n")]);
    nothing(&[(WORKFLOW, "on: push\njobs:\n  test:\n    steps:\n      - uses: ./here\n")]);
    nothing(&[(WORKFLOW, "on: push\n"), (CONFIGURATION, "version: 2\nupdates:\n")]);
}

#[test]
fn composite_actions_elsewhere_are_listed() {
    let directories = |files: &[(&str, &str)]| {
        let repository = Repository::new(files.iter().copied());
        let (after, _) = crate::written(&repository, CONFIGURATION, RULE, "");
        let behind = after.split_once("    director").map(|(_, behind)| behind.to_owned());
        let end = behind.as_deref().and_then(|behind| behind.split_once("    schedule"));
        end.map(|(directories, _)| directories.to_owned()).unwrap_or_default()
    };
    let local = |path| (path, COMPOSITE);
    assert_eq!(directories(&[(WORKFLOW, USES), local("action.yml")]), "y: /\n");
    let two = [local(".github/actions/a/action.yml"), local(".github/actions/b/action.yaml")];
    assert_eq!(directories(&two), "ies:\n      - /\n      - /.github/actions/*\n");
    let deeper = [
        (WORKFLOW, USES),
        local(".github/actions/a/b/action.yml"),
        local(".github/setup/action.yml"),
    ];
    assert_eq!(
        directories(&deeper),
        "ies:\n      - /\n      - /.github/actions/a/b\n      - /.github/setup\n"
    );
    let program = (".github/actions/a/action.yml", "runs:\n  using: node24\n  main: a.js\n");
    assert_eq!(directories(&[(WORKFLOW, USES), program]), "y: /\n");
}

#[test]
fn an_entry_that_misses_composite_actions_is_told() {
    let said = |entry: &str| {
        let repository = Repository::new([
            (WORKFLOW, USES),
            (".github/actions/a/action.yml", COMPOSITE),
            (CONFIGURATION, &format!("version: 2\nupdates:\n{entry}")),
        ]);
        assert!(!repository.run("").stderr.contains("dependabot\n"));
        repository.run("--select dependabot -v").stderr
    };
    let missed = said("  - package-ecosystem: github-actions\n    directory: /\n");
    assert!(
        missed.contains(
            ".github/dependabot.yml:3:24: Dependabot does not look into `.github/actions/a`\n"
        ),
        "{missed}"
    );
    for directories in ["[/, /.github/actions/*]", "[/, \"**/*\"]"] {
        let entry =
            format!("  - package-ecosystem: github-actions\n    directories: {directories}\n");
        assert_eq!(said(&entry), "3 files, nothing to change\n");
    }
    let own = "  - {package-ecosystem: github-actions, directory: /}\n  - {package-ecosystem: github-actions, directory: /.github/actions/a}\n";
    assert_eq!(said(own), "3 files, nothing to change\n");
}

#[test]
fn the_file_belongs_to_a_run_over_the_whole_repository() {
    let repository = || {
        let repository = Repository::new([(WORKFLOW, USES)]);
        repository.write("src/x", "");
        repository
    };
    let proposed = |arguments: &str| {
        let run = repository().run(&format!("--select dependabot {arguments}"));
        run.stdout.contains("/dependabot.yml")
    };
    assert!(proposed("") && proposed(".") && proposed(".github"));
    assert!(!proposed(".github/workflows") && !proposed(WORKFLOW));
}

#[test]
fn the_file_may_have_the_longer_ending() {
    let longer = ".github/dependabot.yaml";
    let repository = Repository::new([(WORKFLOW, USES), (longer, "version: 2\nupdates:\n")]);
    let (after, _) = crate::written(&repository, longer, RULE, "");
    assert_eq!(after, NEW);
    assert_eq!(repository.files().len(), 2);
}

#[test]
fn a_file_that_cannot_be_read_stops_no_other_rule() {
    let repository =
        Repository::new([(WORKFLOW, USES), (CONFIGURATION, "version: 2\nversion: 2\n")]);
    assert_eq!(repository.run("--select dependabot").code, Some(2));
    assert_eq!(repository.run("--select pin-actions").code, Some(1));
}
