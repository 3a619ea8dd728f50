//! `git`: what pushes, and with which credentials.

use super::{Call, value};
use crate::expression::Carries;
use crate::permissions::credentials;
use crate::permissions::job::Walk;
use crate::permissions::state::State;
use crate::shell::{Piece, Word, takes_value};
use crate::workflow::{Level, Scope};

/// What an address of SSH is used with: a key, not the token.
const KEY: Carries = Carries { token: false, other: true };

impl<'d> Walk<'_, 'd> {
    pub(super) fn git(&mut self, call: &Call<'_, 'd>, state: &mut State) {
        let words = behind_options(call.command.arguments());
        let subcommand = words.first().and_then(Word::text).unwrap_or_default();
        let carries = call.arguments_carry();
        if !carries.token
            && let Some((how, what)) = credentials::needed_for(words)
        {
            self.found.git(call.site.step, how, call.site.evidence(&call.shown(), what));
        }
        match subcommand {
            // The token stands in an address, or in a header, and is used from now on.
            "remote" | "config" | "clone" | "submodule" if carries.token => {
                state.git = Some(carries);
            }
            // What a checkout left stays where it is.
            "remote" if names_secret(words, call) => {
                state.git = Some(state.git.unwrap_or_default().or(carries));
            }
            "push" => self.push(call, carries, state),
            "lfs" if words.get(1).and_then(Word::text) == Some("push") => {
                self.push(call, carries, state);
            }
            "subtree" if words.get(1).and_then(Word::text) == Some("push") => {
                self.push(call, carries, state);
            }
            _ => {}
        }
    }

    fn push(&mut self, call: &Call<'_, 'd>, arguments: Carries, state: &State) {
        if call.command.has_option(&["--dry-run", "-n"]) {
            return;
        }
        let address = call.command.operands().find_map(|word| {
            match value(word, call.frame).known.start()? {
                text if text.contains("://") => Some(arguments),
                text if text.starts_with("git@") => Some(KEY),
                _ => None,
            }
        });
        let credentials = if arguments.token { Some(arguments) } else { address.or(state.git) };
        let evidence = call.site.evidence(&call.shown(), "pushes to the repository");
        match credentials {
            Some(carries) if carries.is_any() => {
                self.need_with(carries, &[(Scope::Contents, Level::Write)], call.site, &evidence);
            }
            // Without any it cannot push.
            _ => self.unseen_push(call.site, &call.shown(), state),
        }
    }
}

/// Whether an address is among the words that has a secret in front of its host: `https://user:$TOKEN@host`.
fn names_secret(words: &[Word], call: &Call<'_, '_>) -> bool {
    let is_secret = |piece: &Piece| value(&Word::new([piece.clone()]), call.frame).is_secret();
    words.iter().any(|word| {
        word.contains("https://") && word.contains("@") && word.pieces().iter().any(is_secret)
    })
}

/// The words from the subcommand on.
fn behind_options(words: &[Word]) -> &[Word] {
    let mut rest = words;
    while let Some(first) = rest.first().filter(|word| word.starts_with("-")) {
        let skipped = if takes_value("git", first) { 2 } else { 1 };
        rest = rest.get(skipped..).unwrap_or_default();
    }
    rest
}
