//! Least default permissions at the top of a workflow.

use super::Rule;
use crate::finding::{Applicability, Clause, Facts, File, Finding, Fix, Remedy, Severity, View};
use crate::resolve::Wanted;
use crate::workflow::{Grant, Job, Level, Permissions, Workflow};
use crate::yaml::{Change, Document, NodeId, Operation, Path, Place, Span, Value, ValueEntry};

const EXPLANATION: &str = "\
## What it does

Gives every workflow `permissions: contents: read` at the top, and moves broader permissions from
there into the one job that uses them.

## Why

Without `permissions:`, the token of every job has the repository's default, which may be write
access to everything. A compromised dependency in a test job could then push to the repository or
publish a release. SPEC 8 asks for `contents: read` at the top of every workflow, and for more only
in the job that needs it.

## Example

    on: push

    jobs:

becomes

    on: push

    permissions:
      contents: read

    jobs:

## What it does not decide

Inserting the block is a fix for `--unsafe`, as long as a job may depend on a default that is wider;
it is safe where every job declares its own permissions or cannot use the token at all.

Broad permissions at the top that several jobs inherit stay, and are reported: which job needs what
is for a person to say. So do those of workflows that others call: a called workflow that asks for
more than its caller grants fails before it starts. `permissions: {}` is stricter than SPEC 8 asks.

## To silence it

`# spec8-fix: ignore[workflow-permissions]` on the line or above it.
`# zizmor: ignore[excessive-permissions]` is honoured, too.
";

/// See [`EXPLANATION`].
pub(super) const RULE: Rule = Rule {
    name: "workflow-permissions",
    clause: Clause::LeastPermissions,
    summary: "give every workflow `permissions: contents: read` at the top",
    explanation: EXPLANATION,
    aliases: &["excessive-permissions"],
    wants,
    check,
};

fn wants<'d>(_: &File<'d>, _: &mut Wanted<'d>) {}

fn check(file: &File<'_>, facts: &Facts) -> Vec<Finding> {
    let View::Workflow(workflow) = file.view else { return Vec::new() };
    let inheriting: Vec<_> =
        workflow.jobs().filter(|job| job.permissions_node().is_none()).collect();
    let found = match (workflow.permissions(), workflow.permissions_node()) {
        (None, _) if workflow.jobs().next().is_none() => None,
        (None, _) => Some(missing(file, &workflow, &inheriting, facts)),
        (Some(permissions), Some(node)) if permissions.is_broad() => {
            Some(broad(&workflow, &permissions, node, &inheriting))
        }
        _ => None,
    };
    found.into_iter().collect()
}

fn finding(span: Span, message: &str, remedy: Remedy) -> Finding {
    Finding {
        rule: RULE.name,
        clause: RULE.clause,
        severity: Severity::Warning,
        span,
        message: message.to_owned(),
        remedy,
    }
}

/// A workflow without `permissions` at the top.
fn missing(
    file: &File<'_>,
    workflow: &Workflow<'_>,
    inheriting: &[Job<'_>],
    facts: &Facts,
) -> Finding {
    let document = workflow.document();
    let entries = document.entries(workflow.root());
    let index_of = |key| entries.iter().position(|entry| document.scalar(entry.key) == Some(key));
    let place = match (index_of("on"), index_of("jobs")) {
        (Some(on), Some(jobs)) if on < jobs => Place::After("on".to_owned()),
        (_, Some(_)) => Place::Before("jobs".to_owned()),
        (_, None) => Place::Last,
    };
    let fix = |applicability| {
        let block = Value::mapping([("contents", "read")]);
        Remedy::Fix(Fix {
            title: "insert `permissions: contents: read`".to_owned(),
            operations: vec![Operation::insert(Path::root(), "permissions", block, place)],
            applicability,
            note: None,
        })
    };
    let may_need_more: Vec<_> =
        inheriting.iter().filter(|job| can_use_token(workflow, job)).map(Job::id).collect();
    let obstacle = obstacle_to_callers(file, facts).filter(|_| workflow.is_callable());
    let remedy = if let Some(obstacle) = obstacle {
        Remedy::Manual(obstacle)
    } else if inheriting.is_empty() {
        fix(Applicability::Safe)
    } else if workflow.is_callable() {
        fix(Applicability::Unsafe(
            "other workflows call this one, and may rely on more than `contents: read`".to_owned(),
        ))
    } else if may_need_more.is_empty() {
        fix(Applicability::Safe)
    } else {
        let jobs = job_list(&may_need_more);
        fix(Applicability::Unsafe(format!("{jobs} may need more than `contents: read`")))
    };
    let at = entries.first().map_or(workflow.root(), |entry| entry.key);
    finding(
        document.span(at),
        "no `permissions` at the top: jobs get the repository's default",
        remedy,
    )
}

/// Why a callable workflow may not ask for `contents: read`: a call that grants less fails before it
/// starts.
fn obstacle_to_callers(file: &File<'_>, facts: &Facts) -> Option<String> {
    let Some(calls) = facts.calls.get(file.path) else {
        return Some(
            "other repositories may call this workflow, and a call that grants less than it asks for \
             fails before it starts: add `permissions: contents: read` if every caller grants it"
                .to_owned(),
        );
    };
    let refusing = calls.iter().find(|call| call.contents == Some(Level::None))?;
    Some(format!(
        "the job `{}` in {} calls this workflow without granting `contents: read`, and would fail \
         before it starts: grant it there first",
        refusing.job, refusing.path
    ))
}

/// Broad `permissions` at the top.
fn broad(
    workflow: &Workflow<'_>,
    permissions: &Permissions<'_>,
    node: NodeId,
    inheriting: &[Job<'_>],
) -> Finding {
    let document = workflow.document();
    let remedy = match inheriting {
        _ if workflow.is_callable() => Remedy::Manual(
            "other workflows call this one: give each job what it needs, and check that every caller \
             grants it"
                .to_owned(),
        ),
        [] => fix_broad(document, permissions, node, None),
        [job] => fix_broad(document, permissions, node, Some(job)),
        jobs => Remedy::Manual(format!(
            "{} inherit them: give each job what it needs, then leave `contents: read` at the top",
            job_list(&jobs.iter().map(Job::id).collect::<Vec<_>>())
        )),
    };
    let message = "the `permissions` at the top are wider than `contents: read`";
    let key = document.entry_of(node).map_or(node, |entry| entry.key);
    let whole = Span::new(document.span(key).start, document.span(node).end);
    finding(whole, message, remedy)
}

/// Narrows the block at the top; the one job that inherits it gets it as its own.
fn fix_broad(
    document: &Document,
    permissions: &Permissions<'_>,
    node: NodeId,
    job: Option<&Job<'_>>,
) -> Remedy {
    let top = Path::root().key("permissions");
    if let Permissions::Scopes(grants) = permissions
        && grants.iter().any(|grant| is_spread(document, grant))
    {
        return Remedy::Manual(
            "a scope and its level stand on different lines: write each scope on one line, then run again"
                .to_owned(),
        );
    }
    let mut operations = Vec::new();
    let moved = match permissions {
        Permissions::ReadAll => Value::from("read-all"),
        Permissions::WriteAll => Value::from("write-all"),
        Permissions::Scopes(grants) => {
            Value::Mapping(grants.iter().map(|grant| entry_with_comment(document, grant)).collect())
        }
    };
    match permissions {
        Permissions::Scopes(grants) => {
            let contents = grants.iter().find(|grant| grant.scope == "contents");
            // A comment behind the level speaks of that level, and moves with it.
            let stays = contents.filter(|grant| {
                grant.level == Level::Read || entry_with_comment(document, grant).comment.is_none()
            });
            match stays {
                Some(grant) if grant.level == Level::Read => {}
                Some(_) => operations.push(Operation::new(
                    top.key("contents"),
                    Change::SetScalar("read".to_owned()),
                )),
                None => {
                    operations.push(Operation::insert(
                        top.clone(),
                        "contents",
                        "read",
                        Place::Last,
                    ));
                }
            }
            let goes = grants.iter().filter(|grant| stays.is_none_or(|stays| stays != *grant));
            operations
                .extend(goes.map(|grant| Operation::new(top.key(grant.scope), Change::Remove)));
        }
        Permissions::ReadAll | Permissions::WriteAll => {
            let narrow = Value::mapping([("contents", "read")]);
            operations.push(Operation::new(document.path(node), Change::Replace(narrow)));
        }
    }
    let title = match job {
        Some(job) => {
            let at = document.path(document.target(job.node()));
            operations.push(Operation::insert(
                at,
                "permissions",
                moved,
                place_in_job(document, job),
            ));
            format!("move them into the job `{}`, the only one that inherits them", job.id())
        }
        None => "narrow them: every job declares its own".to_owned(),
    };
    Remedy::Fix(Fix { title, operations, applicability: Applicability::Safe, note: None })
}

/// Whether a scope's level stands on another line than the scope: too unusual to be moved about.
fn is_spread(document: &Document, grant: &Grant<'_>) -> bool {
    let line = |node| document.source().line_of(document.span(node).start);
    document.entry_of(grant.node).is_some_and(|entry| line(entry.key) != line(entry.value))
}

/// A scope with its level, and the comment that stands behind it.
fn entry_with_comment(document: &Document, grant: &Grant<'_>) -> ValueEntry {
    let line = document.source().line_of(document.span(grant.node).end);
    let in_flow = document.parent_in_flow(grant.node);
    let comment = document.trailing_comment(line).filter(|_| !in_flow);
    ValueEntry {
        key: grant.scope.to_owned(),
        value: document.scalar(grant.node).unwrap_or_default().into(),
        comment: comment.map(|comment| document.comment_text(comment).to_owned()),
    }
}

/// Behind the keys that say what the job is, before what it does.
fn place_in_job(document: &Document, job: &Job<'_>) -> Place {
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

/// Whether anything in a job may use the token. Any action may, by an input that defaults to it; a
/// script only where the text hands it over.
fn can_use_token(workflow: &Workflow<'_>, job: &Job<'_>) -> bool {
    let document = workflow.document();
    let uses_action = job.uses().is_some() || job.steps().iter().any(|step| step.uses().is_some());
    let env = document.get(workflow.root(), "env");
    let mentions = |node: NodeId| {
        let node = document.target(node);
        // What an alias repeats can stand anywhere.
        let reaches_out = document
            .nodes()
            .any(|other| document.is_alias(other) && document.is_within(other, node));
        let text = if reaches_out {
            document.text()
        } else {
            document.source().slice(document.span(node))
        };
        let text = text.to_ascii_lowercase();
        ["token", "secrets", "tojson", "github["].iter().any(|word| text.contains(word))
    };
    uses_action || mentions(job.node()) || env.is_some_and(mentions)
}

fn job_list(jobs: &[&str]) -> String {
    match jobs {
        [job] => format!("the job `{job}`"),
        [first, second] => format!("the jobs `{first}` and `{second}`"),
        [first, second, rest @ ..] => {
            format!("the jobs `{first}`, `{second}` and {} more", rest.len())
        }
        [] => "no job".to_owned(),
    }
}
