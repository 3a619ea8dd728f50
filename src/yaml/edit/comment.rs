//! The comment at the end of a line.

use super::lines::Rank;
use super::{Done, Edit, Editor, Refused};
use crate::yaml::beside::{comment_line, last_on_line};
use crate::yaml::document::{NodeId, Style};
use crate::yaml::operation::Displaced;
use crate::yaml::render;
use crate::yaml::source::Span;

impl Editor<'_> {
    pub(super) fn set_comment(&mut self, node: NodeId, text: &str, displaced: Displaced) -> Done {
        let document = self.document;
        let source = document.source();
        let comment = render::comment(text).ok_or(Refused::NoRoomForComment)?;
        let line = comment_line(document, node);
        let end = source.line(line).end;
        let existing = document.trailing_comment(line);
        let offset = existing.map_or(end, |comment| comment.span.start);
        let last = last_on_line(document, offset).ok_or(Refused::NoRoomForComment)?;
        if !document.is_within(node, last) {
            return Err(Refused::NoRoomForComment);
        }
        // Two nodes of one line share its comment.
        if let Some(earlier) = self.new_comments.insert(line, comment.clone()) {
            return if earlier == comment { Ok(()) } else { Err(Refused::NoRoomForComment) };
        }
        let Some(existing) = existing else {
            let is_header = document.style(node).is_some_and(Style::is_block);
            if !is_header && self.is_inside_scalar(end) {
                return Err(Refused::NoRoomForComment);
            }
            let trimmed = document.text()[..end].trim_end_matches([' ', '\t']).len();
            let gap = " ".repeat(self.layout.comment_gap);
            let span = Span::new(trimmed, end);
            self.comment_edits.push(Edit { span, text: format!("{gap}{comment}") });
            return Ok(());
        };
        let old = source.slice(existing.span);
        if old.trim_end() == comment {
            return Ok(());
        }
        self.comment_edits.push(Edit { span: existing.span, text: comment });
        if displaced == Displaced::Above {
            self.move_above(node, old.trim_end())?;
        }
        Ok(())
    }

    /// Puts a comment on a line of its own above the line where a node's key or item starts.
    fn move_above(&mut self, node: NodeId, comment: &str) -> Done {
        let document = self.document;
        let source = document.source();
        let line = source.line_of(document.place_start(node));
        if self.is_inside_scalar(source.line(line).start) {
            return Err(Refused::NoRoomForComment);
        }
        let pad = source.leading_blanks(line);
        self.lines.add(line, Rank::Comment, vec![format!("{pad}{comment}")]);
        Ok(())
    }
}
