//! A plan carried out on a document, and proven.

use std::fmt;

use super::document::Document;
use super::edit::{self, EditError};
use super::plan::Plan;
use super::verify::{self, Fault};

/// Why a document stays as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RewriteError {
    /// An operation cannot be done there.
    Refused(EditError),
    /// The result is not what was asked for.
    Faulty(Fault),
}

impl fmt::Display for RewriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::Faulty(fault) => {
                write!(f, "{fault}; left as it was: please report this as a bug of spec8-fix")
            }
        }
    }
}

impl std::error::Error for RewriteError {}

/// Carries out a plan and proves the result.
///
/// # Errors
///
/// Where an operation cannot be done, or the result is not exactly what was asked for. The document
/// is untouched in any case.
pub fn rewrite(document: &Document, plan: &Plan) -> Result<Document, RewriteError> {
    let edits = edit::edits(document, plan).map_err(RewriteError::Refused)?;
    let text = edit::apply(document.text(), &edits);
    verify::verify(document, plan, text).map_err(RewriteError::Faulty)
}
