//! What the commands of shell scripts do with the workflow's token.

mod gh;
mod git;
mod http;
mod other;
mod publishing;
mod registry;
mod table;
mod task;

use super::frame::Frame;
use super::job::{Site, Walk};
use super::state::State;
use crate::expression::{Carries, Known, Value, evaluate};
use crate::shell::{Command, Input, Piece, Word};

/// A command, where it stands.
#[derive(Clone, Copy)]
pub(super) struct Call<'c, 'd> {
    pub(super) command: &'c Command,
    /// The environment of the script at this place.
    pub(super) frame: &'c Frame<'c>,
    pub(super) site: Site<'d>,
}

impl Call<'_, '_> {
    /// A variable of the command's environment.
    fn variable(&self, name: &str) -> Option<Value> {
        let own = self.command.variables.iter().rev().find(|(variable, _)| variable == name);
        match own {
            Some((_, word)) => Some(value(word, self.frame)),
            None => self.frame.variable(name).cloned(),
        }
    }

    /// The first of these variables that holds something.
    fn first_variable(&self, names: &[&str]) -> Option<Carries> {
        let found = names.iter().filter_map(|name| self.variable(name)).map(|value| value.carries);
        found.into_iter().find(|carries| carries.is_any())
    }

    /// What its words may hold.
    fn arguments_carry(&self) -> Carries {
        let words = self.command.words.iter().map(|word| value(word, self.frame).carries);
        words.fold(Carries::default(), Carries::or)
    }

    /// What it is given to read may hold.
    fn input_carries(&self) -> Carries {
        let words = match &self.command.input {
            Some(Input::Text(word)) => std::slice::from_ref(word),
            Some(Input::Pipe(words)) => words,
            None => &[],
        };
        let words = words.iter().map(|word| value(word, self.frame).carries);
        words.fold(Carries::default(), Carries::or)
    }

    /// Whether a secret is within its reach, by what the names of variables say.
    fn is_given_secret(&self) -> bool {
        let is_secret = |piece: &Piece| match piece {
            Piece::Variable(name) => is_of_secret(name),
            Piece::Expression(text) => text.contains("secrets."),
            Piece::Text(_) | Piece::Unknown => false,
        };
        let mut pieces = self.command.words.iter().flat_map(Word::pieces);
        pieces.any(is_secret) || self.secrets().any(is_of_secret)
    }

    /// The names of the variables that may hold a secret.
    fn secrets(&self) -> impl Iterator<Item = &str> {
        let own = self.command.variables.iter();
        let own = own.filter(|(_, word)| value(word, self.frame).is_secret());
        own.map(|(name, _)| name.as_str()).chain(self.frame.secrets())
    }

    /// Where the workflow's token is within its reach: in a word, or in its environment.
    fn handed(&self) -> Option<String> {
        if self.arguments_carry().token {
            return Some("is handed the token".to_owned());
        }
        let own =
            self.command.variables.iter().find(|(_, word)| value(word, self.frame).carries.token);
        let name =
            own.map(|(name, _)| name.as_str()).or_else(|| self.frame.variables_with_token().next());
        name.map(|name| format!("is handed the token in `{name}`"))
    }

    /// Its words, for a person: the first few.
    fn shown(&self) -> String {
        self.command.shown()
    }
}

/// Whether a variable of this name holds a secret.
fn is_of_secret(name: &str) -> bool {
    const WORDS: &[&str] = &["AUTH", "CREDENTIAL", "KEY", "PASS", "PAT", "PYPI", "SECRET", "TOKEN"];
    let name = name.to_ascii_uppercase();
    WORDS.iter().any(|word| name.contains(word)) && !name.ends_with("VERSION")
}

/// What is known of a word.
pub(crate) fn value(word: &Word, frame: &Frame<'_>) -> Value {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => Value::from(text.as_str()),
        Piece::Variable(name) => {
            frame.variable(name).cloned().unwrap_or_else(|| Known::Hidden.into())
        }
        Piece::Expression(text) => evaluate(text, frame),
        Piece::Unknown => Known::Hidden.into(),
    };
    match word.pieces() {
        [] => "".into(),
        [only] => piece(only),
        pieces => Value::joined(pieces.iter().map(piece)),
    }
}

impl<'d> Walk<'_, 'd> {
    /// What a command needs.
    pub(super) fn command(&mut self, call: &Call<'_, 'd>, state: &mut State) {
        // A module of Python is none of these clients, whatever it is called.
        match call.command.name().filter(|_| !call.command.is_module) {
            Some("git") => self.git(call, state),
            Some("cd" | "pushd" | "popd") => {
                let to = call.command.operands().next();
                let from = state.folder.as_deref();
                state.folder = to.and_then(|to| git::changed(from, to, call));
            }
            Some("gh" | "hub") => self.gh(call, state),
            Some(name) if http::is_client(name) => self.http(call),
            Some(name) if registry::is_client(name) => self.registry(call, state),
            _ => self.other(call, state),
        }
    }
}
