//! What a query brings back.

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::query;
use crate::actions::{Advisory, Commit, Date, Ref, RefKind, Release, Teller};
use crate::resolve::failure::{Failure, one_line};

/// The body of an answer: data, errors, or both.
#[derive(Debug, Deserialize)]
pub(super) struct Body {
    /// Repositories and their vulnerabilities by alias; `null` where there is no such thing.
    #[serde(default)]
    pub(super) data: Option<HashMap<String, Value>>,
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
    /// Whether it concerns this repository, beyond the comparison of commits: there are none of
    /// histories that have nothing in common.
    pub(super) fn concerns(&self, alias: &str) -> bool {
        let at = |position| self.path.get(position).and_then(Value::as_str);
        at(0) == Some(alias) && at(1) != Some(query::HISTORY)
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
    pub(super) is_private: bool,
    pub(super) default_branch_ref: Option<Node>,
    #[serde(default)]
    pub(super) tags: Option<Tags>,
    #[serde(default)]
    pub(super) releases: Option<Releases>,
    /// Its known vulnerabilities, from beside it.
    #[serde(skip)]
    pub(super) advisories: Option<Vec<Advisory>>,
    /// What was asked by an alias; `null` where there is no such thing.
    #[serde(flatten)]
    more: HashMap<String, Value>,
}

impl Repository {
    /// A wanted ref, by the alias of its name.
    pub(super) fn wanted(&self, alias: &str, kind: RefKind) -> Option<Ref> {
        self.get::<Node>(alias)?.to_ref(kind)
    }

    /// The newest tags of a series, by its alias.
    pub(super) fn series(&self, alias: &str) -> Option<Tags> {
        self.get(alias)
    }

    /// What the repository says of a commit, by its alias; `None` where it does not have it, or where
    /// it is no commit.
    pub(super) fn object(&self, alias: &str) -> Option<Known> {
        let object: Object = self.get(alias)?;
        let is_tag = object.target.is_some();
        let (commit, date) = object.peeled()?;
        Some(if is_tag { Known::TagOf(commit) } else { Known::Commit(date) })
    }

    /// Whether the default branch holds a commit, by the alias of its comparison.
    pub(super) fn is_contained(&self, alias: &str) -> bool {
        let history: Option<HashMap<String, Option<Comparison>>> = self.get(query::HISTORY);
        let status = history.and_then(|mut history| history.remove(alias)?);
        status.is_some_and(|it| matches!(it.status.as_str(), "BEHIND" | "IDENTICAL"))
    }

    fn get<T: DeserializeOwned>(&self, alias: &str) -> Option<T> {
        serde_json::from_value(self.more.get(alias)?.clone()).ok()?
    }
}

/// What an object is that was asked for by its SHA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// A commit of this day.
    Commit(Option<Date>),
    /// The object of an annotated tag of this commit.
    TagOf(Commit),
}

/// A commit as seen from the default branch: a branch holds what is `BEHIND` it.
#[derive(Debug, Deserialize)]
struct Comparison {
    status: String,
}

/// The vulnerabilities of a package, one for each range of versions.
#[derive(Debug, Deserialize)]
pub(super) struct Vulnerabilities {
    nodes: Vec<Option<Vulnerability>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vulnerability {
    severity: String,
    vulnerable_version_range: String,
    first_patched_version: Option<PackageVersion>,
    advisory: AdvisoryId,
}

#[derive(Debug, Deserialize)]
struct PackageVersion {
    identifier: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AdvisoryId {
    ghsa_id: String,
    withdrawn_at: Option<String>,
}

impl Vulnerabilities {
    /// Those that still stand, and whose range can be read.
    pub(super) fn advisories(self) -> Vec<Advisory> {
        let standing =
            self.nodes.into_iter().flatten().filter(|it| it.advisory.withdrawn_at.is_none());
        let advisory = |it: Vulnerability| {
            let patched = it.first_patched_version.map(|version| version.identifier);
            Advisory::read(
                it.advisory.ghsa_id,
                &it.severity,
                &it.vulnerable_version_range,
                patched.as_deref(),
            )
        };
        standing.filter_map(advisory).collect()
    }
}

/// The newest releases.
#[derive(Debug, Deserialize)]
pub(super) struct Releases {
    #[serde(default)]
    nodes: Vec<Option<ReleaseNode>>,
}

/// A release. GitHub sets the day when its owner publishes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReleaseNode {
    tag_name: String,
    published_at: Option<String>,
    #[serde(default)]
    is_draft: bool,
    #[serde(default)]
    is_prerelease: bool,
}

impl Releases {
    /// The releases by their tags. Drafts are nobody's yet.
    pub(super) fn by_tag(&self) -> impl Iterator<Item = (String, Release)> {
        self.nodes.iter().flatten().filter(|node| !node.is_draft).filter_map(|node| {
            let since = node.published_at.as_deref()?.parse().ok()?;
            let is_prerelease = node.is_prerelease;
            let release = Release { since, told_by: Teller::GitHub, is_prerelease };
            Some((node.tag_name.clone(), release))
        })
    }
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
        let (commit, date) = self.target.as_ref()?.peeled()?;
        Some(Ref { name: self.name.clone().into(), kind, commit, date, listed: true })
    }
}

impl Object {
    /// The commit that it stands for in the end, with its day; `None` for trees and blobs.
    fn peeled(&self) -> Option<(Commit, Option<Date>)> {
        let mut object = self;
        while let Some(target) = &object.target {
            object = target;
        }
        let commit = object.oid.as_deref()?.parse().ok()?;
        let date = object.committed_date.as_deref().and_then(|date| date.parse().ok());
        Some((commit, date))
    }
}
