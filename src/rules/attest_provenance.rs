//! Attestations of where artifacts were built.

use super::granted::{Granted, grant};
use super::new_step::{self, ATTEST, NewAction, in_front_of};
use super::{Rule, Runs, upload_step};
use crate::actions::upload::Destination;
use crate::actions::version::Version;
use crate::finding::{Applicability, Clause, Facts, File, Finding, Fix, Remedy, Severity, View};
use crate::publishing::{At, By, Credential, Kind, Publishing, Upload};
use crate::resolve::Wanted;
use crate::workflow::{Level, NewNeed, Scope, Step, Workflow};
use crate::yaml::{Operation, Value, ValueEntry};

const EXPLANATION: &str = "\
## What it does

Finds jobs that upload releases to a package index without an attestation of where they were built. In front of
the upload to PyPI it brings two steps: one that attests the packages, where the upload has them, and one that
verifies the attestations. The job gets `attestations: write` and `id-token: write`.

## Why

With an attestation anybody can tell that a package was built by this workflow from this commit, and not
on somebody's machine: `gh attestation verify FILE --repo OWNER/NAME`. SPEC 8 asks for it.

## Example

    jobs:
      publish:
        runs-on: ubuntu-latest
        permissions:
          contents: read
        steps:
          - uses: actions/download-artifact@v8
          - run: uv publish

becomes

    jobs:
      publish:
        runs-on: ubuntu-latest
        permissions:
          contents: read
          attestations: write
          id-token: write
        steps:
          - uses: actions/download-artifact@v8
          - name: Attest where the packages were built
            uses: actions/attest-build-provenance@0f67c3f4856b2e3261c31976d6725780e5e4c373 # v4.1.1
            with:
              subject-path: dist/*
          - name: Verify the attestations
            run: |
              for artifact in dist/*; do
                gh attestation verify \"$artifact\" --repo \"$GITHUB_REPOSITORY\"
              done
            env:
              GH_TOKEN: ${{ github.token }}
          - run: uv publish

## Why it needs --unsafe

A release waits for the attestation, and stops where none can be made: private repositories need a plan of GitHub
that has them.

## What it does not decide

- Uploads by PyPI's action with a Trusted Publisher: from v1.11 on it gives PyPI attestations by itself. Whether the
  repository is to hold one beside them is for a person to say.
- Uploads whose packages are not seen or are built by the same step, and registries other than PyPI.
- Jobs that have an attestation in any form: by `actions/attest` and its kin, by the generator of SLSA.

## To silence it

`# spec8-fix: ignore[attest-provenance]` on the line of the job's name or above it.
";

/// See [`EXPLANATION`].
pub(super) const RULE: Rule = Rule {
    name: "attest-provenance",
    clause: Clause::Attestation,
    runs: Runs::ByDefault,
    summary: "attest where artifacts were built before they are published",
    explanation: EXPLANATION,
    aliases: &[],
    replaces: &[],
    wants,
    check,
};

fn wants<'d>(file: &File<'d>, wanted: &mut Wanted<'d>) {
    let View::Workflow(workflow) = file.view else { return };
    let text = file.document.text();
    let publishes =
        ["pypi-publish", "twine", "uv publish", "maturin"].iter().any(|it| text.contains(it));
    if publishes && !is_attested_by_steps(workflow) {
        new_step::want(ATTEST, wanted);
    }
}

fn check<'d>(file: &File<'d>, facts: &Facts<'d>) -> Vec<Finding> {
    found(file, facts).into_iter().map(|(finding, _)| finding).collect()
}

/// What is found, each with the permissions that its fix brings into a job.
pub(super) fn found<'d>(file: &File<'d>, facts: &Facts<'d>) -> Vec<(Finding, Vec<NewNeed>)> {
    let View::Workflow(workflow) = file.view else { return Vec::new() };
    if is_attested(workflow, facts) {
        return Vec::new();
    }
    let jobs = file.publishing(facts);
    let found = jobs.iter().filter_map(|found| {
        let uploads: Vec<_> = found
            .of_kind(Kind::Index)
            .filter(|upload| !matches!(upload.at, At::Workflow { .. } | At::Elsewhere))
            .collect();
        let upload = uploads.first()?;
        let (remedy, severity) = remedy(file, workflow, found, &uploads, facts);
        let needs = match remedy {
            Remedy::Fix(_) => new_needs(file, found, upload),
            _ => Vec::new(),
        };
        let finding = Finding {
            rule: RULE.name,
            clause: RULE.clause,
            severity,
            span: workflow.document().span(found.job.key()),
            message: format!(
                "the job `{}` {} without an attestation of where it was built",
                found.job.id(),
                upload.evidence.what
            ),
            remedy,
        };
        Some((finding, needs))
    });
    found.collect()
}

fn new_needs(file: &File<'_>, found: &Publishing<'_>, upload: &Upload<'_>) -> Vec<NewNeed> {
    let need = |scope| NewNeed {
        path: file.path.to_owned(),
        job: found.job.id().to_owned(),
        scope,
        level: Level::Write,
        line: upload.evidence.line,
        actor: "actions/attest-build-provenance".to_owned(),
        what: match scope {
            Scope::Attestations => "stores the attestation in the repository",
            _ => "signs the provenance with a certificate for the workflow's identity",
        }
        .to_owned(),
    };
    [Scope::Attestations, Scope::IdToken].map(need).into()
}

/// Whether some step of the workflow, or of what it calls in the repository, attests or verifies.
fn is_attested(workflow: Workflow<'_>, facts: &Facts<'_>) -> bool {
    let document = workflow.document();
    let called = workflow.jobs().filter_map(|job| {
        let uses = document.scalar(job.uses()?)?.trim();
        facts.files.called(uses).map(|(_, workflow)| workflow)
    });
    let mut steps = workflow.jobs().flat_map(|job| job.steps());
    let in_action = steps.any(|step| {
        let action = step.text("uses").and_then(|uses| facts.files.action(uses.trim()));
        action.is_some_and(|action| action.steps().into_iter().any(attests))
    });
    in_action || is_attested_by_steps(workflow) || called.into_iter().any(is_attested_by_steps)
}

fn is_attested_by_steps(workflow: Workflow<'_>) -> bool {
    let document = workflow.document();
    workflow.jobs().any(|job| {
        let uses = job.uses().and_then(|uses| document.scalar(uses)).unwrap_or_default();
        uses.contains("slsa-framework/slsa-github-generator")
            || job.steps().into_iter().any(attests)
    })
}

/// Whether a step makes attestations.
fn attests(step: Step<'_>) -> bool {
    let uses = step.text("uses").unwrap_or_default().trim();
    let actions = ["actions/attest", "slsa-framework/", "pypi/attest", "astral-sh/attest-action"];
    let own = step.input("attest-build-provenance-github");
    let own = own.and_then(|node| step.document().scalar(node));
    actions.iter().any(|start| uses.to_ascii_lowercase().starts_with(start))
        || own.is_some_and(|value| value != "false")
}

fn remedy<'d>(
    file: &File<'d>,
    workflow: Workflow<'d>,
    found: &Publishing<'d>,
    uploads: &[&Upload<'d>],
    facts: &Facts<'d>,
) -> (Remedy, Severity) {
    let Some(upload) = uploads.iter().find(|it| it.to == Destination::PyPi).or(uploads.first())
    else {
        return (Remedy::Manual(String::new()), Severity::Note);
    };
    if let Some(why) = by_registry(upload) {
        return (Remedy::Manual(format!("{}: {why}", upload.evidence)), Severity::Note);
    }
    if let Some(why) = own_attestation(upload, facts) {
        return (Remedy::Manual(why), Severity::Note);
    }
    match fix(file, workflow, found, upload, uploads, facts) {
        Ok(fix) => (Remedy::Fix(fix), Severity::Warning),
        Err(why) => {
            let shown =
                NewAction::of(ATTEST, facts).map_or_else(|_| ATTEST.to_owned(), |it| it.shown());
            let why = format!(
                "{}: {why}; attest the packages where they are built, or in front of the upload:\n\
                 - uses: {shown}\n  with:\n    subject-path: dist/*\n\
                 with `attestations: write` and `id-token: write` for the job",
                upload.evidence
            );
            (Remedy::Manual(why), Severity::Warning)
        }
    }
}

/// What to know of a place that is not PyPI.
fn by_registry(upload: &Upload<'_>) -> Option<&'static str> {
    Some(match &upload.to {
        Destination::PyPi => return None,
        Destination::Npm if upload.credential == Credential::TrustedPublisher => {
            "npm makes an attestation of its own where it publishes as a trusted publisher from a public \
             repository"
        }
        Destination::Npm => {
            "`--provenance` makes npm's own attestation; it needs `id-token: write`"
        }
        _ => {
            "what is uploaded is made on the way, or is not seen: where there is a file, attest it before, with \
             `actions/attest-build-provenance`"
        }
    })
}

/// Why PyPI has attestations already:
/// <https://github.com/pypa/gh-action-pypi-publish#generating-and-uploading-attestations>.
fn own_attestation(upload: &Upload<'_>, facts: &Facts<'_>) -> Option<String> {
    let At::Step(step) = upload.at else { return None };
    let is_action = matches!(&upload.by, By::Uses(name) if name == "pypa/gh-action-pypi-publish");
    if !is_action || upload.credential != Credential::TrustedPublisher {
        return None;
    }
    let input = step.input("attestations").and_then(|node| step.document().scalar(node));
    let first = Version::parse("1.11.0");
    let is_older =
        new_step::version_in_use(step, facts).is_some_and(|version| Some(version) < first);
    (input != Some("false") && !is_older).then(|| {
        format!(
            "{}, and gives PyPI attestations by itself from v1.11 on; for one in the repository beside them, which \
             `gh attestation verify` takes, add `{ATTEST}` in front",
            upload.evidence
        )
    })
}

fn fix<'d>(
    file: &File<'d>,
    workflow: Workflow<'d>,
    found: &Publishing<'d>,
    upload: &Upload<'d>,
    uploads: &[&Upload<'d>],
    facts: &Facts<'d>,
) -> Result<Fix, String> {
    let document = workflow.document();
    let At::Step(step) = upload.at else {
        return Err("it uploads in a script or an action of the repository".to_owned());
    };
    let is_other = |other: &&&Upload<'_>| {
        other.to == Destination::PyPi && other.evidence.line != upload.evidence.line
    };
    if uploads.iter().any(|other| is_other(&other)) {
        return Err("the job uploads in several places".to_owned());
    }
    if facts.files.is_private == Some(true) {
        return Err("the repository is private, where only some plans of GitHub have attestations"
            .to_owned());
    }
    let runner = found.job.get("runs-on").and_then(|node| document.scalar(node));
    let has_gh = runner.is_some_and(|it| it.starts_with("ubuntu") || it.starts_with("macos"));
    if !has_gh || found.job.get("container").is_some() {
        return Err("whether the job has `bash` and `gh` is not seen".to_owned());
    }
    let is_moved = |node| document.get(node, "defaults").is_some();
    if is_moved(found.job.node()) || is_moved(workflow.root()) {
        return Err("`defaults` say where its commands run".to_owned());
    }
    let packages = upload_step::files(&found.job, step, upload)?;
    let action = NewAction::of(ATTEST, facts)?;
    if workflow.is_callable() {
        return Err("other workflows call this one, and a call fails before it starts that grants less than \
                    the attestation asks for: let each caller grant that first"
            .to_owned());
    }
    let Granted { operations: granted, doubt } =
        grant(file, &workflow, &found.job, &new_needs(file, found, upload), facts)?;
    let condition = || step.text("if").map(|text| ValueEntry::new("if", text));
    let name = |text: &str| vec![ValueEntry::new("name", text)];
    let mut attest = name("Attest where the packages were built");
    attest.extend(condition());
    attest.push(action.entry());
    let with = Value::mapping([("subject-path", packages.join("\n").as_str())]);
    attest.push(ValueEntry { key: "with".to_owned(), value: with, comment: None });
    let mut verify = name("Verify the attestations");
    verify.extend(condition());
    let script = format!(
        "for artifact in {}; do\n  gh attestation verify \"$artifact\" --repo \"$GITHUB_REPOSITORY\"\ndone\n",
        packages.join(" ")
    );
    verify.push(ValueEntry::new("run", script.as_str()));
    let env = Value::mapping([("GH_TOKEN", "${{ github.token }}")]);
    verify.push(ValueEntry { key: "env".to_owned(), value: env, comment: None });
    let steps =
        [attest, verify].into_iter().map(|new| in_front_of(document, &found.job, step, new));
    let mut operations: Vec<Operation> = steps.collect::<Result<_, _>>()?;
    operations.extend(granted);
    let mut why =
        vec!["the release waits for the attestation, and stops if none can be made".to_owned()];
    why.extend(doubt);
    Ok(Fix {
        title: format!("attest {} before it is published, and verify that", packages.join(", ")),
        operations,
        applicability: Applicability::Unsafe(why.join("; ")),
        note: Some(upload.evidence.to_string()),
    })
}
