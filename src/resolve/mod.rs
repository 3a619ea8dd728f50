//! From refs to commits: who is asked, what is asked, what comes back.
//!
//! One run asks once: everything that its workflows want goes into one [`Wanted`], so that an
//! implementation can make the fewest requests possible. The interface is synchronous; an
//! implementation that needs a runtime owns it.

mod answers;
mod api;
pub mod builtin;
mod cache;
mod endpoints;
mod failure;
mod git;
mod network;
mod patience;
mod session;
mod settings;
mod token;
mod transport;

use std::collections::{BTreeMap, BTreeSet};

use crate::actions::knowledge::{self, PinTo};
use crate::actions::{ActionRef, GitRef, RepositoryName};

pub use answers::{Answers, Notice, Unresolved};
pub use api::graphql::{Question, query};
pub use builtin::BuiltIn;
pub use endpoints::{BaseUrl, Endpoints, InvalidEndpoint};
pub use network::{Network, Progress};
pub use settings::{Limits, Settings, TokenSource};
pub use token::{Secret, Token};

/// A source of refs.
pub trait Resolve {
    /// Answers for every repository wanted.
    fn resolve(&self, wanted: &Wanted<'_>) -> Answers;
}

/// The refs that a run wants to know, by repository.
#[derive(Clone, Debug, Default)]
pub struct Wanted<'a> {
    repositories: BTreeMap<RepositoryName<'a>, BTreeSet<&'a str>>,
}

impl<'a> Wanted<'a> {
    /// Wants what it takes to pin this action: its ref, and where that is the value of an input the
    /// branch that takes its place. Nothing for a full SHA or an expression.
    pub fn insert(&mut self, action: &ActionRef<'a>) {
        if matches!(action.git_ref, GitRef::FullSha(_) | GitRef::Expression(_)) {
            return;
        }
        let refs = self.repositories.entry(action.repository()).or_default();
        refs.insert(action.git_ref.name());
        if let Some(PinTo::Branch(branch)) =
            knowledge::ref_is_input(action).map(|fact| &fact.pin_to)
        {
            refs.insert(branch);
        }
    }

    /// The repositories, each with the refs asked for.
    pub fn iter(&self) -> impl Iterator<Item = (RepositoryName<'a>, &BTreeSet<&'a str>)> {
        self.repositories.iter().map(|(repository, refs)| (*repository, refs))
    }

    /// Whether there is nothing to ask.
    pub fn is_empty(&self) -> bool {
        self.repositories.is_empty()
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
            wanted.iter().map(|(name, refs)| (name.to_string(), refs.len())).collect();
        assert_eq!(
            asked,
            [("actions/checkout".to_owned(), 2), ("dtolnay/rust-toolchain".to_owned(), 2)]
        );
        assert!(Wanted::default().is_empty());
    }

    #[test]
    fn answers_in_any_case() {
        let wanted =
            [action("PYPA/cibuildwheel@v2"), action("no-such/action@v1")].into_iter().collect();
        let answers = BuiltIn.resolve(&wanted);
        let find = |text| answers.get(RepositoryName::parse(text).unwrap());
        assert_eq!(find("pypa/CIBuildWheel").unwrap().repository, "pypa/cibuildwheel");
        assert_eq!(find("No-Such/action"), Err(&Unresolved::NotInIndex));
        assert_eq!(find("actions/checkout"), Err(&Unresolved::NotAsked));
    }
}
