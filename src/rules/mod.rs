//! The rules, one file each: what it looks for and why, with an example, and the code.
//!
//! A rule is a plain function from a file and the facts to findings. It never touches the network,
//! the clock or the disk.

mod attest_provenance;
mod build_isolation;
mod dependabot;
mod granted;
mod job_permissions;
mod new_step;
mod permission_block;
mod persist_credentials;
mod pin_actions;
mod pin_images;
mod publish_environment;
mod publish_jobs;
mod publisher;
mod release_docs;
mod release_trigger;
mod sites;
mod stale_repositories;
mod step_input;
mod trusted_publishing;
mod upgrade;
mod upload_step;
mod verify_pins;
mod version_comment;
mod vulnerable_actions;
mod workflow_permissions;

use crate::finding::{Clause, Facts, File, Finding};
use crate::resolve::Wanted;
use crate::workflow::NewNeed;

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
    attest_provenance::RULE,
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
    trusted_publishing::RULE,
    verify_pins::RULE,
    vulnerable_actions::RULE,
    workflow_permissions::RULE,
];

/// For a rule that goes by the repository's files alone: it wants to know nothing of others.
fn wants_nothing<'d>(_: &File<'d>, _: &mut Wanted<'d>) {}

/// The rule of a name.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}

/// What the jobs of a file will need of permissions once the fixes of these rules are made: those that bring
/// something new into a job. Findings that `is_made` turns down bring nothing.
pub fn new_needs<'d>(
    file: &File<'d>,
    facts: &Facts<'d>,
    is_made: impl Fn(&Finding) -> bool,
) -> Vec<NewNeed> {
    let runs = BRINGING.into_iter().filter(|(rule, _)| facts.rules.contains(rule));
    let found = runs.flat_map(|(_, found)| found(file, facts));
    found.filter(|(finding, _)| is_made(finding)).flat_map(|(_, needs)| needs).collect()
}

/// Whether fixes of a rule bring something new into a job.
pub fn brings_needs(rule: &str) -> bool {
    BRINGING.iter().any(|(name, _)| *name == rule)
}

/// The rules whose fixes bring something new into a job.
const BRINGING: [(&str, Found); 2] = [
    (attest_provenance::RULE.name, attest_provenance::found),
    (trusted_publishing::RULE.name, trusted_publishing::found),
];

/// Findings, each with what its fix brings into a job.
type Found = for<'d> fn(&File<'d>, &Facts<'d>) -> Vec<(Finding, Vec<NewNeed>)>;
