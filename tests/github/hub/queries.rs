//! The queries of GraphQL.

use serde_json::{Value, json};

use super::repositories::bytes;
use super::{Pull, Refusal, World, locked};

impl World {
    pub(super) fn query(&self, name: &str, variables: &Value) -> Result<Value, Refusal> {
        let text = |name: &str| variables[name].as_str().unwrap_or_default().to_owned();
        if name == "repositories" {
            return Ok(self.listing(&text("owner"), variables["after"].as_str()));
        }
        let repository = format!("{}/{}", text("owner"), text("name"));
        if !self.is_there(&repository) {
            let words = format!("Could not resolve to a Repository with the name '{repository}'.");
            return Err(("NOT_FOUND", words));
        }
        let found = match name {
            "about" => self.about(&repository, &text("base")),
            "files" => {
                let mut fields = json!({});
                for (alias, expression) in variables.as_object().unwrap() {
                    if !matches!(alias.as_str(), "owner" | "name") {
                        fields[alias] = self.object(&repository, expression.as_str().unwrap());
                    }
                }
                fields
            }
            "branch" => json!({
                "id": repository,
                "ref": self.ref_at(&repository, &text("ref")).map(|id| json!({ "target": { "oid": id } })),
            }),
            "head" => json!({ "ref": self.ref_at(&repository, &text("ref")).map(|id| {
                let show = |format: &str| self.git(&repository, &["show", "-s", format, &id]);
                let parents = show("--format=%P");
                let parents: Vec<_> = parents.split_whitespace().map(|id| json!({ "oid": id })).collect();
                json!({ "target": {
                    "oid": id,
                    "message": show("--format=%B").trim_end(),
                    "parents": { "nodes": parents },
                } })
            }) }),
            "pulls" => self.pulls_from(&repository, &text("branch")),
            "forks" => {
                let login = locked(&self.rights).login;
                let known = locked(&self.known);
                let own = known.iter().filter(|(name, known)| {
                    known.fork_of.as_deref() == Some(&repository)
                        && name.starts_with(&format!("{login}/"))
                });
                let own: Vec<_> = own.map(|(name, _)| json!({ "nameWithOwner": name })).collect();
                json!({ "forks": { "nodes": own } })
            }
            other => panic!("the query {other}"),
        };
        let login = locked(&self.rights).login;
        Ok(json!({ "viewer": { "login": login }, "repository": found }))
    }

    fn about(&self, repository: &str, base: &str) -> Value {
        let known = self.known(repository).unwrap();
        let branch = |full: &str| {
            let id = self.ref_at(repository, full)?;
            Some(json!({ "name": full.trim_start_matches("refs/heads/"), "target": { "oid": id } }))
        };
        let may_push = self.may_push(repository);
        json!({
            "id": repository,
            "nameWithOwner": repository,
            "isArchived": known.is_archived,
            "isFork": known.fork_of.is_some(),
            "isPrivate": known.is_private,
            "viewerPermission": if may_push { "WRITE" } else { "READ" },
            "parent": known.fork_of.map(|name| json!({ "nameWithOwner": name })),
            "defaultBranchRef": branch("refs/heads/main"),
            "ref": branch(base),
        })
    }

    fn object(&self, repository: &str, expression: &str) -> Value {
        let kind = self.git(repository, &["cat-file", "-t", expression]);
        match kind.trim() {
            "blob" => {
                let id = self.git(repository, &["rev-parse", expression]);
                let path = self.path(repository);
                let content = bytes(&path, &["cat-file", "blob", expression]);
                let text = String::from_utf8(content).ok();
                // As GitHub does with long files.
                let is_long = text.as_ref().is_some_and(|text| text.len() > 50_000);
                let text = text.map(|text| text.chars().take(50_000).collect::<String>());
                json!({
                    "oid": id.trim(), "isBinary": text.is_none(), "isTruncated": is_long, "text": text,
                })
            }
            "tree" => {
                let listed = self.git(repository, &["ls-tree", "-z", expression]);
                let entries = listed.split_terminator('\0').map(|row| {
                    let (meta, name) = row.split_once('\t').unwrap();
                    let mut meta = meta.split(' ');
                    let mode = u32::from_str_radix(meta.next().unwrap(), 8).unwrap();
                    let id = meta.nth(1).unwrap();
                    json!({ "name": name, "mode": mode, "object": self.object(repository, id) })
                });
                json!({ "entries": entries.collect::<Vec<_>>() })
            }
            _ => Value::Null,
        }
    }

    fn pulls_from(&self, repository: &str, branch: &str) -> Value {
        let pulls = locked(&self.pulls);
        let its = pulls.iter().filter(|it| it.repository == repository && it.branch == branch);
        let nodes = its.map(|pull| {
            json!({
                "id": format!("PR {}", pull.number),
                "number": pull.number,
                "url": self.url_of(pull),
                "title": pull.title,
                "body": pull.body,
                "state": pull.state,
                "baseRefName": pull.base,
                "headRepository": { "nameWithOwner": pull.head },
                "labels": { "nodes": pull.labels.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>() },
            })
        });
        json!({ "pullRequests": { "nodes": nodes.collect::<Vec<_>>() } })
    }

    pub(super) fn url_of(&self, pull: &Pull) -> String {
        format!("https://github.example/{}/pull/{}", pull.repository, pull.number)
    }

    /// Three repositories a page.
    fn listing(&self, owner: &str, after: Option<&str>) -> Value {
        let known = locked(&self.known);
        let names: Vec<_> =
            known.keys().filter(|name| name.starts_with(&format!("{owner}/"))).collect();
        if names.is_empty() {
            return json!({ "repositoryOwner": null });
        }
        let start: usize = after.map_or(0, |after| after.parse().unwrap());
        let page = names.iter().skip(start).take(3);
        json!({ "repositoryOwner": { "repositories": {
            "nodes": page.map(|name| json!({ "nameWithOwner": name })).collect::<Vec<_>>(),
            "pageInfo": { "hasNextPage": start + 3 < names.len(), "endCursor": (start + 3).to_string() },
        } } })
    }
}
