//! What starts the jobs that publish.

use std::collections::BTreeSet;

use super::publish_jobs::{in_words, joined, settings};
use super::{Rule, Runs, wants_nothing};
use crate::expression::Truth;
use crate::finding::{Applicability, Clause, Facts, File, Finding, Fix, Remedy, Severity, View};
use crate::publishing::{Analysis, Kind, Publishing, Run, Upload};
use crate::workflow::{Trigger, Workflow};
use crate::yaml::{Change, NodeId, Operation, Path, Place, Value};

const EXPLANATION: &str = "\
## What it does

Finds jobs that upload releases to a package index without a maintainer's deliberate act: for a push to
a branch, on a schedule, for a pull request. Where a workflow does nothing but publish, these
triggers give way to `workflow_dispatch`.

## Why

Whoever can get a commit onto such a branch can publish: a stolen account, a dependency's update that
merges itself, a mistake. SPEC 8 asks that publishing is started by a maintainer on purpose. The push of
a tag, a release on GitHub and a start by hand are such acts.

## Example

    on:
      push:
        branches: [main]

    jobs:
      publish:
        steps:
          - run: uv publish

becomes

    on: workflow_dispatch

    jobs:
      publish:
        steps:
          - run: uv publish

## Why it needs --unsafe

From then on nothing is published until somebody starts the workflow, on its page below Actions.

## What it does not decide

- Workflows that do other things, too: which of their jobs run when is for a person to say.
- Tools that publish once their pull request is merged, such as changesets and release-plz: the merge is the act, so
  protect the branch.
- Uploads that an output of another job decides: with -v, they are listed.
- Nightly builds, test indexes, images and releases on GitHub.

With -v it also reminds of rules for tags where the push of a tag publishes.

## To silence it

`# spec8-fix: ignore[release-trigger]` on the line of the job's name or above it.
";

/// See [`EXPLANATION`].
pub(super) const RULE: Rule = Rule {
    name: "release-trigger",
    clause: Clause::IntentionalTrigger,
    runs: Runs::ByDefault,
    summary: "publish on a maintainer's deliberate act, not for each push or on a schedule",
    explanation: EXPLANATION,
    aliases: &[],
    replaces: &[],
    wants: wants_nothing,
    check,
};

fn check<'d>(file: &File<'d>, facts: &Facts<'d>) -> Vec<Finding> {
    let View::Workflow(workflow) = file.view else { return Vec::new() };
    let analysis = Analysis::new(&facts.files, file.path, workflow);
    let jobs = file.publishing(facts);
    let check = Check { file, facts, workflow, analysis: &analysis, jobs };
    let undeliberate: Vec<_> = jobs.iter().filter_map(|found| check.job(found)).collect();
    if undeliberate.is_empty() {
        return check.tags().into_iter().collect();
    }
    undeliberate
}

struct Check<'c, 'd> {
    file: &'c File<'d>,
    facts: &'c Facts<'d>,
    workflow: Workflow<'d>,
    analysis: &'c Analysis<'c, 'd>,
    jobs: &'c [Publishing<'d>],
}

impl<'d> Check<'_, 'd> {
    fn finding(
        &self,
        found: &Publishing<'_>,
        severity: Severity,
        message: String,
        remedy: Remedy,
    ) -> Finding {
        let span = self.workflow.document().span(found.job.key());
        Finding { rule: RULE.name, clause: RULE.clause, severity, span, message, remedy }
    }

    /// The runs in which a job uploads releases and which the workflow's own triggers start: what a
    /// caller starts is found there.
    fn runs<'p>(&self, upload: &'p Upload<'d>) -> impl Iterator<Item = &'p Run> {
        let own: BTreeSet<_> = self.workflow.triggers().iter().map(Trigger::name).collect();
        upload
            .runs
            .iter()
            .filter(move |run| run.scenario.event().is_some_and(|it| own.contains(it)))
    }

    /// What is found of a job.
    fn job(&self, found: &Publishing<'d>) -> Option<Finding> {
        let undeliberate = |upload| -> Vec<_> {
            let runs = self.runs(upload);
            runs.filter(|run| !run.scenario.is_deliberate()).collect()
        };
        let mut uploads = found.of_kind(Kind::Index).map(|upload| (upload, undeliberate(upload)));
        let (upload, runs) = uploads.find(|(_, runs)| !runs.is_empty())?;
        let certain: Vec<_> = runs.iter().copied().filter(|run| run.truth.is_sure()).collect();
        let (is_certain, shown) = if certain.is_empty() { (false, runs) } else { (true, certain) };
        let words: BTreeSet<_> = shown.iter().map(|run| in_words(&run.scenario)).collect();
        let words: Vec<_> = words.into_iter().collect();
        let does = if is_certain { "" } else { "possibly " };
        let message = format!(
            "the job `{}` {does}{} for {}",
            found.job.id(),
            upload.evidence.what,
            joined(&words)
        );
        if !is_certain {
            let why = format!(
                "{}: whether it does there is decided by what this file does not show; see to it that only a \
                 release decides so",
                upload.evidence
            );
            return Some(self.finding(found, Severity::Note, message, Remedy::Manual(why)));
        }
        if found.job.get("environment").is_some() {
            let why = format!(
                "its environment can ask for an approval, which is the deliberate act: require reviewers, {}",
                settings(self.facts, "environments")
            );
            return Some(self.finding(found, Severity::Note, message, Remedy::Manual(why)));
        }
        let remedy = self.remedy(found, upload, &shown);
        Some(self.finding(found, Severity::Warning, message, remedy))
    }

    fn remedy(&self, found: &Publishing<'d>, upload: &Upload<'d>, runs: &[&Run]) -> Remedy {
        if let Some(doubt) = upload.known.doubt {
            return Remedy::Manual(format!(
                "{} {doubt}: whoever can push to the branch can publish, so protect it, {}",
                upload.evidence.actor,
                settings(self.facts, "rules")
            ));
        }
        if runs.iter().any(|run| run.scenario.is_about_pull_request()) {
            return Remedy::Manual(format!(
                "{}: if that is a rehearsal, let it go to a test index or nowhere; else let the job run for a \
                 release alone",
                upload.evidence
            ));
        }
        let by_hand = self.analysis.by_hand(&found.job);
        let runs_by_hand = by_hand.of_kind(Kind::Index).any(|it| !it.runs.is_empty());
        let on = self.workflow.document().get(self.workflow.root(), "on");
        let does_more = self.other_job();
        match (on, does_more) {
            (Some(on), None) if runs_by_hand => {
                let (operations, kept) = self.without(on, runs);
                let title = match kept {
                    true => "let a maintainer start it, beside what else is deliberate".to_owned(),
                    false => "let a maintainer start it".to_owned(),
                };
                Remedy::Fix(Fix {
                    title,
                    operations,
                    applicability: Applicability::Unsafe(format!(
                        "nothing is published any more until somebody starts it: {}",
                        self.page()
                    )),
                    note: Some(upload.evidence.to_string()),
                })
            }
            (_, Some(other)) => Remedy::Manual(format!(
                "{}: the workflow also runs `{other}`, so the tool does not take its triggers away; let the \
                 job publish for a release alone, with `if: github.event_name == 'release'` or \
                 `workflow_dispatch` and that trigger",
                upload.evidence
            )),
            _ => Remedy::Manual(format!(
                "{}: its conditions let it run for nothing else; let it run for a release or a start by hand, \
                 with `release` or `workflow_dispatch` as trigger",
                upload.evidence
            )),
        }
    }

    /// A job that neither publishes nor is waited for by one that does.
    fn other_job(&self) -> Option<&'d str> {
        let document = self.workflow.document();
        let mut serving: BTreeSet<&str> = self.jobs.iter().map(|found| found.job.id()).collect();
        loop {
            let before = serving.len();
            for job in
                self.workflow.jobs().filter(|job| serving.contains(job.id())).collect::<Vec<_>>()
            {
                let Some(needs) = job.get("needs") else { continue };
                let names = document.items(needs).iter().copied().chain([needs]);
                serving.extend(names.filter_map(|name| document.scalar(name)));
            }
            if serving.len() == before {
                break;
            }
        }
        self.workflow.jobs().map(|job| job.id()).find(|id| !serving.contains(id))
    }

    /// The operations that take away what starts these runs; and whether other triggers stay.
    fn without(&self, on: NodeId, runs: &[&Run]) -> (Vec<Operation>, bool) {
        let document = self.workflow.document();
        let at = Path::root().key("on");
        let triggers = self.workflow.triggers();
        let goes = |trigger: &Trigger<'_>| {
            runs.iter().any(|run| run.scenario.event() == Some(trigger.name()))
        };
        // The push of a tag stays a release.
        let keeps_tags =
            |trigger: &Trigger<'_>| trigger.name() == "push" && trigger.filter("tags").is_some();
        let kept: Vec<_> = triggers
            .iter()
            .filter(|trigger| !goes(trigger) || keeps_tags(trigger))
            .map(Trigger::name)
            .collect();
        let is_there = kept.contains(&"workflow_dispatch");
        if kept.iter().all(|name| *name == "workflow_dispatch") {
            let by_hand = triggers.iter().find(|it| it.name() == "workflow_dispatch");
            if by_hand.is_none_or(|trigger| trigger.node().is_none()) {
                let value = Value::from("workflow_dispatch");
                return (vec![Operation::new(document.path(on), Change::Replace(value))], false);
            }
        }
        if !document.is_mapping(on) {
            let names = kept.iter().copied().chain((!is_there).then_some("workflow_dispatch"));
            let value = Value::Sequence(names.map(Value::from).collect());
            return (vec![Operation::new(document.path(on), Change::Replace(value))], true);
        }
        let mut operations = Vec::new();
        for trigger in triggers.iter().filter(|trigger| goes(trigger)) {
            let at = at.key(trigger.name());
            if keeps_tags(trigger) {
                let filters = ["branches", "branches-ignore"].into_iter();
                let given = filters.filter(|key| trigger.filter(key).is_some());
                operations.extend(given.map(|key| Operation::new(at.key(key), Change::Remove)));
            } else {
                operations.push(Operation::new(at, Change::Remove));
            }
        }
        if !is_there {
            let empty = Value::Mapping(Vec::new());
            operations.push(Operation::insert(at, "workflow_dispatch", empty, Place::Last));
        }
        (operations, kept.iter().any(|name| *name != "workflow_dispatch"))
    }

    /// Where the workflow is started by hand.
    fn page(&self) -> String {
        let file = self.file.path.rsplit('/').next().unwrap_or(self.file.path);
        match &self.facts.files.name {
            Some(name) => format!("https://github.com/{name}/actions/workflows/{file}"),
            None => format!("Actions > {file}"),
        }
    }

    /// What publishes for a tag is as safe as the tags are.
    fn tags(&self) -> Option<Finding> {
        let is_by_tag = |found: &&Publishing<'d>| {
            found.of_kind(Kind::Index).any(|upload| {
                self.runs(upload).any(|run| {
                    let by_tag = run.scenario.is_of_tag()
                        && matches!(run.scenario.event(), Some("push" | "release"));
                    by_tag && run.truth != Truth::No
                })
            })
        };
        let found = self.jobs.iter().find(is_by_tag)?;
        let message = format!("the job `{}` publishes for a tag", found.job.id());
        let why = format!(
            "whoever may create such a tag publishes: let a ruleset say who may, {}",
            settings(self.facts, "rules")
        );
        Some(self.finding(found, Severity::Note, message, Remedy::Manual(why)))
    }
}
