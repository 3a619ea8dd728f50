//! What comes back where the definition of an action or a reusable workflow is wanted.

use std::fmt;

/// The text of a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file that it is, by its path in its repository.
    pub file: String,
    /// The text.
    pub text: String,
}

/// Why a definition could not be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoDefinition {
    /// The network was not to be used, and no earlier run read it.
    Offline,
    /// It was not among what was wanted.
    NotAsked,
    /// There is no such file, or it is shown to some only.
    NotFound,
    /// Whoever was asked did not give it: why.
    Failed(String),
}

impl fmt::Display for NoDefinition {
    /// Follows "it is not known, and".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offline => f.write_str("reading it takes network access"),
            Self::NotAsked => f.write_str("was not read"),
            Self::NotFound => f.write_str("could not be read: not found, or private"),
            Self::Failed(why) => write!(f, "could not be read: {why}"),
        }
    }
}
