//! The files of a run, read: those that were asked for, and those that these name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Loaded, checked, view};
use crate::load::{self, LoadError, Own, Repository, SourceFile, named};
use crate::packages::Packages;
use crate::permissions::imported_files;
use crate::shell::{self, Dialect};
use crate::tasks::{Task, tasks};
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

/// The scripts of the repository that steps run, and those that these run; the files that define the tasks that
/// they run; for `actions/github-script` the modules that its script imports.
fn scripts<'d>(root: &Path, steps: impl Iterator<Item = Step<'d>>) -> BTreeMap<String, String> {
    let steps: Vec<_> = steps.collect();
    let (texts, tasks, open) = (BTreeMap::new(), BTreeSet::new(), Vec::new());
    let mut found = Scripts { root, texts, tasks, open };
    for step in &steps {
        if let Some(text) = step.text("run") {
            found.look_at(text, Dialect::Bash, step.working_directory());
        }
    }
    found.read();
    for path in steps.into_iter().flat_map(imported_files) {
        if let Some(text) = named::text(root, &path) {
            found.texts.insert(path, text);
        }
    }
    found.texts
}

/// Scripts, and files that define tasks.
struct Scripts<'r, 'd> {
    root: &'r Path,
    /// By their paths.
    texts: BTreeMap<String, String>,
    /// The tasks that were looked for, each with the path of a file that may define it.
    tasks: BTreeSet<(String, String)>,
    /// What is still to be looked at for what it names, each with the folder that it runs in.
    open: Vec<(String, Dialect, Option<&'d str>)>,
}

impl<'d> Scripts<'_, 'd> {
    /// Notes a script that may name others.
    fn look_at(&mut self, text: &str, dialect: Dialect, folder: Option<&'d str>) {
        // Few do, and taking a script apart takes its time.
        const WORDS: [&str; 15] = [
            ".py", ".sh", "source ", "./", "bash ", "sh ", "make", "npm", "yarn", "bun", "tox",
            "hatch ", "pdm ", "poe ", "pixi ",
        ];
        if WORDS.iter().any(|word| text.contains(word)) {
            self.open.push((text.to_owned(), dialect, folder));
        }
    }

    /// Reads what the scripts name, and what that names.
    fn read(&mut self) {
        while let Some((text, dialect, folder)) = self.open.pop() {
            for command in shell::parse(&text, dialect).commands() {
                let file = command.script_file().and_then(|file| script_path(folder, file));
                if let Some(path) = file.filter(|path| !self.texts.contains_key(path))
                    && let Some((text, dialect)) = named::script(self.root, &path)
                {
                    self.look_at(&text, dialect, folder);
                    self.texts.insert(path, text);
                }
                for task in tasks(command) {
                    self.task(&task, folder);
                }
            }
        }
    }

    /// Reads the files that may define a task.
    fn task(&mut self, task: &Task<'_>, folder: Option<&'d str>) {
        for path in task.paths(folder) {
            if !self.tasks.insert((path.clone(), task.name.to_owned())) {
                continue;
            }
            let known = self.texts.get(&path).cloned();
            let Some(text) = known.or_else(|| named::text(self.root, &path)) else { continue };
            for definition in task.definitions(&path, &text) {
                self.look_at(&definition.script, Dialect::Bash, task.runs_in(folder));
            }
            self.texts.insert(path, text);
        }
    }
}
