//! Least default permissions at the top of a workflow.

use super::granted::{Inherited, add, insert, what_callers_lack};
use super::permission_block::{
    Scopes, block, doubt, entry_with_comment, explained, is_default_enough, is_spread, job_list,
};
use super::{Rule, Runs};
use crate::finding::{Applicability, Clause, Facts, File, Finding, Fix, Remedy, Severity, View};
use crate::permissions::{Analysis, JobNeeds};
use crate::resolve::Wanted;
use crate::workflow::{Job, Level, Permissions, Scope, Workflow};
use crate::yaml::{Change, Document, NodeId, Operation, Path, Place, Span, Value};

const EXPLANATION: &str = "\
## What it does

Gives every workflow `permissions: contents: read` at the top, and every job that needs more a block of
its own with just that. Broader permissions at the top move down into the jobs that need them.

## Why

Without `permissions:`, the token of every job has the repository's default, which may be write
access to everything. A compromised dependency in a test job could then push to the repository or
publish a release. SPEC 8 asks for `contents: read` at the top of every workflow, and for more only
in the job that needs it.

## Example

    on: push

    jobs:
      release:
        runs-on: ubuntu-latest
        steps:
          - uses: softprops/action-gh-release@v2

becomes

    on: push

    permissions:
      contents: read

    jobs:
      release:
        runs-on: ubuntu-latest
        permissions:
          contents: write
        steps:
          - uses: softprops/action-gh-release@v2

## How it knows what a job needs

From what is known of actions, from the commands of its scripts (`gh`, `git push`, `curl`, `docker push` and
more), from what scripts call of GitHub's API, and from the workflows that it calls; each under the conditions
and with the token that the workflow gives. With -v each permission is listed with the step that it is for,
and `--comment-permissions` writes that behind it.

A job is certain if nothing in it could use the token in a way that is not seen. An action that is not
known, a program that is handed the token, or one of the project whose name says that it releases or pushes,
makes a job uncertain. The whole fix is then one for `--unsafe`, and names the step that would settle it.
Broad permissions at the top are narrowed without doubt: an uncertain job keeps them all.

## What it does not decide

Workflows that others call: a call that grants less than they ask for fails before it starts. Where the
callers are not in this repository, the finding says what they have to grant. `permissions: {}` is stricter
than SPEC 8 asks, and stays.

## To silence it

`# spec8-fix: ignore[workflow-permissions]` on the line or above it.
`# zizmor: ignore[excessive-permissions]` is honoured, too.
";

/// See [`EXPLANATION`].
pub(super) const RULE: Rule = Rule {
    name: "workflow-permissions",
    clause: Clause::LeastPermissions,
    runs: Runs::ByDefault,
    summary: "give every workflow `permissions: contents: read` at the top",
    explanation: EXPLANATION,
    aliases: &["excessive-permissions"],
    replaces: &[],
    wants,
    check,
};

fn wants<'d>(_: &File<'d>, wanted: &mut Wanted<'d>) {
    wanted.insert_needs();
}

fn check<'d>(file: &File<'d>, facts: &Facts<'d>) -> Vec<Finding> {
    let View::Workflow(workflow) = file.view else { return Vec::new() };
    let analysis = Analysis::new(&facts.files, file.path, workflow);
    let inheriting = || -> Vec<Inheriting<'d>> {
        let jobs = workflow.jobs().filter(|job| job.permissions_node().is_none());
        let top = workflow.permissions();
        let needs = |job: &Job<'d>| match &top {
            Some(top) => analysis.job(job).under(top),
            None => analysis.job(job),
        };
        jobs.map(|job| Inheriting { job, needs: needs(&job) }).collect()
    };
    let found = match (workflow.permissions(), workflow.permissions_node()) {
        (None, _) if workflow.jobs().next().is_none() => None,
        (None, _) => Some(missing(file, &workflow, &inheriting(), facts)),
        (Some(permissions), Some(node)) if permissions.is_broad() => {
            Some(broad(&workflow, &permissions, node, &inheriting(), facts))
        }
        _ => None,
    };
    found.into_iter().collect()
}

/// A job without permissions of its own, and what it needs.
struct Inheriting<'d> {
    job: Job<'d>,
    needs: JobNeeds,
}

impl Inheriting<'_> {
    fn without_precautions(&self, lacks: impl Fn(Scope, Level) -> bool) -> Self {
        Self { job: self.job, needs: self.needs.clone().without_precautions(lacks) }
    }
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
    inheriting: &[Inheriting<'_>],
    facts: &Facts<'_>,
) -> Finding {
    let document = workflow.document();
    let entries = document.entries(workflow.root());
    // What is a precaution only, no caller has to grant.
    let lacks = |scope, level| {
        let asked = Scopes::from([(scope, level)]);
        workflow.is_callable() && what_callers_lack(file, &asked, facts).is_some()
    };
    let inheriting: Vec<_> = inheriting.iter().map(|it| it.without_precautions(lacks)).collect();
    let inheriting = &inheriting[..];
    let obstacle = obstacle_to_callers(file, workflow, inheriting, facts);
    let remedy = match obstacle.filter(|_| workflow.is_callable()) {
        Some(obstacle) => Remedy::Manual(obstacle),
        None => {
            let top = Value::mapping([("contents", "read")]);
            let mut operations =
                vec![Operation::insert(Path::root(), "permissions", top, place(workflow))];
            operations.extend(inheriting.iter().filter_map(|inheriting| {
                let scopes = inheriting.needs.scopes();
                let comments = facts.comment_permissions.then_some(&inheriting.needs);
                (!is_default_enough(&scopes))
                    .then(|| insert(document, &inheriting.job, block(&scopes, comments)))
            }));
            let jobs: Vec<_> = inheriting
                .iter()
                .filter(|inheriting| !is_default_enough(&inheriting.needs.scopes()))
                .map(|inheriting| inheriting.job.id())
                .collect();
            let title = match &jobs[..] {
                [] => "insert `permissions: contents: read`".to_owned(),
                jobs => {
                    format!("insert `permissions: contents: read`, and more for {}", job_list(jobs))
                }
            };
            let (applicability, note) = (applicability(inheriting), note(inheriting, None));
            Remedy::Fix(Fix { title, operations, applicability, note })
        }
    };
    let at = entries.first().map_or(workflow.root(), |entry| entry.key);
    finding(
        document.span(at),
        "no `permissions` at the top: jobs get the repository's default",
        remedy,
    )
}

/// Where the block at the top goes.
fn place(workflow: &Workflow<'_>) -> Place {
    let document = workflow.document();
    let entries = document.entries(workflow.root());
    let index_of = |key| entries.iter().position(|entry| document.scalar(entry.key) == Some(key));
    match (index_of("on"), index_of("jobs")) {
        (Some(on), Some(jobs)) if on < jobs => Place::After("on".to_owned()),
        (_, Some(_)) => Place::Before("jobs".to_owned()),
        (_, None) => Place::Last,
    }
}

/// Safe where all is certain of every job that the fix reaches.
fn applicability(inheriting: &[Inheriting<'_>]) -> Applicability {
    let doubts = inheriting.iter().filter_map(|it| doubt(it.job.id(), &it.needs.doubts));
    doubts.map(Applicability::Unsafe).next().unwrap_or(Applicability::Safe)
}

/// What the permissions that jobs get are for: of those that they had, if that is all that they get.
fn note(inheriting: &[Inheriting<'_>], had: Option<&Permissions<'_>>) -> Option<String> {
    let lines = inheriting.iter().flat_map(|it| explained(it.job.id(), &it.needs, had));
    let lines: Vec<_> = lines.collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Why a callable workflow may not ask for what it needs: a call that grants less fails before it
/// starts.
fn obstacle_to_callers(
    file: &File<'_>,
    workflow: &Workflow<'_>,
    inheriting: &[Inheriting<'_>],
    facts: &Facts<'_>,
) -> Option<String> {
    let mut asked = Scopes::from([(Scope::Contents, Level::Read)]);
    let needed = inheriting.iter().flat_map(|it| it.needs.scopes());
    let declared = workflow.jobs().filter_map(|job| job.permissions()).flat_map(|own| {
        Scope::ALL.map(|scope| (scope, own.level(scope.name()).min(scope.highest())))
    });
    add(&mut asked, needed.chain(declared));
    what_callers_lack(file, &asked, facts)
}

/// Broad `permissions` at the top.
///
/// Each job that inherits them gets what it needs of them; one of which that is not certain gets all of
/// them. So nothing that ran stops, and nothing that calls this workflow has to grant more.
fn broad(
    workflow: &Workflow<'_>,
    permissions: &Permissions<'_>,
    node: NodeId,
    inheriting: &[Inheriting<'_>],
    facts: &Facts<'_>,
) -> Finding {
    let document = workflow.document();
    let message = "the `permissions` at the top are wider than `contents: read`";
    let key = document.entry_of(node).map_or(node, |entry| entry.key);
    let whole = Span::new(document.span(key).start, document.span(node).end);
    if let Permissions::Scopes(grants) = permissions
        && grants.iter().any(|grant| is_spread(document, grant))
    {
        let why = "a scope and its level stand on different lines: write each scope on one line, then run again";
        return finding(whole, message, Remedy::Manual(why.to_owned()));
    }
    let mut operations = narrowed(document, permissions, node);
    let inherited = Inherited::of(workflow, permissions, inheriting.iter().map(|it| &it.needs));
    let mut jobs = Vec::new();
    for Inheriting { job, needs } in inheriting {
        if let Some(moved) = inherited.block(needs, &Scopes::new(), facts.comment_permissions) {
            operations.push(insert(document, job, moved));
            jobs.push(job.id());
        }
    }
    let title = match &jobs[..] {
        [] => "narrow them: no job that inherits them needs more".to_owned(),
        jobs => format!("narrow them, and move what it takes into {}", job_list(jobs)),
    };
    let note = note(inheriting, Some(permissions));
    let fix = Fix { title, operations, applicability: Applicability::Safe, note };
    finding(whole, message, Remedy::Fix(fix))
}

/// The block at the top becomes `contents: read`.
fn narrowed(document: &Document, permissions: &Permissions<'_>, node: NodeId) -> Vec<Operation> {
    let top = Path::root().key("permissions");
    let Permissions::Scopes(grants) = permissions else {
        let narrow = Value::mapping([("contents", "read")]);
        return vec![Operation::new(document.path(node), Change::Replace(narrow))];
    };
    let contents = grants.iter().find(|grant| grant.scope == "contents");
    // A comment behind the level speaks of that level, and moves with it.
    let stays = contents.filter(|grant| {
        grant.level == Level::Read || entry_with_comment(document, grant).comment.is_none()
    });
    let keep = match stays {
        Some(grant) if grant.level == Level::Read => None,
        Some(_) => Some(Operation::new(top.key("contents"), Change::SetScalar("read".to_owned()))),
        None => Some(Operation::insert(top.clone(), "contents", "read", Place::Last)),
    };
    let goes = grants.iter().filter(|grant| stays.is_none_or(|stays| stays != *grant));
    let goes = goes.map(|grant| Operation::new(top.key(grant.scope), Change::Remove));
    keep.into_iter().chain(goes).collect()
}
