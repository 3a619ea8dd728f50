//! GitHub's expressions in a script: it replaces them before the shell sees the text, so that they may
//! stand where the shell's own syntax has no place for them.

use super::word::{Piece, Word};
use crate::expression::{self, Part};

/// What stands in an expression's place, around its number. It is a name in every shell.
const BEFORE: &str = "__expression_";
const AFTER: &str = "__";

/// The text with a name in place of each expression, and the expressions. Lines stay lines.
pub(super) fn replaced(text: &str) -> (String, Vec<String>) {
    let mut out = String::new();
    let mut expressions = Vec::new();
    for part in expression::parts(text) {
        match part {
            Part::Literal(text) => out.push_str(text),
            Part::Expression(text) => {
                out.push_str(&format!("{BEFORE}{}{AFTER}", expressions.len()));
                expressions.push(text.to_owned());
            }
        }
    }
    (out, expressions)
}

/// A text of the script as the parts of a word.
pub(super) fn restored(text: &str, expressions: &[String]) -> Word {
    let mut word = Word::default();
    let mut rest = text;
    while let Some((before, after, expression)) = next(rest, expressions) {
        word.push(Piece::Text(before.to_owned()));
        word.push(Piece::Expression(expression.to_owned()));
        rest = after;
    }
    word.push(Piece::Text(rest.to_owned()));
    word
}

fn next<'t, 'e>(text: &'t str, expressions: &'e [String]) -> Option<(&'t str, &'t str, &'e str)> {
    let (before, rest) = text.split_once(BEFORE)?;
    let (number, after) = rest.split_once(AFTER)?;
    Some((before, after, expressions.get(number.parse::<usize>().ok()?)?))
}
