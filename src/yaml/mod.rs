//! The format-preserving YAML editor. It knows nothing of GitHub.
//!
//! ```text
//! text -- parse --> Document -- edit (Plan) --> text -- verify --> Document
//!                      \-------- intent (Plan) ---------^
//! ```
//!
//! A [`Document`] is a text with a tree over it. What is to change is said as [`Operation`]s on the
//! tree, merged into a [`Plan`]; [`rewrite`] makes byte edits of it, in the style of their
//! surroundings, and proves that nothing else changed.

mod beside;
mod document;
mod edit;
mod intent;
mod layout;
mod operation;
mod parse;
mod path;
mod plan;
mod render;
mod repair;
mod rewrite;
mod scalar;
mod scan;
mod source;
mod value;
mod verify;

pub use document::{Comment, Document, Entry, Flow, NodeId, Style};
pub use edit::{Edit, EditError, Refused, apply, edits};
pub use operation::{Change, Displaced, Operation, Place};
pub use parse::{MAX_BYTES, MAX_DEPTH, ParseError, Refusal};
pub use path::{Path, Segment};
pub use plan::{Conflict, Plan};
pub use rewrite::{RewriteError, rewrite};
pub use scalar::ScalarKind;
pub use source::{Position, Source, Span};
pub use value::{Value, ValueEntry};
pub use verify::{Fault, verify};
