//! What a run put on a branch, kept in the text of its pull request: a later run that would put the same
//! there sees with that alone that there is nothing to do.

use std::collections::BTreeMap;

use super::branch::{Ours, Place, State};
use super::push::{self, NewCommit};
use super::{blob, pull::Pull};

const START: &str = "<!-- spec8-fix: pushed ";
const END: &str = " -->";

/// What a run put on a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pushed<'a> {
    /// The last commit.
    pub(super) head: &'a str,
    /// The commit of the base that it goes on.
    pub(super) base: &'a str,
}

impl Pushed<'_> {
    /// A text with what the next run should know, which no reader sees.
    pub(super) fn noted(&self, text: &str, commits: &[NewCommit]) -> String {
        let (text, files) = (text.trim_end(), name_of(&push::contents(commits)));
        format!("{text}\n\n{START}{} {} {files}{END}", self.head, self.base)
    }
}

/// The state of a branch that is where a run left it, with what is to be there now. `None` where that is not
/// known so easily.
///
/// This never lets a branch be changed: what else is on it, and of whom, has to be asked for then.
pub(super) fn state(pull: Option<&Pull>, place: &Place, commits: &[NewCommit]) -> Option<State> {
    let (_, rest) = pull?.body.rsplit_once(START)?;
    let words: Vec<_> = rest.split_once(END)?.0.split(' ').collect();
    let [head, base, files] = words[..] else { return None };
    if place.head() != Some(head) {
        return None;
    }
    let contents = push::contents(commits);
    (files == name_of(&contents)).then(|| {
        let (head, base) = (head.to_owned(), base.to_owned());
        State::Ours(Ours { head, base, files: Some(contents) })
    })
}

/// A name for what files become, each told by the ID of its content.
fn name_of(files: &BTreeMap<String, String>) -> String {
    let lines: Vec<_> = files.iter().map(|(path, id)| format!("{id} {path}\0")).collect();
    blob::id(lines.concat().as_bytes())
}
