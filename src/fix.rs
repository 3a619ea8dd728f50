//! One run over repositories: read, ask, check, fix, prove.

mod apply;
mod gather;
mod read;

use crate::actions::{Source as Origin, TagOf, Upgrade};
use crate::finding::{Applicability, Clause, Facts, File, Finding, Remedy, View};
use crate::load::{LoadError, Repository, SourceFile};
use crate::resolve::{Notice, Resolve};
use crate::rules::{self, Rule};
use crate::silence;
use crate::workflow::{FileKind, RepositoryFiles, Workflow};
use crate::yaml::{Document, Position, Span};
use gather::{Gathered, Others};
use read::Read;

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
    /// A person must decide or act: what, and why.
    Manual(String),
    /// Its fix cannot be made in this file: why, and what to do by hand.
    Refused(String),
    /// Its fix went wrong, and the file was left as it was: a fault of this tool.
    Failed(String),
}

impl Outcome {
    /// What was found in all files.
    pub fn found(&self) -> impl Iterator<Item = (&FileOutcome, &Found)> {
        self.files.iter().flat_map(|file| file.found.iter().map(move |found| (file, found)))
    }
}

/// A file that was read.
struct Loaded {
    source: SourceFile,
    shown: String,
    document: Document,
    /// Whether it is one of those to be looked at and changed; others are read for what they say of
    /// these.
    is_asked: bool,
}

/// Runs rules over repositories and makes their fixes, in memory.
pub fn run(repositories: Vec<Repository>, resolver: &dyn Resolve, options: &Options) -> Outcome {
    let mut outcome = Outcome::default();
    let mut read = Vec::new();
    for repository in repositories {
        let (repository, errors) = read::repository(repository, |kind| is_looked_at(kind, options));
        read.push(repository);
        outcome.errors.extend(errors);
    }

    let mut gathered = gather::gather(&read, resolver, options);
    options.accept_moved.iter().for_each(|tag| gathered.answers.accept_moved(tag));
    let Gathered { answers, others } = &gathered;
    outcome.notices = answers.notices().to_vec();
    outcome.from_index =
        answers.iter().any(|(_, answer)| answer.is_ok_and(|refs| refs.source == Origin::Index));

    for repository in read {
        let facts = Facts {
            rules: options.rules.iter().map(|rule| rule.name).collect(),
            upgrade: options.upgrade,
            answers,
            files: repository_files(&repository, others),
            comment_permissions: options.comment_permissions,
            exact_comments: options.exact_comments,
        };
        let results: Vec<_> = repository
            .files
            .iter()
            .map(|file| {
                let view = view(file).filter(|_| file.is_asked);
                view.map_or((None, Vec::new()), |view| check_and_fix(&view, &facts, options))
            })
            .collect();
        drop(facts);
        for (file, (after, found)) in repository.files.into_iter().zip(results) {
            let Loaded { source, shown, document, is_asked } = file;
            if !is_asked || source.is_missing && found.is_empty() {
                continue;
            }
            let before = (!source.is_missing).then(|| document.into_text());
            outcome.files.push(FileOutcome { source, shown, before, after, found });
        }
    }
    outcome
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
    Some(File { path: &source.path, document, view: View::of(source.kind, document)? })
}

/// The same file with another document.
fn reviewed<'d>(file: &File<'d>, document: &'d Document) -> Option<File<'d>> {
    Some(File { document, view: View::of(file.view.kind(), document)?, ..*file })
}

/// The findings of the rules that nothing silences, in the order of their places.
fn check(file: &File<'_>, facts: &Facts<'_>, options: &Options) -> Vec<Finding> {
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

fn check_and_fix(
    file: &File<'_>,
    facts: &Facts<'_>,
    options: &Options,
) -> (Option<String>, Vec<Found>) {
    let findings = unreplaced(check(file, facts, options), options);
    let mut statuses: Vec<_> =
        findings.iter().map(|finding| first_status(finding, options)).collect();
    let after = apply::apply(file, facts, options, &findings, &mut statuses);
    let found = findings.into_iter().zip(statuses).map(|(finding, status)| {
        let position = file.document.source().position(finding.span.start);
        Found { finding, position, status }
    });
    (after.map(Document::into_text), found.collect())
}

/// The findings without those whose fix is needless, for that of another rule puts the same place
/// right.
fn unreplaced(mut findings: Vec<Finding>, options: &Options) -> Vec<Finding> {
    let made = findings.iter().filter(|finding| first_status(finding, options) == Status::Fixed);
    let replaced: Vec<_> = made
        .filter_map(|finding| Some((finding.span, rules::find(finding.rule)?.replaces)))
        .filter(|(_, rules)| !rules.is_empty())
        .collect();
    findings.retain(|finding| {
        let is_same = |(span, rules): &(Span, &[&str])| {
            *span == finding.span && rules.contains(&finding.rule)
        };
        matches!(finding.remedy, Remedy::Manual(_)) || !replaced.iter().any(is_same)
    });
    findings
}

/// What becomes of a finding if all goes well.
fn first_status(finding: &Finding, options: &Options) -> Status {
    match &finding.remedy {
        Remedy::Manual(what) => Status::Manual(what.clone()),
        Remedy::Fix(fix) | Remedy::Choice { safe: fix, .. } => match &fix.applicability {
            Applicability::Unsafe(how) if !options.allow_unsafe => Status::Withheld(how.clone()),
            Applicability::Safe | Applicability::Unsafe(_) => Status::Fixed,
        },
    }
}
