//! Whether the lines that no operation names are as they were.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::Fault;
use crate::yaml::beside::comment_line;
use crate::yaml::document::{Document, NodeId};
use crate::yaml::operation::{Change, Displaced, Place};
use crate::yaml::plan::Plan;
use crate::yaml::source::Source;
use crate::yaml::value::Value;

/// Every line that no operation names must still be there, in order, with its line ending; and
/// between two of them no more lines may come than an operation adds there.
///
/// Walks through the lines with all the places of the result where the walk may be by then: few,
/// for most lines can be in one place only.
pub(super) fn check(document: &Document, plan: &Plan, result: &Source) -> Result<(), Fault> {
    let source = document.source();
    let allowed = Allowed::by(document, plan);
    let mut reached = vec![0..=0];
    for line in 0..source.line_count() {
        let grow = allowed.added[line];
        reached = match allowed.becomes[line] {
            Becomes::Itself => reached
                .into_iter()
                .flat_map(|places| *places.start()..=places.end() + grow)
                .filter(|&place| is_same(source, line, result, place))
                .map(|place| place + 1..=place + 1)
                .collect(),
            Becomes::Another => moved(&reached, 1, grow + 1),
            Becomes::AnotherOrNone => moved(&reached, 0, grow + 1),
        };
        reached = joined(reached);
        if reached.is_empty() {
            return Err(Fault::Line(line + 1));
        }
    }
    let grow = allowed.added[source.line_count()];
    let at_end = |places: &RangeInclusive<usize>| {
        (*places.start()..=places.end() + grow).contains(&result.line_count())
    };
    // Where what stood below a blank line goes, the text ends with that line.
    let mut kept = (0..source.line_count()).rev();
    let last = kept.find(|&line| allowed.becomes[line] == Becomes::Itself);
    let ends_alike = document.text().ends_with('\n') == result.text().ends_with('\n')
        || last.is_some_and(|last| source.is_blank(last));
    if ends_alike && reached.iter().any(at_end) {
        Ok(())
    } else {
        Err(Fault::Line(source.line_count()))
    }
}

fn moved(
    reached: &[RangeInclusive<usize>],
    least: usize,
    most: usize,
) -> Vec<RangeInclusive<usize>> {
    reached.iter().map(|places| places.start() + least..=places.end() + most).collect()
}

/// Overlapping ranges as one.
fn joined(ranges: Vec<RangeInclusive<usize>>) -> Vec<RangeInclusive<usize>> {
    let mut out: Vec<RangeInclusive<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match out.last_mut() {
            Some(last) if range.start() <= last.end() => {
                *last = *last.start()..=*last.end().max(range.end());
            }
            _ => out.push(range),
        }
    }
    out
}

fn is_same(source: &Source, line: usize, result: &Source, place: usize) -> bool {
    if place >= result.line_count() {
        return false;
    }
    // Without a final newline, the line that was last may gain an ending, and the one that now is
    // last loses its own.
    let was_last = line + 1 == source.line_count();
    let is_last = place + 1 == result.line_count();
    source.slice(source.line(line)) == result.slice(result.line(place))
        && (was_last || is_last || source.ending(line) == result.ending(place))
}

/// What may become of a line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Becomes {
    Itself,
    Another,
    AnotherOrNone,
}

/// What the operations of a plan allow.
struct Allowed<'d> {
    document: &'d Document,
    /// The values of the entries that go.
    gone: HashSet<NodeId>,
    becomes: Vec<Becomes>,
    /// How many lines may come in front of each line, and at the end.
    added: Vec<usize>,
}

impl<'d> Allowed<'d> {
    fn by(document: &'d Document, plan: &Plan) -> Self {
        let lines = document.source().line_count();
        let removed = plan.operations().iter().filter(|wanted| wanted.change == Change::Remove);
        let mut allowed = Self {
            document,
            gone: removed.filter_map(|operation| document.find(&operation.at)).collect(),
            becomes: vec![Becomes::Itself; lines],
            added: vec![0; lines + 1],
        };
        for operation in plan.operations() {
            match (document.find(&operation.at), &operation.change) {
                (Some(node), change) => allowed.operation(change, node),
                // Below all that stands in a document without content: its comments.
                (None, Change::Insert { value, .. }) if document.root().is_none() => {
                    let comments = document.comments().last();
                    let first = comments
                        .map_or(0, |comment| document.source().line_of(comment.span.start) + 1);
                    allowed.grow(first..=lines, 1 + line_count(value));
                }
                _ => {}
            }
        }
        allowed
    }

    fn operation(&mut self, change: &Change, node: NodeId) {
        let document = self.document;
        let source = document.source();
        let span = document.span(node);
        let key = self.opening(node);
        match change {
            Change::Remove => {
                let mapping = document.parent(node).map(|mapping| document.span(mapping));
                match mapping.filter(|_| document.parent_in_flow(node)) {
                    Some(mapping) => self.change(mapping.start, mapping.end),
                    None => self.change(key, span.end),
                }
                if let Some(next) = self.next_that_stays(node) {
                    self.change(key, next); // it may move up to a dash
                }
            }
            Change::SetScalar(_) | Change::SetPart { .. } => {
                self.change(if document.parent_in_flow(node) { key } else { span.start }, span.end);
            }
            Change::Replace(value) => {
                self.change(key, span.end);
                self.grow_behind(span.end, line_count(value));
            }
            Change::SetComment { displaced, .. } => {
                self.may_become(comment_line(document, node), Becomes::Another);
                if *displaced == Displaced::Above {
                    self.added[source.line_of(document.place_start(node))] += 1;
                }
            }
            Change::Insert { value, place, .. } => {
                let index_of = |key: &str| {
                    let mut keys = document.entries(node).iter().map(|entry| entry.key);
                    keys.position(|sibling| document.scalar(sibling) == Some(key))
                };
                let index = match place {
                    Place::First => Some(0),
                    Place::Last => None,
                    Place::Before(sibling) => index_of(sibling),
                    Place::After(sibling) => index_of(sibling).map(|index| index + 1),
                };
                self.insert(node, index.unwrap_or(usize::MAX), value);
            }
            Change::InsertItem { index, value } => self.insert(node, *index, value),
        }
    }

    fn insert(&mut self, node: NodeId, index: usize, value: &Value) {
        let document = self.document;
        let source = document.source();
        let span = document.span(node);
        // A key, and a blank line before it.
        let lines = 2 + line_count(value);
        if document.in_flow(node) || document.is_null(node) {
            self.change(self.opening(node), span.end);
            self.grow_behind(span.end, lines);
            return;
        }
        let children = document.entries(node).len() + document.items(node).len();
        let previous = index.min(children).checked_sub(1);
        if let Some(previous) = previous.and_then(|previous| document.child(node, previous)) {
            self.grow_behind(document.span(previous).end, lines);
            return;
        }
        let first = source.line_of(span.start);
        if source.line(first).start + source.leading_blanks(first).len() < span.start {
            self.may_become(first, Becomes::Another); // the dash's line
        }
        let above = document.node_at(span.start).map(|above| document.span(above).start);
        let from = above.map_or(0, |above| source.line_of(above) + 1);
        self.grow(from.min(first)..=first, lines);
    }

    /// Where the key of a node starts, or the dash or bracket stands that it is behind.
    fn opening(&self, node: NodeId) -> usize {
        let document = self.document;
        match document.entry_of(node) {
            Some(entry) => document.span(entry.key).start,
            None => document.text()[..document.outer_start(node)].trim_end().len(),
        }
    }

    /// Where the first entry that stays starts, if all before it go and this node is one of them.
    fn next_that_stays(&self, node: NodeId) -> Option<usize> {
        let entries = self.document.entries(self.document.parent(node)?);
        let next = entries.iter().find(|entry| !self.gone.contains(&entry.value))?;
        (next.key > node).then(|| self.document.span(next.key).start)
    }

    /// Lines may come between the line of an offset and the next thing below it.
    fn grow_behind(&mut self, offset: usize, lines: usize) {
        let source = self.document.source();
        let line = source.line_of(offset);
        let next = self.document.first_node_from(source.next_line_start(line));
        let next = next.map(|next| source.line_of(self.document.span(next).start));
        let next = next.filter(|&next| next > line); // not an empty value at the end of the text
        self.grow(line + 1..=next.unwrap_or(source.line_count()), lines);
    }

    fn grow(&mut self, places: RangeInclusive<usize>, lines: usize) {
        self.added[places].iter_mut().for_each(|added| *added += lines);
    }

    /// The lines from one offset to another may change, but for comments on lines of their own.
    fn change(&mut self, from: usize, to: usize) {
        let source = self.document.source();
        for line in source.line_of(from)..=source.line_of(to) {
            if !self.document.is_comment_line(line) {
                self.may_become(line, Becomes::AnotherOrNone);
            }
        }
    }

    fn may_become(&mut self, line: usize, becomes: Becomes) {
        self.becomes[line] = self.becomes[line].max(becomes);
    }
}

/// How many lines a value may take at most, the key's own not counted.
fn line_count(value: &Value) -> usize {
    match value {
        Value::String(text) => 1 + text.lines().count(),
        Value::Styled(..) | Value::Boolean(_) | Value::Integer(_) => 1,
        Value::Mapping(entries) => entries.iter().map(|entry| 1 + line_count(&entry.value)).sum(),
        Value::Sequence(items) => items.iter().map(|item| 1 + line_count(item)).sum(),
    }
}
