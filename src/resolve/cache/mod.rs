//! What earlier runs were told: one file a repository.
//!
//! A file is replaced in one step, so that several runs at once, or one that ends in the middle,
//! never leave half of one; of two that write the same, the later one wins. A file that cannot be
//! read is as good as none. No fault of the cache is ever told: it saves requests, nothing more.

mod definitions;
mod entry;
mod images;
mod rows;

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::NamedTempFile;

pub(super) use self::definitions::{DefinitionCache, Remembered};
pub(super) use self::entry::{Entry, Scope};
pub(super) use self::images::{ImageCache, Seen};
use crate::actions::RepositoryName;

/// The folder of this program in the platform's folder for caches: `$XDG_CACHE_HOME`
/// (<https://specifications.freedesktop.org/basedir-spec/latest/>), `~/Library/Caches`,
/// `%LOCALAPPDATA%`. `SPEC8_FIX_CACHE_DIR` names another one; set to nothing, it turns the cache off.
pub(super) fn folder(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    if let Some(own) = variable("SPEC8_FIX_CACHE_DIR") {
        return (!own.is_empty()).then(|| own.into());
    }
    // A relative path would follow whoever calls.
    let absolute = |name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || absolute("HOME");
    let base = if cfg!(windows) {
        absolute("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        home().map(|home| home.join("Library/Caches"))
    } else {
        absolute("XDG_CACHE_HOME").or_else(|| home().map(|home| home.join(".cache")))
    };
    base.map(|base| base.join("spec8-fix"))
}

/// The answers of one server.
#[derive(Debug)]
pub(super) struct Cache {
    folder: Option<PathBuf>,
}

impl Cache {
    /// The part of the folder that belongs to this host.
    pub(super) fn new(folder: Option<&Path>, host: &str) -> Self {
        let folder = folder.map(|folder| folder.join("refs").join(file_name(host)));
        Self { folder }
    }

    /// What was told of a repository.
    pub(super) fn load(&self, repository: RepositoryName<'_>) -> Option<Entry> {
        let text = fs::read(self.path(repository)?).ok()?;
        Entry::read(&text).filter(|entry| !entry.is_from_after(SystemTime::now()))
    }

    /// Remembers an answer together with what was remembered before, and gives both.
    pub(super) fn store(&self, repository: RepositoryName<'_>, answer: Entry) -> Entry {
        let entry = match self.load(repository) {
            Some(before) => answer.after(&before),
            None => answer,
        };
        let _ = self.path(repository).map(|path| replace(&path, &entry.write()));
        entry
    }

    fn path(&self, repository: RepositoryName<'_>) -> Option<PathBuf> {
        let (owner, name) = (file_name(repository.owner), file_name(repository.name));
        Some(self.folder.as_ref()?.join(format!("{owner}+{name}.json")))
    }
}

/// A name as part of a file's: in lower case, and nothing in it that means something to a file
/// system.
fn file_name(text: &str) -> String {
    let mut name = String::new();
    for byte in text.bytes().map(|byte| byte.to_ascii_lowercase()) {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => name.push(char::from(byte)),
            other => name.push_str(&format!("%{other:02x}")),
        }
    }
    name
}

fn replace(path: &Path, text: &[u8]) -> Option<()> {
    let folder = path.parent()?;
    fs::create_dir_all(folder).ok()?;
    // Readable by its owner only: private repositories have refs, too.
    let mut file = NamedTempFile::new_in(folder).ok()?;
    file.write_all(text).ok()?;
    file.persist(path).ok()?;
    Some(())
}

#[cfg(test)]
mod tests;
