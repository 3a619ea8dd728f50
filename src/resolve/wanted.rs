//! What a run wants to know.

use std::collections::{BTreeMap, BTreeSet};

use crate::actions::knowledge::{self, PinTo};
use crate::actions::{ActionRef, Commit, Definition, GitRef, Range, RepositoryName};
use crate::images::Image;

/// What a run wants to know of one repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish<'a> {
    /// Names that may be tags or branches of it.
    pub names: BTreeSet<&'a str>,
    /// Names that are claimed to be tags of it.
    pub tags: BTreeSet<&'a str>,
    /// Commits that are pinned: which tag names each, and whether it is the repository's own.
    pub commits: BTreeSet<Commit>,
    /// Whether its known vulnerabilities are wanted.
    pub advisories: bool,
    /// Whether it is wanted whether it is private.
    pub visibility: bool,
    /// The newest releases whose names start so (`v4.`), and since when they are out. Nothing in
    /// front stands for all releases.
    pub newer: BTreeSet<String>,
}

/// A repository with what is wanted of it.
pub(super) type Asked<'a> = (RepositoryName<'a>, &'a Wish<'a>);

/// What a run wants to know, by repository.
#[derive(Clone, Debug, Default)]
pub struct Wanted<'a> {
    repositories: BTreeMap<RepositoryName<'a>, Wish<'a>>,
    images: BTreeSet<Image>,
    definitions: BTreeSet<Definition>,
    needs: bool,
    range: Option<Range>,
}

impl<'a> Wanted<'a> {
    /// Wants nothing yet; `range` is how far the run moves forward, if it does.
    pub fn of_run(range: Option<Range>) -> Self {
        Self { range, ..Self::default() }
    }

    /// Wants what it takes to pin this action: its ref, and where that is the value of an input the
    /// branch that takes its place. Nothing for a full SHA or an expression.
    pub fn insert(&mut self, action: &ActionRef<'a>) {
        if matches!(action.git_ref, GitRef::FullSha(_) | GitRef::Expression(_)) {
            return;
        }
        let names = &mut self.wish(action).names;
        names.insert(action.git_ref.name());
        if let Some(PinTo::Branch(branch)) =
            knowledge::ref_is_input(action).map(|fact| &fact.pin_to)
        {
            names.insert(branch);
        }
    }

    /// Wants what it takes to verify that this action is pinned to this commit, under the name of
    /// this tag where one is given.
    pub fn insert_pin(&mut self, action: &ActionRef<'a>, commit: Commit, tag: Option<&'a str>) {
        let wish = self.wish(action);
        wish.commits.insert(commit);
        wish.tags.extend(tag);
    }

    /// Wants what it takes to tell the known vulnerabilities of this action: those of its repository,
    /// and the version that its ref is.
    pub fn insert_advisories(&mut self, action: &ActionRef<'a>) {
        if let GitRef::FullSha(sha) = action.git_ref
            && let Ok(commit) = sha.parse()
        {
            self.insert_pin(action, commit, None);
        }
        self.insert(action);
        self.wish(action).advisories = true;
    }

    /// Wants to know what the repository of this action is called by now, and the like.
    pub fn insert_repository(&mut self, action: &ActionRef<'a>) {
        self.wish(action);
    }

    /// Wants to know whether a repository is private.
    pub fn insert_visibility(&mut self, repository: RepositoryName<'a>) {
        self.repositories.entry(repository).or_default().visibility = true;
    }

    /// Wants what it takes to move this action forward, in a run that does. `claimed` is the version
    /// that the comment of a pin names.
    pub fn insert_newer(&mut self, action: &ActionRef<'a>, claimed: Option<&'a str>) {
        let Some(range) = self.range else { return };
        let commit = match action.git_ref {
            GitRef::Expression(_) => return,
            GitRef::FullSha(sha) => sha.parse::<Commit>().ok(),
            GitRef::ShortSha(_) | GitRef::Name { .. } => None,
        };
        let name = claimed.unwrap_or(action.git_ref.name());
        let wish = self.wish(action);
        wish.newer.insert(range.prefix(name));
        wish.tags.extend(claimed);
        wish.commits.extend(commit);
    }

    /// Wants the digest of an image.
    pub fn insert_image(&mut self, image: Image) {
        self.images.insert(image);
    }

    /// The images whose digests are wanted.
    pub fn images(&self) -> impl Iterator<Item = &Image> {
        self.images.iter()
    }

    /// Wants what it takes to tell what jobs need: whatever that is, is found out in rounds.
    pub fn insert_needs(&mut self) {
        self.needs = true;
    }

    /// Whether what jobs need is to be told.
    pub fn wants_needs(&self) -> bool {
        self.needs
    }

    /// Wants to read the definition of an action or a reusable workflow.
    pub fn insert_definition(&mut self, definition: Definition) {
        self.definitions.insert(definition);
    }

    /// The definitions that are to be read.
    pub fn definitions(&self) -> impl Iterator<Item = &Definition> {
        self.definitions.iter()
    }

    fn wish(&mut self, action: &ActionRef<'a>) -> &mut Wish<'a> {
        self.repositories.entry(action.repository()).or_default()
    }

    /// The repositories, each with what is wanted of it.
    pub fn iter(&self) -> impl Iterator<Item = (RepositoryName<'a>, &Wish<'a>)> {
        self.repositories.iter().map(|(repository, wish)| (*repository, wish))
    }

    /// Whether there is nothing to ask.
    pub fn is_empty(&self) -> bool {
        self.repositories.is_empty() && self.images.is_empty() && self.definitions.is_empty()
    }
}

impl<'a> Extend<ActionRef<'a>> for Wanted<'a> {
    fn extend<I: IntoIterator<Item = ActionRef<'a>>>(&mut self, actions: I) {
        actions.into_iter().for_each(|action| self.insert(&action));
    }
}

impl<'a> FromIterator<ActionRef<'a>> for Wanted<'a> {
    fn from_iter<I: IntoIterator<Item = ActionRef<'a>>>(actions: I) -> Self {
        let mut wanted = Self::default();
        wanted.extend(actions);
        wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::Uses;

    fn action(text: &str) -> ActionRef<'_> {
        match Uses::parse(text) {
            Uses::Repository(action) => action,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn asks_once_for_each_repository() {
        let wanted: Wanted<'_> = [
            "actions/checkout@v4",
            "Actions/Checkout@v3",
            "actions/checkout@v4",
            "actions/cache/restore@11d5960a326750d5838078e36cf38b85af677262",
            "dtolnay/rust-toolchain@stable",
        ]
        .map(action)
        .into_iter()
        .collect();
        let asked: Vec<_> =
            wanted.iter().map(|(name, wish)| (name.to_string(), wish.names.len())).collect();
        assert_eq!(
            asked,
            [("actions/checkout".to_owned(), 2), ("dtolnay/rust-toolchain".to_owned(), 2)]
        );
        assert!(Wanted::default().is_empty());
    }

    #[test]
    fn pins_are_wanted_by_their_commits() {
        let pinned = action("actions/cache@11d5960a326750d5838078e36cf38b85af677262");
        let commit = "11d5960a326750d5838078e36cf38b85af677262".parse().unwrap();
        let mut wanted = Wanted::default();
        wanted.insert_pin(&pinned, commit, Some("v4.4.0"));
        wanted.insert_advisories(&action("Actions/Cache@v3"));
        wanted.insert_advisories(&pinned);
        wanted.insert_repository(&action("own/er@v1"));
        let wishes: Vec<_> = wanted.iter().map(|(_, wish)| wish.clone()).collect();
        let cache = Wish {
            names: ["v3"].into(),
            tags: ["v4.4.0"].into(),
            commits: [commit].into(),
            advisories: true,
            ..Wish::default()
        };
        assert_eq!(wishes, [cache, Wish::default()]);
    }

    #[test]
    fn wants_newer_releases_in_a_run_that_upgrades_only() {
        let pin = action("own/er@11d5960a326750d5838078e36cf38b85af677262");
        for (range, newer) in [
            (None, &[][..]),
            (Some(Range::Patch), &["v4.", "v4.1."]),
            (Some(Range::Minor), &["v4."]),
            (Some(Range::Major), &[""]),
        ] {
            let mut wanted = Wanted::of_run(range);
            wanted.insert_newer(&pin, Some("v4.1.0"));
            wanted.insert_newer(&action("own/er@v4"), None);
            let wish = wanted.iter().next().map(|(_, wish)| wish.clone()).unwrap_or_default();
            assert_eq!(wish.newer.iter().map(String::as_str).collect::<Vec<_>>(), newer);
            assert_eq!(wish.tags.contains("v4.1.0"), range.is_some());
        }
    }
}
