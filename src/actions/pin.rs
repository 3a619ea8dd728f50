//! Which commit takes the place of a ref, and under which name.
//!
//! Pure policy: the refs are given, nothing is looked up. In short:
//!
//! | ref | pinned to |
//! | --- | --- |
//! | full version tag | its commit |
//! | floating tag, release branch | the newest of its series that it is known to have reached |
//! | other tag, other branch | its commit, unsafe where no release is there |
//! | value of an input | the commit that the knowledge of that action names, plus the input |
//! | own branch, own repository, action that verifies its tag | nothing: left to the maintainer |

use super::commit::Commit;
use super::decision::{Certainty, Decision, Input, Leave, Pin, Risk};
use super::index;
use super::knowledge::{self, PinTo, RefIsInput};
use super::nearest;
use super::refs::{Ref, RefKind, Refs, Source};
use super::repository::RepositoryName;
use super::uses::{ActionRef, GitRef};
use super::version::{self, Series, Version};

/// Decides what stays as it is whatever its refs are, so that nobody has to look them up.
///
/// `here` is the repository that holds the workflow, where that is known.
pub fn settled(action: &ActionRef<'_>, here: Option<RepositoryName<'_>>) -> Option<Leave> {
    match action.git_ref {
        GitRef::FullSha(_) => return Some(Leave::Pinned),
        GitRef::Expression(_) => return Some(Leave::Expression),
        GitRef::ShortSha(_) | GitRef::Name { .. } => {}
    }
    if here == Some(action.repository()) {
        return Some(Leave::OwnRepository);
    }
    knowledge::keep_tag(action).map(Leave::KeepTag)
}

/// Decides what to do about a reference to an action, knowing the refs of its repository.
pub fn decide(action: &ActionRef<'_>, refs: &Refs, here: Option<RepositoryName<'_>>) -> Decision {
    if let Some(leave) = settled(action, here) {
        return Decision::Leave(leave);
    }
    match (Policy { action, refs, here }).decide() {
        Ok(pin) => Decision::Pin(pin),
        Err(leave) => Decision::Leave(leave),
    }
}

struct Policy<'a> {
    action: &'a ActionRef<'a>,
    refs: &'a Refs,
    here: Option<RepositoryName<'a>>,
}

/// A release that came after the listing.
struct Later<'a> {
    newest_listed: Version,
    seen: &'a Ref,
}

impl Policy<'_> {
    fn decide(&self) -> Result<Pin, Leave> {
        let name = self.action.git_ref.name();
        let kind = match self.action.git_ref {
            GitRef::Name { kind, .. } => kind,
            _ => None,
        };
        if let Some(fact) = knowledge::ref_is_input(self.action) {
            if fact.is_value(name, self.refs) {
                return self.value_of_input(fact, name);
            }
            if matches!(fact.pin_to, PinTo::Branch(branch) if branch == name) && !self.is_own() {
                return self.target_of_input(fact);
            }
            // What else such a repository holds is generated: its commits disappear.
            let ordinary = Version::parse(name).is_some_and(|version| version.is_prefixed())
                || matches!(name, "main" | "master")
                || matches!(self.action.git_ref, GitRef::ShortSha(_));
            if !ordinary {
                return Err(Leave::UnknownValue { git_ref: name.to_owned(), fact });
            }
        }
        let find = |wanted| {
            self.refs.find(wanted, name).filter(|_| kind.is_none_or(|kind| kind == wanted))
        };
        match (find(RefKind::Tag), find(RefKind::Branch)) {
            (Some(tag), Some(branch)) if tag.commit != branch.commit => {
                Err(Leave::TagAndBranch(name.to_owned()))
            }
            (Some(tag), _) => Ok(self.tag(tag)),
            (None, Some(branch)) => self.branch(branch),
            (None, None) => match self.action.git_ref {
                GitRef::ShortSha(digits) => self.short_sha(digits),
                _ => self.unlisted(name, kind),
            },
        }
    }

    fn tag(&self, tag: &Ref) -> Pin {
        if tag.version().is_some_and(|version| self.refs.is_full(&version)) {
            return self.pin(tag, Certainty::Safe);
        }
        match Series::of(&tag.name) {
            Some(series) => self.follow(&series, tag),
            None if version::names_one_release(&tag.name) => self.pin(tag, Certainty::Safe),
            None => self.named(tag, Risk::MovingTag(tag.name.to_string())),
        }
    }

    fn branch(&self, branch: &Ref) -> Result<Pin, Leave> {
        let series = Series::of(&branch.name);
        if let Some(series) = series.filter(|_| self.release_of(branch.commit).is_some()) {
            return Ok(self.follow(&series, branch));
        }
        if self.is_own() {
            return Err(Leave::OwnBranch(branch.name.to_string()));
        }
        if let Some(series) = series {
            let release =
                |version: &Version| series.contains(version) && self.refs.is_full(version);
            if let Some((_, newest)) = self.refs.newest_known(release) {
                let risk = Risk::Unreleased(branch.name.to_string());
                return Ok(self.noted(newest, Certainty::Unsafe(risk)));
            }
        }
        let risk = Risk::Branch(branch.name.to_string());
        // By these names a branch says that it holds what is released, and a release on its head
        // proves it.
        Ok(match branch.name.as_ref() {
            "stable" | "latest" | "release" | "releases" => self.named(branch, risk),
            _ => self.noted(branch, Certainty::Unsafe(risk)),
        })
    }

    /// A floating tag, or a release branch whose head is a release.
    ///
    /// Its own commit is right, as listed, even where newer releases of the series were listed
    /// beside it: then its owner does not move it. A release that was only seen in use came after
    /// the listing; a ref that was in front when it was listed has moved on to it.
    fn follow(&self, series: &Series, moving: &Ref) -> Pin {
        let front = self.refs.newest_listed(|version| series.contains(version));
        let later = self.refs.newest_seen(|version| {
            series.contains(version) && front.is_none_or(|(newest, _)| *version > newest)
        });
        let in_front = front
            .is_none_or(|(_, newest)| newest.commit == moving.commit || newest.date <= moving.date);
        let reached = match later {
            Some((_, seen)) if in_front => seen,
            _ => moving,
        };
        self.noted(reached, self.freshness())
    }

    /// A tag or branch that is no version but may stand on one: `latest`.
    fn named(&self, entry: &Ref, otherwise: Risk) -> Pin {
        let certainty = match (self.release_of(entry.commit), self.seen_after_listing()) {
            (None, _) => Certainty::Unsafe(otherwise),
            (Some(release), Some(later)) if release == later.newest_listed => {
                Certainty::Unsafe(Risk::Overtaken(later.seen.name.to_string()))
            }
            _ => self.freshness(),
        };
        self.noted(entry, certainty)
    }

    /// A name that the source does not hold. A floating tag may be younger than the index.
    fn unlisted(&self, name: &str, kind: Option<RefKind>) -> Result<Pin, Leave> {
        let unknown = self.unknown(name);
        if self.refs.source != Source::Index
            || kind == Some(RefKind::Branch)
            || Version::parse(name)
                .is_some_and(|version| version.is_prerelease() || self.refs.is_full(&version))
        {
            return Err(unknown);
        }
        let Some(series) = Series::of(name) else { return Err(unknown) };
        let (_, newest) = self
            .refs
            .newest_known(|version| {
                series.contains(version) && version.is_prefixed() == version::is_prefixed(name)
            })
            .ok_or(unknown)?;
        let pin = self.pin(newest, self.freshness());
        let note = format!("the built-in index does not know `{name}`, but its newest release");
        Ok(Pin { note: Some(note), ..pin })
    }

    fn unknown(&self, name: &str) -> Leave {
        Leave::UnknownRef {
            name: name.to_owned(),
            source: self.refs.source,
            listed_until: self.refs.listed_until,
            nearest: nearest::nearest(self.refs, name),
        }
    }

    fn short_sha(&self, digits: &str) -> Result<Pin, Leave> {
        let mut entries: Vec<_> =
            self.refs.refs.iter().filter(|entry| entry.commit.starts_with(digits)).collect();
        // Tags name a commit better than branches: they do not leave it.
        entries.sort_by_key(|entry| (entry.commit, entry.kind));
        let mut commits: Vec<_> = entries.iter().map(|entry| entry.commit).collect();
        commits.dedup();
        match (commits.len(), entries.first()) {
            (1, Some(entry)) => Ok(self.pin(entry, Certainty::Safe)),
            (commits, _) => Err(Leave::ShortSha { digits: digits.to_owned(), commits }),
        }
    }

    fn value_of_input(&self, fact: &RefIsInput, value: &str) -> Result<Pin, Leave> {
        let input =
            Input { name: fact.input, value: value.to_owned(), step_wins: fact.step_wins(value) };
        Ok(Pin { input: Some(input), ..self.target_of_input(fact)? })
    }

    fn target_of_input(&self, fact: &RefIsInput) -> Result<Pin, Leave> {
        let target = match fact.pin_to {
            PinTo::Branch(name) => self.refs.find(RefKind::Branch, name),
            PinTo::NewestRelease => self
                .refs
                .newest_known(|version| self.refs.is_full(version))
                .map(|(_, newest)| newest),
        };
        let target = target.ok_or_else(|| {
            self.unknown(match fact.pin_to {
                PinTo::Branch(name) => name,
                PinTo::NewestRelease => self.action.git_ref.name(),
            })
        })?;
        Ok(self.noted(target, self.freshness()))
    }

    /// A pin of what stays.
    fn pin(&self, entry: &Ref, certainty: Certainty) -> Pin {
        let wanted = self.action.git_ref.name();
        let named = self.refs.most_exact_version(entry.commit, wanted);
        let comment = named.unwrap_or(&entry.name).to_owned();
        Pin { commit: entry.commit, comment, input: None, certainty, note: None }
    }

    /// A pin of what moves, with a note of how far it is known.
    fn noted(&self, entry: &Ref, certainty: Certainty) -> Pin {
        let note = match (self.refs.source, self.refs.listed_until) {
            (Source::Repository, _) => None,
            (Source::Cache, until) => {
                until.map(|day| format!("as of {day}, when its repository was last asked"))
            }
            (Source::Index, Some(until)) if entry.listed => {
                Some(format!("the newest known, from a listing of {until}"))
            }
            (Source::Index, _) => Some(format!("the newest known, in use on {}", index::MADE)),
        };
        Pin { note, ..self.pin(entry, certainty) }
    }

    /// The release that a commit is.
    fn release_of(&self, commit: Commit) -> Option<Version> {
        self.refs
            .versions_of(commit)
            .map(|(version, _)| version)
            .filter(|version| !version.is_prerelease() && self.refs.is_full(version))
            .max()
    }

    /// What is known to be newer than the listing.
    ///
    /// Refs that were seen in use carry no date. Assumed is what holds for version numbers: that a
    /// release which is higher than all listed ones came after them; and that one which several
    /// owners had pinned when the index was made was current then.
    fn seen_after_listing(&self) -> Option<Later<'_>> {
        let (newest_listed, _) = self.refs.newest_listed(|version| self.refs.is_full(version))?;
        let (_, seen) = self.refs.newest_seen(|version| *version > newest_listed)?;
        Some(Later { newest_listed, seen })
    }

    /// Whether the source knows enough of the last year to tell where a moving ref is.
    fn freshness(&self) -> Certainty {
        let until = self.refs.listed_until;
        if self.refs.source == Source::Repository
            || until > Some(index::MADE.a_year_before())
            || self.seen_after_listing().is_some()
        {
            Certainty::Safe
        } else {
            Certainty::Unsafe(Risk::OldListing(until))
        }
    }

    fn is_own(&self) -> bool {
        self.here.is_some_and(|here| here.is_owned_by(self.action.owner))
    }
}

#[cfg(test)]
mod tests;
