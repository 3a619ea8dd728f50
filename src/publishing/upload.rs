//! What was found of a job.

use crate::actions::upload::{Destination, Kind, KnownUpload};
use crate::expression::Truth;
use crate::permissions::{Evidence, Scenario};
use crate::shell::Command;
use crate::workflow::{Job, Step};

/// What a job publishes.
#[derive(Debug)]
pub struct Publishing<'d> {
    /// The job.
    pub job: Job<'d>,
    /// The kinds of runs in which the job may run, and whether it does.
    pub runs: Vec<Run>,
    /// What it uploads, in the order of its steps.
    pub uploads: Vec<Upload<'d>>,
    /// Where it builds packages, with code of the project.
    pub builds: Vec<Evidence>,
}

impl<'d> Publishing<'d> {
    /// Its uploads to places of a kind.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Upload<'d>> {
        self.uploads.iter().filter(move |upload| upload.kind() == kind)
    }

    /// Whether it has a matrix: it may upload once for each combination.
    pub fn has_matrix(&self) -> bool {
        self.job.get("strategy").is_some()
    }
}

/// A kind of run in which something happens.
#[derive(Clone, Debug)]
pub struct Run {
    /// What started it.
    pub scenario: Scenario,
    /// Whether it happens in such a run.
    pub truth: Truth,
}

/// Something that a job uploads.
#[derive(Clone, Debug)]
pub struct Upload<'d> {
    /// Where to.
    pub to: Destination,
    /// With what it proves who it is.
    pub credential: Credential,
    /// Where in the job.
    pub at: At<'d>,
    /// What uploads.
    pub by: By,
    /// What is known of that.
    pub known: &'static KnownUpload,
    /// From what it is known; with [`At::Workflow`] the place there.
    pub evidence: Evidence,
    /// The kinds of runs in which it happens.
    pub runs: Vec<Run>,
    /// Whether it happens in each run of the job, as long as no step before it fails.
    pub is_always: bool,
}

/// Where in a job an upload stands.
#[derive(Clone, Debug)]
pub enum At<'d> {
    /// A step of the job.
    Step(Step<'d>),
    /// In a composite action of the repository.
    Action {
        /// The step of the job that uses it.
        step: Step<'d>,
        /// How that names the action.
        uses: String,
    },
    /// In a script of the repository.
    Script {
        /// The step of the job that runs it.
        step: Step<'d>,
        /// The path of the script.
        path: String,
    },
    /// A job of a workflow of the repository, which this job calls.
    Workflow {
        /// The path of the workflow.
        path: String,
        /// The job's ID.
        job: String,
    },
    /// A workflow of another repository, which this job calls.
    Elsewhere,
}

impl<'d> At<'d> {
    /// The step of the job; `None` where it calls a workflow.
    pub fn step(&self) -> Option<Step<'d>> {
        match self {
            Self::Step(step) | Self::Action { step, .. } | Self::Script { step, .. } => Some(*step),
            Self::Workflow { .. } | Self::Elsewhere => None,
        }
    }
}

/// What uploads.
#[derive(Clone, Debug)]
pub enum By {
    /// An action or a reusable workflow, by its name without the ref.
    Uses(String),
    /// A command of a script.
    Command(Command),
}

/// With what an upload proves who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A token or a password, in these inputs, options and variables (`password`, `--token`,
    /// `env.TWINE_PASSWORD`); none where an earlier command keeps it.
    Token(Vec<&'static str>),
    /// The workflow's own token, `GITHUB_TOKEN`.
    WorkflowToken,
    /// The workflow's identity: a trusted publisher.
    TrustedPublisher,
    /// That is not seen.
    Unseen,
}

impl Upload<'_> {
    /// What kind of place it goes to. A channel of anaconda.org that is uploaded to on a schedule is one of
    /// nightly builds.
    pub fn kind(&self) -> Kind {
        let is_nightly = self.to == Destination::Conda
            && self.runs.iter().any(|run| run.scenario.event() == Some("schedule"));
        if is_nightly { Kind::Nightly } else { self.to.kind() }
    }

    /// Whether the same thing is uploaded in the same place, in other kinds of runs perhaps.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.to == other.to
            && self.evidence == other.evidence
            && std::ptr::eq(self.known, other.known)
    }
}
