//! One run over repositories: read, ask, check, fix, prove.

mod apply;

use crate::actions::{Source, TagOf, Upgrade};
use crate::finding::{Applicability, Clause, Facts, File, Finding, Remedy, View};
use crate::load::{self, LoadError, Repository, SourceFile};
use crate::resolve::{Notice, Resolve, Wanted};
use crate::rules::{self, Rule};
use crate::silence;
use crate::workflow::{Action, Dependabot, FileKind, RepositoryFiles, Workflow};
use crate::yaml::{Document, Position, Span};

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
}

/// Runs rules over repositories and makes their fixes, in memory.
pub fn run(repositories: Vec<Repository>, resolver: &dyn Resolve, options: &Options) -> Outcome {
    let mut outcome = Outcome::default();
    let mut loaded = Vec::new();
    for repository in repositories {
        let (known, files, errors) = read(repository, |kind| is_looked_at(kind, options));
        loaded.push((known, files));
        outcome.errors.extend(errors);
    }

    let mut wanted = Wanted::of_run(options.upgrade.map(|upgrade| upgrade.range));
    for file in loaded.iter().flat_map(|(.., files)| files) {
        if let Some(view) = view(file) {
            options.rules.iter().for_each(|rule| (rule.wants)(&view, &mut wanted));
        }
    }
    let mut answers = resolver.resolve(&wanted);
    drop(wanted);
    options.accept_moved.iter().for_each(|tag| answers.accept_moved(tag));
    outcome.notices = answers.notices().to_vec();
    outcome.from_index =
        answers.iter().any(|(_, answer)| answer.is_ok_and(|refs| refs.source == Source::Index));

    for (known, files) in loaded {
        let facts = Facts {
            rules: options.rules.iter().map(|rule| rule.name).collect(),
            upgrade: options.upgrade,
            answers: &answers,
            files: with_views(known, &files),
            comment_permissions: options.comment_permissions,
            exact_comments: options.exact_comments,
        };
        let results: Vec<_> = files
            .iter()
            .map(|file| {
                view(file).map_or((None, Vec::new()), |view| check_and_fix(&view, &facts, options))
            })
            .collect();
        drop(facts);
        for (file, (after, found)) in files.into_iter().zip(results) {
            let Loaded { source, shown, document } = file;
            if source.is_missing && found.is_empty() {
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
    let (known, files, errors) = read(repository, |_| true);
    (look(&with_views(known, &files)), errors)
}

/// Reads the files of a repository that are of these kinds.
fn read(
    repository: Repository,
    is_wanted: impl Fn(FileKind) -> bool,
) -> (RepositoryFiles<'static>, Vec<Loaded>, Vec<LoadError>) {
    let Repository { name, prefix, packages, surroundings, files, .. } = repository;
    let (mut loaded, mut errors) = (Vec::new(), Vec::new());
    for source in files.into_iter().filter(|source| is_wanted(source.kind)) {
        let shown = format!("{prefix}{}", source.path);
        match load::read(&source, &shown).and_then(|document| checked(document, &source, &shown)) {
            Ok(document) => loaded.push(Loaded { source, shown, document }),
            Err(error) => errors.push(error),
        }
    }
    (RepositoryFiles { name, packages, surroundings, ..Default::default() }, loaded, errors)
}

/// Whether a rule that runs has to do with such files.
fn is_looked_at(kind: FileKind, options: &Options) -> bool {
    kind != FileKind::Dependabot
        || options.rules.iter().any(|rule| rule.clause == Clause::Dependabot)
}

/// What is known of a repository, with the views of those files that rules need to see beside their own.
fn with_views<'d>(mut all: RepositoryFiles<'d>, files: &'d [Loaded]) -> RepositoryFiles<'d> {
    for file in files.iter().filter_map(view) {
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
    let view = match source.kind {
        FileKind::Workflow => View::Workflow(Workflow::new(document).ok()??),
        FileKind::Action => View::Action(Action::new(document)?),
        FileKind::Dependabot => View::Dependabot(Dependabot::new(document)),
    };
    Some(File { path: &source.path, document, view })
}

/// The same file with another document.
fn reviewed<'d>(file: &File<'d>, document: &'d Document) -> Option<File<'d>> {
    let view = match file.view {
        View::Workflow(_) => View::Workflow(Workflow::new(document).ok()??),
        View::Action(_) => View::Action(Action::new(document)?),
        View::Dependabot(_) => View::Dependabot(Dependabot::new(document)),
    };
    Some(File { document, view, ..*file })
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
