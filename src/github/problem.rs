//! Why something cannot be done, and what a person can do about it.

use std::fmt;

use super::client::Unchanged;
use crate::resolve::Failure;

/// Why something cannot be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// What is so, in one line.
    what: String,
    /// What to do about it, line by line.
    help: Vec<String>,
    /// Whether it would be the same with every other repository.
    pub(crate) concerns_all: bool,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        self.help.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl Problem {
    /// A problem of one repository.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), help: Vec::new(), concerns_all: false }
    }

    /// The same, with a line about what to do.
    #[must_use]
    pub(crate) fn with(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The first line.
    pub(crate) fn line(&self) -> &str {
        &self.what
    }

    /// There is no token.
    pub(super) fn no_token(why: Option<String>) -> Self {
        let why = why.map_or_else(String::new, |why| format!(": {why}"));
        let problem = Self::new(format!("this needs a token for GitHub, and there is none{why}"))
            .with("log in with the GitHub CLI: gh auth login --scopes workflow")
            .with("or set GH_TOKEN to a token");
        Self { concerns_all: true, ..problem }
    }

    /// A request failed.
    pub(super) fn failed(about: &str, failure: &Failure) -> Self {
        match failure {
            Failure::NotFound => {
                Self::new(format!("{about}: no such repository, or the token cannot see it"))
            }
            failure => Self {
                concerns_all: failure.concerns_all() || *failure == Failure::Unauthorized,
                ..Self::new(format!("{about}: {failure}"))
            },
        }
    }

    /// A change was not made.
    pub(super) fn unchanged(about: &str, unchanged: &Unchanged) -> Self {
        match unchanged {
            Unchanged::Said(said) => Self::new(format!("{about}: GitHub says: {}", said.message)),
            Unchanged::Failed(failure) => Self::failed(about, failure),
        }
    }
}
