//! The npm package `@octokit/app-permissions`: a list drawn from an older version of GitHub's
//! documentation. It has some endpoints for which the newer one names no permission.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::needs::{self, Level, Needs};
use super::openapi::Endpoint;
use crate::Fault;

#[derive(Deserialize)]
struct File {
    /// By the name of the permission, `pull_requests`.
    permissions: BTreeMap<String, Permission>,
}

/// Each endpoint as `GET /repos/{owner}/{repo}`.
#[derive(Deserialize)]
struct Permission {
    #[serde(default)]
    read: Vec<String>,
    #[serde(default)]
    write: Vec<String>,
}

#[derive(Debug, Default)]
pub(super) struct AppPermissions(BTreeMap<Endpoint, Vec<(String, Level)>>);

impl AppPermissions {
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let file: File = serde_json::from_str(text)
            .map_err(|error| format!("the list of @octokit/app-permissions: {error}"))?;
        let mut list = Self::default();
        for (name, permission) in file.permissions {
            for (level, endpoints) in
                [(Level::Read, permission.read), (Level::Write, permission.write)]
            {
                for endpoint in endpoints {
                    let (method, path) = endpoint
                        .split_once(' ')
                        .ok_or_else(|| format!("`{endpoint}` is not a method and a path"))?;
                    let named = list.0.entry(Endpoint::new(method, path)).or_default();
                    named.push((name.clone(), level));
                }
            }
        }
        Ok(list)
    }

    /// Any one of the permissions that it is listed under.
    pub(super) fn needs(&self, endpoint: &Endpoint) -> Option<Needs> {
        let named = self.0.get(endpoint)?;
        if named.iter().any(|(name, _)| name == "metadata") {
            return Some(Needs::Nothing);
        }
        let grants = named
            .iter()
            .filter_map(|(name, level)| Some((needs::scope(&name.replace('_', "-"))?, *level)));
        Some(Needs::any(grants))
    }
}
