//! What is known of commands, compiled in from `data/commands.toml` and `data/gh-commands.tsv`.

use crate::actions::need::{Condition, KnownDoubt, KnownNeed, Token};
use crate::permissions::endpoint::Asks;
use crate::shell::{Command, Word};
use crate::workflow::{Level, Scope};

/// A command that uses credentials of GitHub.
#[derive(Debug)]
pub(super) struct Known {
    /// Its name and subcommands.
    words: &'static [&'static str],
    /// What it acts with.
    pub(super) token: Option<Token>,
    /// What it needs.
    pub(super) needs: &'static [KnownNeed],
    /// What it may do besides.
    pub(super) doubts: &'static [KnownDoubt],
    /// One of these is given, if there are any.
    flags: &'static [&'static str],
    /// None of these is given.
    unless: &'static [&'static str],
    /// Whether it uploads to a registry, to which it may prove which workflow it runs in.
    pub(super) publishes: bool,
}

/// A command of `gh`.
#[derive(Debug)]
pub(super) struct Gh {
    words: &'static [&'static str],
    flags: &'static [&'static str],
    /// Whether the flags must not be there, instead of one of them.
    without: bool,
    pub(super) does: Does,
    pub(super) why: &'static str,
}

impl Gh {
    /// Whether it changes something.
    pub(super) fn writes(&self) -> bool {
        match &self.does {
            Does::Asks(asks) => asks.writes(),
            Does::CallsEndpoint | Does::RunsAnything => true,
        }
    }
}

/// What a command of `gh` does.
#[derive(Debug)]
pub(super) enum Does {
    /// It asks for permissions, or for none.
    Asks(Asks),
    /// It calls the endpoint that an argument names.
    CallsEndpoint,
    /// It runs another program.
    RunsAnything,
}

/// The entry of a command, if it has one: that with most words.
pub(super) fn find(command: &Command) -> Option<&'static Known> {
    let fits = |known: &&Known| {
        command.is_called(known.words)
            && (known.flags.is_empty() || known.flags.iter().any(|flag| has_flag(command, flag)))
            && !known.unless.iter().any(|flag| has_flag(command, flag))
    };
    COMMANDS.iter().filter(fits).max_by_key(|known| known.words.len())
}

/// Whether a command has entries, whatever its options are: where [`find`] gives none, it does nothing of what
/// they say.
pub(super) fn is_listed(command: &Command) -> bool {
    COMMANDS.iter().any(|known| command.is_called(known.words))
}

/// Whether a command is known to leave the token alone.
pub(super) fn needs_nothing(command: &Command) -> bool {
    let name = command.name().unwrap_or_default();
    // A module of the project may be called like a program of the machine.
    if command.is_module {
        return MODULES.binary_search(&name).is_ok();
    }
    let is_version = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c == '.');
    name.strip_prefix("pip").is_some_and(is_version)
        || name.contains('-') && CMDLETS.binary_search(&name.to_ascii_lowercase().as_str()).is_ok()
        || NEEDS_NOTHING.iter().any(|words| words[0] == name && command.is_called(words))
        || only_tells(command)
}

/// Whether a program of the machine is asked for its version or its help alone.
fn only_tells(command: &Command) -> bool {
    let of_machine = |word: &Word| word.text().is_some_and(|text| !text.contains(['/', '\\']));
    match &command.words[..] {
        [program, asked] => {
            of_machine(program)
                && asked.text().is_some_and(|it| ["--version", "--help", "-V"].contains(&it))
        }
        _ => false,
    }
}

/// What is known of a command of `gh`: the rows add up; none where the command is not known.
pub(super) fn gh_rows(command: &Command) -> impl Iterator<Item = &'static Gh> {
    let fits = |row: &&Gh| {
        let operands = || command.operands().filter_map(Word::text);
        row.words.iter().copied().eq(operands().take(row.words.len()))
    };
    let longest = GH.iter().filter(fits).map(|row| row.words.len()).max().unwrap_or(0);
    GH.iter().filter(move |row| {
        let given = row.flags.iter().any(|flag| has_flag(command, flag));
        fits(row) && row.words.len() == longest && (row.flags.is_empty() || given != row.without)
    })
}

/// Whether a flag is given: `--flag`, `--flag=pattern` with such a value, `*` for any operand behind the
/// subcommands.
fn has_flag(command: &Command, flag: &str) -> bool {
    match flag {
        "*" => command.operands().count() > 2,
        flag => command.has_flag(flag) || is_bundled(command, flag),
    }
}

/// Whether a flag of one letter is among several: `-npf`.
fn is_bundled(command: &Command, flag: &str) -> bool {
    let Some(letter) = flag.strip_prefix('-').filter(|letter| letter.len() == 1) else {
        return false;
    };
    command.arguments().iter().filter_map(Word::text).any(|text| {
        let letters = text.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
        letters.is_some_and(|letters| {
            letters.contains(letter) && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
    })
}

include!(concat!(env!("OUT_DIR"), "/commands.rs"));
