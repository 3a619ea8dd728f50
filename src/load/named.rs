//! Files that are read because another file of the repository names them.

use std::fs;
use std::path::Path;

use super::SourceFile;
use super::discover::actions_in;
use crate::shell::Dialect;
use crate::workflow::{FileKind, local_path};

/// How long a script may be that is read, in bytes: what is longer is a program with its data.
const MAX_SCRIPT: u64 = 256 << 10;

/// The definitions of the action that a step names by `./path` or `$/path`, wherever in the repository
/// it is.
///
/// None where the path leads out of the repository, or into another one that lies in it: a submodule
/// has an owner of its own.
pub fn action(root: &Path, uses: &str) -> Vec<SourceFile> {
    let Some(path) = local_path(uses).filter(|path| is_inside(root, path)) else {
        return Vec::new();
    };
    let file = |(location, kind): (std::path::PathBuf, FileKind)| {
        let name = location.file_name()?.to_string_lossy().into_owned();
        let path = if path.is_empty() { name } else { format!("{path}/{name}") };
        Some(SourceFile { location, path, kind, is_missing: false })
    };
    actions_in(&root.join(&path)).filter_map(file).collect()
}

/// The workflow that a job calls by `./path` or `$/path`.
pub fn workflow(root: &Path, uses: &str) -> Option<SourceFile> {
    let path = local_path(uses).filter(|path| is_inside(root, path))?;
    let location = root.join(&path);
    let is_it = path.starts_with(".github/workflows/") && location.is_file();
    is_it.then_some(SourceFile { location, path, kind: FileKind::Workflow, is_missing: false })
}

/// The text and the language of a script in the repository, at a path from its root.
pub fn script(root: &Path, path: &str) -> Option<(String, Dialect)> {
    let text = text(root, path)?;
    let dialect = Dialect::of_file(path, &text)?;
    Some((text, dialect))
}

/// The text of a file of the repository at a path from its root. None where it is long.
pub fn text(root: &Path, path: &str) -> Option<String> {
    let location = root.join(path);
    let is_it = is_inside(root, path)
        && location.metadata().is_ok_and(|it| it.is_file() && it.len() <= MAX_SCRIPT);
    is_it.then(|| fs::read_to_string(location).ok())?
}

/// Whether a path from the root stays in the repository, whatever links are on the way.
fn is_inside(root: &Path, path: &str) -> bool {
    let mut folder = root.to_owned();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        folder.push(part);
        if part == ".." || folder.join(".git").exists() {
            return false;
        }
    }
    let real = |path: &Path| path.canonicalize().ok();
    real(root).zip(real(&folder)).is_some_and(|(root, folder)| folder.starts_with(root))
}
