//! What is known of single actions, compiled in from `data/actions/`.

use std::cmp::Ordering;

use super::need::{Condition, KnownDoubt, KnownNeed, Token};
use super::refs::{RefKind, Refs};
use super::upload::{Destination, KnownUpload};
use super::uses::ActionRef;
use super::version::Version;
use crate::glob;
use crate::workflow::{Level, Scope};

/// What is known of an action, or of everything in a repository.
#[derive(Debug)]
pub struct Entry {
    /// The user or organisation.
    pub owner: &'static str,
    /// The repository's own name.
    pub name: &'static str,
    /// The action's or workflow's place in the repository: empty at its top, `*` where the entry
    /// speaks of all that have none of their own.
    pub path: &'static str,
    /// What it is called in GitHub's Marketplace, where that is not the name of its repository in words.
    pub title: Option<&'static str>,
    /// Where this can be read.
    pub source: &'static [&'static str],
    /// What it acts with; `None` where it does not use the workflow's token.
    pub token: Option<Token>,
    /// Which permissions that takes.
    pub needs: &'static [KnownNeed],
    /// What it may do besides, and a workflow does not show.
    pub doubts: &'static [KnownDoubt],
    /// The values of inputs that are not given.
    pub defaults: &'static [(&'static str, &'static str)],
    /// The inputs that hold shell commands, which it runs.
    pub runs: &'static [&'static str],
    /// What it uploads.
    pub uploads: &'static [KnownUpload],
    /// When it builds packages, with code of the project.
    pub builds: Option<Condition>,
    /// The registry for which it exchanges the workflow's identity for a token, as a trusted
    /// publisher.
    pub mints: Option<Destination>,
    /// The input by which it sets the registry of npm for later steps.
    pub npm_registry: Option<&'static str>,
    /// It checks out with git; the input by which it can be told to leave no credentials.
    pub checkout: Option<&'static str>,
    /// It logs in to a container registry.
    pub registry: Option<Registry>,
    /// Some refs of it are values of an input.
    pub ref_is_input: Option<RefIsInput>,
    /// It has to be named by a tag.
    pub keep_tag: Option<Reason>,
}

impl Entry {
    /// Its repository: `owner/name`.
    pub fn repository(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }
}

/// The inputs of an action that logs in to a container registry.
#[derive(Debug)]
pub struct Registry {
    /// That for the registry's address.
    pub address: &'static str,
    /// That for the password.
    pub password: &'static str,
}

/// Refs that are not versions of the action but values of one of its inputs.
#[derive(Debug)]
pub struct RefIsInput {
    /// The input that means the same.
    pub input: &'static str,
    /// Which refs those are.
    pub values: Values,
    /// What such a ref is pinned to.
    pub pin_to: PinTo,
    /// Patterns of those under which a value that the step gives for the input wins over the ref.
    /// Under others the action does not know the input, and ignores it.
    pub step_wins: &'static [&'static str],
    /// Where this can be read.
    pub source: &'static str,
}

/// Which refs are values of an input.
#[derive(Debug)]
pub enum Values {
    /// Those that match one of these patterns, whether or not the ref is known.
    Globs(&'static [&'static str]),
    /// Every tag that is no version.
    Tags,
}

/// What a ref that is the value of an input is pinned to.
#[derive(Debug)]
pub enum PinTo {
    /// The head of this branch.
    Branch(&'static str),
    /// The newest release.
    NewestRelease,
}

/// A fact of one sentence.
#[derive(Debug)]
pub struct Reason {
    /// Completes "it …".
    pub reason: &'static str,
    /// Where this can be read.
    pub source: &'static str,
}

impl RefIsInput {
    /// Whether this ref of the action is a value of the input.
    pub fn is_value(&self, git_ref: &str, refs: &Refs) -> bool {
        match self.values {
            Values::Globs(globs) => globs.iter().any(|glob| glob::matches(glob, git_ref)),
            Values::Tags => {
                Version::parse(git_ref).is_none() && refs.find(RefKind::Tag, git_ref).is_some()
            }
        }
    }

    /// Whether a value that the step gives for the input wins over this ref.
    pub fn step_wins(&self, git_ref: &str) -> bool {
        self.step_wins.iter().any(|glob| glob::matches(glob, git_ref))
    }
}

/// What is known of how an action or reusable workflow uses the workflow's token.
pub fn find(action: &ActionRef<'_>) -> Option<&'static Entry> {
    entry(action, action.path).or_else(|| entry(action, "*").filter(|_| !action.path.is_empty()))
}

/// All entries, by owner, name and path.
pub fn all() -> &'static [Entry] {
    &ENTRIES
}

/// Everything known of an action's refs: what is said of itself before what is said of its
/// repository.
fn entries<'a>(action: &ActionRef<'a>) -> impl Iterator<Item = &'static Entry> + use<'a> {
    let action = *action;
    let own = Some(action.path).filter(|path| !path.is_empty());
    own.into_iter().chain(["*", ""]).filter_map(move |path| entry(&action, path))
}

/// The entry of a path in an action's repository.
fn entry(action: &ActionRef<'_>, path: &str) -> Option<&'static Entry> {
    let wanted = [action.owner, action.name, path];
    let order = |entry: &Entry| {
        let parts = [entry.owner, entry.name, entry.path].into_iter().zip(wanted);
        let orders = parts.map(|(one, other)| lower(one).cmp(lower(other)));
        orders.fold(Ordering::Equal, Ordering::then)
    };
    let position = ENTRIES.binary_search_by(order).ok()?;
    ENTRIES.get(position)
}

fn lower(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().map(|byte| byte.to_ascii_lowercase())
}

/// The refs of this action that are values of an input.
pub fn ref_is_input(action: &ActionRef<'_>) -> Option<&'static RefIsInput> {
    entries(action).find_map(|entry| entry.ref_is_input.as_ref())
}

/// Why this action has to be named by a tag.
pub fn keep_tag(action: &ActionRef<'_>) -> Option<&'static Reason> {
    entries(action).find_map(|entry| entry.keep_tag.as_ref())
}

include!(concat!(env!("OUT_DIR"), "/knowledge.rs"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::{Uses, index};

    fn action(text: &str) -> ActionRef<'_> {
        match Uses::parse(text) {
            Uses::Repository(action) => action,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn finds_entries_without_regard_to_case() {
        assert!(
            keep_tag(&action(
                "SLSA-Framework/slsa-github-generator/.github/workflows/x.yml@v2.1.0"
            ))
            .is_some()
        );
        assert!(
            keep_tag(&action("slsa-framework/slsa-verifier/actions/installer@v2.7.1")).is_some()
        );
        assert!(keep_tag(&action("slsa-framework/slsa-verifier@v2.7.1")).is_none());
        assert!(ref_is_input(&action("Taiki-e/install-action@nextest")).is_some());
        assert!(keep_tag(&action("actions/checkout@v4")).is_none());
    }

    #[test]
    fn tells_values_from_ordinary_refs() {
        for (uses, is_value) in [
            ("dtolnay/rust-toolchain@stable", true),
            ("dtolnay/rust-toolchain@nightly", true),
            ("dtolnay/rust-toolchain@1.70.0", true),
            ("dtolnay/rust-toolchain@1.70", true),
            ("dtolnay/rust-toolchain@1.9", false),
            ("dtolnay/rust-toolchain@miri", false),
            ("dtolnay/rust-toolchain@v1", false),
            ("dtolnay/rust-toolchain@master", false),
            ("taiki-e/install-action@cargo-deny", true),
            ("taiki-e/install-action@vacuum", true),
            ("taiki-e/install-action@v2", false),
            ("taiki-e/install-action@v2.3.4", false),
            ("taiki-e/install-action@main", false),
            ("taiki-e/install-action@releases/cargo-deny", false),
        ] {
            let action = action(uses);
            let refs = index::find(action.repository()).unwrap();
            let fact = ref_is_input(&action).unwrap();
            assert_eq!(fact.is_value(action.git_ref.name(), refs), is_value, "{uses}");
        }
    }
}
