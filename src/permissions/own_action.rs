//! The action that a repository makes itself, where its workflows use it: `uses: ./`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::credentials::GitNeed;
use super::elsewhere::{GITHUB_SCRIPT, is_handed_token};
use super::frame::Frame;
use super::job::{Site, Walk};
use super::state::State;
use crate::actions::Uses;
use crate::actions::knowledge::{self, Entry};
use crate::workflow::{Action, Step, own_name};

impl<'d> Walk<'_, 'd> {
    /// A step with the action that the repository makes: what it needs depends on what its author
    /// wants to see tested.
    pub(super) fn own_action(
        &mut self,
        step: Step<'d>,
        path: &str,
        site: Site<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        let action = self.files.action(path);
        let inputs = action.iter().flat_map(Action::inputs);
        let takes_token = inputs.into_iter().any(|(_, default)| default.contains("github.token"));
        let titled = || titled(&action?, takes_token);
        let published = self.named().or_else(titled);
        if let Some(action) = action.filter(Action::is_composite) {
            let programs = state.own_programs;
            self.local(step, &action, path, site, frame, state);
            // What it is made of now says more than what is known of it, unless that is a program.
            return match published {
                Some(entry) if state.own_programs > programs => {
                    self.published(step, entry, site, frame, state);
                }
                _ => {}
            };
        }
        let evidence = site.evidence(path, "is the action that this repository makes");
        self.found.git(site.step, GitNeed::Unknown, evidence.clone());
        if takes_token && published.is_some() && !is_handed_token(step, frame) {
            self.found.doubt(site.step, evidence);
        } else {
            // It works with something else, of which a run for a fork says nothing.
            self.found.lasting_doubt(evidence);
        }
        self.guess_registry(path, site, state);
        match (published, action) {
            (Some(entry), _) => self.published(step, entry, site, frame, state),
            (None, Some(action)) => self.local(step, &action, path, site, frame, state),
            (None, None) => {}
        }
    }

    /// A step with the action as it was published.
    fn published(
        &mut self,
        step: Step<'d>,
        entry: &'static Entry,
        site: Site<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        let name = entry.repository();
        match name == GITHUB_SCRIPT {
            true => self.github_script(step, &name, site, frame, state),
            false => self.known(step, &name, entry, site, frame, state),
        }
    }

    /// What is known of the action by the name of its repository.
    fn named(&self) -> Option<&'static Entry> {
        let by_conditions = || own_name(self.files.workflows.values().copied());
        let uses = format!("{}@main", self.files.name.as_deref().or_else(by_conditions)?);
        match Uses::parse(&uses) {
            Uses::Repository(action) => knowledge::find(&action),
            _ => None,
        }
    }
}

/// The actions at the top of their repositories, by the slugs of what they may be called.
static BY_TITLE: LazyLock<BTreeMap<String, Vec<&Entry>>> = LazyLock::new(|| {
    let mut found: BTreeMap<String, Vec<&Entry>> = BTreeMap::new();
    for entry in knowledge::all().iter().filter(|entry| entry.path.is_empty()) {
        let with_owner = format!("{}-{}", entry.owner, entry.name);
        let titles = [entry.title.unwrap_or(entry.name), entry.name, &with_owner].map(slug);
        for title in BTreeSet::from(titles) {
            found.entry(title).or_default().push(entry);
        }
    }
    found
});

/// What is known of an action by its title, or of one whose repository is called like that, most likely the same:
/// titles are unique in GitHub's Marketplace,
/// <https://docs.github.com/en/actions/how-tos/create-and-publish-actions/publish-in-github-marketplace>.
fn titled(action: &Action<'_>, takes_token: bool) -> Option<&'static Entry> {
    let title = slug(action.title()?);
    let declares = |input: &&str| action.inputs().any(|(name, _)| name.eq_ignore_ascii_case(input));
    // A word alone may stand for anything.
    let fits = |entry: &&&Entry| match &entry.token {
        Some(token) => token.inputs.iter().all(declares),
        None => !takes_token || title.contains('-'),
    };
    BY_TITLE.get(&title)?.iter().find(fits).copied()
}

/// A title as the name of a repository has it: in lower case, with hyphens.
fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}
