//! What actions and commands need of a token, as `data/` says it: docs/knowledge-base.md.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Fault, optional, slice};

/// The scopes, with the highest level of each and the name of its variant in `workflow::Scope`.
const SCOPES: &[(&str, &str, &str)] = &[
    ("actions", "write", "Actions"),
    ("artifact-metadata", "write", "ArtifactMetadata"),
    ("attestations", "write", "Attestations"),
    ("checks", "write", "Checks"),
    ("code-quality", "write", "CodeQuality"),
    ("contents", "write", "Contents"),
    ("copilot-requests", "write", "CopilotRequests"),
    ("deployments", "write", "Deployments"),
    ("discussions", "write", "Discussions"),
    ("drives", "write", "Drives"),
    ("id-token", "write", "IdToken"),
    ("issues", "write", "Issues"),
    ("models", "read", "Models"),
    ("packages", "write", "Packages"),
    ("pages", "write", "Pages"),
    ("pull-requests", "write", "PullRequests"),
    ("repository-projects", "write", "RepositoryProjects"),
    ("security-events", "write", "SecurityEvents"),
    ("statuses", "write", "Statuses"),
    ("vulnerability-alerts", "read", "VulnerabilityAlerts"),
];

/// `scope:level` as a pair of `workflow::Scope` and `workflow::Level`.
pub(super) fn grant_source(scope: &str, level: &str) -> Result<String, Fault> {
    let &(_, highest, variant) = SCOPES
        .iter()
        .find(|(name, ..)| *name == scope)
        .ok_or_else(|| format!("there is no scope `{scope}`"))?;
    let level = match (scope, level) {
        ("id-token" | "copilot-requests", "read") => {
            return Err(format!("`{scope}` knows no `read`"));
        }
        (_, "read") => "Read",
        (_, "write") if highest == "write" => "Write",
        _ => return Err(format!("`{scope}` knows no `{level}`")),
    };
    Ok(format!("(Scope::{variant}, Level::{level})"))
}

/// A text or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Texts {
    One(String),
    Several(Vec<String>),
}

impl Texts {
    pub(super) fn source(&self) -> String {
        match self {
            Self::One(text) => slice([format!("{text:?}")]),
            Self::Several(texts) => slice(texts.iter().map(|text| format!("{text:?}"))),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::One(text) => text.is_empty(),
            Self::Several(texts) => texts.is_empty() || texts.iter().any(String::is_empty),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Token {
    #[serde(default)]
    inputs: Vec<String>,
    #[serde(default)]
    default: bool,
    #[serde(default)]
    env: Vec<String>,
    #[serde(default)]
    git: bool,
    #[serde(default)]
    own: bool,
}

impl Token {
    pub(super) fn source(&self) -> String {
        let Self { inputs, default, env, git, own } = self;
        format!(
            "Token {{ inputs: &{inputs:?}, default: {default}, env: &{env:?}, git: {git}, own: {own} }}"
        )
    }

    fn check(&self) -> Result<(), Fault> {
        if self.default && self.inputs.is_empty() {
            return Err("a token with `default` has `inputs`".to_owned());
        }
        if self.inputs.is_empty() && self.env.is_empty() && !self.git && !self.own {
            return Err("a token comes from somewhere: `inputs`, `env`, `git` or `own`".to_owned());
        }
        Ok(())
    }
}

/// Which inputs have to be how.
type When = BTreeMap<String, Texts>;

pub(super) fn when_source(when: &When) -> String {
    slice(when.iter().map(|(input, patterns)| format!("({input:?}, {})", patterns.source())))
}

/// What is needed, and when.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Need {
    why: String,
    #[serde(default)]
    when: When,
    #[serde(default)]
    unless: When,
    #[serde(default)]
    events: Vec<String>,
    #[serde(default)]
    login: bool,
    after: Option<String>,
    #[serde(default)]
    without_checkout: bool,
    #[serde(default)]
    private: bool,
    #[serde(default)]
    recommended: bool,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    precaution: bool,
    token: Option<Token>,
    doubt: Option<String>,
    #[serde(flatten)]
    scopes: BTreeMap<String, String>,
}

impl Need {
    /// Whether it says when it does not count.
    pub(super) fn has_unless(&self) -> bool {
        !self.unless.is_empty()
    }

    /// Its source; `token` tells whether the entry has one.
    pub(super) fn source(&self, token: Option<&Token>) -> Result<String, Fault> {
        completes(&self.why)?;
        if self.scopes.is_empty() {
            return Err(format!("\"{}\" needs no scope", self.why));
        }
        if let Some(token) = &self.token {
            token.check()?;
        }
        let is_write = self.scopes.values().all(|level| level == "write");
        if self.recommended && !(self.private && is_write) {
            return Err(format!(
                "\"{}\" is `recommended`, but not `private` or no write",
                self.why
            ));
        }
        let takes_token = token.is_some() || self.token.is_some();
        if !takes_token && self.scopes.keys().any(|scope| scope != "id-token") {
            return Err(format!("\"{}\" is done without a token", self.why));
        }
        let grants = self
            .scopes
            .iter()
            .map(|(scope, level)| grant_source(scope, level))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(format!(
            "KnownNeed {{ grants: {}, why: {:?}, condition: {}, login: {}, after: {:?}, without_checkout: {}, private: {}, recommended: {}, optional: {}, precaution: {}, token: {}, doubt: {:?} }}",
            slice(grants),
            self.why,
            condition_source(&self.when, &self.unless, &self.events),
            self.login,
            self.after,
            self.without_checkout,
            self.private,
            self.recommended,
            self.optional,
            self.precaution,
            optional(self.token.as_ref(), Token::source),
            self.doubt,
        ))
    }
}

/// What a workflow does not show, and when.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Doubt {
    why: String,
    #[serde(default)]
    when: When,
    #[serde(default)]
    unless: When,
    #[serde(default)]
    events: Vec<String>,
}

impl Doubt {
    pub(super) fn source(&self) -> Result<String, Fault> {
        completes(&self.why)?;
        let condition = condition_source(&self.when, &self.unless, &self.events);
        Ok(format!("KnownDoubt {{ why: {:?}, condition: {condition} }}", self.why))
    }
}

pub(super) fn condition_source(when: &When, unless: &When, events: &[String]) -> String {
    let (when, unless) = (when_source(when), when_source(unless));
    format!("Condition {{ when: {when}, unless: {unless}, events: &{events:?} }}")
}

/// A text that completes "it …".
pub(super) fn completes(why: &str) -> Result<(), Fault> {
    let fits = why.starts_with(|c: char| c.is_lowercase()) && !why.ends_with('.');
    fits.then_some(()).ok_or_else(|| format!("\"{why}\" does not complete \"it …\""))
}

pub(super) fn token_source(token: Option<&Token>) -> Result<String, Fault> {
    token.map_or(Ok(()), Token::check)?;
    Ok(optional(token, Token::source))
}
