//! Typed, borrowed views over a document: a workflow with its triggers, permissions, jobs and steps,
//! an action with the steps of a composite one, and Dependabot's configuration.
//!
//! The language is that of GitHub's own definition, `dist/workflow-v1.0.min.json` in the npm package
//! `@actions/workflow-parser`.

mod action;
mod dependabot;
mod files;
mod job;
mod own_name;
mod permissions;
mod scope;
mod step;
mod trigger;
mod view;

use std::fmt;

pub use action::Action;
pub use dependabot::{Dependabot, Update};
pub use files::{
    Elsewhere, NewNeed, RepositoryFiles, Surroundings, local_path, path_inside, script_path,
};
pub use job::Job;
pub use own_name::own_name;
pub use permissions::{Grant, Level, Permissions};
pub use scope::Scope;
pub use step::Step;
pub use trigger::Trigger;
pub use view::View;

use crate::yaml::{Document, NodeId, Position};

/// What a file is to GitHub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A workflow, `.github/workflows/*.yml`.
    Workflow,
    /// The definition of an action, `action.yml`.
    Action,
    /// Dependabot's configuration, `.github/dependabot.yml`.
    Dependabot,
}

/// Something that GitHub would not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// Where.
    pub position: Position,
    /// What was expected there.
    pub expected: &'static str,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GitHub would not accept this workflow: {}", self.expected)
    }
}

impl std::error::Error for Invalid {}

/// A workflow file.
#[derive(Clone, Copy, Debug)]
pub struct Workflow<'d> {
    document: &'d Document,
    root: NodeId,
}

impl<'d> Workflow<'d> {
    /// Views a document as a workflow; `None` for one without content.
    ///
    /// # Errors
    ///
    /// Where GitHub would refuse what the rules build on: a root that is no mapping, a
    /// `permissions:` without a value or of another kind than it may be.
    pub fn new(document: &'d Document) -> Result<Option<Self>, Invalid> {
        let Some(root) = document.root().filter(|&root| !document.is_null(root)) else {
            return Ok(None);
        };
        let workflow = Self { document, root };
        let invalid = |node, expected| Invalid { position: document.position(node), expected };
        if !document.is_mapping(root) {
            return Err(invalid(root, "expected a mapping with `on` and `jobs`"));
        }
        let blocks = workflow.jobs().map(|job| job.permissions_node());
        for node in blocks.chain([workflow.permissions_node()]).flatten() {
            if let Err(wrong) = Permissions::read(document, node) {
                return Err(invalid(
                    wrong,
                    if wrong == node {
                        "expected `permissions:` to have `read-all`, `write-all` or a mapping of scopes behind it"
                    } else {
                        "expected `read`, `write` or `none` behind a scope"
                    },
                ));
            }
        }
        Ok(Some(workflow))
    }

    /// The document.
    pub fn document(&self) -> &'d Document {
        self.document
    }

    /// The root mapping.
    pub fn root(&self) -> NodeId {
        self.root
    }

    /// What starts it, in order.
    pub fn triggers(&self) -> Vec<Trigger<'d>> {
        let on = self.document.get(self.root, "on");
        on.map_or(Vec::new(), |on| Trigger::of(self.document, on))
    }

    /// Whether other workflows can call it.
    pub fn is_callable(&self) -> bool {
        self.triggers().iter().any(|trigger| trigger.name() == "workflow_call")
    }

    /// The value of the top-level `permissions`.
    pub fn permissions_node(&self) -> Option<NodeId> {
        self.document.get(self.root, "permissions")
    }

    /// The top-level `permissions`.
    pub fn permissions(&self) -> Option<Permissions<'d>> {
        Permissions::read(self.document, self.permissions_node()?).ok()
    }

    /// Its jobs, in order.
    pub fn jobs(&self) -> impl Iterator<Item = Job<'d>> + use<'d> {
        let document = self.document;
        let jobs = document.get(self.root, "jobs");
        let entries = jobs.map_or(&[][..], |jobs| document.entries(jobs));
        entries.iter().map(|&entry| Job::new(document, entry))
    }
}
