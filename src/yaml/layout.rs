//! The habits of a file: how deep it indents, how far its comments stand off.

use super::document::{Document, Flow, NodeId};

/// How a file is laid out, so that what is added looks as if it had always been there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Columns from a key to the keys below it.
    pub(super) indent: usize,
    /// Columns from a key to the dashes of its sequence.
    pub(super) sequence_indent: usize,
    /// Blanks before a comment at the end of a line.
    pub(super) comment_gap: usize,
}

impl Layout {
    pub(super) fn of(document: &Document) -> Self {
        let indents = |mappings: bool| {
            document.nodes().filter_map(move |node| {
                (document.is_mapping(node) == mappings).then(|| indent_below_key(document, node))?
            })
        };
        Self {
            indent: most_frequent(indents(true).filter(|&indent| indent > 0)).unwrap_or(2),
            sequence_indent: most_frequent(indents(false)).unwrap_or(2),
            comment_gap: most_frequent(comment_gaps(document)).unwrap_or(1),
        }
    }

    /// The indentation below the keys of one mapping, where it has a habit of its own.
    pub(super) fn indent_in(&self, document: &Document, mapping: NodeId) -> usize {
        document
            .entries(mapping)
            .iter()
            .filter(|entry| document.is_mapping(entry.value))
            .find_map(|entry| indent_below_key(document, entry.value))
            .unwrap_or(self.indent)
    }
}

/// How much deeper than its key a block collection on the lines below stands.
fn indent_below_key(document: &Document, node: NodeId) -> Option<usize> {
    let key = document.entry_of(node).filter(|entry| entry.value == node)?.key;
    let source = document.source();
    let (start, key) = (document.span(node).start, document.span(key).start);
    if document.flow(node) != Some(Flow::Block) || source.line_of(start) == source.line_of(key) {
        return None;
    }
    source.column(start).checked_sub(source.column(key))
}

/// One or two blanks before a comment; more are there to align it.
fn comment_gaps(document: &Document) -> impl Iterator<Item = usize> {
    document.comments().iter().filter(|comment| !comment.own_line).filter_map(|comment| {
        let before = &document.text()[..comment.span.start];
        let gap = before.len() - before.trim_end_matches(' ').len();
        (1..=2).contains(&gap).then_some(gap)
    })
}

/// The smaller of two that are as frequent.
fn most_frequent(values: impl Iterator<Item = usize>) -> Option<usize> {
    let mut counts = std::collections::BTreeMap::<usize, usize>::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts.into_iter().rev().max_by_key(|&(_, count)| count).map(|(value, _)| value)
}
