//! The scopes of `GITHUB_TOKEN`.

use std::fmt;

use super::Level;

/// A scope of the token, as a `permissions:` block names it.
///
/// The list is that of GitHub's own definition of the workflow language, `workflow-v1.0.min.json` in
/// the npm package `@actions/workflow-parser` 0.3.61. The order is that of a block that this program
/// writes: what every job has first, then by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The repository's files, commits, branches, tags and releases.
    Contents,
    /// Workflow runs, artifacts and caches.
    Actions,
    /// Storage records of artifacts.
    ArtifactMetadata,
    /// Attestations of artifacts.
    Attestations,
    /// Check runs.
    Checks,
    /// Findings of code quality.
    CodeQuality,
    /// Requests to Copilot.
    CopilotRequests,
    /// Deployments.
    Deployments,
    /// Discussions.
    Discussions,
    /// Drives.
    Drives,
    /// Tokens of OpenID Connect.
    IdToken,
    /// Issues.
    Issues,
    /// Models of GitHub.
    Models,
    /// GitHub Packages.
    Packages,
    /// GitHub Pages.
    Pages,
    /// Pull requests.
    PullRequests,
    /// Classic projects of the repository.
    RepositoryProjects,
    /// Code scanning and Dependabot alerts.
    SecurityEvents,
    /// Commit statuses.
    Statuses,
    /// Alerts of vulnerabilities.
    VulnerabilityAlerts,
}

impl Scope {
    /// All scopes, in order.
    pub const ALL: [Self; 20] = [
        Self::Contents,
        Self::Actions,
        Self::ArtifactMetadata,
        Self::Attestations,
        Self::Checks,
        Self::CodeQuality,
        Self::CopilotRequests,
        Self::Deployments,
        Self::Discussions,
        Self::Drives,
        Self::IdToken,
        Self::Issues,
        Self::Models,
        Self::Packages,
        Self::Pages,
        Self::PullRequests,
        Self::RepositoryProjects,
        Self::SecurityEvents,
        Self::Statuses,
        Self::VulnerabilityAlerts,
    ];

    /// The scope of a name, if GitHub knows it.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }

    /// Its name in a `permissions:` block.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contents => "contents",
            Self::Actions => "actions",
            Self::ArtifactMetadata => "artifact-metadata",
            Self::Attestations => "attestations",
            Self::Checks => "checks",
            Self::CodeQuality => "code-quality",
            Self::CopilotRequests => "copilot-requests",
            Self::Deployments => "deployments",
            Self::Discussions => "discussions",
            Self::Drives => "drives",
            Self::IdToken => "id-token",
            Self::Issues => "issues",
            Self::Models => "models",
            Self::Packages => "packages",
            Self::Pages => "pages",
            Self::PullRequests => "pull-requests",
            Self::RepositoryProjects => "repository-projects",
            Self::SecurityEvents => "security-events",
            Self::Statuses => "statuses",
            Self::VulnerabilityAlerts => "vulnerability-alerts",
        }
    }

    /// The most that the scope can allow.
    pub const fn highest(self) -> Level {
        match self {
            Self::Models | Self::VulnerabilityAlerts => Level::Read,
            _ => Level::Write,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
