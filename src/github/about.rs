//! What has to be known of a repository before anything is done.

use serde::Deserialize;
use serde_json::json;

use super::{Client, Problem};

const ABOUT: &str = "\
query about($owner: String!, $name: String!, $base: String!) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    id
    nameWithOwner
    isArchived
    isFork
    isPrivate
    viewerPermission
    parent { nameWithOwner }
    defaultBranchRef { name target { oid } }
    ref(qualifiedName: $base) { name target { oid } }
  }
}
";

/// A repository, as it is now.
#[derive(Clone, Debug)]
pub(crate) struct About {
    pub(super) id: String,
    /// `owner/name`, as GitHub spells it.
    pub(crate) name: String,
    pub(crate) is_archived: bool,
    pub(crate) is_fork: bool,
    pub(crate) is_private: bool,
    /// The repository that it was forked from.
    pub(crate) parent: Option<String>,
    /// Whether the user of the token may push.
    pub(super) may_push: bool,
    /// Who that is.
    pub(super) viewer: String,
    /// The branch that changes are for.
    pub(crate) base: String,
    /// Its head.
    pub(crate) commit: String,
}

#[derive(Deserialize)]
struct Answer {
    viewer: Viewer,
    repository: Option<Repository>,
}

#[derive(Deserialize)]
struct Viewer {
    login: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Repository {
    id: String,
    name_with_owner: String,
    is_archived: bool,
    is_fork: bool,
    is_private: bool,
    viewer_permission: Option<String>,
    parent: Option<Parent>,
    default_branch_ref: Option<Branch>,
    #[serde(rename = "ref")]
    base: Option<Branch>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parent {
    name_with_owner: String,
}

#[derive(Deserialize)]
struct Branch {
    name: String,
    target: Option<Target>,
}

/// What a ref points at.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Target {
    pub(super) oid: String,
}

/// The two parts of `owner/name`.
pub(super) fn parts(name: &str) -> (&str, &str) {
    name.split_once('/').unwrap_or((name, ""))
}

/// Asks about a repository and one of its branches, the default one if none is named.
pub(crate) async fn about(
    client: &Client,
    repository: &str,
    base: Option<&str>,
) -> Result<About, Problem> {
    let (owner, name) = parts(repository);
    // The default branch has a field of its own.
    let qualified = format!("refs/heads/{}", base.unwrap_or("HEAD"));
    let variables = json!({ "owner": owner, "name": name, "base": qualified });
    let answer: Answer = client
        .query(ABOUT, &variables)
        .await
        .map_err(|failure| Problem::failed(repository, &failure))?;
    let known = answer.repository.ok_or_else(|| {
        Problem::new(format!("{repository}: no such repository, or the token cannot see it"))
    })?;
    let found = if base.is_some() { known.base } else { known.default_branch_ref };
    let Some(Branch { name: branch, target: Some(target) }) = found else {
        return Err(Problem::new(match base {
            Some(base) => format!("{repository} has no branch `{base}`"),
            None => format!("{repository} is empty"),
        }));
    };
    Ok(About {
        id: known.id,
        name: known.name_with_owner,
        is_archived: known.is_archived,
        is_fork: known.is_fork,
        is_private: known.is_private,
        parent: known.parent.map(|parent| parent.name_with_owner),
        // Of an app GitHub does not tell it, and an app has no fork to go by.
        may_push: answer.viewer.login.ends_with("[bot]")
            || matches!(known.viewer_permission.as_deref(), Some("ADMIN" | "MAINTAIN" | "WRITE")),
        viewer: answer.viewer.login,
        base: branch,
        commit: target.oid,
    })
}
