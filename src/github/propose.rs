//! From a repository to a pull request, and back to the start where the world moved meanwhile.

use serde::Deserialize;
use serde_json::{Value, json};

use super::about::{About, about, parts};
use super::branch::{self, Ours, Place, State};
use super::pull::{self, Head, Pull, Wanted};
use super::push::{self, Branch, NewCommit, NotPushed};
use super::pushed::{self, Pushed};
use super::snapshot::{Snapshot, snapshot};
use super::{Client, Problem, rights};

/// How often a run starts again for the base or the branch moved.
const ROUNDS: usize = 3;

/// How often a new fork is looked for.
const FORK_ROUNDS: u32 = 8;

/// How far ahead of the path of a workflow its kind shows.
const WORKFLOWS: &str = ".github/workflows/";

const FORKS: &str = "\
query forks($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    forks(first: 1, ownerAffiliations: [OWNER], affiliations: [OWNER]) { nodes { nameWithOwner } }
  }
}
";

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    /// The branch that changes are for; the default one if none is named.
    pub(crate) base: Option<String>,
    /// The branch that they are made on.
    pub(crate) branch: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) labels: Vec<String>,
    pub(crate) is_draft: bool,
    /// Whether nothing is to be sent.
    pub(crate) is_dry_run: bool,
}

/// What is to be proposed for one state of a repository.
pub(crate) struct Proposal {
    pub(crate) commits: Vec<NewCommit>,
    /// The title of the pull request.
    pub(crate) title: String,
    /// Its text, for changes on this commit.
    pub(crate) body: Box<dyn Fn(&str) -> String>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Proposed {
    /// There is nothing to change; a pull request of ours that is open all the same.
    NothingToChange { open: Option<String> },
    /// The pull request is there, and as it should be.
    UpToDate { url: String },
    /// It was opened.
    Opened(Opened),
    /// It was there, and was renewed.
    Refreshed(Opened),
    /// Somebody closed it: that is an answer.
    Declined { url: String, branch: String },
    /// What would be sent.
    Plan(Plan),
}

/// A pull request that was made, or renewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opened {
    pub(crate) url: String,
    /// The repository with its branch.
    pub(crate) head: String,
    pub(crate) branch: String,
    /// Where the branch was before, if it was there and has moved.
    pub(crate) before: Option<String>,
    /// What did not work out, and does not matter much.
    pub(crate) notes: Vec<String>,
}

/// What would be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The repository with the branch: a fork, perhaps one that is still to be made.
    pub(crate) head: String,
    pub(crate) branch: String,
    /// What would happen to the branch and the pull request, a line each.
    pub(crate) steps: Vec<String>,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) commits: Vec<NewCommit>,
    /// What is missing for it.
    pub(crate) missing: Option<Problem>,
}

/// Makes a proposal to a repository. `make` says what: it is asked again where the base moved.
///
/// # Errors
///
/// Where it cannot be made. A branch that nothing could be put on is taken back; one that has commits of
/// ours stays, and the next run makes it anew.
pub(crate) fn propose(
    client: &Client,
    repository: &str,
    request: &Request,
    first: Option<(About, Snapshot)>,
    mut make: impl FnMut(&About, &Snapshot) -> Result<Proposal, Problem>,
) -> Result<Proposed, Problem> {
    let mut seen = match first {
        Some(seen) => seen,
        None => client.wait(look(client, repository, request))?,
    };
    let mut refused = String::new();
    for round in 0..ROUNDS {
        let (about, files) = &seen;
        if about.is_archived {
            return Err(Problem::new(format!(
                "{} is archived: it takes no pull requests",
                about.name
            )));
        }
        let proposal = make(about, files)?;
        let attempt = Attempt { client, about, request, proposal: &proposal };
        let is_last = round + 1 == ROUNDS;
        match client.wait(attempt.run(files, is_last))? {
            Step::Done(proposed) => return Ok(proposed),
            Step::BaseMoved(now) => seen = *now,
            Step::BranchMoved(words) => {
                refused = words;
                seen = client.wait(look(client, repository, request))?;
            }
        }
    }
    Err(Problem::new(format!("{repository}: GitHub does not take the changes: {refused}"))
        .with("somebody else may be at work on the branch: run again"))
}

/// A repository and its files, as they are now.
async fn look(
    client: &Client,
    repository: &str,
    request: &Request,
) -> Result<(About, Snapshot), Problem> {
    let about = about(client, repository, request.base.as_deref()).await?;
    let files = snapshot(client, &about).await?;
    Ok((about, files))
}

/// How an attempt ended.
enum Step {
    Done(Proposed),
    /// With what is there now.
    BaseMoved(Box<(About, Snapshot)>),
    BranchMoved(String),
}

struct Attempt<'a> {
    client: &'a Client,
    about: &'a About,
    request: &'a Request,
    proposal: &'a Proposal,
}

impl Attempt<'_> {
    async fn run(&self, files: &Snapshot, is_last: bool) -> Result<Step, Problem> {
        let Self { client, about, request, proposal } = *self;
        let failed = |failure| Problem::failed(&about.name, &failure);
        let default = format!("spec8-fix/{}", about.base);
        let branch = request.branch.as_deref().unwrap_or(&default);
        if branch == about.base && about.may_push {
            return Err(Problem::new(format!(
                "`{branch}` is the base itself: name another branch"
            )));
        }
        let head = self.head().await?;
        let repository = head.as_deref().unwrap_or(&about.name);
        let from = Head { repository, branch };
        let pulls = pull::pulls(client, about, from).await.map_err(failed)?;
        let open = pulls.iter().rev().find(|pull| pull.is_open());
        if proposal.commits.is_empty() {
            let open = open.map(|pull| pull.url.clone());
            return Ok(Step::Done(Proposed::NothingToChange { open }));
        }
        if let (None, Some(last)) = (open, pulls.last().filter(|pull| pull.was_declined())) {
            let (url, branch) = (last.url.clone(), branch.to_owned());
            return Ok(Step::Done(Proposed::Declined { url, branch }));
        }
        let with_workflows = proposal
            .commits
            .iter()
            .any(|commit| commit.files.keys().any(|path| path.starts_with(WORKFLOWS)));
        let missing = rights::missing(client, about, with_workflows);
        if let (false, Some(problem)) = (request.is_dry_run, &missing) {
            return Err(problem.clone().with("nothing was sent"));
        }
        let place = match &head {
            Some(_) => Some(branch::place(client, repository, branch).await.map_err(failed)?),
            None => None,
        };
        let state = match &place {
            Some(place) => match pushed::state(open, place, &proposal.commits) {
                Some(state) => state,
                None => {
                    let state = branch::state(client, repository, place, &about.commit).await;
                    state.map_err(failed)?
                }
            },
            None => State::Absent,
        };
        if let State::Others { commit, by } = &state {
            return Err(Problem::new(format!(
                "{repository}: the branch `{branch}` holds work that is not this program's: {} of {by}",
                commit.get(..10).unwrap_or(commit)
            ))
            .with("it is left as it is; --branch NAME takes another one"));
        }
        let is_there = matches!(&state, State::Ours(ours) if is_current(ours, &proposal.commits));
        let on = match &state {
            State::Ours(ours) if is_there => &ours.base,
            _ => &about.commit,
        };
        let mut wanted = Wanted {
            title: request.title.as_deref().unwrap_or(&proposal.title),
            is_title_given: request.title.is_some(),
            body: (proposal.body)(on),
            labels: &request.labels,
            is_draft: request.is_draft,
        };
        if request.is_dry_run {
            let steps = self.steps(head.as_deref(), branch, &state, is_there, open);
            let head = head.unwrap_or_else(|| format!("{}/{}", about.viewer, parts(&about.name).1));
            return Ok(Step::Done(Proposed::Plan(Plan {
                head,
                branch: branch.to_owned(),
                steps,
                title: wanted.title.to_owned(),
                body: wanted.body,
                commits: proposal.commits.clone(),
                missing,
            })));
        }
        let (fork, place) = match place {
            Some(place) => (None, place),
            None => {
                let (fork, place) = self.fork(branch).await?;
                (Some(fork), place)
            }
        };
        let repository = fork.as_deref().unwrap_or(repository);
        let from = Head { repository, branch };
        let mut pushed = place.head().unwrap_or_default().to_owned();
        if !is_there {
            let target = Branch { repository, name: branch, base: &about.commit };
            match target.push(client, &place, &state, &proposal.commits).await {
                Ok(head) => pushed = head,
                Err(NotPushed::Moved(words)) => return Ok(Step::BranchMoved(words)),
                Err(NotPushed::Problem(problem)) => return Err(problem),
            }
            // A pull request that is opened now is for what the base was when it was read.
            let now = super::about(client, &about.name, request.base.as_deref()).await?;
            if now.commit != about.commit && !is_last {
                let then = snapshot(client, &now).await?;
                if then.files != files.files {
                    return Ok(Step::BaseMoved(Box::new((now, then))));
                }
            }
        }
        wanted.body = Pushed { head: &pushed, base: on }.noted(&wanted.body, &proposal.commits);
        let before = match &state {
            State::Ours(ours) if !is_there => Some(ours.head.clone()),
            _ => None,
        };
        self.pull(from, open, &wanted, before).await.map(Step::Done)
    }

    /// Opens the pull request, or makes the open one what it is to be; `before` is where the branch was
    /// that has moved.
    async fn pull(
        &self,
        from: Head<'_>,
        open: Option<&Pull>,
        wanted: &Wanted<'_>,
        before: Option<String>,
    ) -> Result<Proposed, Problem> {
        let Self { client, about, .. } = *self;
        let mut notes = Vec::new();
        let opened = |pull: &Pull, notes| Opened {
            url: pull.url.clone(),
            head: from.repository.to_owned(),
            branch: from.branch.to_owned(),
            before: before.clone(),
            notes,
        };
        if let Some(pull) = open {
            let has_changed = pull.refresh(client, about, wanted).await?;
            return Ok(if has_changed || before.is_some() {
                Proposed::Refreshed(opened(pull, notes))
            } else {
                Proposed::UpToDate { url: pull.url.clone() }
            });
        }
        let pull = pull::open(client, about, from, wanted).await?;
        if let Err(problem) = pull.label(client, about, wanted.labels).await {
            notes.push(problem.to_string());
        }
        Ok(Proposed::Opened(opened(&pull, notes)))
    }

    /// The repository that the branch is in; `None` where a fork is still to be made.
    async fn head(&self) -> Result<Option<String>, Problem> {
        let Self { client, about, .. } = *self;
        if about.may_push {
            return Ok(Some(about.name.clone()));
        }
        let (owner, name) = parts(&about.name);
        let variables = json!({ "owner": owner, "name": name });
        let answer: Value = client
            .query(FORKS, &variables)
            .await
            .map_err(|failure| Problem::failed(&about.name, &failure))?;
        let fork = answer.pointer("/repository/forks/nodes/0/nameWithOwner");
        Ok(fork.and_then(Value::as_str).map(str::to_owned))
    }

    /// Makes a fork, and waits until it is there.
    async fn fork(&self, branch: &str) -> Result<(String, Place), Problem> {
        #[derive(Deserialize)]
        struct Fork {
            full_name: String,
        }
        let Self { client, about, .. } = *self;
        let route = format!("/repos/{}/forks", about.name);
        // Asked for again, GitHub gives the fork that is there.
        let fork: Fork = client.post(&route, &json!({})).await.map_err(|failure| {
            Problem::new(format!(
                "{}: the token of {} may not push there, and it cannot be forked: {failure}",
                about.name, client.origin
            ))
        })?;
        let mut round = 0;
        loop {
            match branch::place(client, &fork.full_name, branch).await {
                Ok(place) => return Ok((fork.full_name, place)),
                Err(failure) if round == FORK_ROUNDS => {
                    return Err(Problem::failed(&fork.full_name, &failure).with(
                        "the fork may take a while to come about: run again in some minutes",
                    ));
                }
                Err(_) => client.breathe(round).await,
            }
            round += 1;
        }
    }

    /// What would be done, a line each.
    fn steps(
        &self,
        head: Option<&str>,
        branch: &str,
        state: &State,
        is_there: bool,
        open: Option<&Pull>,
    ) -> Vec<String> {
        let about = self.about;
        let mut steps = Vec::new();
        if head.is_none() {
            steps.push(format!("fork {}, for the token may not push there", about.name));
        }
        let place = head.unwrap_or("the fork");
        let on = about.commit.get(..10).unwrap_or(&about.commit);
        steps.push(match state {
            _ if is_there => format!("leave the branch `{branch}` of {place} as it is"),
            State::Ours(_) => {
                format!("make the branch `{branch}` of {place} anew on {} at {on}", about.base)
            }
            _ => format!("make the branch `{branch}` in {place} on {} at {on}", about.base),
        });
        steps.push(match open {
            Some(pull) => format!("refresh the pull request {}", pull.url),
            None => format!("open a pull request into `{}` of {}", about.base, about.name),
        });
        steps
    }
}

/// Whether the branch changes what is to be changed, and nothing else.
fn is_current(ours: &Ours, commits: &[NewCommit]) -> bool {
    ours.files.as_ref().is_some_and(|files| *files == push::contents(commits))
}
