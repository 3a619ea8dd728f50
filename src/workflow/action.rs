//! The definition of an action.

use super::step::{RunDefaults, Step, steps_of};
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

    /// The document.
    pub fn document(&self) -> &'d Document {
        self.document
    }

    fn runs(&self, key: &str) -> Option<NodeId> {
        self.document.get(self.document.get(self.root, "runs")?, key)
    }

    /// What it is called where it is published.
    pub fn title(&self) -> Option<&'d str> {
        self.document.scalar(self.document.get(self.root, "name")?)
    }

    /// What runs it: `composite`, `docker`, `node24`. Without that it is none.
    pub fn using(&self) -> Option<&'d str> {
        self.document.scalar(self.runs("using")?)
    }

    /// Whether it is made of steps, and not a program.
    pub fn is_composite(&self) -> bool {
        self.using() == Some("composite")
    }

    /// The image of an action that runs in a container: `docker://…`, or a Dockerfile's path.
    pub fn image(&self) -> Option<NodeId> {
        self.runs("image")
    }

    /// The steps of a composite action; none for one of another kind.
    pub fn steps(&self) -> Vec<Step<'d>> {
        let steps = |list| steps_of(self.document, list, RunDefaults::default());
        self.runs("steps").map_or(Vec::new(), steps)
    }

    /// Its inputs with their defaults; an empty text where there is none.
    pub fn inputs(&self) -> impl Iterator<Item = (&'d str, &'d str)> + use<'d> {
        let document = self.document;
        let inputs = document.get(self.root, "inputs");
        let entries = inputs.map_or(&[][..], |inputs| document.entries(inputs));
        entries.iter().filter_map(move |entry| {
            let default = document.get(entry.value, "default");
            let default = default.and_then(|default| document.scalar(default));
            Some((document.scalar(entry.key)?, default.unwrap_or_default()))
        })
    }
}
