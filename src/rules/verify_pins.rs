//! Actions that are pinned already: whether the commit is what it is taken for.

use super::sites::{self, Site, Sites};
use super::version_comment::{self, Said};
use super::{Rule, Runs};
use crate::actions::verdict::{self, Label, Verdict};
use crate::actions::{ActionRef, Commit, Decision, GitRef, MovedTag, RepositoryName, pin};
use crate::finding::{Applicability, Clause, Facts, File, Finding, Fix, Remedy, Severity};
use crate::resolve::Wanted;
use crate::yaml::{Displaced, Operation};

const EXPLANATION: &str = "\
## What it does

Checks every action and reusable workflow that is pinned to a commit SHA already: that the comment
names the version that the commit is, and that the commit is the repository's own.

## Why

A reviewer reads the comment, the runner reads the SHA. Where they differ, nobody looked at what
runs, and Dependabot and Renovate update from a version that is not there.

GitHub keeps a repository and all its forks in one network, and gives a commit of any of them under
the name of each: `actions/checkout@SHA` can run what somebody pushed to a fork of it. Such an
impostor commit looks like any other pin. Here it is an error.

## Example

    - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v5

becomes

    - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2

The SHA decides: what runs stays the same. A missing comment is added, an abbreviated SHA, which
GitHub does not run, and that of a tag object become the commit's full one.

## What is left

- an impostor commit; where the owner of an action rewrites its branches, the commits that they lose
  look the same
- a commit that its repository does not have
- a commit whose comment names a version that is another commit, or none, and that no tag is on
- a pin by a tag that was moved since, and by one that was moved to this commit: `--accept-moved`
  overrides that for one tag

`# v6` on v6.0.2 is right, only not exact: with `--exact-comments` it becomes `# v6.0.2`. A commit
that no version tag is on is listed with `-v`.

Whether a commit is the repository's own is asked over the network only. The built-in index corrects
no comment that names a version newer than it knows.

## To silence it

`# spec8-fix: ignore[verify-pins]` on the line or above it. `# zizmor: ignore[…]` is honoured for
`impostor-commit`, `ref-version-mismatch` and `stale-action-refs`.
";

/// See [`EXPLANATION`].
pub(super) const RULE: Rule = Rule {
    name: "verify-pins",
    clause: Clause::PinActions,
    runs: Runs::ByDefault,
    summary: "check that pinned commits are the versions that their comments name",
    explanation: EXPLANATION,
    aliases: &["impostor-commit", "ref-version-mismatch", "stale-action-refs"],
    replaces: &[],
    wants,
    check,
};

fn wants<'d>(file: &File<'d>, wanted: &mut Wanted<'d>) {
    for (site, action) in Sites::of(file).actions() {
        match action.git_ref {
            GitRef::FullSha(sha) => {
                let Ok(commit) = sha.parse() else { continue };
                let tag = match version_comment::said(site.comment()) {
                    Said::Version { text, .. } if verdict::is_release(text) => Some(text),
                    _ => None,
                };
                wanted.insert_pin(action, commit, tag);
            }
            GitRef::ShortSha(_) => wanted.insert(action),
            GitRef::Name { .. } | GitRef::Expression(_) => {}
        }
    }
}

fn check(file: &File<'_>, facts: &Facts<'_>) -> Vec<Finding> {
    let sites = Sites::of(file);
    let found = sites.actions().filter_map(|(site, action)| {
        let (severity, message, remedy) = match action.git_ref {
            GitRef::FullSha(sha) => {
                let said = match version_comment::said(site.comment()) {
                    Said::Version { .. } if sites.is_crowded(site) => Said::Unclear,
                    said => said,
                };
                verified(&Pinned { site, action, commit: sha.parse().ok()?, said }, facts)?
            }
            _ => completed(site, action, facts)?,
        };
        Some(sites.finding(&RULE, site, severity, (message, remedy)))
    });
    found.collect()
}

type Found = (Severity, String, Remedy);

/// What is so with an abbreviated commit, and its full SHA.
fn completed(site: &Site<'_>, action: &ActionRef<'_>, facts: &Facts<'_>) -> Option<Found> {
    let refs = facts.answers.get(action.repository());
    if !sites::is_abbreviated(action, refs.ok()) {
        return None;
    }
    let message =
        format!("`{}` is an abbreviated commit SHA, which GitHub does not run", site.text());
    let here = facts.files.name.as_deref().and_then(RepositoryName::parse);
    let remedy = match refs.map(|refs| pin::decide(action, refs, here)) {
        Ok(Decision::Pin(pin)) => {
            let title = format!("write the full SHA {} ({})", pin.commit, pin.comment);
            safe(title, site.pin(pin.commit, &pin.comment))
        }
        Ok(Decision::Leave(leave)) => Remedy::Manual(leave.to_string()),
        Err(unresolved) => Remedy::Manual(unresolved.to_string()),
    };
    Some((Severity::Warning, message, remedy))
}

struct Pinned<'s, 'd> {
    site: &'s Site<'d>,
    action: &'s ActionRef<'d>,
    commit: Commit,
    said: Said<'d>,
}

/// What is so with a full SHA, and what can be done.
fn verified(pinned: &Pinned<'_, '_>, facts: &Facts<'_>) -> Option<Found> {
    let Pinned { site, action, commit, said } = *pinned;
    let refs = facts.answers.get(action.repository()).ok()?;
    let label = match said {
        Said::Nothing => Label::None,
        Said::Version { text, .. } => Label::Version(text),
        Said::Unclear => Label::Other,
    };
    let name = format!("`{action}`");
    Some(match verdict::judge(action, commit, label, refs) {
        Verdict::Imprecise(version) if facts.exact_comments => (
            Severity::Warning,
            format!("{name} is pinned to {version}, which its comment {} does not say", of(said)),
            safe(format!("name the version {version}"), rename(site, &version)),
        ),
        Verdict::Fine | Verdict::Imprecise(_) => return None,
        Verdict::Unnamed(version) => (
            Severity::Warning,
            format!("{name} is pinned without its version in a comment"),
            safe(format!("add the version {version}"), vec![site.name(&version)]),
        ),
        Verdict::Misnamed(version) => (
            Severity::Warning,
            format!("{name} is pinned to {version}, not to {} as its comment says", of(said)),
            safe(format!("name the version {version}"), rename(site, &version)),
        ),
        Verdict::TagObject { commit, version } => (
            Severity::Warning,
            format!("{name} is pinned to the SHA of a tag, not of a commit"),
            safe(format!("write the SHA of its commit, {commit}"), {
                let mut operations = vec![site.set_commit(commit)];
                operations
                    .extend(version.filter(|_| said == Said::Nothing).map(|it| site.name(&it)));
                operations
            }),
        ),
        Verdict::Elsewhere(is) => (
            Severity::Warning,
            format!("{name} is not pinned to {}, as its comment says: that is {is}", of(said)),
            manual(format!(
                "no version tag is on this commit: find out what it is, {}, then pin to a release",
                link(pinned)
            )),
        ),
        Verdict::NoSuchVersion { nearest } => (
            Severity::Warning,
            format!("{name} has no {}, as which it is pinned", of(said)),
            manual(no_such_version(pinned, &nearest)),
        ),
        Verdict::Moved(moved) => told_of(pinned, &moved),
        Verdict::Impostor { is_rewritten: false } => (
            Severity::Error,
            format!(
                "{name} is pinned to an impostor commit: no branch or tag of it holds {commit}"
            ),
            manual(format!(
                "anyone can bring such a commit in from a fork, or a branch that held it was \
                 rewritten: find out what it runs, {}, before it runs again, then pin to a release",
                link(pinned)
            )),
        ),
        Verdict::Impostor { is_rewritten: true } => (
            Severity::Warning,
            format!("{name} is pinned to a commit that no branch or tag of it holds any more"),
            manual(format!(
                "its owner rewrites branches and tags of this action: pin to a commit that stays, \
                 for this one, {}, may disappear or come from a fork",
                link(pinned)
            )),
        ),
        Verdict::Missing => (
            Severity::Error,
            format!("{name} is pinned to {commit}, and has no such commit"),
            manual(
                "GitHub cannot run it, or runs an impostor commit of a fork: correct the SHA, or pin to \
                 a release"
                    .to_owned(),
            ),
        ),
        Verdict::Untagged => (
            Severity::Note,
            format!("{name} is pinned to a commit that no version tag is on"),
            manual(
                "Dependabot and Renovate follow version tags: pin to a release where there is one"
                    .to_owned(),
            ),
        ),
    })
}

/// The version that a comment says.
fn of(said: Said<'_>) -> &str {
    match said {
        Said::Version { text, .. } => text,
        Said::Nothing | Said::Unclear => "its version",
    }
}

/// Where a person can look at a commit, and at what GitHub says of it.
fn link(pinned: &Pinned<'_, '_>) -> String {
    let Pinned { action, commit, .. } = pinned;
    format!("https://github.com/{}/commit/{commit}", action.repository())
}

/// A moved tag: what runs is what it meant before, or what it means now.
fn told_of(pinned: &Pinned<'_, '_>, moved: &MovedTag) -> Found {
    let name = format!("`{}`", pinned.action);
    let repository = pinned.action.repository();
    let accept = format!(" (`--accept-moved {repository}@{}` takes the tag as it is)", moved.tag);
    if pinned.commit == moved.was {
        let message = format!("{name} is pinned to what its tag `{}` no longer means", moved.tag);
        let why = format!(
            "{moved}: the pin keeps what it meant before; find out why before you update it{accept}"
        );
        return (Severity::Warning, message, manual(why));
    }
    let message = format!("{name} is pinned to where its tag `{}` was moved", moved.tag);
    let why = format!(
        "{moved}: this is how hijacked actions look; find out why before it runs again, {}{accept}",
        link(pinned)
    );
    (Severity::Error, message, manual(why))
}

fn no_such_version(pinned: &Pinned<'_, '_>, nearest: &[String]) -> String {
    let mut why = "no version tag is on this commit".to_owned();
    if let Some(nearest) = nearest.first() {
        why.push_str(&format!(", and the nearest to that name is `{nearest}`"));
    }
    format!("{why}: find out what it is, {}, then pin to a release", link(pinned))
}

fn rename(site: &Site<'_>, version: &str) -> Vec<Operation> {
    let text = version_comment::with_other_version(site.comment().unwrap_or_default(), version);
    vec![site.set_comment(text, Displaced::Dropped)]
}

fn safe(title: String, operations: Vec<Operation>) -> Remedy {
    Remedy::Fix(Fix { title, operations, applicability: Applicability::Safe, note: None })
}

fn manual(why: String) -> Remedy {
    Remedy::Manual(why)
}
