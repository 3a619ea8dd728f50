//! A page that tells how a release is made.

use super::publish_jobs::joined;
use super::{Rule, Runs, wants_nothing};
use crate::finding::{Clause, Facts, File, Finding, Remedy, Severity, View};
use crate::publishing::{Analysis, Publishing};

const EXPLANATION: &str = "\
## What it does

In a repository that publishes something, looks for the page that tells how a release is made.

## Why

Who releases once a year, or for the first time, does it by that page: which steps there are, which of them
needs which permission, who approves. Where it is not written down, every release is an exception,
and an exceptional one raises no eyebrow. SPEC 8 asks for such a page in the developers' documentation or
at the top of the repository.

## Where it looks

- `RELEASING.md`, `RELEASE.rst` and the like at the top
- pages named so below `docs`, `doc`, `dev`, `maintainers`, `contributing` and `.github`, with the templates of
  issues: `release-process.md`, `how_to_release.rst`
- a section on releases in `CONTRIBUTING.md`, `README.md` and the like

Release notes do not count. Where the page is somewhere else, a `RELEASING.md` that links to it helps
the next release manager as well.

## Example

    .github/workflows/release.yml:12:3: the job `publish` uploads to PyPI, and no page tells how
    a release is made

## What is left

Writing it. `spec8-fix init --release-docs` writes a `RELEASING.md` drawn from the workflows that publish: what
starts them, what they publish where, which permissions and which environment they have. The rest,
who approves say, is for a person to fill in.

## To silence it

`# spec8-fix: ignore[release-docs]` on the line of the job that publishes or above it.
";

/// See [`EXPLANATION`].
pub(super) const RULE: Rule = Rule {
    name: "release-docs",
    clause: Clause::DocumentRelease,
    runs: Runs::ByDefault,
    summary: "find out whether it is written down how a release is made",
    explanation: EXPLANATION,
    aliases: &[],
    replaces: &[],
    wants: wants_nothing,
    check,
};

fn check<'d>(file: &File<'d>, facts: &Facts<'d>) -> Vec<Finding> {
    let View::Workflow(workflow) = file.view else { return Vec::new() };
    if facts.files.surroundings.release_page.is_some() {
        return Vec::new();
    }
    let Some(found) = file.publishing(facts).iter().find(|job| releases(job)) else {
        return Vec::new();
    };
    // One finding for a repository.
    let mut before = facts.files.workflows.range(..file.path);
    if before.any(|(path, workflow)| {
        Analysis::new(&facts.files, path, *workflow).publishing().iter().any(releases)
    }) {
        return Vec::new();
    }
    let mut places: Vec<_> = found.uploads.iter().map(|upload| upload.to.to_string()).collect();
    places.sort();
    places.dedup();
    vec![Finding {
        rule: RULE.name,
        clause: RULE.clause,
        severity: Severity::Warning,
        span: workflow.document().span(found.job.key()),
        message: format!(
            "the job `{}` uploads to {}, and no page tells how a release is made",
            found.job.id(),
            joined(&places)
        ),
        remedy: Remedy::Manual(
            "write one: `spec8-fix init --release-docs` makes a `RELEASING.md` from the workflows \
             that publish"
                .to_owned(),
        ),
    }]
}

/// Whether a job uploads a release.
fn releases(job: &Publishing<'_>) -> bool {
    job.uploads.iter().any(|upload| upload.to.kind().is_release())
}
