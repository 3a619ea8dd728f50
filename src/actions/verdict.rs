//! What is so with an action that is pinned to a commit already.
//!
//! Pure policy: the refs are given, nothing is looked up. What the built-in index alone knows is
//! never held against a version that it does not know, nor against a commit.

use super::commit::Commit;
use super::knowledge;
use super::moved::MovedTag;
use super::nearest;
use super::refs::{Ref, RefKind, Refs, Source};
use super::standing::Standing;
use super::uses::ActionRef;
use super::version::{Series, Version};

/// What the comment beside a pin calls the commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label<'a> {
    /// Nothing.
    None,
    /// This version.
    Version(&'a str),
    /// Something else, which is not judged.
    Other,
}

impl<'a> Label<'a> {
    /// The version that it names; empty where it names none.
    fn version(self) -> &'a str {
        match self {
            Self::Version(said) => said,
            Self::None | Self::Other => "",
        }
    }
}

/// What is so with a pinned commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is what its comment says, as far as is known.
    Fine,
    /// The comment names no version; the commit is this one.
    Unnamed(String),
    /// The comment names a version that the commit is not; it is this one.
    Misnamed(String),
    /// The comment is right, but the commit has this more exact name.
    Imprecise(String),
    /// The version that the comment names is another commit, and no version tag is on this one.
    Elsewhere(Commit),
    /// The version that the comment names does not exist, and no version tag is on the commit.
    NoSuchVersion {
        /// What there is of similar names, the most similar first.
        nearest: Vec<String>,
    },
    /// The tag that the comment names, or that is on the commit, was moved, from here or to here.
    Moved(MovedTag),
    /// It is not the SHA of a commit, but of an annotated tag.
    TagObject {
        /// The commit that the tag stands for.
        commit: Commit,
        /// The most exact version tag of that commit.
        version: Option<String>,
    },
    /// No branch or tag of the repository holds it.
    Impostor {
        /// Whether the owner is known to rewrite the branches of this action.
        is_rewritten: bool,
    },
    /// The repository has no such commit.
    Missing,
    /// No version tag is on it.
    Untagged,
}

/// Judges an action that is pinned to a commit.
pub fn judge(action: &ActionRef<'_>, commit: Commit, label: Label<'_>, refs: &Refs) -> Verdict {
    let input = knowledge::ref_is_input(action);
    let label = match label {
        // `1.70` beside a pinned `dtolnay/rust-toolchain` tells a toolchain, not the action.
        Label::Version(said) if input.is_some_and(|fact| fact.is_value(said, refs)) => Label::Other,
        label => label,
    };
    let judge = Judge { commit, refs };
    // A commit that a moved tag left may be on no branch any more, and is no impostor.
    if let Some(moved) = judge.moved(label) {
        return Verdict::Moved(moved.clone());
    }
    match refs.standing(commit) {
        Some(Standing::Missing) => return Verdict::Missing,
        Some(Standing::Outside) => return Verdict::Impostor { is_rewritten: input.is_some() },
        Some(Standing::TagOf(target)) => {
            let version = refs.most_exact_version(target, label.version()).map(str::to_owned);
            return Verdict::TagObject { commit: target, version };
        }
        Some(Standing::Contained | Standing::Unknown) | None => {}
    }
    judge.judge(label)
}

/// Whether a version in a comment is to be looked up to verify it: one that names a release. That of
/// a series moves, and says nothing of where it was.
pub fn is_release(said: &str) -> bool {
    Version::parse(said).is_some_and(|version| match version.components() {
        [number] => *number >= 1_000_000 || version.is_prerelease(),
        _ => true,
    })
}

struct Judge<'a> {
    commit: Commit,
    refs: &'a Refs,
}

impl Judge<'_> {
    /// The tag that was moved to this commit or away from it, if the pin goes by it.
    fn moved(&self, label: Label<'_>) -> Option<&MovedTag> {
        let said = label.version();
        let exact = self.refs.most_exact_version(self.commit, said);
        let series = Series::of(said);
        self.refs.moved.iter().find(|moved| {
            let is_here = moved.was == self.commit || moved.is == self.commit;
            let in_series = || Some(series?.contains(&Version::parse(&moved.tag)?));
            is_here
                && (said.is_empty()
                    || exact == Some(&moved.tag)
                    || moved.tag == said
                    || in_series() == Some(true))
        })
    }

    fn judge(&self, label: Label<'_>) -> Verdict {
        let exact = self.refs.most_exact_version(self.commit, label.version());
        match (label, exact) {
            (Label::None, Some(exact)) => Verdict::Unnamed(exact.to_owned()),
            (Label::Other, Some(_)) => Verdict::Fine,
            (Label::Version(said), Some(exact)) => match Version::parse(said) {
                _ if said == exact => Verdict::Fine,
                Some(version) if self.is_wrong(said, version, exact) => {
                    Verdict::Misnamed(exact.to_owned())
                }
                _ if self.is_name(said) => Verdict::Imprecise(exact.to_owned()),
                _ => Verdict::Fine,
            },
            // What came later, the index cannot know.
            (_, None) if self.refs.source == Source::Index => Verdict::Fine,
            (Label::Version(said), None) if is_release(said) => self.unnamed(said),
            (_, None) => Verdict::Untagged,
        }
    }

    /// A commit without a version tag whose comment names a release.
    fn unnamed(&self, said: &str) -> Verdict {
        let is_release = |version: &Version| self.refs.is_full(version);
        match self.find(said) {
            Some(tag) if tag.version().as_ref().is_some_and(is_release) => {
                Verdict::Elsewhere(tag.commit)
            }
            None if self.refs.source == Source::Repository => {
                Verdict::NoSuchVersion { nearest: nearest::nearest(self.refs, said) }
            }
            _ => Verdict::Untagged,
        }
    }

    /// The tag of this name, with a `v` or without.
    fn find(&self, said: &str) -> Option<&Ref> {
        let tag = |name: &str| self.refs.find(RefKind::Tag, name);
        let bare = said.trim_start_matches(['v', 'V']);
        tag(said).or_else(|| tag(bare)).or_else(|| tag(&format!("v{bare}")))
    }

    /// Whether this is one of the names of the commit, or of the series of one of its versions.
    fn is_name(&self, said: &str) -> bool {
        let version = Version::parse(said);
        let series = Series::of(said);
        self.refs.versions_of(self.commit).any(|(known, entry)| {
            entry.name == said
                || version.is_some_and(|version| version.cmp_release(&known).is_eq())
                || series.is_some_and(|series| series.contains(&known))
        })
    }

    /// Whether the commit, which is `exact`, is surely not the version that is said.
    fn is_wrong(&self, said: &str, version: Version, exact: &str) -> bool {
        if self.is_name(said) {
            return false;
        }
        let Some(is) = Version::parse(exact) else { return false };
        let exact_is_listed = self.refs.find(RefKind::Tag, exact).is_some_and(|entry| entry.listed);
        if !self.refs.is_full(&version) {
            return self.leaves_series(said, &version, &is);
        }
        match (self.refs.source, self.find(said)) {
            (Source::Repository, _) => true,
            (_, Some(tag)) => tag.listed || exact_is_listed,
            (_, None) => exact_is_listed && version < is && !self.is_newer_than_known(&version),
        }
    }

    /// Whether a release is outside a series, and the series is one of releases: a floating tag
    /// (`v1` in a repository whose releases are `v0.34.1`) may stand for anything.
    fn leaves_series(&self, said: &str, version: &Version, is: &Version) -> bool {
        let Some(series) = Series::of(said) else { return false };
        let has_releases = self.refs.refs.iter().filter_map(Ref::release).any(|release| {
            release.components().len() > version.components().len() && series.contains(&release)
        });
        // Of an older series no release may be among the refs that were asked for.
        let is_older = version.is_prefixed() && is.is_prefixed() && version < is;
        has_releases || is_older && !is.is_calendar()
    }

    /// Whether a version is newer than all that are known of its first number.
    fn is_newer_than_known(&self, version: &Version) -> bool {
        let major = version.components()[0];
        let known = self.refs.refs.iter().filter_map(Ref::version);
        let newest = known.filter(|known| known.components()[0] == major).max();
        newest.is_some_and(|newest| *version > newest)
    }
}

#[cfg(test)]
mod tests;
