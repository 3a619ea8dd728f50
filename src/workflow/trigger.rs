//! What starts a workflow.

use crate::yaml::{Document, NodeId};

/// An entry of `on`.
#[derive(Clone, Copy, Debug)]
pub struct Trigger<'d> {
    document: &'d Document,
    name: &'d str,
    /// What stands behind the name, if it is a key.
    filters: Option<NodeId>,
}

impl<'d> Trigger<'d> {
    /// The triggers that an `on` lists: one name, a list of them, or a mapping.
    pub(super) fn of(document: &'d Document, on: NodeId) -> Vec<Self> {
        let keyed = document.entries(on).iter().map(|entry| (entry.key, Some(entry.value)));
        let listed = document.items(on).iter().copied().chain([on]).map(|name| (name, None));
        keyed
            .chain(listed)
            .filter_map(|(name, filters)| {
                Some(Self { document, name: document.scalar(name)?, filters })
            })
            .collect()
    }

    /// The event: `push`, `workflow_call`.
    pub fn name(&self) -> &'d str {
        self.name
    }

    /// The mapping behind it, if there is one.
    pub fn node(&self) -> Option<NodeId> {
        self.filters
    }

    /// The values of a filter, `branches` say; `None` where it is not there.
    pub fn filter(&self, key: &str) -> Option<Vec<&'d str>> {
        let document = self.document;
        let value = document.get(self.filters?, key)?;
        let values = document.items(value).iter().copied().chain([value]);
        Some(values.filter_map(|value| document.scalar(value)).collect())
    }
}
