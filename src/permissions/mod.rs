//! Which permissions of `GITHUB_TOKEN` a job needs, step by step, each with its evidence.
//!
//! # Needs
//!
//! A *need* is a scope at a level, with the place in the workflow that it comes from. Needs come from what is
//! known of actions (`data/actions/`), from commands of scripts of a shell or of Python (`data/commands.toml`,
//! `data/gh-commands.tsv`), from endpoints of GitHub's API that scripts call (`data/endpoints.tsv`), from
//! composite actions of the repository, from tasks of the project (`make`, `tox`, `npm run`), and from workflows
//! that a job calls. A need counts if some kind of run of the workflow has it ([`Scenario`]), and only where what
//! acts has the workflow's own token.
//!
//! An action or workflow of another repository that is not known is read, where the network or the cache gives
//! it ([`unknown`] tells what to read): a composite action is looked at step by step, a workflow job by job,
//! like those of the repository itself. What these name by a local path is not followed: it means something
//! else there.
//!
//! # Guesses
//!
//! Where nothing is known of what has the token, a need may be the most likely one. It stands beside a doubt, and is
//! never reported as missing.
//!
//! # Certainty
//!
//! A job is *certain* if nothing in it could use the token in a way that is not seen. These are
//! *doubts*:
//!
//! - an action that is not known and was not read;
//! - an action that is a program, of the repository itself or read from another one, that has the token: by an
//!   input, its default included, or by the environment;
//! - a program of another repository that says by its name that it publishes, where a checkout left
//!   credentials for `git`;
//! - a command that is not known and is handed the token, by its environment or its arguments, or a module that a
//!   script of Python with the token imports;
//! - a command of the project that says by its name that it releases, publishes, deploys, pushes, tags or
//!   bumps, where credentials are in reach: the token, what a checkout left for `git`, a login to GitHub's
//!   registry, another token of GitHub's; or that publishes without any, for it may prove which workflow it runs in;
//! - a command that a variable hides, where the token is in reach;
//! - a push by `git` whose credentials are not seen, or that has none;
//! - a script for `actions/github-script` that has the token beside its client;
//! - a call of a workflow that is not known and was not read;
//! - what the knowledge of an action says that workflows do not show; a private repository is none where all
//!   that it takes is to read, which is granted to be sure.
//!
//! Not a doubt is the project's own build and its tests, without being handed the token: credentials that
//! a checkout left in git's configuration are no invitation. Nor is a program of another repository that has no
//! token. Neither is a step that also runs for pull requests from forks: there it runs with a token that can
//! only read, which shows that it needs no more; unless something is handed the token there, which may leave for a
//! fork what it does with it elsewhere.

mod action;
mod call;
mod checkouts;
mod collect;
mod command;
mod condition;
mod containers;
mod credentials;
mod elsewhere;
mod endpoint;
mod frame;
mod graphql;
mod guesses;
mod imports;
mod javascript;
mod job;
mod matrix;
mod names;
mod own_action;
mod run;
mod scenario;
mod script;
mod state;
mod unknown;
mod work_trees;

pub(crate) use action::{inputs_of, texts};
pub(crate) use call::{Seed, seed_of_call};
pub use collect::{Doubt, Evidence, Ground, JobNeeds, Need};
pub(crate) use command::value;
pub(crate) use condition::meets;
pub use credentials::{GitNeed, GitUse};
pub(crate) use frame::Frame;
pub use imports::imported_files;
pub use job::Analysis;
pub(crate) use job::{MAX_DEPTH, Site};
pub use scenario::Scenario;
pub use unknown::{Unknown, unknown};

#[cfg(test)]
mod tests;
