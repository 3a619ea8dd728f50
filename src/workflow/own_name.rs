//! What workflows call their own repository.

use super::{Job, Step, Workflow};

/// The repository's name by the conditions of its workflows: what `github.repository` has to be, if that is
/// always the same. Forks keep these conditions, so it is the name of what the workflows were written for.
pub fn own_name<'d>(workflows: impl Iterator<Item = Workflow<'d>>) -> Option<&'d str> {
    let mut names: Vec<&str> = workflows
        .flat_map(|workflow| workflow.jobs().flat_map(move |job| conditions(workflow, &job)))
        .flat_map(compared)
        .collect();
    names.sort_by_key(|name| name.to_ascii_lowercase());
    names.dedup_by(|one, other| one.eq_ignore_ascii_case(other));
    match names[..] {
        [name] => Some(name),
        _ => None,
    }
}

/// The conditions of a job and of its steps.
fn conditions<'d>(workflow: Workflow<'d>, job: &Job<'d>) -> Vec<&'d str> {
    let own = job.get("if").and_then(|node| workflow.document().scalar(node));
    let of_steps = |step: Step<'d>| step.text("if");
    own.into_iter().chain(job.steps().into_iter().filter_map(of_steps)).collect()
}

/// The names of repositories that a condition compares the own one with: `github.repository == 'owner/name'`.
fn compared(condition: &str) -> Vec<&str> {
    let mut parts = condition.split('\'');
    let mut found = Vec::new();
    while let (Some(before), Some(literal)) = (parts.next(), parts.next()) {
        let before = before.trim_end();
        // What is not so is mostly a template's name, or an upstream's.
        let is_own = before.strip_suffix("==").is_some_and(|operand| {
            let operand = operand.trim_end().to_ascii_lowercase();
            ["github.repository", ".repo.full_name"].iter().any(|name| operand.ends_with(name))
        });
        let is_name = literal.split('/').filter(|part| !part.is_empty()).count() == 2;
        if is_own && is_name {
            found.push(literal);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_where_they_are_compared() {
        for (condition, expected) in [
            ("github.repository == 'own/er'", &["own/er"][..]),
            ("${{ github.event_name == 'push' && github.repository=='own/er' }}", &["own/er"]),
            ("github.event.pull_request.head.repo.full_name == 'own/er'", &["own/er"]),
            ("github.repository != 'own/er'", &[]),
            ("contains(github.repository, 'own/er')", &[]),
            ("github.repository_owner == 'own'", &[]),
            ("github.repository == 'own", &[]),
        ] {
            assert_eq!(compared(condition), expected, "{condition}");
        }
    }
}
