//! `spec8-fix` rewrites a repository's GitHub workflows until they follow SPEC 8, "Securing the
//! Release Process", of the Scientific Python project.
//!
//! ```text
//! files --> yaml::Document --> workflow::Workflow --> rules --> Findings (with Fixes) --+
//!                                    |                  ^                               |
//!                                    +- wanted -> resolve - facts ----------------------+
//!                                                                                       v
//! stdout / file / working tree <-- diff <-- verify <-- plan <-- operations -------------+
//! ```
//!
//! Loading ([`load`]), resolving ([`resolve`]) and delivering ([`cli`]) do I/O; everything between is
//! pure. A rule ([`rules`]) asks for changes to the data, never to bytes; [`yaml`] plans them, makes
//! the edits and proves that nothing else changed.

pub mod actions;
pub mod cli;
pub mod diff;
pub mod expression;
pub mod finding;
pub mod fix;
mod github;
pub mod glob;
pub mod images;
pub mod init;
pub mod load;
pub mod packages;
pub mod permissions;
pub mod publishing;
pub mod report;
pub mod resolve;
pub mod rules;
pub mod shell;
pub mod silence;
mod subprocess;
pub mod tasks;
pub mod workflow;
pub mod yaml;
