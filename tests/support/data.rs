//! Plain data, and what operations make of it: a model that knows nothing of the editor.

use std::collections::BTreeSet;

use spec8_fix::yaml::{Change, Document, NodeId, Operation, Place, ScalarKind, Segment, Value};

/// A node as data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Data {
    pub(crate) anchor: Option<String>,
    pub(crate) tag: Option<String>,
    pub(crate) content: Content,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// `is_string`: not a null, boolean or number.
    Scalar {
        text: String,
        is_string: bool,
    },
    Mapping(Vec<(String, Data)>),
    Sequence(Vec<Data>),
    Alias(String),
}

impl Data {
    pub(crate) fn new(content: Content) -> Self {
        Self { anchor: None, tag: None, content }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.content, Content::Scalar { text, is_string: false } if matches!(text.as_str(), "" | "~" | "null"))
    }

    /// The data of a document's node.
    pub(crate) fn of(document: &Document, node: NodeId) -> Self {
        let content = if document.is_alias(node) {
            let text = document.source().slice(document.span(node));
            Content::Alias(text.trim_start_matches('*').to_owned())
        } else if document.is_mapping(node) {
            let entry = |entry: &spec8_fix::yaml::Entry| {
                (document.scalar(entry.key).unwrap().to_owned(), Self::of(document, entry.value))
            };
            Content::Mapping(document.entries(node).iter().map(entry).collect())
        } else if document.is_sequence(node) {
            let item = |&item: &NodeId| Self::of(document, item);
            Content::Sequence(document.items(node).iter().map(item).collect())
        } else {
            let text = document.scalar(node).unwrap().to_owned();
            let is_string = document.scalar_kind(node) == Some(ScalarKind::String);
            Content::Scalar { text, is_string }
        };
        Self {
            anchor: document.anchor(node).map(str::to_owned),
            tag: document.tag(node).map(str::to_owned),
            content,
        }
    }

    /// The data without line breaks at the ends of scalars: whether a block scalar that the end of
    /// the text cuts off ends its last line is a matter of taste.
    pub(crate) fn trimmed(&self) -> Self {
        let content = match &self.content {
            Content::Scalar { text, is_string } => Content::Scalar {
                text: text.trim_end_matches('\n').to_owned(),
                is_string: *is_string,
            },
            Content::Mapping(entries) => {
                let trimmed = |(key, value): &(String, Self)| (key.clone(), value.trimmed());
                Content::Mapping(entries.iter().map(trimmed).collect())
            }
            Content::Sequence(items) => {
                Content::Sequence(items.iter().map(Self::trimmed).collect())
            }
            Content::Alias(name) => Content::Alias(name.clone()),
        };
        Self { content, anchor: self.anchor.clone(), tag: self.tag.clone() }
    }

    /// The data of a new value.
    fn of_value(value: &Value) -> Self {
        Self::new(match value {
            Value::String(text) | Value::Styled(_, text) => {
                Content::Scalar { text: text.clone(), is_string: true }
            }
            Value::Integer(number) => {
                Content::Scalar { text: number.to_string(), is_string: false }
            }
            Value::Boolean(truth) => Content::Scalar { text: truth.to_string(), is_string: false },
            Value::Mapping(entries) => Content::Mapping(
                entries
                    .iter()
                    .map(|entry| (entry.key.clone(), Self::of_value(&entry.value)))
                    .collect(),
            ),
            Value::Sequence(items) => Content::Sequence(items.iter().map(Self::of_value).collect()),
        })
    }

    /// The node at the end of a path, aliases not followed.
    pub(crate) fn at(&self, path: &[Segment]) -> Option<&Self> {
        path.iter().try_fold(self, |data, segment| match (&data.content, segment) {
            (Content::Mapping(entries), Segment::Key(key)) => {
                entries.iter().find(|(known, _)| known == key).map(|(_, value)| value)
            }
            (Content::Sequence(items), Segment::Index(index)) => items.get(*index),
            _ => None,
        })
    }

    /// All paths, that of the root first.
    pub(crate) fn paths(&self) -> Vec<Vec<Segment>> {
        let mut paths = vec![Vec::new()];
        let below = |segment: Segment, data: &Self, paths: &mut Vec<Vec<Segment>>| {
            for mut path in data.paths() {
                path.insert(0, segment.clone());
                paths.push(path);
            }
        };
        match &self.content {
            Content::Mapping(entries) => {
                for (key, value) in entries {
                    below(Segment::Key(key.clone()), value, &mut paths);
                }
            }
            Content::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    below(Segment::Index(index), item, &mut paths);
                }
            }
            _ => {}
        }
        paths
    }

    /// Names of the anchors on the node and in it.
    fn anchors(&self) -> BTreeSet<&str> {
        let mut names: BTreeSet<_> = self.anchor.as_deref().into_iter().collect();
        match &self.content {
            Content::Mapping(entries) => {
                names.extend(entries.iter().flat_map(|(_, value)| value.anchors()));
            }
            Content::Sequence(items) => names.extend(items.iter().flat_map(Self::anchors)),
            _ => {}
        }
        names
    }

    /// Names of the aliases in the node.
    fn aliases(&self) -> BTreeSet<&str> {
        match &self.content {
            Content::Mapping(entries) => {
                entries.iter().flat_map(|(_, value)| value.aliases()).collect()
            }
            Content::Sequence(items) => items.iter().flat_map(Self::aliases).collect(),
            Content::Alias(name) => std::iter::once(name.as_str()).collect(),
            Content::Scalar { .. } => BTreeSet::new(),
        }
    }

    /// The keys of a mapping.
    pub(crate) fn keys(&self) -> Vec<&str> {
        match &self.content {
            Content::Mapping(entries) => entries.iter().map(|(key, _)| key.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn is_alias(&self, path: &[Segment]) -> bool {
        self.at(path).is_some_and(|node| matches!(node.content, Content::Alias(_)))
    }

    /// Whether an alias shares the node at the end of a path, what holds it, or a part of it.
    pub(crate) fn is_shared(&self, path: &[Segment], with_parts: bool) -> bool {
        let aliases = self.aliases();
        let around =
            (0..=path.len()).filter_map(|depth| self.at(&path[..depth])?.anchor.as_deref());
        let parts = self.at(path).filter(|_| with_parts).map(Self::anchors).unwrap_or_default();
        around.chain(parts).any(|anchor| aliases.contains(anchor))
    }

    /// The data after the operations, none of which contradicts another. A mapping that loses all
    /// its entries goes, if it is the value of a key itself.
    pub(crate) fn after(&self, operations: &[Operation]) -> Option<Self> {
        let mut sorted: Vec<_> = operations.iter().collect();
        sorted.sort_by_key(|operation| match &operation.change {
            Change::Insert { key, place, .. } => (usize::from(*place != Place::First), key.clone()),
            Change::InsertItem { index, .. } => (*index, String::new()),
            _ => (0, String::new()),
        });
        sorted.dedup();
        self.changed(&mut Vec::new(), &sorted)
    }

    fn changed(&self, path: &mut Vec<Segment>, operations: &[&Operation]) -> Option<Self> {
        let here: Vec<_> = operations
            .iter()
            .filter(|operation| operation.at.segments() == path)
            .map(|operation| &operation.change)
            .collect();
        let mut data = self.clone();
        for change in &here {
            match change {
                Change::Remove => return None,
                Change::SetScalar(text) => {
                    data.content = Content::Scalar { text: text.clone(), is_string: true };
                    return Some(data);
                }
                Change::Replace(value) => {
                    data.content = Self::of_value(value).content;
                    return Some(data);
                }
                _ => {}
            }
        }
        let grows_to_mapping = here.iter().any(|change| matches!(change, Change::Insert { .. }));
        let grows_to_sequence =
            here.iter().any(|change| matches!(change, Change::InsertItem { .. }));
        match &self.content {
            Content::Mapping(entries) => {
                let entries = self.entries_after(entries, &here, path, operations);
                if entries.is_empty()
                    && matches!(path.last(), Some(Segment::Key(_)))
                    && !self.is_empty()
                {
                    return None;
                }
                data.content = Content::Mapping(entries);
            }
            _ if grows_to_mapping => {
                data.content = Content::Mapping(self.entries_after(&[], &here, path, operations));
            }
            Content::Sequence(items) => {
                data.content = Content::Sequence(self.items_after(items, &here, path, operations));
            }
            _ if grows_to_sequence => {
                data.content = Content::Sequence(self.items_after(&[], &here, path, operations));
            }
            Content::Scalar { .. } | Content::Alias(_) => {}
        }
        Some(data)
    }

    fn is_empty(&self) -> bool {
        matches!(&self.content, Content::Mapping(entries) if entries.is_empty())
    }

    fn entries_after(
        &self,
        entries: &[(String, Self)],
        here: &[&Change],
        path: &mut Vec<Segment>,
        operations: &[&Operation],
    ) -> Vec<(String, Self)> {
        let index_of = |key: &String| entries.iter().position(|(known, _)| known == key);
        let mut out = Vec::new();
        for index in 0..=entries.len() {
            for change in here {
                let Change::Insert { key, value, place, .. } = change else { continue };
                let at = match place {
                    Place::First => Some(0),
                    Place::Last => None,
                    Place::Before(sibling) => index_of(sibling),
                    Place::After(sibling) => index_of(sibling).map(|index| index + 1),
                };
                if at.unwrap_or(entries.len()) == index {
                    out.push((key.clone(), Self::of_value(value)));
                }
            }
            if let Some((key, value)) = entries.get(index) {
                path.push(Segment::Key(key.clone()));
                out.extend(value.changed(path, operations).map(|value| (key.clone(), value)));
                path.pop();
            }
        }
        out
    }

    fn items_after(
        &self,
        items: &[Self],
        here: &[&Change],
        path: &mut Vec<Segment>,
        operations: &[&Operation],
    ) -> Vec<Self> {
        let mut out = Vec::new();
        for index in 0..=items.len() {
            for change in here {
                if let Change::InsertItem { index: at, value } = change
                    && *at.min(&items.len()) == index
                {
                    out.push(Self::of_value(value));
                }
            }
            if let Some(item) = items.get(index) {
                path.push(Segment::Index(index));
                out.extend(item.changed(path, operations));
                path.pop();
            }
        }
        out
    }
}
