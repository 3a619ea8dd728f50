//! Actions by full commit SHA.

use super::sites::{self, Site, Sites};
use super::step_input::{insert_input, shares_inputs};
use super::{Rule, Runs, upgrade, verify_pins};
use crate::actions::{
    ActionRef, Certainty, Decision, GitRef, Input, Leave, MovedTag, Pin, RepositoryName, Uses, pin,
};
use crate::finding::{Applicability, Clause, Facts, File, Finding, Fix, Remedy, Severity};
use crate::resolve::Wanted;
use crate::workflow::Step;
use crate::yaml::{Document, Operation, Value};

const EXPLANATION: &str = "\
## What it does

Replaces the tag or branch of every action and reusable workflow by the full SHA of the commit that
it stands for today, with the version in a comment.

## Why

A tag can be moved. Whoever gains control of an action's repository can point `v4` at a commit of
their own, and every workflow that names `v4` runs it at once, with your secrets and your token. In
March 2025 this happened to tj-actions/changed-files, in some 23,000 repositories. A commit SHA
cannot be moved. SPEC 8 asks for it in its clause on pinned actions.

## Example

    - uses: actions/checkout@v4

becomes

    - uses: actions/checkout@11d5960a326750d5838078e36cf38b85af677262 # v4.4.0

The comment is the most exact version of that commit and nothing else, which is the form that
Dependabot and Renovate keep up to date. A comment that was there moves to the line above; one that
instructs a tool stays.

## What is left

- a branch of your own organisation, and your own repository's actions: your own trust
- a tag and a branch of one name that differ
- a tag that was moved: an error, until `--accept-moved OWNER/NAME@TAG` takes it as it is
- reusable workflows that verify their own tag, such as slsa-framework/slsa-github-generator
- local actions, `./…` and `$/…`, have no version; images, `docker://…`, are pinned by
  digest, which is for the rule pin-images

A branch such as `main` has no release to follow. Its head is pinned with `--unsafe` only.

## With --upgrade

The newest release takes the place of the one in use, for tags and for pins that are there already:
`--upgrade` stays in the major version (from v4.1.0 to v4.4.0), `--upgrade=patch` changes the last
number only, `--upgrade=major` takes the newest of all. A pre-release is taken only where another of
the same version is in use.

Within a major version this is safe: its owner says by the number that what worked works, and `@v4`
would have moved there by itself. A new major version, another 0.x, or what comes after a
pre-release needs `--unsafe`.

A release has to be out for `--min-age` days, 7 unless you say otherwise, for a hijacked release is
mostly found within days. Whoever makes a commit sets its date, so that it proves no age; it only
makes a release younger. What counts is another's clock:

- the day on which GitHub published the release, which it tells with a token
- the day on which an earlier run on this machine first saw the tag
- the day of the built-in index, where it has the tag on the same commit

So without a token a release that is newer than the index is taken once a run has seen it for seven
days, and is reported before. One that only its commit's date calls old needs `--unsafe`. A tag that
was moved is never taken.

## To silence it

`# spec8-fix: ignore[pin-actions]` on the line or above it. `# zizmor: ignore[unpinned-uses]` and
`# ratchet:exclude` are honoured, too.
";

/// See [`EXPLANATION`].
pub(super) const RULE: Rule = Rule {
    name: "pin-actions",
    clause: Clause::PinActions,
    runs: Runs::ByDefault,
    summary: "pin every action to a full commit SHA, with its version in a comment",
    explanation: EXPLANATION,
    aliases: &["unpinned-uses"],
    // A newer release brings its own comment.
    replaces: &[verify_pins::RULE.name],
    wants,
    check,
};

fn wants<'d>(file: &File<'d>, wanted: &mut Wanted<'d>) {
    let sites = Sites::of(file);
    for (site, action) in sites.actions() {
        wanted.insert(action);
        // A tag says which version it is; a commit leaves it to its comment.
        let is_pinned = matches!(action.git_ref, GitRef::FullSha(_));
        let claimed = sites.claimed(site).filter(|_| is_pinned);
        wanted.insert_newer(action, claimed);
    }
}

fn check(file: &File<'_>, facts: &Facts<'_>) -> Vec<Finding> {
    let sites = Sites::of(file);
    let found = sites.iter().filter_map(|site| {
        let (severity, message, remedy) = remedy(file.document, &sites, site, facts)?;
        Some(sites.finding(&RULE, site, severity, (message, remedy)))
    });
    found.collect()
}

/// What is so with a `uses:`, and what can be done; `None` where nothing is to be done.
fn remedy(
    document: &Document,
    sites: &Sites<'_>,
    site: &Site<'_>,
    facts: &Facts<'_>,
) -> Option<(Severity, String, Remedy)> {
    let warning = |message, remedy| Some((Severity::Warning, message, remedy));
    let action = match &site.uses {
        Uses::Local(_) => return None,
        Uses::Docker(image) if image.contains("@sha256:") => return None,
        // That rule tells it, with more to say.
        Uses::Docker(_) if facts.rules.contains("pin-images") => return None,
        Uses::Docker(image) => {
            let advice =
                "pin it by digest: `docker://image@sha256:…`, as `--select pin-images` does";
            let remedy = Remedy::Manual(advice.to_owned());
            return warning(format!("the image `{image}` is not pinned"), remedy);
        }
        Uses::Malformed(why) => {
            let text = document.scalar(site.node).unwrap_or_default();
            return warning(format!("`{text}` names no action"), Remedy::Manual(why.to_string()));
        }
        Uses::Repository(action @ ActionRef { git_ref: GitRef::FullSha(sha), .. }) => {
            return upgrade::of_pinned(document, sites.claimed(site), site, action, sha, facts);
        }
        // `verify-pins` looks at it.
        Uses::Repository(action)
            if sites::is_abbreviated(action, facts.answers.get(action.repository()).ok()) =>
        {
            return upgrade::of_abbreviated(document, site, action, facts);
        }
        Uses::Repository(action) => action,
    };
    let message = format!("`{}` is not pinned to a commit", site.text());
    let here = facts.files.name.as_deref().and_then(RepositoryName::parse);
    let decision = match pin::settled(action, here) {
        Some(leave) => Decision::Leave(leave),
        None => match facts.answers.get(action.repository()) {
            Ok(refs) => match (pin::decide(action, refs, here), action.git_ref.name()) {
                (Decision::Pin(pin), name) => {
                    let moved = refs.moved_tag(name).or_else(|| refs.moved_tag(&pin.comment));
                    if let Some(moved) = moved {
                        let remedy = Remedy::Manual(alarm(action, moved));
                        return Some((Severity::Error, message, remedy));
                    }
                    Decision::Pin(pin)
                }
                (decision, _) => decision,
            },
            Err(unresolved) => return warning(message, Remedy::Manual(unresolved.to_string())),
        },
    };
    let remedy = match decision {
        Decision::Leave(Leave::Pinned) => return None,
        Decision::Leave(leave) => Remedy::Manual(leave.to_string()),
        Decision::Pin(Pin { input: Some(input), .. }) if is_ignored(site, &input) => {
            let why = format!(
                "under this ref the action ignores the step's own `{}`, and once pinned it would not: \
                 remove that input, then run again",
                input.name
            );
            Remedy::Manual(why)
        }
        Decision::Pin(Pin { input: Some(input), .. })
            if would_reach_others(document, site, &input) =>
        {
            let why = format!(
                "pinned, it needs the input `{}`, but a YAML alias shares its `with` with other steps: \
                 give it a `with` of its own, then run again",
                input.name
            );
            Remedy::Manual(why)
        }
        Decision::Pin(pin) => upgrade::of_pin(document, site, action, pin, facts),
    };
    warning(message, remedy)
}

/// A full version tag never moves in good order.
fn alarm(action: &ActionRef<'_>, moved: &MovedTag) -> String {
    let repository = action.repository();
    format!(
        "{moved}: this is how hijacked actions look; find out why before you pin or run it \
         (`--accept-moved {repository}@{}` takes it as it is)",
        moved.tag
    )
}

/// Names this commit in place of what stands there, with its version behind it.
pub(super) fn fix(document: &Document, site: &Site<'_>, title: String, pin: Pin) -> Fix {
    let mut operations = site.pin(pin.commit, &pin.comment);
    if let (Some(input), Some(step)) = (&pin.input, site.step) {
        operations.extend(set_input(document, step, input));
    }
    let applicability = match pin.certainty {
        Certainty::Safe => Applicability::Safe,
        Certainty::Unsafe(risk) => Applicability::Unsafe(risk.to_string()),
    };
    Fix { title, operations, applicability, note: pin.note }
}

/// Whether the step gives the input, without effect as long as the ref says the same.
fn is_ignored(site: &Site<'_>, input: &Input) -> bool {
    !input.step_wins && site.step.is_some_and(|step| step.input(input.name).is_some())
}

/// Whether a new input would reach other steps.
fn would_reach_others(document: &Document, site: &Site<'_>, input: &Input) -> bool {
    let step = site.step.filter(|step| step.input(input.name).is_none());
    step.is_some_and(|step| shares_inputs(document, step))
}

/// Says in an input what the ref said until now, unless the step says it itself.
fn set_input(document: &Document, step: Step<'_>, input: &Input) -> Option<Operation> {
    if step.input(input.name).is_some() {
        return None;
    }
    Some(insert_input(document, step, input.name, Value::String(input.value.clone())))
}
