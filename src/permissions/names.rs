//! What the name of a program or an action says of what it does with the token, where nothing else is known of it.

use super::scenario::Scenario;
use crate::workflow::Scope;

/// The words of those that release, publish, deploy, push, tag or bump.
const TELLING: &[&str] = &[
    "bump",
    "bumped",
    "deploy",
    "deployment",
    "deploys",
    "publish",
    "publishing",
    "push",
    "release",
    "releaser",
    "releases",
    "tag",
    "tagging",
    "tags",
];

/// The words of those that write something else. Among the actions of the knowledge base that use the token and have one of
/// these in their names, more than four in five do.
const WRITING: &[(&str, Subject)] = &[
    ("approve", Subject::PullRequest),
    ("assign", Subject::Either),
    ("assigner", Subject::Either),
    ("automerge", Subject::Merge),
    ("backport", Subject::Merge),
    ("comment", Subject::Either),
    ("commenter", Subject::Either),
    ("comments", Subject::Either),
    ("greeting", Subject::Either),
    ("greetings", Subject::Either),
    ("issue", Subject::Issue),
    ("issues", Subject::Issue),
    ("label", Subject::Either),
    ("labeler", Subject::Either),
    ("labeller", Subject::Either),
    ("labels", Subject::Either),
    ("milestone", Subject::Either),
    ("pr", Subject::PullRequest),
    ("prs", Subject::PullRequest),
    ("release", Subject::Contents),
    ("releaser", Subject::Contents),
    ("releases", Subject::Contents),
    ("reviewer", Subject::PullRequest),
    ("reviewers", Subject::PullRequest),
    ("stale", Subject::Both),
    ("tag", Subject::Contents),
    ("tagger", Subject::Contents),
    ("tags", Subject::Contents),
    ("welcome", Subject::Either),
];

/// The words of those that only look, whatever they look at.
const LOOKING: &[&str] = &[
    "changed",
    "changes",
    "check",
    "checker",
    "checks",
    "count",
    "detect",
    "download",
    "downloader",
    "extract",
    "fetch",
    "find",
    "get",
    "info",
    "lint",
    "linter",
    "list",
    "metrics",
    "parse",
    "read",
    "semantic",
    "setup",
    "size",
    "test",
    "tests",
    "title",
    "validate",
    "validator",
    "verify",
    "wait",
];

/// What a word stands for.
#[derive(Clone, Copy, PartialEq)]
enum Subject {
    Contents,
    Issue,
    PullRequest,
    /// An issue or a pull request, whichever the run is about.
    Either,
    /// Issues and pull requests.
    Both,
    /// A branch, by way of its pull request.
    Merge,
}

/// The word in a name that says that its bearer releases, publishes, deploys, pushes, tags or bumps.
pub(super) fn telling_word(name: &str) -> Option<&'static str> {
    words(name).find_map(|word| TELLING.iter().copied().find(|it| it.eq_ignore_ascii_case(word)))
}

/// What something most likely writes to that is handed the token, by its name and by what a person calls its step: each
/// with the word that says so.
pub(super) fn written_by(
    name: &str,
    title: Option<&str>,
    scenario: &Scenario,
) -> Vec<(Scope, &'static str)> {
    let words = || words(name).chain(title.into_iter().flat_map(words));
    let is = |word: &str, known: &str| word.eq_ignore_ascii_case(known);
    if only_looks(name) || title.is_some_and(only_looks) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for word in words() {
        let Some((word, subject)) = WRITING.iter().find(|(known, _)| is(word, known)) else {
            continue;
        };
        let scopes: &[Scope] = match subject {
            Subject::Contents => &[Scope::Contents],
            Subject::Issue => &[Scope::Issues],
            Subject::Either if scenario.is_about_issue() => &[Scope::Issues],
            Subject::PullRequest | Subject::Either => &[Scope::PullRequests],
            Subject::Both => &[Scope::Issues, Scope::PullRequests],
            Subject::Merge => &[Scope::Contents, Scope::PullRequests],
        };
        for scope in scopes {
            if !found.iter().any(|(other, _)| other == scope) {
                found.push((*scope, *word));
            }
        }
    }
    found
}

/// Whether a name says that its bearer looks at something, and leaves it as it is.
pub(super) fn only_looks(name: &str) -> bool {
    words(name).any(|word| LOOKING.iter().any(|looking| word.eq_ignore_ascii_case(looking)))
}

/// Whether a name in a script is one of a pull request: `PR_NUMBER`, `prNumber`, `inputs.pull_request`.
pub(super) fn is_of_pull_request(name: &str) -> bool {
    let mut apart = String::new();
    let mut is_lower = false;
    for c in name.chars() {
        if is_lower && c.is_ascii_uppercase() {
            apart.push(' ');
        }
        is_lower = c.is_ascii_lowercase();
        apart.push(c.to_ascii_lowercase());
    }
    words(&apart).any(|word| ["pr", "prs", "pull"].contains(&word))
}

/// The words of a name; `pull-request` is the one that is mostly written `pr`.
fn words(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = name.split(|c: char| !c.is_ascii_alphabetic()).peekable();
    std::iter::from_fn(move || {
        let word = rest.next()?;
        let is_request =
            |next: &&str| ["request", "requests"].iter().any(|it| it.eq_ignore_ascii_case(next));
        match word.eq_ignore_ascii_case("pull") && rest.next_if(is_request).is_some() {
            true => Some("pr"),
            false => Some(word),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::knowledge;
    use crate::workflow::Level;

    #[test]
    fn lists_are_sorted() {
        assert!(TELLING.is_sorted() && LOOKING.is_sorted());
        assert!(WRITING.iter().map(|(word, _)| word).is_sorted());
    }

    #[test]
    fn names_of_pull_requests() {
        for name in ["PR_NUMBER", "prNumber", "inputs.pull_request", "pullNumber", "pr.number"] {
            assert!(is_of_pull_request(name), "{name}");
        }
        for name in ["ISSUE_NUMBER", "context.issue.number", "project", "number", "sprint"] {
            assert!(!is_of_pull_request(name), "{name}");
        }
    }

    #[test]
    fn known_actions_mostly_do_what_their_names_say() {
        let scenario = Scenario::unknown(None);
        let (mut right, mut wrong) = (0, Vec::new());
        for entry in knowledge::all().iter().filter(|entry| entry.token.is_some()) {
            let name = format!("{}/{}", entry.name, entry.path);
            let grants = || entry.needs.iter().flat_map(|need| need.grants);
            for (scope, word) in written_by(&name, None, &scenario) {
                // One stands for the other, where the event does not tell which it is.
                let fits = |other: Scope| match scope {
                    Scope::PullRequests => [scope, Scope::Issues].contains(&other),
                    _ => other == scope,
                };
                match grants().any(|(other, level)| *level == Level::Write && fits(*other)) {
                    true => right += 1,
                    false => wrong.push(format!("{}/{name}: {word}", entry.owner)),
                }
            }
        }
        assert!(right > 4 * wrong.len(), "{right} right, wrong: {wrong:#?}");
    }
}
