//! Random operations on random documents.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use spec8_fix::yaml::{Change, Displaced, Operation, Path, Place, Segment, Value, ValueEntry};

use crate::data::{Content, Data};

/// An operation that is not bound to a document yet.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    at: Index,
    everywhere: bool,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    SetScalar(&'static str),
    SetComment(&'static str, Displaced),
    Insert { key: &'static str, value: Value, place: u8, sibling: Index, comment: bool },
    InsertItem { index: Index, value: Value },
    Replace(Value),
    Remove,
}

const TEXTS: [&str; 12] = [
    "a/b@1234",
    "read",
    "1.70",
    "",
    "true",
    "a: b # c",
    "it's",
    "é \"x\"",
    "two\nlines",
    "- x",
    "[x]",
    "line\n",
];
const NEW_KEYS: [&str; 6] = ["contents", "id-token", "new", "neu é", "yes: no", "Jobs"];
const COMMENTS: [&str; 3] = ["v1.2.3", "v4", "é # x"];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => select(&TEXTS[..]).prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::Boolean),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        let entry = (inner.clone(), prop::bool::weighted(0.2));
        let mapping = vec(entry, 0..4).prop_map(|values| {
            let entry = |((value, comment), key): ((Value, bool), &&str)| ValueEntry {
                key: (*key).to_owned(),
                value,
                comment: comment.then(|| "new".to_owned()),
            };
            Value::Mapping(values.into_iter().zip(&NEW_KEYS).map(entry).collect())
        });
        prop_oneof![2 => mapping, 1 => vec(inner, 0..3).prop_map(Value::Sequence)]
    })
}

fn wish() -> impl Strategy<Value = Wish> {
    let displaced = prop_oneof![Just(Displaced::Above), Just(Displaced::Dropped)];
    let what = prop_oneof![
        select(&TEXTS[..]).prop_map(What::SetScalar),
        (select(&COMMENTS[..]), displaced)
            .prop_map(|(text, displaced)| What::SetComment(text, displaced)),
        (select(&NEW_KEYS[..]), value(), 0..4_u8, any::<Index>(), any::<bool>()).prop_map(
            |(key, value, place, sibling, comment)| What::Insert {
                key,
                value,
                place,
                sibling,
                comment
            }
        ),
        (any::<Index>(), value()).prop_map(|(index, value)| What::InsertItem { index, value }),
        value().prop_map(What::Replace),
        Just(What::Remove),
    ];
    (any::<Index>(), prop::bool::weighted(0.3), what).prop_map(|(at, everywhere, what)| Wish {
        at,
        everywhere,
        what,
    })
}

/// A few wishes; often a single one.
pub(crate) fn wishes() -> impl Strategy<Value = Vec<Wish>> {
    prop_oneof![vec(wish(), 1), vec(wish(), 1..5)]
}

impl Wish {
    /// The operation, on one of the nodes that it can be meant for, if there is any.
    pub(crate) fn on(&self, data: &Data) -> Option<Operation> {
        let fits = |path: &Vec<Segment>| {
            let Some(node) = data.at(path) else { return false };
            match (&self.what, &node.content) {
                (What::SetScalar(_), content) => matches!(content, Content::Scalar { .. }),
                (What::SetComment(..), content) => {
                    !path.is_empty() || matches!(content, Content::Scalar { .. })
                }
                (What::Insert { .. }, Content::Mapping(_)) => true,
                (What::InsertItem { .. }, Content::Sequence(_)) => true,
                (What::Insert { .. } | What::InsertItem { .. }, _) => {
                    node.is_null() && !path.is_empty()
                }
                (What::Replace(_), _) => !path.is_empty(),
                (What::Remove, _) => matches!(path.last(), Some(Segment::Key(_))),
            }
        };
        let paths: Vec<_> = data.paths().into_iter().filter(fits).collect();
        let path = paths.get(self.at.index(paths.len().max(1)))?;
        let at: Path = path.iter().cloned().collect();
        let change = match &self.what {
            What::SetScalar(text) => Change::SetScalar((*text).to_owned()),
            What::SetComment(text, displaced) => {
                Change::SetComment { text: (*text).to_owned(), displaced: *displaced }
            }
            What::Insert { key, value, place, sibling, comment } => {
                let siblings: Vec<_> = match &data.at(path)?.content {
                    Content::Mapping(entries) => {
                        entries.iter().map(|(key, _)| key.clone()).collect()
                    }
                    _ => Vec::new(),
                };
                let sibling = siblings.get(sibling.index(siblings.len().max(1))).cloned();
                let place = match (place, sibling) {
                    (0, Some(sibling)) => Place::Before(sibling),
                    (1, Some(sibling)) => Place::After(sibling),
                    (2, _) => Place::First,
                    _ => Place::Last,
                };
                let comment = comment.then(|| "new".to_owned());
                Change::Insert { key: (*key).to_owned(), value: value.clone(), place, comment }
            }
            What::InsertItem { index, value } => {
                Change::InsertItem { index: index.index(4), value: value.clone() }
            }
            What::Replace(value) => Change::Replace(value.clone()),
            What::Remove => Change::Remove,
        };
        Some(Operation { at, change, everywhere: self.everywhere })
    }
}
