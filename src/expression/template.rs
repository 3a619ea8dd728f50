//! Texts with expressions in them.

use super::value::{Carries, Known, Value};
use super::{Contexts, evaluate};

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'t> {
    /// What stands there.
    Literal(&'t str),
    /// What stands between `${{` and `}}`.
    Expression(&'t str),
}

/// Takes a text apart. A `${{` that nothing closes is literal.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${{") {
        let inner = &rest[start + 3..];
        let Some(end) = closing(inner) else { break };
        if start > 0 {
            parts.push(Part::Literal(&rest[..start]));
        }
        parts.push(Part::Expression(&inner[..end]));
        rest = &inner[end + 2..];
    }
    if !rest.is_empty() {
        parts.push(Part::Literal(rest));
    }
    parts
}

/// Where an expression ends: at the first `}}` outside quotes.
fn closing(inner: &str) -> Option<usize> {
    let mut quoted = false;
    let bytes = inner.as_bytes();
    (0..bytes.len()).find(|&at| {
        quoted ^= bytes[at] == b'\'';
        !quoted && bytes[at..].starts_with(b"}}")
    })
}

/// What is known of a text once its expressions are evaluated.
pub fn template(text: &str, contexts: &dyn Contexts) -> Value {
    let parts = parts(text);
    if let [Part::Expression(expression)] = parts[..] {
        return evaluate(expression, contexts);
    }
    let mut start = String::new();
    let (mut is_whole, mut hidden) = (true, false);
    let mut carries = Carries::default();
    for part in parts {
        let value = match part {
            Part::Literal(text) => Value::from(text),
            Part::Expression(expression) => evaluate(expression, contexts),
        };
        carries = carries.or(value.carries);
        hidden |= value.known == Known::Hidden;
        match value.known.text() {
            Some((text, all)) if is_whole => {
                start.push_str(&text);
                is_whole = all;
            }
            _ => is_whole = false,
        }
    }
    let known = match (is_whole, start.is_empty()) {
        (true, _) => Known::Text(start),
        (false, false) => Known::Prefix(start),
        (false, true) if hidden => Known::Hidden,
        (false, true) => Known::Varies,
    };
    Value { known, carries }
}
