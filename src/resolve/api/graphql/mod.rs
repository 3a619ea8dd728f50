//! GraphQL: many repositories in one request, for who has a token.
//!
//! A first query asks for the wanted refs and the newest hundred tags of each repository. Mostly
//! that is all. Where a wanted commit has no full version tag among them, further pages are read, of
//! all such repositories together.

mod answer;
mod query;

use std::collections::BTreeMap;

use reqwest::StatusCode;

use self::answer::{Body, Repository, Tags};
pub use self::query::{Question, query};
use super::Api;
use crate::actions::version::Series;
use crate::actions::{GitRef, Ref, RefKind, Refs, RepositoryName, Source};
use crate::resolve::cache::Names;
use crate::resolve::failure::Failure;
use crate::resolve::patience::Patience;

/// How many repositories one query asks about. GitHub gives a query ten seconds.
pub(in crate::resolve) const BATCH: usize = 40;

/// How many pages of tags are read of a repository: a thousand tags.
const MAX_PAGES: usize = 10;

/// A repository with the names that are wanted of it.
pub(in crate::resolve) type Asked<'a> = (RepositoryName<'a>, &'a Names<'a>);

/// What came of each repository, in the order in which they were asked.
pub(in crate::resolve) type Outcomes = Vec<Result<Refs, Failure>>;

/// Asks about a batch of repositories.
///
/// # Errors
///
/// Where the API did not answer for any of them.
pub(in crate::resolve) async fn ask(
    api: &Api,
    patience: &Patience,
    asked: &[Asked<'_>],
) -> Result<Outcomes, Failure> {
    let mut gathered: Vec<_> = asked.iter().map(|(_, names)| Gathered::new(names)).collect();
    let mut open: Vec<usize> = (0..asked.len()).collect();
    for _ in 0..MAX_PAGES {
        let questions: Vec<_> =
            open.iter().map(|&position| gathered[position].question(asked[position].0)).collect();
        let answers = match answers(api, patience, &questions).await {
            Ok(answers) => answers,
            // What the first pages brought is true without the later ones.
            Err(_) if gathered.iter().any(|one| one.refs.is_some()) => break,
            Err(failure) => return Err(failure),
        };
        for (&position, answer) in open.iter().zip(answers) {
            gathered[position].add(answer);
        }
        open.retain(|&position| gathered[position].wants_more());
        if open.is_empty() {
            break;
        }
    }
    Ok(gathered.into_iter().map(Gathered::finish).collect())
}

/// The answers to one query. A query that the server does not get done is halved.
async fn answers(
    api: &Api,
    patience: &Patience,
    questions: &[Question<'_>],
) -> Result<Vec<Result<Repository, Failure>>, Failure> {
    let failure = match patience.ask(async || send(api, questions).await).await {
        Ok(answers) => return Ok(answers),
        Err(failure) => failure,
    };
    if !matches!(failure, Failure::TooSlow(_)) || questions.len() < 2 {
        return Err(failure);
    }
    let (first, second) = questions.split_at(questions.len() / 2);
    let mut answers = Box::pin(self::answers(api, patience, first)).await?;
    answers.extend(Box::pin(self::answers(api, patience, second)).await?);
    Ok(answers)
}

async fn send(
    api: &Api,
    questions: &[Question<'_>],
) -> Result<Vec<Result<Repository, Failure>>, Failure> {
    let answer = api.post(&serde_json::json!({ "query": query(questions) })).await?;
    let headers = answer.headers.clone();
    let body = answer.success().map_err(|failure| match failure {
        // It is the endpoint that is not found, not a repository.
        Failure::NotFound => Failure::Refused(StatusCode::NOT_FOUND, String::new()),
        failure => api.without_token(failure),
    })?;
    let mut body: Body = super::from_json(&body)?;
    if let Some(error) = body.errors.iter().find(|error| !error.has_path()) {
        let failure = match error.failure() {
            // With status 200; the headers say until when.
            Failure::RateLimited(_) => {
                Failure::of_status(StatusCode::FORBIDDEN, &headers, b"{\"message\":\"rate limit\"}")
            }
            failure => api.without_token(failure),
        };
        return Err(failure);
    }
    let mut data = body.data.take().unwrap_or_default();
    let answers = (0..questions.len()).map(|position| {
        let alias = query::repository_alias(position);
        // A part that failed is `null`, like one that is not there: not to be mistaken for it.
        match body.errors.iter().find(|error| error.concerns(&alias)) {
            Some(error) => Err(api.without_token(error.failure())),
            None => data.remove(&alias).flatten().ok_or(Failure::NotFound),
        }
    });
    Ok(answers.collect())
}

/// What was gathered of one repository so far.
struct Gathered<'a> {
    names: Vec<&'a str>,
    refs: Option<Result<Found, Failure>>,
    /// Where the next page of tags starts, if there is one.
    next: Option<String>,
}

struct Found {
    repository: String,
    archived: bool,
    default_branch: Option<String>,
    refs: BTreeMap<(RefKind, String), Ref>,
    /// The last tag of the newest page: the oldest commit.
    oldest: Option<Ref>,
}

impl<'a> Gathered<'a> {
    fn new(names: &Names<'a>) -> Self {
        Self { names: names.iter().copied().collect(), refs: None, next: None }
    }

    fn question<'q>(&self, repository: RepositoryName<'q>) -> Question<'q>
    where
        'a: 'q,
    {
        // The names are asked for once.
        let names = if self.refs.is_none() { self.names.clone() } else { Vec::new() };
        Question { repository, names, after: self.next.clone() }
    }

    fn add(&mut self, answer: Result<Repository, Failure>) {
        let repository = match (answer, &self.refs) {
            (Ok(repository), _) => repository,
            (Err(failure), None) => {
                self.refs = Some(Err(failure));
                return;
            }
            // A later page that failed takes nothing away.
            (Err(_), Some(_)) => {
                self.next = None;
                return;
            }
        };
        let tags: Vec<_> = repository.tags.iter().flat_map(Tags::refs).collect();
        self.next =
            repository.tags.as_ref().and_then(|tags| tags.page_info.next().map(str::to_owned));
        let oldest = tags.last().cloned();
        let wanted = (0..self.names.len()).flat_map(|position| {
            let find = |alias: String, kind| repository.wanted.get(&alias)?.as_ref()?.to_ref(kind);
            let tag = find(query::tag_alias(position), RefKind::Tag);
            tag.into_iter().chain(find(query::branch_alias(position), RefKind::Branch))
        });
        let head = repository.default_branch_ref.as_ref();
        let head = head.and_then(|head| head.to_ref(RefKind::Branch));
        let default_branch = head.as_ref().map(|head| head.name.to_string());
        let refs = wanted.chain(head).chain(tags);
        let refs = refs.map(|entry| ((entry.kind, entry.name.to_string()), entry));
        match &mut self.refs {
            Some(Ok(found)) => {
                found.refs.extend(refs);
                found.oldest = oldest;
            }
            _ => {
                self.refs = Some(Ok(Found {
                    refs: refs.collect(),
                    repository: repository.name_with_owner,
                    archived: repository.is_archived,
                    default_branch,
                    oldest,
                }));
            }
        }
    }

    /// Whether a further page could name a wanted commit.
    fn wants_more(&self) -> bool {
        let (Some(Ok(found)), Some(_)) = (&self.refs, &self.next) else { return false };
        self.names.iter().any(|name| found.may_be_named_later(name))
    }

    fn finish(self) -> Result<Refs, Failure> {
        let found = self.refs.unwrap_or(Err(Failure::OutOfTime))?;
        Ok(Refs {
            repository: found.repository.into(),
            refs: found.refs.into_values().collect(),
            listed_until: None,
            source: Source::Repository,
            default_branch: found.default_branch.map(Into::into),
            archived: Some(found.archived),
            moved: Vec::new(),
        })
    }
}

impl Found {
    /// Whether the tag that names what this ref stands for may be on a later page.
    fn may_be_named_later(&self, name: &str) -> bool {
        let find = |kind| self.refs.get(&(kind, name.to_owned()));
        let tag = find(RefKind::Tag);
        let Some(entry) = tag.or_else(|| find(RefKind::Branch)) else {
            // An abbreviated commit may be that of any tag.
            return matches!(GitRef::parse(name), GitRef::ShortSha(digits)
                if !self.refs.values().any(|entry| entry.commit.starts_with(digits)));
        };
        // Of the branches only those that follow releases stand on one.
        let follows = tag.is_some()
            || Series::of(name).is_some()
            || matches!(name, "stable" | "latest" | "release" | "releases");
        // Tags come by the dates of their commits, the newest first.
        let passed = self.oldest.as_ref().is_some_and(|oldest| oldest.date < entry.date);
        follows && !passed && !self.is_named(entry)
    }

    /// Whether a full version tag is on the commit of this ref.
    fn is_named(&self, wanted: &Ref) -> bool {
        self.refs.values().any(|entry| {
            entry.kind == RefKind::Tag
                && entry.commit == wanted.commit
                && entry.version().is_some_and(|version| version.components().len() > 2)
        })
    }
}
