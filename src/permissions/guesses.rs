//! What something most likely does of which nothing is known, but that it has the token, or that a login is in its reach.
//!
//! A guess stands beside a doubt, so that it is written with `--unsafe` alone.

use super::collect::Evidence;
use super::frame::Frame;
use super::job::{Site, Walk};
use super::names::written_by;
use super::state::State;
use crate::workflow::Scope;

impl<'d> Walk<'_, 'd> {
    /// It writes to what the run is about.
    pub(super) fn guess_subject(
        &mut self,
        actor: &str,
        is_handed: bool,
        frame: &Frame<'_>,
        site: Site<'d>,
    ) {
        if let Some(scope) = frame.scenario.subject() {
            let what = "is handed the token, most likely to write to what the run is about";
            self.guess(scope, is_handed, site, &site.evidence(actor, what));
        }
    }

    /// An action, or a workflow that is called, writes to what it is named for.
    pub(super) fn guess_by_name(
        &mut self,
        name: &str,
        is_handed: bool,
        frame: &Frame<'_>,
        site: Site<'d>,
    ) {
        // The owner's name says nothing.
        let own = name.split_once('/').map_or(name, |(_, own)| own);
        let written = written_by(own, site.title, frame.scenario);
        self.guess_written(name, &written, is_handed, site);
    }

    /// Something writes to these, each with the word in its name that says so.
    pub(super) fn guess_written(
        &mut self,
        actor: &str,
        written: &[(Scope, &str)],
        is_handed: bool,
        site: Site<'d>,
    ) {
        for &(scope, word) in written {
            let how = if is_handed { "is handed" } else { "may use" };
            let what = format!("{how} the token, and is named for `{word}`");
            self.guess(scope, is_handed, site, &site.evidence(actor, &what));
        }
    }

    /// It goes with the doubt: what it is handed the token for it leaves for a fork.
    fn guess(&mut self, scope: Scope, is_handed: bool, site: Site<'d>, evidence: &Evidence) {
        match is_handed {
            true => self.found.lasting_guess(scope, evidence),
            false => self.found.guess(site.step, scope, evidence),
        }
    }

    /// It pushes an image: an earlier step has logged in to GitHub's package registry for something.
    pub(super) fn guess_registry(&mut self, actor: &str, site: Site<'d>, state: &State) {
        if state.registry {
            let what = "may use the login to GitHub's package registry";
            self.found.guess(site.step, Scope::Packages, &site.evidence(actor, what));
        }
    }
}
