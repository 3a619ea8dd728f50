//! The resolver of a usual run: cache, network, and for what neither answers the built-in index.

mod definitions;
mod images;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fmt;
use std::time::SystemTime;

use super::answers::{Answers, Notice, Unresolved};
use super::cache::{Cache, DefinitionCache, Entry, ImageCache};
use super::failure::Failure;
use super::session::Session;
use super::settings::{Settings, TokenSource};
use super::wanted::{Asked, Wish};
use super::{Resolve, Wanted};
use crate::actions::{Refs, RepositoryName, Source, index, moved, release};

/// Told how far a run is: how many repositories have answered, of how many.
pub type Progress = dyn Fn(usize, usize);

/// Resolves by what `Settings` allow. Nothing is built before the first request.
pub struct Network {
    settings: Settings,
    /// One of each server that may hold a repository.
    caches: Vec<Cache>,
    definition_caches: Vec<DefinitionCache>,
    image_cache: ImageCache,
    progress: Box<Progress>,
    session: OnceCell<Result<Session, Failure>>,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// What a repository is told to be.
type Known = Result<Cow<'static, Refs>, Unresolved>;

impl Network {
    /// A resolver that tells its progress.
    pub fn new(settings: Settings, progress: Box<Progress>) -> Self {
        let hosts = [Some(&settings.endpoints), settings.elsewhere.as_ref()];
        let hosts = || hosts.into_iter().flatten().map(|endpoints| endpoints.server.host());
        let folder = settings.cache.as_deref();
        let caches = hosts().map(|host| Cache::new(folder, host)).collect();
        let definition_caches = hosts().map(|host| DefinitionCache::new(folder, host)).collect();
        let image_cache = ImageCache::new(folder);
        let session = OnceCell::new();
        Self { settings, caches, definition_caches, image_cache, progress, session }
    }

    /// What the cache still holds.
    fn cached(&self, (repository, wish): Asked<'_>) -> Option<Known> {
        let now = SystemTime::now();
        let mut entries = self.caches.iter().filter_map(|cache| cache.load(repository));
        // Only the API tells vulnerabilities, and whether a repository is archived: who has a token by
        // now can learn both.
        let has_token = matches!(self.settings.token, TokenSource::Given(_));
        let may_learn = wish.advisories && has_token && !self.settings.offline;
        let entry = entries.find(|entry| {
            entry.answers(wish, now) && !(may_learn && entry.refs.archived.is_none())
        })?;
        Some(Ok(answer((repository, wish), entry)))
    }

    /// What was known before, for lack of an answer.
    fn known_before(&self, (repository, wish): Asked<'_>) -> Option<Cow<'static, Refs>> {
        let mut entries = self.caches.iter().filter_map(|cache| cache.load(repository));
        let cached = entries.next().map(|entry| {
            let refs = Refs {
                source: Source::Cache,
                listed_until: Some(entry.day()),
                ..answer((repository, wish), entry.clone()).into_owned()
            };
            (entry, refs)
        });
        let index = index::find(repository);
        match (cached, index) {
            (Some((entry, refs)), Some(index))
                if entry.knows(wish) && Some(entry.day()) >= index.listed_until =>
            {
                Some(Cow::Owned(refs))
            }
            (_, Some(index)) => Some(Cow::Borrowed(index)),
            (Some((_, refs)), None) => Some(Cow::Owned(refs)),
            (None, None) => None,
        }
    }

    /// A wish without the commits whose standing is known for good.
    fn without_known<'a>(&self, (repository, wish): Asked<'a>) -> Wish<'a> {
        let mut wish = wish.clone();
        if !wish.commits.is_empty() {
            for entry in self.caches.iter().filter_map(|cache| cache.load(repository)) {
                wish.commits.retain(|&commit| !entry.stands_for_good(commit));
            }
        }
        wish
    }

    fn session(&self) -> Result<&Session, &Failure> {
        self.session.get_or_init(|| Session::new(&self.settings)).as_ref()
    }

    /// Asks the network. Gives for each repository what it answered, or why it did not.
    fn ask(&self, open: &[Asked<'_>], notices: &mut Vec<Notice>) -> Vec<Result<Known, Failure>> {
        if self.settings.offline {
            return Vec::new();
        }
        let session = match self.session() {
            Ok(session) => session,
            Err(failure) => return vec![Err(failure.clone()); open.len()],
        };
        let wishes: Vec<_> = open.iter().map(|&asked| self.without_known(asked)).collect();
        let asked = open.iter().zip(&wishes).map(|((repository, _), wish)| (*repository, wish));
        let asked: Vec<_> = asked.collect();
        let told = session.ask(&self.settings, &asked, &*self.progress, notices);
        let told = open.iter().zip(told);
        told.map(|(&asked, told)| match told {
            Ok(told) => {
                let entry = Entry::new(told.refs, told.scope, asked.1.advisories);
                let entry = self.caches[told.host].store(asked.0, entry);
                Ok(Ok(answer(asked, entry)))
            }
            Err(Failure::NotFound) => {
                Ok(Err(Unresolved::NotFound { with_token: session.has_token() }))
            }
            Err(failure) => Err(failure),
        })
        .collect()
    }
}

impl Resolve for Network {
    fn host(&self) -> Option<&str> {
        Some(self.settings.endpoints.server.host())
    }

    fn resolve(&self, wanted: &Wanted<'_>) -> Answers {
        let mut answers: Vec<(RepositoryName<'_>, Known)> = Vec::new();
        let mut open: Vec<Asked<'_>> = Vec::new();
        for asked in wanted.iter() {
            if !can_exist(asked.0) {
                answers.push((asked.0, Err(Unresolved::NotFound { with_token: false })));
            } else if self.settings.refresh && !self.settings.offline {
                open.push(asked);
            } else {
                match self.cached(asked) {
                    Some(known) => answers.push((asked.0, known)),
                    None => open.push(asked),
                }
            }
        }
        let mut notices = Vec::new();
        let told = if open.is_empty() { Vec::new() } else { self.ask(&open, &mut notices) };
        let mut told = told.into_iter();
        let mut fallback = Fallback::default();
        for asked in open {
            let known = match told.next() {
                Some(Ok(known)) => known,
                Some(Err(failure)) => {
                    let known = self.known_before(asked);
                    fallback.count(&failure, known.as_deref());
                    known.ok_or_else(|| Unresolved::Failed(failure.to_string()))
                }
                None => self.known_before(asked).ok_or(Unresolved::NotInIndex),
            };
            answers.push((asked.0, known));
        }
        notices.extend(fallback.notice());
        let definitions = self.definitions(wanted, &mut notices);
        let answers: Answers = answers.into_iter().collect();
        answers.with_notices(notices).with_images(self.images(wanted)).with_definitions(definitions)
    }
}

/// What an answer says, beside what was known before.
fn answer((repository, wish): Asked<'_>, entry: Entry) -> Cow<'static, Refs> {
    let index = index::find(repository);
    let in_index = index.into_iter().flat_map(moved::from_index);
    let moved = moved::moved(&entry.refs, entry.memory().chain(in_index));
    let releases = if wish.newer.is_empty() {
        BTreeMap::new()
    } else {
        release::known(&entry.refs, entry.day(), index)
    };
    Cow::Owned(Refs { moved, releases, ..entry.refs })
}

/// Whether GitHub would take this name for a repository: letters, digits, `-`, `_`, `.`. Others would
/// be another address.
fn can_exist(repository: RepositoryName<'_>) -> bool {
    [repository.owner, repository.name].iter().all(|part| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        !matches!(*part, "." | "..") && part.bytes().all(fits)
    })
}

/// The repositories that were answered by what was known before.
#[derive(Default)]
struct Fallback {
    why: Option<String>,
    from_index: usize,
    from_cache: usize,
}

impl Fallback {
    fn count(&mut self, failure: &Failure, known: Option<&Refs>) {
        match known.map(|refs| refs.source) {
            Some(Source::Index) => self.from_index += 1,
            Some(_) => self.from_cache += 1,
            None => return,
        }
        self.why.get_or_insert_with(|| failure.to_string());
    }

    fn notice(self) -> Option<Notice> {
        let Self { why, from_index, from_cache } = self;
        Some(Notice::Fallback { why: why?, from_index, from_cache })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_within_an_address() {
        let fits = |owner, name| can_exist(RepositoryName { owner, name });
        assert!(fits("a-b", "c_d.e"));
        for (owner, name) in [("..", "a"), ("a", ".."), ("a", "b?c"), ("a%2f", "b"), ("ä", "b")] {
            assert!(!fits(owner, name), "{owner}/{name}");
        }
    }
}
