//! Definitions of actions and reusable workflows: the cache, GitHub, and for lack of an answer what was
//! read before.

use std::time::SystemTime;

use super::{Network, can_exist};
use crate::actions::Definition;
use crate::resolve::answers::Notice;
use crate::resolve::cache::Remembered;
use crate::resolve::definition::{NoDefinition, Source};
use crate::resolve::failure::Failure;
use crate::resolve::session::Session;
use crate::resolve::settings::TokenSource;
use crate::resolve::wanted::Wanted;

/// What a definition is told to be.
type Known = Result<Source, NoDefinition>;

impl Network {
    /// What the wanted definitions are.
    pub(super) fn definitions(
        &self,
        wanted: &Wanted<'_>,
        notices: &mut Vec<Notice>,
    ) -> Vec<(Definition, Known)> {
        let now = SystemTime::now();
        let (offline, refresh) = (self.settings.offline, self.settings.refresh);
        let mut known = Vec::new();
        let mut open = Vec::new();
        for definition in wanted.definitions() {
            let fresh = || self.remembered(definition, now).filter(|it| it.is_fresh);
            if !can_exist(definition.repository()) {
                known.push((definition.clone(), Err(NoDefinition::NotFound)));
            } else if refresh && !offline {
                open.push(definition);
            } else if let Some(remembered) = fresh() {
                let source = remembered.source.ok_or(NoDefinition::NotFound);
                known.push((definition.clone(), source));
            } else {
                open.push(definition);
            }
        }
        if open.is_empty() {
            return known;
        }
        let before = |definition: &Definition, why: NoDefinition| {
            self.remembered(definition, now).and_then(|it| it.source).ok_or(why)
        };
        if offline {
            let before = open
                .into_iter()
                .map(|definition| (definition.clone(), before(definition, NoDefinition::Offline)));
            known.extend(before);
            return known;
        }
        let session = self.session();
        let told = match session {
            Ok(session) => session.ask_definitions(&self.settings, &open, &*self.progress, notices),
            Err(failure) => vec![Err(failure.clone()); open.len()],
        };
        let with_token = session.is_ok_and(Session::has_token);
        for (definition, told) in open.into_iter().zip(told) {
            let store = |host: usize, source: Option<&Source>| {
                self.definition_caches[host].store(definition, source, with_token, now);
            };
            let told = match told {
                Ok((source, host)) => {
                    store(host, Some(&source));
                    Ok(source)
                }
                Err(Failure::NotFound) => {
                    store(0, None);
                    Err(NoDefinition::NotFound)
                }
                Err(failure) => before(definition, NoDefinition::Failed(failure.to_string())),
            };
            known.push((definition.clone(), told));
        }
        known
    }

    /// What an earlier run was told. That there is nothing counts only for who sees no more than that
    /// run did.
    fn remembered(&self, definition: &Definition, now: SystemTime) -> Option<Remembered> {
        let has_token = matches!(self.settings.token, TokenSource::Given(_));
        let counts = |it: &Remembered| it.source.is_some() || it.with_token || !has_token;
        let mut caches = self.definition_caches.iter();
        caches.find_map(|cache| cache.load(definition, now).filter(counts))
    }
}
