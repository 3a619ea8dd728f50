//! The npm package `@octokit/openapi`: every operation of GitHub's REST API, with its Octokit method.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use super::needs::{Level, Needs};
use crate::Fault;

/// A method and a path with its parameters, `/repos/{owner}/{repo}`. In the order of the table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Endpoint {
    pub(super) path: String,
    pub(super) method: String,
}

impl Endpoint {
    pub(super) fn new(method: &str, path: &str) -> Self {
        Self { path: path.to_owned(), method: method.to_ascii_uppercase() }
    }

    fn reads(&self) -> bool {
        self.method == "GET"
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Operation {
    /// Its name below `github.rest`: `pulls.requestReviewers`.
    pub(super) octokit: String,
    category: String,
    for_apps: bool,
}

#[derive(Deserialize)]
struct Description {
    paths: BTreeMap<String, BTreeMap<String, Described>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    operation_id: String,
    #[serde(rename = "x-github")]
    github: GitHub,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GitHub {
    category: String,
    #[serde(rename = "enabledForGitHubApps", default)]
    enabled_for_github_apps: bool,
}

pub(super) fn parse(text: &str) -> Result<BTreeMap<Endpoint, Operation>, Fault> {
    let description: Description =
        serde_json::from_str(text).map_err(|error| format!("the OpenAPI description: {error}"))?;
    let mut operations = BTreeMap::new();
    for (path, methods) in description.paths {
        for (method, described) in methods {
            let octokit = octokit(&described.operation_id)
                .ok_or_else(|| format!("`{}` is no operation's id", described.operation_id))?;
            let GitHub { category, enabled_for_github_apps: for_apps } = described.github;
            operations
                .insert(Endpoint::new(&method, &path), Operation { octokit, category, for_apps });
        }
    }
    Ok(operations)
}

/// `pulls/request-reviewers` is `pulls.requestReviewers` in Octokit.
fn octokit(id: &str) -> Option<String> {
    let (space, name) = id.split_once('/')?;
    Some(format!("{}.{}", camel_case(space), camel_case(name)))
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('-');
    let mut out = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}

/// Where everyone may read: no list of permissions names these.
const PUBLIC: [&str; 8] = [
    "activity",
    "apps",
    "codes-of-conduct",
    "emojis",
    "gitignore",
    "licenses",
    "meta",
    "security-advisories",
];

impl Operation {
    /// What is to be said of an operation that no list of permissions names.
    pub(super) fn needs(&self, endpoint: &Endpoint) -> Needs {
        let path = &endpoint.path;
        // The lists speak of GitHub Apps, which do not reach packages. The workflow's token does:
        // <https://docs.github.com/packages/learn-github-packages/about-permissions-for-github-packages>
        if self.category == "packages" && !path.starts_with("/user/") {
            let level = if endpoint.reads() { Level::Read } else { Level::Write };
            return Needs::one(("packages", level));
        }
        // `GITHUB_TOKEN` is the token of an installation, not of a user or of the App itself.
        let is_its_own = path.starts_with("/installation/");
        let is_public = endpoint.reads()
            && (PUBLIC.contains(&self.category.as_str()) && !path.starts_with("/app/")
                || is_of_a_user(path));
        if self.for_apps && path != "/app" && (is_its_own || is_public) {
            Needs::Nothing
        } else {
            Needs::Unavailable
        }
    }
}

/// What a user shows everyone: `/users/{username}/social_accounts`, `/user/{account_id}`.
fn is_of_a_user(path: &str) -> bool {
    let mut parts = path.split('/').skip(1);
    match (parts.next(), parts.next(), parts.next()) {
        (Some("user"), Some(id), None) => id.starts_with('{'),
        (Some("users"), Some(_), Some(what)) => {
            matches!(what, "social_accounts" | "ssh_signing_keys")
        }
        _ => false,
    }
}
