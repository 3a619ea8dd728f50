//! One file of the cache.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::rows::{Out, Stands, Vulnerability};
use crate::actions::moved::Memory;
use crate::actions::{
    Commit, Date, Ref, RefKind, Refs, Release, Source, Standing, Teller, Witness,
};
use crate::resolve::wanted::Wish;

/// The layout of the file. Another one is not read.
const FORMAT: u32 = 1;

/// How long a ref that may move is taken to be where it was.
pub(super) const MOVING: Duration = Duration::from_secs(60 * 60);

/// How long a full version tag answers without the repository being asked.
const FULL_VERSION: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How long the known vulnerabilities of a repository are taken to be all.
const ADVISORIES: Duration = Duration::from_secs(24 * 60 * 60);

/// What a repository was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::resolve) enum Scope {
    /// For all its tags and branches.
    Everything,
    /// For this much. Of its other refs only some are known.
    Part {
        /// These names.
        names: BTreeSet<String>,
        /// The newest releases whose names start so.
        newer: BTreeSet<String>,
    },
}

impl Scope {
    /// What a wish asks for.
    pub(in crate::resolve) fn of(wish: &Wish<'_>) -> Self {
        Self::Part {
            names: wish.names.union(&wish.tags).map(ToString::to_string).collect(),
            newer: wish.newer.clone(),
        }
    }
}

/// What a repository answered, and when.
#[derive(Clone, Debug)]
pub(in crate::resolve) struct Entry {
    /// The answer.
    pub(in crate::resolve) refs: Refs,
    scope: Scope,
    asked: SystemTime,
    /// When its vulnerabilities were asked for, whether or not anyone told them.
    asked_advisories: Option<SystemTime>,
    /// Where full version tags pointed when they were first seen, those that have moved since or
    /// were not among the last answer.
    before: BTreeMap<String, Commit>,
}

impl Entry {
    /// An answer of this moment, and whether vulnerabilities were asked for, too.
    pub(in crate::resolve) fn new(refs: Refs, scope: Scope, advisories: bool) -> Self {
        let asked = SystemTime::now();
        let asked_advisories = advisories.then_some(asked);
        Self { refs, scope, asked, asked_advisories, before: BTreeMap::new() }
    }

    /// The day of the answer.
    pub(in crate::resolve) fn day(&self) -> Date {
        self.asked.into()
    }

    /// Whether it comes from the future: a clock was wrong, and its age is not known.
    pub(super) fn is_from_after(&self, now: SystemTime) -> bool {
        self.asked > now
    }

    /// Whether it answers a wish without the repository being asked.
    pub(in crate::resolve) fn answers(&self, wish: &Wish<'_>, now: SystemTime) -> bool {
        let since = |time: SystemTime| now.duration_since(time).unwrap_or(Duration::MAX);
        let age = since(self.asked);
        let may_move = || {
            !wish.newer.is_empty()
                || wish.visibility
                || !wish.names.union(&wish.tags).all(|name| self.is_full_version(name))
                || !wish.commits.iter().all(|&commit| self.is_settled(commit))
        };
        self.knows(wish)
            && wish.commits.iter().all(|&commit| self.refs.standing(commit).is_some())
            && (!wish.visibility || self.refs.is_private.is_some())
            && (!wish.advisories
                || self.asked_advisories.is_some_and(|time| since(time) <= ADVISORIES))
            && (age <= MOVING || age <= FULL_VERSION && !may_move())
    }

    /// Whether all names and releases of a wish were asked for, however long ago.
    pub(in crate::resolve) fn knows(&self, wish: &Wish<'_>) -> bool {
        match &self.scope {
            Scope::Everything => true,
            Scope::Part { names, newer } => {
                let is_tag = |name: &str| self.refs.find(RefKind::Tag, name).is_some();
                wish.names.iter().all(|name| names.contains(*name))
                    && wish.tags.iter().all(|name| names.contains(*name) || is_tag(name))
                    && wish.newer.is_subset(newer)
            }
        }
    }

    /// Whether what is known of a commit stays: a release is there, or it stands where it does for
    /// good.
    fn is_settled(&self, commit: Commit) -> bool {
        self.stands_for_good(commit)
            || self.refs.versions_of(commit).any(|(version, _)| self.refs.is_full(&version))
    }

    /// Whether where a commit stands need never be asked again.
    pub(in crate::resolve) fn stands_for_good(&self, commit: Commit) -> bool {
        let known = self.refs.standings.iter().find(|(known, _)| *known == commit);
        known.is_some_and(|(_, standing)| standing.is_for_good())
    }

    fn is_full_version(&self, name: &str) -> bool {
        let tag = self.refs.find(RefKind::Tag, name).and_then(Ref::version);
        tag.is_some_and(|version| self.refs.is_full(&version))
            && self.refs.find(RefKind::Branch, name).is_none()
    }

    /// What full version tags meant when they were first seen.
    pub(in crate::resolve) fn memory(&self) -> impl Iterator<Item = Memory<'_>> {
        self.before.iter().map(|(name, commit)| (name.as_str(), *commit, Witness::Cache))
    }

    /// This answer with what an earlier one knew.
    pub(super) fn after(mut self, earlier: &Self) -> Self {
        let now: HashMap<_, _> =
            self.refs.tags().map(|tag| (tag.name.clone(), tag.commit)).collect();
        let full = earlier
            .refs
            .tags()
            .filter(|tag| tag.version().is_some_and(|version| earlier.refs.is_full(&version)))
            .map(|tag| (tag.name.to_string(), tag.commit));
        // What was seen first comes last, and wins.
        let before: BTreeMap<_, _> = full.chain(earlier.before.clone()).collect();
        self.before = before
            .into_iter()
            .filter(|(name, commit)| now.get(name.as_str()) != Some(commit))
            .collect();
        self.refs.archived = self.refs.archived.or(earlier.refs.archived);
        self.asked_advisories = self.asked_advisories.or(earlier.asked_advisories);
        if self.refs.advisories.is_none() {
            self.refs.advisories.clone_from(&earlier.refs.advisories);
        }
        self.with_standings_of(earlier, Standing::is_for_good);
        self.with_names_of(earlier);
        self.refs.releases = self.releases_seen_by(earlier);
        self
    }

    /// Where commits stood that are no longer asked for.
    fn with_standings_of(&mut self, earlier: &Self, which: impl Fn(Standing) -> bool) {
        let kept = earlier.refs.standings.iter().filter(|(_, standing)| which(*standing));
        for &(commit, standing) in kept {
            if self.refs.standing(commit).is_none_or(|now| now == Standing::Unknown) {
                self.refs.standings.retain(|(known, _)| *known != commit);
                self.refs.standings.push((commit, standing));
            }
        }
    }

    /// Since when the tags are out: those that were seen earlier on the same commit, since then.
    fn releases_seen_by(&self, earlier: &Self) -> BTreeMap<String, Release> {
        let seen = Release { since: earlier.day(), told_by: Teller::Cache, is_prerelease: false };
        let before: HashMap<_, _> = earlier.refs.tags().map(|tag| (&tag.name, tag)).collect();
        let release = |tag: &Ref| {
            let same = before.get(&tag.name).filter(|before| before.commit == tag.commit);
            let earlier = same.map(|tag| earlier.refs.release(tag).unwrap_or(seen));
            match (self.refs.release(tag), earlier) {
                (Some(told), Some(earlier)) => Some(told.and(earlier)),
                (told, earlier) => told.or(earlier),
            }
        };
        self.refs.tags().filter_map(|tag| Some((tag.name.to_string(), release(tag)?))).collect()
    }

    /// Two answers within the hour, each for some names, answer for all of them: or else two
    /// repositories that want different refs of one action would ask in turns.
    fn with_names_of(&mut self, earlier: &Self) {
        let (
            Scope::Part { names, newer },
            Scope::Part { names: earlier_names, newer: earlier_newer },
        ) = (&mut self.scope, &earlier.scope)
        else {
            return;
        };
        if self.asked.duration_since(earlier.asked).is_ok_and(|between| between <= MOVING) {
            let known: BTreeSet<_> =
                self.refs.refs.iter().map(|entry| (entry.kind, entry.name.clone())).collect();
            let others = earlier.refs.refs.iter().filter(|entry| {
                !known.contains(&(entry.kind, entry.name.clone()))
                    && !names.contains(entry.name.as_ref())
            });
            self.refs.refs = self.refs.refs.iter().chain(others).cloned().collect();
            names.extend(earlier_names.iter().cloned());
            newer.extend(earlier_newer.iter().cloned());
            self.with_standings_of(earlier, |_| true);
            self.asked = earlier.asked;
        }
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let row = |entry: &Ref| Row {
            kind: entry.kind.into(),
            name: entry.name.to_string(),
            commit: entry.commit.to_string(),
            date: entry.date.map(|date| date.to_string()),
            release: self
                .refs
                .release(entry)
                .filter(|_| entry.kind == RefKind::Tag)
                .map(Into::into),
        };
        let (names, newer) = match &self.scope {
            Scope::Everything => (None, BTreeSet::new()),
            Scope::Part { names, newer } => (Some(names.clone()), newer.clone()),
        };
        let seconds =
            |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let file = File {
            format: FORMAT,
            repository: self.refs.repository.to_string(),
            asked: seconds(self.asked),
            asked_advisories: self.asked_advisories.map(seconds),
            names,
            newer,
            default_branch: self.refs.default_branch.as_deref().map(str::to_owned),
            archived: self.refs.archived,
            private: self.refs.is_private,
            refs: self.refs.refs.iter().map(row).collect(),
            before: self.before.iter().map(|(n, commit)| (n.clone(), commit.to_string())).collect(),
            standings: self
                .refs
                .standings
                .iter()
                .map(|&(commit, standing)| (commit.to_string(), standing.into()))
                .collect(),
            advisories: self
                .refs
                .advisories
                .as_ref()
                .map(|advisories| advisories.iter().map(Into::into).collect()),
        };
        serde_json::to_vec(&file).unwrap_or_default()
    }

    pub(super) fn read(text: &[u8]) -> Option<Self> {
        let file: File = serde_json::from_slice(text).ok()?;
        if file.format != FORMAT {
            return None;
        }
        let releases = file
            .refs
            .iter()
            .filter_map(|row| Some((row.name.clone(), row.release.as_ref()?.read()?)));
        let releases = releases.collect();
        let refs = file.refs.into_iter().map(Row::read).collect::<Option<Vec<_>>>()?;
        let before = file.before.into_iter().map(|(name, sha)| Some((name, sha.parse().ok()?)));
        let standings = file.standings.into_iter();
        let standings = standings.map(|(sha, stands)| Some((sha.parse().ok()?, stands.read()?)));
        let advisories = file.advisories.map(|rows| rows.into_iter().map(Vulnerability::read));
        let time = |seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
        Some(Self {
            refs: Refs {
                default_branch: file.default_branch.map(Into::into),
                archived: file.archived,
                is_private: file.private,
                standings: standings.collect::<Option<_>>()?,
                advisories: match advisories {
                    Some(advisories) => Some(advisories.collect::<Option<_>>()?),
                    None => None,
                },
                releases,
                ..Refs::new(file.repository.into(), refs.into(), Source::Repository)
            },
            scope: match file.names {
                None => Scope::Everything,
                Some(names) => Scope::Part { names, newer: file.newer },
            },
            asked: time(file.asked)?,
            asked_advisories: file.asked_advisories.and_then(time),
            before: before.collect::<Option<_>>()?,
        })
    }

    /// The same answer as of an earlier time.
    #[cfg(test)]
    pub(super) fn aged(self, age: Duration) -> Self {
        let asked_advisories = self.asked_advisories.map(|time| time - age);
        Self { asked: self.asked - age, asked_advisories, ..self }
    }
}

#[derive(Serialize, Deserialize)]
struct File {
    format: u32,
    repository: String,
    /// Seconds since 1970.
    asked: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked_advisories: Option<u64>,
    names: Option<BTreeSet<String>>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    newer: BTreeSet<String>,
    default_branch: Option<String>,
    archived: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    private: Option<bool>,
    refs: Vec<Row>,
    before: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    standings: BTreeMap<String, Stands>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    advisories: Option<Vec<Vulnerability>>,
}

#[derive(Serialize, Deserialize)]
struct Row {
    kind: Kind,
    name: String,
    commit: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    release: Option<Out>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Tag,
    Branch,
}

impl From<RefKind> for Kind {
    fn from(kind: RefKind) -> Self {
        match kind {
            RefKind::Tag => Self::Tag,
            RefKind::Branch => Self::Branch,
        }
    }
}

impl Row {
    fn read(self) -> Option<Ref> {
        let kind = match self.kind {
            Kind::Tag => RefKind::Tag,
            Kind::Branch => RefKind::Branch,
        };
        let date = self.date.map(|date| date.parse()).transpose().ok()?;
        let commit = self.commit.parse().ok()?;
        Some(Ref { name: self.name.into(), kind, commit, date, listed: true })
    }
}
