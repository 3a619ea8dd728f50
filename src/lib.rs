//! `spec8-fix` rewrites a repository's GitHub workflows until they follow SPEC 8.

pub mod actions;
pub mod resolve;
pub mod yaml;
