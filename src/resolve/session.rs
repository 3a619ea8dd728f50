//! The requests of a run: which service is asked for what, and who is asked next.

mod definitions;
mod standing;

use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt};
use reqwest::{Client, StatusCode};
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

use super::answers::Notice;
use super::api::{Api, graphql, rest};
use super::cache::Scope;
use super::endpoints::Endpoints;
use super::failure::Failure;
use super::network::Progress;
use super::patience::Patience;
use super::registry;
use super::settings::{Limits, Settings, TokenSource};
use super::token::Token;
use super::transport;
use super::wanted::Asked;
use crate::actions::Refs;
use crate::images::{Digest, Image};

/// What a repository told.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) refs: Refs,
    /// What it was asked.
    pub(super) scope: Scope,
    /// Which server holds it: 0 for the own one, 1 for the one elsewhere.
    pub(super) host: usize,
}

/// How many GraphQL queries are under way at once.
const QUERIES: usize = 2;

/// A runtime and a client, for as long as the program runs.
#[derive(Debug)]
pub(super) struct Session {
    runtime: Runtime,
    client: Client,
    token: OnceCell<Option<Token>>,
    deadline: Instant,
}

impl Session {
    pub(super) fn new(settings: &Settings) -> Result<Self, Failure> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| {
            Failure::Unreachable(format!("no connection can be made ({error})"))
        })?;
        let client = transport::client(&settings.limits)?;
        let deadline = Instant::now() + settings.limits.overall;
        Ok(Self { runtime, client, token: OnceCell::new(), deadline })
    }

    /// Whether GitHub was asked with a token.
    pub(super) fn has_token(&self) -> bool {
        self.token.get().is_some_and(Option::is_some)
    }

    /// The token that may be used. Nobody needs it before the first request, and the GitHub CLI takes
    /// its time to say it.
    fn token(&self, settings: &Settings, notices: &mut Vec<Notice>) -> Option<&Token> {
        self.token.get_or_init(|| usable_token(settings, notices)).as_ref()
    }

    /// Asks registries for the digests of images.
    pub(super) fn ask_images<'i>(
        &self,
        settings: &Settings,
        images: &[&'i Image],
        progress: &Progress,
    ) -> BTreeMap<&'i Image, Result<Digest, Failure>> {
        let counter = Counter { progress, done: Cell::new(0), all: images.len() };
        counter.add(0);
        let add = || counter.add(1);
        let answers = registry::ask(&self.client, settings, self.deadline, images, &add);
        self.runtime.block_on(answers)
    }

    /// Asks for all of these, in the order in which they are answered.
    pub(super) fn ask(
        &self,
        settings: &Settings,
        asked: &[Asked<'_>],
        progress: &Progress,
        notices: &mut Vec<Notice>,
    ) -> Vec<Result<Told, Failure>> {
        let token = self.token(settings, notices);
        let counter = Counter { progress, done: Cell::new(0), all: asked.len() };
        counter.add(0);
        self.runtime.block_on(async {
            let own =
                Host { session: self, limits: settings.limits, endpoints: &settings.endpoints };
            let mut told = own.ask(asked, token, &counter, notices).await;
            let Some(elsewhere) = &settings.elsewhere else { return told };
            let missing: Vec<_> = (0..asked.len())
                .filter(|&position| matches!(told[position], Err(Failure::NotFound)))
                .collect();
            let again: Vec<_> = missing.iter().map(|&position| asked[position]).collect();
            let counter = Counter { all: again.len(), done: Cell::new(0), ..counter };
            let elsewhere = Host { endpoints: elsewhere, ..own };
            let found = elsewhere.ask(&again, None, &counter, notices).await;
            for (position, found) in missing.into_iter().zip(found) {
                told[position] = found.map(|found| {
                    // It may be another repository of the same name.
                    let refs = Refs { is_private: None, ..found.refs };
                    Told { refs, host: 1, ..found }
                });
            }
            told
        })
    }
}

/// The token that may be used.
pub(crate) fn usable_token(settings: &Settings, notices: &mut Vec<Notice>) -> Option<Token> {
    let token = match &settings.token {
        TokenSource::None => return None,
        TokenSource::Given(token) => token.clone(),
        TokenSource::Gh => Token::from_gh(&settings.endpoints.server)?,
        TokenSource::Unusable(notice) => {
            notices.push(notice.clone());
            return None;
        }
    };
    let Endpoints { api, graphql, .. } = &settings.endpoints;
    if let Some(open) = [graphql, api].into_iter().find(|url| !url.is_private()) {
        let why = format!("{open} is not encrypted, and anyone on the way could read it");
        notices.push(Notice::TokenUnused { origin: token.origin, why });
        return None;
    }
    Some(token)
}

/// Counts what has been answered.
struct Counter<'a> {
    progress: &'a Progress,
    done: Cell<usize>,
    all: usize,
}

impl Counter<'_> {
    fn add(&self, count: usize) {
        self.done.set(self.done.get() + count);
        (self.progress)(self.done.get(), self.all);
    }
}

/// One GitHub.
#[derive(Clone, Copy)]
struct Host<'s> {
    session: &'s Session,
    limits: Limits,
    endpoints: &'s Endpoints,
}

impl Host<'_> {
    /// Asks the API if there is a token, and the git server for whatever the API does not tell.
    async fn ask(
        &self,
        asked: &[Asked<'_>],
        token: Option<&Token>,
        counter: &Counter<'_>,
        notices: &mut Vec<Notice>,
    ) -> Vec<Result<Told, Failure>> {
        let mut told: Vec<_> = match token {
            Some(token) => self.ask_api(asked, token, counter, notices).await,
            None => asked.iter().map(|_| Err(Failure::Unauthorized)).collect(),
        };
        let open: Vec<_> =
            (0..asked.len()).filter(|&position| !is_decided(&told[position])).collect();
        let patience = self.patience();
        let listings = open.iter().map(|&position| {
            let (patience, (repository, wish)) = (&patience, asked[position]);
            async move {
                let refs = self.list(patience, repository, wish).await;
                counter.add(1);
                refs.map(|refs| Told { refs, scope: Scope::Everything, host: 0 })
            }
        });
        let listings: Vec<_> =
            stream::iter(listings).buffered(self.limits.concurrency).collect().await;
        for (position, listing) in open.into_iter().zip(listings) {
            told[position] = listing;
        }
        let settled = asked.iter().zip(told).map(|(&(_, wish), told)| {
            let patience = &patience;
            async move { Ok(self.settled(patience, wish, told?).await) }
        });
        stream::iter(settled).buffered(self.limits.concurrency).collect().await
    }

    async fn ask_api(
        &self,
        asked: &[Asked<'_>],
        token: &Token,
        counter: &Counter<'_>,
        notices: &mut Vec<Notice>,
    ) -> Vec<Result<Told, Failure>> {
        let api = |base| Api::new(self.session.client.clone(), base, &token.secret);
        let (graphql, rest) = match (api(&self.endpoints.graphql), api(&self.endpoints.api)) {
            (Ok(graphql), Ok(rest)) => (graphql, rest),
            (Err(failure), _) | (_, Err(failure)) => {
                notices.push(Notice::WithoutApi { why: failure.to_string() });
                return asked.iter().map(|_| Err(failure.clone())).collect();
            }
        };
        let patience = self.patience();
        let batches = asked.chunks(graphql::BATCH).map(|batch| {
            let (graphql, rest, patience) = (&graphql, &rest, &patience);
            async move {
                match graphql::ask(graphql, patience, batch).await {
                    Err(failure) if is_refused(&failure) => {
                        (self.ask_rest(rest, patience, batch).await, None)
                    }
                    Err(failure) => (vec![Err(failure.clone()); batch.len()], Some(failure)),
                    Ok(outcomes) => (outcomes, None),
                }
            }
        });
        let mut told = Vec::new();
        let mut failed = None;
        let mut batches = stream::iter(batches).buffered(QUERIES);
        while let Some((outcomes, failure)) = batches.next().await {
            counter.add(outcomes.iter().filter(|outcome| is_decided(outcome)).count());
            told.extend(outcomes);
            failed = failed.or(failure);
        }
        notices.extend(failed.map(|failure| match failure {
            Failure::Unauthorized => {
                Notice::TokenUnused { origin: token.origin, why: failure.to_string() }
            }
            failure => Notice::WithoutApi { why: failure.to_string() },
        }));
        let scopes = asked.iter().map(|(_, wish)| Scope::of(wish));
        told.into_iter()
            .zip(scopes)
            .map(|(refs, scope)| Ok(Told { refs: refs?, scope, host: 0 }))
            .collect()
    }

    async fn ask_rest(
        &self,
        api: &Api,
        patience: &Patience,
        asked: &[Asked<'_>],
    ) -> graphql::Outcomes {
        let answers =
            asked.iter().map(|&asked| async move { rest::ask(api, patience, asked).await });
        let mut outcomes: graphql::Outcomes =
            stream::iter(answers).buffered(self.limits.concurrency).collect().await;
        let wanted = asked.iter().filter(|(_, wish)| wish.advisories);
        let names: Vec<_> = wanted.map(|&(repository, _)| repository).collect();
        if names.is_empty() {
            return outcomes;
        }
        // Without them, the refs are told all the same.
        let Ok(advisories) = rest::advisories(api, patience, &names).await else { return outcomes };
        for (&(repository, wish), outcome) in asked.iter().zip(&mut outcomes) {
            let (true, Ok(refs)) = (wish.advisories, outcome) else { continue };
            let own = advisories.iter().filter(|(package, _)| repository.cmp_to(package).is_eq());
            refs.advisories = Some(own.map(|(_, advisory)| advisory.clone()).collect());
        }
        outcomes
    }

    fn patience(&self) -> Patience {
        Patience::new(self.limits, self.session.deadline)
    }
}

/// Whether nobody else need be asked: there is an answer, or it is known that there is none.
fn is_decided<T>(outcome: &Result<T, Failure>) -> bool {
    matches!(outcome, Ok(_) | Err(Failure::NotFound))
}

/// Whether the endpoint is not there, or not for this token.
fn is_refused(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Refused(
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED,
            _
        )
    )
}
