//! Trusted publishers in place of tokens.

mod edits;

use super::granted::{Granted, grant};
use super::new_step::{self, CRATES_IO_AUTH, NewAction, PYPI_PUBLISH, RUBYGEMS_CREDENTIALS};
use super::publisher::Publisher;
use super::{Rule, Runs};
use crate::actions::upload::Destination;
use crate::actions::version::Version;
use crate::finding::{Applicability, Clause, Facts, File, Finding, Fix, Remedy, Severity, View};
use crate::publishing::{At, By, Credential, Publishing, Upload};
use crate::resolve::Wanted;
use crate::workflow::{Level, NewNeed, Scope, Step, Workflow};
use crate::yaml::Operation;
use edits::Job;

const EXPLANATION: &str = "\
## What it does

Finds uploads to PyPI, TestPyPI, npm, crates.io and RubyGems.org with a token. The token goes, with what carried it
to the upload; the job gets `id-token: write`, with which it proves to the registry which workflow it is. A
step that does nothing but `twine upload` becomes the action of PyPI. For crates.io and RubyGems.org a
new step gets a token that lasts for the run.

## Why

A token that is stolen publishes from anywhere until somebody takes it back. The identity of a workflow cannot
be stolen, and what it is exchanged for is worth nothing a few minutes later. SPEC 8 asks for it.

## Example

    jobs:
      publish:
        permissions:
          contents: read
        steps:
          - uses: pypa/gh-action-pypi-publish@release/v1
            with:
              password: ${{ secrets.PYPI_TOKEN }}

becomes

    jobs:
      publish:
        permissions:
          contents: read
          id-token: write
        steps:
          - uses: pypa/gh-action-pypi-publish@release/v1

## Why it needs --unsafe

The registry has to know the workflow first. The finding gives the page, with owner, repository, file and
environment: register the workflow there, then make the change, then delete the secret. If the environment
is renamed later, or the file, the registry has to hear of it.

## What it does not decide

- Reusable workflows: PyPI takes none as Trusted Publisher, and other registries check the workflow that
  calls. Their tokens stay.
- Uploads inside scripts, composite actions and steps that do more, and by tools that know no trusted publishing: the
  finding shows what to write instead.
- Other registries, private indexes and anaconda.org: they keep their tokens, and nothing is said.

## To silence it

`# spec8-fix: ignore[trusted-publishing]` on the line of the upload or above it.
`# zizmor: ignore[use-trusted-publishing]` is honoured, too.
";

/// See [`EXPLANATION`].
pub(super) const RULE: Rule = Rule {
    name: "trusted-publishing",
    clause: Clause::TrustedPublishing,
    runs: Runs::ByDefault,
    summary: "publish as a trusted publisher, without a token",
    explanation: EXPLANATION,
    aliases: &["use-trusted-publishing"],
    replaces: &[],
    wants,
    check,
};

/// What some commands call for.
const NEW_ACTIONS: [(&str, &str); 9] = [
    ("twine", PYPI_PUBLISH),
    ("maturin-action", PYPI_PUBLISH),
    ("poetry", PYPI_PUBLISH),
    ("flit", PYPI_PUBLISH),
    ("hatch", PYPI_PUBLISH),
    ("rye publish", PYPI_PUBLISH),
    ("setup.py", PYPI_PUBLISH),
    ("cargo publish", CRATES_IO_AUTH),
    ("gem push", RUBYGEMS_CREDENTIALS),
];

fn wants<'d>(file: &File<'d>, wanted: &mut Wanted<'d>) {
    let text = file.document.text();
    for (command, action) in NEW_ACTIONS {
        if matches!(file.view, View::Workflow(_))
            && text.contains(command)
            && text.contains("secrets.")
        {
            new_step::want(action, wanted);
        }
    }
}

fn check<'d>(file: &File<'d>, facts: &Facts<'d>) -> Vec<Finding> {
    found(file, facts).into_iter().map(|(finding, _)| finding).collect()
}

/// What is found, each with the permissions that its fix brings into a job.
pub(super) fn found<'d>(file: &File<'d>, facts: &Facts<'d>) -> Vec<(Finding, Vec<NewNeed>)> {
    let View::Workflow(workflow) = file.view else { return Vec::new() };
    let jobs = file.publishing(facts);
    let check = Check { file, facts, workflow, jobs };
    jobs.iter().flat_map(|found| check.job(found)).collect()
}

struct Check<'c, 'd> {
    file: &'c File<'d>,
    facts: &'c Facts<'d>,
    workflow: Workflow<'d>,
    jobs: &'c [Publishing<'d>],
}

/// How a token is to go.
struct Plan {
    title: String,
    operations: Vec<Operation>,
    /// What else it takes.
    note: Vec<String>,
}

impl<'d> Check<'_, 'd> {
    fn job(&self, found: &Publishing<'d>) -> Vec<(Finding, Vec<NewNeed>)> {
        let mut seen = Vec::new();
        let mut told = Vec::new();
        let mut findings = Vec::new();
        for upload in &found.uploads {
            let place = (upload.evidence.line, &upload.evidence.actor);
            if seen.contains(&place) || matches!(upload.at, At::Workflow { .. }) {
                continue;
            }
            seen.push(place);
            let same: Vec<_> = found
                .uploads
                .iter()
                .filter(|it| (it.evidence.line, &it.evidence.actor) == place)
                .collect();
            let is_supported = same.iter().all(|upload| is_supported(&upload.to));
            let token = same.iter().find(|it| matches!(it.credential, Credential::Token(_)));
            let Some(upload) = token.filter(|_| is_supported) else { continue };
            // A step is changed as a whole, however many of its commands upload there.
            let what = (upload.at.step().map(|step| step.node()), &upload.to);
            if !told.contains(&what) {
                told.push(what);
                findings.push(self.upload(found, upload, &same));
            }
        }
        findings
    }

    fn upload(
        &self,
        found: &Publishing<'d>,
        upload: &Upload<'d>,
        same: &[&Upload<'d>],
    ) -> (Finding, Vec<NewNeed>) {
        let document = self.workflow.document();
        let span = match &upload.at {
            At::Step(step) => {
                let node = step.get("uses").or_else(|| step.get("run")).unwrap_or(step.node());
                document.span(node)
            }
            _ => upload
                .at
                .step()
                .map_or(document.span(found.job.key()), |step| document.span(step.node())),
        };
        let need = NewNeed {
            path: self.file.path.to_owned(),
            job: found.job.id().to_owned(),
            scope: Scope::IdToken,
            level: Level::Write,
            line: upload.evidence.line,
            actor: upload.evidence.actor.clone(),
            what: "publishes as a trusted publisher".to_owned(),
        };
        let remedy = self.remedy(found, upload, same, &need);
        let is_fix = matches!(remedy, Remedy::Fix(_));
        let is_kept = self.workflow.is_callable() || matches!(upload.at, At::Elsewhere);
        let severity = if is_kept { Severity::Note } else { Severity::Warning };
        let message = format!("the job `{}` {} with a token", found.job.id(), upload.evidence.what);
        let (rule, clause) = (RULE.name, RULE.clause);
        let finding = Finding { rule, clause, severity, span, message, remedy };
        (finding, is_fix.then_some(need).into_iter().collect())
    }

    fn remedy(
        &self,
        found: &Publishing<'d>,
        upload: &Upload<'d>,
        same: &[&Upload<'d>],
        need: &NewNeed,
    ) -> Remedy {
        let evidence = &upload.evidence;
        if self.workflow.is_callable() || matches!(upload.at, At::Elsewhere) {
            let why = match upload.to {
                Destination::PyPi | Destination::TestPyPi => {
                    "PyPI takes no reusable workflow as Trusted Publisher"
                }
                _ => "a registry checks the workflow that calls a reusable one",
            };
            return Remedy::Manual(format!(
                "{evidence}: {why}, so the token stays; it can go once a job of the workflow that starts uploads"
            ));
        }
        let publisher = Publisher::of(self.file, self.workflow, self.jobs, found, self.facts);
        let registrations: Vec<_> =
            same.iter().map(|upload| publisher.registration(&upload.to)).collect();
        let granted = |plan: Plan| {
            let needs = std::slice::from_ref(need);
            let granted = grant(self.file, &self.workflow, &found.job, needs, self.facts)?;
            Ok((plan, granted))
        };
        match self.plan(found, upload).and_then(granted) {
            Ok((plan, Granted { operations, doubt })) => {
                let mut why = vec![registrations.join("; ")];
                why.extend(plan.note.iter().cloned());
                why.extend(doubt);
                let mut note = vec![evidence.to_string()];
                note.extend(plan.note);
                note.extend(registrations.clone());
                note.extend(publisher.of_new_package(&upload.to));
                note.push("delete the secret once a release has gone out without it".to_owned());
                Remedy::Fix(Fix {
                    title: plan.title,
                    operations: [plan.operations, operations].concat(),
                    applicability: Applicability::Unsafe(why.join("; ")),
                    note: Some(note.join("\n")),
                })
            }
            Err(why) => Remedy::Manual(format!(
                "{evidence}: {why}\nthe job needs `id-token: write`, and {}",
                registrations.join("; ")
            )),
        }
    }

    /// What to do before, where PyPI's action is too old for Trusted Publishers, which it knows from v1.8.0
    /// on. Another rule may move it forward in the same run, so that it is no reason to leave the token.
    fn too_old(&self, step: Step<'d>) -> Option<String> {
        let is_master = step.text("uses").is_some_and(|uses| uses.trim().ends_with("@master"));
        let version = new_step::version_in_use(step, self.facts);
        let is_old = version.is_some_and(|version| Some(version) < Version::parse("1.8.0"));
        (is_master || is_old).then(|| {
            "the action has to be v1.8.0 or newer: move it to `release/v1` first".to_owned()
        })
    }

    /// What takes the token away.
    ///
    /// # Errors
    ///
    /// Why a person has to do it, and what to write.
    fn plan(&self, found: &Publishing<'d>, upload: &Upload<'d>) -> Result<Plan, String> {
        let Credential::Token(tokens) = &upload.credential else { return Err(String::new()) };
        let instead = || instead(&upload.to, self.facts);
        let At::Step(step) = upload.at else {
            return Err(format!("it stands outside the workflow; in the workflow, {}", instead()));
        };
        let job = Job { document: self.workflow.document(), job: &found.job, step };
        let name = match &upload.by {
            By::Uses(name) => name.as_str(),
            By::Command(command) => command.name().unwrap_or_default(),
        };
        let plain = |operations: Vec<Operation>, note: Vec<String>| Plan {
            title: "publish as a trusted publisher, without the token".to_owned(),
            operations,
            note,
        };
        match (&upload.to, &upload.by) {
            (Destination::PyPi | Destination::TestPyPi, By::Uses(_))
                if name == "pypa/gh-action-pypi-publish"
                    || name.eq_ignore_ascii_case("pyo3/maturin-action") =>
            {
                let note = self.too_old(step).into_iter().collect();
                Ok(plain(job.without(tokens, &["user"])?, note))
            }
            (Destination::PyPi | Destination::TestPyPi, By::Command(command)) => match name {
                "uv" | "maturin" | "pdm" => {
                    let operations = job.without(tokens, &[])?;
                    job.logs_in_by_itself(command, &operations)?;
                    Ok(plain(operations, Vec::new()))
                }
                _ if command.words.iter().any(|word| word.text() == Some("twine")) => {
                    let action = NewAction::of(PYPI_PUBLISH, self.facts)?;
                    let mut operations = job
                        .twine(&action, &upload.to)
                        .map_err(|why| format!("{why}; {}", instead()))?;
                    operations.extend(job.without_leftovers(tokens));
                    let title = "publish with PyPI's action, as a trusted publisher".to_owned();
                    Ok(Plan { title, operations, note: Vec::new() })
                }
                _ => Err(format!(
                    "`{name}` knows no trusted publishing; build with it and {}",
                    instead()
                )),
            },
            (Destination::Npm, By::Command(_))
                if matches!(name, "npm" | "pnpm") && upload.known.doubt.is_none() =>
            {
                let needs = "npm 11.5.1 or newer is needed: Node.js 24 has it, else `npm install --global npm@latest` \
                             before";
                Ok(plain(job.without(tokens, &[])?, vec![needs.to_owned()]))
            }
            (Destination::CratesIo, By::Command(_)) if name == "cargo" => {
                let action = NewAction::of(CRATES_IO_AUTH, self.facts)?;
                let operations = job
                    .crates_io(&action, tokens)
                    .map_err(|why| format!("{why}; {}", instead()))?;
                Ok(plain(operations, Vec::new()))
            }
            (Destination::RubyGems, By::Command(_)) if name == "gem" => {
                let action = NewAction::of(RUBYGEMS_CREDENTIALS, self.facts)?;
                let new = job.new_step(&action, Vec::new())?;
                let gone =
                    job.without(tokens, &[]).map_err(|why| format!("{why}; {}", instead()))?;
                Ok(plain([vec![new], gone].concat(), Vec::new()))
            }
            _ => Err(instead()),
        }
    }
}

/// Whether a registry has trusted publishers, and this rule knows how.
fn is_supported(to: &Destination) -> bool {
    use Destination::{CratesIo, Npm, PyPi, RubyGems, TestPyPi};
    matches!(to, PyPi | TestPyPi | Npm | CratesIo | RubyGems)
}

/// What to write in place of an upload with a token.
fn instead(to: &Destination, facts: &Facts<'_>) -> String {
    let step = |uses: &'static str, behind: &str| {
        let shown = NewAction::of(uses, facts).map_or_else(|_| uses.to_owned(), |it| it.shown());
        format!("upload with this step in place of the token:\n- uses: {shown}{behind}")
    };
    match to {
        Destination::TestPyPi => {
            step(PYPI_PUBLISH, "\n  with:\n    repository-url: https://test.pypi.org/legacy/")
        }
        Destination::PyPi => step(PYPI_PUBLISH, ""),
        Destination::CratesIo => step(
            CRATES_IO_AUTH,
            "\n  id: auth\nand `CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}` for the upload",
        ),
        Destination::RubyGems => step(RUBYGEMS_CREDENTIALS, "\nin front of the upload"),
        _ => "publish with npm 11.5.1 or newer, or a tool that uses it, and take the token away: it proves by itself which \
              workflow it runs in"
            .to_owned(),
    }
}
