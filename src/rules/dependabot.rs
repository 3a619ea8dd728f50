//! An entry for actions in Dependabot's configuration.

use std::collections::BTreeSet;

use super::{Rule, Runs, wants_nothing};
use crate::actions::Uses;
use crate::finding::{Applicability, Clause, Facts, File, Finding, Fix, Remedy, Severity, View};
use crate::glob;
use crate::workflow::{Dependabot, RepositoryFiles, Step, Update};
use crate::yaml::{
    Change, Document, NodeId, Operation, Path, Place, Span, Style, Value, ValueEntry,
};

const EXPLANATION: &str = "\
## What it does

Adds an entry for `github-actions` to `.github/dependabot.yml`, which it makes where it is not there.

## Why

A pinned action stays at its commit for ever, repairs of its vulnerabilities included. Dependabot
proposes newer ones, the SHA together with the version in the comment, and a maintainer reviews them.
SPEC 8 asks for that, once a month and all actions in one pull request.

## Example

    version: 2
    updates:
      - package-ecosystem: github-actions
        directory: /
        schedule:
          interval: monthly
        cooldown:
          default-days: 7
        groups:
          actions:
            patterns:
              - \"*\"

A hijacked release is found within days, mostly: `cooldown` keeps Dependabot from proposing one that is
younger than a week. For `/` Dependabot looks into `.github/workflows` and at an action at the top; where
composite actions lie elsewhere, the entry lists `directories`.

## What is left

- an entry that exists, whatever its interval is: that is for the project to say. With -v, composite actions
  are named that it does not reach
- a repository where Renovate is configured, which does the same
- a file that is not as Dependabot wants it: without `version: 2`, say

## To silence it

`# spec8-fix: ignore[dependabot]` in the file, on the line of `updates` or above it. Where there is no
file, `--ignore dependabot`.
";

/// See [`EXPLANATION`].
pub(super) const RULE: Rule = Rule {
    name: "dependabot",
    clause: Clause::Dependabot,
    runs: Runs::ByDefault,
    summary: "let Dependabot keep actions current: an entry in `.github/dependabot.yml`",
    explanation: EXPLANATION,
    aliases: &[],
    replaces: &[],
    wants: wants_nothing,
    check,
};

/// What Dependabot calls actions.
const ECOSYSTEM: &str = "github-actions";

/// For how many days a release has to be out before it is proposed.
const COOLDOWN: u32 = 7;

fn check(file: &File<'_>, facts: &Facts<'_>) -> Vec<Finding> {
    let View::Dependabot(dependabot) = file.view else { return Vec::new() };
    let (document, files) = (file.document, &facts.files);
    if files.surroundings.renovate.is_some() || !uses_actions(files) {
        return Vec::new();
    }
    let finding = |at: Option<NodeId>, severity, message: String, remedy| {
        let span = at.map_or(Span::empty(document.source().start()), |node| document.span(node));
        vec![Finding { rule: RULE.name, clause: RULE.clause, severity, span, message, remedy }]
    };
    let updates = dependabot.updates();
    let at = updates.and_then(|updates| document.entry_of(updates)).map(|entry| entry.key);
    if dependabot.is_empty() {
        let message = "nothing proposes newer versions of the actions in use".to_owned();
        let title = "let Dependabot do it, once a month";
        return finding(None, Severity::Warning, message, fix(title, begun(files)));
    }
    let message = "Dependabot has no entry for `github-actions`".to_owned();
    if !dependabot.is_understood() {
        let why = "this file is not as Dependabot wants it, `version: 2` with a list of `updates`: put \
                   that right, then run again";
        return finding(
            document.root(),
            Severity::Warning,
            message,
            Remedy::Manual(why.to_owned()),
        );
    }
    let entries: Vec<_> = dependabot
        .entries()
        .filter(|entry| entry.ecosystem().is_some_and(|name| name.trim() == ECOSYSTEM))
        .collect();
    if let Some(first) = entries.first() {
        let looked_at: Vec<_> = entries.iter().flat_map(Update::directories).collect();
        let missed: Vec<_> = folders(files).filter(|folder| !reaches(&looked_at, folder)).collect();
        if missed.is_empty() {
            return Vec::new();
        }
        let message = format!("Dependabot does not look into `{}`", missed.join("`, `"));
        let why = "composite actions there use actions, which nothing keeps current: list the folder in \
                   `directories` of this entry";
        let at = first.ecosystem_node();
        return finding(at, Severity::Note, message, Remedy::Manual(why.to_owned()));
    }
    let remedy = fix("add one, once a month", added(&dependabot, files));
    finding(at.or(document.root()), Severity::Warning, message, remedy)
}

fn fix(title: &str, operations: Vec<Operation>) -> Remedy {
    let (title, applicability) = (title.to_owned(), Applicability::Safe);
    Remedy::Fix(Fix { title, operations, applicability, note: None })
}

/// The content of a new file.
fn begun(files: &RepositoryFiles<'_>) -> Vec<Operation> {
    let updates = Value::Sequence(vec![entry(files, Style::Plain)]);
    vec![
        Operation::insert(Path::root(), "version", Value::Integer(2), Place::First),
        Operation::insert(Path::root(), "updates", updates, Place::Last),
    ]
}

/// An entry behind those that are there.
fn added(dependabot: &Dependabot<'_>, files: &RepositoryFiles<'_>) -> Vec<Operation> {
    let document = dependabot.document();
    let value = entry(files, style(dependabot));
    vec![match dependabot.updates() {
        Some(updates) => {
            let index = document.items(updates).len();
            Operation::new(document.path(updates), Change::InsertItem { index, value })
        }
        None => {
            let value = Value::Sequence(vec![value]);
            Operation::insert(Path::root(), "updates", value, Place::Last)
        }
    }]
}

/// How the entries that are there quote.
fn style(dependabot: &Dependabot<'_>) -> Style {
    let styles = dependabot.entries().filter_map(|entry| {
        let style = dependabot.document().style(entry.ecosystem_node()?)?;
        (!style.is_block()).then_some(style)
    });
    styles.last().unwrap_or(Style::Plain)
}

/// The entry, as SPEC 8 has it.
fn entry(files: &RepositoryFiles<'_>, style: Style) -> Value {
    let text = |text: &str| Value::Styled(style, text.to_owned());
    let mapping = |key: &str, value| Value::Mapping(vec![ValueEntry::new(key, value)]);
    let folders: BTreeSet<_> = folders(files).map(directory).collect();
    let (key, folders) = if folders.is_empty() {
        ("directory", text("/"))
    } else {
        let all = std::iter::once("/").chain(folders.iter().map(String::as_str));
        ("directories", Value::Sequence(all.map(text).collect()))
    };
    // `*` has to be quoted in any case.
    let all = if style == Style::Plain { Style::DoubleQuoted } else { style };
    let patterns = Value::Sequence(vec![Value::Styled(all, "*".to_owned())]);
    Value::Mapping(vec![
        ValueEntry::new("package-ecosystem", text(ECOSYSTEM)),
        ValueEntry::new(key, folders),
        ValueEntry::new("schedule", mapping("interval", text("monthly"))),
        ValueEntry::new("cooldown", mapping("default-days", Value::Integer(COOLDOWN))),
        ValueEntry::new("groups", mapping("actions", mapping("patterns", patterns))),
    ])
}

/// Whether a workflow or a composite action uses an action of a repository.
fn uses_actions(files: &RepositoryFiles<'_>) -> bool {
    let calls = files.workflows.values().any(|workflow| {
        let document = workflow.document();
        workflow.jobs().any(|job| {
            job.uses().is_some_and(|uses| names_repository(document, uses))
                || any_uses_action(&job.steps())
        })
    });
    calls || files.actions.values().any(|action| any_uses_action(&action.steps()))
}

fn any_uses_action(steps: &[Step<'_>]) -> bool {
    let uses =
        |step: &Step<'_>| step.uses().is_some_and(|uses| names_repository(step.document(), uses));
    steps.iter().any(uses)
}

fn names_repository(document: &Document, uses: NodeId) -> bool {
    let uses = document.scalar(uses).map(|uses| Uses::parse(uses.trim()));
    matches!(uses, Some(Uses::Repository(_)))
}

/// The folders, beside the top, whose composite actions use actions.
fn folders<'d>(files: &RepositoryFiles<'d>) -> impl Iterator<Item = &'d str> {
    let using = files.actions.iter().filter(|(_, action)| any_uses_action(&action.steps()));
    using.filter_map(|(path, _)| path.rsplit_once('/')).map(|(folder, _)| folder)
}

/// How an entry names a folder: one pattern stands for those of `.github/actions`, the ones to come
/// included.
fn directory(folder: &str) -> String {
    match folder.strip_prefix(".github/actions/") {
        Some(name) if !name.contains('/') => "/.github/actions/*".to_owned(),
        _ => format!("/{folder}"),
    }
}

/// Whether one of the folders that Dependabot looks into is this one, or a pattern for it.
fn reaches(looked_at: &[&str], folder: &str) -> bool {
    looked_at.iter().any(|path| glob::matches(path.trim_matches('/'), folder))
}
