//! Blocks of permissions, as rules write them.

use std::collections::BTreeMap;

use crate::permissions::{Doubt, Evidence, JobNeeds};
use crate::workflow::{Grant, Job, Level, Permissions, Scope};
use crate::yaml::{Document, Place, Value, ValueEntry};

/// The least permissions of a job.
pub(super) type Scopes = BTreeMap<Scope, Level>;

/// Whether a default of `contents: read` is enough.
pub(super) fn is_default_enough(scopes: &Scopes) -> bool {
    scopes.iter().all(|grant| grant == (&Scope::Contents, &Level::Read))
}

/// The value of a `permissions:`. With `comments`, each line says what the scope is needed for.
pub(super) fn block(scopes: &Scopes, comments: Option<&JobNeeds>) -> Value {
    let entry = |(&scope, &level): (&Scope, &Level)| {
        let evidence = comments.and_then(|needs| needs.evidence(scope));
        ValueEntry {
            key: scope.name().to_owned(),
            value: level.name().into(),
            comment: evidence.map(Evidence::short),
        }
    };
    Value::Mapping(scopes.iter().map(entry).collect())
}

/// What a reader should know of the needs: a line for each scope, with what it is needed for. Where a job keeps but what
/// it `had`, and what a fix brings, the others are none of these.
pub(super) fn explained(job: &str, needs: &JobNeeds, had: Option<&Permissions<'_>>) -> Vec<String> {
    let scopes = needs.scopes();
    let new = needs.new_scopes();
    let is_granted = |(scope, level): &(&Scope, &Level)| {
        new.contains_key(scope) || had.is_none_or(|had| had.level(scope.name()) >= **level)
    };
    let lines =
        scopes.iter().filter(|grant| *grant != (&Scope::Contents, &Level::Read)).filter(is_granted);
    lines
        .filter_map(|(&scope, level)| {
            let evidence = needs.evidence(scope)?;
            Some(format!("`{job}`: {scope}: {} ← {evidence}", level.name()))
        })
        .collect()
}

/// Why it is not certain what a job needs: the first doubt, and how many more there are.
pub(super) fn doubt(job: &str, doubts: &[Doubt]) -> Option<String> {
    let first = doubts.first()?;
    let more = match doubts.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    Some(format!("the job `{job}` may need more: {}{more}", first.evidence))
}

/// A scope with its level, and the comment that stands behind it.
pub(super) fn entry_with_comment(document: &Document, grant: &Grant<'_>) -> ValueEntry {
    let line = document.source().line_of(document.span(grant.node).end);
    let in_flow = document.parent_in_flow(grant.node);
    let comment = document.trailing_comment(line).filter(|_| !in_flow);
    ValueEntry {
        key: grant.scope.to_owned(),
        value: document.scalar(grant.node).unwrap_or_default().into(),
        comment: comment.map(|comment| document.comment_text(comment).to_owned()),
    }
}

/// Whether a scope's level stands on another line than the scope: too unusual to be moved about.
pub(super) fn is_spread(document: &Document, grant: &Grant<'_>) -> bool {
    let line = |node| document.source().line_of(document.span(node).start);
    document.entry_of(grant.node).is_some_and(|entry| line(entry.key) != line(entry.value))
}

/// Where a job has its permissions: behind the keys that say what the job is, before what it does.
pub(super) fn place_in_job(document: &Document, job: &Job<'_>) -> Place {
    let keys: Vec<_> = document
        .entries(job.node())
        .iter()
        .filter_map(|entry| document.scalar(entry.key))
        .take_while(|&key| key != "steps")
        .collect();
    let heads = ["name", "needs", "if", "runs-on"];
    match keys.iter().rev().find(|key| heads.contains(key)) {
        Some(key) => Place::After((*key).to_owned()),
        None => Place::First,
    }
}

/// Jobs in words.
pub(super) fn job_list(jobs: &[&str]) -> String {
    match jobs {
        [job] => format!("the job `{job}`"),
        [first, second] => format!("the jobs `{first}` and `{second}`"),
        [first, second, rest @ ..] => {
            format!("the jobs `{first}`, `{second}` and {} more", rest.len())
        }
        [] => "no job".to_owned(),
    }
}
