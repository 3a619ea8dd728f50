//! The requests: reads are sent until they are answered, changes once and then looked for.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, sleep};

use super::Problem;
use crate::resolve::{
    Answer, Api, BaseUrl, Failure, Limits, Notice, Patience, Settings, client, one_line,
    usable_token,
};

/// GitHub's APIs, with a token.
pub(crate) struct Client {
    runtime: Runtime,
    graphql: Api,
    rest: Api,
    /// The web site.
    pub(super) server: BaseUrl,
    limits: Limits,
    /// `GH_TOKEN`, say.
    pub(super) origin: &'static str,
    /// The scopes of the token, once GitHub has told them: it does for classic tokens.
    scopes: RefCell<Option<Vec<String>>>,
    /// When the next request may be sent: the limit is one for all.
    not_before: Cell<Option<Instant>>,
}

/// What GitHub says to a query that it will not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// `FORBIDDEN`, `STALE_DATA`, `UNPROCESSABLE` …
    pub(super) kind: String,
    pub(super) message: String,
}

/// Why a change was not made.
#[derive(Clone, Debug)]
pub(super) enum Unchanged {
    /// GitHub said no.
    Said(Said),
    /// There was no answer that says so.
    Failed(Failure),
}

/// The body of an answer.
#[derive(Deserialize)]
struct Body {
    data: Option<Value>,
    #[serde(default)]
    errors: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    message: String,
}

impl Client {
    /// A client with the token of these settings.
    ///
    /// # Errors
    ///
    /// Where there is none that may be used: all of this takes one.
    pub(crate) fn new(settings: &Settings) -> Result<Self, Problem> {
        let mut notices = Vec::new();
        let Some(token) = usable_token(settings, &mut notices) else {
            return Err(Problem::no_token(notices.first().map(Notice::to_string)));
        };
        let failed = |failure: Failure| Problem::failed("GitHub", &failure);
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime
            .map_err(|error| failed(Failure::Unreachable(format!("no network ({error})"))))?;
        let http = client(&settings.limits).map_err(failed)?;
        let (graphql, rest) = {
            let _inside = runtime.enter();
            let api = |base| Api::new(http.clone(), base, &token.secret).map_err(failed);
            (api(&settings.endpoints.graphql)?, api(&settings.endpoints.api)?)
        };
        Ok(Self {
            runtime,
            graphql,
            rest,
            server: settings.endpoints.server.clone(),
            limits: settings.limits,
            origin: token.origin,
            scopes: RefCell::new(None),
            not_before: Cell::new(None),
        })
    }

    /// Waits for something that asks.
    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// The scopes of the token, where GitHub has told them.
    pub(super) fn scopes(&self) -> Option<Vec<String>> {
        self.scopes.borrow().clone()
    }

    /// Asks a query.
    pub(super) async fn query<T: DeserializeOwned>(
        &self,
        query: &str,
        variables: &Value,
    ) -> Result<T, Failure> {
        let answer = self.patience().ask(async || self.send(query, variables).await).await?;
        let value = answer.map_err(|said| match said.kind.as_str() {
            "NOT_FOUND" => Failure::NotFound,
            _ => Failure::Refused(StatusCode::FORBIDDEN, said.message),
        })?;
        serde_json::from_value(value).map_err(|_| unreadable())
    }

    /// Asks for an address below the base.
    pub(super) async fn get<T: DeserializeOwned>(&self, route: &str) -> Result<T, Failure> {
        let request = async || {
            self.pace().await;
            let answer = self.noted(self.rest.get(route).await)?;
            let body = answer.success().map_err(|failure| self.rest.without_token(failure))?;
            serde_json::from_slice(&body).map_err(|_| unreadable())
        };
        self.patience().ask(request).await
    }

    /// Sends something to an address below the base that can be sent twice.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        route: &str,
        body: &Value,
    ) -> Result<T, Failure> {
        let request = async || {
            self.pace().await;
            let answer = self.noted(self.rest.post_to(route, body).await)?;
            let body = answer.success().map_err(|failure| self.rest.without_token(failure))?;
            serde_json::from_slice(&body).map_err(|_| unreadable())
        };
        self.patience().ask(request).await
    }

    /// Makes a change, by a mutation. Where its answer got lost, or GitHub says no, `done` looks
    /// whether it is made: it may have been. Only if it is not, a lost one is sent again.
    pub(super) async fn change<T>(
        &self,
        mutation: &str,
        input: &Value,
        read: impl Fn(&Value) -> Option<T>,
        done: impl AsyncFn() -> Result<Option<T>, Failure>,
    ) -> Result<T, Unchanged> {
        let variables = json!({ "input": input });
        let until = Instant::now() + self.limits.wait;
        let mut attempt = 1;
        loop {
            let failure = match self.send(mutation, &variables).await {
                Ok(Ok(value)) => {
                    return read(&value).ok_or_else(|| Unchanged::Failed(unreadable()));
                }
                Ok(Err(said)) => {
                    let found = done().await.map_err(Unchanged::Failed)?;
                    return found.ok_or(Unchanged::Said(said));
                }
                Err(failure) => failure,
            };
            let pause = self.limits.backoff.saturating_mul(1 << attempt.min(10));
            match &failure {
                // It was not done.
                Failure::RateLimited(wait) => {
                    let pause = wait.unwrap_or(pause);
                    if Instant::now() + pause > until {
                        return Err(Unchanged::Failed(failure));
                    }
                    sleep(pause).await;
                }
                failure if failure.may_pass() => {
                    // What is under way may still be done.
                    sleep(pause).await;
                    if let Some(found) = done().await.map_err(Unchanged::Failed)? {
                        return Ok(found);
                    }
                }
                _ => return Err(Unchanged::Failed(failure)),
            }
            attempt += 1;
            if attempt > self.limits.attempts {
                return Err(Unchanged::Failed(failure));
            }
        }
    }

    /// Sends a query once.
    async fn send(&self, query: &str, variables: &Value) -> Result<Result<Value, Said>, Failure> {
        self.pace().await;
        let body = json!({ "query": query, "variables": variables });
        let answer = self.noted(self.graphql.post(&body).await)?;
        let headers = answer.headers.clone();
        let body = answer.success().map_err(|failure| match failure {
            Failure::NotFound => {
                Failure::Refused(StatusCode::NOT_FOUND, "there is no GraphQL".to_owned())
            }
            failure => self.graphql.without_token(failure),
        })?;
        let body: Body = serde_json::from_slice(&body).map_err(|error| {
            if error.is_eof() {
                Failure::Passing("the API's answer breaks off".to_owned())
            } else {
                unreadable()
            }
        })?;
        match body.errors.into_iter().next() {
            None => Ok(Ok(body.data.unwrap_or_default())),
            Some(Fault { kind, message }) => {
                let kind = kind.unwrap_or_default();
                let words = Failure::Malformed(one_line(&message));
                let message = self.graphql.without_token(words).to_string();
                if matches!(kind.as_str(), "RATE_LIMITED" | "RATE_LIMIT") {
                    let words = b"{\"message\":\"rate limit\"}";
                    return Err(Failure::of_status(StatusCode::FORBIDDEN, &headers, words));
                }
                if message.starts_with("Something went wrong while executing your query") {
                    return Err(Failure::TooSlow(message));
                }
                Ok(Err(Said { kind, message }))
            }
        }
    }

    /// Notes what an answer says of the token and of the limit.
    fn noted(&self, answer: Result<Answer, Failure>) -> Result<Answer, Failure> {
        let answer = answer?;
        if let Some(scopes) = text(&answer.headers, "x-oauth-scopes") {
            let scopes = scopes.split(',').map(|scope| scope.trim().to_owned());
            *self.scopes.borrow_mut() = Some(scopes.filter(|scope| !scope.is_empty()).collect());
        }
        let spent = text(&answer.headers, "x-ratelimit-remaining") == Some("0");
        if spent || matches!(answer.status.as_u16(), 403 | 429) {
            let failure = Failure::of_status(StatusCode::FORBIDDEN, &answer.headers, &answer.body);
            if let Failure::RateLimited(Some(wait)) = failure
                && wait <= self.limits.wait
            {
                self.not_before.set(Some(Instant::now() + wait));
            }
        }
        Ok(answer)
    }

    /// Waits until the limit lets a request pass.
    async fn pace(&self) {
        while let Some(until) = self.not_before.get().filter(|until| *until > Instant::now()) {
            tokio::time::sleep_until(until).await;
        }
    }

    /// Waits a little, for what GitHub does behind its answers.
    pub(super) async fn breathe(&self, round: u32) {
        let pause = self.limits.backoff.saturating_mul(1 << round.min(5));
        sleep(pause.max(Duration::from_millis(1))).await;
    }

    fn patience(&self) -> Patience {
        Patience::new(self.limits, Instant::now() + self.limits.overall)
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn unreadable() -> Failure {
    Failure::Malformed("the API's answer cannot be read".to_owned())
}
