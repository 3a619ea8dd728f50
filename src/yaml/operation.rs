//! What can be asked of a document.

use std::fmt;

use super::path::Path;
use super::value::Value;

/// One change at one place. All paths are those of the document as it is before any change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The node that changes, or the collection that gains an entry.
    pub at: Path,
    /// What becomes of it.
    pub change: Change,
    /// Whether the change is wanted wherever an alias shares the place. Otherwise a shared place is
    /// refused.
    pub everywhere: bool,
}

/// A change at the place that an [`Operation`] names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A scalar (or an empty value) becomes this string, in its quoting style where that can carry
    /// it; anchor and tag stay.
    SetScalar(String),
    /// These bytes of a scalar's text become others. Parts that do not meet may be asked for apart; a
    /// [`Plan`](super::Plan) makes one scalar of them.
    SetPart {
        /// Where the part starts in the text.
        from: usize,
        /// Where it ends.
        to: usize,
        /// What comes in its place.
        text: String,
    },
    /// The comment at the end of the node's line becomes this text (without `#`).
    SetComment {
        /// The new comment's text.
        text: String,
        /// What becomes of a comment that stands there.
        displaced: Displaced,
    },
    /// A mapping, or an empty value that becomes one, gains an entry.
    Insert {
        /// The new key.
        key: String,
        /// Its value.
        value: Value,
        /// Where among its siblings.
        place: Place,
        /// A comment at the end of the key's line, without its `#`.
        comment: Option<String>,
    },
    /// The node becomes another value: `permissions: write-all` becomes a block.
    Replace(Value),
    /// The key goes with its value and its trailing comment.
    Remove,
    /// A sequence, or an empty value that becomes one, gains an item in front of the one at `index`;
    /// last, where there is none.
    InsertItem {
        /// From 0.
        index: usize,
        /// The new item.
        value: Value,
    },
}

/// What becomes of a comment that gives way to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Displaced {
    /// It moves to a line of its own above.
    Above,
    /// It goes: the new one says what it said.
    Dropped,
}

/// Where an entry goes among its siblings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In front of all.
    First,
    /// Behind all.
    Last,
    /// Directly in front of this key.
    Before(String),
    /// Directly behind this key.
    After(String),
}

impl Operation {
    /// A change that is refused where the place is shared through an alias.
    pub const fn new(at: Path, change: Change) -> Self {
        Self { at, change, everywhere: false }
    }

    /// A change that may reach every alias of the place.
    pub const fn everywhere(at: Path, change: Change) -> Self {
        Self { at, change, everywhere: true }
    }

    /// A new entry without a comment.
    pub fn insert(into: Path, key: &str, value: impl Into<Value>, place: Place) -> Self {
        let change =
            Change::Insert { key: key.to_owned(), value: value.into(), place, comment: None };
        Self::new(into, change)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = &self.at;
        match &self.change {
            Change::SetScalar(text) => write!(f, "set {at} to `{text}`"),
            Change::SetPart { text, .. } => write!(f, "set a part of {at} to `{text}`"),
            Change::SetComment { text, .. } => write!(f, "set the comment of {at} to `# {text}`"),
            Change::Insert { key, .. } => write!(f, "insert `{key}` into {at}"),
            Change::Replace(_) => write!(f, "replace {at}"),
            Change::Remove => write!(f, "remove {at}"),
            Change::InsertItem { index, .. } => write!(f, "insert an item at {index} into {at}"),
        }
    }
}
