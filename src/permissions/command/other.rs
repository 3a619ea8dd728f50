//! Commands that are no client of GitHub's by themselves: tools that publish, and the project's own
//! programs.

use super::publishing::{is_told_to_publish, telling, written};
use super::table;
use super::{Call, value};
use crate::actions::need::{KnownNeed, Token};
use crate::expression::{Carries, Known, Truth, Value};
use crate::permissions::credentials::GitNeed;
use crate::permissions::job::Walk;
use crate::permissions::state::State;
use crate::shell::{self, Command, Dialect};

/// What is said of a command that is not known.
const OWN: &str = "may be a program of the project";

impl<'d> Walk<'_, 'd> {
    pub(super) fn other(&mut self, call: &Call<'_, 'd>, state: &mut State) {
        if let Some(known) = table::find(call.command) {
            return self.known_command(call, known, state);
        }
        if self.script_file(call, state) || self.tasks(call, state) {
            return;
        }
        if call.command.name().is_none() {
            return self.hidden(call, state);
        }
        if call.command.prepares_shell() {
            let evidence = call.site.evidence(&call.shown(), OWN);
            return self.found.git(call.site.step, GitNeed::MayFetch, evidence);
        }
        if table::needs_nothing(call.command) {
            return;
        }
        state.own_programs += 1;
        let proves_identity = self.proves_identity_to_npm(call, state);
        if let Some(how) = call.handed() {
            self.guess_subject(&call.shown(), true, call.frame, call.site);
            let evidence = call.site.evidence(&call.shown(), &how);
            self.guess_written(&call.shown(), &written(call), true, call.site);
            return self.found.lasting_doubt_of(call.site.step, evidence);
        }
        if let Some(word) = telling(call).filter(|_| !table::is_listed(call.command)) {
            self.may_publish(call, word, state, proves_identity);
        }
        self.own_code(call, state);
    }

    /// What a script of the repository does that a command runs; whether that is all there is to say of
    /// it.
    fn script_file(&mut self, call: &Call<'_, 'd>, state: &mut State) -> bool {
        let Call { command, frame, site } = *call;
        let file = command.script_file().filter(|_| !state.is_elsewhere);
        let known = file.and_then(|file| self.files.script(site.folder, file));
        let Some(((path, text), depth)) = known.zip(site.deeper()) else { return false };
        if site.file == Some(path) {
            return true;
        }
        let Some(dialect) = Dialect::of_file(path, text) else { return false };
        let mut frame = frame.clone();
        for (name, word) in &command.variables {
            let value = value(word, &frame);
            frame.set(name, value);
        }
        let carries = call.arguments_carry();
        if carries.is_any() {
            frame.set(shell::ARGUMENTS, Value { known: Known::Hidden, carries });
        }
        let is_whole = self.script(text, dialect, site.of_script_file(path, depth), &frame, state);
        match dialect {
            // A module may do what the name of the script says.
            Dialect::Python => {
                let script = self.scripts.parsed(text, dialect);
                let imports = |it: &Command| it.name() == Some(shell::IMPORT);
                is_whole && (call.handed().is_some() || !script.commands().any(imports))
            }
            // What a shell does with the arguments of a script is not followed.
            Dialect::Bash | Dialect::PowerShell => {
                is_whole
                    && !carries.token
                    && !(hands_on_arguments(text) && is_told_to_publish(call))
            }
        }
    }

    fn own_code(&mut self, call: &Call<'_, 'd>, state: &State) {
        let evidence = call.site.evidence(&call.shown(), OWN);
        self.found.own_code(state, call.site.step, evidence);
    }

    /// A command of the table.
    pub(super) fn known_command(
        &mut self,
        call: &Call<'_, 'd>,
        known: &table::Known,
        state: &State,
    ) {
        let acts_with = |token: &Token| {
            let option = call.command.option(token.inputs);
            let given = option.map(|word| value(&word, call.frame).carries).unwrap_or_default();
            let from_env = call.first_variable(token.env).unwrap_or_default();
            let of_git = if token.git { state.git.unwrap_or_default() } else { Carries::default() };
            given.or(from_env).or(of_git)
        };
        let own = known.token.as_ref().map(acts_with);
        if known.token.as_ref().is_some_and(|token| token.git) {
            let why = known.needs.first().map_or("runs `git`", |need| need.why);
            let evidence = call.site.evidence(&call.shown(), why);
            self.found.git(call.site.step, GitNeed::Push, evidence);
        }
        if known.publishes {
            self.found.may_prove_identity();
        }
        let fits = |events: &[&str]| call.frame.scenario.fits(events);
        let counts = |need: &&KnownNeed| fits(need.condition.events) && state.is_ready_for(need);
        for need in known.needs.iter().filter(counts) {
            let unmet = need.condition.when.iter().any(|(name, patterns)| {
                let is_given = match name.strip_prefix("env.") {
                    Some(variable) => call.variable(variable).is_some_and(|value| {
                        value.carries.token
                            || value.carries.other
                            || value.known.truth() == Truth::Hidden
                    }),
                    None => call.command.has_option(&[name]),
                };
                is_given == patterns.contains(&"")
            });
            let is_guess =
                known.publishes && need.condition.when.iter().any(|(_, it)| it.contains(&""));
            if unmet || is_guess && state.keeps_token {
                continue;
            }
            let token = need.token.as_ref().or(known.token.as_ref());
            let carries = token.map(acts_with).unwrap_or_default();
            if token.is_some_and(|token| token.git) && !carries.is_any() {
                self.unseen_push(call.site, &call.shown(), state);
            }
            let evidence = call.site.evidence(&call.shown(), need.why);
            self.need_with(carries, need.grants, call.site, &evidence);
            if let Some(doubt) = need.doubt
                && own.is_none_or(|own| own.token)
            {
                self.found.doubt(call.site.step, call.site.evidence(&call.shown(), doubt));
            }
        }
        for doubt in known.doubts.iter().filter(|doubt| fits(doubt.condition.events)) {
            if own.is_none_or(|own| own.token) {
                self.found.doubt(call.site.step, call.site.evidence(&call.shown(), doubt.why));
            }
        }
    }

    /// A command whose name only the run tells.
    fn hidden(&mut self, call: &Call<'_, 'd>, state: &mut State) {
        state.own_programs += 1;
        self.own_code(call, state);
        let evidence = call.site.evidence(&call.shown(), "is hidden by a variable");
        self.found.git(call.site.step, GitNeed::Unknown, evidence);
        match (call.handed(), telling(call)) {
            (Some(how), _) => {
                let what = format!("is hidden by a variable, and {how}");
                let evidence = call.site.evidence(&call.shown(), &what);
                self.found.lasting_doubt_of(call.site.step, evidence);
            }
            (None, Some(word)) => self.may_publish(call, word, state, false),
            (None, None) => {}
        }
    }
}

/// Whether a script of a shell hands its arguments to what it runs.
fn hands_on_arguments(script: &str) -> bool {
    ["$@", "$*", "${@", "${*", "@args"].iter().any(|it| script.contains(it))
}
