//! What a query brings back.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use crate::actions::{Commit, Ref, RefKind};
use crate::resolve::failure::{Failure, one_line};

/// The body of an answer: data, errors, or both.
#[derive(Debug, Deserialize)]
pub(super) struct Body {
    /// By alias; `null` where there is no such repository.
    #[serde(default)]
    pub(super) data: Option<HashMap<String, Option<Repository>>>,
    #[serde(default)]
    pub(super) errors: Vec<Error>,
}

/// What went wrong with a query, or with a part of it.
#[derive(Debug, Deserialize)]
pub(super) struct Error {
    /// `NOT_FOUND`, `RATE_LIMITED`, `FORBIDDEN` …; errors of the query itself have none.
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    message: String,
    /// From the data's top; the first is a repository's alias.
    #[serde(default)]
    path: Vec<Value>,
}

impl Error {
    /// Whether it concerns this repository.
    pub(super) fn concerns(&self, alias: &str) -> bool {
        self.path.first().and_then(Value::as_str) == Some(alias)
    }

    /// Whether it concerns one repository, and not the whole query.
    pub(super) fn has_path(&self) -> bool {
        !self.path.is_empty()
    }

    pub(super) fn failure(&self) -> Failure {
        let message = one_line(&self.message);
        match self.kind.as_deref() {
            Some("NOT_FOUND") => Failure::NotFound,
            Some("RATE_LIMITED" | "RATE_LIMIT") => Failure::RateLimited(None),
            Some("FORBIDDEN") => Failure::Refused(reqwest::StatusCode::FORBIDDEN, message),
            // GitHub runs out of time for a large query with this, and status 200.
            _ if message.starts_with("Something went wrong while executing your query") => {
                Failure::TooSlow(message)
            }
            _ => Failure::Malformed(format!("GitHub's API says: {message}")),
        }
    }
}

/// What a repository answers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Repository {
    pub(super) name_with_owner: String,
    pub(super) is_archived: bool,
    pub(super) default_branch_ref: Option<Node>,
    #[serde(default)]
    pub(super) tags: Option<Tags>,
    /// The wanted names, by alias; `null` where there is no such ref.
    #[serde(flatten)]
    pub(super) wanted: HashMap<String, Option<Node>>,
}

/// A page of tags.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tags {
    nodes: Vec<Option<Node>>,
    pub(super) page_info: PageInfo,
}

impl Tags {
    pub(super) fn refs(&self) -> impl Iterator<Item = Ref> {
        self.nodes.iter().flatten().filter_map(|node| node.to_ref(RefKind::Tag))
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl PageInfo {
    /// Where the next page starts, if there is one.
    pub(super) fn next(&self) -> Option<&str> {
        self.end_cursor.as_deref().filter(|_| self.has_next_page)
    }
}

/// A ref.
#[derive(Debug, Deserialize)]
pub(super) struct Node {
    name: String,
    target: Option<Object>,
}

/// What a ref or tag object stands for: a commit, or a tag object with a target of its own. Trees
/// and blobs have neither.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    oid: Option<String>,
    committed_date: Option<String>,
    target: Option<Box<Object>>,
}

impl Node {
    /// The ref with its commit; `None` where it stands for no commit.
    pub(super) fn to_ref(&self, kind: RefKind) -> Option<Ref> {
        let mut object = self.target.as_ref()?;
        while let Some(target) = &object.target {
            object = target;
        }
        let commit: Commit = object.oid.as_deref()?.parse().ok()?;
        let date = object.committed_date.as_deref().and_then(|date| date.parse().ok());
        Some(Ref { name: self.name.clone().into(), kind, commit, date, listed: true })
    }
}
