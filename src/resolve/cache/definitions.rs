//! Definitions of actions and workflows that were read: one file a repository.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::entry::MOVING;
use super::{file_name, replace};
use crate::actions::Definition;
use crate::resolve::definition::Source;

/// The layout of the file. Another one is not read.
const FORMAT: u32 = 1;

/// How long what a tag or branch held is worth knowing, for lack of an answer.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The definitions that one server gave.
#[derive(Debug)]
pub(in crate::resolve) struct DefinitionCache {
    folder: Option<PathBuf>,
}

#[derive(Default, Serialize, Deserialize)]
struct File {
    format: u32,
    /// By ref and path: `v1:sub/folder`.
    definitions: BTreeMap<String, Row>,
}

#[derive(Serialize, Deserialize)]
struct Row {
    /// The file and its text; `None` where there was none.
    #[serde(flatten)]
    found: Option<Text>,
    /// Seconds since 1970.
    asked: u64,
    /// Whether it was asked for with a token.
    with_token: bool,
}

#[derive(Serialize, Deserialize)]
struct Text {
    file: String,
    text: String,
}

/// What is remembered of a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::resolve) struct Remembered {
    /// What it is; `None` where there was none to be seen.
    pub(in crate::resolve) source: Option<Source>,
    /// Whether that may stand without anyone being asked: at a commit for good, elsewhere for an hour.
    pub(in crate::resolve) is_fresh: bool,
    /// Whether it was asked for with a token.
    pub(in crate::resolve) with_token: bool,
}

impl Row {
    /// How old it is; `None` for one from the future: a clock was wrong.
    fn age(&self, now: SystemTime) -> Option<Duration> {
        let asked = UNIX_EPOCH.checked_add(Duration::from_secs(self.asked))?;
        now.duration_since(asked).ok()
    }
}

impl DefinitionCache {
    /// The part of the folder that belongs to this host.
    pub(in crate::resolve) fn new(folder: Option<&Path>, host: &str) -> Self {
        let folder = folder.map(|folder| folder.join("definitions").join(file_name(host)));
        Self { folder }
    }

    /// What a definition was when it was asked for.
    pub(in crate::resolve) fn load(
        &self,
        definition: &Definition,
        now: SystemTime,
    ) -> Option<Remembered> {
        let mut file = read(&self.path(definition)?)?;
        let row = file.definitions.remove(&key(definition))?;
        let age = row.age(now)?;
        let is_fresh = age <= MOVING || definition.is_fixed() && row.found.is_some();
        let source = row.found.map(|Text { file, text }| Source { file, text });
        let with_token = row.with_token;
        (is_fresh || age <= KEPT).then_some(Remembered { source, is_fresh, with_token })
    }

    /// Remembers what a definition is, if it is anything. What is too old to be of use goes.
    pub(in crate::resolve) fn store(
        &self,
        definition: &Definition,
        source: Option<&Source>,
        with_token: bool,
        now: SystemTime,
    ) {
        let Some(path) = self.path(definition) else { return };
        let mut file = read(&path).unwrap_or_default();
        file.format = FORMAT;
        file.definitions.retain(|key, row| {
            let commit = key.split(':').next().unwrap_or_default();
            let at_commit = Definition { git_ref: commit.to_owned(), ..definition.clone() };
            at_commit.is_fixed() && row.found.is_some()
                || row.age(now).is_some_and(|age| age <= KEPT)
        });
        let asked = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let found = source.cloned().map(|Source { file, text }| Text { file, text });
        file.definitions.insert(key(definition), Row { found, asked, with_token });
        let _ = serde_json::to_vec(&file).ok().and_then(|text| replace(&path, &text));
    }

    fn path(&self, definition: &Definition) -> Option<PathBuf> {
        let (owner, name) = (file_name(&definition.owner), file_name(&definition.name));
        Some(self.folder.as_ref()?.join(format!("{owner}+{name}.json")))
    }
}

/// No ref has a `:` in its name.
fn key(definition: &Definition) -> String {
    format!("{}:{}", definition.git_ref, definition.path)
}

fn read(path: &Path) -> Option<File> {
    let file: File = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    (file.format == FORMAT).then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(git_ref: &str, path: &str) -> Definition {
        let [owner, name, git_ref, path] = ["own", "er", git_ref, path].map(str::to_owned);
        Definition { owner, name, git_ref, path }
    }

    fn source(text: &str) -> Source {
        Source { file: "action.yml".to_owned(), text: text.to_owned() }
    }

    fn remembered(text: &str, is_fresh: bool) -> Option<Remembered> {
        Some(Remembered { source: Some(source(text)), is_fresh, with_token: true })
    }

    #[test]
    fn a_commit_is_remembered_for_good_and_anything_else_for_an_hour() {
        let folder = tempfile::tempdir().unwrap();
        let cache = DefinitionCache::new(Some(folder.path()), "127.0.0.1:80");
        let now = SystemTime::now();
        let fixed = definition(&"a".repeat(40), "sub");
        let [tag, other] = ["sub", "other"].map(|path| definition("v1", path));
        for (of, text) in [(&fixed, "1"), (&tag, "2"), (&other, "3")] {
            assert_eq!(cache.load(of, now), None);
            cache.store(of, Some(&source(text)), true, now);
        }
        for (of, text) in [(&fixed, "1"), (&tag, "2"), (&other, "3")] {
            assert_eq!(cache.load(of, now + MOVING / 2), remembered(text, true));
        }
        assert_eq!(cache.load(&fixed, now + 20 * KEPT), remembered("1", true));
        assert_eq!(cache.load(&tag, now + 2 * MOVING), remembered("2", false));
        assert_eq!(cache.load(&tag, now + 2 * KEPT), None);
        assert_eq!(cache.load(&tag, now - MOVING), None, "from the future");
        assert_eq!(DefinitionCache::new(None, "x").load(&tag, now), None);
        cache.store(&fixed, None, false, now);
        let nothing = |is_fresh| Some(Remembered { source: None, is_fresh, with_token: false });
        assert_eq!(cache.load(&fixed, now), nothing(true));
        assert_eq!(cache.load(&fixed, now + 2 * MOVING), nothing(false), "it may be pushed yet");
    }

    #[test]
    fn what_is_old_goes_and_a_damaged_file_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let cache = DefinitionCache::new(Some(folder.path()), "127.0.0.1:80");
        let now = SystemTime::now();
        let fixed = definition(&"a".repeat(40), "");
        for (of, text, time) in [
            (&fixed, "1", now - 2 * KEPT),
            (&definition("v1", ""), "2", now - 2 * KEPT),
            (&definition("v2", ""), "3", now),
        ] {
            cache.store(of, Some(&source(text)), true, time);
        }
        let path = folder.path().join("definitions/127.0.0.1%3a80/own+er.json");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("v2:") && !text.contains("v1:"), "{text}");
        assert!(cache.load(&fixed, now).is_some());
        fs::write(&path, "{").unwrap();
        assert_eq!(cache.load(&fixed, now), None);
        cache.store(&fixed, Some(&source("1")), true, now);
        assert!(cache.load(&fixed, now).is_some());
    }
}
