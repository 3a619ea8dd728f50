//! Which jobs publish: what they upload, where to, with which credential, and in which kinds of runs.
//!
//! A job publishes when it uploads something to a package index, a registry of containers or a release
//! on GitHub. Sites and documentation are not publishing, and neither are artifacts of a run. What
//! uploads is known from data: actions and reusable workflows from `uploads` in `data/actions/`, commands
//! from `data/commands.toml`. Composite actions, called workflows and scripts of the repository are followed.
//!
//! An upload counts if some kind of run of the workflow makes it: conditions of steps, of jobs, of the
//! jobs that they wait for and of callers are evaluated for each event ([`Scenario`]). So `if: false` and
//! dry runs are no uploads. What the file does not decide, an output of another job say, is
//! [`Truth::Hidden`].
//!
//! ```text
//! Analysis::new(files, path, workflow).job(&job) -> Publishing { runs, uploads, builds }
//! ```

mod analysis;
mod form;
mod given;
mod table;
mod upload;
mod walk;

pub use crate::actions::upload::{Destination, Kind, KnownUpload};
pub use analysis::Analysis;
pub use form::PublisherForm;
pub use upload::{At, By, Credential, Publishing, Run, Upload};

#[cfg(test)]
mod tests;
