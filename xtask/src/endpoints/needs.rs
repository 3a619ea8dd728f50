//! The notation for what an endpoint asks of a token.

use std::collections::BTreeSet;
use std::fmt;

/// The scopes of `GITHUB_TOKEN` that REST endpoints ask for, with the highest level that a workflow
/// can grant, as the definition of the workflow language in the npm package
/// `@actions/workflow-parser` (version 0.3.61, `dist/workflow-v1.0.min.json`) has them.
const SCOPES: [(&str, Level); 17] = [
    ("actions", Level::Write),
    ("artifact-metadata", Level::Write),
    ("attestations", Level::Write),
    ("checks", Level::Write),
    ("code-quality", Level::Write),
    ("contents", Level::Write),
    ("deployments", Level::Write),
    ("discussions", Level::Write),
    ("issues", Level::Write),
    ("models", Level::Read),
    ("packages", Level::Write),
    ("pages", Level::Write),
    ("pull-requests", Level::Write),
    ("repository-projects", Level::Write),
    ("security-events", Level::Write),
    ("statuses", Level::Write),
    ("vulnerability-alerts", Level::Read),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    Read,
    Write,
    /// Only some permissions on organizations have it.
    Admin,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        })
    }
}

/// A scope with its level.
pub(super) type Grant = (&'static str, Level);

/// The scope of `GITHUB_TOKEN` that goes by this name.
pub(super) fn scope(name: &str) -> Option<&'static str> {
    SCOPES.iter().map(|(scope, _)| *scope).find(|scope| *scope == name)
}

/// What an endpoint asks of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing but what every token may: to read metadata.
    Nothing,
    /// Any one of these. (An endpoint that asks for several at once, and for scopes of `GITHUB_TOKEN`
    /// only, does not exist: those that do ask for the administration of the repository as well.)
    AnyOf(BTreeSet<Grant>),
    /// What no workflow can grant.
    Unavailable,
}

impl Needs {
    /// Any one of these, as far as a workflow can grant it.
    pub(super) fn any(grants: impl IntoIterator<Item = Grant>) -> Self {
        let exists = |&(name, level): &Grant| {
            SCOPES.iter().any(|(scope, highest)| *scope == name && level <= *highest)
        };
        let grants: BTreeSet<_> = grants.into_iter().filter(exists).collect();
        if grants.is_empty() { Self::Unavailable } else { Self::AnyOf(grants) }
    }

    pub(super) fn one(grant: Grant) -> Self {
        Self::any([grant])
    }

    /// Whether this grant alone is enough.
    pub(super) fn has_alternative(&self, grant: Grant) -> bool {
        matches!(self, Self::AnyOf(grants) if grants.contains(&grant))
    }
}

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("-"),
            Self::Unavailable => f.write_str("unavailable"),
            Self::AnyOf(grants) => {
                for (position, (scope, level)) in grants.iter().enumerate() {
                    let before = if position == 0 { "" } else { "|" };
                    write!(f, "{before}{scope}:{level}")?;
                }
                Ok(())
            }
        }
    }
}
