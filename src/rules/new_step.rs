//! Steps that rules bring into a job, and the actions in them.

use super::upgrade;
use crate::actions::version::Version;
use crate::actions::{ActionRef, Decision, GitRef, RepositoryName, Uses, pin};
use crate::finding::Facts;
use crate::resolve::Wanted;
use crate::workflow::{Job, Step};
use crate::yaml::{Change, Document, Flow, Operation, Path, Value, ValueEntry};

/// Attests where artifacts were built.
pub(super) const ATTEST: &str = "actions/attest-build-provenance@v4";
/// Uploads to PyPI.
pub(super) const PYPI_PUBLISH: &str = "pypa/gh-action-pypi-publish@v1.14.2";
/// Exchanges the workflow's identity for a token of crates.io.
pub(super) const CRATES_IO_AUTH: &str = "rust-lang/crates-io-auth-action@v1";
/// Exchanges it for one of RubyGems.org.
pub(super) const RUBYGEMS_CREDENTIALS: &str = "rubygems/configure-rubygems-credentials@v2.0.0";

/// An action at the newest release that is known, for a new step.
#[derive(Clone, Debug)]
pub(super) struct NewAction {
    /// It by its commit.
    uses: String,
    version: String,
}

/// Wants what [`NewAction::of`] needs to know.
pub(super) fn want(uses: &'static str, wanted: &mut Wanted<'_>) {
    if let Uses::Repository(action) = Uses::parse(uses) {
        wanted.insert(&action);
        wanted.insert_newer(&action, None);
    }
}

impl NewAction {
    /// The action that this text names by a tag or branch.
    ///
    /// # Errors
    ///
    /// Why it cannot be named by a commit.
    pub(super) fn of(uses: &'static str, facts: &Facts<'_>) -> Result<Self, String> {
        let Uses::Repository(action) = Uses::parse(uses) else { return Err(String::new()) };
        let refs = facts.answers.get(action.repository());
        let refs = refs.map_err(|unresolved| format!("`{action}`: {unresolved}"))?;
        let here = facts.files.name.as_deref().and_then(RepositoryName::parse);
        let pin = match pin::decide(&action, refs, here) {
            Decision::Pin(pin) => pin,
            Decision::Leave(leave) => return Err(format!("`{action}`: {leave}")),
        };
        let moved = [action.git_ref.name(), &pin.comment].into_iter();
        if let Some(moved) = moved.filter_map(|name| refs.moved_tag(name)).next() {
            return Err(format!("`{action}`: {moved}"));
        }
        let (commit, version) = match upgrade::target(None, &action, facts) {
            Some(newer) => (newer.commit, newer.name.to_string()),
            None => (pin.commit, pin.comment),
        };
        Ok(Self { uses: format!("{action}@{commit}"), version })
    }

    /// The entry `uses` of a step.
    pub(super) fn entry(&self) -> ValueEntry {
        ValueEntry {
            key: "uses".to_owned(),
            value: Value::String(self.uses.clone()),
            comment: Some(self.version.clone()),
        }
    }

    /// It as it stands behind `uses:`, for a person.
    pub(super) fn shown(&self) -> String {
        format!("{} # {}", self.uses, self.version)
    }
}

/// The operation that brings a step into a job, in front of another. Steps with equal places keep the
/// order in which they are asked for by one fix.
///
/// # Errors
///
/// Why there is no room for it.
pub(super) fn in_front_of(
    document: &Document,
    job: &Job<'_>,
    step: Step<'_>,
    new: Vec<ValueEntry>,
) -> Result<Operation, String> {
    let (at, index) = place(document, job, step)?;
    Ok(Operation::new(at, Change::InsertItem { index, value: Value::Mapping(new) }))
}

/// The list of a job's steps, and where in it a step is.
///
/// # Errors
///
/// Why no step can come in front of it.
pub(super) fn place(
    document: &Document,
    job: &Job<'_>,
    step: Step<'_>,
) -> Result<(Path, usize), String> {
    let steps = job.get("steps").map(|steps| document.target(steps));
    let index =
        steps.and_then(|steps| document.items(steps).iter().position(|&item| item == step.node()));
    let (Some(steps), Some(index)) = (steps, index) else {
        return Err("it stands among parallel steps".to_owned());
    };
    let is_block = document.flow(steps) == Some(Flow::Block)
        && document.flow(document.target(step.node())) == Some(Flow::Block);
    if !is_block {
        return Err("the steps stand in brackets, where a pinned action has no room for its \
                    version: write each on lines of its own"
            .to_owned());
    }
    if document.shared_through(step.node()).is_some() || document.is_alias(step.node()) {
        return Err("a YAML alias shares the steps with another job".to_owned());
    }
    Ok((document.path(steps), index))
}

/// The version of the action that a step uses, as far as it is known: a branch of releases has the newest,
/// of which none is told.
pub(super) fn version_in_use(step: Step<'_>, facts: &Facts<'_>) -> Option<Version> {
    let document = step.document();
    let uses = step.text("uses")?.trim();
    let Uses::Repository(action) = Uses::parse(uses) else { return None };
    match action.git_ref {
        GitRef::FullSha(sha) => {
            let refs = facts.answers.get(action.repository()).ok();
            let known = refs.and_then(|refs| refs.most_exact_version(sha.parse().ok()?, ""));
            let line = document.source().line_of(document.span(step.uses()?).end);
            let comment = document.trailing_comment(line).map(|it| document.comment_text(it));
            known.and_then(Version::parse).or_else(|| said_version(comment?))
        }
        _ => exact(action),
    }
}

/// The version that a ref names, if it names one release.
fn exact(action: ActionRef<'_>) -> Option<Version> {
    Version::parse(action.git_ref.name()).filter(|version| version.components().len() > 1)
}

fn said_version(comment: &str) -> Option<Version> {
    let mut words = comment.split_whitespace();
    words.find_map(|word| Version::parse(word).filter(|version| version.components().len() > 1))
}
