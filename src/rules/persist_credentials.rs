//! Credentials that a checkout leaves behind.

use super::step_input::{insert_input, shares_inputs};
use super::{Rule, Runs, wants_nothing};
use crate::actions::Uses;
use crate::finding::{Applicability, Clause, Facts, File, Finding, Fix, Remedy, Severity, View};
use crate::permissions::{Analysis, GitNeed, GitUse};
use crate::workflow::{Action, Job, Step};
use crate::yaml::{Operation, Value};

const EXPLANATION: &str = "\
## What it does

Adds `persist-credentials: false` to the steps that check the repository out.

## Why

Unless it is told otherwise, `actions/checkout` leaves the token in git's configuration for the rest of
the job, where every later step can read it: an action, a build script, a test of a pull request. An artifact
that holds the whole folder carries it away. Of least permissions, which SPEC 8 asks for, this is the part
that `permissions:` does not reach.

## Example

    - uses: actions/checkout@v4
    - uses: pre-commit/action@v3.0.1

becomes

    - uses: actions/checkout@v4
      with:
        persist-credentials: false
    - uses: pre-commit/action@v3.0.1

## What is left

This rule runs only where it is selected: `--select persist-credentials`. The fix is safe where nothing
that runs later in the job could need the credentials. It needs `--unsafe` where

- a step fetches from the repository, or a program of the project runs that may do so: that takes
  credentials if the repository is private
- an action, a command or a script runs of which it is not known what it does with git
- the checkout is in a composite action: the jobs that use it are to be looked at

A checkout stays, and is listed with -v, where a later step pushes with what it leaves. One that says
`persist-credentials` itself, be it `true`, is settled.

## To silence it

`# spec8-fix: ignore[persist-credentials]` on the line or above it. `# zizmor: ignore[artipacked]` is
honoured, too.
";

/// See [`EXPLANATION`].
pub(super) const RULE: Rule = Rule {
    name: "persist-credentials",
    clause: Clause::LeastPermissions,
    runs: Runs::WhenSelected,
    summary: "let checkouts leave no credentials behind that nothing needs",
    explanation: EXPLANATION,
    aliases: &["artipacked"],
    replaces: &[],
    wants: wants_nothing,
    check,
};

/// The input of `actions/checkout`:
/// <https://github.com/actions/checkout#usage>. Version 1 does not have it.
const INPUT: &str = "persist-credentials";

fn check(file: &File<'_>, facts: &Facts<'_>) -> Vec<Finding> {
    match file.view {
        View::Workflow(workflow) => {
            let analysis = Analysis::new(&facts.files, file.path, workflow);
            workflow.jobs().flat_map(|job| of_job(&job, &analysis, facts)).collect()
        }
        View::Action(action) => of_action(&action),
        View::Dependabot(_) => Vec::new(),
    }
}

fn of_job<'d>(job: &Job<'d>, analysis: &Analysis<'_, 'd>, facts: &Facts<'_>) -> Vec<Finding> {
    let steps = job.steps();
    let checkouts: Vec<_> =
        steps.iter().enumerate().filter(|(_, step)| leaves_credentials(**step)).collect();
    if checkouts.is_empty() {
        return Vec::new();
    }
    let uses = analysis.job(job).git;
    // Steps that run side by side have no order.
    let in_order =
        steps.iter().all(|step| step.get("parallel").or(step.get("background")).is_none());
    let found = checkouts.into_iter().map(|(index, &step)| {
        let is_later = |used: &&GitUse| {
            let at = steps.iter().position(|step| step.node() == used.step);
            !in_order || at.is_none_or(|at| at > index)
        };
        let later: Vec<_> = uses.iter().filter(is_later).collect();
        finding(step, remedy(step, &later, facts))
    });
    found.collect()
}

/// What can be done about a checkout that so is followed.
fn remedy(step: Step<'_>, later: &[&GitUse], facts: &Facts<'_>) -> Remedy {
    let first = |how| later.iter().find(|used| used.how == how).map(|used| &used.evidence);
    if let Some(evidence) = first(GitNeed::Push) {
        return Remedy::Manual(format!("a later step may need them: {evidence}"));
    }
    let risk = if let Some(evidence) = first(GitNeed::Unknown) {
        Some(format!("a later step may need the credentials: {evidence}"))
    } else if facts.files.is_private == Some(false) {
        None // anybody may fetch
    } else if let Some(evidence) = first(GitNeed::Fetch) {
        Some(format!(
            "if the repository is private, a later step needs the credentials: {evidence}"
        ))
    } else if let Some(evidence) = first(GitNeed::MayFetch) {
        let why = "if the repository is private, a later step may need the credentials to fetch";
        Some(format!("{why}: {evidence}"))
    } else {
        // A partial clone fetches what it lacks whenever that is wanted.
        ["filter", "sparse-checkout"].into_iter().find(|name| step.input(name).is_some()).map(|name| {
            format!(
                "if the repository is private, `git` needs the credentials to fetch what `{name}` leaves out"
            )
        })
    };
    fix(step, risk)
}

fn fix(step: Step<'_>, risk: Option<String>) -> Remedy {
    let document = step.document();
    if shares_inputs(document, step) {
        let why = "a YAML alias shares its `with` with other steps: give it a `with` of its own, then run again";
        return Remedy::Manual(why.to_owned());
    }
    // Where the whole step is shared, what follows elsewhere is not what follows here.
    let operation = insert_input(document, step, INPUT, Value::Boolean(false));
    Remedy::Fix(Fix {
        title: format!("add `{INPUT}: false`"),
        operations: vec![Operation { everywhere: false, ..operation }],
        applicability: risk.map_or(Applicability::Safe, Applicability::Unsafe),
        note: None,
    })
}

/// The checkouts of a composite action.
fn of_action(action: &Action<'_>) -> Vec<Finding> {
    let why = "the jobs that use this action may need the credentials in later steps: look at them";
    let steps = action.steps().into_iter().filter(|step| leaves_credentials(*step));
    steps.map(|step| finding(step, fix(step, Some(why.to_owned())))).collect()
}

/// Whether a step is a checkout that does not say what becomes of the credentials.
fn leaves_credentials(step: Step<'_>) -> bool {
    let uses = step.text("uses").map(|uses| Uses::parse(uses.trim()));
    let Some(Uses::Repository(action)) = uses else { return false };
    let is_checkout = action.to_string().eq_ignore_ascii_case("actions/checkout");
    let is_first = matches!(action.git_ref.name().split('.').next(), Some("v1" | "1"));
    is_checkout && !is_first && step.input(INPUT).is_none()
}

fn finding(step: Step<'_>, remedy: Remedy) -> Finding {
    let document = step.document();
    let severity = match remedy {
        Remedy::Manual(_) => Severity::Note,
        _ => Severity::Warning,
    };
    let at = step.uses().unwrap_or(step.node());
    let message = "this checkout leaves its credentials to all later steps".to_owned();
    let span = document.span(document.target(at));
    Finding { rule: RULE.name, clause: RULE.clause, severity, span, message, remedy }
}
