//! What maintainers run by hand, `cargo xtask`: it remakes the tables in `data/`. See `docs/data.md`.

mod endpoints;
mod index;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What went wrong, in a sentence for the maintainer.
type Fault = String;

/// Remakes the tables in `data/`.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    /// The folder of the tables.
    #[arg(long, global = true, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// endpoints.tsv: which permission each REST endpoint asks of GITHUB_TOKEN
    Endpoints(endpoints::Arguments),
    /// action-refs.tsv and action-repositories.tsv: what the refs of actions point at, from the network
    Index(index::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Command::Endpoints(own) => endpoints::run(own, &arguments.data),
        Command::Index(own) => index::run(own, &arguments.data),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            say(&format!("error: {fault}"));
            ExitCode::FAILURE
        }
    }
}

/// Prints a line of what a command is for.
fn print(line: &str) {
    // A reader that went away wants no more.
    let _ = writeln!(io::stdout(), "{line}");
}

/// Tells the maintainer something beside it.
fn say(text: &str) {
    // Where standard error is closed nobody listens.
    let _ = writeln!(io::stderr(), "{text}");
}
