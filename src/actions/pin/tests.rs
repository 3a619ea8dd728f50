mod real;

use super::*;
use crate::actions::Uses;
use crate::actions::table::{action, index_refs};

/// One line: `safe aa v4.4.0`, `unsafe aa main`, with the input behind it, or `leave: why`.
fn told(decision: &Decision) -> String {
    match decision {
        Decision::Pin(pin) => {
            let certainty =
                if matches!(pin.certainty, Certainty::Safe) { "safe" } else { "unsafe" };
            let input = pin.input.as_ref().map(|input| format!(" {}: {}", input.name, input.value));
            let commit = pin.commit.to_string();
            format!(
                "{certainty} {} {}{}",
                commit.trim_end_matches('0'),
                pin.comment,
                input.unwrap_or_default()
            )
        }
        Decision::Leave(leave) => {
            let kind = format!("{leave:?}");
            let end = kind.find(|c: char| !c.is_alphanumeric()).unwrap_or(kind.len());
            format!("leave {}", &kind[..end])
        }
    }
}

/// Decides `own/er@…` in the repository `some/body` for each row: ref, and what is told.
fn check(refs: &Refs, rows: &[(&str, &str)]) {
    check_in("some/body", refs, rows);
}

fn check_in(here: &str, refs: &Refs, rows: &[(&str, &str)]) {
    for (git_ref, expected) in rows {
        let uses = format!("own/er@{git_ref}");
        let decision = decide(&action(&uses), refs, RepositoryName::parse(here));
        assert_eq!(told(&decision), *expected, "{git_ref}");
    }
}

/// Listed to the end: the newest commit is as young as the index.
fn usual() -> Refs {
    index_refs(
        &index::MADE.to_string(),
        "tag    v4          a4 2026-03-01
         tag    v4.4.0      a4 2026-03-01
         tag    v4.3.0      a3 2025-01-01
         tag    v3          b3 2024-01-01
         tag    v3.2        b3 2024-01-01
         tag    v3.3.0      b4 2024-02-01
         tag    v2          c1 2023-01-01
         tag    v5.0.0-rc.1 d1 2026-04-01
         tag    v5-beta     d2 2026-04-02
         tag    latest      a4 2026-03-01
         tag    rc          d3 2026-05-01
         tag    part-v1.2.0 d4 2022-05-01
         branch main        e1 2026-06-01
         branch stable      a4 2026-03-01
         branch next        a4 2026-03-01
         branch release     e2 2026-03-01
         branch release/v4  a4 2026-03-01
         branch releases/3.x e3 2024-03-01
         branch release/v9  e4 2024-03-01",
    )
}

#[test]
fn full_version_tags() {
    check(
        &usual(),
        &[
            ("v4.4.0", "safe a4 v4.4.0"),
            ("v4.3.0", "safe a3 v4.3.0"),
            ("v5.0.0-rc.1", "safe d1 v5.0.0-rc.1"),
        ],
    );
    let long_ago = index_refs("2019-01-01", "tag v1.0.0 aa 2019-01-01");
    check(&long_ago, &[("v1.0.0", "safe aa v1.0.0"), ("refs/tags/v1.0.0", "safe aa v1.0.0")]);
}

#[test]
fn floating_tags() {
    check(
        &usual(),
        &[
            ("v4", "safe a4 v4.4.0"),
            // Where the owner left it, although v3.3.0 was listed beside it.
            ("v3", "safe b3 v3.2"),
            ("v2", "safe c1 v2"),
            ("refs/tags/v4", "safe a4 v4.4.0"),
            ("refs/heads/v4", "leave UnknownRef"),
        ],
    );
}

#[test]
fn fewer_components_are_full_where_the_owner_has_no_more() {
    let old = |table| index_refs("2019-01-01", table);
    check(&old("tag v1.5 aa 2019-01-01"), &[("v1.5", "safe aa v1.5")]);
    check(&old("tag v1.5 aa 2019-01-01\n tag v1.4.2 ab 2018-01-01"), &[("v1.5", "unsafe aa v1.5")]);
    check(
        &old("tag v20201129 aa 2019-01-01\n tag v15 ab 2019-01-01"),
        &[("v20201129", "safe aa v20201129"), ("v15", "unsafe ab v15")],
    );
}

#[test]
fn moving_refs_of_an_old_listing() {
    let threshold = index::MADE.a_year_before().to_string();
    let table = "tag    v1         aa 2019-01-01
                 tag    v1.2.0     aa 2019-01-01
                 tag    latest     aa 2019-01-01
                 branch release/v1 aa 2019-01-01";
    let expected = [
        ("v1", "unsafe aa v1.2.0"),
        ("latest", "unsafe aa v1.2.0"),
        ("release/v1", "unsafe aa v1.2.0"),
    ];
    check(&index_refs("2019-01-01", table), &expected);
    check(&index_refs(&threshold, table), &expected);
    check(&index_refs("none", table), &expected);
    let asked = Refs { source: Source::Repository, ..index_refs("2019-01-01", table) };
    check(
        &asked,
        &[("v1", "safe aa v1.2.0"), ("latest", "safe aa v1.2.0"), ("v1.2", "leave UnknownRef")],
    );
}

#[test]
fn releases_seen_after_the_listing() {
    let refs = index_refs(
        "2024-03-08",
        "tag    v1         a1 2024-03-08
         tag    v1.8.14    a1 2024-03-08
         tag    v1.14.2    a2 seen
         tag    v1.15.0b1  a3 seen
         tag    v0         b1 2020-01-01
         tag    v0.2.0     b2 2021-01-01
         tag    v0.3.0     b3 seen
         tag    latest     a1 2024-03-08
         branch release/v1 a1 2024-03-08
         branch release/v1.8 a1 2024-03-08",
    );
    check(
        &refs,
        &[
            ("v1", "safe a2 v1.14.2"),
            ("release/v1", "safe a2 v1.14.2"),
            ("release/v1.8", "safe a1 v1.8.14"),
            ("v1.8.14", "safe a1 v1.8.14"),
            ("v1.14.2", "safe a2 v1.14.2"),
            ("latest", "unsafe a1 v1.8.14"),
            // It had not moved to v0.2.0 either.
            ("v0", "safe b1 v0"),
        ],
    );
}

#[test]
fn floating_tags_younger_than_the_index() {
    let refs = index_refs(
        "2026-01-01",
        "tag v8.0.0      a8 2026-01-01
         tag v9.0.0      a9 seen
         tag v9.1.0-rc.1 b9 seen",
    );
    check(
        &refs,
        &[
            ("v9", "safe a9 v9.0.0"),
            ("v9.0", "safe a9 v9.0.0"),
            ("9", "leave UnknownRef"),
            ("v10", "leave UnknownRef"),
            ("v8.0.1", "leave UnknownRef"),
            ("v9-beta", "leave UnknownRef"),
        ],
    );
    let Decision::Pin(pin) = decide(&action("own/er@v9"), &refs, None) else { panic!() };
    assert_eq!(
        pin.note.as_deref(),
        Some("the built-in index does not know `v9`, but its newest release")
    );
}

#[test]
fn other_tags() {
    check(
        &usual(),
        &[
            ("latest", "safe a4 v4.4.0"),
            ("rc", "unsafe d3 rc"),
            ("v5-beta", "unsafe d2 v5-beta"),
            ("part-v1.2.0", "safe d4 part-v1.2.0"),
        ],
    );
}

#[test]
fn branches_that_track_releases() {
    check(
        &usual(),
        &[
            ("release/v4", "safe a4 v4.4.0"),
            ("stable", "safe a4 v4.4.0"),
            // Its head is no release, so the newest of the series, which may lack something.
            ("releases/3.x", "unsafe b4 v3.3.0"),
            // There is none in its series.
            ("release/v9", "unsafe e4 release/v9"),
        ],
    );
    let branch = "branch v1 aa 2026-01-01\n tag v1.2.0 aa 2026-01-01";
    check(&index_refs("2026-01-01", branch), &[("v1", "safe aa v1.2.0")]);
}

#[test]
fn other_branches() {
    check(
        &usual(),
        &[
            ("main", "unsafe e1 main"),
            ("refs/heads/main", "unsafe e1 main"),
            ("next", "unsafe a4 v4.4.0"),
            ("release", "unsafe e2 release"),
        ],
    );
}

#[test]
fn branches_of_the_same_owner() {
    check_in(
        "OWN/other",
        &usual(),
        &[
            ("main", "leave OwnBranch"),
            ("stable", "leave OwnBranch"),
            ("releases/3.x", "leave OwnBranch"),
            ("release/v4", "safe a4 v4.4.0"),
            ("v4", "safe a4 v4.4.0"),
        ],
    );
}

#[test]
fn this_repository() {
    check_in("Own/Er", &usual(), &[("v4", "leave OwnRepository"), ("main", "leave OwnRepository")]);
}

#[test]
fn tag_and_branch_of_one_name() {
    let refs = index_refs(
        "2026-01-01",
        "tag    v1     aa 2026-01-01
         branch v1     bb 2026-01-01
         tag    v2.0.0 cc 2026-01-01
         tag    v2     cc 2026-01-01
         branch v2     cc 2026-01-01",
    );
    check(
        &refs,
        &[
            ("v1", "leave TagAndBranch"),
            ("refs/tags/v1", "safe aa v1"),
            ("refs/heads/v1", "unsafe bb v1"),
            ("v2", "safe cc v2.0.0"),
        ],
    );
}

#[test]
fn commits() {
    let refs = index_refs(
        "2019-01-01",
        "tag    v1.0.0  abcdef01 2019-01-01
         branch main    abcdef01 2019-01-01
         branch next    abcdef02 2019-01-01
         tag    ab00cd1 ffffffff 2019-01-01",
    );
    check(
        &refs,
        &[
            ("abcdef01", "safe abcdef01 v1.0.0"),
            ("ABCDEF01", "safe abcdef01 v1.0.0"),
            ("abcdef02", "safe abcdef02 next"),
            ("abcdef0", "leave ShortSha"),
            ("abcdef03", "leave ShortSha"),
            // Seven hexadecimal digits, but a tag.
            ("ab00cd1", "unsafe ffffffff ab00cd1"),
            ("11d5960a326750d5838078e36cf38b85af677262", "leave Pinned"),
            ("${{ matrix.ref }}", "leave Expression"),
        ],
    );
}

#[test]
fn the_comment_is_the_most_exact_version() {
    let refs = index_refs(
        "2026-01-01",
        "tag v1          aa 2026-01-01
         tag v1.2        aa 2026-01-01
         tag v1.2.0-rc.1 aa 2026-01-01
         tag v1.2.0      aa 2026-01-01
         tag 1.2.0       aa 2026-01-01
         tag v2.0.0      aa 2026-01-01
         tag v3.0.0-beta   bb 2026-01-01
         tag v3.0.0-beta.3 bb 2026-01-01",
    );
    check(
        &refs,
        &[
            ("v1", "safe aa v1.2.0"),
            ("v1.2", "safe aa v1.2.0"),
            ("1.2.0", "safe aa 1.2.0"),
            ("v2.0.0", "safe aa v2.0.0"),
            ("v1.2.0-rc.1", "safe aa v2.0.0"),
            ("v3.0.0-beta", "safe bb v3.0.0-beta.3"),
        ],
    );
}
