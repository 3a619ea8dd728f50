//! What a run found, and which of it is made.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::gather::Gathered;
use super::read::Read;
use super::{FileOutcome, Found, Loaded, Options, Outcome, Status, apply};
use crate::diff::{self, Kind};
use crate::finding::{Applicability, Facts, File, Finding, Fix, Remedy, View};
use crate::resolve::Notice;
use crate::rules;
use crate::workflow::local_path;
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
                let is_chosen = |finding: &Finding, id| match selection {
                    Selection::Allowed => self.options.would_make(finding),
                    Selection::Chosen(chosen) => chosen.contains(&id),
                };
                let chosen = loaded.findings.iter().zip(ids).filter(|(it, id)| is_chosen(it, *id));
                let chosen: Vec<_> = chosen.map(|(finding, _)| place(finding)).collect();
                super::view(loaded)
                    .map(|view| self.fix(&view, &facts, &loaded.findings, &chosen, selection))
            };
            let results = repository.files.iter().enumerate().map(of_file);
            let mut made: Vec<Made> = results.map(Option::unwrap_or_default).collect();
            drop(facts);
            if *selection == Selection::Allowed {
                self.follow_calls(at, &mut made);
            }
            let files = std::mem::take(&mut self.repositories[at].files);
            for (file, made) in files.into_iter().zip(made) {
                let Loaded { source, shown, document, is_asked, .. } = file;
                if !is_asked || source.is_missing && made.found.is_empty() {
                    continue;
                }
                let before = (!source.is_missing).then(|| document.into_text());
                let (after, found) = (made.after.map(Document::into_text), made.found);
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

    /// Looks again at workflows that call others of the repository, once those are fixed: what a called job
    /// asks for no more, its caller need not grant.
    fn follow_calls(&mut self, at: usize, made: &mut [Made]) {
        if !self.repositories[at].files.iter().any(calls_here) {
            return;
        }
        let mut originals = BTreeMap::new();
        for _ in 0..MAX_CALLS {
            let mut has_changed = false;
            for (index, file) in self.repositories[at].files.iter_mut().enumerate() {
                if let Some(after) = made[index].after.take() {
                    let before = std::mem::replace(&mut file.document, after);
                    originals.entry(index).or_insert(before);
                    has_changed = true;
                }
            }
            if !has_changed {
                break;
            }
            let repository = &self.repositories[at];
            let facts = self.facts(repository);
            for (index, file) in repository.files.iter().enumerate() {
                let Some(view) = super::view(file).filter(|_| file.is_asked && calls_here(file))
                else {
                    continue;
                };
                let found = super::findings(&view, &facts, self.options);
                let chosen = found.iter().filter(|it| self.options.would_make(it));
                let chosen: Vec<_> = chosen.map(place).collect();
                let more = self.fix(&view, &facts, &found, &chosen, &Selection::Allowed);
                if more.after.is_some() {
                    let fixed = more.found.into_iter().filter(|it| it.status == Status::Fixed);
                    made[index].found.extend(fixed);
                    made[index].after = more.after;
                }
            }
        }
        for (index, original) in originals {
            let document = &mut self.repositories[at].files[index].document;
            let last = std::mem::replace(document, original);
            made[index].after.get_or_insert(last);
        }
    }

    /// Makes the chosen ones among the fixes of a file.
    fn fix<'d>(
        &self,
        file: &File<'d>,
        facts: &Facts<'d>,
        found: &[Finding],
        chosen: &[Place],
        selection: &Selection,
    ) -> Made {
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
        Made { after, found: found.collect() }
    }
}

/// How far a workflow may be from one that it calls through others; GitHub allows ten levels:
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations>.
const MAX_CALLS: usize = 10;

/// What became of a file.
#[derive(Default)]
struct Made {
    /// It with the fixes that were made, if any were.
    after: Option<Document>,
    found: Vec<Found>,
}

/// Whether a file is a workflow that calls another of its repository.
fn calls_here(file: &Loaded) -> bool {
    let Some(View::Workflow(workflow)) = super::view(file).map(|file| file.view) else {
        return false;
    };
    workflow.jobs().any(|job| {
        let uses = job.uses().and_then(|uses| file.document.scalar(uses));
        uses.is_some_and(|uses| local_path(uses.trim()).is_some())
    })
}

/// What tells a fix from the others of its file, its rule and where it is: no rule has two in one place.
type Place = (&'static str, Span);

fn place(finding: &Finding) -> Place {
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
