//! What is on a branch: nothing, what earlier runs put there, or what somebody else did.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::Client;
use super::about::{Target, parts};
use crate::resolve::Failure;

/// What a commit of this program has in its message: the clause that it is for follows.
pub(super) const TRAILER: &str = "Spec8-Fix:";

/// How GitHub signs what it commits itself, as it does for `createCommitOnBranch`. Whoever changes such
/// a commit becomes its committer.
const COMMITTER: &str = "noreply@github.com";

/// How many changed files GitHub lists.
const MAX_FILES: usize = 300;

const BRANCH: &str = "\
query branch($owner: String!, $name: String!, $ref: String!) {
  repository(owner: $owner, name: $name) {
    id
    ref(qualifiedName: $ref) { target { oid } }
  }
}
";

/// The repository that a branch is in, and its head.
#[derive(Debug, Deserialize)]
pub(super) struct Place {
    pub(super) id: String,
    #[serde(rename = "ref")]
    head: Option<Head>,
}

#[derive(Debug, Deserialize)]
struct Head {
    target: Option<Target>,
}

impl Place {
    /// The commit that the branch is at.
    pub(super) fn head(&self) -> Option<&str> {
        Some(self.head.as_ref()?.target.as_ref()?.oid.as_str())
    }
}

/// What is on a branch beyond what is on the base.
#[derive(Debug)]
pub(super) enum State {
    /// There is no such branch.
    Absent,
    /// What this program put there.
    Ours(Ours),
    /// Commits of somebody else: the first of them.
    Others { commit: String, by: String },
}

/// What this program put on a branch.
#[derive(Debug)]
pub(super) struct Ours {
    pub(super) head: String,
    /// The commit of the base that it goes on.
    pub(super) base: String,
    /// The files that it changes, each with the ID of its content; `None` where they are not told.
    pub(super) files: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct Compared {
    merge_base_commit: Sha,
    total_commits: usize,
    commits: Vec<Commit>,
    #[serde(default)]
    files: Option<Vec<File>>,
}

#[derive(Deserialize)]
struct Sha {
    sha: String,
}

#[derive(Deserialize)]
struct Commit {
    sha: String,
    commit: Details,
    #[serde(default)]
    author: Option<User>,
}

#[derive(Deserialize)]
struct User {
    #[serde(default)]
    login: Option<String>,
}

#[derive(Deserialize)]
struct Details {
    message: String,
    #[serde(default)]
    author: Option<Person>,
    #[serde(default)]
    committer: Option<Person>,
}

#[derive(Deserialize)]
struct Person {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    email: Option<String>,
}

#[derive(Deserialize)]
struct File {
    filename: String,
    sha: Option<String>,
    status: String,
}

impl Commit {
    /// Whether this program made it.
    fn is_ours(&self) -> bool {
        let committer = self.commit.committer.as_ref().and_then(|person| person.email.as_deref());
        let has_trailer = self.commit.message.lines().any(|line| line.starts_with(TRAILER));
        committer == Some(COMMITTER) && has_trailer
    }

    /// Who made it, for people.
    fn by(&self) -> String {
        let login = self.author.as_ref().and_then(|user| user.login.clone());
        let name = || self.commit.author.as_ref().and_then(|person| person.name.clone());
        login.or_else(name).unwrap_or_else(|| "somebody".to_owned())
    }
}

/// Looks for a branch.
pub(super) async fn place(
    client: &Client,
    repository: &str,
    branch: &str,
) -> Result<Place, Failure> {
    #[derive(Deserialize)]
    struct Answer {
        repository: Option<Place>,
    }
    let (owner, name) = parts(repository);
    let qualified = format!("refs/heads/{branch}");
    let variables = json!({ "owner": owner, "name": name, "ref": qualified });
    let answer: Answer = client.query(BRANCH, &variables).await?;
    answer.repository.ok_or(Failure::NotFound)
}

/// What is on a branch whose head is known, beyond the base.
pub(super) async fn state(
    client: &Client,
    repository: &str,
    place: &Place,
    base: &str,
) -> Result<State, Failure> {
    let Some(head) = place.head() else { return Ok(State::Absent) };
    // By their IDs: a fork has the commits of all that it is related to.
    let route = format!("/repos/{repository}/compare/{base}...{head}?per_page=100");
    let compared: Compared = client.get(&route).await?;
    if let Some(other) = compared.commits.iter().find(|commit| !commit.is_ours()) {
        return Ok(State::Others { commit: other.sha.clone(), by: other.by() });
    }
    if compared.total_commits > compared.commits.len() {
        let by = format!("{} commits", compared.total_commits);
        return Ok(State::Others { commit: head.to_owned(), by });
    }
    let files = compared.files.filter(|files| files.len() < MAX_FILES).map(|files| {
        let id = |file: File| {
            let id = if file.status == "removed" { None } else { file.sha };
            (file.filename, id.unwrap_or_default())
        };
        files.into_iter().map(id).collect()
    });
    Ok(State::Ours(Ours { head: head.to_owned(), base: compared.merge_base_commit.sha, files }))
}
