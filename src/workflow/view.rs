//! What a file is, to who looks at any of them.

use super::{Action, Dependabot, FileKind, Step, Workflow};
use crate::yaml::{Document, NodeId};

/// What a file is.
#[derive(Clone, Copy, Debug)]
pub enum View<'d> {
    /// A workflow.
    Workflow(Workflow<'d>),
    /// An action.
    Action(Action<'d>),
    /// Dependabot's configuration, which may still have to be made.
    Dependabot(Dependabot<'d>),
}

impl<'d> View<'d> {
    /// Views a document as what it is said to be; `None` where it has no such content.
    pub fn of(kind: FileKind, document: &'d Document) -> Option<Self> {
        Some(match kind {
            FileKind::Workflow => Self::Workflow(Workflow::new(document).ok()??),
            FileKind::Action => Self::Action(Action::new(document)?),
            FileKind::Dependabot => Self::Dependabot(Dependabot::new(document)),
        })
    }

    /// The document.
    pub fn document(&self) -> &'d Document {
        match self {
            Self::Workflow(workflow) => workflow.document(),
            Self::Action(action) => action.document(),
            Self::Dependabot(dependabot) => dependabot.document(),
        }
    }

    /// What it is.
    pub fn kind(&self) -> FileKind {
        match self {
            Self::Workflow(_) => FileKind::Workflow,
            Self::Action(_) => FileKind::Action,
            Self::Dependabot(_) => FileKind::Dependabot,
        }
    }

    /// The `uses:` of its jobs that call workflows.
    pub fn calls(&self) -> Vec<NodeId> {
        match self {
            Self::Workflow(workflow) => workflow.jobs().filter_map(|job| job.uses()).collect(),
            Self::Action(_) | Self::Dependabot(_) => Vec::new(),
        }
    }

    /// Its steps.
    pub fn steps(&self) -> Vec<Step<'d>> {
        match self {
            Self::Workflow(workflow) => workflow.jobs().flat_map(|job| job.steps()).collect(),
            Self::Action(action) => action.steps(),
            Self::Dependabot(_) => Vec::new(),
        }
    }

    /// What its `uses:` say, each with whether it is a workflow that a job calls.
    pub fn uses(&self) -> Vec<(&'d str, bool)> {
        let document = self.document();
        let calls = self.calls().into_iter().map(|node| (node, true));
        let steps = self.steps().into_iter().filter_map(|step| Some((step.uses()?, false)));
        let text = |(node, is_call)| Some((document.scalar(node)?.trim(), is_call));
        calls.chain(steps).filter_map(text).collect()
    }
}
