//! Programs of the project that say by their name that they publish.

use super::{Call, is_of_secret};
use crate::permissions::job::{Walk, is_called_after_pypi};
use crate::permissions::names::{self, telling_word};
use crate::permissions::state::State;
use crate::shell::{Command, Piece, Word};
use crate::workflow::{Level, Scope};

/// The telling words that stand for an upload to a registry.
const PUBLISHING: &[&str] = &["publish", "publishing", "release", "releases"];

/// The variables in which npm and what is built on it look for a token.
const NPM_TOKENS: &[&str] = &["NODE_AUTH_TOKEN", "NPM_TOKEN", "NPM_AUTH_TOKEN"];

/// What the names of variables hold that give a program a token of PyPI.
const PYPI_SECRETS: &[&str] = &["PYPI", "TWINE", "UV_PUBLISH"];

/// Programs that run something of the project by its name.
const RUNNERS: &[&str] = &[
    ".", "bash", "bun", "cargo", "deno", "doit", "dotnet", "go", "gradle", "gradlew", "gulp",
    "hatch", "inv", "invoke", "just", "lerna", "make", "mise", "mvn", "mvnw", "nox", "npm", "nx",
    "pdm", "php", "pixi", "pnpm", "poe", "poetry", "pwsh", "python", "python3", "rake", "ruby",
    "sh", "source", "spin", "task", "tox", "turbo", "uv", "yarn",
];

impl<'d> Walk<'_, 'd> {
    /// A program of the project that says by its name, or by this word behind it, that it publishes: it may use
    /// what earlier steps left, or prove which workflow it runs in, where that is not known already.
    pub(super) fn may_publish(
        &mut self,
        call: &Call<'_, 'd>,
        word: &str,
        state: &State,
        proves_identity: bool,
    ) {
        let has_git = state.git_has_token();
        let has_other =
            !has_git && state.git.is_some_and(|git| git.other) || call.secrets().any(is_of_github);
        let is_pypi_secret = |name: &str| PYPI_SECRETS.iter().any(|part| name.contains(part));
        let lacks_token = match state.pypi {
            true => !call.secrets().any(|name| is_of_secret(name) && is_pypi_secret(name)),
            false => word.starts_with("publish") && !call.is_given_secret(),
        };
        let uploads = PUBLISHING.contains(&word) && !state.keeps_token && !proves_identity;
        let is_of_pypi =
            state.pypi || state.names_pypi || call.site.title.is_some_and(is_called_after_pypi);
        let of_pypi = is_of_pypi.then_some(Scope::IdToken);
        for (is_in_reach, what, guess) in [
            (has_git, "the credentials of `git`", None),
            (has_other, "another token of GitHub's than the workflow's", None),
            (state.registry, "the login to GitHub's package registry", Some(Scope::Packages)),
            (
                uploads && lacks_token,
                "a token of OpenID Connect, for it is given no other",
                of_pypi,
            ),
        ] {
            let what = format!("may use {what}: its name says `{word}`");
            let evidence = call.site.evidence(&call.shown(), &what);
            if let Some(scope) = guess.filter(|_| is_in_reach) {
                self.found.guess(call.site.step, scope, &evidence);
            }
            if is_in_reach {
                self.found.doubt(call.site.step, evidence);
            }
        }
    }

    /// A program of the project that publishes to npm by its name, where the job gives it no token: npm takes
    /// the workflow's identity then, <https://docs.npmjs.com/trusted-publishers>. Whether it is one.
    pub(super) fn proves_identity_to_npm(&mut self, call: &Call<'_, 'd>, state: &State) -> bool {
        let names = telling(call).is_some_and(|word| PUBLISHING.contains(&word));
        let has_token = state.keeps_token || call.first_variable(NPM_TOKENS).is_some();
        let what = match (names, call.command.has_option(&["--provenance"])) {
            (_, true) => "proves where the package was built",
            (true, false) if state.npm && !has_token => "publishes to npm without a token",
            _ => return false,
        };
        let evidence = call.site.evidence(&call.shown(), what);
        self.found.need(Scope::IdToken, Level::Write, &evidence);
        true
    }
}

/// Whether a variable of this name holds a token of GitHub's.
fn is_of_github(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let mut words = name.split('_');
    is_of_secret(&name) && words.any(|word| matches!(word, "GH" | "GITHUB" | "PAT" | "PERSONAL"))
}

/// The telling word in what names the program: its own name, and behind a runner its first operands. Behind
/// another program these are no names, but one of them may be its subcommand: `./tool image push`.
pub(super) fn telling(call: &Call<'_, '_>) -> Option<&'static str> {
    let command = call.command;
    let is_runner = is_runner(command);
    let own = command.words.first().and_then(own_name).and_then(telling_word);
    let operands = command.operands().take(2).filter_map(Word::text);
    let mut said = operands.filter_map(|operand| match is_runner {
        true => telling_word(operand),
        false => telling_word(operand).filter(|word| *word == operand),
    });
    own.or_else(|| said.next())
}

/// Whether a script is called with a telling word: `./build.sh publish`.
pub(super) fn is_told_to_publish(call: &Call<'_, '_>) -> bool {
    let mut operands = call.command.operands().filter_map(Word::text);
    operands.any(|operand| telling_word(operand) == Some(operand))
}

/// What a program that is handed the token most likely writes to, each with the word that says so.
pub(super) fn written(call: &Call<'_, '_>) -> Vec<(Scope, &'static str)> {
    let command = call.command;
    let own = command.words.first().and_then(own_name);
    let operands = command.operands().take(2).filter_map(Word::text);
    let names: Vec<_> = own.into_iter().chain(operands.filter(|_| is_runner(command))).collect();
    let name = names.join(" ");
    let mut found = names::written_by(&name, call.site.title, call.frame.scenario);
    if let Some(word) = telling(call).filter(|_| !names::only_looks(&name))
        && !found.iter().any(|(scope, _)| *scope == Scope::Contents)
    {
        found.push((Scope::Contents, word));
    }
    found
}

/// Whether a program runs another by its name.
fn is_runner(command: &Command) -> bool {
    command.name().is_none_or(|name| RUNNERS.contains(&name))
}

/// How the name of a program ends, as far as it is written there.
fn own_name(word: &Word) -> Option<&str> {
    match word.pieces() {
        [.., Piece::Text(text)] => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        assert!(RUNNERS.is_sorted());
    }
}
