//! What the rules of publishing say alike.

use crate::finding::Facts;
use crate::permissions::Scenario;

/// A page of the repository's settings.
pub(super) fn settings(facts: &Facts<'_>, page: &str) -> String {
    match &facts.files.name {
        Some(name) => format!("https://github.com/{name}/settings/{page}"),
        None => format!("Settings > {page} of the repository"),
    }
}

/// A kind of run, in words that fit behind "runs for".
pub(super) fn in_words(scenario: &Scenario) -> String {
    match scenario.event() {
        None => "calls by workflows of other repositories".to_owned(),
        Some("push") if scenario.is_of_tag() => "tags".to_owned(),
        Some("push") => "pushes to branches".to_owned(),
        Some("pull_request" | "pull_request_target") => "pull requests".to_owned(),
        Some("schedule") => "its schedule".to_owned(),
        Some(event) => format!("`{event}`"),
    }
}

/// Words as a list: "a, b and c".
pub(super) fn joined(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// How one job asks for the approval that others wait for.
pub(super) fn gate(environment: &str, jobs: &[&str]) -> String {
    format!(
        "let one job ask for all, and {} wait for it with `needs: approve`:\n\
         approve:\n  \
           runs-on: ubuntu-latest\n  \
           environment:\n    \
             name: {environment}\n  \
           steps:\n    \
             - run: echo approved",
        joined(&jobs.iter().map(|job| format!("`{job}`")).collect::<Vec<_>>())
    )
}
