//! Arguments in, exit code out; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    spec8_fix::cli::main(std::env::args_os())
}
