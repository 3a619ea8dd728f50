//! A `permissions` block.
//!
//! What is not named in a block is not granted, and a job's block replaces that of the workflow:
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions>.

use crate::yaml::{Document, Entry, NodeId};

/// How much a scope allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing.
    None,
    /// To read.
    Read,
    /// To read and to write.
    Write,
}

impl Level {
    /// As a block spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// One line of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant<'d> {
    /// The scope, `contents` say.
    pub scope: &'d str,
    /// How much.
    pub level: Level,
    /// The value's node.
    pub node: NodeId,
}

/// What a `permissions:` grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permissions<'d> {
    /// `read-all`
    ReadAll,
    /// `write-all`
    WriteAll,
    /// Scope by scope; none at all for `{}`.
    Scopes(Vec<Grant<'d>>),
}

impl<'d> Permissions<'d> {
    /// Reads the value of a `permissions:`.
    ///
    /// # Errors
    ///
    /// The node that is not as GitHub knows it: this one, or the level of a scope.
    pub fn read(document: &'d Document, node: NodeId) -> Result<Self, NodeId> {
        if document.is_mapping(node) {
            let grant = |entry: &Entry| {
                let level = match document.scalar(entry.value) {
                    Some("none") => Level::None,
                    Some("read") => Level::Read,
                    Some("write") => Level::Write,
                    _ => return Err(entry.value),
                };
                let scope = document.scalar(entry.key).ok_or(entry.key)?;
                Ok(Grant { scope, level, node: entry.value })
            };
            let grants = document.entries(node).iter().map(grant);
            return grants.collect::<Result<_, _>>().map(Self::Scopes);
        }
        match document.scalar(node) {
            Some("read-all") => Ok(Self::ReadAll),
            Some("write-all") => Ok(Self::WriteAll),
            _ => Err(node),
        }
    }

    /// How much it grants of one scope.
    pub fn level(&self, scope: &str) -> Level {
        match self {
            Self::ReadAll => Level::Read,
            Self::WriteAll => Level::Write,
            Self::Scopes(grants) => grants
                .iter()
                .find(|grant| grant.scope == scope)
                .map_or(Level::None, |grant| grant.level),
        }
    }

    /// Whether it grants more than a default for all jobs should: a write scope, or everything.
    pub fn is_broad(&self) -> bool {
        match self {
            Self::ReadAll | Self::WriteAll => true,
            Self::Scopes(grants) => grants.iter().any(|grant| grant.level == Level::Write),
        }
    }
}
