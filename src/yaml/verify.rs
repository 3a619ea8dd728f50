//! Proof that a rewritten text is what was asked for, and nothing else.
//!
//! Three questions, none of which looks at the edits: does the text parse to the intended tree; are
//! the lines that no operation names still there, in order, with their line endings; does every
//! comment still stand beside what it stood beside.

use std::collections::{HashMap, VecDeque};
use std::fmt;

use super::beside::placed_comments;
use super::document::{Document, NodeId, Style};
use super::intent::{self, Became};
use super::operation::{Change, Displaced};
use super::parse::ParseError;
use super::path::Path;
use super::plan::Plan;
use super::source::Source;
use super::value::Value;

/// Why a rewritten text is not what was asked for: a fault of the editor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not YAML any more.
    Unreadable(ParseError),
    /// The tree is not the intended one.
    Tree(Path),
    /// A line, from 1, that no operation named is not as it was.
    Line(usize),
    /// A comment is lost, came from nowhere, or stands beside something else.
    Comment(String),
    /// The byte order mark came or went.
    ByteOrderMark,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => {
                write!(f, "the result does not parse: {}: {error}", error.position)
            }
            Self::Tree(at) => write!(f, "the result would not mean what was intended at {at}"),
            Self::Line(line) => write!(f, "line {line} would have changed for no reason"),
            Self::Comment(text) => write!(f, "the comment `{text}` would not be where it was"),
            Self::ByteOrderMark => f.write_str("the byte order mark would have changed"),
        }
    }
}

impl std::error::Error for Fault {}

/// Checks that `text` is `document` with the plan carried out and nothing else changed, and gives it
/// back parsed.
///
/// # Errors
///
/// The first thing that is not as it must be.
pub fn verify(document: &Document, plan: &Plan, text: String) -> Result<Document, Fault> {
    let result = Document::parse(text).map_err(Fault::Unreadable)?;
    if (document.source().start() > 0) != (result.source().start() > 0) {
        return Err(Fault::ByteOrderMark);
    }
    let became = match intent::intended(document, plan) {
        Some(intended) => intent::compare(&intended, &result).map_err(Fault::Tree)?,
        None if result.root().is_none() => Became::new(),
        None => return Err(Fault::Tree(Path::root())),
    };
    check_lines(document, plan, result.source())?;
    check_comments(document, plan, &result, &became)?;
    Ok(result)
}

/// Every line that no operation names must still be there, in order, with its line ending.
fn check_lines(document: &Document, plan: &Plan, result: &Source) -> Result<(), Fault> {
    let source = document.source();
    let may_change = lines_that_may_change(document, plan);
    // Without a final newline, the line that is last loses its ending, and one that no longer is
    // gains one.
    let cut = !document.text().ends_with('\n');
    let mut next = 0;
    for line in (0..source.line_count()).filter(|&line| !may_change[line]) {
        let content = source.slice(source.line(line));
        let ending = source.ending(line);
        let same = |&candidate: &usize| {
            let ends_text = ending.is_empty() || cut && candidate + 1 == result.line_count();
            result.slice(result.line(candidate)) == content
                && (result.ending(candidate) == ending || ends_text)
        };
        next = (next..result.line_count()).find(same).ok_or(Fault::Line(line + 1))? + 1;
    }
    Ok(())
}

fn lines_that_may_change(document: &Document, plan: &Plan) -> Vec<bool> {
    let source = document.source();
    let mut may_change = vec![false; source.line_count()];
    for operation in plan.operations() {
        let Some(node) = document.find(&operation.at) else { continue };
        let span = document.span(node);
        let key =
            document.entry_of(node).map_or(span.start, |entry| document.outer_start(entry.key));
        let (from, to) = match &operation.change {
            Change::Remove | Change::SetScalar(_) | Change::Replace(_) => (key, span.end),
            Change::SetComment { .. } if document.style(node).is_some_and(Style::is_block) => {
                (span.start, span.start)
            }
            Change::SetComment { .. } => (span.end, span.end),
            Change::Insert { .. } | Change::InsertItem { .. } if document.in_flow(node) => {
                (span.start, span.end)
            }
            Change::Insert { .. } | Change::InsertItem { .. } if document.is_null(node) => {
                (key, span.end)
            }
            // In block style only the first key's or dash's line, which it may share with a dash.
            Change::Insert { .. } | Change::InsertItem { .. } => (span.start, span.start),
        };
        may_change[source.line_of(from)..=source.line_of(to)].fill(true);
        if operation.change == Change::Remove
            && let Some(next) = next_in_item(document, node)
        {
            may_change[source.line_of(document.outer_start(next))] = true;
        }
    }
    may_change
}

/// The key that moves up to the dash when the item's first key goes.
fn next_in_item(document: &Document, node: NodeId) -> Option<NodeId> {
    let mapping = document.parent(node)?;
    document.entry_of(mapping).is_none().then_some(())?;
    let entries = document.entries(mapping);
    let at = entries.iter().position(|entry| entry.value == node)?;
    entries.get(at + 1).map(|entry| entry.key)
}

/// A comment as it must be found again: its text, whether it has a line of its own, and what it
/// stands beside in the result. `None`: beside something new.
type Found = (String, bool, Option<NodeId>);

fn check_comments(
    document: &Document,
    plan: &Plan,
    result: &Document,
    became: &Became,
) -> Result<(), Fault> {
    let origins: HashMap<NodeId, NodeId> = became.iter().map(|(&old, &new)| (new, old)).collect();
    let mut actual: VecDeque<Found> = placed_comments(result)
        .iter()
        .map(|placed| {
            let old = placed.beside.and_then(|beside| origins.get(&beside).copied());
            let text = result.source().slice(placed.comment.span).trim_end().to_owned();
            (text, placed.comment.own_line, old)
        })
        .collect();
    let mut take = |wanted: &dyn Fn(&Found) -> bool, text: &str| {
        let at = actual.iter().position(wanted).ok_or_else(|| Fault::Comment(text.to_owned()))?;
        actual.remove(at);
        Ok(())
    };

    let set = comments_that_are_set(document, plan);
    for placed in placed_comments(document) {
        let text = document.source().slice(placed.comment.span).trim_end();
        let own_line = placed.comment.own_line;
        let line = document.source().line_of(placed.comment.span.start);
        if !own_line && let Some(displaced) = set.displaced.get(&line) {
            if *displaced == Displaced::Above {
                take(&|found| found.0 == text && found.1, text)?;
            }
            continue;
        }
        match placed.beside {
            Some(beside) if !became.contains_key(&beside) && !own_line => {} // went with its key
            Some(beside) if became.contains_key(&beside) => {
                take(
                    &|found| (&*found.0, found.1, found.2) == (text, own_line, Some(beside)),
                    text,
                )?;
            }
            _ => take(&|found| found.0 == text && found.1 == own_line, text)?,
        }
    }
    for (text, node) in set.new {
        let is_there = |beside: Option<NodeId>| match (node, beside) {
            (Some(node), Some(beside)) => document.is_within(node, beside),
            (node, beside) => node.is_none() && beside.is_none(),
        };
        take(&|found| found.0 == text && !found.1 && is_there(found.2), &text)?;
    }
    match actual.front() {
        Some((text, ..)) => Err(Fault::Comment(text.clone())),
        None => Ok(()),
    }
}

struct SetComments {
    /// What becomes of the comment on each of these lines, from 0.
    displaced: HashMap<usize, Displaced>,
    /// The comments that come, `#` included, each with the node that it belongs to; none for one
    /// that comes with a new value.
    new: Vec<(String, Option<NodeId>)>,
}

fn comments_that_are_set(document: &Document, plan: &Plan) -> SetComments {
    let source = document.source();
    let mut set = SetComments { displaced: HashMap::new(), new: Vec::new() };
    for operation in plan.operations() {
        let Some(node) = document.find(&operation.at) else { continue };
        match &operation.change {
            Change::SetComment { text, displaced } => {
                let span = document.span(node);
                let is_block_scalar = document.style(node).is_some_and(Style::is_block);
                let line = source.line_of(if is_block_scalar { span.start } else { span.end });
                let comment = format!("# {text}");
                let same = document
                    .trailing_comment(line)
                    .is_some_and(|existing| source.slice(existing.span) == comment);
                set.displaced.insert(line, if same { Displaced::Dropped } else { *displaced });
                set.new.push((comment, Some(node)));
            }
            Change::Insert { value, comment, .. } if !document.in_flow(node) => {
                set.new.extend(comment.iter().map(|comment| (format!("# {comment}"), None)));
                push_comments(value, &mut set.new);
            }
            Change::Replace(value) | Change::InsertItem { value, .. }
                if !document.in_flow(node) =>
            {
                push_comments(value, &mut set.new);
            }
            _ => {}
        }
    }
    set
}

fn push_comments(value: &Value, comments: &mut Vec<(String, Option<NodeId>)>) {
    match value {
        Value::Mapping(entries) => {
            for entry in entries {
                comments.extend(entry.comment.iter().map(|comment| (format!("# {comment}"), None)));
                push_comments(&entry.value, comments);
            }
        }
        Value::Sequence(items) => items.iter().for_each(|item| push_comments(item, comments)),
        Value::String(_) | Value::Boolean(_) => {}
    }
}
