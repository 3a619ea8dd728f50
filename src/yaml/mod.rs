//! The format-preserving YAML editor. It knows nothing of GitHub.

mod document;
mod parse;
mod path;
mod repair;
mod scalar;
mod scan;
mod source;

pub use document::{Comment, Document, Entry, Flow, NodeId, Style};
pub use parse::{MAX_BYTES, MAX_DEPTH, ParseError, Refusal};
pub use path::{Path, Segment};
pub use scalar::ScalarKind;
pub use source::{Position, Source, Span};
