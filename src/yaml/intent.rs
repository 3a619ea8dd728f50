//! Operations -> the tree that must come out.
//!
//! A naive interpreter over plain ordered data that knows nothing of spans and styles and shares no
//! code with the editor: what the editor writes is parsed again and held against it.

use std::collections::HashMap;

use super::document::{Document, NodeId};
use super::operation::{Change, Operation, Place};
use super::path::Path;
use super::plan::Plan;
use super::scalar::ScalarKind;
use super::value::{Value, ValueEntry};

/// A tree of plain data.
#[derive(Clone, Debug)]
pub(super) struct Data {
    /// The node of the document that it comes from; none for what is new.
    origin: Option<NodeId>,
    anchor: Option<String>,
    tag: Option<String>,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Scalar(ScalarKind, String),
    Mapping(Vec<(Data, Data)>),
    Sequence(Vec<Data>),
    Alias(String),
}

/// Which node of the new document each node of the old one became.
pub(super) type Became = HashMap<NodeId, NodeId>;

/// The tree that the plan asks for; `None` for a document without a root that gains none.
pub(super) fn intended(document: &Document, plan: &Plan) -> Option<Data> {
    let Some(root) = document.root() else { return first_entries(plan) };
    let mut changes: HashMap<NodeId, Vec<&Change>> = HashMap::new();
    for Operation { at, change, .. } in plan.operations() {
        changes.entry(document.find(at)?).or_default().push(change);
    }
    Some(Interpreter { document, changes }.data(root))
}

/// The tree of a document that had no content.
fn first_entries(plan: &Plan) -> Option<Data> {
    let entry = |operation: &Operation| match &operation.change {
        Change::Insert { key, value, .. } if operation.at == Path::root() => {
            Some((new(&Value::String(key.clone())), new(value)))
        }
        _ => None,
    };
    let entries: Option<Vec<_>> = plan.operations().iter().map(entry).collect();
    let content = Content::Mapping(entries.filter(|entries| !entries.is_empty())?);
    Some(Data { origin: None, anchor: None, tag: None, content })
}

struct Interpreter<'d> {
    document: &'d Document,
    changes: HashMap<NodeId, Vec<&'d Change>>,
}

impl Interpreter<'_> {
    fn changes(&self, node: NodeId) -> impl Iterator<Item = &Change> {
        self.changes.get(&node).into_iter().flatten().copied()
    }

    fn data(&self, node: NodeId) -> Data {
        let document = self.document;
        let content = self
            .changes(node)
            .find_map(|change| match change {
                Change::SetScalar(text) => Some(Content::Scalar(ScalarKind::String, text.clone())),
                Change::Replace(value) => Some(new(value).content),
                _ => None,
            })
            .unwrap_or_else(|| self.content(node));
        Data {
            origin: Some(node),
            anchor: document.anchor(node).map(str::to_owned),
            tag: document.tag(node).map(str::to_owned),
            content,
        }
    }

    fn content(&self, node: NodeId) -> Content {
        let document = self.document;
        let inserts_entry =
            self.changes(node).any(|change| matches!(change, Change::Insert { .. }));
        let inserts_item =
            self.changes(node).any(|change| matches!(change, Change::InsertItem { .. }));
        if document.is_alias(node) {
            return Content::Alias(document.source().slice(document.span(node)).to_owned());
        }
        if document.is_mapping(node) || inserts_entry {
            return Content::Mapping(self.entries(node));
        }
        if document.is_sequence(node) || inserts_item {
            return Content::Sequence(self.items(node));
        }
        let text = document.scalar(node).unwrap_or_default().to_owned();
        Content::Scalar(document.scalar_kind(node).unwrap_or(ScalarKind::String), text)
    }

    fn entries(&self, mapping: NodeId) -> Vec<(Data, Data)> {
        let entries = self.document.entries(mapping);
        let index_of = |wanted: &str| {
            entries.iter().position(|entry| self.document.scalar(entry.key) == Some(wanted))
        };
        let mut out = Vec::with_capacity(entries.len() + 1);
        for index in 0..=entries.len() {
            for change in self.changes(mapping) {
                let Change::Insert { key, value, place, .. } = change else { continue };
                let goes_to = match place {
                    Place::First => 0,
                    Place::Last => entries.len(),
                    Place::Before(sibling) => index_of(sibling).unwrap_or(entries.len()),
                    Place::After(sibling) => index_of(sibling).map_or(entries.len(), |at| at + 1),
                };
                if goes_to == index {
                    out.push((new(&Value::String(key.clone())), new(value)));
                }
            }
            if let Some(entry) = entries.get(index)
                && !self.changes(entry.value).any(|change| *change == Change::Remove)
            {
                out.push((self.data(entry.key), self.data(entry.value)));
            }
        }
        out
    }

    fn items(&self, sequence: NodeId) -> Vec<Data> {
        let items = self.document.items(sequence);
        let mut out = Vec::with_capacity(items.len() + 1);
        for index in 0..=items.len() {
            for change in self.changes(sequence) {
                if let Change::InsertItem { index: at, value } = change
                    && *at.min(&items.len()) == index
                {
                    out.push(new(value));
                }
            }
            out.extend(items.get(index).map(|&item| self.data(item)));
        }
        out
    }
}

fn new(value: &Value) -> Data {
    let entry = |entry: &ValueEntry| (new(&Value::String(entry.key.clone())), new(&entry.value));
    let content = match value {
        Value::String(text) | Value::Styled(_, text) => {
            Content::Scalar(ScalarKind::String, text.clone())
        }
        Value::Boolean(truth) => Content::Scalar(ScalarKind::Boolean, truth.to_string()),
        Value::Integer(number) => Content::Scalar(ScalarKind::Number, number.to_string()),
        Value::Mapping(entries) => Content::Mapping(entries.iter().map(entry).collect()),
        Value::Sequence(items) => Content::Sequence(items.iter().map(new).collect()),
    };
    Data { origin: None, anchor: None, tag: None, content }
}

/// Holds a document against the intended tree, keys in order, anchors and tags included.
///
/// # Errors
///
/// The first place in the document that differs.
pub(super) fn compare(intended: &Data, document: &Document) -> Result<Became, Path> {
    let mut became = Became::new();
    let Some(root) = document.root() else { return Err(Path::root()) };
    same(intended, document, root, &mut became)?;
    Ok(became)
}

fn same(data: &Data, document: &Document, node: NodeId, became: &mut Became) -> Result<(), Path> {
    let differs = || document.path(node);
    let properties = (document.anchor(node), document.tag(node));
    if properties != (data.anchor.as_deref(), data.tag.as_deref()) {
        return Err(differs());
    }
    match &data.content {
        Content::Alias(name) => {
            let text = document.source().slice(document.span(node));
            if !document.is_alias(node) || text != name {
                return Err(differs());
            }
        }
        _ if document.is_alias(node) => return Err(differs()),
        Content::Scalar(kind, text) => {
            if document.scalar(node) != Some(text) || document.scalar_kind(node) != Some(*kind) {
                return Err(differs());
            }
        }
        Content::Mapping(entries) => {
            let actual = document.entries(node);
            if !document.is_mapping(node) || actual.len() != entries.len() {
                return Err(differs());
            }
            for ((key, value), entry) in entries.iter().zip(actual) {
                same(key, document, entry.key, became)?;
                same(value, document, entry.value, became)?;
            }
        }
        Content::Sequence(items) => {
            let actual = document.items(node);
            if !document.is_sequence(node) || actual.len() != items.len() {
                return Err(differs());
            }
            for (item, &node) in items.iter().zip(actual) {
                same(item, document, node, became)?;
            }
        }
    }
    if let Some(origin) = data.origin {
        became.insert(origin, node);
    }
    Ok(())
}
