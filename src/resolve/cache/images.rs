//! What registries said of images: one file a repository.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::entry::MOVING;
use super::{file_name, replace};
use crate::actions::Date;
use crate::images::{Digest, Image};

/// The layout of the file. Another one is not read.
const FORMAT: u32 = 1;

/// A digest that a registry named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::resolve) struct Seen {
    pub(in crate::resolve) digest: Digest,
    pub(in crate::resolve) day: Date,
    age: Duration,
}

impl Seen {
    /// Whether it may stand without the registry being asked. Any tag of an image may be moved: most
    /// are, with every rebuild.
    pub(in crate::resolve) fn is_fresh(&self) -> bool {
        self.age <= MOVING
    }
}

/// The answers of all registries.
#[derive(Debug)]
pub(in crate::resolve) struct ImageCache {
    folder: Option<PathBuf>,
}

#[derive(Default, Serialize, Deserialize)]
struct File {
    format: u32,
    /// By tag.
    tags: BTreeMap<String, Row>,
}

#[derive(Serialize, Deserialize)]
struct Row {
    digest: String,
    /// Seconds since 1970.
    asked: u64,
}

impl ImageCache {
    pub(in crate::resolve) fn new(folder: Option<&Path>) -> Self {
        Self { folder: folder.map(|folder| folder.join("images")) }
    }

    /// What was said of an image. An answer from the future is none: a clock was wrong.
    pub(in crate::resolve) fn load(&self, image: &Image, now: SystemTime) -> Option<Seen> {
        let file = read(&self.path(image)?)?;
        let row = file.tags.get(&image.tag)?;
        let asked = UNIX_EPOCH.checked_add(Duration::from_secs(row.asked))?;
        let age = now.duration_since(asked).ok()?;
        Some(Seen { digest: row.digest.parse().ok()?, day: asked.into(), age })
    }

    /// Remembers what was said of an image.
    pub(in crate::resolve) fn store(&self, image: &Image, digest: Digest, now: SystemTime) {
        let Some(path) = self.path(image) else { return };
        let mut file = read(&path).unwrap_or_default();
        let asked = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        file.format = FORMAT;
        file.tags.insert(image.tag.clone(), Row { digest: digest.to_string(), asked });
        let _ = serde_json::to_vec(&file).ok().and_then(|text| replace(&path, &text));
    }

    fn path(&self, image: &Image) -> Option<PathBuf> {
        let folder = self.folder.as_ref()?.join(file_name(&image.registry));
        Some(folder.join(format!("{}.json", file_name(&image.repository))))
    }
}

fn read(path: &Path) -> Option<File> {
    let file: File = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    (file.format == FORMAT).then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(tag: &str) -> Image {
        let (registry, repository) = ("127.0.0.1:80".to_owned(), "a/b".to_owned());
        Image { registry, repository, tag: tag.to_owned() }
    }

    #[test]
    fn remembers_each_tag_for_an_hour() {
        let folder = tempfile::tempdir().unwrap();
        let cache = ImageCache::new(Some(folder.path()));
        let now = SystemTime::now();
        assert_eq!(cache.load(&image("1"), now), None);
        cache.store(&image("1"), Digest::of(b"1"), now);
        cache.store(&image("2"), Digest::of(b"2"), now);
        for (tag, content) in [("1", b"1"), ("2", b"2")] {
            let seen = cache.load(&image(tag), now + MOVING / 2).unwrap();
            assert_eq!((seen.digest, seen.is_fresh()), (Digest::of(content), true));
            assert!(!cache.load(&image(tag), now + 2 * MOVING).unwrap().is_fresh());
        }
        assert_eq!(cache.load(&image("3"), now), None);
        assert_eq!(cache.load(&image("1"), now - MOVING), None, "from the future");
        assert_eq!(ImageCache::new(None).load(&image("1"), now), None);
    }

    #[test]
    fn a_damaged_file_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let cache = ImageCache::new(Some(folder.path()));
        let now = SystemTime::now();
        let path = folder.path().join("images/127.0.0.1%3a80/a%2fb.json");
        for damage in ["", "{", "{\"format\":0,\"tags\":{}}", "\u{0}"] {
            cache.store(&image("1"), Digest::of(b"1"), now);
            assert!(path.exists());
            fs::write(&path, damage).unwrap();
            assert_eq!(cache.load(&image("1"), now), None, "{damage}");
        }
        cache.store(&image("1"), Digest::of(b"1"), now);
        assert!(cache.load(&image("1"), now).is_some());
        let wrong = fs::read_to_string(&path).unwrap().replace("sha256", "md5");
        fs::write(&path, wrong).unwrap();
        assert_eq!(cache.load(&image("1"), now), None);
    }
}
