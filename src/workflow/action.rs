//! The definition of an action.

use super::{Step, steps_of};
use crate::yaml::{Document, NodeId};

/// An `action.yml`.
#[derive(Clone, Copy, Debug)]
pub struct Action<'d> {
    document: &'d Document,
    root: NodeId,
}

impl<'d> Action<'d> {
    /// Views a document as an action; `None` for one that holds no mapping.
    pub fn new(document: &'d Document) -> Option<Self> {
        let root = document.root().filter(|&root| document.is_mapping(root))?;
        Some(Self { document, root })
    }

    /// The steps of a composite action; none for one of another kind.
    pub fn steps(&self) -> Vec<Step<'d>> {
        let runs = self.document.get(self.root, "runs");
        let steps = runs.and_then(|runs| self.document.get(runs, "steps"));
        steps.map_or(Vec::new(), |steps| steps_of(self.document, steps))
    }
}
