//! Tags that were moved.
//!
//! A full version tag names one release for good. One that points elsewhere than it did is the
//! signature of a hijacked action: in March 2025 nearly all tags of tj-actions/changed-files were
//! moved to one malicious commit (CVE-2025-30066). Owners also do it in good faith, to repair a
//! release; the difference is for a person to tell.

use std::fmt;
use std::str::FromStr;

use super::commit::Commit;
use super::nearest;
use super::refs::{RefKind, Refs};
use super::repository::RepositoryName;

/// A full version tag that does not point where it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedTag {
    /// Its name.
    pub tag: String,
    /// Where it pointed.
    pub was: Commit,
    /// Where its repository says that it points now.
    pub is: Commit,
    /// Who saw it where it was.
    pub witness: Witness,
}

impl fmt::Display for MovedTag {
    /// With both commits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the tag `{}` was moved, from {} to {}", self.tag, self.was, self.is)
    }
}

/// A tag of a repository, `owner/name@tag`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagOf {
    /// `owner/name`.
    pub repository: String,
    /// The tag's name.
    pub tag: String,
}

impl TagOf {
    /// The one of these that is most like it in spelling, or that is of the same repository.
    pub fn nearest(&self, others: impl IntoIterator<Item = Self>) -> Option<Self> {
        let spelt = |tag: &Self| tag.to_string().to_ascii_lowercase();
        let wanted = spelt(self);
        let distance = |other: &Self| nearest::distance(&wanted, &spelt(other));
        let is_like = |other: &Self| {
            self.repository.eq_ignore_ascii_case(&other.repository)
                || distance(other) <= wanted.len().div_ceil(3)
        };
        others.into_iter().filter(is_like).min_by_key(distance)
    }
}

impl FromStr for TagOf {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (repository, tag) = text.split_once('@').unwrap_or((text, ""));
        if RepositoryName::parse(repository).is_none() || tag.is_empty() {
            return Err("a tag of a repository is written OWNER/NAME@TAG");
        }
        Ok(Self { repository: repository.to_owned(), tag: tag.to_owned() })
    }
}

impl fmt::Display for TagOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.repository, self.tag)
    }
}

/// Who saw where a tag pointed. The earlier, the stronger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Witness {
    /// The built-in index, from the repository's own listing of its refs.
    Index,
    /// An earlier run on this machine, which asked the repository.
    Cache,
    /// The built-in index, from workflows of several owners that pin the commit with this version
    /// beside it. All of them may have copied one mistake.
    InUse,
}

/// What a tag meant: its name, its commit, who saw it.
pub type Memory<'a> = (&'a str, Commit, Witness);

/// The full version tags that point elsewhere than remembered, by name, each once: with its
/// strongest witness.
pub fn moved<'a>(refs: &Refs, remembered: impl IntoIterator<Item = Memory<'a>>) -> Vec<MovedTag> {
    let now: std::collections::HashMap<_, _> = refs
        .refs
        .iter()
        .filter(|entry| entry.kind == RefKind::Tag)
        .map(|entry| (entry.name.as_ref(), entry))
        .collect();
    let mut moved: Vec<_> = remembered
        .into_iter()
        .filter_map(|(name, was, witness)| {
            let entry = now.get(name).filter(|entry| entry.commit != was)?;
            let is_full = entry.version().is_some_and(|version| refs.is_full(&version));
            is_full.then(|| MovedTag { tag: name.to_owned(), was, is: entry.commit, witness })
        })
        .collect();
    moved.sort_by(|one, other| (&one.tag, one.witness).cmp(&(&other.tag, other.witness)));
    moved.dedup_by(|later, earlier| later.tag == earlier.tag);
    moved
}

/// What the index remembers of a repository.
pub fn from_index(index: &Refs) -> impl Iterator<Item = Memory<'_>> {
    index.refs.iter().filter(|entry| entry.kind == RefKind::Tag).filter_map(|entry| {
        entry.version().filter(|version| index.is_full(version))?;
        let witness = if entry.listed { Witness::Index } else { Witness::InUse };
        Some((entry.name.as_ref(), entry.commit, witness))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::{Ref, Source};

    fn commit(byte: u8) -> Commit {
        Commit([byte; 20])
    }

    fn refs(source: Source, tags: &[(&'static str, u8)]) -> Refs {
        let tags = tags.iter().map(|&(name, byte)| Ref {
            name: name.into(),
            kind: RefKind::Tag,
            commit: commit(byte),
            date: None,
            listed: true,
        });
        Refs::new("own/er".into(), tags.collect(), source)
    }

    #[test]
    fn tells_what_moved_once_with_the_strongest_witness() {
        let before = refs(Source::Index, &[("v1", 1), ("v1.0.0", 1), ("v1.1.0", 2), ("gone", 3)]);
        let now = refs(Source::Repository, &[("v1", 9), ("v1.0.0", 9), ("v1.1.0", 2)]);
        let cached = [("v1.0.0", commit(1), Witness::Cache), ("v1.1.0", commit(2), Witness::Cache)];
        let found = moved(&now, cached.into_iter().chain(from_index(&before)));
        let expected = MovedTag {
            tag: "v1.0.0".to_owned(),
            was: commit(1),
            is: commit(9),
            witness: Witness::Index,
        };
        assert_eq!(found, [expected], "a floating tag is there to move");
    }

    #[test]
    fn a_tag_of_a_repository_is_read_and_found_by_spelling() {
        let read = |text: &str| text.parse::<TagOf>();
        for wrong in ["", "v1", "a/b", "a/b@", "@v1", "a@v1", "a/b/c@v1"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let known = ["tj-actions/changed-files@v45.0.7", "Own/er@v1.0.0", "own/er@v1.0.1"];
        let known: Vec<_> = known.into_iter().map(|text| read(text).unwrap()).collect();
        for (wanted, expected) in [
            ("tj-actions/changed-file@v45.0.7", Some("tj-actions/changed-files@v45.0.7")),
            ("own/er@1.0.1", Some("own/er@v1.0.1")),
            ("OWN/ER@x", Some("Own/er@v1.0.0")),
            ("actions/checkout@v4", None),
        ] {
            let found = read(wanted).unwrap().nearest(known.clone());
            assert_eq!(found.map(|tag| tag.to_string()).as_deref(), expected);
        }
    }

    #[test]
    fn two_numbers_name_a_release_only_where_nobody_uses_three() {
        let before = refs(Source::Index, &[("v1.0", 1), ("v1.1", 2)]);
        let still_two = refs(Source::Repository, &[("v1.0", 1), ("v1.1", 3)]);
        assert_eq!(moved(&still_two, from_index(&before)).len(), 1);
        let three = refs(Source::Repository, &[("v1.0", 1), ("v1.1", 3), ("v1.1.1", 3)]);
        assert_eq!(moved(&three, from_index(&before)), []);
    }
}
