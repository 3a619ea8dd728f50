//! Actions whose repository was renamed or archived.

use super::sites::Sites;
use super::{Rule, Runs};
use crate::actions::RepositoryName;
use crate::finding::{Applicability, Clause, Facts, File, Finding, Fix, Remedy, Severity};
use crate::resolve::Wanted;

const EXPLANATION: &str = "\
## What it does

Finds actions and reusable workflows whose repository has another name by now, or was archived by its
owner.

## Why

GitHub redirects from the old name of a repository, until somebody makes a new repository of that
name. Then every workflow that still says the old name runs what they put there, by tag or branch.
An archived repository gets no more repairs, whatever is found in it.

## Example

    - uses: nick-invision/retry@v3

becomes

    - uses: nick-fields/retry@v3

with `--unsafe`: only a person can tell that the new owner is to be trusted as the old one was.

## What is left

- an archived repository: look for one that somebody keeps up

Without network nobody tells either; that a repository is archived tells GitHub's API only, which
needs a token.

## To silence it

`# spec8-fix: ignore[stale-repositories]` on the line or above it. `# zizmor: ignore[archived-uses]` is
honoured, too.
";

/// See [`EXPLANATION`].
pub(super) const RULE: Rule = Rule {
    name: "stale-repositories",
    clause: Clause::PinActions,
    runs: Runs::ByDefault,
    summary: "find actions whose repository was renamed or archived",
    explanation: EXPLANATION,
    aliases: &["archived-uses"],
    replaces: &[],
    wants,
    check,
};

fn wants<'d>(file: &File<'d>, wanted: &mut Wanted<'d>) {
    Sites::of(file).actions().for_each(|(_, action)| wanted.insert_repository(action));
}

fn check(file: &File<'_>, facts: &Facts<'_>) -> Vec<Finding> {
    let sites = Sites::of(file);
    let here = facts.files.name.as_deref().and_then(RepositoryName::parse);
    let mut found = Vec::new();
    for (site, action) in sites.actions() {
        let name = action.repository();
        let Ok(refs) = facts.answers.get(name) else { continue };
        if here == Some(name) {
            continue;
        }
        let new = refs.repository.as_ref();
        if refs.is_renamed(name) {
            let message = format!("`{name}` is called `{new}` by now");
            let risk = format!(
                "GitHub redirects the old name until somebody else takes it: make sure that `{new}` \
                 is the same project in good hands"
            );
            let remedy = Remedy::Fix(Fix {
                title: format!("name it {new}"),
                operations: vec![site.set_repository(new)],
                applicability: Applicability::Unsafe(risk),
                note: None,
            });
            found.push(sites.finding(&RULE, site, Severity::Warning, (message, remedy)));
        }
        if refs.archived == Some(true) {
            let message = format!("`{name}` is archived by its owner");
            let why = format!(
                "it gets no more repairs: look for an action that somebody keeps up \
                 (https://github.com/{new} may name one)"
            );
            let remedy = Remedy::Manual(why);
            found.push(sites.finding(&RULE, site, Severity::Warning, (message, remedy)));
        }
    }
    found
}
