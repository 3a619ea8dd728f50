//! A private copy of the text for the parser, with what it refuses and GitHub accepts put right.
//!
//! Only blanks differ from the original, and none of them inside a scalar's value, so the events
//! are those of the original.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::source::Position;

/// How many bytes may be parsed again in all: thousands of repairs in a large file would take
/// quadratic time.
const REPAIR_BUDGET: usize = 32 << 20;

pub(super) struct Readable<'s> {
    text: Cow<'s, str>,
    /// How much deeper each line, from 1, was indented.
    indented: BTreeMap<usize, usize>,
    spent: usize,
}

impl<'s> Readable<'s> {
    pub(super) fn new(text: &'s str) -> Self {
        Self { text: Cow::Borrowed(text), indented: BTreeMap::new(), spent: 0 }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Repairs what the parser stumbled over at a line (from 1) and a column (from 0), both of this
    /// copy. Returns whether it is worth another try.
    pub(super) fn repair(&mut self, words: &str, line: usize, column: usize) -> bool {
        self.spent += self.text.len();
        if self.spent > REPAIR_BUDGET {
            return false;
        }
        match words {
            "invalid indentation" | "invalid indentation in flow construct" => self.indent(line),
            "':' must be followed by a valid YAML whitespace" => self.replace_tab(line, column),
            _ => false,
        }
    }

    /// The closing line of a flow collection that is not indented deeper than its parent.
    fn indent(&mut self, line: usize) -> bool {
        if self.indented.contains_key(&line) {
            return false;
        }
        let Some(start) = self.line_start(line) else { return false };
        let deepest = self.text.lines().map(|text| text.len() - text.trim_start().len()).max();
        let by = deepest.unwrap_or(0) + 1;
        self.text.to_mut().insert_str(start, &" ".repeat(by));
        self.indented.insert(line, by);
        true
    }

    /// A tab between a key's `:` and its value.
    fn replace_tab(&mut self, line: usize, column: usize) -> bool {
        let Some(start) = self.line_start(line) else { return false };
        let before: String = self.text[start..].chars().take(column).collect();
        let blanks = before.len() - before.trim_end_matches([' ', '\t']).len();
        let from = start + before.len() - blanks;
        if !before[..before.len() - blanks].ends_with(':') || !before.ends_with('\t') {
            return false;
        }
        let rest = &self.text[from..];
        let run = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        self.text.to_mut().replace_range(from..from + run, &" ".repeat(run));
        true
    }

    fn line_start(&self, line: usize) -> Option<usize> {
        let breaks = self.text.match_indices('\n').map(|(offset, _)| offset + 1);
        std::iter::once(0).chain(breaks).nth(line.checked_sub(1)?)
    }

    /// A place of this copy as a place of the original.
    pub(super) fn original_position(&self, line: usize, column: usize) -> Position {
        let by = self.indented.get(&line).copied().unwrap_or(0);
        Position { line, column: column.saturating_sub(by) + 1 }
    }
}
