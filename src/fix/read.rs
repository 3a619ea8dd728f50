//! The files of a run, read: those that were asked for, and those that these name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Loaded, checked, view};
use crate::load::{self, LoadError, Own, Repository, SourceFile, named};
use crate::packages::Packages;
use crate::permissions::imported_files;
use crate::shell::{self, Dialect};
use crate::workflow::{FileKind, Step, Surroundings, script_path};

/// A repository whose files were read.
pub(super) struct Read {
    pub(super) own: Own,
    pub(super) packages: Packages,
    pub(super) surroundings: Surroundings,
    pub(super) files: Vec<Loaded>,
    /// The scripts that steps run, by path.
    pub(super) scripts: BTreeMap<String, String>,
}

impl Read {
    /// The files that are to be looked at and changed.
    pub(super) fn asked(&self) -> impl Iterator<Item = &Loaded> {
        self.files.iter().filter(|file| file.is_asked)
    }
}

/// Reads the files of a repository that are of wanted kinds, and in rounds the local actions that they name: GitHub takes an
/// action of the repository from any folder.
///
/// Where the whole repository was asked for, such an action is a file of the run like those below
/// `.github`: it runs in the same jobs, and what it uses is to be pinned as well. Where single files
/// were asked for, it is read for what it says of their jobs, and left as it is.
pub(super) fn repository(
    repository: Repository,
    is_wanted: impl Fn(FileKind) -> bool,
) -> (Read, Vec<LoadError>) {
    let Repository { root, prefix, own, is_whole, files: mut open, packages, surroundings } =
        repository;
    open.retain(|file| is_wanted(file.kind));
    let mut errors = Vec::new();
    let mut known: BTreeSet<_> = open.iter().map(|file| file.path.clone()).collect();
    let mut files: Vec<Loaded> = Vec::new();
    let mut is_asked = true;
    while !open.is_empty() {
        let before = files.len();
        for source in open {
            let shown = format!("{prefix}{}", source.path);
            let document =
                load::read(&source, &shown).and_then(|document| checked(document, &source, &shown));
            match document {
                Ok(document) => {
                    files.push(Loaded { source, shown, document, is_asked, findings: Vec::new() });
                }
                Err(error) if is_asked => errors.push(error),
                Err(_) => {}
            }
        }
        let views = files[before..].iter().filter_map(view);
        let named = views.flat_map(|file| file.view.uses());
        let named = named.flat_map(|(uses, is_call)| -> Vec<SourceFile> {
            if is_call {
                named::workflow(&root, uses).into_iter().collect()
            } else {
                named::action(&root, uses)
            }
        });
        open = named.filter(|file| known.insert(file.path.clone())).collect();
        is_asked = is_whole;
    }
    files.sort_by(|one, other| one.source.path.cmp(&other.source.path));
    let steps = files.iter().filter_map(view).flat_map(|file| file.view.steps());
    let scripts = scripts(&root, steps);
    (Read { own, packages, surroundings, files, scripts }, errors)
}

/// The scripts of the repository that steps run, and those that these run; for `actions/github-script` the
/// modules that its script imports.
fn scripts<'d>(root: &Path, steps: impl Iterator<Item = Step<'d>>) -> BTreeMap<String, String> {
    let steps: Vec<_> = steps.collect();
    let runs = steps.iter().filter_map(|step| Some((step.text("run")?, step.working_directory())));
    let files = |(text, folder)| script_files(text, Dialect::Bash, folder);
    let mut open: Vec<_> = runs.flat_map(files).collect();
    let mut scripts = BTreeMap::new();
    while let Some((path, folder)) = open.pop() {
        if scripts.contains_key(&path) {
            continue;
        }
        if let Some((text, dialect)) = named::script(root, &path) {
            open.extend(script_files(&text, dialect, folder));
            scripts.insert(path, text);
        }
    }
    for path in steps.into_iter().flat_map(imported_files) {
        if let Some(text) = named::text(root, &path) {
            scripts.insert(path, text);
        }
    }
    scripts
}

/// The paths of the files that a script may run, with the folder that it runs in.
fn script_files<'d>(
    text: &str,
    dialect: Dialect,
    folder: Option<&'d str>,
) -> Vec<(String, Option<&'d str>)> {
    // Few do, and taking a script apart takes its time.
    if ![".py", ".sh", "source ", "./", "bash ", "sh "].iter().any(|word| text.contains(word)) {
        return Vec::new();
    }
    let script = shell::parse(text, dialect);
    let files = script.commands().filter_map(|it| script_path(folder, it.script_file()?));
    files.map(|path| (path, folder)).collect()
}
