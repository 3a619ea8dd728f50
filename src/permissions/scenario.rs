//! The kinds of runs that a workflow has.
//!
//! A condition such as `github.event_name == 'push'` decides under which event a need exists. So a
//! job is looked at once for each kind of run that the triggers of its workflow allow: each event,
//! pushes of branches and of tags apart, pull requests from forks and from the repository itself apart.
//!
//! What the `github` context holds under which event:
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#github-context>,
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows>.

use crate::expression::{GAP, Known, Value};
use crate::glob;
use crate::workflow::{Scope, Trigger, Workflow};

/// What stands for the repository's own name and that of a fork, where only their difference counts.
const OWN: &str = "this repository";
const FORK: &str = "a fork";

/// The activities that only open pull requests have; these are the default.
const OPEN: &[&str] = &["opened", "reopened", "synchronize"];

/// How the refs start that runs for pull requests have: `refs/pull/123/merge`.
const PULL: &str = "refs/pull/";

/// One kind of run.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// The event; `None` where that is not known: somebody else's workflow calls this one.
    event: Option<String>,
    /// What `github.ref` is.
    git_ref: Known,
    /// The types of activity that are waited for; none where all are.
    types: Vec<String>,
    /// Whether what started it is about a pull request, of which kind.
    pull_request: Option<PullRequest>,
    /// The repository's own name, if it is known.
    repository: Option<String>,
}

/// What kind of pull request a run is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PullRequest {
    /// Its branch is in the repository itself.
    Own,
    /// Its branch is in a fork.
    Fork,
    /// A comment was written on it.
    Commented,
}

impl Scenario {
    /// The kinds of runs that a workflow's own triggers allow; calls by other workflows apart.
    pub fn of(workflow: &Workflow<'_>, repository: Option<&str>) -> Vec<Self> {
        let triggers = workflow.triggers();
        let own = triggers.iter().filter(|trigger| trigger.name() != "workflow_call");
        own.flat_map(|trigger| Self::of_trigger(trigger, repository)).collect()
    }

    /// A run that somebody else's workflow starts by a call.
    pub fn unknown(repository: Option<&str>) -> Self {
        Self {
            event: None,
            git_ref: Known::Hidden,
            types: Vec::new(),
            pull_request: None,
            repository: repository.map(str::to_owned),
        }
    }

    /// A run that a person starts by hand.
    pub fn by_hand(repository: Option<&str>) -> Self {
        Self {
            event: Some("workflow_dispatch".to_owned()),
            git_ref: Known::Prefix("refs/".to_owned()),
            ..Self::unknown(repository)
        }
    }

    fn of_trigger(trigger: &Trigger<'_>, repository: Option<&str>) -> Vec<Self> {
        let types = trigger.filter("types").unwrap_or_default();
        let scenario = |git_ref: &str, pull_request| Self {
            event: Some(trigger.name().to_owned()),
            git_ref: Known::Prefix(git_ref.to_owned()),
            types: types.iter().map(|&name| name.to_owned()).collect(),
            pull_request,
            repository: repository.map(str::to_owned),
        };
        match trigger.name() {
            "push" => {
                let refs = pushed_refs(trigger);
                refs.into_iter().map(|git_ref| Self { git_ref, ..scenario("", None) }).collect()
            }
            "pull_request" | "pull_request_review" | "pull_request_review_comment" => {
                [PullRequest::Own, PullRequest::Fork]
                    .map(|kind| scenario(PULL, Some(kind)))
                    .to_vec()
            }
            "pull_request_target" => [PullRequest::Own, PullRequest::Fork]
                .map(|kind| scenario("refs/heads/", Some(kind)))
                .to_vec(),
            "issue_comment" => [None, Some(PullRequest::Commented)]
                .map(|kind| scenario("refs/heads/", kind))
                .to_vec(),
            "release" => vec![scenario("refs/tags/", None)],
            // These run for whatever ref they are given.
            "workflow_dispatch" | "create" | "delete" | "deployment" | "deployment_status"
            | "registry_package" => vec![scenario("refs/", None)],
            _ => vec![scenario("refs/heads/", None)],
        }
    }

    /// The same in a repository whose name is not known.
    #[must_use]
    pub fn unnamed(&self) -> Self {
        Self { repository: None, ..self.clone() }
    }

    /// The same about a pull request, where that is not known otherwise.
    #[must_use]
    pub(super) fn about_pull_request(&self) -> Self {
        let pull_request = self.pull_request.or(Some(PullRequest::Commented));
        Self { pull_request, ..self.clone() }
    }

    /// The event, if it is known.
    pub fn event(&self) -> Option<&str> {
        self.event.as_deref()
    }

    /// Whether a person starts such a run in order to release something: a release on GitHub, the push
    /// of a tag, a start by hand.
    pub fn is_deliberate(&self) -> bool {
        match self.event() {
            Some("release" | "workflow_dispatch") => true,
            Some("push") => self.is_of_tag(),
            _ => false,
        }
    }

    /// Whether it runs for a tag, as far as can be told.
    pub fn is_of_tag(&self) -> bool {
        let (Known::Text(git_ref) | Known::Prefix(git_ref)) = &self.git_ref else { return false };
        git_ref.starts_with("refs/tags/")
    }

    /// Whether the run has a read-only token and no secrets: a pull request from a fork, unless the
    /// workflow runs with the base repository's rights.
    pub fn is_restricted(&self) -> bool {
        self.pull_request == Some(PullRequest::Fork) && self.event() != Some("pull_request_target")
    }

    /// Whether a step that such a run has been through has shown that it works with a token that can only
    /// read. Only a pull request's own runs are looked at by somebody: where a comment or a review on one
    /// from a fork starts a bot that then fails, nobody notices.
    pub fn shows_that_reading_is_enough(&self) -> bool {
        self.is_restricted() && self.event() == Some("pull_request")
    }

    /// Whether the event is one that is mostly chosen because its runs may write where those of
    /// `pull_request` may not.
    pub fn is_privileged(&self) -> bool {
        self.event() == Some("pull_request_target")
    }

    /// Whether the run is about a pull request, as far as can be told. What runs after another
    /// workflow and comments on something mostly comments on the pull request that started that one.
    pub fn is_about_pull_request(&self) -> bool {
        self.pull_request.is_some() || matches!(self.event(), Some("merge_group" | "workflow_run"))
    }

    /// Whether the run is about an issue.
    pub fn is_about_issue(&self) -> bool {
        self.pull_request.is_none() && matches!(self.event(), Some("issues" | "issue_comment"))
    }

    /// Whether the event tells whether the run is about an issue or a pull request.
    pub fn tells_issue_from_pull_request(&self) -> bool {
        self.pull_request.is_some() || self.is_about_issue()
    }

    /// What is written to by most that runs for such an event: the issue, the pull request or the discussion that
    /// it is about. Comments are none: many of them start something else.
    pub fn subject(&self) -> Option<Scope> {
        match self.event()? {
            "issues" => Some(Scope::Issues),
            "pull_request_target" => Some(Scope::PullRequests),
            "discussion" => Some(Scope::Discussions),
            _ => None,
        }
    }

    /// Whether the event fits patterns in which `*` stands for any characters and a leading `!`
    /// excludes. What is about a pull request fits `pull_request_comment`, too.
    pub fn fits(&self, patterns: &[&str]) -> bool {
        let Some(event) = self.event() else { return true };
        let is_it = |pattern: &str| {
            glob::matches(pattern, event)
                || self.is_about_pull_request() && glob::matches(pattern, "pull_request_comment")
        };
        let (without, with): (Vec<&str>, Vec<&str>) =
            patterns.iter().partition(|pattern| pattern.starts_with('!'));
        (with.is_empty() || with.into_iter().any(is_it))
            && !without.into_iter().any(|pattern| is_it(&pattern[1..]))
    }

    /// What is known of a name below `github`, which is in lower case.
    pub fn github(&self, name: &[&str]) -> Value {
        match name {
            [] | ["*", ..] => Value { known: Known::Given, ..Value::workflow_token() },
            ["token"] => Value::workflow_token(),
            ["event_name"] => self.event.as_deref().map_or(Known::Hidden.into(), Value::from),
            ["ref"] => self.git_ref.clone().into(),
            ["ref_name"] if self.git_ref == Known::Prefix(PULL.to_owned()) => "0/merge".into(),
            ["ref_name"] => self.behind_kind(&["refs/heads/", "refs/tags/"]).into(),
            ["ref_type"] => match self.git_ref.clone() {
                Known::Text(text) | Known::Prefix(text) if text.starts_with("refs/tags/") => {
                    "tag".into()
                }
                Known::Text(text) | Known::Prefix(text) if text.starts_with("refs/heads/") => {
                    "branch".into()
                }
                Known::Hidden => Known::Hidden.into(),
                _ => Known::Varies.into(),
            },
            ["head_ref" | "base_ref"] => match (&self.event, self.pull_request) {
                (_, Some(PullRequest::Own | PullRequest::Fork)) => Known::Given,
                (None, _) => Known::Hidden,
                _ => Known::Text(String::new()),
            }
            .into(),
            ["repository"] => self.own_name(self.repository.as_deref()),
            ["repository_owner"] => {
                let owner = self.repository.as_deref().and_then(|name| name.split('/').next());
                self.own_name(owner)
            }
            ["event", event @ ..] => self.payload(event).into(),
            [
                "actor" | "triggering_actor" | "workflow" | "workspace" | "sha" | "run_id"
                | "run_number" | "run_attempt" | "job" | "server_url" | "api_url" | "graphql_url"
                | "actor_id",
            ] => Known::Varies.into(),
            _ => Known::Varies.into(),
        }
    }

    fn own_name(&self, known: Option<&str>) -> Value {
        known.map_or_else(|| Known::Identity(OWN).into(), Value::from)
    }

    /// `github.ref` without what says of which kind it is.
    fn behind_kind(&self, kinds: &[&str]) -> Known {
        let behind =
            |text: &str| kinds.iter().find_map(|kind| text.strip_prefix(kind)).map(str::to_owned);
        match &self.git_ref {
            Known::Text(text) => behind(text).map_or(Known::Varies, Known::Text),
            Known::Prefix(text) => behind(text).map_or(Known::Varies, |start| Known::Gaps {
                text: format!("{start}{GAP}"),
                is_hidden: false,
            }),
            other => other.clone(),
        }
    }

    /// What is known of a name below `github.event`.
    fn payload(&self, name: &[&str]) -> Known {
        let Some(event) = self.event() else { return Known::Hidden };
        let only_under = |holds: bool| if holds { Known::Varies } else { Known::Null };
        match name {
            ["action"] => match &self.types[..] {
                [only] => Known::Text(only.clone()),
                _ => Known::Varies,
            },
            // Under other events it is a name alone, if it is there.
            ["ref"] if matches!(event, "push" | "workflow_dispatch") => self.git_ref.clone(),
            ["pull_request", rest @ ..] => match (self.pull_request, rest) {
                (None | Some(PullRequest::Commented), _) => Known::Null,
                (Some(_), [] | ["number" | "html_url"]) => Known::Given,
                (Some(kind), ["head", "repo", "fork"]) => Known::Boolean(kind == PullRequest::Fork),
                (Some(PullRequest::Fork), ["head", "repo", "full_name"]) => Known::Identity(FORK),
                (
                    Some(PullRequest::Fork),
                    ["head", "repo", "owner", "login"] | ["head", "user", "login"],
                ) => Known::Identity(FORK),
                (Some(_), ["head" | "base", "repo", "full_name"]) => {
                    self.own_name(self.repository.as_deref()).known
                }
                (Some(_), ["head" | "base", "repo", "owner", "login"]) => {
                    self.github(&["repository_owner"]).known
                }
                // By default it runs for what happens to open pull requests.
                (Some(_), ["merged"])
                    if self.types.iter().all(|name| OPEN.contains(&name.as_str())) =>
                {
                    Known::Boolean(false)
                }
                _ => Known::Varies,
            },
            ["issue", "pull_request"] if self.pull_request.is_some() => Known::Given,
            ["issue", "pull_request", ..] => only_under(self.pull_request.is_some()),
            ["issue", ..] => only_under(matches!(event, "issues" | "issue_comment")),
            ["comment", ..] => only_under(event.ends_with("_comment")),
            ["review", ..] => only_under(event.starts_with("pull_request_review")),
            ["release", ..] => only_under(event == "release"),
            ["workflow_run", ..] => only_under(event == "workflow_run"),
            ["inputs", ..] => only_under(event == "workflow_dispatch"),
            ["schedule"] => only_under(event == "schedule"),
            ["client_payload", ..] => only_under(event == "repository_dispatch"),
            ["head_commit" | "commits" | "forced" | "pusher" | "before" | "after", ..] => {
                only_under(matches!(event, "push" | "pull_request" | "pull_request_target"))
            }
            _ => Known::Varies,
        }
    }
}

/// What `github.ref` may be under a push, by the filters of the trigger:
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#onpushbranchestagsbranches-ignoretags-ignore>.
fn pushed_refs(trigger: &Trigger<'_>) -> Vec<Known> {
    let refs = |kind: &str, patterns: Vec<&str>| -> Vec<Known> {
        let wanted = patterns.into_iter().filter(|pattern| !pattern.starts_with('!'));
        wanted
            .map(|pattern| match pattern.find(['*', '?', '+', '[', '!']) {
                Some(special) => Known::Prefix(format!("{kind}{}", &pattern[..special])),
                None => Known::Text(format!("{kind}{pattern}")),
            })
            .collect()
    };
    let (branches, tags) = (trigger.filter("branches"), trigger.filter("tags"));
    let other_branches = trigger.filter("branches-ignore").is_some();
    let other_tags = trigger.filter("tags-ignore").is_some();
    let all = |kind: &str| vec![Known::Prefix(kind.to_owned())];
    let mut found = Vec::new();
    let unfiltered = branches.is_none() && tags.is_none() && !other_branches && !other_tags;
    match branches {
        Some(patterns) => found.extend(refs("refs/heads/", patterns)),
        None if other_branches || unfiltered => found.extend(all("refs/heads/")),
        None => {}
    }
    match tags {
        Some(patterns) => found.extend(refs("refs/tags/", patterns)),
        None if other_tags || unfiltered => found.extend(all("refs/tags/")),
        None => {}
    }
    found
}
