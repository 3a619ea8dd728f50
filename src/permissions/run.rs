//! What a step with `run` needs.

use super::command::{Call, value};
use super::credentials::GitNeed;
use super::frame::Frame;
use super::job::{Site, Walk};
use super::state::State;
use crate::expression::template;
use crate::shell::{self, Command, Dialect, Piece, Script, Statement, Word};
use crate::workflow::{Step, script_path};

/// Where `twine` and `npm` look for a token: <https://packaging.python.org/en/latest/specifications/pypirc/>,
/// <https://docs.npmjs.com/cli/configuring-npm/npmrc>.
const TOKEN_FILES: &[&str] = &[".pypirc", ".npmrc", "_authToken"];

/// What expressions start with that are different ones from one kind of run to another.
const CHANGING: &[&str] =
    &["github.base_ref", "github.event", "github.head_ref", "github.ref", "inputs.", "needs."];

impl<'d> Walk<'_, 'd> {
    /// What a step with `run` needs.
    pub(super) fn run(
        &mut self,
        step: Step<'d>,
        script: &'d str,
        site: Site<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        let dialect = match Dialect::of_shell(step.shell()) {
            Ok(dialect) => dialect,
            Err(other) => {
                let mentions =
                    script.contains("github.token") || script.contains("secrets.GITHUB_TOKEN");
                if mentions || frame.variables_with_token().next().is_some() {
                    let what = "runs a script that is handed the token";
                    let evidence = site.evidence(&format!("`{other}`"), what);
                    self.found.lasting_doubt_of(site.step, evidence);
                }
                let evidence = site.evidence(&format!("`{other}`"), "runs a script");
                self.found.git(site.step, GitNeed::Unknown, evidence);
                return;
            }
        };
        state.folder = script_path(step.working_directory(), "");
        self.script(script, dialect, site.of_script(step), frame, state);
    }

    /// What a shell script needs; whether all of it could be read.
    pub(super) fn script(
        &mut self,
        text: &'d str,
        dialect: Dialect,
        site: Site<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) -> bool {
        let script = self.scripts.parsed(text, dialect);
        let folder = state.folder.clone();
        state.keeps_token |= TOKEN_FILES.iter().any(|name| text.contains(name));
        let written = template(text, frame).carries;
        let mut frame = frame.inside_script(written);
        let is_handed = frame.variable(shell::ALL).is_some_and(|all| all.carries.token);
        let exports_token = self.statements(&script, site, &mut frame, state);
        let names_environment = ["GITHUB_ENV", "github.env"].iter().any(|it| text.contains(it));
        let names_token = || {
            let mut variables = frame.variables_with_token();
            written.token || variables.any(|name| text.contains(name))
        };
        if names_environment && !exports_token && names_token() {
            let evidence = site.evidence("the script", "may hand the token to later steps");
            self.found.lasting_doubt(evidence);
        }
        if !script.is_whole {
            let what = match dialect {
                Dialect::Python => "does what is not followed here",
                Dialect::Bash | Dialect::PowerShell => "cannot be read in whole",
            };
            self.found.git(site.step, GitNeed::Unknown, site.evidence("the script", what));
            if is_handed {
                let what = format!("{what}, and is handed the token");
                self.found.lasting_doubt_of(site.step, site.evidence("the script", &what));
            }
        }
        state.folder = folder;
        script.is_whole
    }

    /// What the statements of a script need; whether one of them hands the token to later steps.
    pub(super) fn statements(
        &mut self,
        script: &Script,
        site: Site<'d>,
        frame: &mut Frame<'_>,
        state: &mut State,
    ) -> bool {
        let mut exports_token = false;
        for statement in &script.statements {
            match statement {
                Statement::Set { name, value: word } => {
                    let value = value(word, frame);
                    frame.set(name, value);
                }
                Statement::Command(command) => {
                    for (name, word) in command.exports() {
                        let exported = value(&word, frame);
                        if exported.carries.token || exported.is_secret() {
                            exports_token |= exported.carries.token;
                            let held = state.exports.entry(name).or_default();
                            *held = held.or(exported.carries);
                        }
                    }
                    let call = Call { command, frame, site: site.of_line(command.line) };
                    let outer = self.found.in_branch;
                    self.found.in_branch |= command.is_conditional || depends_on_run(command);
                    self.command(&call, state);
                    self.found.in_branch = outer;
                }
            }
        }
        exports_token
    }
}

/// Whether the words of a command are different ones from one kind of run to another.
fn depends_on_run(command: &Command) -> bool {
    let depends = |piece: &Piece| match piece {
        Piece::Expression(text) => CHANGING.iter().any(|it| text.contains(it)),
        _ => false,
    };
    command.words.iter().flat_map(Word::pieces).any(depends)
}
