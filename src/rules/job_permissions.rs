//! Least permissions of single jobs.

use super::permission_block::{Scopes, block, doubt, explained, is_spread};
use super::{Rule, Runs};
use crate::actions::Uses;
use crate::finding::{Applicability, Clause, Facts, File, Finding, Fix, Remedy, Severity, View};
use crate::permissions::{Analysis, JobNeeds};
use crate::resolve::Wanted;
use crate::workflow::{Job, Level, Permissions, Scope, Workflow};
use crate::yaml::{Change, Document, NodeId, Operation, Span, Value};

const EXPLANATION: &str = "\
## What it does

Compares the permissions that a job declares with what its steps need. Write permissions that nothing
in the job uses are taken away; what seems to be missing is told.

## Why

Whatever runs in a job can use all that the job is granted: a compromised action in a job with
`contents: write` can push to the repository. SPEC 8 asks for more than `contents: read` only in the job
that needs it.

## Example

    jobs:
      comment:
        permissions:
          contents: write
          pull-requests: write
        steps:
          - uses: peter-evans/create-or-update-comment@v4

becomes

    jobs:
      comment:
        permissions:
          contents: read
          pull-requests: write
        steps:
          - uses: peter-evans/create-or-update-comment@v4

## What it does not decide

A job is narrowed only where every step of it is known: an action that is not known and cannot be read, or
is a program that has the token, a command that is handed the token, or a program of the project whose name
says that it publishes, makes it uncertain. Read permissions stay: in a private repository they may be needed
where nothing shows it, and they do no harm. What a job hands to a workflow of another repository stays, too.
A job is never given more: with -v, what seems to be missing is listed.

## To silence it

`# spec8-fix: ignore[job-permissions]` on the line or above it.
`# zizmor: ignore[excessive-permissions]` is honoured, too.
";

/// See [`EXPLANATION`].
pub(super) const RULE: Rule = Rule {
    name: "job-permissions",
    clause: Clause::LeastPermissions,
    summary: "take away write permissions that a job declares and nothing in it uses",
    explanation: EXPLANATION,
    aliases: &["excessive-permissions"],
    replaces: &[],
    runs: Runs::ByDefault,
    wants,
    check,
};

fn wants<'d>(_: &File<'d>, wanted: &mut Wanted<'d>) {
    wanted.insert_needs();
}

fn check<'d>(file: &File<'d>, facts: &Facts<'d>) -> Vec<Finding> {
    let View::Workflow(workflow) = file.view else { return Vec::new() };
    let analysis = || Analysis::new(&facts.files, file.path, workflow);
    let own_callers = analysis();
    // Who calls from elsewhere may ask for more.
    let all_callers = workflow.is_callable().then(|| analysis().with_unseen_callers());
    let of_job = |job: Job<'d>| {
        let own = job.permissions().zip(job.permissions_node());
        let Some((permissions, node)) = own else { return Vec::new() };
        let needs = own_callers.job(&job).under(&permissions);
        let of_all = all_callers.as_ref().map(|all| all.job(&job).under(&permissions));
        let of_all = of_all.as_ref().unwrap_or(&needs);
        let wide = wide(&workflow, &job, &permissions, node, of_all, facts);
        wide.into_iter().chain(lacking(&workflow, &job, &permissions, node, &needs)).collect()
    };
    workflow.jobs().flat_map(of_job).collect()
}

fn finding(
    document: &Document,
    node: NodeId,
    severity: Severity,
    message: String,
    remedy: Remedy,
) -> Finding {
    let key = document.entry_of(node).map_or(node, |entry| entry.key);
    let span = Span::new(document.span(key).start, document.span(node).end);
    Finding { rule: RULE.name, clause: RULE.clause, severity, span, message, remedy }
}

/// Write permissions that nothing uses.
fn wide(
    workflow: &Workflow<'_>,
    job: &Job<'_>,
    permissions: &Permissions<'_>,
    node: NodeId,
    needs: &JobNeeds,
    facts: &Facts<'_>,
) -> Option<Finding> {
    let document = workflow.document();
    let needed = needs.scopes();
    let new: Vec<_> = needs.new_scopes().into_keys().collect();
    // What was given on purpose may be for what is not seen.
    let is_explicit = matches!(permissions, Permissions::Scopes(_));
    let unused: Vec<_> = Scope::ALL
        .into_iter()
        .filter(|scope| permissions.level(scope.name()).min(scope.highest()) == Level::Write)
        .filter(|scope| needed.get(scope) != Some(&Level::Write))
        .filter(|scope| !is_explicit || !needs.within_reach.contains(scope))
        .collect();
    if unused.is_empty() {
        return None;
    }
    let names: Vec<_> = match permissions {
        Permissions::Scopes(_) => unused.iter().map(|scope| format!("`{scope}: write`")).collect(),
        _ => vec!["most of `write-all`".to_owned()],
    };
    let message = format!(
        "the job `{}` has {}, and nothing seen in it uses that",
        job.id(),
        names.join(", ")
    );
    let uncertain = doubt(job.id(), &needs.doubts)
        .or_else(|| doubt(job.id(), &needs.cleared))
        .or_else(|| calls_elsewhere(document, job))
        .or_else(|| works_in_another_way(permissions, &needs.scopes_seen()));
    if let Some(why) = uncertain {
        return Some(finding(document, node, Severity::Note, message, Remedy::Manual(why)));
    }
    let operations = match permissions {
        Permissions::Scopes(grants) if grants.iter().any(|grant| is_spread(document, grant)) => {
            let why = "a scope and its level stand on different lines: write each scope on one line, then run again";
            return Some(finding(
                document,
                node,
                Severity::Warning,
                message,
                Remedy::Manual(why.to_owned()),
            ));
        }
        Permissions::Scopes(_) => narrowed(document, node, permissions, &needed, &unused, &new),
        _ => {
            let comments = facts.comment_permissions.then_some(needs);
            let value = block(&needed, comments);
            vec![Operation::new(document.path(node), Change::Replace(value))]
        }
    };
    let note = explained(job.id(), needs, Some(permissions));
    let fix = Fix {
        title: format!("leave `{}` what it needs", job.id()),
        operations,
        applicability: Applicability::Safe,
        note: (!note.is_empty()).then(|| note.join("\n")),
    };
    Some(finding(document, node, Severity::Warning, message, Remedy::Fix(fix)))
}

/// A job that lacks what it seems to need, and works, is not understood.
fn works_in_another_way(permissions: &Permissions<'_>, needed: &Scopes) -> Option<String> {
    let (scope, level) = needed.iter().find(|(scope, level)| {
        **level == Level::Write && permissions.level(scope.name()) < **level
    })?;
    Some(format!(
        "it seems to need `{scope}: {}` instead, and does not have it: find out which of the two it \
         uses",
        level.name()
    ))
}

/// A workflow of another repository may ask for more in the version that is called than is known.
fn calls_elsewhere(document: &Document, job: &Job<'_>) -> Option<String> {
    let uses = document.scalar(job.uses()?)?;
    matches!(Uses::parse(uses.trim()), Uses::Repository(_)).then(|| {
        "it calls a workflow of another repository, which may ask for it: look there".to_owned()
    })
}

/// The scopes without what is not used: `contents` stays to be read, others only if they are.
fn narrowed(
    document: &Document,
    node: NodeId,
    permissions: &Permissions<'_>,
    needed: &Scopes,
    unused: &[Scope],
    new: &[Scope],
) -> Vec<Operation> {
    let at = document.path(node);
    let Permissions::Scopes(grants) = permissions else { return Vec::new() };
    let goes = |scope: Scope| scope != Scope::Contents && !needed.contains_key(&scope);
    // What another fix brings keeps the block from being empty.
    let is_left = new.iter().any(|scope| permissions.level(scope.name()) < Level::Write);
    let all_go = grants.iter().all(|grant| {
        Scope::parse(grant.scope).is_some_and(|scope| unused.contains(&scope) && goes(scope))
    });
    if all_go && !is_left {
        return vec![Operation::new(at, Change::Replace(Value::Mapping(Vec::new())))];
    }
    let change = |&scope: &Scope| {
        let change =
            if goes(scope) { Change::Remove } else { Change::SetScalar("read".to_owned()) };
        Operation::new(at.key(scope.name()), change)
    };
    unused.iter().map(change).collect()
}

/// Write permissions that seem to be missing.
fn lacking(
    workflow: &Workflow<'_>,
    job: &Job<'_>,
    permissions: &Permissions<'_>,
    node: NodeId,
    needs: &JobNeeds,
) -> Option<Finding> {
    let document = workflow.document();
    let missing = needs.scopes_seen().into_iter().find(|&(scope, level)| {
        level == Level::Write && permissions.level(scope.name()) < Level::Write
    });
    let (scope, _) = missing?;
    let evidence = needs.evidence(scope)?;
    let message =
        format!("the job `{}` seems to need `{scope}: write`, and does not have it", job.id());
    let why = format!("{evidence}: grant it if that step fails");
    Some(finding(document, node, Severity::Note, message, Remedy::Manual(why)))
}
