//! Files that SPEC 8 asks for, written for a project.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::args::Init;
use super::{Exit, Output};
use super::{deliver, undo};
use crate::fix;
use crate::init::{self, PUBLISH_WORKFLOW, Project, RELEASE_DOCS};
use crate::load::{self, Repository};
use crate::resolve::Resolve;

/// The names of changelogs.
const CHANGELOGS: &[&str] = &[
    "CHANGELOG.md",
    "CHANGELOG.rst",
    "CHANGES.md",
    "CHANGES.rst",
    "HISTORY.md",
    "HISTORY.rst",
    "NEWS.md",
    "NEWS.rst",
];

/// Writes the files that are asked for.
pub(super) fn init(arguments: &Init, resolver: &dyn Resolve, output: &mut Output) -> Exit {
    let mut made = Vec::new();
    let outcome = repository(arguments.path.as_deref()).and_then(|repository| {
        let root = repository.root.clone();
        if arguments.publish_workflow {
            not_there(&root, PUBLISH_WORKFLOW)?;
            let text = publish_workflow(repository, resolver, output)?;
            made.extend(deliver(&root, PUBLISH_WORKFLOW, &text, arguments.dry_run, output)?);
        }
        if arguments.release_docs {
            // It tells of the workflow, too, if that is new.
            not_there(&root, RELEASE_DOCS)?;
            let repository = self::repository(arguments.path.as_deref())?;
            let text = release_docs(repository, output)?;
            made.extend(deliver(&root, RELEASE_DOCS, &text, arguments.dry_run, output)?);
        }
        Ok(())
    });
    let exit = match outcome {
        Ok(()) => Exit::Clean,
        Err(message) => {
            output.error(&message);
            Exit::Failure
        }
    };
    undo::say_made(&made, output);
    exit
}

/// The repository at a path, or around the current folder.
fn repository(path: Option<&Path>) -> Result<Repository, String> {
    let paths: Vec<PathBuf> = path.map(Path::to_owned).into_iter().collect();
    let (mut repositories, errors) = load::discover(&paths);
    match (repositories.pop(), errors.first()) {
        (Some(repository), _) if repositories.is_empty() => Ok(repository),
        (_, Some(error)) => Err(error.to_string()),
        _ => Err("there are several repositories here: name one".to_owned()),
    }
}

fn publish_workflow(
    repository: Repository,
    resolver: &dyn Resolve,
    output: &mut Output,
) -> Result<String, String> {
    let name = repository.packages.python.clone().ok_or(
        "neither `pyproject.toml` nor `setup.cfg` says what the project is called on PyPI: give it \
         `[project] name = \"…\"` first",
    )?;
    let pyproject = fs::read_to_string(repository.root.join("pyproject.toml")).unwrap_or_default();
    let project = Project::read(name, &pyproject);
    let (text, unpinned) = init::pinned(&init::publish_workflow(&project), resolver);
    unpinned.iter().for_each(|unpinned| output.notice(&unpinned.to_string()));
    let (others, _) = fix::with_files(repository, init::publishers);
    for path in others {
        output.notice(&format!("{path} publishes already: keep one of the two"));
    }
    Ok(text)
}

fn release_docs(repository: Repository, output: &mut Output) -> Result<String, String> {
    let is_there = |name: &&&str| repository.root.join(name).is_file();
    let changelog = CHANGELOGS.iter().find(is_there).copied();
    if let Some(page) = &repository.surroundings.release_page {
        output.notice(&format!("`{page}` seems to tell already how a release is made"));
    }
    let (text, errors) = fix::with_files(repository, |files| init::release_docs(files, changelog));
    errors.iter().for_each(|error| output.error(&error.to_string()));
    text.ok_or_else(|| {
        "no workflow publishes a release: `spec8-fix init --publish-workflow` writes one for a Python package"
            .to_owned()
    })
}

/// A file that is there stays as it is, and nobody is asked anything for its sake.
fn not_there(root: &Path, path: &str) -> Result<(), String> {
    match fs::symlink_metadata(root.join(path)) {
        Ok(_) => Err(is_there(path)),
        Err(_) => Ok(()),
    }
}

fn is_there(path: &str) -> String {
    format!("{path} is there already, and stays as it is")
}

/// Writes a file, or shows it; gives where one was written.
fn deliver(
    root: &Path,
    path: &str,
    text: &str,
    dry_run: bool,
    output: &mut Output,
) -> Result<Option<PathBuf>, String> {
    if dry_run {
        deliver::show_new(path, text, output);
        return Ok(None);
    }
    let location = root.join(path);
    deliver::create(&location, text).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => is_there(path),
        _ => format!("{path}: could not be written: {error}"),
    })?;
    output.notice(&format!("{path} is written: read it before you commit it"));
    Ok(Some(location))
}
