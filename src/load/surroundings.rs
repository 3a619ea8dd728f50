//! What lies beside the files that the rules look at.

mod release_page;

pub use release_page::{FOLDERS, is_other_page, is_release_page};

use std::fs;
use std::path::Path;

use crate::workflow::Surroundings;

/// Where Renovate looks for its configuration:
/// <https://docs.renovatebot.com/configuration-options/>. Beside these it takes the key `renovate` of
/// `package.json`.
const RENOVATE: &[&str] = &[
    "renovate.json",
    "renovate.json5",
    ".github/renovate.json",
    ".github/renovate.json5",
    ".renovaterc",
    ".renovaterc.json",
    ".renovaterc.json5",
];

/// Looks around in a repository.
pub(super) fn of(root: &Path) -> Surroundings {
    Surroundings { renovate: renovate(root), release_page: release_page::find(root) }
}

fn renovate(root: &Path) -> Option<String> {
    let file = RENOVATE.iter().copied().find(|path| root.join(path).is_file());
    let in_package = || {
        let text = fs::read(root.join("package.json")).ok()?;
        let package: serde_json::Value = serde_json::from_slice(&text).ok()?;
        package.get("renovate").map(|_| "package.json")
    };
    file.or_else(in_package).map(str::to_owned)
}
