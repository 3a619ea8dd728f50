//! Tasks of the project: what stands behind `make release`, `tox -e release`, `npm run release`.

use super::publishing::{telling, written};
use super::{Call, table, value};
use crate::permissions::job::{Site, Walk};
use crate::permissions::state::State;
use crate::shell::{self, Command, Dialect, Word};
use crate::tasks::{Definition, MAX_TASKS, tasks};

impl<'d> Walk<'_, 'd> {
    /// What the tasks do that a command runs; whether that is all there is to say of it.
    pub(super) fn tasks(&mut self, call: &Call<'_, 'd>, state: &mut State) -> bool {
        let tasks = if state.is_elsewhere { Vec::new() } else { tasks(call.command) };
        let Some(depth) = call.site.deeper().filter(|_| !tasks.is_empty()) else { return false };
        state.tasks += tasks.len();
        if state.tasks > MAX_TASKS {
            return false;
        }
        let mut frame = call.frame.clone();
        // What `make` is given as `NAME=value` is a variable as well.
        let assigned = call.command.arguments().iter().filter_map(Word::assignment);
        for (name, word) in call.command.variables.iter().cloned().chain(assigned) {
            let value = value(&word, &frame);
            frame.set(&name, value);
        }
        let mut is_all_seen = !call.arguments_carry().token;
        let programs = state.own_programs;
        for task in &tasks {
            let found = task.find(call.site.folder, &self.files.scripts);
            let Some((path, definitions)) = found else {
                is_all_seen = false;
                continue;
            };
            let running = (path, task.name.to_owned());
            if self.running.contains(&running) {
                continue;
            }
            self.running.push(running);
            let folder = task.runs_in(call.site.folder);
            let site = Site { folder, ..call.site.of_script_file(path, depth) };
            for Definition { line, script } in definitions {
                let script = shell::parse(&script, Dialect::Bash);
                is_all_seen &= script.is_whole;
                self.statements(&script, site.of_line(line), &mut frame.clone(), state);
            }
            self.running.pop();
        }
        // What is not known may do what the name of the task says.
        let is_named = telling(call).is_some() || !written(call).is_empty();
        is_all_seen &= state.own_programs == programs || !is_named;
        is_all_seen || self.own_program(call, state)
    }

    /// What a program needs that `yarn` or `pnpm` runs by its name.
    fn own_program(&mut self, call: &Call<'_, 'd>, state: &State) -> bool {
        let is_runner = matches!(call.command.name(), Some("pnpm" | "yarn"));
        let first = call.command.operands().next().filter(|_| is_runner);
        let words = &call.command.words;
        let Some(at) = first.and_then(|first| words.iter().position(|it| it == first)) else {
            return false;
        };
        let command = &Command { words: words[at..].to_vec(), ..call.command.clone() };
        let Some(known) = table::find(command) else { return false };
        self.known_command(&Call { command, ..*call }, known, state);
        true
    }
}
