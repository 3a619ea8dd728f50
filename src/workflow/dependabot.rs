//! Dependabot's configuration.
//!
//! Its keys:
//! <https://docs.github.com/en/code-security/reference/supply-chain-security/dependabot-options-reference>.

use crate::yaml::{Document, NodeId};

/// `.github/dependabot.yml`, be it there or not: one without content is not there yet.
#[derive(Clone, Copy, Debug)]
pub struct Dependabot<'d> {
    document: &'d Document,
}

impl<'d> Dependabot<'d> {
    /// Views a document as Dependabot's configuration.
    pub fn new(document: &'d Document) -> Self {
        Self { document }
    }

    /// The document.
    pub fn document(&self) -> &'d Document {
        self.document
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.document.root().is_none_or(|root| self.document.is_null(root))
    }

    /// Whether it is what Dependabot understands: a mapping with `version: 2`, and a list, or nothing,
    /// behind `updates`.
    pub fn is_understood(&self) -> bool {
        let document = self.document;
        let version = self.get("version").and_then(|version| document.scalar(version));
        let is_list = |updates| document.is_sequence(updates) || document.is_null(updates);
        version == Some("2") && self.updates().is_none_or(is_list)
    }

    /// The value of `updates`.
    pub fn updates(&self) -> Option<NodeId> {
        self.get("updates")
    }

    /// The entries of `updates`, in order, each for one package manager.
    pub fn entries(&self) -> impl Iterator<Item = Update<'d>> + use<'d> {
        let document = self.document;
        let updates = self.updates().map_or(&[][..], |updates| document.items(updates));
        updates.iter().map(move |&node| Update { document, node })
    }

    fn get(&self, key: &str) -> Option<NodeId> {
        self.document.get(self.document.root()?, key)
    }
}

/// An entry of `updates`.
#[derive(Clone, Copy, Debug)]
pub struct Update<'d> {
    document: &'d Document,
    node: NodeId,
}

impl<'d> Update<'d> {
    /// Its mapping.
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// The node of the package manager's name.
    pub fn ecosystem_node(&self) -> Option<NodeId> {
        self.document.get(self.node, "package-ecosystem")
    }

    /// The package manager that it is for.
    pub fn ecosystem(&self) -> Option<&'d str> {
        self.document.scalar(self.ecosystem_node()?)
    }

    /// The folders that it looks into: those of `directories`, which may hold `*`, or that of
    /// `directory`.
    pub fn directories(&self) -> Vec<&'d str> {
        let document = self.document;
        let listed = document.get(self.node, "directories").map(|list| document.items(list));
        let listed = listed.unwrap_or_default().iter().copied();
        let nodes = listed.chain(document.get(self.node, "directory"));
        nodes.filter_map(|node| document.scalar(node)).collect()
    }
}
