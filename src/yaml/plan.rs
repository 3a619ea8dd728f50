//! The operations of all accepted fixes, merged into one plan for a file.

use std::collections::BTreeMap;
use std::fmt;

use super::document::Document;
use super::operation::{Change, Operation};
use super::path::Path;
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
    /// The same operation twice is one; entries for one new mapping become one mapping; a mapping
    /// that would be left without entries goes as a whole.
    ///
    /// # Errors
    ///
    /// Where two operations contradict each other.
    pub fn new<'a>(
        document: &Document,
        wanted: impl IntoIterator<Item = (&'a str, Operation)>,
    ) -> Result<Self, Conflict> {
        let mut merged: Vec<(&str, Operation)> = Vec::new();
        let mut by_path: BTreeMap<Path, Vec<usize>> = BTreeMap::new();
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
        prune(document, &mut merged);
        check_lost(&merged)?;
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
/// their keys, whichever rule came first.
fn order(operation: &Operation) -> (u8, usize, &str) {
    match &operation.change {
        Change::Remove => (0, 0, ""),
        Change::Replace(_) => (1, 0, ""),
        Change::SetScalar(_) => (2, 0, ""),
        Change::SetComment { .. } => (3, 0, ""),
        Change::Insert { key, .. } => (4, 0, key),
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
    use Change::{Insert, InsertItem, Remove, Replace, SetComment, SetScalar};
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
        (Insert { .. } | InsertItem { .. }, Insert { .. } | InsertItem { .. })
        | (SetComment { .. }, SetScalar(_) | Insert { .. } | InsertItem { .. } | Replace(_))
        | (SetScalar(_) | Insert { .. } | InsertItem { .. } | Replace(_), SetComment { .. }) => {
            Merged::Apart
        }
        (
            SetScalar(_)
            | SetComment { .. }
            | Insert { .. }
            | InsertItem { .. }
            | Replace(_)
            | Remove,
            _,
        ) => Merged::Contradiction,
    }
}

/// Adds what `second` has and `first` lacks; false where they differ.
fn merge_values(first: &mut Value, second: &Value) -> bool {
    match (first, second) {
        (Value::Mapping(first), Value::Mapping(second)) => {
            second.iter().all(|entry| match first.iter_mut().find(|known| known.key == entry.key) {
                Some(known) => merge_values(&mut known.value, &entry.value),
                None => {
                    first.push(ValueEntry::clone(entry));
                    true
                }
            })
        }
        (first, second) => first == second,
    }
}

/// Where every entry of a mapping goes and none comes, the mapping goes.
fn prune(document: &Document, merged: &mut Vec<(&str, Operation)>) {
    loop {
        let emptied = merged.iter().find_map(|(by, operation)| {
            let (parent, _) = operation.at.split_last()?;
            if operation.change != Change::Remove || parent.segments().is_empty() {
                return None;
            }
            let entries = document.entries(document.find(&parent)?);
            let goes = |path: &Path| {
                merged.iter().any(|(_, other)| other.at == *path && other.change == Change::Remove)
            };
            let grows = merged.iter().any(|(_, other)| {
                other.at == parent && matches!(other.change, Change::Insert { .. })
            });
            let all_go = entries
                .iter()
                .all(|entry| document.scalar(entry.key).is_some_and(|key| goes(&parent.key(key))));
            (all_go && !grows && !entries.is_empty() && !goes(&parent)).then_some((*by, parent))
        });
        let Some((by, parent)) = emptied else { return };
        merged.retain(|(_, operation)| !parent.contains(&operation.at));
        merged.push((by, Operation::new(parent, Change::Remove)));
    }
}

/// An operation inside something that goes or is replaced would be lost.
fn check_lost(merged: &[(&str, Operation)]) -> Result<(), Conflict> {
    let gone = |change: &Change| matches!(change, Change::Remove | Change::Replace(_));
    for (first, outer) in merged.iter().filter(|(_, operation)| gone(&operation.change)) {
        let inner = merged
            .iter()
            .find(|(_, operation)| operation.at != outer.at && outer.at.contains(&operation.at));
        if let Some((second, inner)) = inner {
            return Err(conflict(first, second, inner));
        }
    }
    Ok(())
}
