//! A GitHub API that answers our own queries, and no others: `schema.rs` shows that GitHub's schema
//! takes them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::server::{Reply, Request};

/// A repository of it.
#[derive(Clone, Debug, Default)]
struct Repository {
    /// The name that it has by now.
    name: String,
    archived: bool,
    private: bool,
    /// By full name: the commit, its day.
    refs: BTreeMap<String, (String, String)>,
    /// Its other commits: each with its day, and how the default branch compares.
    commits: BTreeMap<String, (String, &'static str)>,
    /// The objects of annotated tags, each with the full name of its tag.
    objects: BTreeMap<String, String>,
    /// By tag: the day of its publication, and whether its owner calls it a pre-release.
    releases: BTreeMap<String, (String, bool)>,
    /// What is wrong with it: an error's type.
    error: Option<&'static str>,
    /// Its files, by ref and path: `v1:action.yml`.
    files: BTreeMap<String, String>,
    /// Its vulnerabilities: the ID, how bad it is, the range, the first repaired version.
    advisories: Vec<[&'static str; 4]>,
}

/// GitHub, as far as refs go.
#[derive(Clone, Debug, Default)]
pub(crate) struct Github {
    repositories: BTreeMap<String, Repository>,
}

impl Github {
    fn repository(&mut self, name: &str) -> &mut Repository {
        let new = || Repository { name: name.to_owned(), ..Repository::default() };
        self.repositories.entry(name.to_ascii_lowercase()).or_insert_with(new)
    }

    pub(crate) fn tag(self, repository: &str, tag: &str, commit: &str, day: &str) -> Self {
        self.put(repository, format!("refs/tags/{tag}"), commit, day)
    }

    pub(crate) fn branch(self, repository: &str, branch: &str, commit: &str, day: &str) -> Self {
        self.put(repository, format!("refs/heads/{branch}"), commit, day)
    }

    fn put(mut self, repository: &str, name: String, commit: &str, day: &str) -> Self {
        self.repository(repository).refs.insert(name, (full(commit), day.to_owned()));
        self
    }

    /// A commit that no ref points at, as seen from the default branch: `BEHIND`, `DIVERGED`.
    pub(crate) fn commit(
        mut self,
        repository: &str,
        commit: &str,
        day: &str,
        status: &'static str,
    ) -> Self {
        self.repository(repository).commits.insert(full(commit), (day.to_owned(), status));
        self
    }

    /// The object of an annotated tag.
    pub(crate) fn object(mut self, repository: &str, object: &str, tag: &str) -> Self {
        let tag = format!("refs/tags/{tag}");
        self.repository(repository).objects.insert(full(object), tag);
        self
    }

    /// A vulnerability: its ID, how bad it is, which versions have it, which is the first repaired
    /// one, if any.
    pub(crate) fn advisory(mut self, repository: &str, advisory: [&'static str; 4]) -> Self {
        self.repository(repository).advisories.push(advisory);
        self
    }

    /// A tag with a release that was published on a day, of a commit of the same day.
    pub(crate) fn release(self, repository: &str, tag: &str, commit: &str, day: &str) -> Self {
        self.tag(repository, tag, commit, day).published(repository, tag, day, false)
    }

    pub(crate) fn published(
        mut self,
        repository: &str,
        tag: &str,
        day: &str,
        is_prerelease: bool,
    ) -> Self {
        let release = (day.to_owned(), is_prerelease);
        self.repository(repository).releases.insert(tag.to_owned(), release);
        self
    }

    /// A file as it is at a tag, branch or commit.
    pub(crate) fn file(mut self, repository: &str, git_ref: &str, path: &str, text: &str) -> Self {
        self.repository(repository).files.insert(format!("{git_ref}:{path}"), text.to_owned());
        self
    }

    pub(crate) fn archived(mut self, repository: &str) -> Self {
        self.repository(repository).archived = true;
        self
    }

    pub(crate) fn private(mut self, repository: &str) -> Self {
        self.repository(repository).private = true;
        self
    }

    pub(crate) fn renamed(mut self, repository: &str, name: &str) -> Self {
        self.repository(repository).name = name.to_owned();
        self
    }

    pub(crate) fn failing(mut self, repository: &str, error: &'static str) -> Self {
        self.repository(repository).error = Some(error);
        self
    }

    pub(crate) fn serve(&self, request: &Request) -> Reply {
        match request.path() {
            "/api/graphql" => self.graphql(request),
            "/api/v3/advisories" => self.rest_advisories(request.query()),
            path if path.starts_with("/raw/") => self.raw(&path[5..]),
            path => match path.strip_prefix("/api/v3/repos/") {
                Some(route) => self.rest(route, request.query()),
                None => Reply::new(404, ""),
            },
        }
    }

    /// A file as it is: `own/er/v1/action.yml`.
    fn raw(&self, path: &str) -> Reply {
        let known = self.repositories.iter().find_map(|(name, repository)| {
            let rest = path.strip_prefix(name.as_str())?.strip_prefix('/')?;
            let mut files = repository.files.iter();
            files.find(|(file, _)| file.replacen(':', "/", 1) == rest).map(|(_, text)| text)
        });
        match known {
            Some(text) => Reply::new(200, text.as_str()).with("Content-Type", "text/plain"),
            None => Reply::new(404, "404: Not Found"),
        }
    }

    fn graphql(&self, request: &Request) -> Reply {
        if request.header("authorization").is_none() {
            return Reply::new(401, r#"{"message": "Bad credentials"}"#);
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let (mut data, mut errors) = (Map::new(), Vec::new());
        let mut lines = body["query"].as_str().unwrap().lines();
        while let Some(line) = lines.next() {
            if line == "}" {
                break;
            }
            if let Some((alias, call)) = line.trim().split_once(": securityVulnerabilities(") {
                let nodes = self.advisories(&strings(call)[0]).into_iter().map(
                    |[id, severity, range, patched]| {
                        json!({
                            "severity": severity.to_uppercase(),
                            "vulnerableVersionRange": range,
                            "firstPatchedVersion":
                                (!patched.is_empty()).then(|| json!({"identifier": patched})),
                            "advisory": {"ghsaId": id, "withdrawnAt": withdrawn(id)},
                        })
                    },
                );
                data.insert(alias.to_owned(), json!({"nodes": nodes.collect::<Value>()}));
                continue;
            }
            let Some((alias, call)) = line.trim().split_once(": repository(") else { continue };
            let strings = strings(call);
            let fields: Vec<_> = lines.by_ref().take_while(|line| line.trim() != "}").collect();
            let known = self.repositories.get(&strings.join("/").to_ascii_lowercase());
            let error = known.map_or(Some("NOT_FOUND"), |known| known.error);
            let answer = match (error, known) {
                (None, Some(known)) => known.answer(&fields),
                (kind, _) => {
                    errors.push(json!({"type": kind, "path": [alias], "message": "no"}));
                    Value::Null
                }
            };
            data.insert(alias.to_owned(), answer);
        }
        let mut answer = json!({"data": data});
        if !errors.is_empty() {
            answer["errors"] = errors.into();
        }
        Reply::new(200, answer.to_string()).with("Content-Type", "application/json")
    }

    fn advisories(&self, repository: &str) -> Vec<[&'static str; 4]> {
        let known = self.repositories.get(&repository.to_ascii_lowercase());
        known.map(|known| known.advisories.clone()).unwrap_or_default()
    }

    fn rest_advisories(&self, query: &str) -> Reply {
        let affects = query.split('&').find_map(|it| it.strip_prefix("affects=")).unwrap();
        let found = affects.split(',').flat_map(|name| {
            self.advisories(name).into_iter().map(move |[id, severity, range, patched]| {
                json!({
                    "ghsa_id": id,
                    "severity": severity,
                    "withdrawn_at": withdrawn(id),
                    "vulnerabilities": [{
                        "package": {"ecosystem": "actions", "name": name},
                        "vulnerable_version_range": range,
                        "first_patched_version": (!patched.is_empty()).then_some(patched),
                    }],
                })
            })
        });
        Reply::new(200, found.collect::<Value>().to_string())
    }

    fn rest(&self, route: &str, query: &str) -> Reply {
        let mut parts = route.splitn(3, '/');
        let name = format!("{}/{}", parts.next().unwrap(), parts.next().unwrap());
        let Some(known) = self.repositories.get(&name.to_ascii_lowercase()) else {
            return Reply::new(404, r#"{"message": "Not Found"}"#);
        };
        let below = |prefix: &str| {
            let found = known.refs.iter().filter(|(name, _)| name.starts_with(prefix));
            found.map(|(name, (commit, _))| (name.clone(), commit.clone())).collect::<Vec<_>>()
        };
        match parts.next() {
            None => Reply::new(
                200,
                json!({"full_name": known.name, "default_branch": "main", "archived": known.archived, "private": known.private})
                    .to_string(),
            ),
            Some("tags") => {
                let page: usize = query.rsplit_once("&page=").unwrap().1.parse().unwrap();
                let tags: Vec<_> = below("refs/tags/")
                    .iter()
                    .map(|(name, commit)| json!({"name": name[10..], "commit": {"sha": commit}}))
                    .collect();
                let reply = |page: &[Value]| Reply::new(200, Value::from(page).to_string());
                let pages: Vec<_> = tags.chunks(100).collect();
                match pages.get(page - 1) {
                    Some(one) if page < pages.len() => {
                        reply(one).with("Link", "<http://x/?page=2>; rel=\"next\"")
                    }
                    Some(one) => reply(one),
                    None => reply(&[]),
                }
            }
            Some(more) if more.starts_with("releases") => {
                let releases = known.releases.iter().map(|(tag, (day, is_prerelease))| {
                    json!({
                        "tag_name": tag, "published_at": format!("{day}T00:00:00Z"),
                        "draft": false, "prerelease": is_prerelease,
                    })
                });
                Reply::new(200, releases.collect::<Value>().to_string())
            }
            Some(more) => {
                let prefix = more.strip_prefix("git/matching-").unwrap();
                let found = below(prefix);
                let found = found.iter().map(|(name, commit)| {
                    json!({"ref": name, "object": {"type": "commit", "sha": commit}})
                });
                Reply::new(200, found.collect::<Value>().to_string())
            }
        }
    }
}

impl Repository {
    fn answer(&self, fields: &[&str]) -> Value {
        let mut answer = json!({});
        if fields.iter().any(|field| field.trim() == "...about") {
            answer = json!({
                "nameWithOwner": self.name,
                "isArchived": self.archived,
                "isPrivate": self.private,
                "defaultBranchRef": self.node("refs/heads/main"),
            });
        }
        for field in fields.iter().map(|field| field.trim()) {
            if let Some((alias, call)) = field.split_once(": ref(qualifiedName: ") {
                answer[alias] = self.node(&strings(call)[0]);
            } else if let Some((alias, call)) = field.split_once(": object(expression: ") {
                answer[alias] = match self.files.get(&strings(call)[0]) {
                    Some(text) => {
                        let is_truncated = text.len() > 512_000;
                        json!({"text": text, "isTruncated": is_truncated, "isBinary": false})
                    }
                    None => Value::Null,
                };
            } else if let Some((alias, call)) = field.split_once(": object(oid: ") {
                answer[alias] = self.object(&strings(call)[0]);
            } else if let Some(calls) = field.strip_prefix("h: defaultBranchRef {") {
                for (alias, call) in calls.split(" }").filter_map(|it| it.split_once(": compare("))
                {
                    let status = self.commits.get(&strings(call)[0]).map(|(_, status)| status);
                    answer["h"][alias.trim()] = json!({"status": status});
                }
            } else if let Some(call) = field.strip_prefix("tags: refs(") {
                let after = strings(call).first().map_or(0, |cursor| cursor.parse().unwrap());
                answer["tags"] = self.page("", after, 100);
            } else if let Some((alias, call)) = field.split_once(": refs(") {
                answer[alias] = self.page(&strings(call)[0], 0, 50);
            } else if field.starts_with("releases(") {
                let releases = self.releases.iter().map(|(tag, (day, is_prerelease))| {
                    json!({
                        "tagName": tag, "publishedAt": format!("{day}T00:00:00Z"),
                        "isDraft": false, "isPrerelease": is_prerelease,
                    })
                });
                let draft = json!({
                    "tagName": "v98.0.0", "publishedAt": null, "isDraft": true, "isPrerelease": false
                });
                answer["releases"] = json!({"nodes": releases.chain([draft]).collect::<Value>()});
            }
        }
        answer
    }

    /// What stands under a SHA.
    fn object(&self, sha: &str) -> Value {
        if let Some(tag) = self.objects.get(sha) {
            let (oid, day) = &self.refs[tag];
            return json!({"__typename": "Tag", "target": commit(oid, day)});
        }
        let known = self.refs.values().find(|(oid, _)| *oid == sha).map(|(_, day)| day);
        match known.or_else(|| self.commits.get(sha).map(|(day, _)| day)) {
            Some(day) => commit(sha, day),
            None => Value::Null,
        }
    }

    /// A page of the tags whose names hold these words.
    fn page(&self, query: &str, after: usize, first: usize) -> Value {
        let is_wanted =
            |name: &str| name.strip_prefix("refs/tags/").is_some_and(|tag| tag.contains(query));
        let mut tags: Vec<_> = self.refs.iter().filter(|(name, _)| is_wanted(name)).collect();
        tags.sort_by(|(_, (_, one)), (_, (_, other))| other.cmp(one));
        let nodes: Vec<_> =
            tags.iter().skip(after).take(first).map(|(name, _)| self.node(name)).collect();
        let end = after + nodes.len();
        json!({
            "nodes": nodes,
            "pageInfo": {"hasNextPage": end < tags.len(), "endCursor": end.to_string()},
        })
    }

    /// A ref; every other tag is annotated, every fourth a tag of a tag.
    fn node(&self, full_name: &str) -> Value {
        let Some((commit, day)) = self.refs.get(full_name) else { return Value::Null };
        let mut target = self::commit(commit, day);
        let depth = if full_name.starts_with("refs/tags/") { full_name.len() % 4 } else { 0 };
        for _ in 1..depth {
            target = json!({"__typename": "Tag", "target": target});
        }
        json!({"name": full_name.splitn(3, '/').nth(2), "target": target})
    }
}

/// Since when an advisory with this ID no longer stands.
fn withdrawn(id: &str) -> Option<&'static str> {
    id.contains("withdrawn").then_some("2026-01-01T00:00:00Z")
}

fn commit(oid: &str, day: &str) -> Value {
    json!({"__typename": "Commit", "oid": oid, "committedDate": format!("{day}T00:00:00Z")})
}

/// A SHA that starts so.
pub(crate) fn full(start: &str) -> String {
    format!("{start}{}", "0".repeat(40 - start.len()))
}

/// The strings in a piece of GraphQL.
fn strings(text: &str) -> Vec<String> {
    text.split('"')
        .skip(1)
        .step_by(2)
        .filter(|text| *text != "refs/tags/")
        .map(str::to_owned)
        .collect()
}
