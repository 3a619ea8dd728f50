//! How a workflow is registered as a trusted publisher.

use super::publish_environment;
use crate::actions::upload::Destination;
use crate::finding::{Facts, File};
use crate::publishing::{PublisherForm, Publishing};
use crate::workflow::Workflow;

/// What a registry wants to know of a publisher.
#[derive(Clone, Debug)]
pub(super) struct Publisher {
    owner: String,
    repository: String,
    /// The file's name, without its folder.
    workflow: String,
    environment: Environment,
    /// The names of its packages, as far as they are known.
    python: Option<String>,
    rust: Option<String>,
    node: Option<String>,
}

/// The environment that a job runs in.
#[derive(Clone, Debug)]
enum Environment {
    /// None.
    None,
    /// This one.
    Named(String),
    /// One that an expression names.
    Computed(String),
}

impl Publisher {
    /// The publisher that a job is; `jobs` are all of the workflow that publish.
    pub(super) fn of<'d>(
        file: &File<'d>,
        workflow: Workflow<'d>,
        jobs: &[Publishing<'d>],
        found: &Publishing<'d>,
        facts: &Facts<'d>,
    ) -> Self {
        let name = facts.files.name.as_deref().and_then(|name| name.split_once('/'));
        let (owner, repository) = name.unwrap_or(("OWNER", "REPOSITORY"));
        let environment = match found.job.environment_name().filter(|name| !name.is_empty()) {
            Some(name) if name.contains("${{") => Environment::Computed(name.to_owned()),
            Some(name) => Environment::Named(name.to_owned()),
            None => publish_environment::given(file, workflow, jobs, found, facts)
                .map_or(Environment::None, Environment::Named),
        };
        let is_top = publish_environment::uploads_package_at_top(workflow.document(), found);
        let packages = &facts.files.packages;
        let known = |name: &Option<String>| name.clone().filter(|_| is_top);
        Self {
            owner: owner.to_owned(),
            repository: repository.to_owned(),
            workflow: file.path.rsplit('/').next().unwrap_or(file.path).to_owned(),
            environment,
            python: known(&packages.python),
            rust: known(&packages.rust),
            node: known(&packages.node),
        }
    }

    /// What a person has to do at a registry before the workflow can publish there: one line.
    pub(super) fn registration(&self, to: &Destination) -> String {
        match to {
            Destination::PyPi | Destination::TestPyPi => {
                let project = self.python.as_deref().unwrap_or("PROJECT");
                format!(
                    "{to} has to know this workflow first: add it at {}{}",
                    self.page(to, project),
                    self.unknown(self.python.is_none().then_some("PROJECT"))
                )
            }
            Destination::CratesIo => {
                let name = self.rust.as_deref().unwrap_or("CRATE");
                format!(
                    "crates.io has to know this workflow first: add it at {} with {}{}",
                    self.page(to, name),
                    self.values(),
                    self.unknown(self.rust.is_none().then_some("CRATE"))
                )
            }
            Destination::Npm => {
                let name = self.node.as_deref().unwrap_or("PACKAGE");
                format!(
                    "npm has to know this workflow first: add it at {} with {}{}",
                    self.page(to, name),
                    self.values(),
                    self.unknown(self.node.is_none().then_some("PACKAGE"))
                )
            }
            Destination::RubyGems => format!(
                "RubyGems.org has to know this workflow first: add it at \
                 https://rubygems.org/gems/GEM/trusted_publishers with {}{}",
                self.values(),
                self.unknown(Some("GEM"))
            ),
            Destination::NuGet => format!(
                "nuget.org has to know this workflow first: add it at \
                 https://www.nuget.org/account/trustedpublishing with {}{}",
                self.values(),
                self.unknown(None)
            ),
            other => format!("{other} has to know this workflow first, with {}", self.values()),
        }
    }

    /// The same for a package that is not there yet, where a registry takes that.
    pub(super) fn of_new_package(&self, to: &Destination) -> Option<String> {
        matches!(to, Destination::PyPi | Destination::TestPyPi).then(|| {
            let project = self.python.as_deref().unwrap_or("PROJECT");
            format!(
                "if {to} does not have the project yet: add a pending publisher at \
                 https://{}/manage/account/publishing/ with project `{project}`, {}",
                PublisherForm::pypi_host(to),
                self.values()
            )
        })
    }

    /// Where a registry takes the publisher of a package.
    fn page(&self, to: &Destination, package: &str) -> String {
        let environment = match &self.environment {
            Environment::Named(name) => Some(name.as_str()),
            Environment::None | Environment::Computed(_) => None,
        };
        let (owner, repository, workflow) = (&self.owner, &self.repository, &self.workflow);
        let form = PublisherForm { owner, repository, workflow, environment };
        form.page(to, package).unwrap_or_else(|| to.to_string())
    }

    /// Every field, in words.
    fn values(&self) -> String {
        let environment = match &self.environment {
            Environment::None => "no environment".to_owned(),
            Environment::Named(name) => format!("environment `{name}`"),
            Environment::Computed(_) => "its environments, one by one".to_owned(),
        };
        format!(
            "owner `{}`, repository `{}`, workflow `{}`, {environment}",
            self.owner, self.repository, self.workflow
        )
    }

    /// What a person has to fill in.
    fn unknown(&self, package: Option<&str>) -> String {
        let mut missing = Vec::new();
        if let Some(word) = package {
            missing.push(format!("{word} stands for the name of the package"));
        }
        if self.owner == "OWNER" {
            missing.push("OWNER and REPOSITORY for those of this repository".to_owned());
        }
        if let Environment::Computed(name) = &self.environment {
            missing.push(format!("the environment is what `{name}` gives"));
        }
        if missing.is_empty() { String::new() } else { format!(" ({})", missing.join("; ")) }
    }
}
