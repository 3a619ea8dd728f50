//! Actions with known vulnerabilities.

use super::sites::{Site, Sites};
use super::{Rule, Runs, pin_actions, upgrade, verify_pins};
use crate::actions::advisory::{self, Vulnerable};
use crate::actions::{ActionRef, GitRef, Ref, RefKind, Refs, RepositoryName, knowledge};
use crate::finding::{Applicability, Clause, Facts, File, Finding, Fix, Remedy, Severity};
use crate::resolve::Wanted;

const EXPLANATION: &str = "\
## What it does

Finds actions and reusable workflows of a version that GitHub's advisory database says is vulnerable,
whether they are named by tag or pinned, and pins them to the nearest release without known
vulnerabilities.

## Why

A pin keeps what runs, faults included. An advisory tells which versions of an action can be made to
leak secrets or to run what an attacker wrote, and which are repaired.

## Example

    - uses: actions/download-artifact@v4.1.2

becomes

    - uses: actions/download-artifact@87c55149d96e628cc2ef7e6fc2aab372015aec85 # v4.1.3

with `--unsafe`: a newer release may behave in another way. What changed is told by the release notes
between the two.

## What is left

- a version for which there is no repaired release, or none among those that were asked for
- an action that has to be named by its tag

GitHub's API tells it, so it takes a token: GH_TOKEN, GITHUB_TOKEN, or the GitHub CLI logged in. Of a
branch, and of a commit that no version tag is on, nothing is known.

## To silence it

`# spec8-fix: ignore[vulnerable-actions]` on the line or above it.
`# zizmor: ignore[known-vulnerable-actions]` is honoured, too.
";

/// See [`EXPLANATION`].
pub(super) const RULE: Rule = Rule {
    name: "vulnerable-actions",
    clause: Clause::PinActions,
    runs: Runs::ByDefault,
    summary: "find actions with known vulnerabilities, and pin them to the nearest repaired release",
    explanation: EXPLANATION,
    aliases: &["known-vulnerable-actions"],
    // The repaired release takes the place of what they would pin or name.
    replaces: &[pin_actions::RULE.name, verify_pins::RULE.name],
    wants,
    check,
};

fn wants<'d>(file: &File<'d>, wanted: &mut Wanted<'d>) {
    Sites::of(file).actions().for_each(|(_, action)| wanted.insert_advisories(action));
}

fn check(file: &File<'_>, facts: &Facts<'_>) -> Vec<Finding> {
    let sites = Sites::of(file);
    let here = facts.files.name.as_deref().and_then(RepositoryName::parse);
    let found = sites.actions().filter_map(|(site, action)| {
        let refs = facts.answers.get(action.repository()).ok()?;
        let known = advisory::known_of(refs, version(action, refs)?)?;
        if here == Some(action.repository()) {
            return None;
        }
        let advisories: Vec<_> = known.advisories.iter().map(ToString::to_string).collect();
        let message = format!(
            "`{action}` {} has known vulnerabilities: {}",
            known.version,
            advisories.join(", ")
        );
        Some(sites.finding(
            &RULE,
            site,
            Severity::Warning,
            (message, remedy(site, action, &known, sites.claimed(site), facts)),
        ))
    });
    found.collect()
}

/// The version tag that an action is used by, or whose commit it is.
fn version<'r>(action: &ActionRef<'_>, refs: &'r Refs) -> Option<&'r str> {
    let (commit, wanted) = match action.git_ref {
        GitRef::FullSha(sha) => (sha.parse().ok()?, ""),
        GitRef::Name { name, kind } => {
            let find =
                |wanted| refs.find(wanted, name).filter(|_| kind.is_none_or(|kind| kind == wanted));
            (find(RefKind::Tag).or_else(|| find(RefKind::Branch))?.commit, name)
        }
        GitRef::ShortSha(digits) => {
            (refs.refs.iter().find(|entry| entry.name == digits)?.commit, digits)
        }
        GitRef::Expression(_) => return None,
    };
    refs.most_exact_version(commit, wanted)
}

fn remedy(
    site: &Site<'_>,
    action: &ActionRef<'_>,
    known: &Vulnerable<'_>,
    claimed: Option<&str>,
    facts: &Facts,
) -> Remedy {
    let worst = known.advisories[0];
    let link = format!("https://github.com/advisories/{}", worst.id);
    let Some(patched) = known.patched else {
        return Remedy::Manual(match &worst.patched {
            Some(version) => format!("{version} is the first repaired version: go there ({link})"),
            None => format!("there is no repaired version: look for another action ({link})"),
        });
    };
    if knowledge::keep_tag(action).is_some() {
        return Remedy::Manual(format!("{} is repaired: name that tag ({link})", patched.name));
    }
    // A run that moves forward goes there at once: no release that it takes is known to be vulnerable.
    Remedy::Fix(match upgrade::target(claimed, action, facts) {
        Some(newest) => fix(site, known, (newest, "newest"), &link),
        None => fix(site, known, (patched, "nearest"), &link),
    })
}

fn fix(site: &Site<'_>, known: &Vulnerable<'_>, (patched, which): (&Ref, &str), link: &str) -> Fix {
    let (version, name) = (known.version, &patched.name);
    Fix {
        title: format!("pin to {} ({name})", patched.commit),
        operations: site.pin(patched.commit, name),
        applicability: Applicability::Unsafe(format!(
            "{name} is the {which} release without known vulnerabilities: read what changed since \
             {version} ({link})"
        )),
        note: None,
    }
}
