//! From what a run found to commits and the text of a pull request.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::rc::Rc;

use crate::finding::{Clause, Remedy};
use crate::fix::{self, FileOutcome, Found, Options, Outcome, Status};
use crate::github::{About, NewCommit, Proposal, Snapshot};
use crate::report::pull_request;

/// How many changes the message of a commit lists.
const MAX_LISTED: usize = 50;

/// What to propose to a repository.
pub(super) fn of(
    (about, files): (&About, &Snapshot),
    outcome: &Rc<Outcome>,
    options: &Options,
    server: String,
) -> Proposal {
    let title = pull_request::title(outcome);
    let mut clauses: Vec<Clause> = options.rules.iter().map(|rule| rule.clause).collect();
    clauses.sort_unstable();
    clauses.dedup();
    let (about, packages, for_text) = (about.clone(), files.packages(), Rc::clone(outcome));
    let body = move |commit: &str| {
        let about = pull_request::About {
            server: &server,
            repository: &about.name,
            base: &about.base,
            commit,
            packages: &packages,
            clauses: &clauses,
        };
        pull_request::text(&about, &for_text)
    };
    Proposal { commits: commits(outcome), title, body: Box::new(body) }
}

/// A commit for each clause, on top of those before it.
fn commits(outcome: &Outcome) -> Vec<NewCommit> {
    let mut texts = BTreeMap::<Clause, BTreeMap<String, String>>::new();
    for file in &outcome.files {
        for (clause, text) in fix::by_clause(file) {
            texts.entry(clause).or_default().insert(file.source.path.clone(), text);
        }
    }
    texts.into_iter().map(|(clause, files)| commit(outcome, clause, files)).collect()
}

fn commit(outcome: &Outcome, clause: Clause, files: BTreeMap<String, String>) -> NewCommit {
    let is_its = |(_, found): &(&FileOutcome, &Found)| {
        found.status == Status::Fixed && found.finding.clause == clause
    };
    let changes: Vec<_> = outcome.found().filter(is_its).collect();
    let mut body = format!(
        "{}: the clause {clause} of SPEC 8, \"Securing the Release Process\",\n\
         https://scientific-python.org/specs/spec-0008/\n\n",
        clause.asks()
    );
    for (file, found) in changes.iter().take(MAX_LISTED) {
        let Remedy::Fix(fix) = &found.finding.remedy else { continue };
        let place = format!("{}:{}", file.source.path, found.position.line);
        let _ = writeln!(body, "- {place}: {}: {}", found.finding.message, fix.title);
    }
    if changes.len() > MAX_LISTED {
        let _ = writeln!(body, "- and {} more", changes.len() - MAX_LISTED);
    }
    NewCommit { clause, headline: clause.headline().to_owned(), body, files }
}
