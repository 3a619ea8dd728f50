use std::collections::BTreeMap;

use spec8_fix::actions::{Commit, Ref, RefKind, Refs, Source};

use super::ask::Answer;
use super::*;

/// The tables that the program is built from.
fn real() -> (String, String) {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data");
    let read = |file| std::fs::read_to_string(data.join(file)).unwrap();
    (read("action-refs.tsv"), read("action-repositories.tsv"))
}

#[test]
fn tables_are_written_as_they_are_read() {
    let (refs, repositories) = real();
    let tables = Tables::parse(&refs, &repositories).unwrap();
    assert!(tables.refs_text() == refs);
    assert!(tables.repositories_text() == repositories);
}

#[test]
fn tells_what_cannot_be_read() {
    let repositories = "own/er\t2026-01-01\n";
    let commit = "0".repeat(40);
    for (row, is_right) in [
        (format!("own/er\ttag\tv1\t{commit}\t\tseen\n"), true),
        (format!("Own/Er\tbranch\tv1\t{commit}\t2026-01-01\tlisting\n"), true),
        (format!("other/er\ttag\tv1\t{commit}\t\tseen\n"), false),
        (format!("own/er\tnote\tv1\t{commit}\t\tseen\n"), false),
        (format!("own/er\ttag\tv1\t{commit}\t2026\tseen\n"), false),
        (format!("own/er\ttag\tv1\t{commit}\t\theard\n"), false),
        ("own/er\ttag\tv1\t0\t\tseen\n".to_owned(), false),
        ("own/er\ttag\tv1\n".to_owned(), false),
    ] {
        let fault = Tables::parse(&format!("# a\n{row}"), repositories).err();
        assert_eq!(fault.is_none(), is_right, "{row}");
        assert!(is_right || fault.unwrap().starts_with("action-refs.tsv:2: "), "{row}");
    }
}

fn commit(byte: u8) -> Commit {
    Commit([byte; 20])
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// `tag v1` that points at a commit.
fn entry(text: &str, byte: u8) -> Ref {
    let (kind, name) = text.split_once(' ').unwrap();
    let kind = if kind == "tag" { RefKind::Tag } else { RefKind::Branch };
    Ref { name: name.to_owned().into(), kind, commit: commit(byte), date: None, listed: true }
}

fn known(refs: &[Ref]) -> Repository {
    Repository { name: "Own/er".to_owned(), listed_until: None, refs: refs.to_vec() }
}

fn answer(refs: &[Ref], dates: &[(u8, &str)]) -> Answer {
    let listing = Refs {
        default_branch: Some("trunk".into()),
        ..Refs::new("own/er".into(), refs.to_vec().into(), Source::Repository)
    };
    let dates = dates.iter().map(|&(byte, text)| (commit(byte), day(text))).collect();
    Answer { listing, spelling: None, dates }
}

fn merge_all(known: &Repository, answer: &Answer) -> Merged {
    merge::merge(known, answer, day("2026-09-01"), |tag| tag == "v9.0.0")
}

/// The rows after it: what they are called, where they point.
fn told(merged: &Merged) -> BTreeMap<String, u8> {
    let name = |row: &Ref| format!("{} {}", tables::kind(row.kind), row.name);
    merged.repository.refs.iter().map(|row| (name(row), row.commit.0[0])).collect()
}

fn changes(merged: &Merged) -> Vec<String> {
    let text = |change: &Change| match change {
        Change::New { entry } => format!("+ {entry}"),
        Change::Gone { entry } => format!("- {entry}"),
        Change::Moved { entry, was, is } => format!("~ {entry} {} {}", was.0[0], is.0[0]),
    };
    merged.changes.iter().map(text).collect()
}

#[test]
fn takes_what_is_new_and_tells_what_moved_and_what_is_gone() {
    let before = known(&[
        entry("tag v1", 1),
        entry("tag v1.0.0", 1),
        entry("branch releases/v1", 1),
        entry("branch odd", 1),
        entry("tag old", 1),
    ]);
    let now = answer(
        &[
            entry("tag v1", 2),
            entry("tag v1.0.0", 1),
            entry("tag v1.1.0", 2),
            entry("branch odd", 2),
            entry("branch trunk", 3),
            entry("branch v2", 3),
            entry("branch somebody/work", 3),
        ],
        &[(1, "2026-01-01"), (2, "2026-02-02")],
    );
    let merged = merge_all(&before, &now);
    assert_eq!(
        changes(&merged),
        [
            "~ tag v1 1 2",
            "+ tag v1.1.0",
            "~ branch odd 1 2",
            "+ branch trunk",
            "+ branch v2",
            "- branch releases/v1",
            "- tag old"
        ]
    );
    let rows: Vec<_> = told(&merged).into_iter().collect();
    let rows: Vec<_> = rows.iter().map(|(name, commit)| (name.as_str(), *commit)).collect();
    assert_eq!(
        rows,
        [
            ("branch odd", 2),
            ("branch trunk", 3),
            ("branch v2", 3),
            ("tag v1", 2),
            ("tag v1.0.0", 1),
            ("tag v1.1.0", 2)
        ]
    );
    let dates: Vec<_> = merged.repository.refs.iter().map(|row| row.date).collect();
    let [first, second] = ["2026-01-01", "2026-02-02"].map(|text| Some(day(text)));
    assert_eq!(dates, [second, None, None, second, first, second]);
    assert_eq!(merged.repository.listed_until, Some(day("2026-09-01")));
    assert_eq!((&*merged.repository.name, merged.renamed), ("Own/er", None));
    assert_eq!(merged.moved, []);
}

#[test]
fn a_full_version_tag_that_moved_stays_until_that_is_accepted() {
    let before = known(&[entry("tag v1.0.0", 1), entry("tag v9.0.0", 1)]);
    let now = answer(&[entry("tag v1.0.0", 6), entry("tag v9.0.0", 6)], &[]);
    let merged = merge_all(&before, &now);
    let moved: Vec<_> = merged.moved.iter().map(|tag| (&*tag.tag, tag.was, tag.is)).collect();
    assert_eq!(moved, [("v1.0.0", commit(1), commit(6))]);
    assert_eq!(changes(&merged), ["~ tag v9.0.0 1 6"]);
    assert_eq!(
        told(&merged).into_iter().collect::<Vec<_>>(),
        [("tag v1.0.0".to_owned(), 1), ("tag v9.0.0".to_owned(), 6)]
    );
}

#[test]
fn what_was_seen_in_use_stays_until_it_is_listed() {
    let seen = |text, byte| Ref { listed: false, ..entry(text, byte) };
    let before = known(&[seen("tag v2.0.0", 2), seen("tag v2.1.0", 3), seen("tag v2.2.0", 4)]);
    let now = answer(&[entry("tag v2.0.0", 2), entry("tag v2.2.0", 5)], &[(2, "2026-01-01")]);
    let merged = merge_all(&before, &now);
    let rows: Vec<_> =
        merged.repository.refs.iter().map(|row| (&*row.name, row.listed, row.commit)).collect();
    assert_eq!(
        rows,
        [("v2.0.0", true, commit(2)), ("v2.1.0", false, commit(3)), ("v2.2.0", false, commit(4))]
    );
    assert_eq!(merged.repository.refs[0].date, Some(day("2026-01-01")));
    assert_eq!(changes(&merged), [""; 0]);
    assert_eq!(merged.moved.len(), 1, "what others pin is not what the repository lists");
}

#[test]
fn a_repository_may_have_another_name_by_now() {
    let refs = [entry("tag v1.0.0", 1)];
    let mut now = answer(&refs, &[]);
    for (spelling, name, renamed) in [
        (Some("OWN/ER"), "OWN/ER", None),
        (Some("new/er"), "Own/er", Some("new/er")),
        (None, "Own/er", None),
    ] {
        now.spelling = spelling.map(str::to_owned);
        let merged = merge_all(&known(&refs), &now);
        assert_eq!(merged.repository.name, name);
        assert_eq!(merged.renamed.as_deref(), renamed);
    }
    now.listing.repository = "new/er".into();
    assert_eq!(merge_all(&known(&refs), &now).renamed.as_deref(), Some("new/er"));
}
