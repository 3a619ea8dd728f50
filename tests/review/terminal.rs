//! The program on a pseudo-terminal.

use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rexpect::process::WaitStatus;
use rexpect::session::{PtySession, spawn_command};
use rustix::termios::{LocalModes, tcgetattr};

use crate::cli::{Repository, program};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A review that is under way.
pub(crate) struct Terminal {
    session: PtySession,
    /// What was read of it, and what was typed is not in there.
    seen: String,
}

/// How it ended.
#[derive(Debug)]
pub(crate) struct End {
    /// Everything that the terminal showed.
    pub(crate) seen: String,
    /// What it showed since the last question.
    pub(crate) last: String,
    pub(crate) code: Option<i32>,
}

impl Terminal {
    /// `spec8-fix --offline --interactive` with these arguments, on 80 columns and without colours.
    pub(crate) fn plain(repository: &Repository, arguments: &str) -> Self {
        Self::open(repository.root(), &format!("--color never {arguments}"), 80, &[])
    }

    /// The same, in a folder, with so many columns, and variables.
    pub(crate) fn open(
        folder: &Path,
        arguments: &str,
        columns: usize,
        variables: &[(&str, &str)],
    ) -> Self {
        let program = program();
        // A shell sets the terminal's size, for the crate that makes the terminal does not.
        let script = format!("stty rows 24 columns {columns}; exec \"$0\" \"$@\"");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).arg(program.get_program());
        shell.args(["--offline", "--interactive"]).args(arguments.split_whitespace());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        shell.env("TERM", "xterm").envs(variables.iter().copied()).current_dir(folder);
        let session = spawn_command(shell, Some(PATIENCE.as_millis() as u64)).unwrap();
        Self { session, seen: String::new() }
    }

    /// Waits for the question; gives what was shown before it, and its default.
    pub(crate) fn question(&mut self) -> String {
        self.until("Make this fix? [") + &self.until("]: ")
    }

    /// Waits for the last question.
    pub(crate) fn last_question(&mut self) -> String {
        self.until("\nWrite ") + &self.until("]: ")
    }

    pub(crate) fn until(&mut self, text: &str) -> String {
        let before = self.session.exp_string(text).unwrap();
        let shown = unix(&before) + text;
        self.seen.push_str(&shown);
        shown
    }

    /// Presses keys, once they are waited for: until then the terminal would read a line, and end the
    /// program at Ctrl-C by itself.
    pub(crate) fn press(&mut self, keys: &str) {
        let terminal = self.session.process().get_file_handle().unwrap();
        let until = Instant::now() + PATIENCE;
        while tcgetattr(&terminal).unwrap().local_modes.contains(LocalModes::ICANON) {
            assert!(Instant::now() < until, "no key is waited for: {}", self.seen);
            sleep(Duration::from_millis(1));
        }
        self.session.send(keys).unwrap();
        self.session.flush().unwrap();
    }

    /// Answers the next questions about fixes, each with a key.
    pub(crate) fn answer(&mut self, keys: &str) {
        for key in keys.chars() {
            self.question();
            self.press(&key.to_string());
        }
    }

    /// Answers these, and writes what was chosen.
    pub(crate) fn choose(mut self, keys: &str) -> End {
        self.answer(keys);
        self.last_question();
        self.press("\r");
        self.end()
    }

    /// Reads to the end.
    pub(crate) fn end(mut self) -> End {
        let last = unix(&self.session.exp_eof().unwrap());
        let code = match self.session.process().wait() {
            Ok(WaitStatus::Exited(_, code)) => Some(code),
            _ => None,
        };
        let mut seen = self.seen;
        seen.push_str(&last);
        End { seen, last, code }
    }
}

fn unix(text: &str) -> String {
    text.replace("\r\n", "\n")
}
