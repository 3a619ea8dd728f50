//! What a mistyped ref may have meant.

use std::cmp::Reverse;

use super::refs::{RefKind, Refs};
use super::version::{Series, Version};

/// How many names are worth reading.
const SUGGESTIONS: usize = 3;

/// The names that are most like a ref which does not exist, the most similar first.
///
/// A version is like those of its series, the newest first, then like the newest of all; where none
/// fits, spelling decides. A name that is no version may have meant the default branch.
pub(super) fn nearest(refs: &Refs, wanted: &str) -> Vec<String> {
    let version = Version::parse(wanted);
    let series = Series::of(wanted);
    let wider = version.and_then(|version| Series::of(&version.components()[0].to_string()));
    let mut names: Vec<_> = refs
        .refs
        .iter()
        .filter(|entry| entry.name != wanted)
        .filter_map(|entry| {
            let name = entry.name.as_ref();
            let candidate = entry.version();
            let in_series = |series: Option<Series>| {
                candidate.is_some_and(|other| series.is_some_and(|series| series.contains(&other)))
            };
            let is_default = refs.default_branch.as_deref() == Some(name);
            let rank = if name.eq_ignore_ascii_case(wanted) || same_but_for_v(name, wanted) {
                0
            } else if version.is_some() && in_series(series) {
                1
            } else if version.is_some() && in_series(wider) {
                2
            } else if version.is_none() && entry.kind == RefKind::Branch && is_default {
                1
            } else if version.is_some() && entry.release().is_some() {
                3
            } else if distance(name, wanted) <= wanted.len().div_ceil(3) {
                4
            } else {
                return None;
            };
            let spelling = if rank == 4 { distance(name, wanted) } else { 0 };
            Some(((rank, spelling, Reverse(candidate), name), name))
        })
        .collect();
    names.sort();
    names.dedup_by_key(|(_, name)| *name);
    names.into_iter().take(SUGGESTIONS).map(|(_, name)| name.to_owned()).collect()
}

/// `4.1.0` and `v4.1.0`
fn same_but_for_v(one: &str, other: &str) -> bool {
    one.strip_prefix('v') == Some(other) || other.strip_prefix('v') == Some(one)
}

/// The Levenshtein distance, in bytes.
pub(super) fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.bytes().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, b) in other.bytes().enumerate() {
            let substituted = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::{Commit, Ref, Source};

    fn refs() -> Refs {
        let tags = ["v3", "v3.1.0", "v4", "v4.0.0", "v4.1.0", "v5.0.0-rc.1"];
        let entry = |kind| {
            move |name: &'static str| Ref {
                name: name.into(),
                kind,
                commit: Commit([1; 20]),
                date: None,
                listed: true,
            }
        };
        let branches = ["main", "releases/v4"];
        let tags = tags.map(entry(RefKind::Tag)).into_iter();
        let refs = tags.chain(branches.map(entry(RefKind::Branch))).collect();
        Refs {
            default_branch: Some("main".into()),
            ..Refs::new("own/er".into(), refs, Source::Repository)
        }
    }

    #[test]
    fn suggests_what_may_have_been_meant() {
        for (wanted, suggestions) in [
            ("4.1.0", &["v4.1.0", "v4.0.0", "v4"][..]),
            ("v4.2.0", &["v4.1.0", "v4.0.0", "v4"]),
            ("v9", &["v4.1.0", "v4.0.0", "v4"]),
            ("V3", &["v3", "v3.1.0"]),
            ("master", &["main"]),
            ("mian", &["main"]),
            ("release/v4", &["main", "releases/v4"]),
        ] {
            let found = nearest(&refs(), wanted);
            assert!(
                found.starts_with(&suggestions.iter().map(ToString::to_string).collect::<Vec<_>>()),
                "{wanted}: {found:?}"
            );
        }
    }

    #[test]
    fn measures_distance() {
        for (one, other, expected) in [("", "", 0), ("kitten", "sitting", 3), ("abc", "", 3)] {
            assert_eq!(distance(one, other), expected);
        }
    }
}
