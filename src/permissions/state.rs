//! What the steps of a job leave behind.

use std::collections::BTreeMap;

use super::checkouts::Checkout;
use super::work_trees::WorkTrees;
use crate::actions::knowledge::Entry;
use crate::actions::need::KnownNeed;
use crate::expression::Carries;
use crate::yaml::NodeId;

/// A step: one of a job, or one of the composite actions that it uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StepId {
    /// The step of the job.
    pub(crate) node: NodeId,
    /// Inside of composite actions, which step of which it is: sixteen bits for each of them.
    way: u128,
}

impl From<NodeId> for StepId {
    fn from(node: NodeId) -> Self {
        Self { node, way: 0 }
    }
}

impl StepId {
    /// The step at a position, from 0, of the composite action that this one uses.
    pub(super) fn inner(self, position: usize) -> Self {
        Self { way: (self.way << 16).wrapping_add(position as u128 + 1), ..self }
    }
}

/// What earlier steps of a job left for later ones.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// The credentials that `git` has; `None` where no checkout is seen.
    pub(super) git: Option<Carries>,
    /// Whether a repository is checked out in the job's own folder.
    pub(super) is_checked_out: bool,
    /// Whether the job has logged in to GitHub's package registry with the workflow's token.
    pub(super) registry: bool,
    /// The actions that were used, as far as they are known.
    pub(super) used: Vec<&'static Entry>,
    /// The variables that hold the token, or may hold a secret, for the steps behind.
    pub(super) exports: BTreeMap<String, Carries>,
    /// What `gh` is logged in with.
    pub(super) gh: Carries,
    /// What is checked out in folders of its own.
    pub(super) checkouts: Vec<Checkout>,
    /// The repositories in folders of their own.
    pub(super) work_trees: WorkTrees,
    /// The folder that the script has changed to, from the job's; `None` where that is not known.
    pub(super) folder: Option<String>,
    /// Whether the files at hand are those of another repository.
    pub(super) is_elsewhere: bool,
    /// Whether the job has set npm up to publish to its registry.
    pub(super) npm: bool,
    /// Whether the job says that it publishes to PyPI, by the address of its environment.
    pub(super) pypi: bool,
    /// Whether the job, its environment or its workflow is called after PyPI.
    pub(super) names_pypi: bool,
    /// How many programs were run of which nothing is known.
    pub(super) own_programs: usize,
    /// How many tasks of the project were followed.
    pub(super) tasks: usize,
    /// Whether a script has to do with a file in which publishers keep a token.
    pub(super) keeps_token: bool,
}

impl State {
    /// Whether the workflow's token is among the credentials of `git`, as far as is seen.
    pub(super) fn git_has_token(&self) -> bool {
        self.git.is_none_or(|carries| carries.token)
    }

    /// The credentials that `git` has in a folder.
    pub(super) fn git_in(&self, folder: Option<&str>) -> Option<Carries> {
        folder.and_then(|folder| self.work_trees.credentials(folder)).or(self.git)
    }

    /// Whether the earlier steps that a need asks for were there, and those not that make it needless.
    pub(super) fn is_ready_for(&self, need: &KnownNeed) -> bool {
        let is_used = |name: &str| self.used.iter().any(|entry| entry.repository() == name);
        (!need.login || self.registry)
            && !(need.without_checkout && self.is_checked_out)
            && need.after.is_none_or(is_used)
    }
}
