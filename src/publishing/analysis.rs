//! The jobs of a workflow, in each kind of run.

use std::collections::BTreeMap;

use super::given::Given;
use super::table;
use super::upload::{At, By, Publishing, Run, Upload};
use super::walk::{Place, State, Walk};
use crate::actions::{Uses, knowledge};
use crate::expression::{Known, Truth, Value, template};
use crate::permissions::{self, Evidence, Frame, MAX_DEPTH, Seed, Site};
use crate::permissions::{seed_of_call, texts};
use crate::shell::Scripts;
use crate::tasks::is_task_file;
use crate::workflow::{Job, Level, RepositoryFiles, Workflow};

/// The analysis of one workflow among the files of its repository.
#[derive(Debug)]
pub struct Analysis<'a, 'd> {
    files: &'a RepositoryFiles<'d>,
    workflow: Workflow<'d>,
    inner: permissions::Analysis<'a, 'd>,
    /// How many calls lead here from the workflow that is looked at.
    depth: usize,
}

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Found<'d> {
    /// Each with whether the job makes it, if it runs, by the number of the kind of run.
    uploads: Vec<(Upload<'d>, BTreeMap<usize, Truth>)>,
    builds: Vec<Evidence>,
}

impl<'d> Found<'d> {
    /// Notes an upload in a kind of run. One that is made in several ways is made in the surest.
    pub(super) fn upload(&mut self, run: usize, upload: Upload<'d>, truth: Truth) {
        let same = self.uploads.iter_mut().find(|(other, _)| other.is_same(&upload));
        match same {
            Some((_, runs)) => {
                let before = runs.entry(run).or_insert(truth);
                if truth == Truth::Yes {
                    *before = truth;
                }
            }
            None => self.uploads.push((upload, BTreeMap::from([(run, truth)]))),
        }
    }

    pub(super) fn build(&mut self, evidence: Evidence) {
        if !self.builds.contains(&evidence) {
            self.builds.push(evidence);
        }
    }
}

impl<'a, 'd> Analysis<'a, 'd> {
    /// Prepares the analysis of the workflow at a path.
    pub fn new(files: &'a RepositoryFiles<'d>, path: &str, workflow: Workflow<'d>) -> Self {
        let inner = permissions::Analysis::new(files, path, workflow);
        Self { files, workflow, inner, depth: 0 }
    }

    /// The jobs that upload something in some kind of run.
    pub fn publishing(&self) -> Vec<Publishing<'d>> {
        self.workflow.jobs().filter_map(|job| self.publishing_job(&job)).collect()
    }

    /// What a job publishes, if it uploads something in some kind of run.
    pub fn publishing_job(&self, job: &Job<'d>) -> Option<Publishing<'d>> {
        let found = self.may_upload(job).then(|| self.job(job));
        found.filter(|found| !found.uploads.is_empty())
    }

    /// Whether anything in a job could upload, whatever run it is in. Most jobs do not, and need not be
    /// looked at for each kind of run.
    fn may_upload(&self, job: &Job<'d>) -> bool {
        let runs_file = |script: &str| {
            let mut names = self.files.scripts.keys().filter_map(|path| path.rsplit('/').next());
            names.any(|name| script.contains(name))
        };
        let has_task = || {
            let mut files = self.files.scripts.iter();
            files.any(|(path, text)| is_task_file(path) && table::may_upload(text))
        };
        job.uses().is_some()
            || job.steps().into_iter().any(|step| {
                match step.text("uses").map(|uses| Uses::parse(uses.trim())) {
                    Some(Uses::Local(_)) => true,
                    Some(Uses::Repository(action)) => knowledge::find(&action)
                        .is_some_and(|entry| !entry.uploads.is_empty() || !entry.runs.is_empty()),
                    Some(Uses::Docker(_) | Uses::Malformed(_)) => false,
                    None => step.text("run").is_some_and(|script| {
                        table::may_upload(script) || runs_file(script) || has_task()
                    }),
                }
            })
    }

    /// What a job publishes.
    pub fn job(&self, job: &Job<'d>) -> Publishing<'d> {
        let frames = self.inner.frames(job);
        let found = self.found(job, &frames);
        let uploads = found.uploads.into_iter().map(|(upload, truths)| {
            let possible = frames.iter().enumerate().filter(|(_, (_, runs))| runs.is_possible());
            let is_always = possible.clone().all(|(run, _)| truths.get(&run) == Some(&Truth::Yes));
            let run = |(run, (frame, runs)): (usize, &(Frame<'_>, Truth))| Run {
                scenario: frame.scenario.clone(),
                truth: runs.and(truths.get(&run).copied().unwrap_or(Truth::No)),
            };
            let runs = possible.map(run).filter(|run| run.truth.is_possible()).collect();
            Upload { runs, is_always, ..upload }
        });
        let uploads = uploads.collect();
        let run = |(frame, truth): (Frame<'_>, Truth)| {
            truth.is_possible().then(|| Run { scenario: frame.scenario.clone(), truth })
        };
        let runs = frames.into_iter().filter_map(run).collect();
        Publishing { job: *job, runs, uploads, builds: found.builds }
    }

    /// What a job would publish if a person started the workflow by hand.
    pub fn by_hand(&self, job: &Job<'d>) -> Publishing<'d> {
        let seeds = vec![Seed::by_hand(self.files)];
        let inner = permissions::Analysis::of_runs(self.files, self.workflow, seeds);
        Self { inner, ..*self }.job(job)
    }

    fn found(&self, job: &Job<'d>, frames: &[(Frame<'_>, Truth)]) -> Found<'d> {
        let mut found = Found::default();
        // A pull request from a fork has no credential to publish with.
        let able = frames
            .iter()
            .enumerate()
            .filter(|(_, (frame, runs))| runs.is_possible() && !frame.scenario.is_restricted());
        let able: Vec<_> = able.map(|(run, (frame, _))| (run, frame)).collect();
        if job.uses().is_some() {
            self.call(job, &able, &mut found);
            return found;
        }
        let granted = job.permissions().or_else(|| self.workflow.permissions());
        let may_prove = granted.is_some_and(|granted| granted.level("id-token") == Level::Write);
        let (files, scripts) = (self.files, &Scripts::default());
        for (run, frame) in able {
            let mut walk = Walk { files, scripts, found: &mut found, run, may_prove };
            let mut state = State::of(&self.files.packages);
            for step in job.steps() {
                let (at, site) = (At::Step(step), Site::of_step(step, None));
                walk.step(step, &Place { at, site, truth: Truth::Yes }, frame, &mut state);
            }
        }
        found
    }

    /// What the workflow uploads that a job calls.
    fn call(&self, job: &Job<'d>, frames: &[(usize, &Frame<'_>)], found: &mut Found<'d>) {
        let document = self.workflow.document();
        let Some(node) = job.uses() else { return };
        let uses = document.scalar(node).unwrap_or_default().trim();
        if let Some((path, workflow)) = self.files.called(uses) {
            if self.depth < MAX_DEPTH {
                self.call_own(job, path, workflow, frames, found);
            }
            return;
        }
        let Uses::Repository(action) = Uses::parse(uses) else { return };
        let Some(entry) = knowledge::find(&action) else { return };
        let line = document.position(document.target(node)).line;
        let site =
            Site { step: job.node().into(), line, title: None, depth: 0, file: None, folder: None };
        let place = Place { at: At::Elsewhere, site, truth: Truth::Yes };
        let name = action.to_string();
        let with = texts(document, job.get("with"));
        let inherits = job.get("secrets").and_then(|it| document.scalar(it)) == Some("inherit");
        let secrets = texts(document, job.get("secrets"));
        for &(run, frame) in frames {
            let value = |input: &str| -> Vec<Value> {
                let (given, own) = match input.strip_prefix("secrets.") {
                    Some(secret) => (secrets.get(&secret.to_ascii_lowercase()), inherits),
                    None => (with.get(&input.to_ascii_lowercase()), false),
                };
                let given = given.map(|text| template(text, frame));
                given.or_else(|| own.then(|| Known::Hidden.into())).into_iter().collect()
            };
            let (files, scripts) = (self.files, &Scripts::default());
            let mut walk = Walk { files, scripts, found, run, may_prove: true };
            let given = Given { value: &value, defaults: entry.defaults, frame };
            let by = By::Uses(name.clone());
            for known in entry.uploads {
                let state = State::default();
                walk.upload(known, &given, &by, &place, &state);
            }
        }
    }

    fn call_own(
        &self,
        job: &Job<'d>,
        path: &str,
        called: Workflow<'d>,
        frames: &[(usize, &Frame<'_>)],
        found: &mut Found<'d>,
    ) {
        let seeds: Vec<Seed> = frames
            .iter()
            .map(|(_, frame)| seed_of_call(&self.workflow, job, frame, &called))
            .collect();
        let inner = permissions::Analysis::of_runs(self.files, called, seeds);
        let analysis = Self { files: self.files, workflow: called, inner, depth: self.depth + 1 };
        for inner_job in called.jobs() {
            let inner_frames = analysis.inner.frames(&inner_job);
            let inner_found = analysis.found(&inner_job, &inner_frames);
            for (upload, truths) in inner_found.uploads {
                let at = At::Workflow { path: path.to_owned(), job: inner_job.id().to_owned() };
                let evidence = upload.evidence.clone().elsewhere(path);
                let upload = Upload { at, evidence, ..upload };
                for (inner_run, truth) in truths {
                    let runs = inner_frames.get(inner_run).map_or(Truth::No, |(_, runs)| *runs);
                    if let Some((run, _)) = frames.get(inner_run) {
                        found.upload(*run, upload.clone(), runs.and(truth));
                    }
                }
            }
        }
    }
}
