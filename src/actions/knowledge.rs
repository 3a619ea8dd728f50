//! What is special about single actions, compiled in from `data/actions.toml`.

use super::refs::{RefKind, Refs};
use super::uses::ActionRef;
use super::version::Version;
use crate::glob;

/// What is known of an action, or of everything in a repository.
#[derive(Debug)]
pub struct Entry {
    /// The user or organisation.
    pub owner: &'static str,
    /// The repository's own name.
    pub name: &'static str,
    /// The action's or workflow's place in the repository; empty where the entry speaks of the
    /// whole repository.
    pub path: &'static str,
    /// Some refs of it are values of an input.
    pub ref_is_input: Option<RefIsInput>,
    /// It has to be named by a tag.
    pub keep_tag: Option<Reason>,
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

/// Everything known of an action: what is said of itself before what is said of its repository.
pub fn entries(action: &ActionRef<'_>) -> impl Iterator<Item = &'static Entry> {
    let (owner, name, path) = (action.owner, action.name, action.path);
    let matching = move |path: &str| {
        ENTRIES.iter().find(|entry| {
            entry.owner.eq_ignore_ascii_case(owner)
                && entry.name.eq_ignore_ascii_case(name)
                && entry.path == path
        })
    };
    let own = if path.is_empty() { None } else { matching(path) };
    own.into_iter().chain(matching(""))
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
        assert_eq!(entries(&action("actions/checkout@v4")).count(), 0);
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
