//! The command line: arguments, streams, exit codes.

mod args;
mod deliver;
mod explain;
mod github;
mod init;
mod output;
mod progress;
mod review;
mod undo;

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::SystemTime;

use clap::Parser;

use crate::actions::Date;
use crate::finding::Severity;
use crate::fix::{self, Options, Outcome, Selection, Status};
use crate::load::{self, LoadError};
use crate::report::text::{self, Verb};
use crate::resolve::{InvalidEndpoint, Network, Settings};
use crate::rules::RULES;

use args::{Arguments, Command};
use output::Output;
use review::Review;
use undo::Undo;

/// Said where `--interactive` has nobody to ask.
const NO_TERMINAL: &str = "--interactive asks on a terminal, and there is none: preview without it, then use --write, with --select, --ignore or paths to choose";

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Exit {
    /// Nothing that the tool could do here is left.
    Clean,
    /// There are changes to make, or an error stands.
    Findings,
    /// The tool could not do its work.
    Failure,
    /// A person interrupted it.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Failure => 2,
            Exit::Interrupted => 130, // as a shell says of Ctrl-C
        })
    }
}

/// Runs the program with the arguments of its process; gives its exit code.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version go to standard output and are no failure.
            let _ = error.print();
            return if error.use_stderr() { Exit::Failure } else { Exit::Clean }.into();
        }
    };
    let mut output = Output::new(arguments.color.into());
    let exit = match &arguments.command {
        Some(Command::Rules) => explain::rules(&mut output),
        Some(Command::Explain { rule }) => explain::rule(&mut output, rule),
        Some(Command::Init(init)) => match settings(init.offline, false) {
            Ok(settings) => {
                let resolver = Network::new(settings, progress::bar());
                init::init(init, &resolver, &mut output)
            }
            Err(error) => {
                output.error(&error.to_string());
                Exit::Failure
            }
        },
        None => fix(&arguments, &mut output),
    };
    // A reader that went away, `| head` say, is no failure.
    output.flush();
    exit.into()
}

fn fix(arguments: &Arguments, output: &mut Output) -> Exit {
    if arguments.interactive && !review::has_terminal() {
        output.error(NO_TERMINAL);
        return Exit::Failure;
    }
    let options = Options {
        rules: RULES.iter().filter(|rule| arguments.wants(rule)).collect(),
        allow_unsafe: arguments.allow_unsafe,
        comment_permissions: arguments.comment_permissions,
        exact_comments: arguments.exact_comments,
        accept_moved: arguments.accept_moved.clone(),
        upgrade: arguments.upgrade(Date::from(SystemTime::now())),
    };
    let settings = match settings(arguments.offline, arguments.refresh) {
        Ok(settings) => settings,
        Err(error) => {
            output.error(&error.to_string());
            return Exit::Failure;
        }
    };
    if arguments.github.are_used() {
        return github::run(arguments, &options, settings, output);
    }
    let (repositories, mut errors) = load::discover(&arguments.paths);
    let resolver = Network::new(settings, progress::bar());
    let checked = fix::check(repositories, &resolver, &options);
    checked.notices().iter().for_each(|notice| output.notice(&notice.to_string()));
    let outcome = if arguments.interactive {
        match review::review(checked, output) {
            Review::Chosen(outcome) => outcome,
            Review::Left(exit) => return exit,
        }
    } else {
        checked.make(&Selection::Allowed)
    };
    errors.extend(outcome.errors.iter().cloned());

    let writes = arguments.write || arguments.interactive;
    if !writes {
        deliver::show_diff(&outcome, output);
    }
    if let Some(path) = &arguments.diff_file {
        errors.extend(deliver::write_diff(&outcome, path).err());
    }
    let undo = (writes && !arguments.quiet).then(|| Undo::before(&outcome));
    if writes {
        errors.extend(deliver::write_files(&outcome));
    }
    errors.iter().for_each(|error| output.error(&error.to_string()));
    if !arguments.quiet {
        let verb = if writes { Verb::Written } else { Verb::Proposed };
        output.message(|stream| text::summary(stream, &outcome, verb, arguments.verbose > 0));
    }
    if let Some(undo) = undo {
        undo.say(&errors, arguments.diff_file.as_deref(), output);
    }
    ended(&outcome, &errors, exit_of(&outcome, writes, &options))
}

/// How GitHub is asked.
fn settings(offline: bool, refresh: bool) -> Result<Settings, InvalidEndpoint> {
    Ok(Settings { offline, refresh, ..Settings::from_environment()? })
}

/// How a run ended, unless something went wrong.
fn ended(outcome: &Outcome, errors: &[LoadError], exit: Exit) -> Exit {
    let failed = outcome.found().any(|(_, found)| matches!(found.status, Status::Failed(_)));
    if failed || !errors.is_empty() { Exit::Failure } else { exit }
}

fn exit_of(outcome: &Outcome, written: bool, options: &Options) -> Exit {
    let offers = !written && outcome.files.iter().any(|file| file.after.is_some());
    let is_wrong = outcome.found().any(|(_, found)| found.finding.severity == Severity::Error);
    let declined = outcome
        .found()
        .any(|(_, found)| found.status == Status::Declined && options.would_make(&found.finding));
    if offers || is_wrong || declined { Exit::Findings } else { Exit::Clean }
}
