//! Operations -> byte-range edits, in the style of their surroundings.

mod block;
mod flow;

use std::fmt;

use super::beside::{Placed, placed_comments};
use super::document::{Comment, Document, Flow, NodeId, Style};
use super::layout::Layout;
use super::operation::{Change, Displaced, Operation, Place};
use super::path::Path;
use super::plan::Plan;
use super::scalar::write_string;
use super::source::Span;
use super::value::{Value, ValueEntry};

/// Bytes of the text that give way to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that go.
    pub span: Span,
    /// What comes in their place.
    pub text: String,
}

/// An operation that cannot be done in this document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditError {
    /// The place.
    pub at: Path,
    /// Why.
    pub reason: Refused,
}

/// Why an operation was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is no such node, or it is of another kind.
    NotThere,
    /// An alias shares the place with others.
    Shared,
    /// There is no room for a comment on that line.
    NoRoomForComment,
    /// A comment would be lost.
    CommentLost,
    /// It would touch the same text as another operation.
    Overlap,
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = &self.at;
        match self.reason {
            Refused::NotThere => write!(f, "{at} is not there, or not of the kind expected"),
            Refused::Shared => {
                write!(
                    f,
                    "{at} is shared through a YAML alias, so the change would reach further than wanted: change it by hand"
                )
            }
            Refused::NoRoomForComment => {
                write!(f, "there is no room for a comment behind {at}: give it a line of its own")
            }
            Refused::CommentLost => {
                write!(f, "a comment inside {at} would be lost: change it by hand")
            }
            Refused::Overlap => write!(f, "two changes meet at {at}: apply one, then run again"),
        }
    }
}

impl std::error::Error for EditError {}

/// The edits of a plan, in order and apart from each other.
///
/// # Errors
///
/// Where one of its operations cannot be done; then none is.
pub fn edits(document: &Document, plan: &Plan) -> Result<Vec<Edit>, EditError> {
    let mut editor = Editor {
        document,
        comments: placed_comments(document),
        layout: Layout::of(document),
        edits: Vec::new(),
    };
    for operation in plan.operations() {
        editor
            .perform(operation)
            .map_err(|reason| EditError { at: operation.at.clone(), reason })?;
    }
    editor.remove_flow_entries(plan);
    let mut edits = editor.edits;
    // What is added to a line goes before the lines that are added behind it.
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end, edit.text.starts_with(['\r', '\n'])));
    if let Some(pair) = edits.windows(2).find(|pair| pair[1].span.start < pair[0].span.end) {
        let at =
            document.node_at(pair[1].span.start).map_or(Path::root(), |node| document.path(node));
        return Err(EditError { at, reason: Refused::Overlap });
    }
    Ok(edits)
}

/// The text with the edits made.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let grown: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let mut out = String::with_capacity(text.len() + grown);
    let mut from = 0;
    for edit in edits {
        out.push_str(&text[from..edit.span.start]);
        out.push_str(&edit.text);
        from = edit.span.end;
    }
    out.push_str(&text[from..]);
    out
}

type Done = Result<(), Refused>;

struct Editor<'d> {
    document: &'d Document,
    comments: Vec<Placed>,
    layout: Layout,
    edits: Vec<Edit>,
}

impl Editor<'_> {
    fn perform(&mut self, operation: &Operation) -> Done {
        let document = self.document;
        let node = document.find(&operation.at).ok_or(Refused::NotThere)?;
        if document.is_alias(node)
            || !operation.everywhere && document.shared_through(node).is_some()
        {
            return Err(Refused::Shared);
        }
        match &operation.change {
            Change::SetScalar(text) => self.set_scalar(node, text),
            Change::SetComment { text, displaced } => self.set_comment(node, text, *displaced),
            Change::Replace(value) => self.replace(node, value),
            Change::Remove => self.remove(node),
            Change::Insert { key, value, place, comment } => {
                let entry =
                    ValueEntry { key: key.clone(), value: value.clone(), comment: comment.clone() };
                self.insert_entry(node, entry, place)
            }
            Change::InsertItem { index, value } => self.insert_item(node, *index, value),
        }
    }

    fn edit(&mut self, span: Span, text: impl Into<String>) {
        self.edits.push(Edit { span, text: text.into() });
    }

    fn insert_at(&mut self, offset: usize, text: impl Into<String>) {
        self.edit(Span::empty(offset), text);
    }

    fn set_scalar(&mut self, node: NodeId, text: &str) -> Done {
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
        let written = write_string(text, style, document.parent_in_flow(node));
        let gap = if span.is_empty() { " " } else { "" };
        self.edit(span, format!("{gap}{written}"));
        Ok(())
    }

    /// The one content line of a block scalar that can hold `text` instead.
    fn block_scalar_content(&self, node: NodeId, text: &str) -> Option<Span> {
        let source = self.document.source();
        let span = self.document.span(node);
        let (first, last) = (source.line_of(span.start), source.line_of(span.end));
        let header = source.slice(Span::new(span.start, source.line(first).end));
        let indicators = header.split([' ', '\t', '#']).next()?;
        let body = text.strip_suffix('\n').unwrap_or(text);
        let chomping_fits = match &indicators[1..] {
            "-" => body.len() == text.len(),
            "" => body.len() < text.len(),
            _ => false,
        };
        let one_line = last == first + 1 && !body.contains('\n');
        let fits = one_line && chomping_fits && !body.is_empty() && body.trim() == body;
        let content = source.line(last);
        let blanks = source.leading_blanks(last).len();
        fits.then(|| Span::new(content.start + blanks, content.end))
    }

    fn no_comment_in(&self, span: Span) -> Done {
        let inside =
            |comment: &Comment| span.start <= comment.span.start && comment.span.end <= span.end;
        if self.document.comments().iter().any(inside) { Err(Refused::CommentLost) } else { Ok(()) }
    }

    /// Sets the comment behind a node: at the end of the line where it ends or, for a block scalar,
    /// where its header stands.
    fn set_comment(&mut self, node: NodeId, text: &str, displaced: Displaced) -> Done {
        let document = self.document;
        let source = document.source();
        let span = document.span(node);
        let is_block_scalar = document.style(node).is_some_and(Style::is_block);
        let line = source.line_of(if is_block_scalar { span.start } else { span.end });
        let comment = format!("# {text}");
        let Some(existing) = document.trailing_comment(line) else {
            let end = source.line(line).end;
            if !is_block_scalar && self.is_inside_scalar(end) {
                return Err(Refused::NoRoomForComment);
            }
            let trimmed = document.text()[..end].trim_end_matches([' ', '\t']).len();
            let gap = " ".repeat(self.layout.comment_gap);
            self.edit(Span::new(trimmed, end), format!("{gap}{comment}"));
            return Ok(());
        };
        if source.slice(existing.span) == comment {
            return Ok(());
        }
        self.edit(existing.span, comment);
        if displaced == Displaced::Above {
            let key_line = match document.entry_of(node) {
                Some(entry) => source.line_of(document.span(entry.key).start),
                None => source.line_of(document.outer_start(node)),
            };
            let pad = source.leading_blanks(key_line);
            let start = source.line(key_line).start + pad.len();
            if self.is_inside_scalar(start) {
                return Err(Refused::NoRoomForComment);
            }
            let ending = source.ending_for_new_line(key_line);
            let moved = source.slice(existing.span).trim_end();
            self.insert_at(start, format!("{moved}{ending}{pad}"));
        }
        Ok(())
    }

    /// Whether text at an offset would become part of a scalar.
    fn is_inside_scalar(&self, offset: usize) -> bool {
        let document = self.document;
        document.node_at(offset).is_some_and(|node| {
            document.style(node).is_some()
                && !document.is_alias(node)
                && document.span(node).splits_at(offset)
        })
    }

    fn replace(&mut self, node: NodeId, value: &Value) -> Done {
        let document = self.document;
        let span = document.span(node);
        self.no_comment_in(span)?;
        let is_flow = document.flow(node).is_some_and(|flow| flow != Flow::Block);
        if document.parent_in_flow(node) || is_flow || !super::render::is_block_collection(value) {
            let start = self.value_start(node)?;
            let in_flow = document.parent_in_flow(node);
            self.edit(
                Span::new(start, span.end),
                format!(" {}", super::render::flow(value, in_flow)),
            );
            return Ok(());
        }
        self.replace_by_block(node, value)
    }

    /// Where the text behind a value's `:` and its anchor and tag starts.
    fn value_start(&self, node: NodeId) -> Result<usize, Refused> {
        let document = self.document;
        let start = document.span(node).start;
        let before = document.text()[..start].trim_end_matches([' ', '\t', '\n', '\r']).len();
        // Only blanks may go: a comment between the colon and the value may not.
        let gap = Span::new(before, start);
        let commented = document
            .comments()
            .iter()
            .any(|comment| gap.start <= comment.span.end && comment.span.end <= gap.end);
        if commented { Err(Refused::CommentLost) } else { Ok(before) }
    }

    fn remove(&mut self, node: NodeId) -> Done {
        let document = self.document;
        document.entry_of(node).ok_or(Refused::NotThere)?;
        if document.parent_in_flow(node) {
            return Ok(()); // all of a collection at once: `remove_flow_entries`
        }
        self.remove_block_entry(node)
    }

    fn insert_entry(&mut self, node: NodeId, entry: ValueEntry, place: &Place) -> Done {
        let document = self.document;
        if document.is_null(node) {
            return self.fill(node, &Value::Mapping(vec![entry]));
        }
        let entries = document.entries(node);
        let index_of =
            |key: &str| entries.iter().position(|entry| document.scalar(entry.key) == Some(key));
        let index = match place {
            Place::First => 0,
            Place::Last => entries.len(),
            Place::Before(key) => index_of(key).unwrap_or(entries.len()),
            Place::After(key) => index_of(key).map_or(entries.len(), |index| index + 1),
        };
        match document.flow(node) {
            Some(Flow::Block) if document.is_mapping(node) => {
                self.insert_block_entry(node, index, &entry);
                Ok(())
            }
            Some(Flow::Flow) if document.is_mapping(node) => {
                self.insert_in_flow(node, index, &super::render::flow_entry(&entry));
                Ok(())
            }
            _ => Err(Refused::NotThere),
        }
    }

    fn insert_item(&mut self, node: NodeId, index: usize, value: &Value) -> Done {
        let document = self.document;
        if document.is_null(node) {
            return self.fill(node, &Value::Sequence(vec![value.clone()]));
        }
        let index = index.min(document.items(node).len());
        match document.flow(node) {
            Some(Flow::Block) if document.is_sequence(node) => {
                self.insert_block_item(node, index, value);
                Ok(())
            }
            Some(Flow::Flow) if document.is_sequence(node) => {
                self.insert_in_flow(node, index, &super::render::flow(value, true));
                Ok(())
            }
            _ => Err(Refused::NotThere),
        }
    }

    /// Puts a collection where nothing is.
    fn fill(&mut self, node: NodeId, value: &Value) -> Done {
        let document = self.document;
        if document.parent(node).is_none() {
            return Err(Refused::NotThere);
        }
        if document.parent_in_flow(node) {
            let span = document.span(node);
            let gap = if span.is_empty() { " " } else { "" };
            self.edit(span, format!("{gap}{}", super::render::flow(value, true)));
            return Ok(());
        }
        self.replace_by_block(node, value)
    }
}
