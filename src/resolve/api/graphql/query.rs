//! The text of a query: many repositories in one.
//!
//! The fields are those of GitHub's published schema, <https://docs.github.com/graphql>, which a
//! test validates the text against.

use std::fmt::{self, Write as _};

use crate::actions::{Commit, RepositoryName, index};

/// How many tags a page holds, and how many vulnerabilities are asked for: the most that GitHub gives.
pub(super) const PAGE: usize = 100;

/// How many releases are asked for, and how many tags of a series: an action that is released every
/// day is known for longer than a month.
const NEWEST: usize = 50;

/// What is asked about every repository.
///
/// `peeled` goes three tag objects deep: a tag may stand for a tag.
const FRAGMENTS: &str = "\
fragment about on Repository {
  nameWithOwner
  isArchived
  isPrivate
  defaultBranchRef { ...entry }
}
fragment tags on RefConnection {
  nodes { ...entry }
  pageInfo { hasNextPage endCursor }
}
fragment entry on Ref {
  name
  target { ...peeled }
}
fragment peeled on GitObject {
  ...commit
  ... on Tag { target { ...commit ... on Tag { target { ...commit ... on Tag { target { ...commit } } } } } }
}
fragment commit on GitObject {
  __typename
  ... on Commit { oid committedDate }
}
";

/// What is asked about the vulnerabilities of a package: for whatever range of versions each.
const ADVISORIES: &str = "\
fragment advisories on SecurityVulnerabilityConnection {
  nodes {
    severity
    vulnerableVersionRange
    firstPatchedVersion { identifier }
    advisory { ghsaId withdrawnAt }
  }
}
";

/// What is asked about releases, where they are asked for.
const RELEASES: &str = "\
fragment published on ReleaseConnection {
  nodes { tagName publishedAt isDraft isPrerelease }
}
";

/// What a query asks of one repository.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The repository.
    pub repository: RepositoryName<'a>,
    /// The names that may be tags or branches of it.
    pub names: Vec<&'a str>,
    /// The commits of which to tell whether they are there, and their days.
    pub commits: Vec<Commit>,
    /// The commits of which to tell whether the default branch holds them.
    pub compared: Vec<Commit>,
    /// Which of its tags to tell.
    pub tags: Page,
    /// Whether to tell its known vulnerabilities.
    pub advisories: bool,
    /// What the names of the newest releases that are wanted start with.
    pub newer: Vec<&'a str>,
}

/// A page of tags, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// None.
    None,
    /// The first.
    First,
    /// The one behind this cursor.
    After(String),
}

/// The alias of a repository in a query.
pub(super) fn repository_alias(position: usize) -> String {
    format!("r{position}")
}

/// The alias of a repository's vulnerabilities, which stand beside it.
pub(super) fn advisories_alias(position: usize) -> String {
    format!("v{position}")
}

/// The alias of a wanted name as a tag.
pub(super) fn tag_alias(position: usize) -> String {
    format!("t{position}")
}

/// The alias of a wanted name as a branch.
pub(super) fn branch_alias(position: usize) -> String {
    format!("b{position}")
}

/// The alias of a commit.
pub(super) fn commit_alias(position: usize) -> String {
    format!("c{position}")
}

/// The alias of the default branch, under which commits are compared with it.
pub(super) const HISTORY: &str = "h";

/// The alias of a commit that is compared.
pub(super) fn compared_alias(position: usize) -> String {
    format!("h{position}")
}

/// The alias of the newest tags of a series.
pub(super) fn series_alias(position: usize) -> String {
    format!("s{position}")
}

/// The query for all these questions.
pub fn query(questions: &[Question<'_>]) -> String {
    let releases = questions.iter().any(|question| !question.newer.is_empty());
    let mut text = String::from("query {\n");
    for (position, question) in questions.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = push(&mut text, position, question);
    }
    text.push_str("}\n");
    text.push_str(FRAGMENTS);
    if questions.iter().any(|question| question.advisories) {
        text.push_str(ADVISORIES);
    }
    // GitHub refuses a fragment that nothing uses.
    text.push_str(if releases { RELEASES } else { "" });
    text
}

fn push(text: &mut String, position: usize, question: &Question<'_>) -> fmt::Result {
    let RepositoryName { owner, name } = question.repository;
    let alias = repository_alias(position);
    writeln!(text, "  {alias}: repository(owner: {}, name: {}) {{", quoted(owner), quoted(name))?;
    writeln!(text, "    ...about")?;
    let after = match &question.tags {
        Page::None => None,
        Page::First => Some(String::new()),
        Page::After(cursor) => Some(format!(", after: {}", quoted(cursor))),
    };
    if let Some(after) = after {
        writeln!(
            text,
            "    tags: refs(refPrefix: \"refs/tags/\", first: {PAGE}{after}, \
             orderBy: {{field: TAG_COMMIT_DATE, direction: DESC}}) {{ ...tags }}"
        )?;
    }
    for (position, name) in question.names.iter().enumerate() {
        for (alias, prefix) in
            [(tag_alias(position), "refs/tags/"), (branch_alias(position), "refs/heads/")]
        {
            let name = quoted(&format!("{prefix}{name}"));
            writeln!(text, "    {alias}: ref(qualifiedName: {name}) {{ ...entry }}")?;
        }
    }
    for (position, commit) in question.commits.iter().enumerate() {
        let alias = commit_alias(position);
        writeln!(text, "    {alias}: object(oid: \"{commit}\") {{ ...peeled }}")?;
    }
    if !question.compared.is_empty() {
        write!(text, "    {HISTORY}: defaultBranchRef {{")?;
        for (position, commit) in question.compared.iter().enumerate() {
            let alias = compared_alias(position);
            write!(text, " {alias}: compare(headRef: \"{commit}\") {{ status }}")?;
        }
        writeln!(text, " }}")?;
    }
    if !question.newer.is_empty() {
        writeln!(
            text,
            "    releases(first: {NEWEST}, orderBy: {{field: CREATED_AT, direction: DESC}}) \
             {{ ...published }}"
        )?;
    }
    // The page of all tags has the newest ones, whatever they start with.
    for (position, prefix) in question.newer.iter().filter(|it| !it.is_empty()).enumerate() {
        let (alias, prefix) = (series_alias(position), quoted(prefix));
        writeln!(
            text,
            "    {alias}: refs(refPrefix: \"refs/tags/\", query: {prefix}, first: {NEWEST}, \
             orderBy: {{field: TAG_COMMIT_DATE, direction: DESC}}) {{ ...tags }}"
        )?;
    }
    writeln!(text, "  }}")?;
    if question.advisories {
        let alias = advisories_alias(position);
        // The database names a package as its owner does.
        let known = index::find(question.repository).map(|refs| refs.repository.to_string());
        let package = quoted(&known.unwrap_or_else(|| question.repository.to_string()));
        writeln!(
            text,
            "  {alias}: securityVulnerabilities(ecosystem: ACTIONS, package: {package}, \
             first: {PAGE}) {{ ...advisories }}"
        )?;
    }
    Ok(())
}

/// A GraphQL string: as in JSON, <https://spec.graphql.org/October2021/#sec-String-Value>.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
