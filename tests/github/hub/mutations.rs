//! The mutations of GraphQL, with what GitHub refuses.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Pull, Refusal, World, locked};
use crate::repositories::feed;

/// Nothing: the ID of a ref that is not there.
const NOTHING: &str = "0000000000000000000000000000000000000000";

impl World {
    pub(super) fn mutation(&self, name: &str, input: &Value) -> Result<Value, Refusal> {
        let text =
            |pointer: &str| input.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        match name {
            "createRef" => {
                let repository = self.writable(text("/repositoryId"))?;
                self.create_ref(&repository, text("/name"), text("/oid"))
            }
            "updateRefs" => {
                let repository = self.writable(text("/repositoryId"))?;
                self.update_refs(&repository, input["refUpdates"].as_array().unwrap())
            }
            "commit" => {
                let repository = self.writable(text("/branch/repositoryNameWithOwner"))?;
                self.commit_on_branch(&repository, text("/branch/branchName"), input)
            }
            "create" => self.create_pull(input),
            "update" => {
                let number: usize =
                    text("/pullRequestId").trim_start_matches("PR ").parse().unwrap();
                let pull = &mut locked(&self.pulls)[number - 1];
                text("/title").clone_into(&mut pull.title);
                text("/body").clone_into(&mut pull.body);
                Ok(
                    json!({ "updatePullRequest": { "pullRequest": { "id": input["pullRequestId"] } } }),
                )
            }
            other => panic!("the mutation {other}"),
        }
    }

    fn writable(&self, repository: &str) -> Result<String, Refusal> {
        let scopes = locked(&self.rights).scopes;
        let has_scope = scopes.is_none_or(|scopes| scopes.contains(&"repo"));
        if !has_scope || !self.may_push(repository) {
            return Err((
                "FORBIDDEN",
                "Resource not accessible by personal access token".to_owned(),
            ));
        }
        Ok(repository.to_owned())
    }

    fn create_ref(&self, repository: &str, name: &str, id: &str) -> Result<Value, Refusal> {
        if self.ref_at(repository, name).is_some() {
            let words = format!("A ref named \"{name}\" already exists in the repository.");
            return Err(("UNPROCESSABLE", words));
        }
        self.git(repository, &["update-ref", name, id, NOTHING]);
        Ok(json!({ "createRef": { "ref": { "target": { "oid": id } } } }))
    }

    fn update_refs(&self, repository: &str, updates: &[Value]) -> Result<Value, Refusal> {
        let mut commands = String::new();
        for update in updates {
            let text = |name: &str| update[name].as_str().unwrap_or_default();
            let (name, before, after) = (text("name"), text("beforeOid"), text("afterOid"));
            let now = self.ref_at(repository, name).unwrap_or_else(|| NOTHING.to_owned());
            if now != before {
                return Err(("UNPROCESSABLE", format!("{name} is at {now}, not at {before}")));
            }
            let _ = match after {
                NOTHING => writeln!(commands, "delete {name} {before}"),
                after => {
                    let is_ancestor =
                        self.git(repository, &["merge-base", before, after]).trim() == before;
                    assert!(is_ancestor || update["force"] == true, "{name} would not go forward");
                    writeln!(commands, "update {name} {after} {before}")
                }
            };
        }
        feed(&self.path(repository), &["update-ref", "--stdin"], commands.as_bytes());
        // A pull request without commits of its own is closed.
        for pull in locked(&self.pulls).iter_mut().filter(|pull| pull.head == repository) {
            let range = format!("refs/heads/{}..refs/heads/{}", pull.base, pull.branch);
            if self.git(repository, &["rev-list", &range]).trim().is_empty() {
                pull.state = "CLOSED";
            }
        }
        Ok(json!({ "updateRefs": { "clientMutationId": null } }))
    }

    fn commit_on_branch(
        &self,
        repository: &str,
        branch: &str,
        input: &Value,
    ) -> Result<Value, Refusal> {
        let Some(head) = self.head(repository, branch) else {
            return Err(("NOT_FOUND", format!("The branch {branch} does not exist")));
        };
        let expected = input["expectedHeadOid"].as_str().unwrap();
        if head != expected {
            let words = format!("Expected branch to point to \"{expected}\" but it did not.");
            return Err(("STALE_DATA", words));
        }
        let additions = input.pointer("/fileChanges/additions").unwrap().as_array().unwrap();
        let files: Vec<_> = additions
            .iter()
            .map(|it| {
                (
                    it["path"].as_str().unwrap(),
                    STANDARD.decode(it["contents"].as_str().unwrap()).unwrap(),
                )
            })
            .collect();
        let rights = locked(&self.rights).clone();
        let may = rights.scopes.map_or(rights.workflows, |scopes| scopes.contains(&"workflow"));
        if let Some((path, _)) =
            files.iter().find(|(path, _)| path.starts_with(".github/workflows/") && !may)
        {
            let words = format!(
                "refusing to allow a Personal Access Token to create or update workflow `{path}` \
                 without `workflow` scope"
            );
            return Err(("FORBIDDEN", words));
        }
        let message = &input["message"];
        let message = format!(
            "{}\n\n{}",
            message["headline"].as_str().unwrap(),
            message["body"].as_str().unwrap()
        );
        let id = self.commit(repository, branch, &message, "noreply@github.com", &files);
        Ok(json!({ "createCommitOnBranch": { "commit": { "oid": id } } }))
    }

    fn create_pull(&self, input: &Value) -> Result<Value, Refusal> {
        let text = |name: &str| input[name].as_str().unwrap_or_default().to_owned();
        let repository = text("repositoryId");
        let head = text("headRefName");
        let (from, branch) = match head.split_once(':') {
            Some((owner, branch)) => {
                let name = repository.split('/').nth(1).unwrap();
                (format!("{owner}/{name}"), branch.to_owned())
            }
            None => (repository.clone(), head),
        };
        let mut pulls = locked(&self.pulls);
        let is_same = |pull: &Pull| {
            pull.head == from && pull.branch == branch && pull.base == text("baseRefName")
        };
        if pulls.iter().any(|pull| pull.state == "OPEN" && is_same(pull)) {
            let words = format!("A pull request already exists for {branch}.");
            return Err(("UNPROCESSABLE", words));
        }
        if self.head(&from, &branch).is_none() {
            return Err(("UNPROCESSABLE", "Head sha can't be blank".to_owned()));
        }
        if text("body").chars().count() > 65_536 {
            return Err(("UNPROCESSABLE", "Body is too long".to_owned()));
        }
        let pull = Pull {
            number: pulls.len() + 1,
            title: text("title"),
            body: text("body"),
            state: "OPEN",
            base: text("baseRefName"),
            head: from,
            branch,
            is_draft: input["draft"] == true,
            labels: Vec::new(),
            repository,
        };
        let url = self.url_of(&pull);
        let id = format!("PR {}", pull.number);
        let answer = json!({ "id": id, "number": pull.number, "url": url });
        pulls.push(pull);
        Ok(json!({ "createPullRequest": { "pullRequest": answer } }))
    }
}
