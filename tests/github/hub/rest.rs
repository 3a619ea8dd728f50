//! What is asked of the REST API.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::repositories::bytes;
use super::{World, locked};
use crate::server::Reply;

impl World {
    pub(super) fn rest(&self, route: &str, body: &Value) -> Reply {
        let parts: Vec<_> = route.split('/').collect();
        let missing = || Reply::new(404, r#"{"message": "Not Found"}"#);
        let ["GET " | "POST ", "repos", owner, name, rest @ ..] = &parts[..] else {
            return missing();
        };
        let repository = format!("{owner}/{name}");
        match rest {
            _ if !self.is_there(&repository) => missing(),
            ["compare", range] => {
                let (base, head) = range.split_once("...").unwrap();
                Reply::new(200, self.compare(&repository, base, head).to_string())
            }
            ["git", "blobs", id] => {
                let content = bytes(&self.path(&repository), &["cat-file", "blob", id]);
                let content = in_lines(&STANDARD.encode(content));
                Reply::new(200, json!({ "content": content, "encoding": "base64" }).to_string())
            }
            ["forks"] => {
                let to = format!("{}/{name}", locked(&self.rights).login);
                if !self.is_there(&to) {
                    self.fork(&repository, &to);
                }
                Reply::new(202, json!({ "full_name": to }).to_string())
            }
            ["issues", number, "labels"] => {
                let number: usize = number.parse().unwrap();
                let labels = body["labels"].as_array().unwrap().iter();
                let labels = labels.map(|label| label.as_str().unwrap().to_owned());
                locked(&self.pulls)[number - 1].labels.extend(labels);
                Reply::new(200, "[]")
            }
            _ => missing(),
        }
    }

    fn compare(&self, repository: &str, base: &str, head: &str) -> Value {
        let from = self.git(repository, &["merge-base", base, head]).trim().to_owned();
        let range = format!("{base}..{head}");
        let listed = self.git(repository, &["rev-list", "--reverse", &range]);
        let commits: Vec<_> = listed
            .lines()
            .map(|id| {
                let show = |format: &str| self.git(repository, &["show", "-s", format, id]);
                json!({
                    "sha": id,
                    "commit": {
                        "message": show("--format=%B").trim_end(),
                        "author": { "name": show("--format=%an").trim() },
                        "committer": { "email": show("--format=%ce").trim() },
                    },
                    "author": null,
                })
            })
            .collect();
        let arguments = ["diff", "--raw", "--no-renames", "--abbrev=40", &from, head];
        let changed = self.git(repository, &arguments);
        let files: Vec<_> = changed
            .lines()
            .map(|line| {
                let (meta, path) = line.split_once('\t').unwrap();
                let meta: Vec<_> = meta.split(' ').collect();
                let status = if meta[4] == "D" { "removed" } else { "modified" };
                json!({ "filename": path, "sha": meta[3], "status": status })
            })
            .collect();
        json!({
            "merge_base_commit": { "sha": from },
            "total_commits": commits.len(),
            "commits": commits,
            "files": files,
        })
    }
}

/// Base64 as GitHub gives it: 60 digits a line.
fn in_lines(text: &str) -> String {
    let lines = text.as_bytes().chunks(60).map(|line| String::from_utf8_lossy(line));
    lines.collect::<Vec<_>>().join("\n")
}
