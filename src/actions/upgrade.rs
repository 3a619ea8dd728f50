//! The release to move forward to.
//!
//! Pure policy, as in [`pin`](super::pin). A release is taken that is newer than the one in use, in the
//! range that was asked for, and known to be out for long enough: a hijacked release is mostly found
//! within days. What counts is who saw it when ([`release`](super::release)); the date of its commit
//! can only make it younger, for a commit of yesterday was not released a week ago.
//!
//! | the release | taken |
//! | --- | --- |
//! | of the same major version, known to be out for long enough | safe: its owner says by the version that what worked works, and a floating tag would have moved there |
//! | of another major version, another `0.x`, or in place of a pre-release | unsafe |
//! | old by the date of its commit only | unsafe |
//! | too young, or of unknown age | no |
//! | whose tag was moved, or with a known vulnerability | no |

use std::cmp::Reverse;
use std::fmt;

use super::advisory::Advisory;
use super::commit::Commit;
use super::date::Date;
use super::decision::{Certainty, Pin, Risk};
use super::refs::{Ref, RefKind, Refs};
use super::release::Teller;
use super::version::Version;

/// How far to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Range {
    /// To the newest release that differs in the last number: from v4.1.0 to v4.1.7.
    Patch,
    /// To the newest release of the same major version: from v4.1.0 to v4.4.0.
    Minor,
    /// To the newest release.
    Major,
}

impl Range {
    /// How many numbers stay.
    fn fixed(self) -> usize {
        match self {
            Self::Patch => 2,
            Self::Minor => 1,
            Self::Major => 0,
        }
    }

    /// What the names of all releases in the range start with, as far as the version in use tells:
    /// `v4.`; nothing where any name will do.
    pub fn prefix(self, in_use: &str) -> String {
        let Some(version) = Version::parse(in_use) else { return String::new() };
        let numbers = version.components().iter().take(self.fixed());
        let numbers: String = numbers.map(|number| format!("{number}.")).collect();
        let v = if version.is_prefixed() && !numbers.is_empty() { &in_use[..1] } else { "" };
        format!("{v}{numbers}")
    }

    fn contains(self, in_use: &Version, other: &Version) -> bool {
        let fixed = |version: &Version| version.components().get(..self.fixed()).map(<[_]>::to_vec);
        fixed(in_use).is_some_and(|numbers| fixed(other) == Some(numbers))
            && is_calendar(in_use) == is_calendar(other)
    }
}

/// Whether a version is a year or a day: `2023.04.22`, `v20201129`. Owners change to these and back,
/// so that the greater one is not the later.
fn is_calendar(version: &Version) -> bool {
    version.components()[0] >= 1000
}

/// How to move forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upgrade {
    /// How far.
    pub range: Range,
    /// How many days a release has to be out.
    pub min_age: u32,
    /// The day of the run.
    pub today: Date,
}

/// The release in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InUse<'a> {
    /// Its commit.
    pub commit: Commit,
    /// Its version, as the tag or the comment spells it.
    pub name: &'a str,
    /// The same, taken apart.
    pub version: Version,
    /// Whether a tag says so. Otherwise only the comment does.
    pub is_tagged: bool,
}

/// The version that a commit is.
///
/// # Errors
///
/// Where the version that its comment claims is another commit.
pub fn in_use<'a>(
    refs: &'a Refs,
    commit: Commit,
    claimed: Option<&'a str>,
) -> Result<Option<InUse<'a>>, Contradicted> {
    let tagged = refs.most_exact_version(commit, claimed.unwrap_or_default());
    if let Some((name, version)) = tagged.and_then(|name| Some((name, Version::parse(name)?))) {
        return Ok(Some(InUse { commit, name, version, is_tagged: true }));
    }
    let Some((name, version)) = claimed.and_then(|name| Some((name, Version::parse(name)?))) else {
        return Ok(None);
    };
    match refs.find(RefKind::Tag, name) {
        Some(_) if refs.is_full(&version) => Err(Contradicted),
        _ => Ok(Some(InUse { commit, name, version, is_tagged: false })),
    }
}

/// The comment of a pin names a version that is another commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contradicted;

/// What there is to move to.
#[derive(Clone, Debug, Default)]
pub struct Newer<'r> {
    /// The newest release that may be taken.
    pub bold: Option<Target<'r>>,
    /// The newest one that is safe, where it is not the same.
    pub safe: Option<Target<'r>>,
    /// The newest one of all, where it may not be taken.
    pub held_back: Option<HeldBack<'r>>,
}

/// A release to move to.
#[derive(Clone, Debug)]
pub struct Target<'r> {
    /// Its tag.
    pub tag: &'r Ref,
    /// Why it could break what worked, if it could.
    pub risk: Option<Risk>,
}

/// A release that is not taken.
#[derive(Clone, Copy, Debug)]
pub struct HeldBack<'r> {
    /// Its tag.
    pub tag: &'r Ref,
    /// Why.
    pub why: Doubt,
}

/// Why a release is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Its commit is of that day.
    Committed(Date),
    /// GitHub published it on that day.
    Published(Date),
    /// It was first seen on that day. It may be older.
    Seen(Date),
    /// Its tag was moved.
    Moved,
}

/// What is known of the age of a release.
enum Age {
    Enough,
    /// By its commit only.
    Claimed(Date),
    TooLittle(Doubt),
}

impl Upgrade {
    /// What there is to move to from the release in use.
    pub fn newer<'r>(&self, refs: &'r Refs, in_use: &InUse<'_>) -> Newer<'r> {
        let mut newer = Newer::default();
        for (version, tag) in self.candidates(refs, in_use) {
            let claimed = match self.age(refs, tag) {
                Age::Enough => None,
                Age::Claimed(date) => {
                    Some(Risk::DateOfCommit { version: tag.name.to_string(), date })
                }
                Age::TooLittle(why) => {
                    if newer.bold.is_none() {
                        newer.held_back.get_or_insert(HeldBack { tag, why });
                    }
                    continue;
                }
            };
            let risk = incompatible(in_use, &version, tag).or(claimed);
            let is_safe = risk.is_none();
            let target = Target { tag, risk };
            match newer.bold {
                None => newer.bold = Some(target),
                Some(_) if is_safe => newer.safe = Some(target),
                Some(_) => continue,
            }
            if is_safe {
                break;
            }
        }
        newer
    }

    /// The newer releases in the range, the newest first. A pre-release is one only where another of
    /// the same version is in use.
    fn candidates<'r>(&self, refs: &'r Refs, in_use: &InUse<'_>) -> Vec<(Version, &'r Ref)> {
        let numbers = in_use.version.components();
        let same_numbers =
            |version: &Version| in_use.version.is_prerelease() && version.components() == numbers;
        // `v4` on a commit that is no release: where in its series that is, nobody says.
        let is_floating = in_use.is_tagged && !refs.is_full(&in_use.version);
        let mut candidates: Vec<_> = refs
            .tags()
            .filter_map(|tag| Some((tag.version()?, tag)))
            .filter(|(version, _)| {
                *version > in_use.version
                    && self.range.contains(&in_use.version, version)
                    && refs.is_full(version)
                    && !(is_floating && version.components().starts_with(numbers))
            })
            .filter(|(version, tag)| {
                let is_vulnerable = |advisory: &Advisory| advisory.vulnerable.contains(version);
                tag.commit != in_use.commit && !refs.advisories.iter().flatten().any(is_vulnerable)
            })
            .filter(|(version, tag)| {
                let called_so = || refs.release(tag).is_some_and(|release| release.is_prerelease);
                same_numbers(version) || !version.is_prerelease() && !called_so()
            })
            .collect();
        candidates.sort_by_key(|(version, _)| Reverse(*version));
        candidates
    }

    fn age(&self, refs: &Refs, tag: &Ref) -> Age {
        if refs.moved_tag(&tag.name).is_some() {
            return Age::TooLittle(Doubt::Moved);
        }
        if self.min_age == 0 {
            return Age::Enough;
        }
        let latest = self.today.days_before(self.min_age);
        match (refs.release(tag), tag.date) {
            (Some(release), _) if release.told_by == Teller::GitHub && release.since > latest => {
                Age::TooLittle(Doubt::Published(release.since))
            }
            (_, Some(date)) if date > latest => Age::TooLittle(Doubt::Committed(date)),
            (Some(release), _) if release.since <= latest => Age::Enough,
            (_, Some(date)) => Age::Claimed(date),
            (Some(release), None) => Age::TooLittle(Doubt::Seen(release.since)),
            (None, None) => Age::TooLittle(Doubt::Seen(self.today)),
        }
    }
}

/// Why a release may break what worked with the one in use, if it may: by its version, as
/// <https://semver.org> has it.
fn incompatible(in_use: &InUse<'_>, version: &Version, tag: &Ref) -> Option<Risk> {
    if !in_use.is_tagged {
        return Some(Risk::ClaimedVersion(in_use.name.to_owned()));
    }
    let series = |version: &Version| match *version.components() {
        [0, minor, ..] => (0, Some(minor)),
        [major, ..] => (major, None),
        [] => (0, None),
    };
    let is_compatible = series(&in_use.version) == series(version)
        && !in_use.version.is_prerelease()
        && !is_calendar(version);
    (!is_compatible)
        .then(|| Risk::Upgrade { from: in_use.name.to_owned(), to: tag.name.to_string() })
}

impl Target<'_> {
    /// The pin to it. `otherwise` is a risk that there is beside its own.
    pub fn pin(&self, refs: &Refs, otherwise: &Certainty) -> Pin {
        let certainty = match &self.risk {
            Some(risk) => Certainty::Unsafe(risk.clone()),
            None => otherwise.clone(),
        };
        Pin {
            commit: self.tag.commit,
            comment: self.tag.name.to_string(),
            input: None,
            certainty,
            note: refs.release(self.tag).map(|release| release.to_string()),
        }
    }
}

impl fmt::Display for HeldBack<'_> {
    /// What is so.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tag: Ref { name, .. }, why } = self;
        match why {
            Doubt::Committed(day) => write!(f, "{name} has a commit of {day}"),
            Doubt::Published(day) => write!(f, "{name} was published on {day}"),
            Doubt::Seen(day) => {
                write!(f, "{name} was first seen here on {day}, and nobody says how old it is")
            }
            Doubt::Moved => {
                write!(f, "the tag `{name}` was moved: find out why before you take it")
            }
        }
    }
}

#[cfg(test)]
mod tests;
