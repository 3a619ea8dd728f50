//! What maintainers run by hand, `cargo xtask`: it remakes the tables in `data/`. See `docs/data.md`.

mod endpoints;

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
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Command::Endpoints(own) => endpoints::run(own, &arguments.data),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            say(&format!("error: {fault}"));
            ExitCode::FAILURE
        }
    }
}

/// Tells the maintainer something.
fn say(text: &str) {
    use std::io::Write as _;

    // Where standard error is closed nobody listens.
    let _ = writeln!(std::io::stderr(), "{text}");
}
