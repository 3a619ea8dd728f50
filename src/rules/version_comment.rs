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

/// What stands between the parts of a comment that speaks of several things.
const BETWEEN: &str = " # ";

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
    if !lower.starts_with("yamllint") && is_directive(&lower) {
        // The version that stands among the instructions is the old one.
        let kept = existing.split(BETWEEN).filter(|part| !is_version(part));
        let parts: Vec<_> = kept.chain([version.as_str()]).collect();
        return (parts.join(BETWEEN), Displaced::Dropped);
    }
    (version, Displaced::Above)
}

fn says_nothing(comment: &str) -> bool {
    comment.trim_matches(['#', ' ', '\t']).is_empty()
}

/// What a comment behind a pin says of its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said<'c> {
    /// Nothing: there is no comment, or it speaks of other things.
    Nothing,
    /// This version.
    Version {
        /// Its text.
        text: &'c str,
        /// Where in the comment it starts.
        start: usize,
    },
    /// Something that may be a version, but may as well not: `main`, `not before v5 is out`.
    Unclear,
}

/// Reads a comment: a version is all of it or of a part behind a `#`, or it starts with one, as
/// Renovate reads it.
pub(super) fn said(comment: Option<&str>) -> Said<'_> {
    let Some(comment) = comment.filter(|comment| !says_nothing(comment)) else {
        return Said::Nothing;
    };
    let mut end = 0;
    for part in comment.split(BETWEEN) {
        end += part.len();
        if let Some(text) = version_alone(part) {
            // It is the end of its part.
            let blanks = part.len() - part.trim_end().len();
            return Said::Version { text, start: end - blanks - text.len() };
        }
        end += BETWEEN.len();
    }
    let words = || comment.split_whitespace();
    if let Some(text) = words().next().map(|word| word.trim_end_matches([',', ';', ':']))
        && is_surely_version(text)
    {
        return Said::Version { text, start: comment.len() - comment.trim_start().len() };
    }
    let parts = || comment.split(|c: char| c.is_whitespace() || "=@:,;()`'\"".contains(c));
    let one_word = words().count() == 1 && !is_directive(comment);
    if one_word || parts().any(is_surely_version) { Said::Unclear } else { Said::Nothing }
}

/// The comment with another version in the place of the one that it says.
pub(super) fn with_other_version(comment: &str, version: &str) -> String {
    match said(Some(comment)) {
        Said::Version { text, start } => {
            [&comment[..start], version, &comment[start + text.len()..]].concat()
        }
        Said::Nothing | Said::Unclear => comment.to_owned(),
    }
}

/// Whether a comment says nothing but a version, in one of the forms that pinning tools write.
fn is_version(comment: &str) -> bool {
    version_alone(comment).is_some() || matches!(without_prefix(comment).trim(), "main" | "master")
}

fn version_alone(text: &str) -> Option<&str> {
    let said = without_prefix(text.trim()).trim();
    Version::parse(said).map(|_| said)
}

/// What pinning tools write in front of a version, taken away.
fn without_prefix(text: &str) -> &str {
    if let Some(action) = text.strip_prefix("ratchet:") {
        return action.rsplit_once('@').map_or(action, |(_, version)| version);
    }
    let prefixes = ["tag=", "tag:", "version:", "pin@", "pin @", "pin ", "@"];
    prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text)
}

/// Whether a word among others is a version: a number alone may count something else.
fn is_surely_version(word: &str) -> bool {
    Version::parse(word)
        .is_some_and(|version| version.is_prefixed() || version.components().len() > 2)
}

fn is_directive(lower: &str) -> bool {
    DIRECTIVES.iter().any(|known| starts_word(lower, known))
}

fn starts_word(text: &str, directive: &str) -> bool {
    text.split('#').any(|part| part.trim_start().starts_with(directive))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_version_that_a_comment_says() {
        for (comment, text, start) in [
            ("v4.4.0", "v4.4.0", 0),
            (" v4 ", "v4", 1),
            ("4.4", "4.4", 0),
            ("tag=v4.1", "v4.1", 4),
            ("ratchet:actions/checkout@v4", "v4", 25),
            ("pin@v1.2", "v1.2", 4),
            ("zizmor: ignore[v4] # v4.4.0", "v4.4.0", 21),
            ("v4.4.0 # noqa", "v4.4.0", 0),
            (" v4.4.0, for 5.0 breaks it", "v4.4.0", 1),
            ("1.2.3 is the last for Windows", "1.2.3", 0),
        ] {
            assert_eq!(said(Some(comment)), Said::Version { text, start }, "{comment}");
        }
        for (comment, expected) in [
            ("", Said::Nothing),
            ("##", Said::Nothing),
            ("keep in step with the docs", Said::Nothing),
            ("3 attempts", Said::Nothing),
            ("zizmor: ignore[artipacked]", Said::Nothing),
            ("noqa", Said::Nothing),
            ("main", Said::Unclear),
            ("release/v1", Said::Unclear),
            ("newer than v3, see #12", Said::Unclear),
            ("zizmor: ignore[cache-poisoning] v5 cache is off", Said::Unclear),
            ("renovate: tag=v2.3.4", Said::Unclear),
        ] {
            assert_eq!(said(Some(comment)), expected, "{comment}");
        }
        assert_eq!(said(None), Said::Nothing);
    }

    #[test]
    fn puts_another_version_in_its_place() {
        for (comment, expected) in [
            ("v4", "v4.4.0"),
            ("tag=v4", "tag=v4.4.0"),
            ("ratchet:a/v4@v4", "ratchet:a/v4@v4.4.0"),
            ("zizmor: ignore[v4] # v4", "zizmor: ignore[v4] # v4.4.0"),
            ("v4, not v5", "v4.4.0, not v5"),
            ("main", "main"),
        ] {
            assert_eq!(with_other_version(comment, "v4.4.0"), expected);
        }
    }

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
