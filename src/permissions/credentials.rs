//! Who uses the credentials that a checkout leaves for `git`.

use super::Evidence;
use super::action::Given;
use super::job::{Site, Walk};
use super::state::State;
use crate::actions::knowledge::Entry;
use crate::actions::need::{KnownNeed, Token};
use crate::expression::Carries;
use crate::shell::Word;
use crate::workflow::{Level, Scope};
use crate::yaml::NodeId;

/// A step that uses the credentials which a checkout left for `git`, or may do so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitUse {
    /// The step of the job.
    pub step: NodeId,
    /// What for.
    pub how: GitNeed,
    /// From what this is known.
    pub evidence: Evidence,
}

/// What the credentials of `git` are used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GitNeed {
    /// A program of the project runs. It is built and tested, and its name does not say that it pushes;
    /// but it may fetch.
    MayFetch,
    /// To fetch, which takes credentials only where the repository is private.
    Fetch,
    /// Something runs of which it is not known whether it uses them.
    Unknown,
    /// To push.
    Push,
}

/// Subcommands that ask no server, or, as `clone` does, without what a checkout left.
const LOCAL: &[&str] = &[
    "--version",
    "add",
    "am",
    "apply",
    "archive",
    "blame",
    "branch",
    "bundle",
    "cat-file",
    "check-ignore",
    "checkout",
    "cherry-pick",
    "clean",
    "clone",
    "commit",
    "config",
    "describe",
    "diff",
    "diff-files",
    "diff-index",
    "diff-tree",
    "for-each-ref",
    "format-patch",
    "gc",
    "grep",
    "hash-object",
    "init",
    "lfs",
    "log",
    "ls-files",
    "ls-tree",
    "merge",
    "merge-base",
    "mv",
    "name-rev",
    "notes",
    "rebase",
    "remote",
    "reset",
    "restore",
    "rev-list",
    "rev-parse",
    "revert",
    "rm",
    "shortlog",
    "show",
    "show-ref",
    "stash",
    "status",
    "switch",
    "symbolic-ref",
    "tag",
    "update-index",
    "update-ref",
    "version",
    "worktree",
];

/// What a command of `git` uses the credentials for, by its words from the subcommand on.
pub(super) fn needed_for(words: &[Word]) -> Option<(GitNeed, &'static str)> {
    let texts: Vec<_> = words.iter().map(|word| word.text().unwrap_or_default()).collect();
    match texts[..] {
        ["push", ..] | ["lfs" | "subtree", "push", ..] => {
            Some((GitNeed::Push, "pushes to the repository"))
        }
        ["fetch" | "pull" | "ls-remote" | "submodule", ..]
        | ["lfs", "pull" | "fetch", ..]
        | ["subtree", "pull" | "add", ..]
        | ["remote", "update" | "show" | "prune" | "set-head", ..] => {
            Some((GitNeed::Fetch, "fetches from the repository"))
        }
        [] => None,
        [first, ..] if LOCAL.contains(&first) => None,
        _ => Some((GitNeed::Unknown, "is not known here")),
    }
}

impl<'d> Walk<'_, 'd> {
    /// Notes a push whose credentials are not seen. Where a checkout left none, most likely the workflow's
    /// token is meant.
    pub(super) fn unseen_push(&mut self, site: Site<'d>, actor: &str, state: &State) {
        let what = "pushes with credentials that the workflow does not show";
        let evidence = site.evidence(actor, what);
        if state.git.is_some() {
            self.found.guess(site.step, Scope::Contents, &evidence);
        }
        self.found.doubt(site.step, evidence);
    }

    /// What an action does with the credentials of `git`.
    pub(super) fn entry_git(
        &mut self,
        actor: &str,
        entry: &Entry,
        site: Site<'d>,
        given: &Given<'_>,
        met: &[(&KnownNeed, Carries)],
    ) {
        let uses_git = |token: &Option<Token>| token.as_ref().is_some_and(|token| token.git);
        let own = uses_git(&entry.token);
        let used =
            met.iter().filter(|(need, _)| uses_git(&need.token) || own && need.token.is_none());
        let mut used = used.peekable();
        if own && used.peek().is_none() {
            let evidence = site.evidence(actor, "runs `git`");
            self.found.git(site.step, GitNeed::Fetch, evidence);
        }
        for (need, carries) in used {
            let writes = need.grants.contains(&(Scope::Contents, Level::Write));
            let how = if writes { GitNeed::Push } else { GitNeed::Fetch };
            self.found.git(site.step, how, site.evidence(actor, need.why));
            if writes && !carries.is_any() {
                self.unseen_push(site, actor, given.state);
            }
        }
    }
}
