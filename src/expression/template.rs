//! Texts with expressions in them.

use super::value::Value;
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
    Value::joined(parts.into_iter().map(|part| match part {
        Part::Literal(text) => Value::from(text),
        Part::Expression(expression) => evaluate(expression, contexts),
    }))
}
