//! Environments of the jobs that publish.

use std::collections::BTreeMap;

use super::permission_block::place_in_job;
use super::publish_jobs::{gate, in_words, settings};
use super::{Rule, Runs, wants_nothing};
use crate::finding::{Applicability, Clause, Facts, File, Finding, Fix, Remedy, Severity, View};
use crate::permissions;
use crate::publishing::{Analysis, At, Kind, Publishing, Upload};
use crate::workflow::{Job, Level, Scope, Workflow};
use crate::yaml::{Document, Operation, Value};

const EXPLANATION: &str = "\
## What it does

Gives each job that uploads releases to a package index an `environment`: the one that the repository has
for this already, else `publish-package`, for a test index `publish-package-test`. Where the name of the
package is known, the environment links to its page.

## Why

An environment can require that a second maintainer approves of each run, and its secrets reach no
other job. SPEC 8 asks for both: what one stolen account can start does not reach the index.

GitHub makes an environment when it is first used, without rules: add required reviewers in the
repository's settings. Until then nothing changes but that each upload is listed as a deployment.

## Example

    jobs:
      publish:
        runs-on: ubuntu-latest
        steps:
          - uses: pypa/gh-action-pypi-publish@release/v1

becomes

    jobs:
      publish:
        runs-on: ubuntu-latest
        environment:
          name: publish-package
          url: https://pypi.org/p/sample
        steps:
          - uses: pypa/gh-action-pypi-publish@release/v1

## When it is safe

Where the whole job runs for nothing but a release, a tag or a start by hand, and uploads whenever it
does. It needs `--unsafe` where the job also runs for something else, which would then wait for an
approval, too; where a matrix would ask several times; and where the job logs in to a cloud by OpenID
Connect, for the environment changes who the job is to others.

## What it does not decide

- Several jobs that upload in one release: each would ask for an approval. Let one job ask for all.
- Nightly builds, images and releases on GitHub: with -v, they are listed.
- Jobs that call a reusable workflow, which can have no environment: the called job can. One of this repository
  is found there.

An environment that a job has stays, also where an expression names it.

## To silence it

`# spec8-fix: ignore[publish-environment]` on the line or above it.
`# zizmor: ignore[secrets-outside-env]` is honoured, too.
";

/// See [`EXPLANATION`].
pub(super) const RULE: Rule = Rule {
    name: "publish-environment",
    clause: Clause::Environment,
    runs: Runs::ByDefault,
    summary: "run the jobs that publish in an environment, which can ask for an approval",
    explanation: EXPLANATION,
    aliases: &["secrets-outside-env"],
    replaces: &[],
    wants: wants_nothing,
    check,
};

fn check<'d>(file: &File<'d>, facts: &Facts<'d>) -> Vec<Finding> {
    let View::Workflow(workflow) = file.view else { return Vec::new() };
    let jobs = file.publishing(facts);
    let without = jobs.iter().filter(|found| found.job.get("environment").is_none());
    let finding = |found: &Publishing<'d>| {
        // The called job is the one that can have an environment.
        let upload = main_upload(found)?;
        let is_release = matches!(upload.kind(), Kind::Index | Kind::TestIndex);
        match upload.at {
            At::Workflow { .. } => return None,
            At::Elsewhere if !is_release => return None,
            _ => {}
        }
        let name = environment_name(facts, upload);
        let remedy = remedy(file, workflow, jobs, found, upload, &name, facts);
        let severity = if is_release { Severity::Warning } else { Severity::Note };
        Some(Finding {
            rule: RULE.name,
            clause: RULE.clause,
            severity,
            span: workflow.document().span(found.job.key()),
            message: format!(
                "the job `{}` {} outside an environment",
                found.job.id(),
                upload.evidence.what
            ),
            remedy,
        })
    };
    without.filter_map(finding).collect()
}

/// The environment that this rule gives a job, if it does.
pub(super) fn given<'d>(
    file: &File<'d>,
    workflow: Workflow<'d>,
    jobs: &[Publishing<'d>],
    found: &Publishing<'d>,
    facts: &Facts<'d>,
) -> Option<String> {
    let upload = main_upload(found)?;
    let name = environment_name(facts, upload);
    let is_given = facts.rules.contains(RULE.name)
        && matches!(remedy(file, workflow, jobs, found, upload, &name, facts), Remedy::Fix(_));
    is_given.then_some(name)
}

/// The upload that decides what a job is: that of a release before that of a test.
fn main_upload<'p, 'd>(found: &'p Publishing<'d>) -> Option<&'p Upload<'d>> {
    found.uploads.iter().min_by_key(|upload| (upload.kind(), &upload.to))
}

fn remedy(
    file: &File<'_>,
    workflow: Workflow<'_>,
    jobs: &[Publishing<'_>],
    found: &Publishing<'_>,
    upload: &Upload<'_>,
    name: &str,
    facts: &Facts<'_>,
) -> Remedy {
    let kind = upload.kind();
    if matches!(upload.at, At::Elsewhere) {
        return Remedy::Manual(format!(
            "a job that calls a workflow of another repository can have no environment: {}",
            gate(name, &[found.job.id()])
        ));
    }
    match kind {
        Kind::Index | Kind::TestIndex => {}
        Kind::Nightly => {
            return Remedy::Manual(format!(
                "such builds run unattended, so that nobody can approve of them; but an environment without \
                 reviewers still keeps the token from other jobs: `environment: {name}`, with the token as its \
                 secret"
            ));
        }
        Kind::Container | Kind::Release => {
            return Remedy::Manual(format!(
                "give it `environment: {name}` if a second maintainer is to approve of each"
            ));
        }
    }
    let others = jobs.iter().filter(|other| uploads_together(found, other, kind));
    let others: Vec<_> = others.map(|other| other.job.id()).collect();
    if others.len() > 1 {
        return Remedy::Manual(format!(
            "{} jobs upload in one release, and each would ask for an approval of its own: {}",
            others.len(),
            gate(name, &others)
        ));
    }
    let document = workflow.document();
    let mut note = vec![upload.evidence.to_string()];
    note.push(format!("require reviewers: {}", settings(facts, "environments")));
    let operation = Operation::insert(
        document.path(document.target(found.job.node())),
        "environment",
        value(name, page(document, found, upload, facts).as_deref()),
        place_in_job(document, &found.job),
    );
    Remedy::Fix(Fix {
        title: format!("run it in the environment `{name}`"),
        operations: vec![operation],
        applicability: applicability(file, workflow, found, upload, facts),
        note: Some(note.join("\n")),
    })
}

fn value(name: &str, page: Option<&str>) -> Value {
    let entries = [("name", Some(name)), ("url", page)];
    Value::mapping(entries.into_iter().filter_map(|(key, value)| Some((key, value?))))
}

/// Whether both upload to places of a kind in the same run.
fn uploads_together(one: &Publishing<'_>, other: &Publishing<'_>, kind: Kind) -> bool {
    let runs = |found: &Publishing<'_>| {
        found.of_kind(kind).flat_map(|upload| upload.runs.clone()).collect::<Vec<_>>()
    };
    let own = runs(one);
    runs(other).iter().any(|run| own.iter().any(|own| own.scenario == run.scenario))
}

/// The page of the package, where it is known which package a job uploads: the one at the top.
fn page(
    document: &Document,
    found: &Publishing<'_>,
    upload: &Upload<'_>,
    facts: &Facts<'_>,
) -> Option<String> {
    let is_only = found.uploads.iter().all(|other| {
        other.to == upload.to || !matches!(other.kind(), Kind::Index | Kind::TestIndex)
    });
    (is_only && uploads_package_at_top(document, found))
        .then(|| facts.files.packages.page(&upload.to))?
}

/// Whether a job uploads the package that is at the top of the repository, as far as can be told.
pub(super) fn uploads_package_at_top(document: &Document, found: &Publishing<'_>) -> bool {
    let is_elsewhere = |upload: &Upload<'_>| {
        let Some(step) = upload.at.step() else { return true };
        step.working_directory().is_some()
            || ["packages-dir", "packages_dir"].into_iter().any(|input| {
                let folder = step.input(input).and_then(|node| document.scalar(node));
                folder.is_some_and(|folder| !folder.trim_start_matches("./").starts_with("dist"))
            })
    };
    let mut indexes = found
        .uploads
        .iter()
        .filter(|upload| matches!(upload.kind(), Kind::Index | Kind::TestIndex));
    !found.has_matrix() && !indexes.any(is_elsewhere)
}

/// The environment in which jobs of the repository publish to the same place already, else that of SPEC 8.
fn environment_name(facts: &Facts<'_>, upload: &Upload<'_>) -> String {
    let kind = upload.kind();
    let mut used = BTreeMap::<&str, usize>::new();
    for (path, workflow) in &facts.files.workflows {
        let named = workflow.jobs().filter_map(|job| Some((literal_environment(&job)?, job)));
        for (name, job) in named {
            let found = Analysis::new(&facts.files, path, *workflow).publishing_job(&job);
            let mut uploads = found.iter().flat_map(|found| found.of_kind(kind));
            if uploads.any(|other| other.to == upload.to) {
                *used.entry(name).or_default() += 1;
            }
        }
    }
    let most = used.into_iter().max_by_key(|&(name, count)| (count, std::cmp::Reverse(name)));
    match (most, kind) {
        (Some((name, _)), _) => name.to_owned(),
        (None, Kind::Nightly) => "nightly".to_owned(),
        (None, Kind::TestIndex) => "publish-package-test".to_owned(),
        (None, _) => "publish-package".to_owned(),
    }
}

/// The environment of a job, where no expression names it.
fn literal_environment<'d>(job: &Job<'d>) -> Option<&'d str> {
    job.environment_name().filter(|name| !name.contains("${{") && !name.is_empty())
}

fn applicability(
    file: &File<'_>,
    workflow: Workflow<'_>,
    found: &Publishing<'_>,
    upload: &Upload<'_>,
    facts: &Facts<'_>,
) -> Applicability {
    let other = found.runs.iter().find(|run| !run.scenario.is_deliberate());
    let is_both =
        [Kind::Index, Kind::TestIndex].into_iter().all(|kind| found.of_kind(kind).next().is_some());
    let why = if let Some(run) = other {
        format!(
            "the job also runs for {}, which will wait for an approval, too, once the environment asks for one",
            in_words(&run.scenario)
        )
    } else if is_both {
        "the job uploads to a test index, too, which will wait for the same approval".to_owned()
    } else if !upload.is_always {
        "the job may also run without uploading, and will ask for an approval all the same"
            .to_owned()
    } else if found.has_matrix() {
        "the job has a matrix, and will ask for an approval for each of its jobs".to_owned()
    } else if let Some(doubt) = upload.known.doubt {
        format!("{} {doubt}, and the job will ask for an approval each time", upload.evidence.actor)
    } else if let Some(why) = login(file, workflow, found, facts) {
        why
    } else if let Some(path) = deployment_workflow(facts) {
        format!("each of its runs becomes a deployment, and {path} runs for deployments")
    } else {
        return Applicability::Safe;
    };
    Applicability::Unsafe(why)
}

/// Why the job may log in somewhere by OpenID Connect, other than to publish or to sign: the environment
/// becomes a part of the subject of its tokens, and a role that trusts the old one refuses it.
/// <https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims>
fn login(
    file: &File<'_>,
    workflow: Workflow<'_>,
    found: &Publishing<'_>,
    facts: &Facts<'_>,
) -> Option<String> {
    let granted = found.job.permissions().or_else(|| workflow.permissions())?;
    if granted.level("id-token") != Level::Write {
        return None;
    }
    let changes = "the environment changes the subject of the job's OpenID Connect tokens";
    let needs = permissions::Analysis::new(&facts.files, file.path, workflow).job(&found.job);
    let is_own = |line: usize| found.uploads.iter().any(|upload| upload.evidence.line == line);
    let is_harmless =
        |what: &str| ["attest", "proves", "publish", "sign"].iter().any(|word| what.contains(word));
    let login = needs.needs.iter().find(|need| {
        need.scope == Scope::IdToken
            && !is_own(need.evidence.line)
            && !is_harmless(&need.evidence.what)
            && !need.evidence.what.contains("as a trusted publisher")
    });
    if let Some(login) = login {
        return Some(format!("{changes}: {}", login.evidence));
    }
    if let Some(doubt) = needs.doubts.iter().find(|doubt| !is_own(doubt.evidence.line)) {
        return Some(format!("{changes}, which may be in use: {}", doubt.evidence));
    }
    let asks = found.job.steps().into_iter().any(|step| {
        step.text("run").is_some_and(|script| script.contains("ACTIONS_ID_TOKEN_REQUEST"))
    });
    asks.then(|| format!("{changes}, and a script of the job asks for one"))
}

/// A workflow of the repository that runs for each deployment.
fn deployment_workflow<'d>(facts: &Facts<'d>) -> Option<&'d str> {
    let runs = |workflow: &Workflow<'_>| {
        let triggers = workflow.triggers();
        triggers.iter().any(|it| matches!(it.name(), "deployment" | "deployment_status"))
    };
    facts.files.workflows.iter().find(|(_, workflow)| runs(workflow)).map(|(path, _)| *path)
}
