//! A parsed document: its text and the tree over it. Every node knows its span, style and place.

use std::collections::HashMap;

use super::parse::{self, ParseError};
use super::path::{Path, Segment};
use super::scalar::ScalarKind;
use super::source::{Position, Source, Span};

/// Names a node of one [`Document`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// How a collection is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// By indentation, an entry a line.
    Block,
    /// In brackets or braces.
    Flow,
    /// A single `key: value` inside a flow sequence's brackets, without braces of its own.
    Pair,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// `'in single quotes'`
    SingleQuoted,
    /// `"in double quotes"`
    DoubleQuoted,
    /// A literal block, `|`.
    Literal,
    /// A folded block, `>`.
    Folded,
}

impl Style {
    /// Whether it is a block scalar, whose text stands on the lines behind its header.
    pub const fn is_block(self) -> bool {
        matches!(self, Self::Literal | Self::Folded)
    }
}

/// A scalar's value: often the very text of the file, which is then not stored again.
#[derive(Clone, Debug)]
pub(super) enum Text {
    Source(Span),
    Owned(Box<str>),
}

/// A key and its value.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The key, always a scalar.
    pub key: NodeId,
    /// The value.
    pub value: NodeId,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Scalar(Style, Text),
    Mapping(Flow, Vec<Entry>),
    Sequence(Flow, Vec<NodeId>),
    Alias(NodeId),
}

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) parent: Option<NodeId>,
    pub(super) kind: Kind,
}

/// The anchor and the tag in front of a node.
#[derive(Clone, Debug, Default)]
pub(super) struct Properties {
    pub(super) start: usize,
    pub(super) anchor: Option<String>,
    pub(super) tag: Option<String>,
    pub(super) aliased: bool,
}

/// A comment, from its `#` to the end of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The text, its `#` included.
    pub span: Span,
    /// Whether nothing but blanks stands before it on its line.
    pub own_line: bool,
}

/// A YAML document: its text, untouched, and the tree over it.
///
/// The nodes stand in the order of their first byte, collections before what they hold.
#[derive(Clone, Debug)]
pub struct Document {
    pub(super) source: Source,
    pub(super) nodes: Vec<Node>,
    pub(super) properties: HashMap<NodeId, Properties>,
    pub(super) comments: Vec<Comment>,
    pub(super) root: Option<NodeId>,
}

impl Document {
    /// Reads the text of a YAML file with at most one document.
    ///
    /// # Errors
    ///
    /// Where the text is not YAML, or is YAML that GitHub would not accept or that cannot be
    /// edited in safety: see [`parse::Refusal`].
    pub fn parse(text: impl Into<String>) -> Result<Self, ParseError> {
        parse::parse(text.into())
    }

    /// The text, byte for byte as it was given.
    pub fn text(&self) -> &str {
        self.source.text()
    }

    /// The text alone.
    pub fn into_text(self) -> String {
        self.source.into_text()
    }

    /// The text with its lines.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The root node; `None` for an empty file or one of comments only.
    pub fn root(&self) -> Option<NodeId> {
        self.root
    }

    /// All comments, in order.
    pub fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// All nodes, in the order of their first byte.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// The node's own text, without its anchor and tag. A block collection reaches from its first
    /// key or dash to the end of its last value.
    pub fn span(&self, id: NodeId) -> Span {
        self.node(id).span
    }

    /// Where the node starts, its anchor and tag included.
    pub fn outer_start(&self, id: NodeId) -> usize {
        self.properties.get(&id).map_or(self.span(id).start, |properties| properties.start)
    }

    /// The place of the node as people count it.
    pub fn position(&self, id: NodeId) -> Position {
        self.source.position(self.span(id).start)
    }

    /// The column of the node's first character, from 0.
    pub fn column(&self, id: NodeId) -> usize {
        self.source.column(self.outer_start(id))
    }

    /// The collection that holds the node.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).parent
    }

    /// The node itself, or what it stands for where it is an alias.
    pub fn target(&self, id: NodeId) -> NodeId {
        match self.node(id).kind {
            Kind::Alias(target) => target,
            _ => id,
        }
    }

    /// Whether the node is an alias, `*name`.
    pub fn is_alias(&self, id: NodeId) -> bool {
        matches!(self.node(id).kind, Kind::Alias(_))
    }

    /// The value of a scalar, aliases followed.
    pub fn scalar(&self, id: NodeId) -> Option<&str> {
        match &self.node(self.target(id)).kind {
            Kind::Scalar(_, Text::Source(span)) => Some(self.source.slice(*span)),
            Kind::Scalar(_, Text::Owned(text)) => Some(text),
            _ => None,
        }
    }

    /// The style of a scalar, aliases followed.
    pub fn style(&self, id: NodeId) -> Option<Style> {
        match self.node(self.target(id)).kind {
            Kind::Scalar(style, _) => Some(style),
            _ => None,
        }
    }

    /// The indicators in the header of a block scalar: `-` in `|-`.
    pub(super) fn block_scalar_indicators(&self, id: NodeId) -> Option<&str> {
        match &self.node(id).kind {
            Kind::Scalar(style, _) if style.is_block() => {
                let header = &self.source.slice(self.span(id))[1..];
                header.split(|character: char| character.is_whitespace() || character == '#').next()
            }
            _ => None,
        }
    }

    /// What a scalar means by the core schema of YAML 1.2, which GitHub follows: quoted text is
    /// always a string.
    pub fn scalar_kind(&self, id: NodeId) -> Option<ScalarKind> {
        let text = self.scalar(id)?;
        Some(match self.style(id)? {
            Style::Plain => ScalarKind::of_plain(text),
            _ => ScalarKind::String,
        })
    }

    /// Whether the node is empty or says null.
    pub fn is_null(&self, id: NodeId) -> bool {
        self.scalar_kind(id) == Some(ScalarKind::Null)
    }

    /// The entries of a mapping, aliases followed; none for another node.
    pub fn entries(&self, id: NodeId) -> &[Entry] {
        match &self.node(self.target(id)).kind {
            Kind::Mapping(_, entries) => entries,
            _ => &[],
        }
    }

    /// The items of a sequence, aliases followed; none for another node.
    pub fn items(&self, id: NodeId) -> &[NodeId] {
        match &self.node(self.target(id)).kind {
            Kind::Sequence(_, items) => items,
            _ => &[],
        }
    }

    /// The value of a mapping's entry, or a sequence's item.
    pub(super) fn child(&self, collection: NodeId, index: usize) -> Option<NodeId> {
        let value = self.entries(collection).get(index).map(|entry| entry.value);
        value.or(self.items(collection).get(index).copied())
    }

    /// Whether the node is a mapping, aliases followed.
    pub fn is_mapping(&self, id: NodeId) -> bool {
        matches!(self.node(self.target(id)).kind, Kind::Mapping(..))
    }

    /// Whether the node is a sequence, aliases followed.
    pub fn is_sequence(&self, id: NodeId) -> bool {
        matches!(self.node(self.target(id)).kind, Kind::Sequence(..))
    }

    /// How a collection is written; `None` for a scalar or an alias.
    pub fn flow(&self, id: NodeId) -> Option<Flow> {
        match self.node(id).kind {
            Kind::Mapping(flow, _) | Kind::Sequence(flow, _) => Some(flow),
            _ => None,
        }
    }

    /// The entry of `key` in a mapping.
    pub fn entry(&self, mapping: NodeId, key: &str) -> Option<Entry> {
        self.entries(mapping).iter().copied().find(|entry| self.scalar(entry.key) == Some(key))
    }

    /// The value of `key` in a mapping.
    pub fn get(&self, mapping: NodeId, key: &str) -> Option<NodeId> {
        self.entry(mapping, key).map(|entry| entry.value)
    }

    /// The node at a path, aliases on the way followed.
    pub fn find(&self, path: &Path) -> Option<NodeId> {
        path.segments().iter().try_fold(self.root?, |node, segment| match segment {
            Segment::Key(key) => self.get(node, key),
            Segment::Index(index) => self.items(node).get(*index).copied(),
        })
    }

    /// The path of a node. That of a key is that of its value.
    pub fn path(&self, id: NodeId) -> Path {
        let mut segments = Vec::new();
        let mut child = id;
        while let Some(parent) = self.parent(child) {
            let entry = self.entry_of(child);
            let item = || self.items(parent).binary_search(&child).ok();
            if let Some(key) = entry.and_then(|entry| self.scalar(entry.key)) {
                segments.push(Segment::Key(key.to_owned()));
            } else if let Some(index) = item() {
                segments.push(Segment::Index(index));
            }
            child = parent;
        }
        segments.into_iter().rev().collect()
    }

    /// The entry whose key or value the node is.
    pub fn entry_of(&self, id: NodeId) -> Option<Entry> {
        let entries = self.entries(self.parent(id)?);
        // Entries stand in the order of their nodes.
        let behind = entries.partition_point(|entry| entry.key <= id);
        let entry = *entries.get(behind.checked_sub(1)?)?;
        (entry.key == id || entry.value == id).then_some(entry)
    }

    /// Whether the node stands in a flow collection, or is one.
    pub fn in_flow(&self, id: NodeId) -> bool {
        self.flow(id).is_some_and(|flow| flow != Flow::Block) || self.parent_in_flow(id)
    }

    /// Whether the collection that holds the node is written in flow style. A flow collection holds
    /// nothing but flow.
    pub fn parent_in_flow(&self, id: NodeId) -> bool {
        self.parent(id).and_then(|parent| self.flow(parent)).is_some_and(|flow| flow != Flow::Block)
    }

    /// The node and all that hold it, from the inside out.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(Some(id), |&node| self.parent(node))
    }

    /// How many collections hold the node.
    pub(super) fn depth(&self, id: NodeId) -> usize {
        self.ancestors(id).count() - 1
    }

    /// Whether the node is `outer` or lies in it.
    pub fn is_within(&self, id: NodeId, outer: NodeId) -> bool {
        self.ancestors(id).any(|node| node == outer)
    }

    /// The anchored node, this one or one that holds it, through which an alias elsewhere shares
    /// this node; an edit here would reach there.
    pub fn shared_through(&self, id: NodeId) -> Option<NodeId> {
        let aliased = |node: &NodeId| self.properties.get(node).is_some_and(|node| node.aliased);
        self.ancestors(id).find(aliased)
    }

    /// Whether an alias elsewhere shares the node or a part of it, which would stand for nothing if
    /// the node went.
    pub fn shares_a_part(&self, id: NodeId) -> bool {
        let aliased = self.properties.iter().filter(|(_, properties)| properties.aliased);
        aliased.map(|(&node, _)| node).any(|node| self.is_within(node, id))
    }

    /// The anchor's name, without `&`.
    pub fn anchor(&self, id: NodeId) -> Option<&str> {
        self.properties.get(&id)?.anchor.as_deref()
    }

    /// The tag as it is written, `!` included.
    pub fn tag(&self, id: NodeId) -> Option<&str> {
        self.properties.get(&id)?.tag.as_deref()
    }

    /// The node that stands for an entry, its value, where the node is a key; else the node itself.
    pub(super) fn place(&self, id: NodeId) -> NodeId {
        self.entry_of(id).map_or(id, |entry| entry.value)
    }

    /// Where a node or, for the value of an entry, its key starts.
    pub(super) fn place_start(&self, id: NodeId) -> usize {
        self.outer_start(self.entry_of(id).map_or(id, |entry| entry.key))
    }

    /// The first node that starts at an offset or behind it, the outermost of several.
    pub(super) fn first_node_from(&self, offset: usize) -> Option<NodeId> {
        let index = self.nodes.partition_point(|node| node.span.start < offset);
        (index < self.nodes.len()).then_some(NodeId(index as u32))
    }

    /// The last node that starts before an offset, the innermost of several.
    pub(super) fn node_at(&self, offset: usize) -> Option<NodeId> {
        let behind = self.nodes.partition_point(|node| node.span.start < offset);
        Some(NodeId(behind.checked_sub(1)? as u32))
    }

    /// The comment at the end of a line, from 0, behind something else.
    pub fn trailing_comment(&self, line: usize) -> Option<Comment> {
        let span = self.source.line(line);
        let at = self.comments.partition_point(|comment| comment.span.start < span.start);
        let comment = *self.comments.get(at)?;
        (comment.span.start < span.end && !comment.own_line).then_some(comment)
    }

    /// Whether a line, from 0, holds nothing but a comment.
    pub(super) fn is_comment_line(&self, line: usize) -> bool {
        let span = self.source.line(line);
        let at = self.comments.partition_point(|comment| comment.span.start < span.start);
        let comment = self.comments.get(at).filter(|comment| comment.span.start < span.end);
        comment.is_some_and(|comment| comment.own_line)
    }

    /// A comment's text without its `#` and the blanks around it.
    pub fn comment_text(&self, comment: Comment) -> &str {
        self.source.slice(comment.span).trim_start_matches('#').trim()
    }
}
