//! One run over repositories: read, ask, check, fix, prove.

mod apply;
mod checked;
mod clauses;
mod gather;
mod read;

use crate::actions::{Source as Origin, TagOf, Upgrade};
use crate::finding::{Applicability, Clause, Facts, File, Finding, Remedy, View};
use crate::load::{LoadError, Repository, SourceFile};
use crate::resolve::{Notice, Resolve};
use crate::rules::{self, Rule};
use crate::silence;
use crate::workflow::{FileKind, RepositoryFiles, Workflow};
use crate::yaml::{Document, Position};
use gather::Others;
use read::Read;

pub use checked::{Checked, FixId, Proposal, Selection};
pub use clauses::by_clause;

/// What a run is to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// The rules to run.
    pub rules: Vec<&'static Rule>,
    /// Whether fixes that could change or stop a run are made, too.
    pub allow_unsafe: bool,
    /// Whether new permissions say in a comment what they are for.
    pub comment_permissions: bool,
    /// Whether version comments that are right, but not exact, are to be made so.
    pub exact_comments: bool,
    /// The moved tags that are taken as they are now.
    pub accept_moved: Vec<TagOf>,
    /// How to move forward to newer releases, if it is to be done.
    pub upgrade: Option<Upgrade>,
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The files that were looked at, in order.
    pub files: Vec<FileOutcome>,
    /// What could not be read.
    pub errors: Vec<LoadError>,
    /// What a person should know of how refs were resolved.
    pub notices: Vec<Notice>,
    /// Whether the built-in index answered for some repository.
    pub from_index: bool,
}

/// What came of one file.
#[derive(Debug)]
pub struct FileOutcome {
    /// The file.
    pub source: SourceFile,
    /// Its path as it is shown.
    pub shown: String,
    /// Its text as it is; `None` where the file is not there.
    pub before: Option<String>,
    /// Its text with the fixes made, where any were.
    pub after: Option<String>,
    /// What was found, in order.
    pub found: Vec<Found>,
}

/// A finding, where it is, and what became of it.
#[derive(Debug)]
pub struct Found {
    /// The finding.
    pub finding: Finding,
    /// Its place in the file.
    pub position: Position,
    /// What became of it.
    pub status: Status,
}

/// What became of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Its fix is made.
    Fixed,
    /// Its fix could change or stop a run, which was not allowed: how.
    Withheld(String),
    /// Its fix is one that was not chosen.
    Declined,
    /// A person must decide or act: what, and why.
    Manual(String),
    /// Its fix cannot be made in this file: why, and what to do by hand.
    Refused(String),
    /// Its fix went wrong, and the file was left as it was: a fault of this tool.
    Failed(String),
}

impl Status {
    /// Why nothing was made, or what to do by hand; empty where there is nothing to say.
    pub fn reason(&self) -> &str {
        match self {
            Self::Fixed | Self::Declined => "",
            Self::Withheld(why) | Self::Manual(why) | Self::Refused(why) | Self::Failed(why) => why,
        }
    }
}

impl Options {
    /// Whether a finding has a fix that is made unless others are chosen.
    pub fn would_make(&self, finding: &Finding) -> bool {
        let Remedy::Fix(fix) = &finding.remedy else { return false };
        self.allow_unsafe || fix.applicability == Applicability::Safe
    }
}

impl Outcome {
    /// What was found in all files.
    pub fn found(&self) -> impl Iterator<Item = (&FileOutcome, &Found)> {
        self.files.iter().flat_map(|file| file.found.iter().map(move |found| (file, found)))
    }
}

/// A file that was read, with what was found in it.
struct Loaded {
    source: SourceFile,
    shown: String,
    document: Document,
    /// Whether it is one of those to be looked at and changed; others are read for what they say of
    /// these.
    is_asked: bool,
    findings: Vec<Finding>,
}

/// Runs rules over repositories and makes all fixes that the options allow, in memory.
pub fn run(repositories: Vec<Repository>, resolver: &dyn Resolve, options: &Options) -> Outcome {
    check(repositories, resolver, options).make(&Selection::Allowed)
}

/// Runs rules over repositories; gives what they found, with nothing made yet.
pub fn check<'o>(
    repositories: Vec<Repository>,
    resolver: &dyn Resolve,
    options: &'o Options,
) -> Checked<'o> {
    let mut outcome = Outcome::default();
    let mut read = Vec::new();
    for repository in repositories {
        let (repository, errors) = read::repository(repository, |kind| is_looked_at(kind, options));
        read.push(repository);
        outcome.errors.extend(errors);
    }

    let mut gathered = gather::gather(&read, resolver, options);
    let answers = &mut gathered.answers;
    options.accept_moved.iter().for_each(|tag| answers.accept_moved(tag));
    outcome.notices = answers.notices().to_vec();
    outcome.from_index =
        answers.iter().any(|(_, answer)| answer.is_ok_and(|refs| refs.source == Origin::Index));
    Checked::new(options, read, gathered, outcome)
}

/// Gives the workflows and actions of a repository to a function, with what could not be read.
pub fn with_files<T>(
    repository: Repository,
    look: impl FnOnce(&RepositoryFiles<'_>) -> T,
) -> (T, Vec<LoadError>) {
    let (read, errors) = read::repository(repository, |_| true);
    (look(&repository_files(&read, &Others::default())), errors)
}

/// Whether a rule that runs has to do with such files.
fn is_looked_at(kind: FileKind, options: &Options) -> bool {
    kind != FileKind::Dependabot
        || options.rules.iter().any(|rule| rule.clause == Clause::Dependabot)
}

/// What is known of a repository, with the views of those files that rules need to see beside their own.
fn repository_files<'d>(repository: &'d Read, others: &'d Others) -> RepositoryFiles<'d> {
    let mut all = RepositoryFiles {
        name: repository.own.name.clone(),
        is_private: repository.own.is_private.or_else(|| others.is_private(repository)),
        scripts: repository
            .scripts
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect(),
        packages: repository.packages.clone(),
        surroundings: repository.surroundings.clone(),
        elsewhere: others.views(),
        ..RepositoryFiles::default()
    };
    for file in repository.files.iter().filter_map(view) {
        match file.view {
            View::Workflow(workflow) => drop(all.workflows.insert(file.path, workflow)),
            View::Action(action) => drop(all.actions.insert(file.path, action)),
            View::Dependabot(_) => {}
        }
    }
    all
}

/// Refuses what is YAML, but no workflow that GitHub would take.
fn checked(document: Document, source: &SourceFile, shown: &str) -> Result<Document, LoadError> {
    if source.kind == FileKind::Workflow
        && let Err(invalid) = Workflow::new(&document)
    {
        let (position, message) = (Some(invalid.position), invalid.to_string());
        return Err(LoadError { path: shown.to_owned(), position, message });
    }
    Ok(document)
}

fn view(file: &Loaded) -> Option<File<'_>> {
    as_file(&file.source, &file.document)
}

/// The file as the rules see it; `None` where it has no content.
fn as_file<'d>(source: &'d SourceFile, document: &'d Document) -> Option<File<'d>> {
    File::new(&source.path, source.kind, document)
}

/// The same file with another document.
fn reviewed<'d, 'f: 'd>(file: &File<'f>, document: &'d Document) -> Option<File<'d>> {
    File::new(file.path, file.view.kind(), document)
}

/// The findings of the rules that nothing silences, in the order of their places.
fn findings<'d>(file: &File<'d>, facts: &Facts<'d>, options: &Options) -> Vec<Finding> {
    let found = options.rules.iter().flat_map(|rule| {
        let found = (rule.check)(file, facts).into_iter();
        found.filter(move |finding| !silence::is_silenced(file.document, rule, finding))
    });
    let chosen = found.map(|finding| {
        let remedy = finding.remedy.chosen(options.allow_unsafe);
        Finding { remedy, ..finding }
    });
    let mut findings: Vec<_> = chosen.collect();
    findings.sort_by_key(|finding| finding.span.start);
    if let Some(words) = silence::generated_by(file.document) {
        for finding in &mut findings {
            finding.remedy = Remedy::Manual(format!(
                "this file is generated (\"{words}\"): change what it is generated from"
            ));
        }
    }
    findings
}

/// The findings as they are where some fixes are made: what those bring into a job has to be granted there.
/// `None` where they bring nothing.
fn findings_beside<'d>(
    file: &File<'d>,
    facts: &Facts<'d>,
    options: &Options,
    is_made: impl Fn(&Finding) -> bool,
) -> Option<Vec<Finding>> {
    let new_needs = rules::new_needs(file, facts, is_made);
    if new_needs.is_empty() {
        return None;
    }
    let mut facts = facts.clone();
    facts.files.new_needs = new_needs;
    Some(findings(file, &facts, options))
}
