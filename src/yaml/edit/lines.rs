//! Whole lines that come and go, turned into edits.

use std::collections::{BTreeMap, BTreeSet};

use super::Edit;
use crate::yaml::source::{Source, Span};

/// Why lines stand where they do, among those that come between the same two lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// Behind what stands above; what is deeper comes first, or it would change its parent.
    Behind { depth: std::cmp::Reverse<usize> },
    /// In front of what stands below.
    Ahead,
    /// A comment of what stands below.
    Comment,
}

/// Lines to take out and lines to put in between. It is all decided before any edit is made, so
/// that lines may come where others go.
#[derive(Debug, Default)]
pub(super) struct LineChanges {
    removed: BTreeSet<usize>,
    /// What comes in front of a line, by its number.
    added: BTreeMap<usize, Vec<(Rank, String)>>,
}

impl LineChanges {
    pub(super) fn remove(&mut self, line: usize) {
        self.removed.insert(line);
    }

    /// Adds lines behind `line`; `depth` is that of the node that grows.
    pub(super) fn add_behind(&mut self, line: usize, depth: usize, lines: Vec<String>) {
        self.add(line + 1, Rank::Behind { depth: std::cmp::Reverse(depth) }, lines);
    }

    pub(super) fn add(&mut self, in_front_of: usize, rank: Rank, lines: Vec<String>) {
        let ranked = lines.into_iter().map(|line| (rank, line));
        self.added.entry(in_front_of).or_default().extend(ranked);
    }

    pub(super) fn removes(&self, line: usize) -> bool {
        self.removed.contains(&line)
    }

    /// Whether lines come in front of `line`.
    pub(super) fn adds(&self, line: usize) -> bool {
        self.added.contains_key(&line)
    }

    /// The edits, in order.
    pub(super) fn into_edits(mut self, source: &Source) -> Vec<Edit> {
        let mut edits = Vec::new();
        let mut removed = std::mem::take(&mut self.removed).into_iter().peekable();
        while let Some(first) = removed.next() {
            let mut last = first;
            while removed.next_if_eq(&(last + 1)).is_some() {
                last += 1;
            }
            let added = (first..=last + 1).flat_map(|line| self.take(line)).collect();
            edits.push(replace(source, first, last, added));
        }
        for (line, mut added) in self.added {
            added.sort_by_key(|&(rank, _)| rank);
            let behind = added.partition_point(|(rank, _)| matches!(rank, Rank::Behind { .. }));
            edits.extend(insert(source, line, &added[..behind], &added[behind..]));
        }
        edits
    }

    fn take(&mut self, line: usize) -> Vec<String> {
        let mut added = self.added.remove(&line).unwrap_or_default();
        added.sort_by_key(|&(rank, _)| rank);
        added.into_iter().map(|(_, line)| line).collect()
    }
}

/// Lines in place of those from `first` to `last`.
fn replace(source: &Source, first: usize, last: usize, added: Vec<String>) -> Edit {
    let start = source.line(first).start;
    let end = source.next_line_start(last);
    if !source.ending(last).is_empty() {
        let ending = source.ending(last);
        let text = added.into_iter().map(|line| line + ending).collect();
        return Edit { span: Span::new(start, end), text };
    }
    // The text ends without a line ending, and so it does afterwards.
    if added.is_empty() && first > 0 {
        return Edit { span: Span::new(source.line(first - 1).end, end), text: String::new() };
    }
    Edit { span: Span::new(start, end), text: added.join(source.ending_for_new_line(first)) }
}

/// Lines behind the line before `line`, and lines in front of `line`, each with that one's ending.
fn insert(
    source: &Source,
    line: usize,
    behind: &[(Rank, String)],
    ahead: &[(Rank, String)],
) -> Vec<Edit> {
    let mut edits = Vec::new();
    if let Some(before) = line.checked_sub(1).filter(|_| !behind.is_empty()) {
        let ending = source.ending_for_new_line(before);
        let text = behind.iter().flat_map(|(_, line)| [ending, line]).collect();
        edits.push(Edit { span: Span::empty(source.line(before).end), text });
    }
    if !ahead.is_empty() {
        let ending = source.ending_for_new_line(line);
        let text = ahead.iter().flat_map(|(_, line)| [line, ending]).collect();
        edits.push(Edit { span: Span::empty(source.line(line).start), text });
    }
    edits
}
