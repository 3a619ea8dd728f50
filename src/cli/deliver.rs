//! Where the changes go: to standard output, into a patch file, into the files.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use tempfile::NamedTempFile;

use super::output::Output;
use crate::diff::{self, Kind};
use crate::fix::{FileOutcome, Outcome};
use crate::load::LoadError;

/// The changed files, with what they become.
pub(super) fn changes(outcome: &Outcome) -> impl Iterator<Item = (&FileOutcome, &str)> {
    outcome.files.iter().filter_map(|file| Some((file, file.after.as_deref()?)))
}

/// Prints the changes as a unified diff.
pub(super) fn show_diff(outcome: &Outcome, output: &mut Output) {
    for (file, new) in changes(outcome) {
        for (kind, line) in diff::unified(&file.shown, file.before.as_deref(), new) {
            output.print(style(kind), &line);
        }
    }
}

/// Prints a new file as a unified diff.
pub(super) fn show_new(path: &str, text: &str, output: &mut Output) {
    for (kind, line) in diff::unified(path, None, text) {
        output.print(style(kind), &line);
    }
}

/// How a line of a diff is shown.
pub(super) fn style(kind: Kind) -> Style {
    match kind {
        Kind::Header => Style::new().bold(),
        Kind::Hunk => AnsiColor::Cyan.on_default(),
        Kind::Context => Style::new(),
        Kind::Removed => AnsiColor::Red.on_default(),
        Kind::Added => AnsiColor::Green.on_default(),
    }
}

/// Writes the changes as a unified diff to a file.
///
/// # Errors
///
/// Where the file cannot be written.
pub(super) fn write_diff(outcome: &Outcome, path: &Path) -> Result<(), LoadError> {
    let lines = changes(outcome)
        .flat_map(|(file, new)| diff::unified(&file.shown, file.before.as_deref(), new));
    let text: String = lines.map(|(_, line)| line).collect();
    fs::write(path, text).map_err(|error| failed(&path.display().to_string(), &error))
}

/// Writes the changes to the files; gives what went wrong. One file that cannot be written does not
/// stop the others.
pub(super) fn write_files(outcome: &Outcome) -> Vec<LoadError> {
    let write = |(file, new): (&FileOutcome, &str)| {
        let location = &file.source.location;
        let written = match &file.before {
            Some(old) => replace(location, old, new),
            None => create(location, new),
        };
        written.map_err(|error| failed(&file.shown, &error)).err()
    };
    changes(outcome).filter_map(write).collect()
}

fn failed(path: &str, error: &io::Error) -> LoadError {
    let message = format!("could not be written: {error}");
    LoadError { path: path.to_owned(), position: None, message }
}

/// Makes a file that is not there, and the folders on the way to it; one that has come meanwhile
/// stays as it is.
pub(super) fn create(location: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = location.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(location)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    written.inspect_err(|_| drop(fs::remove_file(location)))
}

/// Replaces a file's content in one step, so that no one ever sees half of it; its mode stays, and a
/// link stays a link.
fn replace(location: &Path, old: &str, new: &str) -> io::Result<()> {
    let location = location.canonicalize()?;
    let current = fs::read(&location)?;
    if current == new.as_bytes() {
        return Ok(()); // under another name, by a link
    }
    if current != old.as_bytes() {
        return Err(io::Error::other("it changed while this ran: run again"));
    }
    let metadata = fs::metadata(&location)?;
    let folder = location.parent().ok_or_else(|| io::Error::other("it has no folder"))?;
    let mut temporary = NamedTempFile::new_in(folder)?;
    temporary.write_all(new.as_bytes())?;
    temporary.as_file().set_permissions(metadata.permissions())?;
    temporary.as_file().sync_all()?;
    temporary.persist(&location).map_err(|error| error.error)?;
    Ok(())
}
