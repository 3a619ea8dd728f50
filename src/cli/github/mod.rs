//! Runs on GitHub: a pull request from a clone, one repository without a clone, or many.

mod journal;
mod many;
mod one;
mod proposal;

use std::path::Path;
use std::rc::Rc;

use tempfile::TempDir;

use super::args::Arguments;
use super::output::Output;
use super::{Exit, progress};
use crate::fix::{self, Options, Outcome};
use crate::github::{About, Client, Problem, Snapshot};
use crate::load::{self, Own};
use crate::resolve::{Network, Settings};

/// What a run goes by.
struct Run<'a> {
    arguments: &'a Arguments,
    options: &'a Options,
    settings: Settings,
    client: Client,
}

/// Runs on GitHub.
pub(super) fn run(
    arguments: &Arguments,
    options: &Options,
    settings: Settings,
    output: &mut Output,
) -> Exit {
    if settings.offline {
        output.error("--pull-request needs the network: leave out --offline");
        return Exit::Failure;
    }
    let is_many = arguments.github.is_many();
    let settings = if is_many { many::patient(settings) } else { settings };
    let client = match Client::new(&settings) {
        Ok(client) => client,
        Err(problem) => {
            output.error(&problem.to_string());
            return Exit::Failure;
        }
    };
    let run = Run { arguments, options, settings, client };
    let done = match (&arguments.github.repo, is_many) {
        (_, true) => many::run(&run, output),
        (Some(name), _) => one::remote(&run, &name.0, output),
        (None, _) => one::from_clone(&run, output),
    };
    done.unwrap_or_else(|problem| {
        output.error(&problem.to_string());
        Exit::Failure
    })
}

impl Run<'_> {
    /// What the rules find in repositories, and their fixes: all resolved together.
    fn outcomes(&self, seen: &[&(About, Snapshot)]) -> Result<Vec<Outcome>, Problem> {
        let failed =
            |error: std::io::Error| Problem::new(format!("no folder for the files: {error}"));
        let is_alone = seen.len() == 1;
        let mut folders = Vec::new();
        let mut repositories = Vec::new();
        for (about, files) in seen {
            let folder = TempDir::new().map_err(failed)?;
            files.lay_out(folder.path()).map_err(failed)?;
            let (found, errors) = load::discover(&[folder.path().to_owned()]);
            if let Some(error) = errors.first() {
                return Err(Problem::new(error.to_string()));
            }
            for mut repository in found {
                repository.own = Own {
                    name: Some(about.name.clone()),
                    host: Some(self.settings.endpoints.server.host().to_owned()),
                    is_private: Some(about.is_private),
                };
                repository.prefix = prefix(about, is_alone);
                repositories.push(repository);
            }
            folders.push(folder);
        }
        // Each has its own time.
        let resolver = Network::new(self.settings.clone(), progress::bar());
        let outcome = fix::run(repositories, &resolver, self.options);
        drop(folders);
        Ok(split(outcome, seen.iter().map(|(about, _)| prefix(about, is_alone)).collect()))
    }

    /// What the rules find in one repository.
    fn outcome(&self, seen: &(About, Snapshot)) -> Result<Rc<Outcome>, Problem> {
        let outcomes = self.outcomes(&[seen])?;
        Ok(Rc::new(outcomes.into_iter().next().unwrap_or_default()))
    }
}

/// What stands before a file's path when it is shown.
fn prefix(about: &About, is_alone: bool) -> String {
    if is_alone { String::new() } else { format!("{}/", about.name) }
}

/// What came of each repository, by its prefix.
fn split(mut outcome: Outcome, prefixes: Vec<String>) -> Vec<Outcome> {
    let of = |prefix: String| {
        let files = outcome.files.extract_if(.., |file| file.shown.starts_with(&prefix)).collect();
        let errors = outcome.errors.extract_if(.., |it| it.path.starts_with(&prefix)).collect();
        let notices = outcome.notices.clone();
        Outcome { files, errors, notices, from_index: outcome.from_index }
    };
    prefixes.into_iter().map(of).collect()
}

/// The files that a clone has otherwise than a branch on GitHub.
fn differing(root: &Path, files: &Snapshot) -> Vec<String> {
    // A clone may have other line endings.
    let plain =
        |text: &[u8]| -> Vec<u8> { text.iter().copied().filter(|&byte| byte != b'\r').collect() };
    let is_other = |(path, content): &(&String, &Vec<u8>)| {
        let here = std::fs::read(root.join(path));
        here.map_or(true, |here| plain(&here) != plain(content))
    };
    files.files.iter().filter(is_other).map(|(path, _)| path.clone()).collect()
}
