//! Pull requests: the one that is there, the one to be opened.

use serde::Deserialize;
use serde_json::{Value, json};

use super::about::{About, parts};
use super::client::Unchanged;
use super::{Client, Problem, rights};
use crate::resolve::Failure;

const PULLS: &str = "\
query pulls($owner: String!, $name: String!, $branch: String!) {
  repository(owner: $owner, name: $name) {
    pullRequests(headRefName: $branch, last: 50) {
      nodes {
        id
        number
        url
        title
        body
        state
        baseRefName
        headRepository { nameWithOwner }
        labels(first: 100) { nodes { name } }
      }
    }
  }
}
";

const CREATE: &str = "\
mutation create($input: CreatePullRequestInput!) {
  createPullRequest(input: $input) { pullRequest { id number url } }
}
";

const UPDATE: &str = "\
mutation update($input: UpdatePullRequestInput!) {
  updatePullRequest(input: $input) { pullRequest { id } }
}
";

/// Around the part of a text that is ours to renew.
const START: &str = "<!-- spec8-fix: start -->";
const END: &str = "<!-- spec8-fix: end -->";

/// The longest text that GitHub takes.
const MAX_BODY: usize = 65_536;

/// A pull request from a branch.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pull {
    pub(super) id: String,
    pub(super) number: u64,
    pub(super) url: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    pub(super) body: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    base_ref_name: String,
    #[serde(default)]
    head_repository: Option<Named>,
    #[serde(default)]
    labels: Option<Nodes<Label>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    name_with_owner: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Label {
    name: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Nodes<T> {
    nodes: Vec<T>,
}

/// Where a pull request comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<'a> {
    /// The repository with the branch.
    pub(super) repository: &'a str,
    pub(super) branch: &'a str,
}

/// What a pull request is to be.
#[derive(Clone, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) title: &'a str,
    /// Whether the title was asked for, and is to be put on a pull request that is there.
    pub(super) is_title_given: bool,
    pub(super) body: String,
    pub(super) labels: &'a [String],
    pub(super) is_draft: bool,
}

/// The pull requests from this branch into the base, the oldest first.
pub(super) async fn pulls(
    client: &Client,
    about: &About,
    head: Head<'_>,
) -> Result<Vec<Pull>, Failure> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Repository {
        pull_requests: Nodes<Pull>,
    }
    #[derive(Deserialize)]
    struct Answer {
        repository: Option<Repository>,
    }
    let (owner, name) = parts(&about.name);
    let variables = json!({ "owner": owner, "name": name, "branch": head.branch });
    let answer: Answer = client.query(PULLS, &variables).await?;
    let mut pulls = answer.repository.ok_or(Failure::NotFound)?.pull_requests.nodes;
    pulls.retain(|pull| {
        // Where the fork is gone, it was not this one.
        let from = pull.head_repository.as_ref().map_or(&about.name, |it| &it.name_with_owner);
        pull.base_ref_name == about.base && from.eq_ignore_ascii_case(head.repository)
    });
    Ok(pulls)
}

impl Pull {
    pub(super) fn is_open(&self) -> bool {
        self.state == "OPEN"
    }

    /// Whether somebody said no to it.
    pub(super) fn was_declined(&self) -> bool {
        self.state == "CLOSED"
    }

    /// Makes it what it is to be; gives whether there was something to do.
    pub(super) async fn refresh(
        &self,
        client: &Client,
        about: &About,
        wanted: &Wanted<'_>,
    ) -> Result<bool, Problem> {
        let body = renewed(&self.body, &wanted.body);
        let title = if wanted.is_title_given { wanted.title } else { &self.title };
        let mut has_changed = false;
        if body != self.body || title != self.title {
            let input = json!({ "pullRequestId": self.id, "title": title, "body": body });
            let read = |_: &Value| Some(());
            client
                .change(UPDATE, &input, read, async || Ok(None))
                .await
                .map_err(|why| problem(client, about, &why))?;
            has_changed = true;
        }
        Ok(self.label(client, about, wanted.labels).await? || has_changed)
    }

    /// Adds the labels that it has not; gives whether there were any.
    pub(super) async fn label(
        &self,
        client: &Client,
        about: &About,
        labels: &[String],
    ) -> Result<bool, Problem> {
        let has = |name: &&String| {
            let mut there = self.labels.iter().flat_map(|labels| &labels.nodes);
            there.any(|label| label.name.eq_ignore_ascii_case(name))
        };
        let missing: Vec<_> = labels.iter().filter(|name| !has(name)).collect();
        if missing.is_empty() {
            return Ok(false);
        }
        let route = format!("/repos/{}/issues/{}/labels", about.name, self.number);
        let added: Result<Value, _> = client.post(&route, &json!({ "labels": missing })).await;
        added.map(|_| true).map_err(|failure| {
            Problem::new(format!("{} could not be labelled: {failure}", self.url))
        })
    }
}

/// Opens a pull request, or finds the one that was opened by a request whose answer got lost.
pub(super) async fn open(
    client: &Client,
    about: &About,
    head: Head<'_>,
    wanted: &Wanted<'_>,
) -> Result<Pull, Problem> {
    let is_own = head.repository.eq_ignore_ascii_case(&about.name);
    let from = if is_own {
        head.branch.to_owned()
    } else {
        format!("{}:{}", parts(head.repository).0, head.branch)
    };
    let input = json!({
        "repositoryId": about.id,
        "baseRefName": about.base,
        "headRefName": from,
        "title": wanted.title,
        "body": marked(&wanted.body),
        "draft": wanted.is_draft,
    });
    let read = |answer: &Value| {
        serde_json::from_value(answer.pointer("/createPullRequest/pullRequest")?.clone()).ok()
    };
    let done = async || {
        let pulls = pulls(client, about, head).await?;
        Ok(pulls.into_iter().rev().find(Pull::is_open))
    };
    client.change(CREATE, &input, read, done).await.map_err(|why| problem(client, about, &why))
}

fn problem(client: &Client, about: &About, why: &Unchanged) -> Problem {
    match why {
        Unchanged::Said(said) if rights::are_missing(said) => {
            rights::refused(client, &about.name, said)
        }
        why => Problem::unchanged(&about.name, why),
    }
}

fn marked(body: &str) -> String {
    format!("{START}\n{}\n{END}", body.trim_end())
}

/// A text with our part renewed. What others wrote around it stays, and so do the boxes that they
/// ticked.
fn renewed(old: &str, body: &str) -> String {
    let ticked: Vec<_> = old.lines().filter_map(|line| item(line, "[x]")).collect();
    let lines = body.lines().map(|line| match item(line, "[ ]") {
        Some(text) if ticked.contains(&text) => line.replacen("[ ]", "[x]", 1),
        _ => line.to_owned(),
    });
    let new = marked(&lines.collect::<Vec<_>>().join("\n"));
    // GitHub's editor writes CRLF.
    if old.replace("\r\n", "\n").contains(&new) {
        return old.to_owned();
    }
    let ours = old.find(START).and_then(|start| {
        let end = start + old[start..].find(END)?;
        Some((&old[..start], &old[end + END.len()..]))
    });
    match ours {
        Some((before, after)) if before.len() + new.len() + after.len() <= MAX_BODY => {
            format!("{before}{new}{after}")
        }
        // Somebody took the marks away: the text is theirs.
        None if !old.trim().is_empty() => old.to_owned(),
        _ => new,
    }
}

/// The text of an item of a checklist.
fn item<'l>(line: &'l str, mark: &str) -> Option<&'l str> {
    let rest = line.trim().strip_prefix("- ")?;
    let is_marked = rest.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(mark));
    is_marked.then(|| rest[3..].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_stays() {
        let old = format!("Hello\n{}\nBye", marked("a\n- [X] done\n- [ ] open\n- [x] gone"));
        let new = renewed(&old, "b\n- [ ] done\n- [ ] open");
        assert_eq!(new, format!("Hello\n{}\nBye", marked("b\n- [x] done\n- [ ] open")));
        assert_eq!(renewed(&new, "b\n- [ ] done\n- [ ] open"), new);
        let with_crlf = new.replace('\n', "\r\n");
        assert_eq!(renewed(&with_crlf, "b\n- [ ] done\n- [ ] open"), with_crlf);
        assert_eq!(renewed("theirs", "ours"), "theirs");
        assert_eq!(renewed("", "ours"), marked("ours"));
    }
}
