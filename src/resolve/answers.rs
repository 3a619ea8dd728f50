//! What comes back of a question, and why some of it may be missing.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::definition::{NoDefinition, Source};
use crate::actions::{Date, Definition, Refs, RepositoryName, TagOf, index};
use crate::images::{Digest, Image};

/// What came back, by repository.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// Sorted by name without regard to case.
    answers: Vec<(String, Result<Cow<'static, Refs>, Unresolved>)>,
    notices: Vec<Notice>,
    images: BTreeMap<Image, Result<ImageDigest, NoDigest>>,
    definitions: BTreeMap<Definition, Result<Source, NoDefinition>>,
}

impl Answers {
    /// What an image is by its content, or why that is not known.
    pub fn image(&self, image: &Image) -> Result<ImageDigest, &NoDigest> {
        match self.images.get(image) {
            Some(Ok(digest)) => Ok(*digest),
            Some(Err(why)) => Err(why),
            None => Err(&NoDigest::NotAsked),
        }
    }

    /// The same answers, with these of images.
    #[must_use]
    pub fn with_images(
        self,
        images: impl IntoIterator<Item = (Image, Result<ImageDigest, NoDigest>)>,
    ) -> Self {
        Self { images: images.into_iter().collect(), ..self }
    }

    /// The text of a definition, or why it could not be had.
    pub fn definition(&self, definition: &Definition) -> Result<&Source, &NoDefinition> {
        self.definitions.get(definition).map_or(Err(&NoDefinition::NotAsked), Result::as_ref)
    }

    /// The same answers, with these of definitions.
    #[must_use]
    pub fn with_definitions(
        self,
        definitions: impl IntoIterator<Item = (Definition, Result<Source, NoDefinition>)>,
    ) -> Self {
        Self { definitions: definitions.into_iter().collect(), ..self }
    }

    /// Adds what a person should know of a further round.
    pub fn add_notices(&mut self, more: &[Notice]) {
        for notice in more {
            if !self.notices.contains(notice) {
                self.notices.push(notice.clone());
            }
        }
    }

    /// What is known of a repository, or why nothing is.
    pub fn get(&self, repository: RepositoryName<'_>) -> Result<&Refs, &Unresolved> {
        self.answers
            .binary_search_by(|(name, _)| repository.cmp_to(name).reverse())
            .map_or(Err(&Unresolved::NotAsked), |position| {
                self.answers[position].1.as_ref().map(AsRef::as_ref)
            })
    }

    /// Every repository that was asked for, by the name it was asked for, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Result<&Refs, &Unresolved>)> {
        self.answers
            .iter()
            .map(|(name, answer)| (name.as_str(), answer.as_ref().map(AsRef::as_ref)))
    }

    /// Takes a tag that was moved as it is now, for a person says that it may be. One that was not
    /// moved is told in a notice.
    pub fn accept_moved(&mut self, accepted: &TagOf) {
        let mut is_moved = false;
        for (name, answer) in &mut self.answers {
            let Ok(refs) = answer else { continue };
            let is_meant = [name, refs.repository.as_ref()]
                .into_iter()
                .any(|name| name.eq_ignore_ascii_case(&accepted.repository));
            if is_meant && refs.moved_tag(&accepted.tag).is_some() {
                refs.to_mut().moved.retain(|moved| moved.tag != accepted.tag);
                is_moved = true;
            }
        }
        if !is_moved {
            let nearest = accepted.nearest(self.moved());
            self.notices.push(Notice::NotMoved { tag: accepted.clone(), nearest });
        }
    }

    /// The tags that were moved, by the names of their repositories that were asked for.
    fn moved(&self) -> impl Iterator<Item = TagOf> {
        self.iter().filter_map(|(name, answer)| Some((name, answer.ok()?))).flat_map(
            |(name, refs)| {
                refs.moved
                    .iter()
                    .map(|moved| TagOf { repository: name.to_owned(), tag: moved.tag.clone() })
            },
        )
    }

    /// What a person should know of how the answers were found, each to be told in one line.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The same answers, with these notices.
    #[must_use]
    pub fn with_notices(self, notices: Vec<Notice>) -> Self {
        Self { notices, ..self }
    }
}

impl<'a> FromIterator<(RepositoryName<'a>, Result<Cow<'static, Refs>, Unresolved>)> for Answers {
    fn from_iter<I>(answers: I) -> Self
    where
        I: IntoIterator<Item = (RepositoryName<'a>, Result<Cow<'static, Refs>, Unresolved>)>,
    {
        let mut answers: Vec<_> = answers
            .into_iter()
            .map(|(repository, answer)| (repository.to_string(), answer))
            .collect();
        answers.sort_by_cached_key(|(name, _)| name.to_ascii_lowercase());
        Self { answers, ..Self::default() }
    }
}

/// What an image is by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageDigest {
    /// Its digest: that of the index, where it is for several platforms.
    pub digest: Digest,
    /// The day on which the registry said so, unless it was within this hour.
    pub as_of: Option<Date>,
}

/// Why the digest of an image is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoDigest {
    /// The network was not to be used, and no earlier run asked.
    Offline,
    /// It was not among what was wanted.
    NotAsked,
    /// The registry has no such image, or no such tag of it.
    NotFound,
    /// The registry shows it to some only.
    NotShown,
    /// The registry did not answer: why.
    Failed(String),
}

impl fmt::Display for NoDigest {
    /// What is so, and what the maintainer can do about it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offline => f.write_str(
                "its registry was not asked: run with network access, or pin it by hand",
            ),
            Self::NotAsked => f.write_str("its digest was not looked up"),
            Self::NotFound => {
                f.write_str("its registry has no such image or tag: correct the name")
            }
            Self::NotShown => f.write_str(
                "its registry has no such image, or does not show it to everybody: correct the name, \
                 or pin it by hand",
            ),
            Self::Failed(why) => {
                write!(f, "its registry did not answer ({why}): run again, or pin it by hand")
            }
        }
    }
}

/// Why nothing is known of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// The network was not to be used, and neither cache nor built-in index holds it.
    NotInIndex,
    /// It was not among what was wanted.
    NotAsked,
    /// GitHub knows no such repository, or does not show it.
    NotFound {
        /// Whether it was asked with a token.
        with_token: bool,
    },
    /// Whoever was asked did not answer: why. Neither cache nor built-in index holds the repository.
    Failed(String),
}

impl fmt::Display for Unresolved {
    /// What is so, and what the maintainer can do about it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInIndex => f.write_str(
                "the built-in index does not hold this repository: \
                 run with network access, or pin it by hand",
            ),
            Self::NotAsked => f.write_str("its refs were not looked up"),
            Self::NotFound { with_token: true } => f.write_str(
                "no such repository, or the token cannot see it: \
                 correct the name, or give a token that may read it",
            ),
            Self::NotFound { with_token: false } => f.write_str(
                "no such repository, or it is private: \
                 correct the name, or set GH_TOKEN to a token that may read it",
            ),
            Self::Failed(why) => {
                write!(f, "its refs could not be looked up ({why}): run again, or pin it by hand")
            }
        }
    }
}

/// What a person should know of how the answers were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Some repositories are answered by what was known before, for they could not be asked.
    Fallback {
        /// Why the network did not answer.
        why: String,
        /// How many the built-in index answers.
        from_index: usize,
        /// How many the cache answers.
        from_cache: usize,
    },
    /// The token of this origin is not used: why.
    TokenUnused {
        /// Where the token came from: `GH_TOKEN`.
        origin: &'static str,
        /// What is wrong.
        why: String,
    },
    /// A tag was to be accepted that was not moved.
    NotMoved {
        /// The tag.
        tag: TagOf,
        /// One that was moved, and may have been meant.
        nearest: Option<TagOf>,
    },
    /// GitHub's API did not answer, and the git protocol was used instead.
    WithoutApi {
        /// Why the API did not answer.
        why: String,
    },
}

impl fmt::Display for Notice {
    /// In one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let made: Date = index::MADE;
        match self {
            Self::Fallback { why, from_index, from_cache: 0 } => write!(
                f,
                "{why}: {} answered by the built-in index of {made}",
                Repositories(*from_index)
            ),
            Self::Fallback { why, from_index: 0, from_cache } => {
                write!(f, "{why}: {} answered by what earlier runs saw", Repositories(*from_cache))
            }
            Self::Fallback { why, from_index, from_cache } => write!(
                f,
                "{why}: {} answered by what earlier runs saw, {from_index} by the built-in index \
                 of {made}",
                Repositories(*from_cache)
            ),
            Self::TokenUnused { origin, why } => {
                write!(f, "the token of {origin} is not used: {why}")
            }
            Self::NotMoved { tag, nearest } => {
                write!(f, "`--accept-moved {tag}`: as far as is known, no such tag was moved")?;
                match nearest {
                    Some(nearest) => write!(f, "; did you mean `{nearest}`?"),
                    None => Ok(()),
                }
            }
            Self::WithoutApi { why } => {
                write!(f, "GitHub's API did not answer ({why}): its git servers were asked instead")
            }
        }
    }
}

/// `1 repository is`, `2 repositories are`
struct Repositories(usize);

impl fmt::Display for Repositories {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("1 repository is"),
            count => write!(f, "{count} repositories are"),
        }
    }
}
