//! What the cache's files say of commits, releases and vulnerabilities.

use serde::{Deserialize, Serialize};

use crate::actions::{Advisory, Release, Standing, Teller};

/// Where a commit stands.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Stands {
    Contained,
    Outside,
    Missing,
    Unknown,
    Tag { of: String },
}

impl From<Standing> for Stands {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Contained => Self::Contained,
            Standing::Outside => Self::Outside,
            Standing::Missing => Self::Missing,
            Standing::Unknown => Self::Unknown,
            Standing::TagOf(commit) => Self::Tag { of: commit.to_string() },
        }
    }
}

impl Stands {
    pub(super) fn read(self) -> Option<Standing> {
        Some(match self {
            Self::Contained => Standing::Contained,
            Self::Outside => Standing::Outside,
            Self::Missing => Standing::Missing,
            Self::Unknown => Standing::Unknown,
            Self::Tag { of } => Standing::TagOf(of.parse().ok()?),
        })
    }
}

/// A vulnerability.
#[derive(Serialize, Deserialize)]
pub(super) struct Vulnerability {
    id: String,
    severity: String,
    range: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    patched: Option<String>,
}

impl From<&Advisory> for Vulnerability {
    fn from(advisory: &Advisory) -> Self {
        Self {
            id: advisory.id.clone(),
            severity: advisory.severity.clone(),
            range: advisory.vulnerable.to_string(),
            patched: advisory.patched.as_ref().map(ToString::to_string),
        }
    }
}

impl Vulnerability {
    pub(super) fn read(self) -> Option<Advisory> {
        Advisory::read(self.id, &self.severity, &self.range, self.patched.as_deref())
    }
}

/// Since when a tag is out, and who says so.
#[derive(Serialize, Deserialize)]
pub(super) struct Out {
    since: String,
    published: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    prerelease: bool,
}

impl From<Release> for Out {
    fn from(release: Release) -> Self {
        Self {
            since: release.since.to_string(),
            published: release.told_by == Teller::GitHub,
            prerelease: release.is_prerelease,
        }
    }
}

impl Out {
    pub(super) fn read(&self) -> Option<Release> {
        let told_by = if self.published { Teller::GitHub } else { Teller::Cache };
        Some(Release { since: self.since.parse().ok()?, told_by, is_prerelease: self.prerelease })
    }
}
