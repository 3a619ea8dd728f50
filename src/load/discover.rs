//! From the paths of a command line to repositories and their files.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::own::Own;
use super::{LoadError, Repository, SourceFile, surroundings};
use crate::packages::Packages;
use crate::workflow::FileKind;

/// Finds the repositories behind paths, each a repository, a folder or a file. No path: the current
/// repository.
///
/// A folder with `.git` or `.github` is a repository, and so is one with an action's definition that
/// lies in none; another one is searched for such folders. A file, a folder inside `.github`, or that
/// of an action belongs to the nearest repository above.
pub fn discover(paths: &[PathBuf]) -> (Vec<Repository>, Vec<LoadError>) {
    let mut found = Found::default();
    if paths.is_empty() {
        match enclosing_root(Path::new(".")) {
            Some(root) => found.repository(&root, ""),
            None => found.folder(Path::new(".")),
        }
    }
    for path in paths {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => found.file(path),
            Ok(_) => found.folder(path),
            Err(error) => found.error(path, error.to_string()),
        }
    }
    found.finish()
}

#[derive(Default)]
struct Found {
    /// By its real place, so that a root which is named in two ways is one.
    roots: BTreeMap<PathBuf, Root>,
    errors: Vec<LoadError>,
}

struct Root {
    path: PathBuf,
    prefix: String,
    /// Whether all of it was asked for.
    is_whole: bool,
    /// By their path from the root.
    files: BTreeMap<String, SourceFile>,
}

impl Root {
    /// Adds files, whose locations start with `root`, in whatever way it is named there.
    fn add(&mut self, root: &Path, files: impl IntoIterator<Item = (PathBuf, FileKind)>) {
        for (location, kind) in files {
            let below = location.strip_prefix(root).unwrap_or(&location);
            let parts = below.components().map(|part| part.as_os_str().to_string_lossy());
            let path = parts.collect::<Vec<_>>().join("/");
            let is_missing = kind == FileKind::Dependabot && !is_there(&location);
            self.files.insert(path.clone(), SourceFile { location, path, kind, is_missing });
        }
    }
}

impl Found {
    fn error(&mut self, path: &Path, message: impl Into<String>) {
        let path = path.display().to_string();
        self.errors.push(LoadError { path, position: None, message: message.into() });
    }

    fn finish(self) -> (Vec<Repository>, Vec<LoadError>) {
        let alone = self.roots.len() == 1;
        let repository = |root: Root| Repository {
            own: Own::of(&root.path),
            prefix: if alone { String::new() } else { root.prefix },
            is_whole: root.is_whole,
            files: root.files.into_values().collect(),
            packages: Packages::read(|file| fs::read_to_string(root.path.join(file)).ok()),
            surroundings: surroundings::of(&root.path),
            root: root.path,
        };
        (self.roots.into_values().map(repository).collect(), self.errors)
    }

    fn root(&mut self, path: &Path, prefix: &str) -> &mut Root {
        let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        self.roots.entry(place).or_insert_with(|| Root {
            path: path.to_owned(),
            prefix: prefix.to_owned(),
            is_whole: false,
            files: BTreeMap::new(),
        })
    }

    /// A folder: a repository, a part of one, or a folder of repositories.
    fn folder(&mut self, folder: &Path) {
        if is_repository(folder) {
            return self.repository(folder, &shown(folder));
        }
        let around = enclosing_root(folder).filter(|root| is_repository(root));
        if let (Some(root), Ok(absolute)) = (&around, std::path::absolute(folder)) {
            let is_part = absolute.strip_prefix(root).is_ok_and(|path| path.starts_with(".github"));
            if is_part || has_action(folder) {
                return self.part(root, &absolute);
            }
        }
        if has_action(folder) {
            return self.repository(folder, &shown(folder));
        }
        let before = self.roots.len();
        self.search(folder, "");
        if self.roots.len() == before {
            let nothing = "no `.github` folder and no `action.yml` in here or below";
            self.error(
                folder,
                match around {
                    Some(root) => format!("{nothing}: name the repository, {}", root.display()),
                    None => nothing.to_owned(),
                },
            );
        }
    }

    /// Searches for repositories; `prefix` is the way from the folder that was asked for.
    fn search(&mut self, folder: &Path, prefix: &str) {
        for (name, path) in self.folders(folder) {
            let prefix = format!("{prefix}{name}/");
            if is_root(&path) {
                self.repository(&path, &prefix);
            } else if !name.starts_with('.') && name != "node_modules" && name != "target" {
                self.search(&path, &prefix);
            }
        }
    }

    fn folders(&mut self, folder: &Path) -> Vec<(String, PathBuf)> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                self.error(folder, error.to_string());
                return Vec::new();
            }
        };
        let mut folders: Vec<_> = entries
            .flatten()
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
            .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
            .collect();
        folders.sort();
        folders
    }

    /// All files of a repository that the rules look at.
    fn repository(&mut self, root: &Path, prefix: &str) {
        let files = self.files_of(root);
        let found = self.root(root, prefix);
        found.is_whole = true;
        found.add(root, files);
    }

    /// Those of its files that lie in a folder, which may be one where only actions are looked for
    /// that are asked for.
    fn part(&mut self, root: &Path, folder: &Path) {
        let files = self.files_of(root).into_iter().filter(|(path, _)| path.starts_with(folder));
        self.root(root, &shown_from_here(root)).add(root, files.chain(actions_in(folder)));
    }

    fn files_of(&mut self, root: &Path) -> Vec<(PathBuf, FileKind)> {
        let mut files: Vec<_> = actions_in(root).collect();
        let github = root.join(".github");
        let workflows = self.yaml_files(&github.join("workflows"));
        files.extend(workflows.into_iter().map(|path| (path, FileKind::Workflow)));
        self.actions_below(&github, &mut files);
        if is_repository(root) {
            files.push((dependabot_in(&github), FileKind::Dependabot));
        }
        files
    }

    fn actions_below(&mut self, folder: &Path, files: &mut Vec<(PathBuf, FileKind)>) {
        if !folder.is_dir() {
            return;
        }
        for (_, path) in self.folders(folder) {
            files.extend(actions_in(&path));
            self.actions_below(&path, files);
        }
    }

    fn yaml_files(&mut self, folder: &Path) -> Vec<PathBuf> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => {
                self.error(folder, error.to_string());
                return Vec::new();
            }
        };
        entries.flatten().map(|entry| entry.path()).filter(|path| is_yaml(path)).collect()
    }

    /// A file that was named itself.
    fn file(&mut self, path: &Path) {
        if !is_yaml(path) {
            return self.error(
                path,
                "neither a workflow nor an action: expected a `.yml` or `.yaml` file",
            );
        }
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let kind = match path.file_stem().and_then(OsStr::to_str) {
            Some("action") => FileKind::Action,
            Some("dependabot") if absolute.parent().is_some_and(|it| it.ends_with(".github")) => {
                FileKind::Dependabot
            }
            _ => FileKind::Workflow,
        };
        let folder = || absolute.parent().map_or_else(|| absolute.clone(), Path::to_owned);
        let root = enclosing_root(path).unwrap_or_else(folder);
        self.root(&root, &shown_from_here(&root)).add(&root, [(absolute, kind)]);
    }
}

/// The definitions of actions directly in a folder.
pub(super) fn actions_in(folder: &Path) -> impl Iterator<Item = (PathBuf, FileKind)> + use<> {
    let paths = ["action.yml", "action.yaml"].map(|name| folder.join(name));
    paths.into_iter().filter(|path| is_there(path)).map(|path| (path, FileKind::Action))
}

/// Dependabot's configuration: the file that is there, else the one that could be.
fn dependabot_in(github: &Path) -> PathBuf {
    let [usual, other] = ["dependabot.yml", "dependabot.yaml"].map(|name| github.join(name));
    if !is_there(&usual) && is_there(&other) { other } else { usual }
}

/// A link that leads nowhere is worth a word; a file that is not there is not.
fn is_there(path: &Path) -> bool {
    path.is_file() || fs::symlink_metadata(path).is_ok()
}

/// The nearest repository around a path, else the nearest folder of an action.
fn enclosing_root(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    let nearest = |is_it: fn(&Path) -> bool| absolute.ancestors().find(|folder| is_it(folder));
    nearest(is_repository).or_else(|| nearest(has_action)).map(Path::to_owned)
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml")
}

fn is_root(folder: &Path) -> bool {
    is_repository(folder) || has_action(folder)
}

fn is_repository(folder: &Path) -> bool {
    [".git", ".github"].iter().any(|name| folder.join(name).exists())
}

fn has_action(folder: &Path) -> bool {
    actions_in(folder).next().is_some()
}

/// A folder as it was named, with `/` behind it.
fn shown(folder: &Path) -> String {
    let text = folder.to_string_lossy().replace('\\', "/");
    if text.ends_with('/') { text } else { format!("{text}/") }
}

/// A folder by the way to it from the current one, where it lies below.
fn shown_from_here(folder: &Path) -> String {
    let here = std::env::current_dir().ok();
    match here.and_then(|here| folder.strip_prefix(here).ok()) {
        Some(below) if below.as_os_str().is_empty() => String::new(),
        Some(below) => shown(below),
        None => shown(folder),
    }
}
