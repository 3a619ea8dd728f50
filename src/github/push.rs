//! Commits on a branch.
//!
//! A new branch starts at the base, and the commits go on it. One that is there is made anew beside it and
//! then moved, in one step and only if it still is where it was seen: so at no time is it without its
//! commits, which would close its pull request.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::about::parts;
use super::branch::{self, Ours, Place, State, TRAILER};
use super::client::Unchanged;
use super::{Client, Problem, blob};
use crate::finding::Clause;
use crate::resolve::Failure;

const CREATE_REF: &str = "\
mutation createRef($input: CreateRefInput!) {
  createRef(input: $input) { ref { target { oid } } }
}
";

const UPDATE_REFS: &str = "\
mutation updateRefs($input: UpdateRefsInput!) {
  updateRefs(input: $input) { clientMutationId }
}
";

const COMMIT: &str = "\
mutation commit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}
";

const HEAD: &str = "\
query head($owner: String!, $name: String!, $ref: String!) {
  repository(owner: $owner, name: $name) {
    ref(qualifiedName: $ref) {
      target { oid ... on Commit { message parents(first: 1) { nodes { oid } } } }
    }
  }
}
";

/// The ID of no commit: a ref that is not there.
const NOTHING: &str = "0000000000000000000000000000000000000000";

/// A commit to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewCommit {
    /// The clause that it is for.
    pub(crate) clause: Clause,
    /// The first line of its message.
    pub(crate) headline: String,
    /// What follows, without the trailer.
    pub(crate) body: String,
    /// The files that it changes, with what they become.
    pub(crate) files: BTreeMap<String, String>,
}

impl NewCommit {
    /// The message behind its first line.
    pub(crate) fn rest(&self) -> String {
        format!("{}\n\n{TRAILER} {}", self.body.trim_end(), self.clause)
    }
}

/// A branch that is to hold commits.
pub(super) struct Branch<'a> {
    /// `owner/name`
    pub(super) repository: &'a str,
    pub(super) name: &'a str,
    /// The commit that they go on.
    pub(super) base: &'a str,
}

/// Why the commits are not on the branch.
pub(super) enum NotPushed {
    /// GitHub refuses it, most likely for the branch is not where it was seen: its words.
    Moved(String),
    /// Something else.
    Problem(Problem),
}

impl From<Problem> for NotPushed {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// What files become in the end, each by the ID of its content.
pub(super) fn contents(commits: &[NewCommit]) -> BTreeMap<String, String> {
    let files = commits.iter().flat_map(|commit| &commit.files);
    files.map(|(path, text)| (path.clone(), blob::id(text.as_bytes()))).collect()
}

impl Branch<'_> {
    /// Puts commits on the branch, given what is there; gives its new head.
    pub(super) async fn push(
        &self,
        client: &Client,
        place: &Place,
        state: &State,
        commits: &[NewCommit],
    ) -> Result<String, NotPushed> {
        match state {
            State::Others { by, .. } => {
                Err(NotPushed::Moved(format!("the branch has commits of {by}")))
            }
            State::Absent => {
                self.create(client, place).await?;
                let pushed = self.commit_all(client, commits).await;
                if let Err(NotPushed::Problem(_)) = pushed {
                    self.discard(client, place).await;
                }
                pushed
            }
            State::Ours(ours) => {
                let name = format!("{}.next", self.name);
                let next = Branch { name: &name, ..*self };
                let place = next.clear(client).await?;
                let pushed = next.commit_all(client, commits).await;
                if let Err(NotPushed::Problem(_)) = pushed {
                    next.discard(client, &place).await;
                }
                let head = pushed?;
                self.replace(client, &place, ours, &next, &head).await.map(|()| head)
            }
        }
    }

    /// Makes the branch, at the base.
    async fn create(&self, client: &Client, place: &Place) -> Result<(), NotPushed> {
        let input = json!({
            "repositoryId": place.id,
            "name": format!("refs/heads/{}", self.name),
            "oid": self.base,
        });
        let read = |_: &Value| Some(());
        let done = async || self.is_at(client, self.base).await;
        client
            .change(CREATE_REF, &input, read, done)
            .await
            .map_err(|why| self.problem(client, &why))
    }

    /// Makes the branch at the base, or moves there what an earlier run left of it.
    async fn clear(&self, client: &Client) -> Result<Place, NotPushed> {
        let failed = |failure| Problem::failed(self.repository, &failure);
        let place = branch::place(client, self.repository, self.name).await.map_err(failed)?;
        match branch::state(client, self.repository, &place, self.base).await.map_err(failed)? {
            State::Absent => self.create(client, &place).await?,
            State::Others { by, .. } => {
                let what = format!(
                    "the branch `{}` of {}, where this is prepared, has commits of {by}",
                    self.name, self.repository
                );
                return Err(Problem::new(what)
                    .with("delete it, or name another with --branch")
                    .into());
            }
            State::Ours(ours) if ours.head == self.base => {}
            State::Ours(ours) => {
                let updates = json!([self.update(&ours.head, self.base, true)]);
                let done = async || self.is_at(client, self.base).await;
                self.update_refs(client, &place, &updates, done).await?;
            }
        }
        Ok(place)
    }

    /// Makes all commits, each on the one before; gives the last.
    async fn commit_all(
        &self,
        client: &Client,
        commits: &[NewCommit],
    ) -> Result<String, NotPushed> {
        let mut head = self.base.to_owned();
        for commit in commits {
            head = self.commit(client, &head, commit).await?;
        }
        Ok(head)
    }

    async fn commit(
        &self,
        client: &Client,
        on: &str,
        commit: &NewCommit,
    ) -> Result<String, NotPushed> {
        let addition = |(path, text): (&String, &String)| json!({ "path": path, "contents": STANDARD.encode(text) });
        let additions: Vec<_> = commit.files.iter().map(addition).collect();
        let input = json!({
            "branch": { "repositoryNameWithOwner": self.repository, "branchName": self.name },
            "expectedHeadOid": on,
            "message": { "headline": commit.headline, "body": commit.rest() },
            "fileChanges": { "additions": additions },
        });
        let read = |answer: &Value| {
            let oid = answer.pointer("/createCommitOnBranch/commit/oid")?;
            Some(oid.as_str()?.to_owned())
        };
        let done = async || self.made(client, on, commit).await;
        client.change(COMMIT, &input, read, done).await.map_err(|why| self.problem(client, &why))
    }

    /// The commit that was made on this one, if it was.
    async fn made(
        &self,
        client: &Client,
        on: &str,
        commit: &NewCommit,
    ) -> Result<Option<String>, Failure> {
        let (owner, name) = parts(self.repository);
        let qualified = format!("refs/heads/{}", self.name);
        let variables = json!({ "owner": owner, "name": name, "ref": qualified });
        let answer: Value = client.query(HEAD, &variables).await?;
        let head = answer.pointer("/repository/ref/target");
        let text = |pointer| head.and_then(|head| head.pointer(pointer)).and_then(Value::as_str);
        let message = format!("{}\n\n{}", commit.headline, commit.rest());
        let is_it = text("/parents/nodes/0/oid") == Some(on)
            && text("/message").map(str::trim_end) == Some(message.trim_end());
        Ok(text("/oid").filter(|_| is_it).map(str::to_owned))
    }

    /// Moves the branch to what was prepared on another, and removes that.
    async fn replace(
        &self,
        client: &Client,
        place: &Place,
        ours: &Ours,
        next: &Branch<'_>,
        head: &str,
    ) -> Result<(), NotPushed> {
        let updates =
            json!([self.update(&ours.head, head, true), next.update(head, NOTHING, false)]);
        let done = async || self.is_at(client, head).await;
        let moved = self.update_refs(client, place, &updates, done).await;
        if moved.is_err() {
            let _ = next.remove(client, place, head).await;
        }
        moved
    }

    /// One part of an `updateRefs`: from one commit to another.
    fn update(&self, before: &str, after: &str, force: bool) -> Value {
        json!({
            "name": format!("refs/heads/{}", self.name),
            "beforeOid": before,
            "afterOid": after,
            "force": force,
        })
    }

    async fn update_refs(
        &self,
        client: &Client,
        place: &Place,
        updates: &Value,
        done: impl AsyncFn() -> Result<Option<()>, Failure>,
    ) -> Result<(), NotPushed> {
        let input = json!({ "repositoryId": place.id, "refUpdates": updates });
        let read = |_: &Value| Some(());
        client
            .change(UPDATE_REFS, &input, read, done)
            .await
            .map_err(|why| self.problem(client, &why))
    }

    /// Takes a branch back that this run made and could put nothing on.
    async fn discard(&self, client: &Client, place: &Place) {
        let _ = self.remove(client, place, self.base).await;
    }

    /// Removes the branch if it is at this commit.
    async fn remove(&self, client: &Client, place: &Place, at: &str) -> Result<(), NotPushed> {
        let updates = json!([self.update(at, NOTHING, false)]);
        let done = async || {
            let place = branch::place(client, self.repository, self.name).await?;
            Ok(place.head().is_none().then_some(()))
        };
        self.update_refs(client, place, &updates, done).await
    }

    /// Whether the branch is at this commit.
    async fn is_at(&self, client: &Client, commit: &str) -> Result<Option<()>, Failure> {
        let place = branch::place(client, self.repository, self.name).await?;
        Ok((place.head() == Some(commit)).then_some(()))
    }

    fn problem(&self, client: &Client, why: &Unchanged) -> NotPushed {
        let Unchanged::Said(said) = why else {
            return Problem::unchanged(self.repository, why).into();
        };
        if super::rights::are_missing(said) {
            return super::rights::refused(client, self.repository, said).into();
        }
        // Anything else that GitHub will not do is for the ref is not where it was seen; who looks
        // again finds out.
        if matches!(said.kind.as_str(), "STALE_DATA" | "UNPROCESSABLE" | "NOT_FOUND") {
            return NotPushed::Moved(said.message.clone());
        }
        Problem::unchanged(self.repository, why).into()
    }
}
