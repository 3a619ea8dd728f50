//! The settings of a repository that SPEC 8 asks for and no change of a file makes: a checklist with
//! links to where each is.

use std::collections::{BTreeMap, BTreeSet};

use super::pull_request::About;
use crate::actions::{GitRef, RepositoryName, Uses};
use crate::finding::View;
use crate::publishing::{Analysis, Credential, Destination, PublisherForm, Publishing};
use crate::workflow::{FileKind, Job, RepositoryFiles, Step};
use crate::yaml::Document;

/// A file as it will be.
#[derive(Debug)]
pub struct Future {
    /// The path from the repository's root.
    pub path: String,
    /// What it is.
    pub kind: FileKind,
    /// What it will say.
    pub document: Document,
}

/// What the files say that settings go by.
#[derive(Debug, Default)]
struct Seen {
    /// `owner/name` of the actions of others.
    actions: BTreeSet<String>,
    /// Whether each is pinned to a full commit.
    are_pinned: bool,
    /// The environments of jobs, each with the jobs, and whether one publishes.
    environments: BTreeMap<String, (BTreeSet<String>, bool)>,
    /// Where publishers have to be registered, and as what.
    publishers: BTreeSet<String>,
}

/// The checklist of a repository: one item a line, in Markdown.
pub fn checklist(about: &About<'_>, files: &[Future]) -> Vec<String> {
    let at = format!("{}/{}/settings", about.server, about.repository);
    let seen = seen(about, files);
    let mut items = Vec::new();
    for (environment, (jobs, publishes)) in &seen.environments {
        let jobs: Vec<_> = jobs.iter().cloned().collect();
        items.push(format!(
            "[Environments]({at}/environments) → `{environment}`, of the job {}: *Required reviewers*, with more \
             than one maintainer among them{}",
            jobs.join(" and "),
            if *publishes { "" } else { ", if it releases something" }
        ));
    }
    items.extend(seen.publishers);
    let mut allowed = String::new();
    if !seen.actions.is_empty() {
        let patterns: Vec<_> = seen.actions.iter().map(|name| format!("`{name}@*`")).collect();
        allowed = format!(", and of others {}", patterns.join(", "));
    }
    items.push(format!(
        "[Actions]({at}/actions) → *Actions permissions*: allow your own, those created by GitHub{allowed}"
    ));
    if seen.are_pinned {
        items.push(format!(
            "[Actions]({at}/actions) → *Require actions to be pinned to a full-length commit SHA*: after the \
             merge all are"
        ));
    }
    items.push(format!(
        "[Actions]({at}/actions) → *Workflow permissions*: *Read repository contents and packages \
         permissions*"
    ));
    items.push(format!(
        "[Rules]({at}/rules) or [Branches]({at}/branches): protect `{}`, from which releases are made",
        about.base
    ));
    items
}

fn seen(about: &About<'_>, files: &[Future]) -> Seen {
    let mut seen = Seen { are_pinned: true, ..Seen::default() };
    let owner = about.repository.split('/').next().unwrap_or_default();
    let mut all = RepositoryFiles {
        name: Some(about.repository.to_owned()),
        packages: about.packages.clone(),
        ..RepositoryFiles::default()
    };
    for file in files {
        match View::of(file.kind, &file.document) {
            Some(View::Workflow(workflow)) => {
                all.workflows.insert(&file.path, workflow);
                let jobs: Vec<_> = workflow.jobs().collect();
                let steps: Vec<_> = jobs.iter().flat_map(Job::steps).collect();
                seen.uses(owner, &file.document, jobs.iter().filter_map(Job::uses));
                seen.uses(owner, &file.document, steps.iter().filter_map(Step::uses));
            }
            Some(View::Action(action)) => {
                all.actions.insert(&file.path, action);
                let steps = action.steps();
                seen.uses(owner, &file.document, steps.iter().filter_map(Step::uses));
            }
            _ => {}
        }
    }
    for (path, workflow) in &all.workflows {
        let file = path.rsplit('/').next().unwrap_or(path);
        let publishing = Analysis::new(&all, path, *workflow).publishing();
        let found = |job: &Job<'_>| publishing.iter().find(|it| it.job.id() == job.id());
        for job in workflow.jobs() {
            let publishes = found(&job);
            let environment = job.environment_name().filter(|name| !name.contains("${{"));
            if let Some(found) = publishes {
                seen.publishers.extend(registrations(about, file, found, environment));
            }
            // The one of GitHub Pages is set up by GitHub.
            if let Some(name) = environment.filter(|it| *it != "github-pages") {
                let (jobs, is_publisher) = seen.environments.entry(name.to_owned()).or_default();
                jobs.insert(format!("`{}` in `{file}`", job.id()));
                *is_publisher |= publishes.is_some();
            }
        }
    }
    seen
}

impl Seen {
    /// Notes actions and workflows that are used.
    fn uses(
        &mut self,
        owner: &str,
        document: &Document,
        nodes: impl Iterator<Item = crate::yaml::NodeId>,
    ) {
        for node in nodes {
            let Some(Uses::Repository(action)) =
                document.scalar(node).map(|it| Uses::parse(it.trim()))
            else {
                continue;
            };
            self.are_pinned &= matches!(action.git_ref, GitRef::FullSha(_));
            let name = RepositoryName { owner: action.owner, name: action.name };
            if !["actions", "github", owner].iter().any(|it| name.is_owned_by(it)) {
                self.actions.insert(name.to_string());
            }
        }
    }
}

/// Where a job that publishes without a token has to be registered, with every field of the form.
fn registrations(
    about: &About<'_>,
    file: &str,
    found: &Publishing<'_>,
    environment: Option<&str>,
) -> BTreeSet<String> {
    let (owner, repository) = about.repository.split_once('/').unwrap_or((about.repository, ""));
    let form = PublisherForm { owner, repository, workflow: file, environment };
    let trusted =
        found.uploads.iter().filter(|upload| upload.credential == Credential::TrustedPublisher);
    let item = |to: &Destination| {
        let mut fields = format!("owner `{owner}`, repository `{repository}`, workflow `{file}`");
        if let Some(environment) = environment {
            fields.push_str(&format!(", environment `{environment}`"));
        }
        let page = about.packages.name(to).and_then(|package| form.page(to, package));
        let to = page.map_or_else(|| to.to_string(), |page| format!("[{to}]({page})"));
        format!("{to} → *Trusted publishers*: the one of the job `{}` is {fields}", found.job.id())
    };
    trusted.map(|upload| item(&upload.to)).collect()
}
