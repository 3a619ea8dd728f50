//! What can be decided about a reference to an action, and how it is told.

use std::fmt;

use super::commit::Commit;
use super::date::Date;
use super::knowledge::{Reason, RefIsInput};
use super::refs::Source;

/// What to do about a `uses:`.
#[derive(Clone, Debug)]
pub enum Decision {
    /// Rewrite it.
    Pin(Pin),
    /// Leave it as it is, for this reason.
    Leave(Leave),
}

/// The commit that takes the place of a ref.
#[derive(Clone, Debug)]
pub struct Pin {
    /// The commit.
    pub commit: Commit,
    /// The comment beside it, without `#`: the most exact version tag of the commit, else the name
    /// of the ref.
    pub comment: String,
    /// What the step has to say once the ref no longer says it.
    pub input: Option<Input>,
    /// Whether what ran before is sure to run after.
    pub certainty: Certainty,
    /// What else a reader should know.
    pub note: Option<String>,
}

/// An input that means what a ref meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The input's name: `toolchain`.
    pub name: &'static str,
    /// Its value, a string even where it looks like a number: `1.70`.
    pub value: String,
    /// Where the step gives this input already: whether that value is the one in effect today, and
    /// stays. Otherwise the action ignores it under this ref, and would no longer under the pin.
    pub step_wins: bool,
}

/// Whether a pin may be written without asking.
#[derive(Clone, Debug)]
pub enum Certainty {
    /// A correct run stays correct, on what is known.
    Safe,
    /// It could change what runs.
    Unsafe(Risk),
}

/// Why a pin could change what runs, or hold it back.
#[derive(Clone, Debug)]
pub enum Risk {
    /// The ref is a branch that does not follow releases.
    Branch(String),
    /// The ref is a tag that moves, and no release is where it points.
    MovingTag(String),
    /// A release branch holds commits that no release has.
    Unreleased(String),
    /// The listing of this repository is old: more may have been released since.
    OldListing(Option<Date>),
    /// This version is known to be newer than where the ref pointed when it was listed.
    Overtaken(String),
    /// An upgrade to a version that does not say that what worked works.
    Upgrade {
        /// The version in use.
        from: String,
        /// The new one.
        to: String,
    },
    /// An upgrade from a commit of which only its comment says which version it is.
    ClaimedVersion(String),
    /// An upgrade to a release whose age only its commit tells.
    DateOfCommit {
        /// The release.
        version: String,
        /// The day of its commit.
        date: Date,
    },
}

/// Why a reference stays as it is.
#[derive(Clone, Debug)]
pub enum Leave {
    /// It is a full commit SHA already.
    Pinned,
    /// Its ref holds an expression.
    Expression,
    /// It is an action or workflow of this very repository.
    OwnRepository,
    /// It is a branch of the same owner.
    OwnBranch(String),
    /// The action fails unless it is named by a tag.
    KeepTag(&'static Reason),
    /// It stands for inputs of the action, in a way that is not known.
    UnknownValue {
        /// The ref.
        git_ref: String,
        /// What is known of this action's refs.
        fact: &'static RefIsInput,
    },
    /// A tag and a branch share the name, and differ.
    TagAndBranch(String),
    /// Nothing of this name is known.
    UnknownRef {
        /// The name.
        name: String,
        /// Who was asked.
        source: Source,
        /// How far that source knows the repository.
        listed_until: Option<Date>,
        /// What it has of similar names, the most similar first.
        nearest: Vec<String>,
    },
    /// It may be the abbreviation of a commit, but of none that is known, or of several.
    ShortSha {
        /// The digits.
        digits: String,
        /// How many known commits start with them.
        commits: usize,
    },
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Branch(name) => {
                write!(f, "`{name}` is a branch without releases to follow: the pin holds it still")
            }
            Self::MovingTag(name) => {
                write!(f, "the tag `{name}` may move, and no release is where it points")
            }
            Self::Unreleased(name) => write!(
                f,
                "the head of `{name}` is not a release: the newest release may lack what runs today"
            ),
            Self::OldListing(Some(until)) => write!(
                f,
                "releases after {until} are unknown here: \
                 the pin may be older than what runs today"
            ),
            Self::OldListing(None) => f.write_str(
                "few of its releases are known here: the pin may be older than what runs today",
            ),
            Self::Overtaken(version) => write!(
                f,
                "{version} is out, and this ref has probably moved there: \
                 the pin may be older than what runs today"
            ),
            Self::Upgrade { from, to } => {
                write!(
                    f,
                    "the step from {from} to {to} may break what worked: read its release notes"
                )
            }
            Self::ClaimedVersion(version) => write!(
                f,
                "only the comment says that {version} is in use, no tag is on that commit: \
                 the step may be a large one"
            ),
            Self::DateOfCommit { version, date } => write!(
                f,
                "only its commit, of {date}, says how long {version} has been out, \
                 and whoever makes a commit sets its date"
            ),
        }
    }
}

impl fmt::Display for Leave {
    /// What is so, and what the maintainer can do about it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pinned => f.write_str("it is pinned to a commit already"),
            Self::Expression => f.write_str(
                "GitHub does not evaluate expressions in `uses`: write the tag or commit itself",
            ),
            Self::OwnRepository => f.write_str(
                "it is part of this repository: \
                 name it by its path, `./…` or `$/…`, to run what is checked in",
            ),
            Self::OwnBranch(name) => write!(
                f,
                "`{name}` is a branch of this repository's owner: \
                 pin it by hand if not everyone who can push there is trusted here"
            ),
            Self::KeepTag(reason) => write!(f, "it {} ({})", reason.reason, reason.source),
            Self::UnknownValue { git_ref, fact } => write!(
                f,
                "`{git_ref}` is no version of this action but tells it what to do, and how else to \
                 say that is not known here: pin it by hand, with the input `{}` ({})",
                fact.input, fact.source
            ),
            Self::TagAndBranch(name) => write!(
                f,
                "`{name}` is a tag and a branch, with different commits: \
                 write `refs/tags/{name}` or `refs/heads/{name}`"
            ),
            Self::UnknownRef { name, source, listed_until, nearest } => {
                match source {
                    Source::Repository => {
                        write!(f, "its repository has no tag or branch `{name}`")?;
                    }
                    Source::Cache => {
                        write!(f, "its repository had no tag or branch `{name}`")?;
                        if let Some(day) = listed_until {
                            write!(f, " on {day}")?;
                        }
                    }
                    Source::Index => {
                        write!(f, "the built-in index does not know `{name}`")?;
                        if let Some(until) = listed_until {
                            write!(f, ", its listing of this repository ends on {until}")?;
                        }
                    }
                }
                for (position, near) in nearest.iter().enumerate() {
                    let before = if position == 0 { ", the nearest is " } else { ", then " };
                    write!(f, "{before}`{near}`")?;
                }
                f.write_str(match source {
                    Source::Repository => ": correct the ref",
                    _ => ": check that the ref exists, or run with network access",
                })
            }
            Self::ShortSha { digits, commits } => {
                match commits {
                    0 => write!(f, "no known commit, tag or branch is `{digits}`")?,
                    _ => write!(f, "{commits} known commits start with `{digits}`")?,
                }
                f.write_str(": write the full commit SHA, GitHub runs no abbreviated one")
            }
        }
    }
}
