//! The rules, one file each: what it looks for and why, with an example, and the code.
//!
//! A rule is a plain function from a file and the facts to findings. It never touches the network,
//! the clock or the disk.

mod build_isolation;
mod dependabot;
mod granted;
mod job_permissions;
mod permission_block;
mod persist_credentials;
mod pin_actions;
mod pin_images;
mod publish_environment;
mod publish_jobs;
mod release_docs;
mod release_trigger;
mod sites;
mod stale_repositories;
mod step_input;
mod upgrade;
mod verify_pins;
mod version_comment;
mod vulnerable_actions;
mod workflow_permissions;

use crate::finding::{Clause, Facts, File, Finding};
use crate::resolve::Wanted;

/// A rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name, as in `--select` and in `# spec8-fix: ignore[…]`.
    pub name: &'static str,
    /// The clause of SPEC 8 that it serves.
    pub clause: Clause,
    /// When it runs.
    pub runs: Runs,
    /// What it does, in one line.
    pub summary: &'static str,
    /// What `explain` prints: what it does, why, an example, what to use instead.
    pub explanation: &'static str,
    /// The names of rules of neighbouring tools that say the same: a comment that silences one of
    /// them silences this one.
    pub aliases: &'static [&'static str],
    /// The names of rules whose fix of a place is needless where this one's is made.
    pub replaces: &'static [&'static str],
    /// What it wants to know of other repositories before it runs.
    pub wants: for<'d> fn(&File<'d>, &mut Wanted<'d>),
    /// What it finds.
    pub check: for<'d> fn(&File<'d>, &Facts<'d>) -> Vec<Finding>,
}

/// When a rule runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// Unless it is ignored.
    ByDefault,
    /// Only where it is selected by its name: it is good for some, and not for most.
    WhenSelected,
}

/// All rules, by name.
pub const RULES: &[Rule] = &[
    build_isolation::RULE,
    dependabot::RULE,
    job_permissions::RULE,
    persist_credentials::RULE,
    pin_actions::RULE,
    pin_images::RULE,
    publish_environment::RULE,
    release_docs::RULE,
    release_trigger::RULE,
    stale_repositories::RULE,
    verify_pins::RULE,
    vulnerable_actions::RULE,
    workflow_permissions::RULE,
];

/// The rule of a name.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}
