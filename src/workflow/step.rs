//! A step of a job or of a composite action.

use crate::yaml::{Document, NodeId};

/// A step.
#[derive(Clone, Copy, Debug)]
pub struct Step<'d> {
    document: &'d Document,
    node: NodeId,
    defaults: RunDefaults<'d>,
}

/// What counts for scripts of steps that do not say it themselves:
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#defaultsrun>.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RunDefaults<'d> {
    pub(super) shell: Option<&'d str>,
    pub(super) working_directory: Option<&'d str>,
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

    /// The shell of its script; `None` where that is the runner's own, which is `bash`.
    pub fn shell(&self) -> Option<&'d str> {
        self.text("shell").or(self.defaults.shell)
    }

    /// The folder that its script runs in, from the root of the repository; `None` where that is the root.
    pub fn working_directory(&self) -> Option<&'d str> {
        self.text("working-directory").or(self.defaults.working_directory)
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
pub(super) fn steps_of<'d>(
    document: &'d Document,
    list: NodeId,
    defaults: RunDefaults<'d>,
) -> Vec<Step<'d>> {
    let mut steps = Vec::new();
    add_steps(document, list, defaults, &mut steps, 0);
    steps
}

fn add_steps<'d>(
    document: &'d Document,
    list: NodeId,
    defaults: RunDefaults<'d>,
    steps: &mut Vec<Step<'d>>,
    depth: usize,
) {
    for &node in document.items(list) {
        if steps.len() >= MAX_STEPS {
            return;
        }
        let step = Step { document, node, defaults };
        steps.push(step);
        if let Some(parallel) = step.get("parallel").filter(|_| depth < MAX_DEPTH) {
            add_steps(document, parallel, defaults, steps, depth + 1);
        }
    }
}
