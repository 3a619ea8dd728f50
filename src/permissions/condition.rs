//! When a need of an action or of a command is there: the patterns of docs/knowledge-base.md.

use super::frame::Frame;
use crate::actions::need::Condition;
use crate::expression::{Known, Truth, Value};
use crate::glob;

/// Whether a condition is met by what is given.
pub(crate) fn meets(
    condition: &Condition,
    frame: &Frame<'_>,
    value: &dyn Fn(&str) -> Value,
) -> Truth {
    let fits = |&(input, patterns): &(&str, &[&str])| {
        let value = value(input);
        let fitting: Vec<_> =
            patterns.iter().filter(|pattern| may_fit(pattern, &value.known)).collect();
        match (fitting.is_empty(), &value.known) {
            (true, _) => Truth::No,
            (false, Known::Hidden) if !fitting.contains(&&"*") => Truth::Hidden,
            (false, Known::Gaps { text, is_hidden: true })
                if fitting.iter().all(|it| is_word(it) && !holds_word(it, text)) =>
            {
                Truth::Hidden
            }
            (false, _) => Truth::Yes,
        }
    };
    let is_off = condition.unless.iter().any(|(input, patterns)| {
        let Known::Text(text) = value(input).known else { return false };
        patterns.iter().any(|pattern| glob::matches(pattern, &text))
    });
    if is_off {
        return Truth::No;
    }
    let event = Truth::from(frame.scenario.fits(condition.events));
    condition.when.iter().map(fits).fold(event, Truth::and)
}

/// Whether a pattern asks for a word anywhere in a text, or for none: `*word*`, `!*word*`.
fn is_word(pattern: &str) -> bool {
    let pattern = pattern.strip_prefix('!').unwrap_or(pattern);
    pattern.len() > 2 && pattern.starts_with('*') && pattern.ends_with('*')
}

/// Whether what is seen of a text holds the word of such a pattern.
fn holds_word(pattern: &str, text: &str) -> bool {
    glob::matches(&pattern.trim_start_matches('!').to_lowercase(), &text.to_lowercase())
}

/// Whether a value may fit a pattern of `when`.
pub(super) fn may_fit(pattern: &str, value: &Known) -> bool {
    value.each().iter().any(|value| may_fit_one(pattern, value))
}

fn may_fit_one(pattern: &str, value: &Known) -> bool {
    let text = match value {
        Known::Null => Some(String::new()),
        Known::Boolean(value) => Some(value.to_string()),
        Known::Number(number) => Some(number.to_string()),
        Known::Text(text) => Some(text.trim().to_lowercase()),
        _ => None,
    };
    match (pattern, text) {
        ("", text) => text.is_some_and(|text| text.is_empty()),
        ("*", text) => text.is_none_or(|text| !text.is_empty()),
        (pattern, Some(text)) => match pattern.strip_prefix('!') {
            Some(excluded) => !glob::matches(&excluded.to_lowercase(), &text),
            None => glob::matches(&pattern.to_lowercase(), &text),
        },
        (pattern, None) => match value {
            // What changes from run to run holds no word by which an action is told what to do.
            Known::Gaps { text, is_hidden } if is_word(pattern) => {
                match (pattern.starts_with('!'), holds_word(pattern, text)) {
                    (false, holds) => holds || *is_hidden,
                    (true, holds) => !holds,
                }
            }
            Known::Prefix(_) | Known::Gaps { .. } if !pattern.starts_with(['*', '!']) => {
                let start = value.start().unwrap_or_default();
                let fixed = pattern.split('*').next().unwrap_or_default();
                let length = fixed.len().min(start.len());
                fixed
                    .get(..length)
                    .zip(start.get(..length))
                    .is_none_or(|(a, b)| a.eq_ignore_ascii_case(b))
            }
            _ => true,
        },
    }
}
