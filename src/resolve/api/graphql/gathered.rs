//! What the queries bring together of one repository.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::{Known, Releases, Repository};
use super::query::{self, Page, Question};
use crate::actions::version::Series;
use crate::actions::{
    Advisory, Commit, Date, GitRef, Ref, RefKind, Refs, Release, RepositoryName, Source, Standing,
};
use crate::resolve::failure::Failure;
use crate::resolve::wanted::Wish;

/// What was gathered of one repository so far.
pub(super) struct Gathered<'a> {
    wish: &'a Wish<'a>,
    found: Option<Result<Found, Failure>>,
    /// Where the next page of tags starts, if there is one.
    next: Option<String>,
}

struct Found {
    repository: String,
    archived: bool,
    is_private: bool,
    default_branch: Option<String>,
    refs: BTreeMap<(RefKind, String), Ref>,
    /// The last tag of the newest page: the oldest commit.
    oldest: Option<Ref>,
    /// The wanted commits that are there, with their days.
    commits: BTreeMap<Commit, Option<Date>>,
    /// Those that were held against the default branch.
    compared: BTreeSet<Commit>,
    standings: Vec<(Commit, Standing)>,
    advisories: Option<Vec<Advisory>>,
    releases: BTreeMap<String, Release>,
}

/// The names to ask for: one that is claimed to be a tag may be a branch, too.
fn names<'a>(wish: &Wish<'a>) -> Vec<&'a str> {
    wish.names.union(&wish.tags).copied().collect()
}

impl<'a> Gathered<'a> {
    pub(super) fn new(wish: &'a Wish<'a>) -> Self {
        Self { wish, found: None, next: None }
    }

    pub(super) fn has_begun(&self) -> bool {
        self.found.is_some()
    }

    /// What to ask next.
    pub(super) fn question<'q>(&self, repository: RepositoryName<'q>) -> Question<'q>
    where
        'a: 'q,
    {
        let Some(found) = &self.found else {
            return Question {
                repository,
                names: names(self.wish),
                commits: self.wish.commits.iter().copied().collect(),
                compared: Vec::new(),
                tags: Page::First,
                advisories: self.wish.advisories,
                newer: self.wish.newer.iter().map(String::as_str).collect(),
            };
        };
        let page = self.next.clone().filter(|_| self.wants_page());
        Question {
            repository,
            names: Vec::new(),
            commits: Vec::new(),
            compared: found.as_ref().map(Found::to_compare).unwrap_or_default(),
            tags: page.map_or(Page::None, Page::After),
            advisories: false,
            newer: Vec::new(),
        }
    }

    /// Takes in what was answered to [`Gathered::question`].
    pub(super) fn add(&mut self, answer: Result<Repository, Failure>) {
        match (answer, &mut self.found) {
            (Ok(repository), None) => {
                self.next = next_page(&repository);
                self.found = Some(Ok(Found::new(repository, self.wish)));
            }
            (Ok(repository), Some(Ok(found))) => {
                self.next = next_page(&repository);
                found.add(&repository);
            }
            (Err(failure), None) => self.found = Some(Err(failure)),
            // What failed later takes nothing away.
            (_, Some(found)) => {
                self.next = None;
                if let Ok(found) = found {
                    found.compared.extend(found.commits.keys());
                }
            }
        }
    }

    /// Whether there is something to ask.
    pub(super) fn wants_more(&self) -> bool {
        let Some(Ok(found)) = &self.found else { return false };
        self.wants_page() || !found.to_compare().is_empty()
    }

    /// Whether a further page could name a wanted commit.
    fn wants_page(&self) -> bool {
        let (Some(Ok(found)), Some(_)) = (&self.found, &self.next) else { return false };
        names(self.wish).iter().any(|name| found.may_be_named_later(name))
            || found.commits.iter().any(|(&commit, &date)| found.may_have_name(commit, date))
    }

    pub(super) fn finish(self) -> Result<Refs, Failure> {
        let is_complete = self.next.is_none();
        let mut found = self.found.unwrap_or(Err(Failure::OutOfTime))?;
        // Where pages are left that may name a commit, its standing is left open, too: whoever tells
        // that knows its tags.
        let (commits, standings) = (&found.commits, std::mem::take(&mut found.standings));
        let may_have_name = |commit: &Commit| {
            commits.get(commit).is_some_and(|&date| found.may_have_name(*commit, date))
        };
        let told = standings.into_iter();
        let told = told.filter(|(commit, _)| is_complete || !may_have_name(commit));
        let standings = told.collect();
        let refs = found.refs.into_values().collect();
        Ok(Refs {
            default_branch: found.default_branch.map(Into::into),
            archived: Some(found.archived),
            is_private: Some(found.is_private),
            standings,
            advisories: found.advisories,
            releases: found.releases,
            ..Refs::new(found.repository.into(), refs, Source::Repository)
        })
    }
}

fn next_page(repository: &Repository) -> Option<String> {
    repository.tags.as_ref().and_then(|tags| tags.page_info.next().map(str::to_owned))
}

impl Found {
    /// The answer to the first question.
    fn new(mut repository: Repository, wish: &Wish<'_>) -> Self {
        let head = repository.default_branch_ref.as_ref();
        let head = head.and_then(|head| head.to_ref(RefKind::Branch));
        let wanted = (0..names(wish).len()).flat_map(|position| {
            let tag = repository.wanted(&query::tag_alias(position), RefKind::Tag);
            let branch = repository.wanted(&query::branch_alias(position), RefKind::Branch);
            tag.into_iter().chain(branch)
        });
        let (mut commits, mut standings) = (BTreeMap::new(), Vec::new());
        for (position, &commit) in wish.commits.iter().enumerate() {
            match repository.object(&query::commit_alias(position)) {
                Some(Known::Commit(date)) => {
                    commits.insert(commit, date);
                }
                Some(Known::TagOf(target)) => standings.push((commit, Standing::TagOf(target))),
                None => standings.push((commit, Standing::Missing)),
            }
        }
        let series = (0..wish.newer.len())
            .filter_map(|position| repository.series(&query::series_alias(position)));
        let series: Vec<_> = series.flat_map(|tags| tags.refs().collect::<Vec<_>>()).collect();
        let mut found = Self {
            default_branch: head.as_ref().map(|head| head.name.to_string()),
            refs: wanted.chain(head).chain(series).map(keyed).collect(),
            oldest: None,
            commits,
            compared: BTreeSet::new(),
            standings,
            repository: repository.name_with_owner.clone(),
            archived: repository.is_archived,
            is_private: repository.is_private,
            advisories: repository.advisories.take(),
            releases: repository.releases.iter().flat_map(Releases::by_tag).collect(),
        };
        found.add_tags(&repository);
        found
    }

    /// Takes in what was answered to a further question: what came of comparisons, a page of tags.
    fn add(&mut self, repository: &Repository) {
        for (position, commit) in self.to_compare().into_iter().enumerate() {
            self.compared.insert(commit);
            if repository.is_contained(&query::compared_alias(position)) {
                self.standings.push((commit, Standing::Contained));
            }
        }
        self.add_tags(repository);
    }

    fn add_tags(&mut self, repository: &Repository) {
        if let Some(tags) = &repository.tags {
            let tags: Vec<_> = tags.refs().collect();
            self.oldest = tags.last().cloned();
            self.refs.extend(tags.into_iter().map(keyed));
        }
    }

    /// The commits on which no ref is found, and that were not compared yet.
    fn to_compare(&self) -> Vec<Commit> {
        let is_open = |commit: &&Commit| !self.compared.contains(commit) && !self.has_ref(**commit);
        let open = self.commits.keys().filter(is_open).copied();
        open.filter(|_| self.default_branch.is_some()).collect()
    }

    fn has_ref(&self, commit: Commit) -> bool {
        self.refs.values().any(|entry| entry.commit == commit)
    }

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
        follows && self.may_have_name(entry.commit, entry.date)
    }

    /// Whether a full version tag on this commit, of this day, may be on a later page.
    fn may_have_name(&self, commit: Commit, date: Option<Date>) -> bool {
        // Tags come by the dates of their commits, the newest first.
        let passed = self.oldest.as_ref().is_some_and(|oldest| oldest.date < date);
        let is_named = self.refs.values().any(|entry| {
            entry.kind == RefKind::Tag
                && entry.commit == commit
                && entry.version().is_some_and(|version| version.components().len() > 2)
        });
        !passed && !is_named
    }
}

fn keyed(entry: Ref) -> ((RefKind, String), Ref) {
    ((entry.kind, entry.name.to_string()), entry)
}
