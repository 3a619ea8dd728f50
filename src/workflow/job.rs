//! A job of a workflow.

use super::Permissions;
use super::step::{RunDefaults, Step, steps_of};
use crate::yaml::{Document, Entry, NodeId};

/// A job: its own steps, or a call of a reusable workflow.
#[derive(Clone, Copy, Debug)]
pub struct Job<'d> {
    document: &'d Document,
    entry: Entry,
}

impl<'d> Job<'d> {
    pub(super) fn new(document: &'d Document, entry: Entry) -> Self {
        Self { document, entry }
    }

    /// The job's ID, its key below `jobs`.
    pub fn id(&self) -> &'d str {
        self.document.scalar(self.entry.key).unwrap_or_default()
    }

    /// The key below `jobs`.
    pub fn key(&self) -> NodeId {
        self.entry.key
    }

    /// The job's mapping.
    pub fn node(&self) -> NodeId {
        self.entry.value
    }

    /// The value of one of its keys.
    pub fn get(&self, key: &str) -> Option<NodeId> {
        self.document.get(self.entry.value, key)
    }

    /// The reusable workflow that it calls.
    pub fn uses(&self) -> Option<NodeId> {
        self.get("uses")
    }

    /// The value of its `permissions`.
    pub fn permissions_node(&self) -> Option<NodeId> {
        self.get("permissions")
    }

    /// Its own `permissions`, which replace those of the workflow.
    pub fn permissions(&self) -> Option<Permissions<'d>> {
        Permissions::read(self.document, self.permissions_node()?).ok()
    }

    /// The name of its `environment:`, which stands there or below `name:`; it may be an expression.
    pub fn environment_name(&self) -> Option<&'d str> {
        let node = self.get("environment")?;
        let is_mapping = self.document.is_mapping(node);
        let name = if is_mapping { self.document.get(node, "name")? } else { node };
        self.document.scalar(name)
    }

    /// What it and its services run in: `container:` and `services:`, each an image or a mapping with one.
    pub fn containers(&self) -> impl Iterator<Item = NodeId> + use<'d> {
        let document = self.document;
        let services = self.get("services").map_or(&[][..], |services| document.entries(services));
        let services = services.iter().map(|service| service.value);
        self.get("container").into_iter().chain(services)
    }

    /// The names of the images of these.
    pub fn images(&self) -> Vec<NodeId> {
        let document = self.document;
        let image = |node| match document.is_mapping(node) {
            true => document.get(node, "image"),
            false => Some(node),
        };
        self.containers().filter_map(image).collect()
    }

    /// Its steps in order, those inside `parallel:` included.
    pub fn steps(&self) -> Vec<Step<'d>> {
        let steps = |list| steps_of(self.document, list, self.run_defaults());
        self.get("steps").map_or(Vec::new(), steps)
    }

    /// What `defaults: run:` of the job or of its workflow says, and the shell that its runner has.
    fn run_defaults(&self) -> RunDefaults<'d> {
        let document = self.document;
        let nodes = [Some(self.node()), document.root()].into_iter().flatten();
        let runs: Vec<_> =
            nodes.filter_map(|node| document.get(document.get(node, "defaults")?, "run")).collect();
        let named =
            |key: &str| runs.iter().find_map(|&run| document.scalar(document.get(run, key)?));
        let runner = self.get("runs-on").and_then(|runner| document.scalar(runner));
        let is_windows = runner.is_some_and(|runner| runner.starts_with("windows"));
        RunDefaults {
            shell: named("shell").or(is_windows.then_some("pwsh")),
            working_directory: named("working-directory"),
        }
    }
}
