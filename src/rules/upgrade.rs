//! Moving actions forward to newer releases: a part of `pin-actions`, for a run with `--upgrade`.

use super::pin_actions::fix;
use super::sites::Site;
use crate::actions::upgrade::{self, Doubt, HeldBack, InUse, Newer, Target};
use crate::actions::{
    ActionRef, Certainty, Commit, Decision, GitRef, Pin, Ref, Refs, RepositoryName, Risk, Standing,
    Upgrade, knowledge, pin,
};
use crate::finding::{Facts, Fix, Remedy, Severity};
use crate::yaml::Document;

/// What is so, and what can be done.
type Found = (Severity, String, Remedy);

/// What becomes of a tag or branch that can be pinned: it is, to the newest release in a run that
/// moves forward, else to what it stands for.
pub(super) fn of_pin(
    document: &Document,
    site: &Site<'_>,
    action: &ActionRef<'_>,
    pin: Pin,
    facts: &Facts<'_>,
) -> Remedy {
    let refs = facts.answers.get(action.repository()).ok();
    let here = Place { document, site };
    match (facts.upgrade, refs) {
        (Some(upgrade), Some(refs)) if pin.input.is_none() => here.forward(pin, refs, &upgrade).1,
        _ => Remedy::Fix(here.pinned(pin)),
    }
}

/// What becomes of an abbreviated commit: the newest release, in a run that moves forward. `None` where
/// there is nothing newer, and only its digits are wrong.
pub(super) fn of_abbreviated(
    document: &Document,
    site: &Site<'_>,
    action: &ActionRef<'_>,
    facts: &Facts<'_>,
) -> Option<Found> {
    let upgrade = facts.upgrade?;
    let refs = facts.answers.get(action.repository()).ok()?;
    let Decision::Pin(pin) = pin::decide(action, refs, here(facts)) else { return None };
    let version = pin.comment.clone();
    let (newest, remedy) = Place { document, site }.forward(pin, refs, &upgrade);
    Some((Severity::Note, out(action, &version, newest?), remedy))
}

/// What is so with an action that is pinned to a commit already; `None` where there is nothing newer,
/// or nothing newer is asked for. `claimed` is the version that its comment names.
pub(super) fn of_pinned(
    document: &Document,
    claimed: Option<&str>,
    site: &Site<'_>,
    action: &ActionRef<'_>,
    sha: &str,
    facts: &Facts<'_>,
) -> Option<Found> {
    let upgrade = facts.upgrade?;
    let commit: Commit = sha.parse().ok()?;
    if here(facts) == Some(action.repository()) || knowledge::keep_tag(action).is_some() {
        return None;
    }
    let refs = match facts.answers.get(action.repository()) {
        Ok(refs) => refs,
        Err(unresolved) => {
            let message = format!("whether there is a newer `{action}` is not known");
            return Some((Severity::Warning, message, Remedy::Manual(unresolved.to_string())));
        }
    };
    // `verify-pins` says what is wrong with a comment that names another commit.
    let in_use = upgrade::in_use(refs, tagged(refs, commit), claimed).ok()??;
    let newer = upgrade.newer(refs, &in_use);
    let place = Place { document, site };
    let moved = |target: &Target<'_>| place.moved(&in_use, target.pin(refs, &Certainty::Safe));
    let (severity, newest, remedy) = match (&newer.bold, &newer.safe, newer.held_back) {
        (Some(bold), None, held_back) => {
            let fix = with_note(moved(bold), held_back.map(|it| told(it, &upgrade)));
            (Severity::Note, bold.tag, Remedy::Fix(fix))
        }
        (Some(bold), Some(safe), _) => {
            let safe = with_note(moved(safe), bolder(bold));
            (Severity::Note, bold.tag, Remedy::Choice { bold: moved(bold), safe })
        }
        (None, _, Some(held_back)) => {
            (Severity::Warning, held_back.tag, Remedy::Manual(told(held_back, &upgrade)))
        }
        (None, _, None) => return None,
    };
    Some((severity, out(action, in_use.name, newest), remedy))
}

/// The release that a run moves an action forward to, if it does: the bold one.
pub(super) fn target<'f>(
    claimed: Option<&str>,
    action: &ActionRef<'_>,
    facts: &'f Facts,
) -> Option<&'f Ref> {
    let upgrade = facts.upgrade?;
    let refs = facts.answers.get(action.repository()).ok()?;
    let newest = |commit, claimed| {
        let in_use = upgrade::in_use(refs, commit, claimed).ok()??;
        Some(upgrade.newer(refs, &in_use).bold?.tag)
    };
    match action.git_ref {
        GitRef::FullSha(sha) => newest(tagged(refs, sha.parse().ok()?), claimed),
        _ => match pin::decide(action, refs, here(facts)) {
            Decision::Pin(pin) if pin.input.is_none() => newest(pin.commit, Some(&pin.comment)),
            _ => None,
        },
    }
}

/// The commit itself, or the one that it is the object of a tag of.
fn tagged(refs: &Refs, commit: Commit) -> Commit {
    match refs.standing(commit) {
        Some(Standing::TagOf(commit)) => commit,
        _ => commit,
    }
}

fn here<'f>(facts: &'f Facts<'_>) -> Option<RepositoryName<'f>> {
    facts.files.name.as_deref().and_then(RepositoryName::parse)
}

fn out(action: &ActionRef<'_>, in_use: &str, newest: &Ref) -> String {
    format!("`{action}` is at {in_use}, and {} is out", newest.name)
}

/// A `uses:` that is to name another commit.
struct Place<'p> {
    document: &'p Document,
    site: &'p Site<'p>,
}

impl Place<'_> {
    fn pinned(&self, pin: Pin) -> Fix {
        let title = format!("pin to {} ({})", pin.commit, pin.comment);
        fix(self.document, self.site, title, pin)
    }

    fn moved(&self, in_use: &InUse<'_>, pin: Pin) -> Fix {
        let title = format!("upgrade from {} to {} ({})", in_use.name, pin.comment, pin.commit);
        fix(self.document, self.site, title, pin)
    }

    /// A ref that is no commit yet, to the newest release. Gives that, too, where there is one.
    fn forward<'r>(
        &self,
        pin: Pin,
        refs: &'r Refs,
        upgrade: &Upgrade,
    ) -> (Option<&'r Ref>, Remedy) {
        let in_use = match upgrade::in_use(refs, pin.commit, Some(&pin.comment)) {
            Ok(Some(in_use)) if in_use.is_tagged => in_use,
            _ => return (None, Remedy::Fix(self.pinned(pin))),
        };
        let Newer { bold, safe, held_back } = upgrade.newer(refs, &in_use);
        let held_back = held_back.map(|it| told(it, upgrade));
        let moved = |target: &Target<'_>| {
            let fix = self.moved(&in_use, target.pin(refs, &pin.certainty));
            with_note(fix, held_back.clone())
        };
        let newest = bold.as_ref().map(|bold| bold.tag);
        let remedy = match (bold, safe) {
            (None, _) => Remedy::Fix(with_note(self.pinned(pin), held_back)),
            (Some(bold), _)
                if bold.risk.is_none() || matches!(pin.certainty, Certainty::Unsafe(_)) =>
            {
                Remedy::Fix(moved(&bold))
            }
            (Some(bold), safe) => {
                let note = bolder(&bold);
                let bold = moved(&bold);
                let safe = safe.map_or_else(|| self.pinned(pin.clone()), |safe| moved(&safe));
                Remedy::Choice { bold, safe: with_note(safe, note) }
            }
        };
        (newest, remedy)
    }
}

/// Why a newer release is not taken, and what can be done about it.
fn told(held_back: HeldBack<'_>, upgrade: &Upgrade) -> String {
    let days = upgrade.min_age;
    match held_back.why {
        Doubt::Moved => held_back.to_string(),
        Doubt::Committed(_) | Doubt::Published(_) => {
            format!("{held_back}: less than {days} days ago (--min-age)")
        }
        Doubt::Seen(_) => format!(
            "{held_back}: give a token in GH_TOKEN and GitHub says it, or run again in {days} days \
             (--min-age)"
        ),
    }
}

/// What the safe fix leaves.
fn bolder(bold: &Target<'_>) -> Option<String> {
    let why = bold.risk.as_ref().map(Risk::to_string)?;
    Some(format!("{} is out, and needs --unsafe: {why}", bold.tag.name))
}

fn with_note(fix: Fix, more: Option<String>) -> Fix {
    let notes: Vec<_> = fix.note.into_iter().chain(more).collect();
    Fix { note: (!notes.is_empty()).then(|| notes.join("; ")), ..fix }
}
