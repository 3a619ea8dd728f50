//! From the paths of a command line to repositories and their files.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::{LoadError, Repository, SourceFile};
use crate::workflow::FileKind;

/// Finds the repositories behind paths, each a repository, a folder or a file. No path: the current
/// repository.
///
/// A folder with `.git`, `.github` or an action's definition is a repository; another one is
/// searched for such folders. A file, or a folder inside `.github`, belongs to the nearest
/// repository above.
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
    /// The files of each root, by their path from it; the value of a root is its shown prefix.
    roots: BTreeMap<PathBuf, (String, BTreeMap<String, SourceFile>)>,
    errors: Vec<LoadError>,
}

impl Found {
    fn error(&mut self, path: &Path, message: impl Into<String>) {
        let path = path.display().to_string();
        self.errors.push(LoadError { path, position: None, message: message.into() });
    }

    fn finish(self) -> (Vec<Repository>, Vec<LoadError>) {
        let alone = self.roots.len() == 1;
        let repository =
            |(root, (prefix, files)): (PathBuf, (String, BTreeMap<_, _>))| Repository {
                name: own_name(&root),
                prefix: if alone { String::new() } else { prefix },
                files: files.into_values().collect(),
                root,
            };
        (self.roots.into_iter().map(repository).collect(), self.errors)
    }

    fn root(&mut self, root: &Path, prefix: &str) -> &mut BTreeMap<String, SourceFile> {
        let entry = self.roots.entry(root.to_owned());
        &mut entry.or_insert_with(|| (prefix.to_owned(), BTreeMap::new())).1
    }

    /// A folder: a repository, a part of its `.github`, or a folder of repositories.
    fn folder(&mut self, folder: &Path) {
        if is_root(folder) {
            return self.repository(folder, &shown(folder));
        }
        if let (Some(root), Ok(absolute)) = (enclosing_root(folder), std::path::absolute(folder))
            && absolute.strip_prefix(&root).is_ok_and(|path| path.starts_with(".github"))
        {
            self.repository(&root, &shown(&root));
            return self.root(&root, "").retain(|_, file| file.location.starts_with(&absolute));
        }
        let before = self.roots.len();
        self.search(folder, "");
        if self.roots.len() == before {
            self.error(folder, "no `.github` folder and no `action.yml` in here or below");
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
        self.root(root, prefix);
        for name in ["action.yml", "action.yaml"] {
            self.add(root, prefix, &root.join(name), FileKind::Action);
        }
        let workflows = root.join(".github").join("workflows");
        for path in self.yaml_files(&workflows) {
            self.add(root, prefix, &path, FileKind::Workflow);
        }
        self.actions_below(root, prefix, &root.join(".github"));
    }

    fn actions_below(&mut self, root: &Path, prefix: &str, folder: &Path) {
        if !folder.is_dir() {
            return;
        }
        for (_, path) in self.folders(folder) {
            for name in ["action.yml", "action.yaml"] {
                self.add(root, prefix, &path.join(name), FileKind::Action);
            }
            self.actions_below(root, prefix, &path);
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

    fn add(&mut self, root: &Path, prefix: &str, location: &Path, kind: FileKind) {
        // A link that leads nowhere is worth a word; a file that is not there is not.
        if !location.is_file() && fs::symlink_metadata(location).is_err() {
            return;
        }
        let below = location.strip_prefix(root).unwrap_or(location);
        let parts: Vec<_> =
            below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        let path = parts.join("/");
        let file = SourceFile { location: location.to_owned(), path: path.clone(), kind };
        self.root(root, prefix).insert(path, file);
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
        let is_action = path.file_stem() == Some(OsStr::new("action"));
        let kind = if is_action { FileKind::Action } else { FileKind::Workflow };
        let root = enclosing_root(path);
        let folder = || absolute.parent().map_or_else(|| absolute.clone(), Path::to_owned);
        let root = root.unwrap_or_else(folder);
        self.add(&root, &shown(&root), &absolute, kind);
    }
}

fn enclosing_root(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    absolute.ancestors().find(|folder| is_root(folder)).map(Path::to_owned)
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml")
}

fn is_root(folder: &Path) -> bool {
    [".git", ".github", "action.yml", "action.yaml"].iter().any(|name| folder.join(name).exists())
}

/// A folder as it was named, with `/` behind it.
fn shown(folder: &Path) -> String {
    let text = folder.to_string_lossy().replace('\\', "/");
    if text.ends_with('/') { text } else { format!("{text}/") }
}

/// `owner/name`: from the environment of a workflow run, else from the remote `origin`.
fn own_name(root: &Path) -> Option<String> {
    let from_run = std::env::var("GITHUB_REPOSITORY").ok().filter(|_| {
        let workspace = std::env::var_os("GITHUB_WORKSPACE").map(PathBuf::from);
        workspace.and_then(|path| path.canonicalize().ok()) == root.canonicalize().ok()
    });
    from_run.or_else(|| {
        let config = fs::read_to_string(root.join(".git").join("config")).ok()?;
        name_of_origin(&config)
    })
}

fn name_of_origin(config: &str) -> Option<String> {
    let mut lines = config.lines().map(str::trim);
    lines.find(|line| *line == "[remote \"origin\"]")?;
    let url = lines
        .take_while(|line| !line.starts_with('['))
        .find_map(|line| line.strip_prefix("url")?.trim_start().strip_prefix('=').map(str::trim))?;
    let path = url.trim_end_matches('/').trim_end_matches(".git");
    let mut parts = path.rsplit(['/', ':']);
    let (name, owner) = (parts.next()?, parts.next()?);
    (!name.is_empty() && !owner.is_empty()).then(|| format!("{owner}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::name_of_origin;

    #[test]
    fn a_repository_is_named_by_its_remote() {
        for url in [
            "https://github.com/pypa/pip.git",
            "git@github.com:pypa/pip.git",
            "ssh://git@github.com/pypa/pip",
            "https://github.com/pypa/pip/",
        ] {
            let config = format!(
                "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = {url}\n\tfetch = x\n"
            );
            assert_eq!(name_of_origin(&config).as_deref(), Some("pypa/pip"), "{url}");
        }
        assert_eq!(name_of_origin("[remote \"fork\"]\n\turl = https://github.com/a/b\n"), None);
    }
}
