//! Proof that a rewritten text is what was asked for, and nothing else.
//!
//! Three questions, none of which looks at the edits: does the text parse to the intended tree; are
//! the lines that no operation names still there, in order, with their line endings, and none
//! between them where none was asked for; does every comment still stand beside what it stood beside.

mod comments;
mod lines;

use std::fmt;

use super::document::Document;
use super::intent::{self, Became};
use super::parse::ParseError;
use super::path::Path;
use super::plan::Plan;

/// Why a rewritten text is not what was asked for: a fault of the editor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not YAML any more.
    Unreadable(ParseError),
    /// The tree is not the intended one.
    Tree(Path),
    /// A line, from 1, that no operation named is not as it was, or is followed by new ones.
    Line(usize),
    /// A comment is lost, came from nowhere, or stands beside something else.
    Comment(String),
    /// The byte order mark came or went.
    ByteOrderMark,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => {
                write!(f, "the result does not parse: {}: {error}", error.position)
            }
            Self::Tree(at) => write!(f, "the result would not mean what was intended at {at}"),
            Self::Line(line) => write!(f, "line {line} would have changed for no reason"),
            Self::Comment(text) => write!(f, "the comment `{text}` would not be where it was"),
            Self::ByteOrderMark => f.write_str("the byte order mark would have changed"),
        }
    }
}

impl std::error::Error for Fault {}

/// Checks that `text` is `document` with the plan carried out and nothing else changed, and gives it
/// back parsed.
///
/// # Errors
///
/// The first thing that is not as it must be.
pub fn verify(document: &Document, plan: &Plan, text: String) -> Result<Document, Fault> {
    let result = Document::parse(text).map_err(Fault::Unreadable)?;
    if (document.source().start() > 0) != (result.source().start() > 0) {
        return Err(Fault::ByteOrderMark);
    }
    let became = match intent::intended(document, plan) {
        Some(intended) => intent::compare(&intended, &result).map_err(Fault::Tree)?,
        None if result.root().is_none() => Became::new(),
        None => return Err(Fault::Tree(Path::root())),
    };
    lines::check(document, plan, result.source())?;
    comments::check(document, plan, &result, &became)?;
    Ok(result)
}
