use super::*;
use crate::actions::Witness;
use crate::actions::table::{action, commit_of, index_refs};

/// One word of what is said, with the name that it ends in.
fn told(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Fine => "fine".to_owned(),
        Verdict::Unnamed(name) => format!("unnamed {name}"),
        Verdict::Misnamed(name) => format!("misnamed {name}"),
        Verdict::Imprecise(name) => format!("imprecise {name}"),
        Verdict::Elsewhere(commit) => format!("elsewhere {}", &commit.to_string()[..2]),
        Verdict::NoSuchVersion { nearest } => format!("none {}", nearest[0]),
        Verdict::Moved(moved) => format!("moved {}", moved.tag),
        Verdict::TagObject { commit, version } => {
            let version = version.as_deref().unwrap_or("?");
            format!("object {} {version}", &commit.to_string()[..2])
        }
        Verdict::Impostor { is_rewritten } => format!("impostor {is_rewritten}"),
        Verdict::Missing => "missing".to_owned(),
        Verdict::Untagged => "untagged".to_owned(),
    }
}

/// Judges `own/er@…` for each row: the commit's start, the comment's version or `-` for none, and
/// what is told.
#[track_caller]
fn check(refs: &Refs, rows: &[(&str, &str, &str)]) {
    for &(commit, said, expected) in rows {
        let label = if said == "-" { Label::None } else { Label::Version(said) };
        let verdict = judge(&action("own/er@v1"), commit_of(commit), label, refs);
        assert_eq!(told(&verdict), expected, "{commit} # {said}");
    }
}

const TABLE: &str = "
    tag    v1       a1 2020-01-01
    tag    v1.2.0   a1 2020-01-01
    tag    v3       b3 2024-01-01
    tag    v3.2     b3 2024-01-01
    tag    v3.2.0   b3 2024-01-01
    tag    v3.1.0   b1 2023-01-01
    tag    v4       a4 2026-03-01
    tag    v4.4.0   a4 2026-03-01
    tag    v4.3.0   a3 2025-01-01
    tag    v6.0.0   f6 seen
    tag    latest   e2 2026-03-01
    branch main     e1 2026-06-01";

fn index() -> Refs {
    index_refs("2026-08-01", TABLE)
}

fn repository() -> Refs {
    Refs { source: Source::Repository, ..index() }
}

#[test]
fn what_is_right_is_fine_whoever_tells() {
    for refs in [index(), repository()] {
        check(
            &refs,
            &[
                ("a4", "v4.4.0", "fine"),
                ("b3", "v3.2.0", "fine"),
                ("a4", "v4", "imprecise v4.4.0"),
                ("a4", "4.4.0", "imprecise v4.4.0"),
                ("b3", "v3.2", "imprecise v3.2.0"),
                // What `v3` stood for earlier.
                ("b1", "v3", "imprecise v3.1.0"),
            ],
        );
        let main = judge(&action("own/er@v1"), commit_of("a4"), Label::Other, &refs);
        assert_eq!(main, Verdict::Fine);
    }
}

#[test]
fn what_is_wrong_is_named() {
    for refs in [index(), repository()] {
        check(
            &refs,
            &[
                ("a4", "-", "unnamed v4.4.0"),
                ("f6", "-", "unnamed v6.0.0"),
                ("a4", "v4.3.0", "misnamed v4.4.0"),
                ("a3", "4.4.0", "misnamed v4.3.0"),
                ("a4", "v3", "misnamed v4.4.0"),
                ("b3", "v4", "misnamed v3.2.0"),
                // Of this series no release is known.
                ("a4", "v2", "misnamed v4.4.0"),
                // Older than what is known, and not there.
                ("a4", "v2.1.0", "misnamed v4.4.0"),
                // Seen only, but the version said is listed elsewhere.
                ("f6", "v4.4.0", "misnamed v6.0.0"),
            ],
        );
    }
}

#[test]
fn the_index_does_not_correct_what_it_does_not_know() {
    for (commit, said) in [
        ("a4", "v4.4.1"),
        ("a4", "v5.0.0"),
        ("a4", "v99"),
        // A later release of an earlier series.
        ("a4", "v3.2.1"),
        // A commit that was only seen in use, under another version.
        ("f6", "v5.0.0"),
        // Commits that it does not know.
        ("99", "v4.4.0"),
        ("99", "v4"),
        ("99", "v99.0.0"),
        ("99", "-"),
        ("e1", "-"),
    ] {
        check(&index(), &[(commit, said, "fine")]);
    }
}

#[test]
fn the_repository_knows() {
    check(
        &repository(),
        &[
            ("a4", "v4.4.1", "misnamed v4.4.0"),
            ("a4", "v5.0.0", "misnamed v4.4.0"),
            ("a4", "v3.2.1", "misnamed v4.4.0"),
            // A floating tag may be younger than the refs that were asked for.
            ("a4", "v99", "fine"),
            ("99", "v4.4.0", "elsewhere a4"),
            ("99", "4.4.0", "elsewhere a4"),
            ("99", "v4.9.0", "none v4.4.0"),
            ("99", "v4", "untagged"),
            ("99", "-", "untagged"),
            ("e2", "-", "untagged"),
        ],
    );
}

#[test]
fn what_an_earlier_run_saw_is_true_of_its_day() {
    let refs = Refs { source: Source::Cache, ..index() };
    check(
        &refs,
        &[
            ("a4", "v4.3.0", "misnamed v4.4.0"),
            ("a4", "v4.4.1", "fine"),
            ("99", "v4.4.0", "elsewhere a4"),
            ("99", "v4.9.0", "untagged"),
        ],
    );
}

#[test]
fn a_floating_tag_without_releases_may_stand_for_anything() {
    let refs = index_refs(
        "2026-08-01",
        "tag v1 a1 2026-01-01
         tag v0.34.1 a0 2025-01-01
         tag v2024.1.0 c1 2024-01-01",
    );
    check(&refs, &[("a0", "v1", "fine"), ("c1", "v1", "fine")]);
}

#[test]
fn where_a_commit_stands_comes_first() {
    let standings = vec![
        (commit_of("91"), Standing::Outside),
        (commit_of("92"), Standing::Missing),
        (commit_of("93"), Standing::TagOf(commit_of("b3"))),
        (commit_of("94"), Standing::TagOf(commit_of("e1"))),
        (commit_of("95"), Standing::Unknown),
        (commit_of("96"), Standing::Contained),
    ];
    let refs = Refs { standings, ..repository() };
    check(
        &refs,
        &[
            ("91", "v4.4.0", "impostor false"),
            ("92", "-", "missing"),
            ("93", "v3", "object b3 v3.2.0"),
            ("94", "-", "object e1 ?"),
            ("95", "v4.4.0", "elsewhere a4"),
            ("96", "-", "untagged"),
        ],
    );
    let rewritten = action("dtolnay/rust-toolchain@x");
    let verdict = judge(&rewritten, commit_of("91"), Label::Other, &refs);
    assert_eq!(told(&verdict), "impostor true");
}

#[test]
fn a_moved_tag_is_told_at_both_its_ends() {
    let moved = MovedTag {
        tag: "v4.4.0".to_owned(),
        was: commit_of("77"),
        is: commit_of("a4"),
        witness: Witness::Cache,
    };
    let standings = vec![(commit_of("77"), Standing::Outside)];
    let refs = Refs { moved: vec![moved], standings, ..repository() };
    check(
        &refs,
        &[
            ("77", "v4.4.0", "moved v4.4.0"),
            ("77", "-", "moved v4.4.0"),
            ("77", "v4", "moved v4.4.0"),
            ("a4", "v4.4.0", "moved v4.4.0"),
            ("a4", "-", "moved v4.4.0"),
            ("a4", "v4", "moved v4.4.0"),
            ("a3", "v4.3.0", "fine"),
        ],
    );
}

#[test]
fn a_value_of_an_input_is_no_version() {
    let verdict = judge(
        &action("dtolnay/rust-toolchain@x"),
        commit_of("a4"),
        Label::Version("1.70"),
        &repository(),
    );
    assert_eq!(verdict, Verdict::Fine);
}

#[test]
fn only_a_release_is_worth_asking_for() {
    for release in ["v1.2.3", "1.2", "v5.0.0-rc.1", "v6-beta", "20201129"] {
        assert!(is_release(release), "{release}");
    }
    for other in ["v4", "7", "main", ""] {
        assert!(!is_release(other), "{other}");
    }
}
