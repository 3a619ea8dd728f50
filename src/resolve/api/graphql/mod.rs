//! GraphQL: many repositories in one request, for who has a token.
//!
//! A first query asks for the wanted refs and commits and the newest hundred tags of each repository.
//! Mostly that is all. Where a wanted commit has no full version tag among them, further pages are
//! read, and where no ref is on it, it is held against the default branch: of all such repositories
//! together.

mod answer;
mod definitions;
mod gathered;
mod query;

use reqwest::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::Value;

use self::answer::{Body, Repository, Vulnerabilities};
pub(in crate::resolve) use self::definitions::ask_definitions;
pub use self::definitions::definitions_query;
use self::gathered::Gathered;
pub use self::query::{Page, Question, query};
use super::Api;
use crate::actions::Refs;
use crate::resolve::failure::Failure;
use crate::resolve::patience::Patience;
use crate::resolve::wanted::Asked;

/// How many repositories one query asks about. GitHub gives a query ten seconds.
pub(in crate::resolve) const BATCH: usize = 40;

/// How many pages of tags are read of a repository: a thousand tags.
const MAX_PAGES: usize = 10;

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
    let mut gathered: Vec<_> = asked.iter().map(|(_, wish)| Gathered::new(wish)).collect();
    let mut open: Vec<usize> = (0..asked.len()).collect();
    for _ in 0..MAX_PAGES {
        let questions: Vec<_> =
            open.iter().map(|&position| gathered[position].question(asked[position].0)).collect();
        let answers =
            match in_parts(patience, &questions, &async |part: &[_]| send(api, part).await).await {
                Ok(answers) => answers,
                // What the first pages brought is true without the later ones.
                Err(_) if gathered.iter().any(Gathered::has_begun) => break,
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
async fn in_parts<Q, A>(
    patience: &Patience,
    questions: &[Q],
    send: &impl AsyncFn(&[Q]) -> Result<Vec<A>, Failure>,
) -> Result<Vec<A>, Failure> {
    let failure = match patience.ask(async || send(questions).await).await {
        Ok(answers) => return Ok(answers),
        Err(failure) => failure,
    };
    if !matches!(failure, Failure::TooSlow(_)) || questions.len() < 2 {
        return Err(failure);
    }
    let (first, second) = questions.split_at(questions.len() / 2);
    let mut answers = Box::pin(in_parts(patience, first, send)).await?;
    answers.extend(Box::pin(in_parts(patience, second, send)).await?);
    Ok(answers)
}

/// Sends a query. Gives its answer, of which parts may have failed.
async fn post(api: &Api, query: &str) -> Result<Body, Failure> {
    let answer = api.post(&serde_json::json!({ "query": query })).await?;
    let headers = answer.headers.clone();
    let body = answer.success().map_err(|failure| match failure {
        // It is the endpoint that is not found, not a repository.
        Failure::NotFound => Failure::Refused(StatusCode::NOT_FOUND, String::new()),
        failure => api.without_token(failure),
    })?;
    let body: Body = super::from_json(&body)?;
    match body.errors.iter().find(|error| !error.has_path()).map(answer::Error::failure) {
        None => Ok(body),
        // With status 200; the headers say until when.
        Some(Failure::RateLimited(_)) => Err(Failure::of_status(
            StatusCode::FORBIDDEN,
            &headers,
            b"{\"message\":\"rate limit\"}",
        )),
        Some(failure) => Err(api.without_token(failure)),
    }
}

async fn send(
    api: &Api,
    questions: &[Question<'_>],
) -> Result<Vec<Result<Repository, Failure>>, Failure> {
    let mut body = post(api, &query(questions)).await?;
    let mut data = body.data.take().unwrap_or_default();
    let answers = (0..questions.len()).map(|position| {
        let alias = query::repository_alias(position);
        // A part that failed is `null`, like one that is not there: not to be mistaken for it.
        match body.errors.iter().find(|error| error.concerns(&alias)) {
            Some(error) => Err(api.without_token(error.failure())),
            None => {
                let answer = data.remove(&alias).unwrap_or_default();
                let mut repository: Repository = read(answer)?.ok_or(Failure::NotFound)?;
                let advisories = data.remove(&query::advisories_alias(position));
                // Where they cannot be told, the refs can.
                let advisories: Option<Vulnerabilities> =
                    advisories.and_then(|answer| read(answer).ok()?);
                repository.advisories = advisories.map(Vulnerabilities::advisories);
                Ok(repository)
            }
        }
    });
    Ok(answers.collect())
}

/// A part of an answer; `None` where it is `null`.
fn read<T: DeserializeOwned>(value: Value) -> Result<Option<T>, Failure> {
    serde_json::from_value(value).map_err(|_| super::unreadable())
}
