//! Edits in block style: whole lines that come and go.

use super::{Done, Editor, Refused};
use crate::yaml::document::{NodeId, Style};
use crate::yaml::render;
use crate::yaml::source::Span;
use crate::yaml::value::{Value, ValueEntry};

impl Editor<'_> {
    /// Adds an entry to a block mapping, in front of the one at `index`.
    pub(super) fn insert_block_entry(&mut self, mapping: NodeId, index: usize, entry: &ValueEntry) {
        let document = self.document;
        let mut layout = self.layout;
        layout.indent = layout.indent_in(document, mapping);
        let lines = render::block_entry(entry, &layout);
        let ends: Vec<_> = document.entries(mapping).iter().map(|entry| entry.value).collect();
        let starts: Vec<_> =
            document.entries(mapping).iter().map(|entry| document.outer_start(entry.key)).collect();
        self.insert_child(document.span(mapping).start, &starts, &ends, index, &lines);
    }

    /// Adds an item to a block sequence, in front of the one at `index`.
    pub(super) fn insert_block_item(&mut self, sequence: NodeId, index: usize, value: &Value) {
        let document = self.document;
        let lines = render::block_item(value, &self.layout);
        let items = document.items(sequence);
        let start = document.span(sequence).start;
        let starts: Vec<_> = items.iter().map(|_| start).collect();
        self.insert_child(start, &starts, items, index, &lines);
    }

    /// Puts lines between two children of a block collection that starts at `start`.
    fn insert_child(
        &mut self,
        start: usize,
        starts: &[usize],
        ends: &[NodeId],
        index: usize,
        lines: &[String],
    ) {
        let document = self.document;
        let source = document.source();
        let column = source.column(start);
        let Some(previous) = index.checked_sub(1).map(|previous| ends[previous]) else {
            let ending = source.ending_for_new_line(source.line_of(starts[0]));
            let text = render::join(lines, column, ending);
            self.insert_at(starts[0], format!("{text}{ending}{}", " ".repeat(column)));
            return;
        };
        let end = self.end_with_comments(document.span(previous).end, column);
        let blank_before = if index < ends.len() {
            self.blank_line_behind(end)
        } else {
            let gaps = ends[..ends.len() - 1].iter();
            let ends_of_gaps =
                gaps.map(|&child| self.end_with_comments(document.span(child).end, column));
            let gaps: Vec<_> = ends_of_gaps.map(|end| self.blank_line_behind(end)).collect();
            gaps.iter().filter(|&&blank| blank).count() * 2 > gaps.len()
        };
        self.insert_lines(end, column, lines, blank_before && !self.keeps_blank_lines(previous));
    }

    /// Puts lines behind the line that ends at `end`.
    fn insert_lines(&mut self, end: usize, column: usize, lines: &[String], blank_before: bool) {
        let source = self.document.source();
        let ending = source.ending_for_new_line(source.line_of(end));
        let blank = if blank_before { ending } else { "" };
        let pad = " ".repeat(column);
        let text = render::join(lines, column, ending);
        self.insert_at(end, format!("{ending}{blank}{pad}{text}"));
    }

    fn blank_line_behind(&self, end: usize) -> bool {
        let source = self.document.source();
        let next = source.line_of(end) + 1;
        next + 1 < source.line_count() && source.is_blank(next)
    }

    /// Whether a blank line behind the node would become part of a block scalar that it ends with.
    fn keeps_blank_lines(&self, node: NodeId) -> bool {
        let document = self.document;
        let end = document.span(node).end;
        document.node_at(end).is_some_and(|last| {
            let header = document.source().slice(document.span(last)).lines().next();
            document.style(last).is_some_and(Style::is_block)
                && header.is_some_and(|header| {
                    header.split([' ', '#']).next().is_some_and(|header| header.contains('+'))
                })
        })
    }

    /// The end of the line that holds `offset`, or of the last comment below that belongs to it and
    /// is indented to `column` at least.
    fn end_with_comments(&self, offset: usize, column: usize) -> usize {
        let document = self.document;
        let source = document.source();
        let mut end = source.line(source.line_of(offset)).end;
        let next = document.nodes.partition_point(|node| node.span.start <= end);
        let next = document.nodes.get(next).map_or(usize::MAX, |node| node.span.start);
        let from = self.comments.partition_point(|placed| placed.comment.span.start < end);
        for placed in &self.comments[from..] {
            let start = placed.comment.span.start;
            if !placed.below || start > next || source.column(start) < column {
                break;
            }
            end = source.line(source.line_of(start)).end;
        }
        end
    }

    /// Writes a collection on the lines below a key (or dash) in place of a value, or of nothing.
    pub(super) fn replace_by_block(&mut self, node: NodeId, value: &Value) -> Done {
        let document = self.document;
        let source = document.source();
        let span = document.span(node);
        let Some(entry) = document.entry_of(node) else {
            return self.fill_item(node, value);
        };
        let key_column = document.column(entry.key);
        if !span.is_empty() {
            let start = self.value_start(node)?;
            self.edit(Span::new(start, span.end), "");
        }
        let end = self.end_with_comments(span.end, key_column + 1);
        let line_end = source.line(source.line_of(span.end)).end;
        let mut layout = self.layout;
        if let Some(parent) = document.parent(node) {
            layout.indent = layout.indent_in(document, parent);
        }
        let below = document
            .comments()
            .iter()
            .find(|comment| line_end < comment.span.start && comment.span.end <= end);
        let column = match below {
            Some(comment) => source.column(comment.span.start),
            None => key_column + render::indent_below(value, &layout),
        };
        let lines = render::block_children(value, &layout);
        self.insert_lines(end, column, &lines, false);
        Ok(())
    }

    /// A collection in an item that has nothing but its dash.
    fn fill_item(&mut self, node: NodeId, value: &Value) -> Done {
        let document = self.document;
        let source = document.source();
        let sequence = document.parent(node).ok_or(Refused::NotThere)?;
        let span = document.span(node);
        let column = source.column(document.span(sequence).start) + 2;
        let ending = source.ending_for_new_line(source.line_of(span.start));
        let text = render::join(&render::block_children(value, &self.layout), column, ending);
        let start = if span.is_empty() { span.start } else { self.value_start(node)? };
        self.edit(Span::new(start, span.end), format!(" {text}"));
        Ok(())
    }

    /// Takes out the lines of an entry. Comments on lines of their own stay.
    pub(super) fn remove_block_entry(&mut self, node: NodeId) -> Done {
        let document = self.document;
        let source = document.source();
        let entry = document.entry_of(node).ok_or(Refused::NotThere)?;
        let start = document.outer_start(entry.key);
        let first = source.line_of(start);
        let last = source.line_of(document.span(node).end);
        let own_line = source.line(first).start + source.leading_blanks(first).len() == start;
        if !own_line {
            return self.remove_first_of_item(node, start);
        }
        for line in first..=last {
            let content = source.line(line);
            let is_comment = document.comments().iter().any(|comment| {
                comment.own_line
                    && content.start <= comment.span.start
                    && comment.span.end <= content.end
            });
            if !is_comment {
                self.remove_line(line);
            }
        }
        Ok(())
    }

    /// Takes out a line with the line ending in front of it, so that what is inserted behind the
    /// line does not meet it; at the top, or where endings are mixed, with its own.
    fn remove_line(&mut self, line: usize) {
        let source = self.document.source();
        let content = source.line(line);
        let before =
            line.checked_sub(1).filter(|&before| source.ending(before) == source.ending(line));
        let is_last = source.ending(line).is_empty();
        match (before, line.checked_sub(1).filter(|_| is_last)) {
            (Some(before), _) | (None, Some(before)) => {
                self.edit(Span::new(source.line(before).end, content.end), "");
            }
            (None, None) => {
                self.edit(Span::new(content.start, source.next_line_start(line)), "");
            }
        }
    }

    /// The first key of an item stands on the dash's line: the next key takes its place.
    fn remove_first_of_item(&mut self, node: NodeId, start: usize) -> Done {
        let document = self.document;
        let source = document.source();
        let mapping = document.parent(node).ok_or(Refused::NotThere)?;
        let entries = document.entries(mapping);
        let at = entries.iter().position(|entry| entry.value == node).ok_or(Refused::NotThere)?;
        let next = entries.get(at + 1).ok_or(Refused::NotThere)?;
        let next_start = document.outer_start(next.key);
        let own_line = |comment: &&crate::yaml::document::Comment| {
            comment.own_line && start < comment.span.start && comment.span.end < next_start
        };
        if document.comments().iter().any(|comment| own_line(&comment)) {
            // The comments stay on their lines, behind a dash that stands alone.
            let end = source.line(source.line_of(document.span(node).end)).end;
            let trimmed = document.text()[..start].trim_end_matches(' ').len();
            let inside = Span::new(start, document.span(node).end);
            self.no_comment_in(inside)?;
            self.edit(Span::new(trimmed, end), "");
        } else {
            self.edit(Span::new(start, next_start), "");
        }
        Ok(())
    }
}
