//! What the jobs of a workflow need.

use std::collections::BTreeSet;

use super::call::{Call, Seed, seeds};
use super::collect::{Collector, Evidence, JobNeeds};
use super::elsewhere::Budget;
use super::endpoint::{Asks, either};
use super::frame::Frame;
use super::matrix::Matrix;
use super::state::{State, StepId};
use crate::expression::{Carries, Truth};
use crate::shell::Scripts;
use crate::workflow::{Job, Level, RepositoryFiles, Scope, Step, Workflow};
use crate::yaml::{Document, Style};

/// How deep composite actions and called workflows are followed.
pub(crate) const MAX_DEPTH: usize = 8;

/// The analysis of one workflow among the files of its repository.
#[derive(Debug)]
pub struct Analysis<'a, 'd> {
    files: &'a RepositoryFiles<'d>,
    /// The workflow's path, where jobs are asked for what they need.
    path: String,
    workflow: Workflow<'d>,
    seeds: Vec<Seed>,
    /// The paths of the workflows whose calls lead here, the first one first.
    callers: Vec<String>,
    /// The file, where it is another repository's.
    file: Option<&'d str>,
    budget: Budget,
}

/// Where in a job something stands, for its evidence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site<'d> {
    /// The step.
    pub(crate) step: StepId,
    /// The line of what the evidence names, from 1.
    pub(crate) line: usize,
    /// What a person calls the step.
    pub(crate) title: Option<&'d str>,
    /// How deep it is inside composite actions.
    pub(crate) depth: usize,
    /// The file, where it is another repository's, `owner/name/action.yml`, or a script of this one.
    pub(crate) file: Option<&'d str>,
    /// The folder that scripts run in, where that is not the root of the repository.
    pub(crate) folder: Option<&'d str>,
}

impl<'d> Site<'d> {
    pub(crate) fn evidence(&self, actor: &str, what: &str) -> Evidence {
        Evidence {
            file: self.file.map(str::to_owned),
            line: self.line,
            step: self.title.map(str::to_owned),
            actor: actor.to_owned(),
            what: what.to_owned(),
        }
    }

    /// A step of a job, or of another repository's file.
    pub(crate) fn of_step(step: Step<'d>, file: Option<&'d str>) -> Self {
        let document = step.document();
        let at = step.uses().or_else(|| step.run()).unwrap_or(step.node());
        let line = document.position(document.target(at)).line;
        let title = step.get("name").and(step.title());
        Self { step: step.node().into(), line, title, depth: 0, file, folder: None }
    }

    /// How deep the steps of a composite action are that is used here; `None` where that is too deep.
    pub(super) fn deeper(&self) -> Option<usize> {
        (self.depth < MAX_DEPTH).then_some(self.depth + 1)
    }

    /// Where the script of the step starts: in a block on the next line.
    pub(crate) fn of_script(self, step: Step<'d>) -> Self {
        let folder = step.working_directory();
        let document = step.document();
        let is_block = step
            .run()
            .and_then(|run| document.style(document.target(run)))
            .is_some_and(Style::is_block);
        Self { folder, ..self }.of_line(usize::from(is_block))
    }

    /// The start of a script that stands in a file of its own.
    pub(super) fn of_script_file(self, path: &'d str, depth: usize) -> Self {
        Self { line: 1, depth, file: Some(path), ..self }
    }

    /// The same so many lines below. What is inside a composite action of the repository stays where that
    /// is used.
    pub(crate) fn of_line(self, lines: usize) -> Self {
        let is_told_here = self.depth == 0 || self.file.is_some();
        Self { line: if is_told_here { self.line + lines } else { self.line }, ..self }
    }
}

impl<'a, 'd> Analysis<'a, 'd> {
    /// Prepares the analysis of the workflow at a path.
    pub fn new(files: &'a RepositoryFiles<'d>, path: &str, workflow: Workflow<'d>) -> Self {
        let seeds = seeds(files, path, workflow);
        Self { path: path.to_owned(), seeds, ..Self::without_runs(files, workflow) }
    }

    /// The same for a workflow that other repositories may call as well: with a call of which nothing is
    /// known.
    #[must_use]
    pub fn with_unseen_callers(mut self) -> Self {
        self.seeds.push(Seed::unseen(self.files.name.as_deref()));
        self
    }

    /// The same for one to which the calls of these lead.
    pub(super) fn of_called(
        files: &'a RepositoryFiles<'d>,
        path: &str,
        workflow: Workflow<'d>,
        callers: Vec<String>,
    ) -> Self {
        Self { callers, ..Self::new(files, path, workflow) }
    }

    /// The same without its kinds of runs, to ask for conditions.
    pub(crate) fn without_runs(files: &'a RepositoryFiles<'d>, workflow: Workflow<'d>) -> Self {
        let (seeds, callers) = (Vec::new(), Vec::new());
        let (budget, path) = (Budget::default(), String::new());
        Self { files, path, workflow, seeds, callers, file: None, budget }
    }

    /// The same for the file of another repository, which this call leads to in these kinds of runs.
    pub(super) fn of_call_elsewhere(
        call: &Call<'a, 'd>,
        file: &'d str,
        workflow: Workflow<'d>,
        seeds: Vec<Seed>,
    ) -> Self {
        let (files, callers, budget) = (call.files, call.callers.clone(), call.budget.clone());
        let path = String::new();
        Self { files, path, workflow, seeds, callers, file: Some(file), budget }
    }

    /// The same with kinds of runs that are known already.
    pub(crate) fn of_runs(
        files: &'a RepositoryFiles<'d>,
        workflow: Workflow<'d>,
        seeds: Vec<Seed>,
    ) -> Self {
        Self { seeds, ..Self::without_runs(files, workflow) }
    }

    /// What a job needs, and what is not certain about it.
    pub fn job(&self, job: &Job<'d>) -> JobNeeds {
        let new = self.files.new_needs_of(&self.path).filter(|need| need.job == job.id());
        self.job_now(job).with_new(new)
    }

    /// What it needs as it is.
    fn job_now(&self, job: &Job<'d>) -> JobNeeds {
        let document = self.workflow.document();
        let mut found = Collector::default();
        let mut frames = self.frames(job);
        if self.is_off(job) {
            frames.iter_mut().for_each(|(_, runs)| *runs = Truth::Varies);
        }
        if let Some(text) = job.get("continue-on-error").and_then(|node| document.scalar(node)) {
            // That such a job runs for a fork does not show that it works there, unless it may fail in some of its
            // variants only.
            let has_to_succeed =
                |frame: &Frame<'_>| matches!(frame.condition(text), Truth::No | Truth::Varies);
            frames.retain(|(frame, _)| !frame.scenario.is_restricted() || has_to_succeed(frame));
        }
        frames.retain(|(_, runs)| runs.is_possible());
        if job.uses().is_some() {
            let (files, caller, budget) = (self.files, self.workflow, &self.budget);
            let callers = [&self.callers[..], std::slice::from_ref(&self.path)].concat();
            Call { files, caller, job: *job, callers, file: self.file, budget }
                .collect(&frames, &mut found);
            return found.finish();
        }
        let scripts = Scripts::default();
        let pypi = publishes_to_pypi(document, job);
        let names_pypi = names_pypi(&self.workflow, job);
        for (frame, runs) in &frames {
            let (files, runs) = (self.files, *runs);
            let budget = &self.budget;
            let (scripts, found) = (&scripts, &mut found);
            let (open, running) = (Vec::new(), Vec::new());
            let mut walk = Walk { files, scripts, found, runs, budget, open, running };
            walk.containers(document, job, frame, self.file);
            let mut state = State { pypi, names_pypi, ..State::default() };
            for step in job.steps() {
                walk.step(step, Site::of_step(step, self.file), frame, &mut state);
            }
        }
        if !frames.is_empty() && frames.iter().all(|(frame, _)| frame.scenario.is_privileged()) {
            let line = document.position(job.key()).line;
            let what = "runs with rights that a pull request would not have, and nothing seen in it uses them";
            found.privileged(Evidence {
                file: None,
                line,
                step: None,
                actor: format!("the job `{}`", job.id()),
                what: what.to_owned(),
            });
        }
        found.finish()
    }

    /// Whether a job was switched off by hand: `if: false`, whatever the run. It is looked at as though it
    /// ran, so that it works for who switches it on again.
    fn is_off(&self, job: &Job<'d>) -> bool {
        let text = job.get("if").and_then(|node| self.workflow.document().scalar(node));
        let any = Seed::unseen(None);
        text.is_some_and(|text| any.frame().condition(text) == Truth::No)
    }

    /// What is known in a job in each kind of run, and whether it runs.
    pub(crate) fn frames(&self, job: &Job<'d>) -> Vec<(Frame<'_>, Truth)> {
        let document = self.workflow.document();
        let matrix = Matrix::of(document, job);
        let of_seed = |seed| {
            let mut frame = self.frame(seed);
            let runs = self.runs(job, &frame);
            frame.matrix = matrix.clone();
            (frame.with_env(document, job.get("env")), runs)
        };
        self.seeds.iter().map(of_seed).collect()
    }

    fn frame<'s>(&self, seed: &'s Seed) -> Frame<'s> {
        let document = self.workflow.document();
        seed.frame().with_env(document, document.get(self.workflow.root(), "env"))
    }

    /// Whether a job runs: its own condition, and those of the jobs that it waits for.
    pub(crate) fn runs(&self, job: &Job<'d>, frame: &Frame<'_>) -> Truth {
        let document = self.workflow.document();
        let mut truth = Truth::Yes;
        let mut seen = BTreeSet::new();
        let mut open = vec![*job];
        while let Some(job) = open.pop() {
            if !seen.insert(job.id()) {
                continue;
            }
            let text = job.get("if").and_then(|node| document.scalar(node)).unwrap_or_default();
            truth = truth.and(frame.condition(text));
            let lower = text.to_ascii_lowercase();
            if ["always()", "cancelled()", "failure()"].iter().any(|it| lower.contains(it)) {
                continue;
            }
            let Some(needs) = job.get("needs") else { continue };
            let names = document.items(needs).iter().copied().chain([needs]);
            let names: Vec<_> = names.filter_map(|name| document.scalar(name)).collect();
            open.extend(self.workflow.jobs().filter(|other| names.contains(&other.id())));
        }
        truth
    }
}

/// Whether the address of a job's environment is a page of PyPI.
fn publishes_to_pypi(document: &Document, job: &Job<'_>) -> bool {
    let url = job.get("environment").and_then(|node| document.get(node, "url"));
    url.and_then(|url| document.scalar(url)).is_some_and(|url| url.contains("pypi.org/"))
}

/// Whether a job, its environment or its workflow is called after PyPI.
fn names_pypi(workflow: &Workflow<'_>, job: &Job<'_>) -> bool {
    let text = |node| workflow.document().scalar(node);
    let own = job.get("name").and_then(text);
    let of_workflow = workflow.document().get(workflow.root(), "name").and_then(text);
    let names = [Some(job.id()), own, job.environment_name(), of_workflow];
    names.into_iter().flatten().any(is_called_after_pypi)
}

/// Why it is not certain that nothing is needed where the workflow's token is not seen to act.
pub(super) const OTHER_TOKEN: &str =
    "acts with another token than the workflow's, as far as can be seen";

/// Whether a name speaks of PyPI.
pub(super) fn is_called_after_pypi(name: &str) -> bool {
    name.to_ascii_lowercase().contains("pypi")
}

/// Whether a step may fail without anyone being stopped by it.
fn may_fail(step: Step<'_>) -> bool {
    let script = step.text("run").unwrap_or_default();
    step.get("continue-on-error").is_some()
        || ["|| true", "|| :", "|| echo", "set +e"].iter().any(|it| script.contains(it))
}

/// The walk through the steps of a job in one kind of run.
pub(super) struct Walk<'w, 'd> {
    pub(super) files: &'w RepositoryFiles<'d>,
    pub(super) scripts: &'w Scripts<'d>,
    pub(super) found: &'w mut Collector,
    /// Whether the job runs in this kind of run.
    pub(super) runs: Truth,
    pub(super) budget: &'w Budget,
    /// The composite actions that the walk is in.
    pub(super) open: Vec<&'d Document>,
    /// The tasks of the project that it is in, each with the path of the file that defines it.
    pub(super) running: Vec<(&'d str, String)>,
}

impl<'d> Walk<'_, 'd> {
    /// What a step needs, if it runs.
    pub(super) fn step(
        &mut self,
        step: Step<'d>,
        site: Site<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        let env = step.get("env");
        let frame = match state.exports.is_empty() {
            true => frame.with_env(step.document(), env),
            false => frame.with_exports(&state.exports).with_env(step.document(), env),
        };
        let truth = frame.condition(step.text("if").unwrap_or_default()).and(self.runs);
        if !truth.is_possible() {
            return;
        }
        if frame.scenario.is_restricted() {
            // With this token there is nothing to need; that the step runs with it is what counts.
            if frame.scenario.shows_that_reading_is_enough() && truth.is_sure() && !may_fail(step) {
                self.found.prove(site.step);
                self.prove_inside(step, site, &frame);
            }
            return;
        }
        if let Some(uses) = step.text("uses") {
            self.uses(step, uses.trim(), site, &frame, state);
        } else if let Some(script) = step.text("run") {
            self.run(step, script, site, &frame, state);
        }
    }

    /// Notes what is needed for a call of the API.
    pub(super) fn asks(
        &mut self,
        asks: &Asks,
        carries: Carries,
        frame: &Frame<'_>,
        site: Site<'d>,
        evidence: &Evidence,
    ) {
        match *asks {
            Asks::Either(level) if carries.token => {
                self.found.need_either(either(frame.scenario), level, evidence);
            }
            _ => self.need_with(carries, &asks.grants(frame.scenario), site, evidence),
        }
        if carries.token && asks.is_ambiguous(frame.scenario) {
            let what = format!("{}, of an issue or of a pull request", evidence.what);
            self.found.doubt(site.step, Evidence { what, ..evidence.clone() });
        }
    }

    /// Notes what is needed for something that acts with these credentials; what writes with others than the
    /// workflow's token may be more than is seen.
    pub(super) fn need_with(
        &mut self,
        carries: Carries,
        grants: &[(Scope, Level)],
        site: Site<'d>,
        evidence: &Evidence,
    ) {
        for &(scope, level) in grants {
            if carries.token || scope == Scope::IdToken {
                self.found.need(scope, level, evidence);
            }
        }
        // The tokens of other registries are none of GitHub's.
        let is_elsewhere = |scope| matches!(scope, Scope::IdToken | Scope::Packages);
        let writes = |&(scope, level)| level == Level::Write && !is_elsewhere(scope);
        if carries.other && !carries.token && grants.iter().any(writes) {
            // A run for a fork has no such token.
            let evidence = Evidence { what: OTHER_TOKEN.to_owned(), ..evidence.clone() };
            self.found.lasting_doubt_of(site.step, evidence);
        }
    }
}
