//! What is known of how an action, or a command, uses the workflow's token. The statics are made from
//! `data/` by `build/`; docs/knowledge-base.md says what each part means.

use crate::workflow::{Level, Scope};

/// What something acts with.
#[derive(Debug)]
pub struct Token {
    /// The inputs that take a token; the first one given counts.
    pub inputs: &'static [&'static str],
    /// Whether the first of them defaults to the workflow's token.
    pub default: bool,
    /// The variables that it reads the token from where no input gives one.
    pub env: &'static [&'static str],
    /// Whether it runs `git` with the credentials that a checkout left.
    pub git: bool,
    /// Whether it takes the workflow's token by itself.
    pub own: bool,
}

/// A permission that it needs.
#[derive(Debug)]
pub struct KnownNeed {
    /// The scopes, with their levels.
    pub grants: &'static [(Scope, Level)],
    /// What for; completes "it …".
    pub why: &'static str,
    /// When.
    pub condition: Condition,
    /// Whether it is needed only once the job has logged in to GitHub's package registry.
    pub login: bool,
    /// The action, `owner/name`, that an earlier step of the job has to use.
    pub after: Option<&'static str>,
    /// Whether it is needed only where no earlier step has checked a repository out into the job's folder.
    pub without_checkout: bool,
    /// Whether only a private repository asks for it.
    pub private: bool,
    /// Whether its documentation asks a public one for it, too.
    pub recommended: bool,
    /// Whether it does what it is for without this as well: where it was given it stays, and it is not given.
    pub optional: bool,
    /// Whether it is needed only where something is so that no file shows: it is granted to be sure, and nobody is asked
    /// for it.
    pub precaution: bool,
    /// What this is done with, where it is not the token of the entry.
    pub token: Option<Token>,
    /// Why it is not certain that it is needed.
    pub doubt: Option<&'static str>,
}

impl KnownNeed {
    /// Whether it only reads by GitHub's API. Then it does no harm to grant it where nobody can tell whether it has
    /// to be, for a private repository; packages are read by another protocol, and hold more than the repository does.
    pub fn only_reads(&self) -> bool {
        self.grants.iter().all(|(scope, level)| *level <= Level::Read && *scope != Scope::Packages)
    }
}

/// Something that it may do and a workflow does not show.
#[derive(Debug)]
pub struct KnownDoubt {
    /// What; completes "it …".
    pub why: &'static str,
    /// When.
    pub condition: Condition,
}

/// When something is so.
#[derive(Debug)]
pub struct Condition {
    /// Which inputs have to fit which patterns: each has to fit one of its own.
    pub when: &'static [(&'static str, &'static [&'static str])],
    /// It is not so where one of these is known to fit.
    pub unless: &'static [(&'static str, &'static [&'static str])],
    /// The patterns of events; none for every event.
    pub events: &'static [&'static str],
}
