//! A step of a job or of a composite action.

use crate::yaml::{Document, NodeId};

/// A step.
#[derive(Clone, Copy, Debug)]
pub struct Step<'d> {
    document: &'d Document,
    node: NodeId,
}

impl<'d> Step<'d> {
    /// The document that it stands in.
    pub fn document(&self) -> &'d Document {
        self.document
    }

    /// The step's mapping.
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// The value of one of its keys.
    pub fn get(&self, key: &str) -> Option<NodeId> {
        self.document.get(self.node, key)
    }

    /// The action that it uses.
    pub fn uses(&self) -> Option<NodeId> {
        self.get("uses")
    }

    /// The shell script that it runs.
    pub fn run(&self) -> Option<NodeId> {
        self.get("run")
    }

    /// What a person calls it: its `name`, else its `id`, else the action.
    pub fn title(&self) -> Option<&'d str> {
        let key = ["name", "id", "uses"].into_iter().find_map(|key| self.get(key))?;
        self.document.scalar(key)
    }

    /// The text of one of its keys.
    pub fn text(&self, key: &str) -> Option<&'d str> {
        self.document.scalar(self.get(key)?)
    }

    /// The value of an input below `with`. GitHub compares the names of inputs without regard to
    /// case.
    pub fn input(&self, name: &str) -> Option<NodeId> {
        let is_it =
            |key| self.document.scalar(key).is_some_and(|key| key.eq_ignore_ascii_case(name));
        let mut entries = self.document.entries(self.get("with")?).iter();
        entries.find(|entry| is_it(entry.key)).map(|entry| entry.value)
    }
}

/// How deep `parallel:` is followed, and how many steps a list has at most: an alias may make a list a
/// part of itself.
const MAX_DEPTH: usize = 16;
const MAX_STEPS: usize = 20_000;

/// The steps of a list, those inside `parallel:` included, in order.
pub fn steps_of(document: &Document, list: NodeId) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    add_steps(document, list, &mut steps, 0);
    steps
}

fn add_steps<'d>(document: &'d Document, list: NodeId, steps: &mut Vec<Step<'d>>, depth: usize) {
    for &node in document.items(list) {
        if steps.len() >= MAX_STEPS {
            return;
        }
        let step = Step { document, node };
        steps.push(step);
        if let Some(parallel) = step.get("parallel").filter(|_| depth < MAX_DEPTH) {
            add_steps(document, parallel, steps, depth + 1);
        }
    }
}
