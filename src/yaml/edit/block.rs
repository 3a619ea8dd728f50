//! Edits in block style: whole lines that come and go.

use super::lines::Rank;
use super::{Done, Editor, Refused};
use crate::yaml::beside::Side;
use crate::yaml::document::NodeId;
use crate::yaml::render;
use crate::yaml::source::Span;
use crate::yaml::value::{Value, ValueEntry};

/// How many children of a collection show whether it has blank lines between them.
const HABIT: usize = 16;

impl Editor<'_> {
    /// Adds an entry to a block mapping, in front of the one at `index`.
    pub(super) fn insert_block_entry(
        &mut self,
        mapping: NodeId,
        index: usize,
        entry: &ValueEntry,
    ) -> Done {
        let mut layout = self.layout;
        layout.indent = layout.indent_in(self.document, mapping);
        self.insert_child(mapping, index, render::block_entry(entry, &layout))
    }

    /// Adds an item to a block sequence, in front of the one at `index`.
    pub(super) fn insert_block_item(
        &mut self,
        sequence: NodeId,
        index: usize,
        value: &Value,
    ) -> Done {
        self.insert_child(sequence, index, render::block_item(value, &self.layout))
    }

    /// Puts lines between two children of a block collection.
    fn insert_child(&mut self, collection: NodeId, index: usize, mut lines: Vec<String>) -> Done {
        let document = self.document;
        let source = document.source();
        let start = document.span(collection).start;
        let column = source.column(start);
        if let Some(previous) = index.checked_sub(1) {
            let previous = document.child(collection, previous).ok_or(Refused::NotThere)?;
            let last = self.last_line(previous);
            let blank = match document.child(collection, index) {
                Some(_) => self.blank_line_behind(last),
                None => self.usually_apart(collection),
            };
            let mut lines = render::indent(&lines, column);
            if blank && !self.keeps_blank_lines(previous, last) {
                lines.insert(0, String::new());
            }
            self.lines.add_behind(last, document.depth(collection), lines);
            return Ok(());
        }
        let first = document.child(collection, 0).ok_or(Refused::NotThere)?;
        let start = match document.entry_of(first) {
            Some(entry) => document.outer_start(entry.key),
            None => start,
        };
        if self.starts_line(start) {
            let mut lines = render::indent(&lines, column);
            if self.usually_apart(collection) {
                lines.push(String::new());
            }
            self.lines.add(self.first_line(first, start), Rank::Ahead, lines);
        } else {
            // Behind a dash, which the new child takes over.
            let ending = source.ending_for_new_line(source.line_of(start));
            lines.push(String::new());
            let mut text = render::indent(&lines, column).join(ending);
            text.drain(..column);
            text.push_str(&" ".repeat(column));
            self.insert_at(start, text);
        }
        Ok(())
    }

    /// The last line of an entry or item, the comments below that close it included.
    fn last_line(&self, place: NodeId) -> usize {
        let source = self.document.source();
        let last = source.line_of(self.document.span(place).end);
        let end = source.line(last).end;
        let from = self.comments.partition_point(|placed| placed.comment.span.start < end);
        let closing = self.comments[from..].iter().take_while(|placed| {
            let is_within = |node| self.document.is_within(node, place);
            placed.side == Side::Below && placed.beside.is_some_and(is_within)
        });
        closing.last().map_or(last, |placed| source.line_of(placed.comment.span.start))
    }

    /// The line of an entry or item that starts at `start`, or of the first comment above that
    /// belongs to it.
    pub(super) fn first_line(&self, place: NodeId, start: usize) -> usize {
        let source = self.document.source();
        let before = self.comments.partition_point(|placed| placed.comment.span.start < start);
        let above = self.comments[..before]
            .iter()
            .rev()
            .take_while(|placed| placed.side == Side::Above && placed.beside == Some(place));
        above.last().map_or_else(
            || source.line_of(start),
            |placed| source.line_of(placed.comment.span.start),
        )
    }

    fn blank_line_behind(&self, line: usize) -> bool {
        let source = self.document.source();
        line + 2 < source.line_count() && source.is_blank(line + 1)
    }

    /// Whether most children of a collection have a blank line behind them.
    fn usually_apart(&self, collection: NodeId) -> bool {
        let document = self.document;
        let pairs = (1..=HABIT).map_while(|index| {
            document.child(collection, index)?;
            let previous = document.child(collection, index - 1)?;
            Some(self.blank_line_behind(self.last_line(previous)))
        });
        let apart: Vec<_> = pairs.collect();
        apart.iter().filter(|&&blank| blank).count() * 2 > apart.len()
    }

    /// Whether a blank line behind `line`, where the node ends, would become part of a block scalar.
    fn keeps_blank_lines(&self, node: NodeId, line: usize) -> bool {
        let document = self.document;
        let end = document.span(node).end;
        let indicators =
            document.node_at(end).and_then(|last| document.block_scalar_indicators(last));
        document.source().line_of(end) == line
            && indicators.is_some_and(|indicators| indicators.contains('+'))
    }

    /// Writes a collection on the lines below a key (or behind a dash) in place of a value, or of
    /// nothing.
    pub(super) fn replace_by_block(&mut self, node: NodeId, value: &Value) -> Done {
        let document = self.document;
        let source = document.source();
        let span = document.span(node);
        self.no_comment_behind(node)?;
        let mut layout = self.layout;
        if let Some(parent) = document.parent(node) {
            layout.indent = layout.indent_in(document, parent);
        }
        let lines = render::block_children(value, &layout);
        let last = source.line_of(span.end);
        let is_bare = document.outer_start(node) == span.start;
        let has_comment =
            document.trailing_comment(last).is_some() || self.commented.contains(&node);
        let below = self.last_line(node);
        let (start, column) = match document.entry_of(node) {
            Some(entry) => {
                let column = document.column(entry.key);
                let inside = Span::new(document.span(entry.key).end, source.line(below).end);
                let comment = self.comments_in(inside).iter().find(|comment| comment.own_line);
                let comment = comment.map(|comment| source.column(comment.span.start));
                let usual = column + render::indent_below(value, &layout);
                (None, comment.filter(|&comment| comment > column).unwrap_or(usual))
            }
            None => {
                let sequence = document.parent(node).ok_or(Refused::NotThere)?;
                let behind_dash = is_bare && !has_comment && !self.starts_line(span.start);
                let column = if behind_dash && !span.is_empty() {
                    source.column(span.start)
                } else {
                    source.column(document.span(sequence).start) + 2
                };
                (behind_dash.then_some(span.start), column)
            }
        };
        let lines = render::indent(&lines, column);
        if let Some(start) = start {
            let gap = if span.is_empty() { " " } else { "" };
            let ending = source.ending_for_new_line(source.line_of(start));
            self.edit(span, format!("{gap}{}", lines.join(ending).trim_start()));
            return Ok(());
        }
        if is_bare && self.starts_line(span.start) && !has_comment {
            (source.line_of(span.start)..=last).for_each(|line| self.lines.remove(line));
        } else if !span.is_empty() {
            let start = self.value_start(node)?;
            self.edit(Span::new(start, span.end), "");
        }
        self.lines.add_behind(below, document.depth(node), lines);
        Ok(())
    }

    /// Takes out the lines of an entry. Comments on lines of their own stay.
    pub(super) fn remove_block_entry(&mut self, mapping: NodeId, index: usize) -> Done {
        let document = self.document;
        let source = document.source();
        let entries = document.entries(mapping);
        let head = document.outer_start(entries[0].key);
        let behind_dash = !self.starts_line(head);
        let next = entries.iter().find(|entry| !self.gone.contains(&entry.value));
        let next = next.map(|entry| document.outer_start(entry.key));
        if next.is_none() && !self.growing.contains(&mapping) {
            return Err(Refused::NothingLeft);
        }
        // The first key that stays can move up to the dash, unless a comment stands in its way.
        let moves_up = next.filter(|&next| {
            behind_dash
                && self.comments_in(Span::new(head, next)).iter().all(|comment| !comment.own_line)
        });
        let start = document.outer_start(entries[index].key);
        let end = document.span(entries[index].value).end;
        if let Some(next) = moves_up.filter(|&next| start < next) {
            if index == 0 {
                self.edit(Span::new(head, next), "");
            }
            return Ok(());
        }
        let mut first = source.line_of(start);
        if behind_dash && index == 0 {
            let line_end = source.line(first).end;
            let before = document.text()[..start].trim_end_matches(' ').len();
            self.edit(Span::new(before, line_end), "");
            first += 1;
        }
        for line in first..=source.line_of(end) {
            if !document.is_comment_line(line) {
                self.lines.remove(line);
            }
        }
        Ok(())
    }

    /// A block scalar below which lines go, so that the comments or blank lines behind them would
    /// become part of it.
    pub(super) fn swallowing_scalar(&self) -> Option<NodeId> {
        let mut nodes = self.document.nodes();
        nodes.find(|&node| {
            let indicators = self.document.block_scalar_indicators(node);
            indicators.is_some_and(|indicators| self.swallows(node, indicators.contains('+')))
        })
    }

    fn swallows(&self, scalar: NodeId, keeps_blank_lines: bool) -> bool {
        let document = self.document;
        let source = document.source();
        // Content stands deeper than the key.
        let column = document.entry_of(scalar).map_or(0, |entry| document.column(entry.key));
        let below = source.line_of(document.span(scalar).end) + 1;
        let mut removed = false;
        for line in below..source.line_count() {
            if self.lines.adds(line) {
                return false;
            }
            if self.lines.removes(line) {
                removed = true;
                continue;
            }
            let is_blank = source.is_blank(line);
            let is_left_over = removed && document.is_comment_line(line);
            if !is_blank && !is_left_over {
                return false;
            }
            let is_empty = source.slice(source.line(line)).is_empty();
            let is_indented = source.leading_blanks(line).len() > column;
            if removed && (is_indented || is_empty && keeps_blank_lines) {
                return true;
            }
        }
        removed && keeps_blank_lines && !document.text().ends_with('\n')
    }
}
