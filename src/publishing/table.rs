//! What is known of commands that upload, compiled in from `data/commands.toml`.

use crate::actions::need::Condition;
use crate::actions::upload::{Destination, KnownUpload};
use crate::shell::{Command, Word};

/// A command that uploads.
#[derive(Debug)]
pub(super) struct Publisher {
    /// Its name and subcommands.
    words: &'static [&'static str],
    /// What it uploads.
    pub(super) uploads: &'static [KnownUpload],
    /// One of these is given, if there are any: an option, a word, or a word and `=` with a pattern of
    /// the option's value.
    flags: &'static [&'static str],
    /// None of these is given.
    unless: &'static [&'static str],
}

/// A command that keeps a token for later ones.
#[derive(Debug)]
pub(super) struct Login {
    words: &'static [&'static str],
    pub(super) to: Destination,
    /// What one of its words holds.
    with: &'static str,
}

/// What a command uploads. Of the entries that fit, those with the most words count.
pub(super) fn publisher(command: &Command) -> Option<&'static Publisher> {
    let fits = |known: &&Publisher| {
        command.is_called(known.words)
            && (known.flags.is_empty() || known.flags.iter().any(|flag| command.has_flag(flag)))
    };
    let found = PUBLISHERS.iter().filter(fits).max_by_key(|known| known.words.len())?;
    (!found.unless.iter().any(|flag| command.has_flag(flag))).then_some(found)
}

/// Whether a script has the words of some command that uploads: without them it uploads nothing.
pub(super) fn may_upload(script: &str) -> bool {
    PUBLISHERS.iter().any(|known| known.words.iter().all(|word| script.contains(word)))
}

/// For which places a command keeps a token.
pub(super) fn logins(command: &Command) -> impl Iterator<Item = &'static Login> {
    LOGINS.iter().filter(|known| {
        command.is_called(known.words)
            && (known.with.is_empty() || command.words.iter().any(|it| it.contains(known.with)))
    })
}

/// Whether a command builds packages, with code of the project.
pub(super) fn builds(command: &Command) -> bool {
    // A tool for the machine is no package of the project.
    let is_tool = command.has_flag("-g") || command.has_flag("--global");
    !is_tool
        && BUILDS.iter().any(|words| {
            let (flags, words): (Vec<_>, Vec<_>) =
                words.iter().partition(|word| word.starts_with('-'));
            command.is_called(&words) && flags.iter().all(|flag| command.has_flag(flag))
        })
}

/// The words of a command that a name of `address` or `token` stands for: the value of an option, or
/// with `*` its operands.
pub(super) fn words_of(command: &Command, name: &str) -> Vec<Word> {
    if name == "*" {
        return command.operands().skip(1).cloned().collect();
    }
    command.option(&[name]).into_iter().collect()
}

include!(concat!(env!("OUT_DIR"), "/publishing.rs"));
