//! A page that tells how a release is made, drawn from the workflows that publish.

use std::fmt::Write;

use crate::publishing::{Analysis, At, By, Credential, Destination, Publishing, Upload};
use crate::workflow::{Permissions, RepositoryFiles, Workflow};

/// A workflow that publishes, with its jobs that do.
struct Publisher<'d> {
    path: &'d str,
    workflow: Workflow<'d>,
    jobs: Vec<Publishing<'d>>,
}

/// Writes the page; `None` where no workflow publishes a release. `changelog` is the path of the
/// changelog, if there is one.
///
/// What the repository does not tell is left to fill in, each in a comment of its own.
pub fn release_docs(files: &RepositoryFiles<'_>, changelog: Option<&str>) -> Option<String> {
    let publishers = found(files);
    if publishers.is_empty() {
        return None;
    }
    let mut steps = vec![
        "Make sure that the tests of the commit to be released have passed.".to_owned(),
        match changelog {
            Some(path) => format!(
                "Give the release its version, move the entries of [{path}]({path}) that wait for it \
                 under that version, and merge this."
            ),
            None => "Give the release its version, and merge this.".to_owned(),
        },
    ];
    let mut permissions = Vec::new();
    let mut outside = Vec::new();
    for publisher in &publishers {
        steps.extend(publisher.starts(files));
        for job in &publisher.jobs {
            steps.extend(publisher.approval(job, files));
            steps.push(publisher.uploads(job));
            permissions.push(publisher.permissions(job));
            outside.extend(publisher.outside(job, files));
        }
    }
    steps.extend(verification(&publishers, files));
    outside.dedup();
    let name = files.name.as_deref().and_then(|name| name.split('/').nth(1));
    Some(page(name, &steps, &permissions, &outside))
}

/// The paths of the workflows that publish releases.
pub fn publishers(files: &RepositoryFiles<'_>) -> Vec<String> {
    found(files).iter().map(|publisher| publisher.path.to_owned()).collect()
}

fn found<'d>(files: &RepositoryFiles<'d>) -> Vec<Publisher<'d>> {
    let publisher = |(&path, &workflow): (&&'d str, &Workflow<'d>)| {
        let mut jobs = Analysis::new(files, path, workflow).publishing();
        jobs.retain(|job| releases(job).next().is_some());
        (!jobs.is_empty()).then_some(Publisher { path, workflow, jobs })
    };
    files.workflows.iter().filter_map(publisher).collect()
}

fn page(
    name: Option<&str>,
    steps: &[String],
    permissions: &[String],
    outside: &[String],
) -> String {
    let of = name.map(|name| format!(" of {name}")).unwrap_or_default();
    let mut page = format!(
        "# Releasing\n\nHow a release{of} is made, step by step, and which permissions each step needs.\n\n"
    );
    // Writing to a String cannot fail.
    for (number, step) in steps.iter().enumerate() {
        let _ = writeln!(page, "{}. {}", number + 1, step.replace('\n', "\n   "));
    }
    page.push_str(
        "\n## Permissions\n\n| who | permissions |\n| --- | --- |\n\
         | the maintainer who releases | write access to this repository |\n\
         | the maintainer who approves | being a reviewer of the environment, and somebody else |\n",
    );
    permissions.iter().for_each(|row| page.push_str(row));
    if !outside.is_empty() {
        page.push_str("\n## Set up outside of this repository's files\n\n");
        outside.iter().for_each(|item| page.push_str(item));
    }
    page
}

/// What a job uploads as a release.
fn releases<'p, 'd>(job: &'p Publishing<'d>) -> impl Iterator<Item = &'p Upload<'d>> {
    job.uploads.iter().filter(|upload| upload.to.kind().is_release())
}

impl Publisher<'_> {
    fn file(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }

    /// The workflow as a link, by the name that a person sees.
    fn link(&self) -> String {
        let document = self.workflow.document();
        let name = document.get(self.workflow.root(), "name");
        let name = name.and_then(|name| document.scalar(name)).unwrap_or(self.file());
        format!("[{name}]({})", self.path)
    }

    /// What starts the workflow so that it publishes, a step for each way.
    fn starts(&self, files: &RepositoryFiles<'_>) -> Vec<String> {
        let mut ways = Vec::new();
        for run in self.jobs.iter().flat_map(releases).flat_map(|upload| &upload.runs) {
            let way = match run.scenario.event() {
                Some("workflow_dispatch") => {
                    let page = files.name.as_ref().map_or("*Actions*".to_owned(), |name| {
                        let address = format!("https://github.com/{name}/actions/workflows");
                        format!("[*Actions*]({address}/{})", self.file())
                    });
                    format!(
                        "Start the workflow {} on the tag of the release: {page} > *Run workflow*.",
                        self.link()
                    )
                }
                Some("push") if run.scenario.is_of_tag() => format!(
                    "Sign a tag and push it: `git tag -s vX.Y.Z && git push origin vX.Y.Z`. This starts the \
                     workflow {}.",
                    self.link()
                ),
                Some("release") => {
                    let page = files.name.as_ref().map_or("*Releases*".to_owned(), |name| {
                        format!("[*Releases*](https://github.com/{name}/releases/new)")
                    });
                    format!(
                        "Publish a release on GitHub, with a new tag: {page} > *Draft a new release*. This starts \
                         the workflow {}.",
                        self.link()
                    )
                }
                Some("push") => {
                    format!("The workflow {} starts by itself for a push to a branch.", self.link())
                }
                Some("schedule") => format!("The workflow {} starts by its schedule.", self.link()),
                Some(event) => format!("The workflow {} starts for `{event}`.", self.link()),
                None => continue,
            };
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
        match &ways[..] {
            [] | [_] => ways,
            several => {
                let list: String = several.iter().map(|way| format!("\n- {way}")).collect();
                vec![format!("Start it in one of these ways:{list}")]
            }
        }
    }

    fn approval(&self, job: &Publishing<'_>, files: &RepositoryFiles<'_>) -> Option<String> {
        let id = job.job.id();
        if matches!(job.uploads.first()?.at, At::Workflow { .. }) {
            return None; // that of the called job
        }
        Some(match job.job.environment_name() {
            Some(name) => format!(
                "The job `{id}` waits for the environment `{name}`{}: another maintainer looks at the run, and \
                 approves.\n<!-- Fill in: who may approve. -->",
                settings(files, "environments")
            ),
            None => format!(
                "Nobody is asked to approve the job `{id}`, for it has no environment.\n<!-- Fill in: who else \
                 agrees to a release, and where. -->"
            ),
        })
    }

    fn uploads(&self, job: &Publishing<'_>) -> String {
        let mut uploads: Vec<_> = releases(job).map(told).collect();
        uploads.dedup();
        format!("The job `{}` uploads to {}.", job.job.id(), uploads.join(", and to "))
    }

    fn permissions(&self, job: &Publishing<'_>) -> String {
        let granted = job.job.permissions().or_else(|| self.workflow.permissions());
        let granted = match granted {
            None => "the default of the repository".to_owned(),
            Some(Permissions::ReadAll) => "`read-all`".to_owned(),
            Some(Permissions::WriteAll) => "`write-all`".to_owned(),
            Some(Permissions::Scopes(grants)) if grants.is_empty() => "none".to_owned(),
            Some(Permissions::Scopes(grants)) => {
                let grant = |grant: &crate::workflow::Grant<'_>| {
                    format!("`{}: {}`", grant.scope, grant.level.name())
                };
                grants.iter().map(grant).collect::<Vec<_>>().join(", ")
            }
        };
        format!("| the job `{}` of `{}` | {granted} |\n", job.job.id(), self.file())
    }

    /// What the job needs that is set up elsewhere.
    fn outside(&self, job: &Publishing<'_>, files: &RepositoryFiles<'_>) -> Vec<String> {
        let environment = job.job.environment_name();
        let mut items = Vec::new();
        if let Some(name) = environment {
            items.push(format!(
                "- the environment `{name}`{}, with required reviewers\n",
                settings(files, "environments")
            ));
        }
        for upload in releases(job) {
            items.push(match &upload.credential {
                Credential::TrustedPublisher => {
                    let owner_and_name = files.name.as_deref().unwrap_or("OWNER/NAME");
                    let environment = environment
                        .map(|name| format!(", environment `{name}`"))
                        .unwrap_or_default();
                    format!(
                        "- a trusted publisher on {}: repository `{owner_and_name}`, workflow `{}`{environment}\n",
                        upload.to,
                        self.file()
                    )
                }
                Credential::WorkflowToken => continue,
                Credential::Token(_) | Credential::Unseen => {
                    format!("- what the job `{}` uploads to {} with: a token, in a secret\n", job.job.id(), upload.to)
                }
            });
        }
        items
    }
}

/// An upload in words that fit behind "uploads to".
fn told(upload: &Upload<'_>) -> String {
    let by = match &upload.by {
        By::Uses(name) => format!("`{name}`"),
        By::Command(command) => command.shown(),
    };
    let with = match upload.credential {
        Credential::TrustedPublisher => ", as a trusted publisher",
        Credential::Token(_) => ", with a token",
        Credential::WorkflowToken => ", with the workflow's own token",
        Credential::Unseen => "",
    };
    format!("{} by {by}{with}", upload.to)
}

/// A link to a page of the repository's settings.
fn settings(files: &RepositoryFiles<'_>, page: &str) -> String {
    let name = files.name.as_ref();
    name.map_or(String::new(), |name| {
        format!(" ([settings](https://github.com/{name}/settings/{page}))")
    })
}

/// How to see that the release is what it should be.
fn verification(publishers: &[Publisher<'_>], files: &RepositoryFiles<'_>) -> Vec<String> {
    let mut ways = Vec::new();
    let steps = || {
        let jobs = publishers.iter().flat_map(|it| it.workflow.jobs().collect::<Vec<_>>());
        jobs.flat_map(|job| job.steps())
    };
    let attests = steps().any(|step| {
        step.text("uses").is_some_and(|uses| uses.trim().starts_with("actions/attest"))
    });
    if attests {
        let repository = files.name.as_deref().unwrap_or("OWNER/NAME");
        ways.push(format!(
            "its provenance, for a downloaded file: `gh attestation verify FILE --repo {repository}`"
        ));
    }
    let uploads = || publishers.iter().flat_map(|it| &it.jobs).flat_map(releases);
    let mut pages: Vec<_> =
        uploads().filter_map(|upload| files.packages.page(&upload.to)).collect();
    pages.sort();
    pages.dedup();
    ways.extend(pages.into_iter().map(|page| format!("its page: <{page}>")));
    let is_on_pypi = uploads().any(|upload| upload.to == Destination::PyPi);
    if let Some(name) = files.packages.python.as_ref().filter(|_| is_on_pypi) {
        ways.push(format!("that it installs: `python -m pip install {name}==X.Y.Z`"));
    }
    if ways.is_empty() {
        return vec!["Look at what was published.\n<!-- Fill in: what to look at. -->".to_owned()];
    }
    let list: String = ways.iter().map(|way| format!("\n- {way}")).collect();
    vec![format!("Verify the release:{list}")]
}
