//! GitHub's documentation, "Permissions required for GitHub Apps": the endpoints below each
//! permission.
//!
//! It stands at <https://docs.github.com/rest/authentication/permissions-required-for-github-apps> and
//! is made from `src/github-apps/data/fpt-*/server-to-server-permissions.json` in the repository
//! `github/docs`, with one folder for each version of the API.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::needs::{self, Grant, Level, Needs};
use super::openapi::Endpoint;
use crate::Fault;

/// One line below a permission.
#[derive(Debug)]
struct Listing {
    /// As the page entitles it: `Repository permissions for "Pull requests"`.
    permission: String,
    level: Level,
    /// Whether the token of an installation will do: `GITHUB_TOKEN` is one.
    for_installations: bool,
}

#[derive(Debug, Default)]
pub(super) struct Documentation(BTreeMap<Endpoint, Vec<Listing>>);

impl Documentation {
    /// Reads the page as Markdown, or the file that it is made from.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let documentation = if text.trim_start().starts_with('{') {
            Self::from_json(text)?
        } else {
            Self::from_markdown(text)?
        };
        if documentation.0.is_empty() {
            return Err("the documentation lists no endpoints: is it another page?".to_owned());
        }
        Ok(documentation)
    }

    fn from_json(text: &str) -> Result<Self, Fault> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Permission {
            display_title: String,
            permissions: Vec<Listed>,
        }

        #[derive(Deserialize)]
        #[serde(rename_all = "kebab-case")]
        struct Listed {
            verb: String,
            #[serde(rename = "requestPath")]
            request_path: String,
            access: Level,
            server_to_server: bool,
        }

        let file: BTreeMap<String, Permission> =
            serde_json::from_str(text).map_err(|error| format!("the documentation: {error}"))?;
        let mut documentation = Self::default();
        for permission in file.into_values() {
            for listed in permission.permissions {
                let endpoint = Endpoint::new(&listed.verb, &listed.request_path);
                documentation.0.entry(endpoint).or_default().push(Listing {
                    permission: permission.display_title.clone(),
                    level: listed.access,
                    for_installations: listed.server_to_server,
                });
            }
        }
        Ok(documentation)
    }

    fn from_markdown(text: &str) -> Result<Self, Fault> {
        let mut documentation = Self::default();
        let mut permission = "";
        for (number, line) in (1..).zip(text.lines()) {
            if let Some(title) = line.strip_prefix("## ") {
                permission = title.trim();
            } else if line.starts_with("| `") {
                let (endpoint, listing) = row(permission, line)
                    .ok_or_else(|| format!("line {number} of the documentation: `{line}`"))?;
                documentation.0.entry(endpoint).or_default().push(listing);
            }
        }
        Ok(documentation)
    }

    pub(super) fn endpoints(&self) -> impl Iterator<Item = &Endpoint> {
        self.0.keys()
    }

    /// The permissions on repositories that no scope of `GITHUB_TOKEN` stands for.
    pub(super) fn without_scope(&self) -> BTreeSet<&str> {
        let listings = self.0.values().flatten();
        let others =
            listings.filter(|listing| !listing.is_of_metadata() && listing.scope().is_none());
        others.filter_map(Listing::on_repositories).collect()
    }

    /// What it asks for.
    ///
    /// The page does not say whether one of several permissions is enough or all are needed; the
    /// pages of the endpoints do. Of issues and pull requests one is enough everywhere. What no scope
    /// stands for (administration, members) is asked for beside the others; only the one for
    /// changes to workflow files is not: there the other one is listed twice, once for itself.
    pub(super) fn needs(&self, endpoint: &Endpoint) -> Option<Needs> {
        let listings = self.0.get(endpoint)?;
        if !listings.iter().any(|listing| listing.for_installations) {
            return Some(Needs::Unavailable);
        }
        if listings.iter().all(Listing::is_of_metadata) {
            return Some(Needs::Nothing);
        }
        let grants: Vec<Grant> =
            listings.iter().filter_map(|listing| Some((listing.scope()?, listing.level))).collect();
        let times = |grant: &Grant| grants.iter().filter(|other| *other == grant).count();
        Some(match grants.iter().find(|grant| times(grant) > 1) {
            Some(alone) => Needs::one(*alone),
            None if grants.len() < listings.len() => Needs::Unavailable,
            None => Needs::any(grants),
        })
    }
}

impl Listing {
    /// The name of the permission, if it is one on repositories rather than on an organization or a
    /// user.
    fn on_repositories(&self) -> Option<&str> {
        let name = self.permission.strip_prefix("Repository permissions for ")?;
        Some(name.trim_matches('"'))
    }

    /// Every token may read metadata.
    fn is_of_metadata(&self) -> bool {
        self.on_repositories() == Some("Metadata") && self.level == Level::Read
    }

    /// The scope that stands for the permission in a workflow.
    fn scope(&self) -> Option<&'static str> {
        needs::scope(match self.on_repositories()? {
            "Code scanning alerts" => "security-events",
            "Commit statuses" => "statuses",
            "Dependabot alerts" => "vulnerability-alerts",
            name => return needs::scope(&name.to_ascii_lowercase().replace(' ', "-")),
        })
    }
}

/// Reads a row of a table: the endpoint, the level, the kinds of token that will do. (A fourth cell tells
/// whether there are other permissions, which the other tables show.)
fn row(permission: &str, line: &str) -> Option<(Endpoint, Listing)> {
    let mut cells = line.trim_matches('|').split('|').map(str::trim);
    let (endpoint, level, tokens) = (cells.next()?, cells.next()?, cells.next()?);
    let (method, path) = endpoint.trim_matches('`').split_once(' ')?;
    let level = match level {
        "read" => Level::Read,
        "write" => Level::Write,
        "admin" => Level::Admin,
        _ => return None,
    };
    let for_installations = tokens.split(", ").any(|token| token == "IAT");
    let permission = permission.to_owned();
    Some((Endpoint::new(method, path), Listing { permission, level, for_installations }))
}
