//! Tags that were moved.
//!
//! A full version tag names one release for good. One that points elsewhere than it did is the
//! signature of a hijacked action: in March 2025 nearly all tags of tj-actions/changed-files were
//! moved to one malicious commit (CVE-2025-30066). Owners also do it in good faith, to repair a
//! release; the difference is for a person to tell.

use std::fmt;

use super::commit::Commit;
use super::refs::{RefKind, Refs};

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
    fn two_numbers_name_a_release_only_where_nobody_uses_three() {
        let before = refs(Source::Index, &[("v1.0", 1), ("v1.1", 2)]);
        let still_two = refs(Source::Repository, &[("v1.0", 1), ("v1.1", 3)]);
        assert_eq!(moved(&still_two, from_index(&before)).len(), 1);
        let three = refs(Source::Repository, &[("v1.0", 1), ("v1.1", 3), ("v1.1.1", 3)]);
        assert_eq!(moved(&three, from_index(&before)), []);
    }
}
