//! What actions and commands upload, as `data/` says it: docs/knowledge-base.md.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::needs::{Texts, condition_source};
use super::{Fault, slice};

/// The places that have a name of their own, with that of the variant of `actions::upload::Destination`.
const DESTINATIONS: &[(&str, &str)] = &[
    ("conda", "Conda"),
    ("container", "Container"),
    ("crates.io", "CratesIo"),
    ("docker-hub", "DockerHub"),
    ("ghcr", "Ghcr"),
    ("github-packages", "GitHubPackages"),
    ("github-release", "GitHubRelease"),
    ("nightly", "Nightly"),
    ("npm", "Npm"),
    ("nuget", "NuGet"),
    ("pypi", "PyPi"),
    ("rubygems", "RubyGems"),
    ("testpypi", "TestPyPi"),
];

/// An upload, and when it is made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Upload {
    to: String,
    #[serde(default)]
    address: Vec<String>,
    #[serde(default)]
    token: Vec<String>,
    #[serde(default)]
    trusted: bool,
    #[serde(default)]
    when: BTreeMap<String, Texts>,
    #[serde(default)]
    unless: BTreeMap<String, Texts>,
    #[serde(default)]
    events: Vec<String>,
    refs: Option<String>,
    doubt: Option<String>,
}

impl Upload {
    pub(super) fn source(&self) -> Result<String, Fault> {
        Ok(format!(
            "KnownUpload {{ to: {}, address: &{:?}, token: &{:?}, trusted: {}, condition: {}, refs: {:?}, doubt: {:?} }}",
            destination_source(&self.to)?,
            self.address,
            self.token,
            self.trusted,
            condition_source(&self.when, &self.unless, &self.events),
            self.refs,
            self.doubt,
        ))
    }
}

/// Several of them.
pub(super) fn uploads_source(uploads: &[Upload]) -> Result<String, Fault> {
    Ok(slice(uploads.iter().map(Upload::source).collect::<Result<Vec<_>, _>>()?))
}

/// A place by its name. One that starts with a capital letter is that of a registry which has no name
/// of its own here.
pub(super) fn destination_source(name: &str) -> Result<String, Fault> {
    if name.starts_with(|c: char| c.is_uppercase()) {
        return Ok(format!("Destination::Other(std::borrow::Cow::Borrowed({name:?}))"));
    }
    let found = DESTINATIONS.iter().find(|(own, _)| *own == name);
    let (_, variant) = found.ok_or_else(|| format!("nothing is uploaded to `{name}`"))?;
    Ok(format!("Destination::{variant}"))
}
