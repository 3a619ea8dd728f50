//! The comment behind a pinned action.
//!
//! It is the version and nothing else: Dependabot updates a version only where it ends the comment
//! (`github_actions/file_updater.rb` in dependabot-core), Renovate only where it starts it
//! (`manager/github-actions/parse.ts`).

use crate::actions::version::Version;
use crate::yaml::Displaced;

/// Comments that instruct a tool about the line they stand on, and work in front of a version, too.
/// How each tool reads them: zizmor `finding/location.rs`, ratchet `parser/parser.go`, codespell and
/// cspell and detect-secrets and semgrep and checkov by their documented patterns.
const DIRECTIVES: &[&str] = &[
    "zizmor:",
    "ratchet:",
    "pinact:",
    "spec8-fix:",
    "noqa",
    "nosec",
    "nosem",
    "nosonar",
    "checkov:",
    "kics-scan",
    "codespell:",
    "cspell:",
    "spell-checker:",
    "spellchecker:",
    "pragma:",
    "actionlint",
];

/// What the comment of a line becomes when a version goes there, and what becomes of the comment
/// that it has.
pub(super) fn with_version(existing: Option<&str>, version: &str) -> (String, Displaced) {
    let version = version.to_owned();
    let Some(existing) = existing else { return (version, Displaced::Dropped) };
    if says_nothing(existing) || is_version(existing) {
        return (version, Displaced::Dropped);
    }
    let lower = existing.to_ascii_lowercase();
    // yamllint reads its directives only as the whole comment, but as well from the line above.
    if !lower.starts_with("yamllint") && DIRECTIVES.iter().any(|known| starts_word(&lower, known)) {
        // The version that stands among the instructions is the old one.
        let kept = existing.split(" # ").filter(|part| !is_version(part));
        let parts: Vec<_> = kept.chain([version.as_str()]).collect();
        return (parts.join(" # "), Displaced::Dropped);
    }
    (version, Displaced::Above)
}

fn says_nothing(comment: &str) -> bool {
    comment.trim_matches(['#', ' ', '\t']).is_empty()
}

/// Whether a comment says nothing but a version, in one of the forms that pinning tools write.
fn is_version(comment: &str) -> bool {
    let said = ["tag=", "tag:", "version:", "pin@", "pin @", "pin ", "@"]
        .iter()
        .find_map(|prefix| comment.strip_prefix(prefix))
        .unwrap_or(comment);
    let said = match said.strip_prefix("ratchet:") {
        Some(action) => action.rsplit_once('@').map_or(action, |(_, version)| version),
        None => said,
    };
    Version::parse(said.trim()).is_some() || matches!(said, "main" | "master")
}

fn starts_word(text: &str, directive: &str) -> bool {
    text.split('#').any(|part| part.trim_start().starts_with(directive))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_takes_the_place_of_a_version_and_stands_behind_an_instruction() {
        for (existing, comment, displaced) in [
            (None, "v4.4.0", Displaced::Dropped),
            (Some("v4"), "v4.4.0", Displaced::Dropped),
            (Some("tag=v4.1"), "v4.4.0", Displaced::Dropped),
            (Some("ratchet:actions/checkout@v4"), "v4.4.0", Displaced::Dropped),
            (Some("keep in step with the docs"), "v4.4.0", Displaced::Above),
            (
                Some("zizmor: ignore[artipacked]"),
                "zizmor: ignore[artipacked] # v4.4.0",
                Displaced::Dropped,
            ),
            (Some("noqa"), "noqa # v4.4.0", Displaced::Dropped),
            (Some("v4 # noqa # see #12"), "noqa # see #12 # v4.4.0", Displaced::Dropped),
            (Some(""), "v4.4.0", Displaced::Dropped),
            (Some("yamllint disable-line rule:line-length"), "v4.4.0", Displaced::Above),
        ] {
            assert_eq!(
                with_version(existing, "v4.4.0"),
                (comment.to_owned(), displaced),
                "{existing:?}"
            );
        }
    }
}
