//! Jobs that call a workflow, and workflows that are called.
//!
//! A called workflow can never get more than the job that calls it has, and one that asks for more
//! fails before it starts:
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations#supported-keywords-for-jobs-that-call-a-reusable-workflow>.

use std::collections::BTreeMap;

use super::action::{Given, texts};
use super::collect::Collector;
use super::elsewhere::Budget;
use super::frame::{Frame, Inputs, Secrets};
use super::job::{Analysis, MAX_DEPTH, Site, Walk};
use super::scenario::Scenario;
use super::state::State;
use crate::actions::{Uses, knowledge};
use crate::expression::{Known, Truth, Value, template};
use crate::shell::Scripts;
use crate::workflow::{Elsewhere, Job, Permissions, RepositoryFiles, Scope, View, Workflow};

/// How many steps a call stands for, where another repository makes it.
const STEPS_OF_A_CALL: usize = 100;

/// One kind of run of a workflow, with what its caller hands to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seed {
    scenario: Scenario,
    inputs: Inputs,
    secrets: Secrets,
}

impl Seed {
    /// A run that a person starts by hand.
    pub(crate) fn by_hand(files: &RepositoryFiles<'_>) -> Self {
        let scenario = Scenario::by_hand(files.name.as_deref());
        Self { scenario, inputs: Inputs::OfEvent, secrets: Secrets::Own }
    }

    /// A run of which nothing is known.
    pub(crate) fn unseen(repository: Option<&str>) -> Self {
        let scenario = Scenario::unknown(repository);
        Self { scenario, inputs: Inputs::Unseen, secrets: Secrets::Unseen }
    }

    pub(crate) fn frame(&self) -> Frame<'_> {
        Frame::new(&self.scenario, self.inputs.clone(), self.secrets.clone())
    }
}

/// The kinds of runs of a workflow: those of its own triggers, and those of the jobs of this
/// repository that call it.
pub(crate) fn seeds(files: &RepositoryFiles<'_>, path: &str, workflow: Workflow<'_>) -> Vec<Seed> {
    seeds_within(files, workflow, &[path])
}

/// The same for a workflow that the calls of others lead from: the last of these paths is its own.
fn seeds_within(files: &RepositoryFiles<'_>, workflow: Workflow<'_>, paths: &[&str]) -> Vec<Seed> {
    let own = Scenario::of(&workflow, files.name.as_deref());
    let mut seeds: Vec<_> = own
        .into_iter()
        .map(|scenario| Seed { scenario, inputs: Inputs::OfEvent, secrets: Secrets::Own })
        .collect();
    let Some(path) = paths.last().filter(|_| workflow.is_callable() && paths.len() <= MAX_DEPTH)
    else {
        return seeds;
    };
    let mut is_called = false;
    // One that calls itself never runs.
    let callers = files.callers(path).filter(|(caller, ..)| !paths.contains(caller));
    for (caller_path, caller, job) in callers {
        let runs = seeds_within(files, caller, &[paths, &[caller_path]].concat());
        let analysis = Analysis::of_runs(files, caller, runs);
        let mut frames = analysis.frames(&job);
        frames.retain(|(_, runs)| runs.is_possible());
        is_called |= !frames.is_empty();
        for (frame, _) in frames.iter().filter(|(frame, runs)| tells(frame, *runs)) {
            let seed = seed_of_call(&caller, &job, frame, &workflow);
            if !seeds.contains(&seed) {
                seeds.push(seed);
            }
        }
    }
    if !is_called {
        seeds.push(Seed::unseen(files.name.as_deref()));
    }
    seeds
}

/// Whether a run that a call comes from is worth a look: one with a token that can only read proves something
/// only where it is sure to come about.
fn tells(frame: &Frame<'_>, runs: Truth) -> bool {
    runs.is_sure() || !frame.scenario.is_restricted()
}

/// What a called workflow is handed.
pub(crate) fn seed_of_call(
    caller: &Workflow<'_>,
    job: &Job<'_>,
    frame: &Frame<'_>,
    called: &Workflow<'_>,
) -> Seed {
    let document = caller.document();
    let given = texts(document, job.get("with"));
    let trigger = called.triggers().into_iter().find(|it| it.name() == "workflow_call");
    let declared =
        trigger.and_then(|it| it.node()).and_then(|on| called.document().get(on, "inputs"));
    let declared = declared.map_or(&[][..], |inputs| called.document().entries(inputs));
    let inputs: BTreeMap<_, _> = declared
        .iter()
        .filter_map(|entry| {
            let name = called.document().scalar(entry.key)?.to_ascii_lowercase();
            let property = |key| {
                let node = called.document().get(entry.value, key)?;
                called.document().scalar(node)
            };
            let value = match (given.get(&name), property("default"), property("type")) {
                (Some(&"true"), _, Some("boolean")) => Known::Boolean(true).into(),
                (Some(&"false"), _, Some("boolean")) => Known::Boolean(false).into(),
                (Some(text), _, Some("boolean")) => as_boolean(template(text, frame)),
                (Some(text), ..) => template(text, frame),
                (None, Some("true"), Some("boolean")) => Known::Boolean(true).into(),
                (None, _, Some("boolean")) => Known::Boolean(false).into(),
                (None, Some(text), _) => template(text, frame),
                (None, None, _) => "".into(),
            };
            Some((name, value))
        })
        .collect();
    let secrets = job.get("secrets");
    let secrets = match secrets.and_then(|node| document.scalar(node)) {
        Some("inherit") => frame.secrets.clone(),
        _ => Secrets::Given(
            texts(document, secrets)
                .into_iter()
                .map(|(name, text)| (name, template(text, frame)))
                .collect(),
        ),
    };
    Seed { scenario: frame.scenario.clone(), inputs: Inputs::Given(inputs), secrets }
}

/// A value where only `true` and `false` can be.
fn as_boolean(value: Value) -> Value {
    let known = match value.known {
        Known::Text(text) if text.eq_ignore_ascii_case("true") => Known::Boolean(true),
        Known::Text(text) if text.eq_ignore_ascii_case("false") => Known::Boolean(false),
        Known::OneOf(_) => Known::Varies,
        known => known,
    };
    Value { known, ..value }
}

/// A job that calls a workflow.
pub(super) struct Call<'a, 'd> {
    pub(super) files: &'a RepositoryFiles<'d>,
    pub(super) caller: Workflow<'d>,
    pub(super) job: Job<'d>,
    /// The paths of the workflows whose calls lead here, that of the caller last.
    pub(super) callers: Vec<String>,
    /// The caller's file, where it is another repository's.
    pub(super) file: Option<&'d str>,
    pub(super) budget: &'a Budget,
}

impl<'a, 'd> Call<'a, 'd> {
    /// Collects what the called workflow asks for, in the kinds of runs in which it is called.
    pub(super) fn collect(&self, frames: &[(Frame<'_>, Truth)], found: &mut Collector) {
        let document = self.caller.document();
        let Some(node) = self.job.uses().filter(|_| !frames.is_empty()) else { return };
        let uses = document.scalar(node).unwrap_or_default().trim();
        let line = document.position(document.target(node)).line;
        let file = self.file;
        let site =
            Site { step: self.job.node().into(), line, title: None, depth: 0, file, folder: None };
        let called = self.files.called(uses).filter(|_| file.is_none());
        if called.is_some_and(|(path, _)| self.callers.iter().any(|caller| caller == path)) {
            return found.lasting_doubt(site.evidence(uses, "is called by itself"));
        }
        if self.callers.len() > MAX_DEPTH || file.is_some() && !self.budget.spend(STEPS_OF_A_CALL) {
            return found.lasting_doubt(site.evidence(uses, "goes too deep to be followed"));
        }
        if let Some((path, workflow, analysis)) = self.read(uses, frames) {
            Self::of_read(path, &workflow, &analysis, site, found);
            return self.guess_identity(uses, site, found);
        }
        let scripts = Scripts::default();
        for (frame, runs) in frames {
            if !frame.scenario.is_restricted() {
                let (files, runs) = (self.files, *runs);
                let (found, budget) = (&mut *found, self.budget);
                let scripts = &scripts;
                let (open, running) = (Vec::new(), Vec::new());
                let mut walk = Walk { files, scripts, found, runs, budget, open, running };
                self.of_another_repository(uses, frame, site, &mut walk);
            }
        }
    }

    /// A call that speaks of OpenID Connect most likely has its token used, where that is not certain anyway.
    fn guess_identity(&self, uses: &str, site: Site<'d>, found: &mut Collector) {
        let says = |text: &str| text.to_ascii_lowercase().contains("oidc");
        let with = texts(self.caller.document(), self.job.get("with"));
        let is_told =
            |(name, value): (&String, &&str)| says(value) || says(name) && *value == "true";
        if found.is_doubted(site.step) && with.iter().any(is_told) {
            let what = "is told to use OpenID Connect, as its inputs say";
            found.guess(site.step, Scope::IdToken, &site.evidence(uses, what));
        }
    }

    /// The called workflow with its path, where it was read. One of this repository is looked at under
    /// all its callers: what its jobs need is what they come to declare. Another repository's stays as it
    /// is, and this call counts.
    fn read(
        &self,
        uses: &str,
        frames: &[(Frame<'_>, Truth)],
    ) -> Option<(&'d str, Workflow<'d>, Analysis<'a, 'd>)> {
        if self.file.is_none()
            && let Some((path, workflow)) = self.files.called(uses)
        {
            let analysis = Analysis::of_called(self.files, path, workflow, self.callers.clone());
            return Some((path, workflow, analysis));
        }
        match (Uses::parse(uses), self.files.elsewhere.get(uses)?) {
            (
                Uses::Repository(action),
                &Elsewhere::Read { file, view: View::Workflow(workflow) },
            ) if knowledge::find(&action).is_none() => {
                let seed =
                    |(frame, _): &(_, _)| seed_of_call(&self.caller, &self.job, frame, &workflow);
                let frames = frames.iter().filter(|(frame, runs)| tells(frame, *runs));
                let seeds = frames.map(seed).collect();
                let analysis = Analysis::of_call_elsewhere(self, file, workflow, seeds);
                Some((file, workflow, analysis))
            }
            _ => None,
        }
    }

    /// What a workflow that was read asks for: what it declares, and what those of its jobs need for
    /// which it declares nothing.
    fn of_read(
        path: &str,
        workflow: &Workflow<'d>,
        analysis: &Analysis<'_, 'd>,
        site: Site<'d>,
        found: &mut Collector,
    ) {
        let mut declared = |permissions: &Permissions<'_>, what: &str| {
            for scope in Scope::ALL {
                let level = permissions.level(scope.name()).min(scope.highest());
                found.need(scope, level, &site.evidence(path, what));
            }
        };
        let top = workflow.permissions();
        if let Some(top) = &top {
            declared(top, "declares it at the top");
        }
        for job in workflow.jobs() {
            if let Some(own) = job.permissions() {
                declared(&own, &format!("declares it for its job `{}`", job.id()));
            }
        }
        for job in workflow.jobs() {
            let needs = analysis.job(&job);
            if top.is_none() && job.permissions().is_none() {
                found.add(site.step, path, needs);
            } else {
                found.add_limited(path, needs);
            }
        }
    }

    fn of_another_repository(
        &self,
        uses: &str,
        frame: &Frame<'_>,
        site: Site<'d>,
        walk: &mut Walk<'_, 'd>,
    ) {
        let Uses::Repository(action) = Uses::parse(uses) else {
            let evidence = site.evidence(uses, "is not among the files that were read");
            return walk.found.lasting_doubt(evidence);
        };
        let name = action.to_string();
        let Some(entry) = knowledge::find(&action) else {
            // What it asks for is asked for under every event.
            let mut what = "is a workflow that is not known here".to_owned();
            if let Some(Elsewhere::Unread(why)) = self.files.elsewhere.get(uses) {
                what = format!("{what}, and {why}");
            }
            walk.guess_by_name(&name, true, frame, site);
            let evidence = site.evidence(&name, &what);
            return walk.found.lasting_doubt(evidence);
        };
        let document = self.caller.document();
        let with = texts(document, self.job.get("with"));
        let secrets = self.job.get("secrets");
        let inherits = secrets.and_then(|node| document.scalar(node)) == Some("inherit");
        let secrets = texts(document, secrets);
        let input = |name: &str| with.get(&name.to_ascii_lowercase()).copied();
        let secret = |name: &str| match secrets.get(&name.to_ascii_lowercase()) {
            Some(text) => Some(template(text, frame)),
            None => inherits.then(|| Value::from(Known::Hidden)),
        };
        let (state, defaults) = (State::default(), entry.defaults);
        let given = Given { input: &input, secret: &secret, frame, state: &state, defaults };
        walk.entry(&name, entry, site, &given);
    }
}
