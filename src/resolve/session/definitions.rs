//! The definitions of actions and reusable workflows: by the API if there is a token, and for whatever it
//! does not tell as files that everybody may read.

use std::cell::Cell;

use futures_util::stream::{self, StreamExt};

use super::{Counter, Host, Session, is_decided};
use crate::actions::Definition;
use crate::resolve::answers::Notice;
use crate::resolve::api::{Api, graphql};
use crate::resolve::definition::Source;
use crate::resolve::endpoints::BaseUrl;
use crate::resolve::failure::Failure;
use crate::resolve::network::Progress;
use crate::resolve::patience::Patience;
use crate::resolve::raw;
use crate::resolve::settings::Settings;
use crate::resolve::token::Token;

/// A definition, and which server holds it: 0 for the own one, 1 for the one elsewhere.
pub(in crate::resolve) type Found = (Source, usize);

impl Session {
    /// Asks for all of these, in the order in which they are answered.
    pub(in crate::resolve) fn ask_definitions(
        &self,
        settings: &Settings,
        definitions: &[&Definition],
        progress: &Progress,
        notices: &mut Vec<Notice>,
    ) -> Vec<Result<Found, Failure>> {
        let token = self.token(settings, notices);
        let counter = Counter { progress, done: Cell::new(0), all: definitions.len() };
        counter.add(0);
        self.runtime.block_on(async {
            let own =
                Host { session: self, limits: settings.limits, endpoints: &settings.endpoints };
            let found = own.definitions(definitions, token, &counter, notices).await;
            let mut found: Vec<_> =
                found.into_iter().map(|found| found.map(|source| (source, 0))).collect();
            let Some(elsewhere) = &settings.elsewhere else { return found };
            let missing = |position: &usize| matches!(found[*position], Err(Failure::NotFound));
            let missing: Vec<_> = (0..definitions.len()).filter(missing).collect();
            let again: Vec<_> = missing.iter().map(|&position| definitions[position]).collect();
            let elsewhere = Host { endpoints: elsewhere, ..own };
            let more = elsewhere.definitions(&again, None, &counter, notices).await;
            for (position, more) in missing.into_iter().zip(more) {
                found[position] = more.map(|source| (source, 1));
            }
            found
        })
    }
}

impl Host<'_> {
    async fn definitions(
        &self,
        definitions: &[&Definition],
        token: Option<&Token>,
        counter: &Counter<'_>,
        notices: &mut Vec<Notice>,
    ) -> Vec<Result<Source, Failure>> {
        let mut found = match token {
            Some(token) => self.definitions_by_api(definitions, token, notices).await,
            None => definitions.iter().map(|_| Err(Failure::Unauthorized)).collect(),
        };
        counter.add(found.iter().filter(|found| is_decided(found)).count());
        let open: Vec<_> = (0..found.len()).filter(|&it| !is_decided(&found[it])).collect();
        let servers = self.endpoints.raw();
        let servers: Vec<_> = servers.iter().map(|base| (base, self.patience())).collect();
        let files = open.iter().map(|&position| {
            let (servers, definition) = (&servers, definitions[position]);
            async move {
                let file = self.file(servers, definition).await;
                counter.add(1);
                file
            }
        });
        let files: Vec<_> = stream::iter(files).buffered(self.limits.concurrency).collect().await;
        for (position, file) in open.into_iter().zip(files) {
            found[position] = file;
        }
        found
    }

    async fn definitions_by_api(
        &self,
        definitions: &[&Definition],
        token: &Token,
        notices: &mut Vec<Notice>,
    ) -> Vec<Result<Source, Failure>> {
        let api = Api::new(self.session.client.clone(), &self.endpoints.graphql, &token.secret);
        let patience = self.patience();
        let answers = match &api {
            Ok(api) => graphql::ask_definitions(api, &patience, definitions).await,
            Err(failure) => Err(failure.clone()),
        };
        answers.unwrap_or_else(|failure| {
            if failure == Failure::Unauthorized {
                let (origin, why) = (token.origin, failure.to_string());
                notices.push(Notice::TokenUnused { origin, why });
            }
            vec![Err(failure); definitions.len()]
        })
    }

    /// Reads a definition as a file, from the first server that gives it.
    async fn file(
        &self,
        servers: &[(&BaseUrl, Patience)],
        definition: &Definition,
    ) -> Result<Source, Failure> {
        let mut first = None;
        for (base, patience) in servers {
            match raw::read(&self.session.client, base, patience, definition).await {
                Ok(source) => return Ok(source),
                Err(failure) => {
                    first.get_or_insert(failure);
                }
            }
        }
        Err(first.unwrap_or(Failure::NotFound))
    }
}
