//! The review, on a real pseudo-terminal: what is asked, what is shown, and what becomes of the files.
#![cfg(unix)]
#![allow(clippy::panic, clippy::unwrap_used)] // a helper that fails is a test that fails

#[path = "../support/cli.rs"]
mod cli;
mod terminal;

use cli::{RENOVATE, Repository, WORKFLOW};
use terminal::Terminal;

const OTHER: &str = ".github/workflows/other.yml";

/// A workflow with a safe fix for its permissions, two safe pins and one that is not safe.
const BEFORE: &str = "\
on: push

permissions: write-all

jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4.2.2
      - uses: actions/create-release@main
      - uses: actions/cache@v4.2.0
";

/// One with a safe pin.
const SMALL: &str = "\
on: push
permissions: {}
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4.2.2
";

const PERMISSIONS: (&str, &str) = ("permissions: write-all\n", "permissions:\n  contents: read\n");
const CHECKOUT: (&str, &str) = (
    "actions/checkout@v4.2.2",
    "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2",
);
const RELEASE: (&str, &str) = (
    "actions/create-release@main",
    "actions/create-release@4c11c9fe1dcd9636620a16455165783b20fc7ea0 # main",
);
const CACHE: (&str, &str) =
    ("actions/cache@v4.2.0", "actions/cache@1bd1e32a3bdc45362d1e726936510720a7c30a57 # v4.2.0");

fn repository() -> Repository {
    Repository::new([(OTHER, SMALL), (WORKFLOW, BEFORE), RENOVATE])
}

/// A text with these changes.
fn with(text: &str, fixes: &[(&str, &str)]) -> String {
    fixes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

/// The questions come in this order: the pin of the other file; then the permissions, the checkout, the
/// release, which is not safe, and the cache. These keys answer them, and lead to these fixes.
#[track_caller]
fn leads_to(keys: &str, of_other: &[(&str, &str)], fixes: &[(&str, &str)], code: i32) {
    let repository = repository();
    let end = Terminal::plain(&repository, "").choose(keys);
    assert_eq!(repository.read(OTHER), with(SMALL, of_other), "{}", end.seen);
    assert_eq!(repository.workflow(), with(BEFORE, fixes), "{}", end.seen);
    assert_eq!(end.code, Some(code), "{}", end.seen);
}

mod answers {
    use super::*;

    #[test]
    fn yes_and_no() {
        leads_to("ynyny", &[CHECKOUT], &[CHECKOUT, CACHE], 1);
        leads_to("nynyn", &[], &[PERMISSIONS, RELEASE], 1);
        leads_to("YYYYY", &[CHECKOUT], &[PERMISSIONS, CHECKOUT, RELEASE, CACHE], 0);
    }

    #[test]
    fn enter_takes_what_is_safe_and_nothing_else() {
        leads_to("\r\r\r\r\r", &[CHECKOUT], &[PERMISSIONS, CHECKOUT, CACHE], 0);
        let repository = repository();
        let mut terminal = Terminal::plain(&repository, "");
        let defaults = [(); 5].map(|()| {
            let question = terminal.question();
            terminal.press("\r");
            question.rsplit_once('[').unwrap().1.to_owned()
        });
        assert_eq!(defaults, ["yes]: ", "yes]: ", "yes]: ", "no]: ", "yes]: "]);
    }

    #[test]
    fn all_of_a_rule_but_none_that_is_unsafe() {
        // The pins of both files at once; the unsafe one is asked about.
        leads_to("ann", &[CHECKOUT], &[CHECKOUT, CACHE], 1);
        leads_to("any", &[CHECKOUT], &[CHECKOUT, CACHE, RELEASE], 1);
        // Who has seen an unsafe one takes them all.
        leads_to("nnna", &[], &[RELEASE, CACHE], 1);
    }

    #[test]
    fn none_of_a_rule_safe_or_not() {
        leads_to("oy", &[], &[PERMISSIONS], 1);
        leads_to("yno", &[CHECKOUT], &[], 1);
    }

    #[test]
    fn all_of_a_file() {
        leads_to("nfn", &[], &[PERMISSIONS, CHECKOUT, CACHE], 1);
        leads_to("fnnnn", &[CHECKOUT], &[], 1);
    }

    #[test]
    fn what_is_no_answer_is_asked_again() {
        leads_to("x?yzn1n\tn n", &[CHECKOUT], &[], 1);
    }

    #[test]
    fn explain_shows_the_rule_and_asks_again() {
        let repository = repository();
        let mut terminal = Terminal::plain(&repository, "");
        let first = terminal.question();
        terminal.press("e");
        let again = terminal.question();
        for part in ["# pin-actions\n", "## Why\n", "## To silence it\n"] {
            assert!(!first.contains(part) && again.contains(part), "{again}");
        }
        assert!(again.ends_with(first.trim_start_matches("stty: ")), "{again}");
        terminal.press("n");
        assert!(terminal.question().contains("[2/5]"));
    }

    /// A fix that makes another one needless is asked about first, and only where it is declined is the
    /// other one.
    #[test]
    fn what_another_fix_makes_needless_is_not_asked() {
        let pinned = SMALL.replace(
            "actions/checkout@v4.2.2",
            "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.1",
        );
        let arguments = "--upgrade --min-age 0";
        let repository = Repository::of_workflow(&pinned);
        let preview = repository.run(arguments);
        assert!(preview.stdout.contains("# v4.4.0\n"), "{}", preview.transcript());

        let end = Terminal::plain(&repository, arguments).choose("y");
        assert!(repository.workflow().contains(" # v4.4.0\n"), "{}", end.seen);

        let repository = Repository::of_workflow(&pinned);
        let mut terminal = Terminal::plain(&repository, arguments);
        assert!(terminal.question().contains("pin-actions (SPEC 8"));
        terminal.press("n");
        assert!(terminal.question().contains("verify-pins (SPEC 8"));
        terminal.press("y");
        terminal.last_question();
        terminal.press("y");
        let end = terminal.end();
        assert_eq!(repository.workflow(), pinned.replace("v4.2.1", "v4.2.2"), "{}", end.seen);
        assert_eq!(end.code, Some(1));
    }
}

mod leaving {
    use super::*;

    /// In the middle of a review, these keys leave every file as it was.
    #[track_caller]
    fn writes_nothing(before: &str, keys: &str, code: i32) {
        let repository = repository();
        repository.write("fix.patch", "earlier");
        let files = repository.files();
        let mut terminal = Terminal::plain(&repository, "--diff-file fix.patch");
        terminal.answer(before);
        terminal.question();
        terminal.press(keys);
        let end = terminal.end();
        assert_eq!(end.last, "quit\nNothing was written.\n");
        assert_eq!(end.code, Some(code));
        assert_eq!(repository.files(), files);
    }

    #[test]
    fn quit() {
        writes_nothing("", "q", 1);
        writes_nothing("yyyy", "q", 1);
    }

    #[test]
    fn ctrl_c() {
        writes_nothing("", "\u{3}", 130);
        writes_nothing("af", "\u{3}", 130);
    }

    #[test]
    fn ctrl_d_which_is_the_end_of_input() {
        writes_nothing("", "\u{4}", 1);
        writes_nothing("yy", "\u{4}", 1);
    }

    #[test]
    fn the_program_is_ended_from_outside() {
        let repository = repository();
        let files = repository.files();
        let mut terminal = Terminal::plain(&repository, "");
        terminal.answer("yyyy");
        terminal.question();
        drop(terminal); // which sends SIGTERM
        assert_eq!(repository.files(), files);
    }

    #[test]
    fn at_the_last_question() {
        for (keys, said, code) in
            [("n", "no", 1), ("q", "quit", 1), ("\u{3}", "quit", 130), ("\u{4}", "quit", 1)]
        {
            let repository = repository();
            let files = repository.files();
            let mut terminal = Terminal::plain(&repository, "");
            terminal.answer("yyyny");
            let question = terminal.last_question();
            assert!(question.ends_with("\nWrite 4 fixes to 2 files? [yes]: "), "{question}");
            assert_eq!(repository.files(), files, "written before the end");
            terminal.press(keys);
            let end = terminal.end();
            assert_eq!(end.last, format!("{said}\nNothing was written.\n"));
            assert_eq!(end.code, Some(code));
            assert_eq!(repository.files(), files);
        }
    }

    #[test]
    fn with_no_to_everything() {
        let repository = repository();
        let files = repository.files();
        let mut terminal = Terminal::plain(&repository, "");
        terminal.answer("on");
        let end = terminal.end();
        assert!(end.last.contains("  not chosen 4\n"), "{}", end.seen);
        assert!(end.last.ends_with("2 files, nothing changed\n"), "{}", end.seen);
        assert_eq!(end.code, Some(1));
        assert_eq!(repository.files(), files);
    }
}

mod terminals {
    use super::*;

    #[test]
    fn none_is_refused() {
        let repository = repository();
        let files = repository.files();
        for arguments in ["--interactive", "--interactive --write", "--interactive --quiet"] {
            let run = repository.run(arguments);
            assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
            assert!(
                run.stderr
                    .starts_with("error: --interactive asks on a terminal, and there is none: ")
            );
            assert_eq!(run.stderr.lines().count(), 1);
        }
        assert_eq!(repository.run("--interactive --dry-run").code, Some(2));
        assert_eq!(repository.files(), files);
    }

    /// What a review with these arguments and variables shows.
    fn seen(arguments: &str, columns: usize, variables: &[(&str, &str)]) -> String {
        let repository = repository();
        let mut terminal = Terminal::open(repository.root(), arguments, columns, variables);
        for key in ["e", "y", "n"] {
            terminal.until("Make this fix?");
            terminal.press(key);
        }
        terminal.until("Make this fix?");
        terminal.press("\u{3}");
        let end = terminal.end();
        assert_eq!(end.code, Some(130), "{}", end.seen);
        end.seen
    }

    #[test]
    fn colours_are_as_they_are_wanted() {
        let coloured = |seen: &str| {
            // dialoguer's question, and the lines of a diff
            (seen.contains("\u{1b}[1mMake this fix?"), seen.contains("\u{1b}[32m+"))
        };
        assert_eq!(coloured(&seen("", 80, &[])), (true, true));
        assert_eq!(coloured(&seen("--color always", 80, &[("NO_COLOR", "1")])), (true, true));
        for (arguments, variables) in
            [("--color never", &[][..]), ("", &[("NO_COLOR", "1")]), ("", &[("TERM", "dumb")])]
        {
            let seen = seen(arguments, 80, variables);
            assert!(!seen.contains('\u{1b}'), "{arguments} {variables:?}: {seen}");
        }
    }

    #[test]
    fn the_cursor_stays() {
        assert!(!seen("", 80, &[]).contains("\u{1b}[?25l"));
    }

    #[test]
    fn texts_are_broken_to_the_width() {
        for columns in [60, 80, 100, 120] {
            let seen = seen("--color never", columns, &[]);
            let wide: Vec<_> = seen
                .lines()
                .filter(|line| line.chars().count() > columns.min(100))
                // The file's own lines are as they are, and so is code in an explanation.
                .filter(|line| !line.starts_with(['+', '-', ' ']))
                .collect();
            assert_eq!(wide, [""; 0], "{columns}");
            let longest = seen.lines().map(|line| line.chars().count()).max();
            assert!(longest > Some(columns.min(100) - 15), "{columns}: {seen}");
        }
    }
}

/// A job is granted what the fixes bring into it that are chosen, and not what the others would bring.
#[test]
fn permissions_follow_what_is_chosen() {
    let before = "\
on: release
permissions: {}
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions: write-all
    steps:
      - uses: actions/checkout@v4.2.2
      - uses: pypa/gh-action-pypi-publish@release/v1
        with:
          password: ${{ secrets.P }}
";
    let token = ("        with:\n          password: ${{ secrets.P }}\n", "");
    let read = (" write-all\n", "\n      contents: read\n");
    let both = (" write-all\n", "\n      contents: read\n      id-token: write\n");
    // The permissions come first, then the token.
    for (keys, changes) in [("yn", &[read][..]), ("ny", &[token]), ("yy", &[both, token])] {
        for unsafe_or_not in ["", "--unsafe"] {
            let repository = Repository::new([(WORKFLOW, before), RENOVATE]);
            let rules = "--select job-permissions,trusted-publishing";
            let end =
                Terminal::plain(&repository, &format!("{unsafe_or_not} {rules}")).choose(keys);
            assert_eq!(repository.workflow(), with(before, changes), "{keys}: {}", end.seen);
        }
    }
}

#[test]
fn a_whole_review() {
    cli::snapshots().bind(|| {
        let repository = Repository::new([(WORKFLOW, BEFORE), RENOVATE]);
        repository.git(&["init", "-q"]);
        repository.git(&["add", "."]);
        let end = Terminal::plain(&repository, "").choose("yy\ro");
        insta::assert_snapshot!("review", end.seen);
    });
}

#[test]
fn nothing_to_ask() {
    let repository = Repository::of_workflow("on: push\npermissions: {}\njobs: {}\n");
    let end = Terminal::plain(&repository, "").end();
    assert_eq!((end.seen.as_str(), end.code), ("1 file, nothing to change\n", Some(0)));
}

#[test]
fn a_file_that_changes_meanwhile_stays_as_it_is() {
    let repository = repository();
    let mut terminal = Terminal::plain(&repository, "");
    terminal.answer("yyyyy");
    terminal.last_question();
    let edited = format!("{BEFORE}# mine\n");
    repository.write(WORKFLOW, &edited);
    terminal.press("y");
    let end = terminal.end();
    assert!(end.last.contains("it changed while this ran: run again\n"), "{}", end.last);
    assert_eq!(end.code, Some(2));
    assert_eq!(repository.workflow(), edited);
    assert_eq!(repository.read(OTHER), with(SMALL, &[CHECKOUT]));
}

#[test]
fn the_diff_file_holds_what_was_chosen() {
    let repository = repository();
    Terminal::plain(&repository, "--diff-file fix.patch").choose("ynnnn");
    let patch = repository.read("fix.patch");
    assert_eq!(patch.matches("\n+").count(), 2, "{patch}"); // one line, and the name of the file
    let (applied, said) = repository.git(&["apply", "-R", "fix.patch"]);
    assert!(applied, "{said}");
    assert_eq!(repository.read(OTHER), SMALL);
}

#[test]
fn a_file_that_a_fix_makes_is_shown_and_made() {
    let before = "on: push\npermissions: {}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: ./here\n      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2\n";
    let repository = Repository::new([(WORKFLOW, before)]);
    let end = Terminal::plain(&repository, "").choose("y");
    assert!(end.seen.contains("+  - package-ecosystem: github-actions"), "{}", end.seen);
    assert!(end.seen.contains("To undo: rm .github/dependabot.yml"), "{}", end.seen);
    assert!(repository.read(".github/dependabot.yml").starts_with("version: 2\n"));
}
