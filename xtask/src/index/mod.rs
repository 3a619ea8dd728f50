//! `data/action-refs.tsv` and `data/action-repositories.tsv`: what the refs of widely used action
//! repositories point at.
//!
//! Everything is listed over the git protocol: it gives all refs of a repository in one request, where
//! GitHub's API gives the newest tags. With a token the API is asked as well, for the days of the
//! commits, which the git protocol does not tell.

mod ask;
mod merge;
mod tables;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::SystemTime;

use spec8_fix::actions::{Date, MovedTag, RepositoryName};

use self::merge::{Change, Merged};
use self::tables::{Repository, Tables};
use crate::{Fault, print, say};

/// What to list.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Repositories to list for the first time, beside those that the tables hold
    #[arg(value_name = "OWNER/NAME")]
    repositories: Vec<String>,
    /// Let a full version tag that was moved point where it points now
    #[arg(long, value_name = "OWNER/NAME@TAG")]
    accept_moved: Vec<String>,
}

/// Remakes the tables, and prints what is different.
pub(crate) fn run(arguments: &Arguments, data: &Path) -> Result<(), Fault> {
    let mut tables = Tables::read(data)?;
    for name in &arguments.repositories {
        if RepositoryName::parse(name).is_none() {
            return Err(format!("`{name}` is not OWNER/NAME"));
        }
        tables.add(name);
    }
    let answers = ask::all(&tables)?;
    let accepted: BTreeSet<_> =
        arguments.accept_moved.iter().map(|tag| tag.to_ascii_lowercase()).collect();
    let today = Date::from(SystemTime::now());
    let (mut moved, mut silent) = (Vec::new(), 0);
    for (repository, answer) in tables.repositories_mut().zip(answers) {
        let name = repository.name.clone();
        match answer {
            Ok(answer) => {
                let is_accepted =
                    |tag: &str| accepted.contains(&format!("{name}@{tag}").to_ascii_lowercase());
                let merged = merge::merge(repository, &answer, today, is_accepted);
                tell(repository, &merged);
                *repository = merged.repository;
                moved.extend(merged.moved.into_iter().map(|tag| (name.clone(), tag)));
            }
            Err(why) => {
                silent += 1;
                say(&format!("{name}: not listed, its rows stay as they were: {why}"));
            }
        }
    }
    // One that was to be added and was not found has no rows.
    tables.drop_empty();
    tables.write(data)?;
    outcome(&moved, silent)
}

/// Tells what is different in a repository.
fn tell(before: &Repository, merged: &Merged) {
    if let Some(name) = &merged.renamed {
        say(&format!("{}: renamed to {name}; its rows keep the old name", before.name));
    }
    if !merged.changes.is_empty() {
        print(&merged.repository.name);
    }
    for change in &merged.changes {
        print(&match change {
            Change::New { entry } => format!("  + {entry}"),
            Change::Gone { entry } => format!("  - {entry}"),
            Change::Moved { entry, was, is } => format!("  ~ {entry}: {was} -> {is}"),
        });
    }
}

/// Whether all is well; if not, what is to be looked at.
fn outcome(moved: &[(String, MovedTag)], silent: usize) -> Result<(), Fault> {
    for (name, MovedTag { tag, was, is, .. }) in moved {
        say(&format!("MOVED: {name}@{tag} was {was}, is {is}"));
    }
    let mut faults = Vec::new();
    if !moved.is_empty() {
        faults.push(format!(
            "full version tags that point elsewhere than they did, which can be an attack: {}. \
             Their rows stay as they were: look at the commits, and where all is well say \
             --accept-moved OWNER/NAME@TAG",
            moved.len()
        ));
    }
    if silent > 0 {
        faults.push(format!("repositories that were not listed: {silent}. Run again"));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join(". ")) }
}
