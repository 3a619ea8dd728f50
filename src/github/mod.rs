//! GitHub as the place where changes go: what a branch holds, and pull requests.
//!
//! ```text
//! about + snapshot ──> fixes, clause by clause ──> branch ──> pull request
//!        ▲                                            │
//!        └──────────── the base moved ────────────────┘
//! ```
//!
//! Every change is made in such a way that GitHub refuses it where the world is not as this program saw
//! it last: commits name the head that they go on (`expectedHeadOid`), refs the commit that they move
//! from (`beforeOid`). So a change whose answer got lost is looked for, and only then made again, and
//! nothing of anybody else's is ever overwritten.

mod about;
mod blob;
mod branch;
mod client;
mod owner;
mod problem;
mod propose;
mod pull;
mod push;
mod pushed;
mod rights;
mod snapshot;

pub(crate) use about::{About, about};
pub(crate) use client::Client;
pub(crate) use owner::repositories_of;
pub(crate) use problem::Problem;
pub(crate) use propose::{Opened, Plan, Proposal, Proposed, Request, propose};
pub(crate) use push::NewCommit;
pub(crate) use snapshot::{Snapshot, snapshot};
