use std::collections::BTreeMap;

use super::*;
use crate::actions::{Release, Source};

const TODAY: &str = "2026-11-24";

/// Tags, one a line: name, first byte of the commit, day of the commit or `-`, since when it is out:
/// `published:DAY`, `pre:DAY` for what GitHub calls a pre-release, `seen:DAY`, or `-`.
fn refs(table: &str) -> Refs {
    let mut releases = BTreeMap::new();
    let mut tag = |line: &str| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let [name, commit, date, out] = fields[..] else { panic!("{line}") };
        if let Some((who, day)) = out.split_once(':') {
            let told_by = if who == "seen" { Teller::Cache } else { Teller::GitHub };
            let since = day.parse().unwrap();
            let release = Release { since, told_by, is_prerelease: who == "pre" };
            releases.insert(name.to_owned(), release);
        }
        Ref {
            name: name.to_owned().into(),
            kind: RefKind::Tag,
            commit: commit_of(commit),
            date: date.parse().ok(),
            listed: true,
        }
    };
    let refs: Vec<_> = table.lines().filter(|line| !line.trim().is_empty()).map(&mut tag).collect();
    Refs { releases, ..Refs::new("own/er".into(), refs.into(), Source::Repository) }
}

fn commit_of(first: &str) -> Commit {
    format!("{first}{}", "0".repeat(40 - first.len())).parse().unwrap()
}

fn upgrade(range: Range) -> Upgrade {
    Upgrade { range, min_age: 7, today: TODAY.parse().unwrap() }
}

/// `v4.4.0`, `v5.0.0! or v4.4.0, not v5.1.0`: the bold one, with `!` where it is unsafe, the safe
/// one, the one held back.
fn told(newer: &Newer<'_>) -> String {
    let mut told = newer.bold.as_ref().map_or("nothing".to_owned(), |target| {
        format!("{}{}", target.tag.name, if target.risk.is_some() { "!" } else { "" })
    });
    if let Some(safe) = &newer.safe {
        assert!(safe.risk.is_none());
        told += &format!(" or {}", safe.tag.name);
    }
    if let Some(held_back) = newer.held_back {
        told += &format!(", not {}", held_back.tag.name);
    }
    told
}

/// What the commit moves to in each range.
#[track_caller]
fn check(refs: &Refs, commit: &str, claimed: Option<&str>, expected: [&str; 3]) {
    let in_use = in_use(refs, commit_of(commit), claimed).unwrap().unwrap();
    let found = [Range::Patch, Range::Minor, Range::Major]
        .map(|range| told(&upgrade(range).newer(refs, &in_use)));
    assert_eq!(found, expected, "{commit}");
}

/// Everything published long ago.
fn usual() -> Refs {
    refs(
        "v3         b3 2024-01-01 -
          v3.2.0     b3 2024-01-01 published:2024-01-01
          v4         a4 2026-03-01 -
          v4.0.0     a0 2025-01-01 published:2025-01-01
          v4.0.3     a1 2025-02-01 published:2025-02-01
          v4.1.0     a2 2025-03-01 published:2025-03-01
          v4.4.0     a4 2026-03-01 published:2026-03-01
          v5.0.0     c0 2026-04-01 published:2026-04-01
          v5.1.0-rc.1 c1 2026-04-02 published:2026-04-02
          v20201129  d1 2020-11-29 published:2020-11-29",
    )
}

#[test]
fn stays_in_the_range() {
    check(&usual(), "a0", None, ["v4.0.3", "v4.4.0", "v5.0.0! or v4.4.0"]);
    check(&usual(), "a2", None, ["nothing", "v4.4.0", "v5.0.0! or v4.4.0"]);
    check(&usual(), "a4", None, ["nothing", "nothing", "v5.0.0!"]);
    check(&usual(), "b3", None, ["nothing", "nothing", "v5.0.0!"]);
    check(&usual(), "c0", None, ["nothing"; 3]);
    // A day is no major version.
    check(&usual(), "d1", None, ["nothing"; 3]);
}

#[test]
fn the_first_numbers_tell_what_may_break() {
    let refs = refs(
        "v0.3.0     a3 - published:2026-01-01
         v0.3.1     a4 - published:2026-01-01
         v0.4.0     a5 - published:2026-01-01
         2026.1.0   b1 - published:2026-01-01
         2026.2.0   b2 - published:2026-01-01",
    );
    check(&refs, "a3", None, ["v0.3.1", "v0.4.0! or v0.3.1", "v0.4.0! or v0.3.1"]);
    check(&refs, "b1", None, ["nothing", "2026.2.0!", "2026.2.0!"]);
}

#[test]
fn pre_releases_only_where_one_is_in_use() {
    let refs = refs(
        "v5.0.0-rc.1 c1 - published:2026-01-01
         v5.0.0-rc.2 c2 - published:2026-01-01
         v5.1.0-rc.1 c3 - published:2026-01-01
         v4.0.0      a0 - published:2026-01-01
         v4.1.0      a1 - pre:2026-01-01",
    );
    check(&refs, "a0", None, ["nothing"; 3]);
    check(&refs, "c1", None, ["v5.0.0-rc.2!"; 3]);
    check(&refs, "c2", None, ["nothing"; 3]);
}

#[test]
fn a_release_has_to_be_out_for_long_enough() {
    let newest = |row: &str| refs(&format!("v4.0.0 a0 - -\n v4.1.0 a1 - seen:2026-01-01\n {row}"));
    for (row, expected) in [
        ("v4.2.0 a2 - published:2026-11-17", "v4.2.0"),
        ("v4.2.0 a2 - published:2026-11-18", "v4.1.0, not v4.2.0"),
        ("v4.2.0 a2 - seen:2026-11-17", "v4.2.0"),
        // Of no age that anybody knows.
        ("v4.2.0 a2 - seen:2026-11-18", "v4.1.0, not v4.2.0"),
        ("v4.2.0 a2 - -", "v4.1.0, not v4.2.0"),
        // Published long ago, but with a commit of yesterday: its tag was moved.
        ("v4.2.0 a2 2026-11-23 published:2026-01-01", "v4.1.0, not v4.2.0"),
        // A commit's date makes nothing older.
        ("v4.2.0 a2 2020-01-01 published:2026-11-23", "v4.1.0, not v4.2.0"),
        ("v4.2.0 a2 2020-01-01 seen:2026-11-23", "v4.2.0! or v4.1.0"),
        ("v4.2.0 a2 2020-01-01 -", "v4.2.0! or v4.1.0"),
    ] {
        let refs = newest(row);
        let in_use = in_use(&refs, commit_of("a0"), None).unwrap().unwrap();
        assert_eq!(told(&upgrade(Range::Minor).newer(&refs, &in_use)), expected, "{row}");
        let at_once = Upgrade { min_age: 0, ..upgrade(Range::Minor) };
        assert_eq!(told(&at_once.newer(&refs, &in_use)), "v4.2.0", "{row}");
    }
}

#[test]
fn a_moved_tag_is_never_followed() {
    let mut refs = usual();
    refs.moved = vec![crate::actions::MovedTag {
        tag: "v4.4.0".to_owned(),
        was: commit_of("ff"),
        is: commit_of("a4"),
        witness: crate::actions::Witness::Cache,
    }];
    check(&refs, "a0", None, ["v4.0.3", "v4.1.0, not v4.4.0", "v5.0.0! or v4.1.0"]);
}

#[test]
fn the_version_in_use_is_that_of_the_commit_and_else_that_of_the_comment() {
    let refs = usual();
    let of = |commit, claimed| {
        in_use(&refs, commit_of(commit), claimed)
            .map(|found| found.map(|found| (found.name.to_owned(), found.is_tagged)))
    };
    let is = |name: &str, is_tagged| Ok(Some((name.to_owned(), is_tagged)));
    assert_eq!(of("a4", Some("v4")), is("v4.4.0", true));
    assert_eq!(of("a4", Some("v3.2.0")), is("v4.4.0", true));
    assert_eq!(of("ee", Some("v4")), is("v4", false));
    assert_eq!(of("ee", Some("v4.0.9")), is("v4.0.9", false));
    assert_eq!(of("ee", Some("v4.0.0")), Err(Contradicted));
    assert_eq!(of("ee", Some("main")), Ok(None));
    assert_eq!(of("ee", None), Ok(None));
    // Where nobody says which release it is, the step may be a large one.
    check(&refs, "ee", Some("v4"), ["nothing", "v4.4.0!", "v5.0.0!"]);
}

#[test]
fn a_floating_tag_without_a_release_is_ahead_of_those_of_its_series() {
    let refs = refs(
        "v4     aa - -
         v4.4.0 a4 - published:2026-01-01
         v5.0.0 a5 - published:2026-01-01",
    );
    check(&refs, "aa", None, ["nothing", "nothing", "v5.0.0!"]);
}

#[test]
fn what_is_asked_for_starts_with_the_numbers_that_stay() {
    for (in_use, expected) in [
        ("v4.1.0", ["v4.1.", "v4.", ""]),
        ("4", ["4.", "4.", ""]),
        ("V1.2", ["V1.2.", "V1.", ""]),
        ("release/v1", ["", "", ""]),
        ("main", ["", "", ""]),
    ] {
        let found = [Range::Patch, Range::Minor, Range::Major].map(|range| range.prefix(in_use));
        assert_eq!(found, expected.map(str::to_owned), "{in_use}");
    }
}
