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
            self.lines.add_behind(last, column, lines);
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
        let Some(entry) = document.entry_of(node) else {
            return self.replace_item(node, value);
        };
        let key = document.span(entry.key);
        let key_column = document.column(entry.key);
        if !span.is_empty() {
            let below = self.starts_line(span.start) && document.outer_start(node) == span.start;
            let start = if below {
                source.line(source.line_of(span.start) - 1).end
            } else {
                self.value_start(node)?
            };
            self.edit(Span::new(start, span.end), "");
        }
        let mut layout = self.layout;
        if let Some(parent) = document.parent(node) {
            layout.indent = layout.indent_in(document, parent);
        }
        let last = self.last_line(node);
        let inside = Span::new(key.end, source.line(last).end);
        let own_line = self.comments_in(inside).iter().find(|comment| comment.own_line);
        let column = match own_line.map(|comment| source.column(comment.span.start)) {
            Some(column) if column > key_column => column,
            _ => key_column + render::indent_below(value, &layout),
        };
        let lines = render::indent(&render::block_children(value, &layout), column);
        self.lines.add_behind(last, column, lines);
        Ok(())
    }

    /// A collection as an item: behind the dash or, where a comment or an anchor stands there, on
    /// the lines below it.
    fn replace_item(&mut self, node: NodeId, value: &Value) -> Done {
        let document = self.document;
        let source = document.source();
        let sequence = document.parent(node).ok_or(Refused::NotThere)?;
        let span = document.span(node);
        let column = source.column(document.span(sequence).start) + 2;
        let lines = render::indent(&render::block_children(value, &self.layout), column);
        let start = if span.is_empty() { span.start } else { self.value_start(node)? };
        let line = source.line_of(span.end);
        let is_bare = document.outer_start(node) == span.start;
        if is_bare && document.trailing_comment(line).is_none() {
            let ending = source.ending_for_new_line(line);
            let text = lines.join(ending);
            self.edit(Span::new(start, span.end), format!(" {}", text.trim_start()));
        } else {
            self.edit(Span::new(start, span.end), "");
            self.lines.add_behind(self.last_line(node), column, lines);
        }
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
}
