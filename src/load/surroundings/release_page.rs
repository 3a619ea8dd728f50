//! The page that tells how a release is made, where projects keep it.

use std::fs;
use std::path::Path;

/// The folders that may hold the page, or such folders.
pub const FOLDERS: &[&str] =
    &[".github", ".github/ISSUE_TEMPLATE", "contributing", "dev", "doc", "docs", "maintainers"];

/// How deep it is looked for below them, and at how many files: what lies deeper is hard to find for a
/// release manager, too.
const MAX_DEPTH: usize = 4;
const MAX_FILES: usize = 4096;

/// The endings of pages.
const ENDINGS: &[&str] = &["adoc", "md", "mdx", "rst", "txt"];

/// Pages of another subject that may have a section on releases.
const OTHER_PAGES: &[&str] = &[
    "contributing",
    "developer",
    "developers",
    "developing",
    "development",
    "hacking",
    "maintainers",
    "maintaining",
    "readme",
];

/// Finds the page; gives its path from the root.
pub(super) fn find(root: &Path) -> Option<String> {
    let mut search = Search { left: MAX_FILES, with_section: None };
    search
        .folder(root, "", 0)
        .or_else(|| {
            let mut folders = FOLDERS.iter();
            folders.find_map(|folder| {
                search.folder(&root.join(folder), &format!("{folder}/"), MAX_DEPTH)
            })
        })
        .or(search.with_section)
}

struct Search {
    /// How many files may still be looked at.
    left: usize,
    /// A page of another subject with a section on releases.
    with_section: Option<String>,
}

impl Search {
    /// Looks into a folder and, so deep, into those below.
    fn folder(&mut self, folder: &Path, prefix: &str, depth: usize) -> Option<String> {
        let mut entries: Vec<_> = fs::read_dir(folder).ok()?.flatten().collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        let mut folders = Vec::new();
        for entry in entries {
            self.left = self.left.checked_sub(1)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                folders.push(name);
            } else if is_release_page(&name) {
                return Some(format!("{prefix}{name}"));
            } else if self.with_section.is_none()
                && is_other_page(&name)
                && fs::read_to_string(entry.path()).is_ok_and(|text| has_section(&text))
            {
                self.with_section = Some(format!("{prefix}{name}"));
            }
        }
        let deeper = depth.checked_sub(1)?;
        let is_wanted = |name: &String| {
            !name.starts_with(['.', '_']) && !tells_of_past_releases(&name.to_ascii_lowercase())
        };
        folders
            .into_iter()
            .filter(is_wanted)
            .find_map(|name| self.folder(&folder.join(&name), &format!("{prefix}{name}/"), deeper))
    }
}

/// A file's name in lower case without its ending, if that is one of a page or none.
fn page_name(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    match lower.split_once('.') {
        None => Some(lower),
        Some((stem, ending)) => ENDINGS.contains(&ending).then(|| stem.to_owned()),
    }
}

/// Whether a page has its name from how to release: `RELEASING.md`, `release-process.rst`,
/// `how_to_release.md`.
pub fn is_release_page(name: &str) -> bool {
    page_name(name).is_some_and(|stem| {
        stem.contains("releas") && !stem.starts_with('.') && !tells_of_past_releases(&stem)
    })
}

/// Whether a name speaks of releases that were made: `RELEASES.md`, `release_notes`, `release-1.2`.
fn tells_of_past_releases(stem: &str) -> bool {
    let words =
        ["announce", "change", "draft", "history", "log", "new", "note", "past", "template"];
    matches!(stem, "releases" | "released")
        || stem.contains(|c: char| c.is_ascii_digit())
        || words.iter().any(|word| stem.contains(word))
}

/// Whether it is a page of another subject that may have a section on releases.
pub fn is_other_page(name: &str) -> bool {
    page_name(name).is_some_and(|stem| OTHER_PAGES.contains(&stem.as_str()))
}

/// Whether a page has a heading on how to release.
fn has_section(text: &str) -> bool {
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    lines.iter().enumerate().any(|(at, line)| {
        let lower = line.to_ascii_lowercase();
        let speaks = [
            "releasing",
            "release process",
            "release procedure",
            "a release",
            "new release",
            "release checklist",
            "release management",
        ]
        .iter()
        .any(|words| lower.contains(words));
        let is_underlined = lines.get(at + 1).is_some_and(|next| {
            next.len() >= 3
                && ["=", "-", "~", "^", "\"", "*", "+"]
                    .iter()
                    .any(|mark| next.replace(mark, "").is_empty())
        });
        let is_bare = ["release", "releases"].contains(&lower.trim_start_matches('#').trim());
        (speaks || is_bare) && (line.starts_with('#') || is_underlined)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_on_how_to_release_are_told_from_their_names() {
        for (name, expected) in [
            ("RELEASING.md", true),
            ("RELEASE.rst", true),
            ("Release-Process.txt", true),
            ("how_to_release.md", true),
            ("release_checklist.md", true),
            ("RELEASE", true),
            ("RELEASES.md", false),
            ("release_notes.rst", false),
            ("release-1.2.md", false),
            ("release.yml", false),
            ("release-drafter.md", false),
            ("releaselog.md", false),
            (".release", false),
            ("README.md", false),
        ] {
            assert_eq!(is_release_page(name), expected, "{name}");
        }
    }

    #[test]
    fn sections_are_found() {
        for (text, expected) in [
            ("# Contributing\n\n## Releasing\n\nFirst …\n", true),
            ("Making a release\n----------------\n", true),
            ("## Release\n", true),
            ("We are releasing often.\n", false),
            ("## Release notes\n", false),
            ("", false),
        ] {
            assert_eq!(has_section(text), expected, "{text}");
        }
    }
}
