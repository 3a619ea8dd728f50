//! A value in place of another, or of nothing.

use super::lines::Rank;
use super::{Done, Editor, Refused};
use crate::yaml::document::{Flow, NodeId, Style};
use crate::yaml::render;
use crate::yaml::scalar::write_string;
use crate::yaml::source::Span;
use crate::yaml::value::Value;

impl Editor<'_> {
    pub(super) fn set_scalar(&mut self, node: NodeId, text: &str) -> Done {
        let document = self.document;
        let style = document.style(node).ok_or(Refused::NotThere)?;
        let span = document.span(node);
        if style.is_block() {
            if let Some(content) = self.block_scalar_content(node, text) {
                self.edit(content, text.trim_end_matches('\n'));
                return Ok(());
            }
            self.no_comment_in(span)?;
        }
        let style = if style.is_block() { Style::Plain } else { style };
        self.put(node, &write_string(text, style, document.parent_in_flow(node)));
        Ok(())
    }

    /// The one content line of a block scalar that can hold `text` instead.
    fn block_scalar_content(&self, node: NodeId, text: &str) -> Option<Span> {
        let source = self.document.source();
        let span = self.document.span(node);
        let (first, last) = (source.line_of(span.start), source.line_of(span.end));
        let body = text.strip_suffix('\n').unwrap_or(text);
        let chomping_fits = match self.document.block_scalar_indicators(node)? {
            "-" => body.len() == text.len(),
            "" => body.len() < text.len(),
            _ => false,
        };
        let one_line = last == first + 1 && !body.contains(char::is_control);
        let fits = one_line && chomping_fits && !body.is_empty() && body.trim() == body;
        let content = source.line(last);
        let blanks = source.leading_blanks(last).len();
        fits.then(|| Span::new(content.start + blanks, content.end))
    }

    /// Writes a value in flow style, or a scalar, where a node is.
    fn put_value(&mut self, node: NodeId, value: &Value) -> Done {
        let document = self.document;
        let in_pair =
            document.parent(node).is_some_and(|pair| document.flow(pair) == Some(Flow::Pair));
        if in_pair && matches!(value, Value::Mapping(_) | Value::Sequence(_)) {
            return Err(Refused::InPair);
        }
        self.put(node, &render::flow(value, document.parent_in_flow(node)));
        Ok(())
    }

    /// Writes a text on one line where a node is.
    fn put(&mut self, node: NodeId, text: &str) {
        let document = self.document;
        let span = document.span(node);
        if !span.is_empty() {
            self.edit(span, text);
            return;
        }
        let before = document.text()[..document.outer_start(node)].trim_end();
        match document.entry_of(node) {
            // `{key}`, a key without even a colon.
            Some(entry) if document.parent_in_flow(node) && !before.ends_with(':') => {
                self.insert_at(document.span(entry.key).end, format!(": {text}"));
            }
            _ => self.insert_at(span.start, format!(" {text}")),
        }
    }

    pub(super) fn replace(&mut self, node: NodeId, value: &Value) -> Done {
        let document = self.document;
        let span = document.span(node);
        self.no_comment_in(span)?;
        let is_block = document.flow(node) == Some(Flow::Block);
        let stays_flow =
            document.parent_in_flow(node) || document.flow(node).is_some() && !is_block;
        if render::is_block_collection(value) && !stays_flow {
            return self.replace_by_block(node, value);
        }
        if !is_block {
            return self.put_value(node, value);
        }
        self.no_comment_behind(node)?;
        if self.commented.contains(&node) {
            return Err(Refused::Overlap);
        }
        let start = self.value_start(node)?;
        self.edit(Span::new(start, span.end), format!(" {}", render::flow(value, false)));
        Ok(())
    }

    /// A comment behind the last line of a block collection belongs to what stands there.
    pub(super) fn no_comment_behind(&self, node: NodeId) -> Done {
        let source = self.document.source();
        let line = source.line_of(self.document.span(node).end);
        let is_block = self.document.flow(node) == Some(Flow::Block);
        if is_block && self.document.trailing_comment(line).is_some() {
            return Err(Refused::CommentLost);
        }
        Ok(())
    }

    /// Where the text behind a value's `:` or dash, and its anchor and tag, starts.
    pub(super) fn value_start(&self, node: NodeId) -> Result<usize, Refused> {
        let document = self.document;
        let start = document.span(node).start;
        let before = document.text()[..start].trim_end().len();
        // Only blanks may go: a comment between the colon and the value may not.
        let comments = document.comments();
        let behind = comments.partition_point(|comment| comment.span.start < before);
        match behind.checked_sub(1).map(|index| comments[index].span.end) {
            Some(end) if before <= end => Err(Refused::CommentLost),
            _ => Ok(before),
        }
    }

    /// Puts the first entries into a document without content, below its comments.
    pub(super) fn begin(&mut self) {
        let entries = std::mem::take(&mut self.first_entries);
        if entries.is_empty() {
            return;
        }
        let lines = render::block_children(&Value::Mapping(entries), &self.layout);
        match self.document.comments().last() {
            Some(comment) => {
                let last = self.document.source().line_of(comment.span.start);
                self.lines.add_behind(last, 0, lines);
            }
            None => self.lines.add(0, Rank::Ahead, lines),
        }
    }

    /// Puts a collection where nothing is.
    pub(super) fn fill(&mut self, node: NodeId, value: &Value) -> Done {
        let document = self.document;
        if document.parent(node).is_none() {
            return Err(Refused::NotThere);
        }
        if document.parent_in_flow(node) {
            return self.put_value(node, value);
        }
        self.replace_by_block(node, value)
    }
}
