//! Edits inside brackets and braces.
//!
//! What comes to a collection and what goes is gathered first: where a comma belongs depends on all
//! of it.

use std::collections::BTreeSet;

use super::lines::Rank;
use super::{Done, Editor};
use crate::yaml::beside::Side;
use crate::yaml::document::NodeId;
use crate::yaml::source::Span;

/// What becomes of the children of one flow collection.
#[derive(Debug, Default)]
pub(super) struct FlowChanges {
    pub(super) removed: BTreeSet<usize>,
    /// New children, each with the index of the one that it comes in front of.
    added: Vec<(usize, String)>,
}

/// An entry or an item of a flow collection.
struct Child {
    place: NodeId,
    span: Span,
    /// The comma behind it.
    comma: Option<usize>,
}

impl Child {
    fn end_with_comma(&self) -> usize {
        self.comma.map_or(self.span.end, |comma| comma + 1)
    }
}

impl Editor<'_> {
    /// Adds an entry or an item to a flow collection, in front of the one at `index`.
    pub(super) fn insert_in_flow(&mut self, node: NodeId, index: usize, text: String) -> Done {
        self.flow.entry(node).or_default().added.push((index, text));
        Ok(())
    }

    pub(super) fn change_flow(&mut self, collection: NodeId, changes: &FlowChanges) -> Done {
        let children = self.flow_children(collection);
        let stays = |index: &usize| !changes.removed.contains(index);
        let staying: Vec<usize> = (0..children.len()).filter(stays).collect();
        let Some((&first, &last)) = staying.first().zip(staying.last()) else {
            return self.renew_flow(collection, &children, changes);
        };

        let by_lines = changes.removed.iter().all(|&index| self.has_own_lines(&children[index]));
        // Where the last child went with its line, the one before it takes over its lack of a comma.
        let loses_comma = by_lines && last + 1 < children.len();
        let ends_with_comma = children.last().is_some_and(|child| child.comma.is_some());
        self.remove_children(&children, &changes.removed, by_lines)?;

        let (ahead, behind): (Vec<_>, Vec<_>) =
            changes.added.iter().partition(|(index, _)| *index <= first);
        for (_, text) in ahead {
            self.add_ahead(&children[first], text);
        }
        for (position, &anchor) in staying.iter().enumerate() {
            let next = staying.get(position + 1);
            let texts: Vec<_> = behind
                .iter()
                .filter(|(index, _)| anchor < *index && next.is_none_or(|next| index <= next))
                .map(|(_, text)| text.as_str())
                .collect();
            let comma_stays = ends_with_comma || next.is_some();
            let child = &children[anchor];
            let on_lines = !texts.is_empty() && self.grows_by_lines(child);
            if on_lines {
                if child.comma.is_none() {
                    self.insert_at(child.span.end, ",");
                }
                self.add_lines_behind(child, &texts, comma_stays);
            } else {
                for text in texts {
                    self.insert_at(child.span.end, format!(", {text}"));
                }
                if let Some(comma) = child.comma.filter(|_| loses_comma && !comma_stays) {
                    self.edit(Span::new(comma, comma + 1), "");
                }
            }
        }
        Ok(())
    }

    /// Nothing stays: only the brackets do.
    fn renew_flow(&mut self, node: NodeId, children: &[Child], changes: &FlowChanges) -> Done {
        let added: Vec<_> = changes.added.iter().map(|(_, text)| text.as_str()).collect();
        if added.is_empty() && children.iter().all(|child| self.has_own_lines(child)) {
            return self.remove_children(children, &changes.removed, true);
        }
        let span = self.document.span(node);
        let inside = match (children.first(), children.last()) {
            (Some(first), Some(last)) => {
                self.no_comment_in(span)?;
                Span::new(first.span.start, last.end_with_comma())
            }
            _ => Span::empty(span.start + 1),
        };
        self.edit(inside, added.join(", "));
        Ok(())
    }

    fn flow_children(&self, collection: NodeId) -> Vec<Child> {
        let document = self.document;
        let child = |start: NodeId, place: NodeId| {
            let span = Span::new(document.outer_start(start), document.span(place).end);
            Child { place, span, comma: self.comma_behind(span.end) }
        };
        let items = document.items(collection).iter().map(|&item| child(item, item));
        let entries = document.entries(collection).iter();
        items.chain(entries.map(|entry| child(entry.key, entry.value))).collect()
    }

    /// Where the comma behind a child stands, if there is one before the bracket closes.
    fn comma_behind(&self, offset: usize) -> Option<usize> {
        let text = self.document.text();
        let source = self.document.source();
        let mut at = offset;
        loop {
            at += text[at..].len() - text[at..].trim_start().len();
            match text.as_bytes().get(at)? {
                b',' => return Some(at),
                b'#' => at = source.line(source.line_of(at)).end,
                _ => return None,
            }
        }
    }

    fn remove_children(
        &mut self,
        children: &[Child],
        removed: &BTreeSet<usize>,
        by_lines: bool,
    ) -> Done {
        let source = self.document.source();
        if by_lines {
            for &index in removed {
                let child = &children[index];
                let lines =
                    source.line_of(child.span.start)..=source.line_of(child.end_with_comma());
                for line in lines {
                    if !self.document.is_comment_line(line) {
                        self.lines.remove(line);
                    }
                }
            }
            return Ok(());
        }
        let mut indices = removed.iter().copied().peekable();
        while let Some(first) = indices.next() {
            let mut last = first;
            while indices.next_if_eq(&(last + 1)).is_some() {
                last += 1;
            }
            let span = match (first.checked_sub(1), children.get(last + 1)) {
                (Some(before), _) => Span::new(children[before].span.end, children[last].span.end),
                (None, Some(next)) => Span::new(children[first].span.start, next.span.start),
                (None, None) => Span::new(children[first].span.start, children[last].span.end),
            };
            self.no_comment_in(span)?;
            self.edit(span, "");
        }
        Ok(())
    }

    /// Whether a child, with its comma and its comment, has its lines for itself.
    fn has_own_lines(&self, child: &Child) -> bool {
        self.starts_line(child.span.start) && self.ends_line(child)
    }

    fn ends_line(&self, child: &Child) -> bool {
        let source = self.document.source();
        let end = child.end_with_comma();
        let line_end = source.line(source.line_of(end)).end;
        let is_comment_or_nothing = |rest: &str| rest.is_empty() || rest.starts_with('#');
        is_comment_or_nothing(self.document.text()[end..line_end].trim_start_matches([' ', '\t']))
    }

    /// Whether a new child comes on a line of its own behind this one: where this one has, or where
    /// its comment would else become that of the new one.
    fn grows_by_lines(&self, child: &Child) -> bool {
        let line =
            self.document.source().line(self.document.source().line_of(child.end_with_comma()));
        let from = self.comments.partition_point(|placed| placed.comment.span.start < line.start);
        let is_commented = self.comments.get(from).is_some_and(|placed| {
            placed.comment.span.start < line.end
                && placed.side == Side::Behind
                && placed.beside.is_some_and(|node| self.document.is_within(node, child.place))
        });
        self.ends_line(child) && (is_commented || self.starts_line(child.span.start))
    }

    fn add_lines_behind(&mut self, child: &Child, texts: &[&str], comma_stays: bool) {
        let source = self.document.source();
        let pad = source.leading_blanks(source.line_of(child.span.start));
        let last = texts.len() - 1;
        let line = |(index, text): (usize, &&str)| {
            let comma = if index < last || comma_stays { "," } else { "" };
            format!("{pad}{text}{comma}")
        };
        let lines = texts.iter().enumerate().map(line).collect();
        let depth = self.document.depth(child.place);
        self.lines.add_behind(source.line_of(child.end_with_comma()), depth, lines);
    }

    fn add_ahead(&mut self, first: &Child, text: &str) {
        if self.has_own_lines(first) {
            let source = self.document.source();
            let pad = source.leading_blanks(source.line_of(first.span.start));
            let line = self.first_line(first.place, first.span.start);
            self.lines.add(line, Rank::Ahead, vec![format!("{pad}{text},")]);
        } else {
            self.insert_at(first.span.start, format!("{text}, "));
        }
    }
}
