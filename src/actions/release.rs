//! Since when a tag is out.
//!
//! Who publishes a hijacked release wants it to look old. The date of a commit is no evidence of that:
//! whoever makes the commit sets it. What counts is who saw the tag, and when, by their own clock.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use super::date::Date;
use super::index;
use super::refs::{Ref, Refs};

/// Who says since when a tag is out, by a clock of their own.
///
/// What is left to who has taken over a repository is an old release, whose tag they move: the cache
/// and the index tell it where they saw the tag before ([`MovedTag`](super::MovedTag)), and elsewhere
/// the commit's date does, unless that is forged, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Teller {
    /// GitHub, on which day it published the release.
    GitHub,
    /// An earlier run on this machine, when it first saw the tag there.
    Cache,
    /// The built-in index, which was made with it.
    Index,
}

/// What is known of the release that a tag stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// A day on which it was out.
    pub since: Date,
    /// Who says so.
    pub told_by: Teller,
    /// Whether its owner calls it a pre-release, whatever its name is.
    pub is_prerelease: bool,
}

/// What the index says of all its tags.
pub(super) const IN_INDEX: Release =
    Release { since: index::MADE, told_by: Teller::Index, is_prerelease: false };

impl Release {
    /// The same release as two know it: out since the earlier day.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let is_prerelease = self.is_prerelease || other.is_prerelease;
        let earlier = if other.since < self.since { other } else { self };
        Self { is_prerelease, ..earlier }
    }
}

impl fmt::Display for Release {
    /// Since when, and who says so.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = self.since;
        match self.told_by {
            Teller::GitHub => write!(f, "published on {day}"),
            Teller::Cache => write!(f, "first seen here on {day}"),
            Teller::Index => write!(f, "in the built-in index of {day}"),
        }
    }
}

/// Since when the tags of a repository are out, by name: as its own answer tells, which was seen on
/// that day, and as the index does, where it has the tag on the same commit.
pub fn known(refs: &Refs, seen: Date, index: Option<&Refs>) -> BTreeMap<String, Release> {
    let indexed: HashMap<_, _> =
        index.into_iter().flat_map(Refs::tags).map(|tag| (&tag.name, tag.commit)).collect();
    let release = |tag: &Ref| {
        let here = Release { since: seen, told_by: Teller::Cache, is_prerelease: false };
        let told = refs.releases.get(tag.name.as_ref());
        let known = told.map_or(here, |told| told.and(here));
        if indexed.get(&tag.name) == Some(&tag.commit) { known.and(IN_INDEX) } else { known }
    };
    refs.tags().map(|tag| (tag.name.to_string(), release(tag))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::{Commit, RefKind, RepositoryName, Source};

    fn on(day: u8, told_by: Teller) -> Release {
        Release { since: Date { year: 2026, month: 1, day }, told_by, is_prerelease: day == 3 }
    }

    #[test]
    fn the_earlier_day_counts() {
        let both = on(2, Teller::GitHub).and(on(3, Teller::Cache));
        assert_eq!((both.since.day, both.told_by, both.is_prerelease), (2, Teller::GitHub, true));
        assert_eq!(on(3, Teller::Cache).and(on(2, Teller::GitHub)), both);
    }

    #[test]
    fn the_index_speaks_for_its_own_commits_only() {
        let index = index::find(RepositoryName::parse("actions/checkout").unwrap()).unwrap();
        let tag = index.find(RefKind::Tag, "v3.5.2").unwrap();
        assert_eq!(index.release(tag), Some(IN_INDEX));
        let other = |name: &'static str, commit| Ref { name: name.into(), commit, ..tag.clone() };
        let moved = other("v3.5.2", Commit([1; 20]));
        let new = other("v99.0.0", Commit([2; 20]));
        let asked = |refs: Vec<Ref>| Refs {
            refs: refs.into(),
            source: Source::Repository,
            releases: [("v99.0.0".to_owned(), on(4, Teller::GitHub))].into(),
            ..index.clone()
        };
        let today = Date { year: 2027, month: 1, day: 1 };
        let told = known(&asked(vec![tag.clone(), new]), today, Some(index));
        assert_eq!(told["v3.5.2"], IN_INDEX);
        assert_eq!(told["v99.0.0"], on(4, Teller::GitHub));
        let told = known(&asked(vec![moved]), today, Some(index));
        assert_eq!((told["v3.5.2"].since, told["v3.5.2"].told_by), (today, Teller::Cache));
        assert_eq!(asked(vec![tag.clone()]).release(tag), None);
    }
}
