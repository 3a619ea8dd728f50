//! Compiles `data/` into Rust statics, so that the program parses none of it when it starts.
//!
//! What comes out is included by the modules that search it. A mistake in the data stops the build
//! with its file and line.
#![allow(clippy::print_stdout, reason = "a build script talks to cargo over standard output")]

mod actions;
mod commands;
mod endpoints;
mod index;
mod needs;
mod uploads;

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

/// What is wrong with the data, and where.
type Fault = String;

fn main() -> ExitCode {
    // Folders are watched with all that is in them.
    for path in ["build", "data"] {
        println!("cargo::rerun-if-changed={path}");
    }
    match generate() {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            println!("cargo::error={}", fault.trim_end().replace('\n', " "));
            ExitCode::FAILURE
        }
    }
}

fn generate() -> Result<(), Fault> {
    let out = env::var("OUT_DIR").map_err(|error| format!("OUT_DIR: {error}"))?;
    let write = |name: &str, text: String| {
        let path = Path::new(&out).join(name);
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    };
    write("index.rs", index::source()?)?;
    write("knowledge.rs", actions::source()?)?;
    write("commands.rs", commands::source()?)?;
    write("publishing.rs", commands::publishing()?)?;
    write("endpoints.rs", endpoints::source()?)?;
    write("mutations.rs", endpoints::mutations()?)
}

fn read(path: &str) -> Result<String, Fault> {
    fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))
}

/// The rows of a table: tab-separated fields, `#` starts a comment line. Each fault is told with
/// its line.
fn rows<const N: usize>(
    file: &str,
    text: &str,
    mut row: impl FnMut([&str; N]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    for (number, line) in (1..).zip(text.lines()) {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        <[&str; N]>::try_from(line.split('\t').collect::<Vec<_>>())
            .map_err(|fields| format!("{} fields, not {N}", fields.len()))
            .and_then(&mut row)
            .map_err(|fault| format!("{file}:{number}: {fault}"))?;
    }
    Ok(())
}

/// The line of a place in a text, from 1.
fn line(text: &str, at: usize) -> usize {
    1 + text[..at].matches('\n').count()
}

/// Reads TOML; a mistake is told with its file and line.
fn toml<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, Fault> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(1, |span| line(text, span.start));
        format!("{file}:{at}: {}", error.message())
    })
}

/// A slice of a static, from the sources of its items.
fn slice(items: impl IntoIterator<Item = String>) -> String {
    format!("&[{}]", items.into_iter().collect::<Vec<_>>().join(", "))
}

/// A static table, from the sources of its entries.
fn table(name: &str, of: &str, entries: &[String]) -> String {
    let mut out = format!("static {name}: [{of}; {}] = [\n", entries.len());
    for entry in entries {
        out.push_str(entry);
        out.push_str(",\n");
    }
    out.push_str("];\n");
    out
}

/// `Some(…)` or `None`.
fn optional<T>(value: Option<&T>, source: impl Fn(&T) -> String) -> String {
    value.map_or_else(|| "None".to_owned(), |value| format!("Some({})", source(value)))
}
