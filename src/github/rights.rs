//! What the token has to be allowed, named before anything is made.
//!
//! Classic tokens have scopes, which GitHub tells with every answer:
//! <https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps>. What a
//! fine-grained token or an app may do, GitHub tells to nobody: it shows at the first commit, and what was
//! begun is taken back.

use super::about::About;
use super::client::Said;
use super::{Client, Problem};

/// The account that a workflow's own token acts for.
const ACTIONS: &str = "github-actions[bot]";

/// What is missing, as far as it can be told.
pub(super) fn missing(client: &Client, about: &About, with_workflows: bool) -> Option<Problem> {
    let origin = client.origin;
    if about.viewer == ACTIONS && with_workflows {
        let what = format!(
            "{}: the token of {origin} is the workflow's own, which may not change workflows, \
             whatever its permissions",
            about.name
        );
        return Some(
            Problem::new(what)
                .with("give the run the token of a GitHub App with these permissions, or one of a person:")
                .with(FINE_GRAINED),
        );
    }
    let scopes = client.scopes()?;
    let has = |scope: &str| scopes.iter().any(|it| it == scope);
    let may_write = has("repo") || (!about.is_private && has("public_repo"));
    let mut lacking = Vec::new();
    if !may_write {
        lacking.push(if about.is_private { "repo" } else { "public_repo" });
    }
    if with_workflows && !has("workflow") {
        lacking.push("workflow");
    }
    if lacking.is_empty() {
        return None;
    }
    let named: Vec<_> = lacking.iter().map(|scope| format!("`{scope}`")).collect();
    let what = format!(
        "{}: the token of {origin} lacks the scope{} {}",
        about.name,
        if named.len() == 1 { "" } else { "s" },
        named.join(" and ")
    );
    let reason = if with_workflows {
        "without it GitHub takes no change of a workflow"
    } else {
        "without it GitHub takes no change"
    };
    Some(help(client, Problem::new(what).with(reason), &lacking.join(",")))
}

const FINE_GRAINED: &str = "Contents, Pull requests and Workflows: Read and write";

/// How to get what is missing.
fn help(client: &Client, problem: Problem, scopes: &str) -> Problem {
    let host = client.server.host();
    let host_option =
        if host == "github.com" { String::new() } else { format!(" --hostname {host}") };
    problem
        .with(format!("with the GitHub CLI: gh auth refresh{host_option} --scopes {scopes}"))
        .with(format!(
            "or a new token: {}/settings/tokens/new?scopes=repo,workflow&description=spec8-fix",
            client.server
        ))
        .with(format!("or a fine-grained one, with {FINE_GRAINED}:"))
        .with(format!("{}/settings/personal-access-tokens/new", client.server))
}

/// Whether GitHub says that it is for want of rights.
pub(super) fn are_missing(said: &Said) -> bool {
    let message = said.message.to_lowercase();
    matches!(said.kind.as_str(), "FORBIDDEN" | "INSUFFICIENT_SCOPES")
        || message.contains("refusing to allow")
        || message.contains("not accessible by")
}

/// GitHub refused a change for want of rights.
pub(super) fn refused(client: &Client, repository: &str, said: &Said) -> Problem {
    let what = format!("{repository}: the token of {} may not do this", client.origin);
    let problem = Problem::new(what).with(format!("GitHub says: {}", said.message));
    help(client, problem, "repo,workflow")
}
