//! `git`: what pushes, and with which credentials.

use super::{Call, value};
use crate::expression::{Carries, Known};
use crate::permissions::credentials;
use crate::permissions::job::Walk;
use crate::permissions::state::State;
use crate::shell::{Piece, Word, takes_value};
use crate::workflow::{Level, Scope, script_path};

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
            "clone" => {
                if let Some((folder, credentials)) = cloned(call, state) {
                    state.work_trees.add(folder, credentials);
                }
                if carries.token {
                    state.git = Some(carries);
                }
            }
            "remote" | "config" | "submodule" if carries.token => {
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
        let credentials = match arguments.token {
            true => Some(arguments),
            false => address.or_else(|| state.git_in(folder(call, state).as_deref())),
        };
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

/// The folder in which a command of `git` works, from the job's, as far as it is known.
fn folder(call: &Call<'_, '_>, state: &State) -> Option<String> {
    let from = state.folder.as_deref();
    match call.command.option(&["-C"]) {
        Some(word) => changed(from, &word, call),
        None => from.map(str::to_owned),
    }
}

/// The folder to which a script changes that is in another one.
pub(super) fn changed(from: Option<&str>, to: &Word, call: &Call<'_, '_>) -> Option<String> {
    let root = ["$GITHUB_WORKSPACE/", "${{ github.workspace }}/"];
    let shown = to.shown();
    match root.iter().find_map(|root| shown.strip_prefix(root)) {
        Some(inside) => script_path(None, inside),
        None => match value(to, call.frame).known {
            Known::Text(to) => script_path(Some(from?), &to),
            _ => None,
        },
    }
}

/// The folder that a repository is cloned into, with the credentials that `git` has there: those of the address.
fn cloned(call: &Call<'_, '_>, state: &State) -> Option<(String, Carries)> {
    let mut operands = call.command.operands().skip_while(|word| word.text() != Some("clone"));
    let address = operands.nth(1)?;
    let held = value(address, call.frame);
    let credentials = match held.known.start()? {
        start if start.contains("://") => Carries {
            token: held.carries.token,
            other: names_secret(std::slice::from_ref(address), call),
        },
        start if start.starts_with("git@") => KEY,
        _ => return None,
    };
    let from = state.folder.as_deref();
    let folder = match operands.next() {
        Some(folder) => changed(from, folder, call)?,
        None => {
            let shown = address.shown();
            let name = shown.trim_end_matches('/').rsplit('/').next()?;
            script_path(Some(from?), name.strip_suffix(".git").unwrap_or(name))?
        }
    };
    Some((folder, credentials)).filter(|(folder, _)| !folder.is_empty())
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
