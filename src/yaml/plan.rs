//! The operations of all accepted fixes, merged into one plan for a file.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use super::document::Document;
use super::operation::{Change, Operation, Place};
use super::path::{Path, Segment};
use super::value::{Value, ValueEntry};

/// Operations that agree with each other, in an order that does not depend on who asked first.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    operations: Vec<Operation>,
}

/// Two operations that cannot both be done: a fault of those who asked for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The place.
    pub at: Path,
    /// Who asked: the names that [`Plan::new`] was given.
    pub between: [String; 2],
    /// What the second asked for, in words.
    pub operation: String,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = &self.between;
        write!(
            f,
            "`{first}` and `{second}` contradict each other at {}: {}",
            self.at, self.operation
        )
    }
}

impl std::error::Error for Conflict {}

impl Plan {
    /// Merges operations, each with the name of who asks for it.
    ///
    /// The same operation twice is one; entries for one new mapping become one mapping, parts of one
    /// scalar one scalar; a mapping that would be left without entries goes as a whole.
    ///
    /// # Errors
    ///
    /// Where two operations contradict each other.
    pub fn new<'a>(
        document: &Document,
        wanted: impl IntoIterator<Item = (&'a str, Operation)>,
    ) -> Result<Self, Conflict> {
        let mut merged: Vec<(&str, Operation)> = Vec::new();
        let mut by_path: HashMap<Path, Vec<usize>> = HashMap::new();
        'wanted: for (by, operation) in wanted {
            let here = by_path.entry(operation.at.clone()).or_default();
            for &earlier in here.iter() {
                let (first, existing) = &mut merged[earlier];
                match merge(&mut existing.change, &operation.change) {
                    Merged::Apart => {}
                    Merged::Together => {
                        existing.everywhere &= operation.everywhere;
                        continue 'wanted;
                    }
                    Merged::Contradiction => return Err(conflict(first, by, &operation)),
                }
            }
            here.push(merged.len());
            merged.push((by, operation));
        }
        check_lost(&merged)?;
        join_parts(document, &mut merged);
        prune(document, &mut merged);
        let mut operations: Vec<_> = merged.into_iter().map(|(_, operation)| operation).collect();
        operations.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| order(a).cmp(&order(b))));
        Ok(Self { operations })
    }

    /// The operations.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }
}

fn conflict(first: &str, second: &str, operation: &Operation) -> Conflict {
    Conflict {
        at: operation.at.clone(),
        between: [first.to_owned(), second.to_owned()],
        operation: operation.to_string(),
    }
}

/// Order among the operations of one place: entries that go to the same place stand in the order of
/// their keys, whichever rule came first; one that is to be in front of all stands there in a mapping
/// that is still to be, too.
fn order(operation: &Operation) -> (u8, usize, &str) {
    match &operation.change {
        Change::Remove => (0, 0, ""),
        Change::Replace(_) => (1, 0, ""),
        Change::SetScalar(_) | Change::SetPart { .. } => (2, 0, ""),
        Change::SetComment { .. } => (3, 0, ""),
        Change::Insert { key, place: Place::First, .. } => (4, 0, key),
        Change::Insert { key, .. } => (4, 1, key),
        Change::InsertItem { index, .. } => (5, *index, ""),
    }
}

enum Merged {
    /// They have nothing to do with each other.
    Apart,
    /// The first now asks for both.
    Together,
    Contradiction,
}

fn merge(first: &mut Change, second: &Change) -> Merged {
    use Change::{Insert, InsertItem, Remove, Replace, SetComment, SetPart, SetScalar};
    if first == second {
        return Merged::Together;
    }
    match (first, second) {
        (Insert { key: a, value: x, .. }, Insert { key: b, value: y, .. }) if a == b => {
            if merge_values(x, y) {
                Merged::Together
            } else {
                Merged::Contradiction
            }
        }
        (Replace(x), Replace(y)) => {
            if merge_values(x, y) {
                Merged::Together
            } else {
                Merged::Contradiction
            }
        }
        (SetPart { from, to, .. }, SetPart { from: other_from, to: other_to, .. })
            if *to <= *other_from || *other_to <= *from =>
        {
            Merged::Apart
        }
        (Insert { .. }, Insert { .. })
        | (InsertItem { .. }, InsertItem { .. })
        | (
            SetComment { .. },
            SetScalar(_) | SetPart { .. } | Insert { .. } | InsertItem { .. } | Replace(_),
        )
        | (
            SetScalar(_) | SetPart { .. } | Insert { .. } | InsertItem { .. } | Replace(_),
            SetComment { .. },
        ) => Merged::Apart,
        (
            SetScalar(_)
            | SetPart { .. }
            | SetComment { .. }
            | Insert { .. }
            | InsertItem { .. }
            | Replace(_)
            | Remove,
            _,
        ) => Merged::Contradiction,
    }
}

/// Adds what `second` has and `first` lacks; false where they differ. A mapping that has all keys of the
/// other gives their order.
fn merge_values(first: &mut Value, second: &Value) -> bool {
    match (first, second) {
        (Value::Mapping(first), Value::Mapping(second)) => {
            let index_in = |entries: &[ValueEntry], key: &str| {
                entries.iter().position(|entry| entry.key == key)
            };
            if first.iter().all(|entry| index_in(second, &entry.key).is_some()) {
                first.sort_by_key(|entry| index_in(second, &entry.key));
                for (index, entry) in second.iter().enumerate() {
                    if index_in(first, &entry.key).is_none() {
                        first.insert(index, entry.clone());
                    }
                }
            }
            second.iter().all(|entry| match index_in(first, &entry.key) {
                Some(index) => merge_values(&mut first[index].value, &entry.value),
                None => {
                    first.push(entry.clone());
                    true
                }
            })
        }
        (first, second) => first == second,
    }
}

/// The parts of a scalar that change become one new scalar, where there is one that has them.
fn join_parts<'a>(document: &Document, merged: &mut Vec<(&'a str, Operation)>) {
    let mut parts: BTreeMap<Path, Vec<(&'a str, Operation)>> = BTreeMap::new();
    let is_part = |operation: &Operation| matches!(operation.change, Change::SetPart { .. });
    for (by, operation) in merged.extract_if(.., |(_, operation)| is_part(operation)) {
        parts.entry(operation.at.clone()).or_default().push((by, operation));
    }
    for (at, parts) in parts {
        let text = document.find(&at).and_then(|node| document.scalar(node));
        match text.and_then(|text| joined(text, &parts)) {
            Some(text) => {
                let everywhere = parts.iter().all(|(_, operation)| operation.everywhere);
                let change = Change::SetScalar(text);
                merged.push((parts[0].0, Operation { at, change, everywhere }));
            }
            None => merged.extend(parts),
        }
    }
}

/// A text with its parts changed; `None` where it has no such parts.
fn joined(text: &str, parts: &[(&str, Operation)]) -> Option<String> {
    let mut changes: Vec<_> = parts
        .iter()
        .filter_map(|(_, operation)| match &operation.change {
            Change::SetPart { from, to, text } => Some((*from, *to, text)),
            _ => None,
        })
        .collect();
    changes.sort();
    let (mut out, mut end) = (String::new(), 0);
    for (from, to, new) in changes {
        out.push_str(text.get(end..from)?);
        out.push_str(new);
        end = text.get(from..to).map(|_| to)?;
    }
    out.push_str(&text[end..]);
    Some(out)
}

/// Where every entry of a mapping goes and none comes, the entry that holds the mapping goes.
fn prune<'a>(document: &Document, merged: &mut Vec<(&'a str, Operation)>) {
    let mut going: HashMap<Path, (&'a str, bool)> = HashMap::new();
    let mut growing: HashSet<Path> = HashSet::new();
    for (by, operation) in &*merged {
        match operation.change {
            Change::Remove => {
                going.insert(operation.at.clone(), (*by, operation.everywhere));
            }
            Change::Insert { .. } => {
                growing.insert(operation.at.clone());
            }
            _ => {}
        }
    }
    let parent = |path: &Path| path.split_last().map(|(parent, _)| parent);
    let mut may_be_empty: Vec<Path> = going.keys().filter_map(parent).collect();
    let mut emptied = HashMap::new();
    while let Some(at) = may_be_empty.pop() {
        let is_entry = matches!(at.segments().last(), Some(Segment::Key(_)));
        if !is_entry || growing.contains(&at) || going.contains_key(&at) {
            continue;
        }
        let entries = document.find(&at).map(|node| document.entries(node)).unwrap_or_default();
        let keys = entries.iter().map(|entry| document.scalar(entry.key));
        let all_go = keys.map(|key| going.get(&at.key(key?)).copied()).collect::<Option<Vec<_>>>();
        if let Some([(by, _), ..]) = all_go.as_deref() {
            let by = *by;
            let everywhere = all_go.iter().flatten().all(|(_, everywhere)| *everywhere);
            may_be_empty.extend(parent(&at));
            going.insert(at.clone(), (by, everywhere));
            emptied.insert(at, (by, everywhere));
        }
    }
    let is_emptied = |path: &[Segment]| emptied.contains_key(path);
    merged.retain(|(_, operation)| !operation.at.prefixes().any(is_emptied));
    merged.extend(emptied.iter().filter_map(|(at, &(by, everywhere))| {
        let is_outermost =
            !at.prefixes().any(|prefix| prefix != at.segments() && is_emptied(prefix));
        let operation = Operation { at: at.clone(), change: Change::Remove, everywhere };
        is_outermost.then_some((by, operation))
    }));
}

/// An operation inside something that goes or is replaced would be lost.
fn check_lost(merged: &[(&str, Operation)]) -> Result<(), Conflict> {
    let gone: HashMap<&[Segment], &str> = merged
        .iter()
        .filter(|(_, operation)| matches!(operation.change, Change::Remove | Change::Replace(_)))
        .map(|(by, operation)| (operation.at.segments(), *by))
        .collect();
    for (by, operation) in merged {
        let around = operation.at.prefixes().filter(|prefix| *prefix != operation.at.segments());
        if let Some(first) = around.filter_map(|prefix| gone.get(prefix)).next() {
            return Err(conflict(first, by, operation));
        }
    }
    Ok(())
}
