//! The refs of one repository, wherever they were learnt.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::advisory::Advisory;
use super::commit::Commit;
use super::date::Date;
use super::moved::MovedTag;
use super::release::{IN_INDEX, Release};
use super::repository::RepositoryName;
use super::standing::Standing;
use super::version::{self, Series, Version};

/// Tag or branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefKind {
    /// `refs/tags/…`
    Tag,
    /// `refs/heads/…`
    Branch,
}

/// A tag or branch, and what it points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ref {
    /// Its name, without `refs/tags/` or `refs/heads/`.
    pub name: Cow<'static, str>,
    /// Tag or branch.
    pub kind: RefKind,
    /// The commit; of an annotated tag the commit, never the tag object, which GitHub does not run.
    pub commit: Commit,
    /// The day of the commit, where known.
    pub date: Option<Date>,
    /// Whether the repository itself listed it. Otherwise it was seen in use: several other owners
    /// pin this commit with this version beside it.
    pub listed: bool,
}

impl Ref {
    /// The version that its name is, if it is one.
    pub fn version(&self) -> Option<Version> {
        Version::parse(&self.name)
    }

    /// The version of a tag that is a release: not a pre-release.
    pub fn release(&self) -> Option<Version> {
        self.version().filter(|version| self.kind == RefKind::Tag && !version.is_prerelease())
    }
}

/// Where an answer comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The index compiled into the program: it knows what was there when it was made.
    Index,
    /// The repository itself, asked in an earlier run: it was like this on that day.
    Cache,
    /// The repository itself, asked in this run, or within the hour before it.
    Repository,
}

/// What is known of a repository's refs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refs {
    /// `owner/name`, as the owner spells it today: another one than was asked for where the
    /// repository was renamed.
    pub repository: Cow<'static, str>,
    /// The refs, in no particular order.
    pub refs: Cow<'static, [Ref]>,
    /// The day of the newest commit listed, or the day on which the repository was asked; what came
    /// later is unknown, except for refs that were seen in use.
    pub listed_until: Option<Date>,
    /// Where this was learnt.
    pub source: Source,
    /// The branch that a clone checks out, where the source tells.
    pub default_branch: Option<Cow<'static, str>>,
    /// Whether its owner has archived it. Only GitHub's API tells.
    pub archived: Option<bool>,
    /// Whether only some can see it. The API tells, and who can list it without a token.
    pub is_private: Option<bool>,
    /// The full version tags that do not point where they were seen before, by name.
    pub moved: Vec<MovedTag>,
    /// Where commits stand that were asked for and that none of the refs points at.
    pub standings: Vec<(Commit, Standing)>,
    /// Its known vulnerabilities, where they were asked for and told.
    pub advisories: Option<Vec<Advisory>>,
    /// Since when tags are out, by name. Filled where newer releases were asked for.
    pub releases: BTreeMap<String, Release>,
}

impl Refs {
    /// These refs, and nothing else known.
    pub const fn new(
        repository: Cow<'static, str>,
        refs: Cow<'static, [Ref]>,
        source: Source,
    ) -> Self {
        Self {
            repository,
            refs,
            listed_until: None,
            source,
            default_branch: None,
            archived: None,
            is_private: None,
            moved: Vec::new(),
            standings: Vec::new(),
            advisories: None,
            releases: BTreeMap::new(),
        }
    }

    /// The ref of that kind and name. Git minds the case of names.
    pub fn find(&self, kind: RefKind, name: &str) -> Option<&Ref> {
        self.refs.iter().find(|entry| entry.kind == kind && entry.name == name)
    }

    /// Its tags.
    pub fn tags(&self) -> impl Iterator<Item = &Ref> {
        self.refs.iter().filter(|entry| entry.kind == RefKind::Tag)
    }

    /// Whether the repository has another name by now than the one it was asked for by.
    pub fn is_renamed(&self, asked: RepositoryName<'_>) -> bool {
        asked.cmp_to(&self.repository).is_ne()
    }

    /// How this tag moved, if it did.
    pub fn moved_tag(&self, name: &str) -> Option<&MovedTag> {
        self.moved.iter().find(|moved| moved.tag == name)
    }

    /// Where a commit stands, as far as that is known.
    pub fn standing(&self, commit: Commit) -> Option<Standing> {
        if self.refs.iter().any(|entry| entry.commit == commit) {
            return Some(Standing::Contained);
        }
        let known = self.standings.iter().find(|(known, _)| *known == commit);
        known.map(|&(_, standing)| standing)
    }

    /// Since when this tag of the repository is out, as far as somebody says.
    pub fn release(&self, tag: &Ref) -> Option<Release> {
        match self.source {
            Source::Index => Some(IN_INDEX),
            _ => self.releases.get(tag.name.as_ref()).copied(),
        }
    }

    /// The newest release that the predicate accepts, as far as the repository listed it.
    pub fn newest_listed(&self, accept: impl Fn(&Version) -> bool) -> Option<(Version, &Ref)> {
        self.newest(|entry, version| entry.listed && accept(version))
    }

    /// The newest release that the predicate accepts, of those that were only seen in use.
    pub fn newest_seen(&self, accept: impl Fn(&Version) -> bool) -> Option<(Version, &Ref)> {
        self.newest(|entry, version| !entry.listed && accept(version))
    }

    /// The newest release that the predicate accepts, listed or seen in use.
    pub fn newest_known(&self, accept: impl Fn(&Version) -> bool) -> Option<(Version, &Ref)> {
        self.newest(|_, version| accept(version))
    }

    fn newest(&self, accept: impl Fn(&Ref, &Version) -> bool) -> Option<(Version, &Ref)> {
        self.refs
            .iter()
            .filter_map(|entry| Some((entry.release()?, entry)))
            .filter(|(version, entry)| accept(entry, version))
            .max_by_key(|(version, _)| *version)
    }

    /// The version tags of a commit.
    pub fn versions_of(&self, commit: Commit) -> impl Iterator<Item = (Version, &Ref)> {
        self.refs
            .iter()
            .filter(move |entry| entry.commit == commit && entry.kind == RefKind::Tag)
            .filter_map(|entry| Some((entry.version()?, entry)))
    }

    /// The version tag that says most of a commit: the one with most components, a release before a
    /// pre-release, a pre-release with its number before one without. Among equals the wanted name
    /// itself, then one of its series, then one written as it is, then the highest.
    pub fn most_exact_version(&self, commit: Commit, wanted: &str) -> Option<&str> {
        let series = Series::of(wanted);
        self.versions_of(commit)
            .max_by_key(|(version, entry)| {
                (
                    version.components().len(),
                    !version.is_prerelease(),
                    version.is_numbered(),
                    entry.name == wanted,
                    series.is_some_and(|series| series.contains(version)),
                    series.is_none() || version.is_prefixed() == version::is_prefixed(wanted),
                    *version,
                )
            })
            .map(|(_, entry)| entry.name.as_ref())
    }

    /// Whether a tag of this version names one release for good, rather than following a series.
    ///
    /// Three components do (`v4.4.0`), and fewer do where the owner never uses more (`v1.5` where
    /// there is no `v1.5.0`). A single number does not, whatever its neighbours are: `v4` is what
    /// owners move. Unless it is a day: `v20201129`.
    pub fn is_full(&self, version: &Version) -> bool {
        match version.components() {
            [day] => *day >= 1_000_000,
            [_, _] => {
                !self.refs.iter().filter_map(Ref::version).any(|other| other.components().len() > 2)
            }
            _ => true,
        }
    }
}
