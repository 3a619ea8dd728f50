//! What a run found, and which of it is made.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::gather::Gathered;
use super::read::Read;
use super::{FileOutcome, Found, Loaded, Options, Outcome, Status, apply};
use crate::diff::{self, Kind};
use crate::finding::{Applicability, Facts, File, Finding, Fix, Remedy};
use crate::resolve::Notice;
use crate::rules;
use crate::yaml::{Document, Plan, Position, Span, rewrite};

/// What a run found, with nothing made yet.
pub struct Checked<'o> {
    options: &'o Options,
    repositories: Vec<Read>,
    gathered: Gathered,
    /// All but the files.
    outcome: Outcome,
}

/// Which fixes are to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// All that the options allow.
    Allowed,
    /// These, whatever the options allow.
    Chosen(BTreeSet<FixId>),
}

/// Names a fix of one [`Checked`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FixId {
    repository: usize,
    file: usize,
    finding: usize,
}

impl FixId {
    /// Whether both are fixes of one file.
    pub fn is_in_file_of(self, other: Self) -> bool {
        (self.repository, self.file) == (other.repository, other.file)
    }
}

/// A fix that could be made.
#[derive(Clone, Copy)]
pub struct Proposal<'c> {
    /// Its name.
    pub id: FixId,
    /// The path of its file, as it is shown.
    pub shown: &'c str,
    /// Whether the fix makes that file.
    pub is_new: bool,
    /// Its file as it is.
    pub document: &'c Document,
    /// What it puts right.
    pub finding: &'c Finding,
    /// The fix.
    pub fix: &'c Fix,
}

impl Proposal<'_> {
    /// The place of the finding.
    pub fn position(&self) -> Position {
        self.document.source().position(self.finding.span.start)
    }

    /// What a document that fixes its file changes there, as a unified diff.
    pub fn diff(&self, after: &Document) -> Vec<(Kind, String)> {
        let before = (!self.is_new).then(|| self.document.text());
        diff::unified(self.shown, before, after.text())
    }

    /// The file with this fix alone.
    ///
    /// # Errors
    ///
    /// Why it cannot be made alone.
    pub fn alone(&self) -> Result<Document, String> {
        let operations = self.fix.operations.iter().cloned();
        let plan = Plan::new(self.document, operations.map(|it| (self.finding.rule, it)));
        let plan = plan.map_err(|conflict| conflict.to_string())?;
        rewrite(self.document, &plan).map_err(|error| error.to_string())
    }

    /// Whether this fix is needless once another one is made, for that puts the same place right.
    pub fn is_replaced_by(&self, other: &Self) -> bool {
        self.id.is_in_file_of(other.id) && replaces(other.finding, self.finding)
    }
}

/// Whether a fix makes that of another finding needless.
fn replaces(made: &Finding, other: &Finding) -> bool {
    made.span == other.span && replaced_rules(made).contains(&other.rule)
}

fn replaced_rules(finding: &Finding) -> &'static [&'static str] {
    rules::find(finding.rule).map_or(&[], |rule| rule.replaces)
}

impl<'o> Checked<'o> {
    pub(super) fn new(
        options: &'o Options,
        repositories: Vec<Read>,
        gathered: Gathered,
        outcome: Outcome,
    ) -> Self {
        let mut checked = Self { options, repositories, gathered, outcome };
        for at in 0..checked.repositories.len() {
            let repository = &checked.repositories[at];
            let facts = checked.facts(repository);
            let found: Vec<_> =
                repository.files.iter().map(|file| checked.findings(file, &facts)).collect();
            drop(facts);
            for (file, findings) in checked.repositories[at].files.iter_mut().zip(found) {
                file.findings = findings;
            }
        }
        checked
    }

    fn facts<'d>(&'d self, repository: &'d Read) -> Facts<'d> {
        Facts {
            rules: self.options.rules.iter().map(|rule| rule.name).collect(),
            upgrade: self.options.upgrade,
            answers: &self.gathered.answers,
            files: super::repository_files(repository, &self.gathered.others),
            comment_permissions: self.options.comment_permissions,
            exact_comments: self.options.exact_comments,
        }
    }

    fn findings<'d>(&self, file: &'d Loaded, facts: &Facts<'d>) -> Vec<Finding> {
        let view = super::view(file).filter(|_| file.is_asked);
        view.map(|view| super::findings(&view, facts, self.options)).unwrap_or_default()
    }

    /// What a person should know of how refs were resolved.
    pub fn notices(&self) -> &[Notice] {
        &self.outcome.notices
    }

    /// Every fix that could be made, in the order of their places; one that replaces others comes
    /// before them.
    pub fn proposals(&self) -> Vec<Proposal<'_>> {
        let files = self.repositories.iter().enumerate().flat_map(|(repository, it)| {
            it.files.iter().enumerate().map(move |(file, loaded)| (repository, file, loaded))
        });
        let mut proposals: Vec<_> = files
            .flat_map(|(repository, file, loaded)| {
                let findings = loaded.findings.iter().enumerate();
                findings.filter_map(move |(at, finding)| {
                    let Remedy::Fix(fix) = &finding.remedy else { return None };
                    let id = FixId { repository, file, finding: at };
                    let Loaded { source, shown, document, .. } = loaded;
                    let is_new = source.is_missing;
                    Some(Proposal { id, shown, is_new, document, finding, fix })
                })
            })
            .collect();
        proposals.sort_by_key(|it| {
            let replaced = Reverse(replaced_rules(it.finding).len());
            (it.id.repository, it.id.file, it.finding.span.start, replaced)
        });
        proposals
    }

    /// Makes fixes, in memory.
    pub fn make(mut self, selection: &Selection) -> Outcome {
        for at in 0..self.repositories.len() {
            let repository = &self.repositories[at];
            let facts = self.facts(repository);
            let of_file = |(file, loaded): (usize, &Loaded)| {
                let ids = (0..).map(|finding| FixId { repository: at, file, finding });
                let chosen = loaded.findings.iter().zip(ids).map(|(finding, id)| match selection {
                    Selection::Allowed => self.options.would_make(finding),
                    Selection::Chosen(chosen) => chosen.contains(&id),
                });
                let chosen: Vec<_> = chosen.collect();
                super::view(loaded)
                    .map(|view| self.fix(&view, &facts, &loaded.findings, &chosen, selection))
            };
            let results: Vec<_> = repository.files.iter().enumerate().map(of_file).collect();
            drop(facts);
            let files = std::mem::take(&mut self.repositories[at].files);
            for (file, result) in files.into_iter().zip(results) {
                let (after, found) = result.unwrap_or_default();
                let Loaded { source, shown, document, is_asked, .. } = file;
                if !is_asked || source.is_missing && found.is_empty() {
                    continue;
                }
                let before = (!source.is_missing).then(|| document.into_text());
                self.outcome.files.push(FileOutcome { source, shown, before, after, found });
            }
        }
        self.outcome
    }

    /// What becomes of a finding if all goes well; `is_chosen` counts where fixes are chosen.
    fn first_status(&self, finding: &Finding, is_chosen: bool, selection: &Selection) -> Status {
        let fix = match &finding.remedy {
            Remedy::Manual(what) => return Status::Manual(what.clone()),
            Remedy::Fix(fix) | Remedy::Choice { safe: fix, .. } => fix,
        };
        match (selection, &fix.applicability) {
            (Selection::Chosen(_), _) if is_chosen => Status::Fixed,
            (Selection::Chosen(_), _) => Status::Declined,
            (Selection::Allowed, Applicability::Unsafe(how)) if !self.options.allow_unsafe => {
                Status::Withheld(how.clone())
            }
            (Selection::Allowed, _) => Status::Fixed,
        }
    }

    /// Makes the chosen ones among the fixes of a file.
    fn fix<'d>(
        &self,
        file: &File<'d>,
        facts: &Facts<'d>,
        found: &[Finding],
        chosen: &[bool],
        selection: &Selection,
    ) -> (Option<String>, Vec<Found>) {
        let chosen = found.iter().zip(chosen).filter(|(_, is_chosen)| **is_chosen);
        let chosen: Vec<_> = chosen.map(|(finding, _)| place(finding)).collect();
        let is_chosen = |finding: &Finding| chosen.contains(&place(finding));
        let beside = chosen
            .iter()
            .any(|(rule, _)| rules::brings_needs(rule))
            .then(|| super::findings_beside(file, facts, self.options, is_chosen))
            .flatten();
        let found = beside.as_deref().unwrap_or(found);
        let statuses = found.iter().map(|it| self.first_status(it, is_chosen(it), selection));
        let (findings, mut statuses) = unreplaced(found, statuses.collect());
        let after = apply::apply(file, facts, self.options, &findings, &mut statuses);
        let found = findings.into_iter().zip(statuses).map(|(finding, status)| {
            let position = file.document.source().position(finding.span.start);
            Found { finding, position, status }
        });
        (after.map(Document::into_text), found.collect())
    }
}

/// What tells a fix from the others of its file: no rule has two in one place.
fn place(finding: &Finding) -> (&'static str, Span) {
    (finding.rule, finding.span)
}

/// The findings without those whose fix is needless, for that of another rule puts the same place
/// right.
fn unreplaced(findings: &[Finding], statuses: Vec<Status>) -> (Vec<Finding>, Vec<Status>) {
    let made = findings.iter().zip(&statuses).filter(|(_, status)| **status == Status::Fixed);
    let made: Vec<_> =
        made.map(|(finding, _)| finding).filter(|it| !replaced_rules(it).is_empty()).collect();
    let is_needless = |finding: &Finding| made.iter().any(|made| replaces(made, finding));
    let kept = findings.iter().zip(statuses).filter(|(finding, _)| {
        matches!(finding.remedy, Remedy::Manual(_)) || !is_needless(finding)
    });
    kept.map(|(finding, status)| (finding.clone(), status)).unzip()
}
