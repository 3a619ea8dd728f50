//! Operations -> byte-range edits, in the style of their surroundings.

mod block;
mod comment;
mod flow;
mod lines;
mod value;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use self::flow::FlowChanges;
use self::lines::LineChanges;
use super::beside::{Placed, placed_comments};
use super::document::{Comment, Document, Flow, NodeId};
use super::layout::Layout;
use super::operation::{Change, Operation, Place};
use super::path::Path;
use super::plan::Plan;
use super::render;
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
    /// The mapping has the key already, in this or another case.
    KeyExists,
    /// An alias shares the place with others.
    Shared,
    /// There is no room for a comment on that line.
    NoRoomForComment,
    /// A comment would be lost.
    CommentLost,
    /// It is a pair in brackets, `[key: value]`, that can have no second entry, or its value, that
    /// can be no collection.
    InPair,
    /// It is the last entry of a mapping that has to stay.
    NothingLeft,
    /// What stands below a block scalar would become part of it.
    Swallowed,
    /// It would touch the same text as another operation.
    Overlap,
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = &self.at;
        match self.reason {
            Refused::NotThere => write!(f, "{at} is not there, or not of the kind expected"),
            Refused::KeyExists => write!(f, "{at} has such a key already"),
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
            Refused::InPair => {
                write!(f, "{at} is part of a pair without braces: put them around it first")
            }
            Refused::NothingLeft => write!(f, "nothing would be left beside {at}"),
            Refused::Swallowed => write!(
                f,
                "comments or blank lines would become part of the text at {at}: change it by hand"
            ),
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
    let mut editor = Editor::new(document, plan);
    for operation in plan.operations() {
        let refused = |reason| EditError { at: operation.at.clone(), reason };
        editor.perform(operation).map_err(refused)?;
    }
    let refused = |node| move |reason| EditError { at: document.path(node), reason };
    for (node, value) in std::mem::take(&mut editor.filled) {
        editor.fill(node, &value).map_err(refused(node))?;
    }
    for (collection, changes) in std::mem::take(&mut editor.flow) {
        editor.change_flow(collection, &changes).map_err(refused(collection))?;
    }
    editor.begin();
    if let Some(scalar) = editor.swallowing_scalar() {
        return Err(refused(scalar)(Refused::Swallowed));
    }
    // Where several meet at the end of a line: text, then its comment, then the lines behind it.
    let mut edits = editor.edits;
    edits.extend(editor.comment_edits);
    edits.extend(editor.lines.into_edits(document.source()));
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    match edits.windows(2).find(|pair| pair[1].span.start < pair[0].span.end) {
        Some(pair) => {
            let node = document.node_at(pair[1].span.start);
            let at = node.map_or(Path::root(), |node| document.path(node));
            Err(EditError { at, reason: Refused::Overlap })
        }
        None => Ok(edits),
    }
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
    /// The values of the entries that go.
    gone: HashSet<NodeId>,
    /// The collections that gain something.
    growing: HashSet<NodeId>,
    /// The nodes that gain a comment.
    commented: HashSet<NodeId>,
    /// The keys that mappings gain, in lower case.
    new_keys: HashSet<(NodeId, String)>,
    /// The comment that each of these lines gains.
    new_comments: HashMap<usize, String>,
    edits: Vec<Edit>,
    comment_edits: Vec<Edit>,
    lines: LineChanges,
    /// What becomes of flow collections.
    flow: BTreeMap<NodeId, FlowChanges>,
    /// What comes where nothing was.
    filled: BTreeMap<NodeId, Value>,
    /// The entries of a document that had no content.
    first_entries: Vec<ValueEntry>,
}

impl<'d> Editor<'d> {
    fn new(document: &'d Document, plan: &Plan) -> Self {
        let those = |is_wanted: fn(&Change) -> bool| {
            let operations = plan.operations().iter();
            let wanted = operations.filter(move |operation| is_wanted(&operation.change));
            wanted.filter_map(|operation| document.find(&operation.at)).collect()
        };
        Self {
            document,
            comments: placed_comments(document),
            layout: Layout::of(document),
            gone: those(|change| *change == Change::Remove),
            commented: those(|change| matches!(change, Change::SetComment { .. })),
            growing: those(|change| matches!(change, Change::Insert { .. })),
            new_keys: HashSet::new(),
            new_comments: HashMap::new(),
            edits: Vec::new(),
            comment_edits: Vec::new(),
            lines: LineChanges::default(),
            flow: BTreeMap::new(),
            filled: BTreeMap::new(),
            first_entries: Vec::new(),
        }
    }

    fn perform(&mut self, operation: &Operation) -> Done {
        let document = self.document;
        if let Change::Insert { key, value, comment, .. } = &operation.change
            && document.root().is_none()
            && operation.at == Path::root()
        {
            let entry =
                ValueEntry { key: key.clone(), value: value.clone(), comment: comment.clone() };
            self.first_entries.push(entry);
            return Ok(());
        }
        let node = document.find(&operation.at).ok_or(Refused::NotThere)?;
        if !operation.everywhere && document.shared_through(node).is_some() {
            return Err(Refused::Shared);
        }
        let reaches_further = match &operation.change {
            // An alias elsewhere would stand for nothing.
            Change::Remove | Change::Replace(_) => document.shares_a_part(node),
            Change::SetComment { .. } => false,
            Change::SetScalar(_)
            | Change::SetPart { .. }
            | Change::Insert { .. }
            | Change::InsertItem { .. } => document.is_alias(node),
        };
        if reaches_further {
            return Err(Refused::Shared);
        }
        match &operation.change {
            Change::SetScalar(text) => self.set_scalar(node, text),
            // It would be part of a scalar by now.
            Change::SetPart { .. } => Err(Refused::NotThere),
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

    fn remove(&mut self, node: NodeId) -> Done {
        let document = self.document;
        let (mapping, index) = self.index_in_mapping(node).ok_or(Refused::NotThere)?;
        match document.flow(mapping) {
            Some(Flow::Block) => self.remove_block_entry(mapping, index),
            Some(Flow::Flow) => {
                self.flow.entry(mapping).or_default().removed.insert(index);
                Ok(())
            }
            _ => Err(Refused::NothingLeft), // a pair has but one
        }
    }

    /// The mapping whose entry has this value, and the entry's index.
    fn index_in_mapping(&self, value: NodeId) -> Option<(NodeId, usize)> {
        let document = self.document;
        let mapping = document.parent(value)?;
        let index = document.entries(mapping).binary_search_by_key(&value, |entry| entry.value);
        Some((mapping, index.ok()?))
    }

    fn insert_entry(&mut self, node: NodeId, entry: ValueEntry, place: &Place) -> Done {
        let document = self.document;
        self.check_key(node, &entry.key)?;
        if document.is_null(node) {
            let filled = self.filled.entry(node).or_insert(Value::Mapping(Vec::new()));
            return match filled {
                Value::Mapping(entries) => {
                    entries.push(entry);
                    Ok(())
                }
                _ => Err(Refused::Overlap),
            };
        }
        let entries = document.entries(node);
        let index_of = |key: &str| {
            let sibling = document.entry(node, key)?;
            self.index_in_mapping(sibling.value).map(|(_, index)| index)
        };
        let index = match place {
            Place::First => 0,
            Place::Last => entries.len(),
            Place::Before(key) => index_of(key).unwrap_or(entries.len()),
            Place::After(key) => index_of(key).map_or(entries.len(), |index| index + 1),
        };
        match document.flow(node) {
            Some(Flow::Block) if document.is_mapping(node) => {
                self.insert_block_entry(node, index, &entry)
            }
            Some(Flow::Flow) if document.is_mapping(node) => {
                self.insert_in_flow(node, index, render::flow_entry(&entry))
            }
            Some(Flow::Pair) => Err(Refused::InPair),
            _ => Err(Refused::NotThere),
        }
    }

    /// Keys are compared as GitHub does, without regard to case.
    fn check_key(&mut self, mapping: NodeId, key: &str) -> Done {
        let document = self.document;
        let key = key.to_lowercase();
        let exists = document.entries(mapping).iter().any(|entry| {
            document.scalar(entry.key).is_some_and(|existing| existing.to_lowercase() == key)
                && !self.gone.contains(&entry.value)
        });
        let is_new = self.new_keys.insert((mapping, key));
        if exists || !is_new { Err(Refused::KeyExists) } else { Ok(()) }
    }

    fn insert_item(&mut self, node: NodeId, index: usize, value: &Value) -> Done {
        let document = self.document;
        if document.is_null(node) {
            let filled = self.filled.entry(node).or_insert(Value::Sequence(Vec::new()));
            return match filled {
                Value::Sequence(items) => {
                    items.push(value.clone());
                    Ok(())
                }
                _ => Err(Refused::Overlap),
            };
        }
        let index = index.min(document.items(node).len());
        match document.flow(node) {
            Some(Flow::Block) if document.is_sequence(node) => {
                self.insert_block_item(node, index, value)
            }
            Some(Flow::Flow) if document.is_sequence(node) => {
                self.insert_in_flow(node, index, render::flow(value, true))
            }
            _ => Err(Refused::NotThere),
        }
    }

    /// The comments that lie within a span.
    fn comments_in(&self, span: Span) -> &'d [Comment] {
        let comments = self.document.comments();
        let from = comments.partition_point(|comment| comment.span.start < span.start);
        let to = comments.partition_point(|comment| comment.span.start < span.end);
        &comments[from..to.max(from)]
    }

    fn no_comment_in(&self, span: Span) -> Done {
        if self.comments_in(span).is_empty() { Ok(()) } else { Err(Refused::CommentLost) }
    }

    /// Whether nothing but blanks stands before an offset on its line.
    fn starts_line(&self, offset: usize) -> bool {
        let source = self.document.source();
        let line = source.line_of(offset);
        source.line(line).start + source.leading_blanks(line).len() == offset
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
}
