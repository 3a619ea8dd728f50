//! Which files belong to a run, and their contents.

mod discover;
pub mod named;
mod own;
pub mod surroundings;

use std::fmt;
use std::path::PathBuf;

pub use discover::discover;
pub use own::Own;

use crate::packages::Packages;
use crate::workflow::{FileKind, Surroundings};
use crate::yaml::{Document, Position};

/// A repository, or a folder that is laid out as one.
#[derive(Debug)]
pub struct Repository {
    /// Its root folder: where a patch of its files applies.
    pub root: PathBuf,
    /// What comes before a file's path from the root when it is shown: nothing where the run has one
    /// repository, else the way to it from the folder that was asked for.
    pub prefix: String,
    /// What can be told of it on GitHub without a request.
    pub own: Own,
    /// Whether all of it was asked for, and not only some folders or files.
    pub is_whole: bool,
    /// The files that the rules look at, by path.
    pub files: Vec<SourceFile>,
    /// What its packages are called.
    pub packages: Packages,
    /// What lies beside them.
    pub surroundings: Surroundings,
}

/// A file, not yet read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it is.
    pub location: PathBuf,
    /// Its path from the repository's root, with `/`.
    pub path: String,
    /// What it is to GitHub.
    pub kind: FileKind,
    /// Whether it is not there: a rule may want to make it.
    pub is_missing: bool,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// The file or folder.
    pub path: String,
    /// The place in the file, where there is one.
    pub position: Option<Position>,
    /// What was expected, and what to do.
    pub message: String,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(position) => write!(f, "{}:{position}: {}", self.path, self.message),
            None => write!(f, "{}: {}", self.path, self.message),
        }
    }
}

impl std::error::Error for LoadError {}

/// Reads and parses a file; `shown` is its name in an error. One that is not there has no content.
///
/// # Errors
///
/// Where it cannot be read, is not UTF-8, or is not YAML that can be edited in safety.
pub fn read(file: &SourceFile, shown: &str) -> Result<Document, LoadError> {
    let fail = |position, message| LoadError { path: shown.to_owned(), position, message };
    let bytes = if file.is_missing { Ok(Vec::new()) } else { std::fs::read(&file.location) };
    let bytes = bytes.map_err(|error| fail(None, error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line_start = valid.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let position = Position {
            line: valid.iter().filter(|&&byte| byte == b'\n').count() + 1,
            column: String::from_utf8_lossy(&valid[line_start..]).chars().count() + 1,
        };
        fail(
            Some(position),
            "not UTF-8, as GitHub expects: save the file in that encoding".to_owned(),
        )
    })?;
    Document::parse(text).map_err(|error| fail(Some(error.position), error.to_string()))
}
