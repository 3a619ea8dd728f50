//! Whether every comment still stands beside what it stood beside.

use std::collections::{HashMap, HashSet, VecDeque};

use super::Fault;
use crate::yaml::beside::{Side, comment_line, last_on_line, placed_comments, stands_beside};
use crate::yaml::document::{Comment, Document, NodeId};
use crate::yaml::intent::Became;
use crate::yaml::operation::{Change, Displaced};
use crate::yaml::plan::Plan;
use crate::yaml::render;
use crate::yaml::value::Value;

pub(super) fn check(
    document: &Document,
    plan: &Plan,
    result: &Document,
    became: &Became,
) -> Result<(), Fault> {
    let set = SetComments::by(document, plan);
    let mut found = Found::in_document(result);
    for placed in placed_comments(document) {
        let Comment { span, own_line } = placed.comment;
        let text = document.source().slice(span).trim_end();
        let line = document.source().line_of(span.start);
        if let Some(displaced) = set.displaced.get(&line).filter(|_| !own_line) {
            if *displaced == Displaced::Above {
                found.take(text, |comment| comment.own_line)?;
            }
            continue;
        }
        match placed.beside.and_then(|beside| became.get(&beside)) {
            Some(&beside) => {
                found.take(text, |comment| stands_beside(result, comment, beside, placed.side))?;
            }
            None if placed.beside.is_some() && !own_line => {} // went along with its key
            None => found.take(text, |comment| comment.own_line == own_line)?,
        }
    }
    let old: HashSet<NodeId> = became.values().copied().collect();
    for (text, node) in &set.new {
        found.take(text, |comment| {
            let last = last_on_line(result, comment.span.start).filter(|_| !comment.own_line);
            match node.map(|node| became.get(&node)) {
                Some(Some(&node)) => {
                    stands_beside(result, comment, node, Side::Behind)
                        || last.is_some_and(|last| result.is_within(node, last))
                }
                Some(None) => false,
                None => last.is_some_and(|last| !old.contains(&last)),
            }
        })?;
    }
    match found.any() {
        Some(text) => Err(Fault::Comment(text.to_owned())),
        None => Ok(()),
    }
}

/// The comments of the result that are not accounted for yet, by their text.
struct Found<'r>(HashMap<&'r str, VecDeque<Comment>>);

impl<'r> Found<'r> {
    fn in_document(result: &'r Document) -> Self {
        let mut comments = HashMap::<_, VecDeque<_>>::new();
        for &comment in result.comments() {
            let text = result.source().slice(comment.span).trim_end();
            comments.entry(text).or_default().push_back(comment);
        }
        Self(comments)
    }

    fn take(&mut self, text: &str, is_wanted: impl Fn(Comment) -> bool) -> Result<(), Fault> {
        let same = self.0.get_mut(text);
        let at = same.as_ref().and_then(|same| same.iter().position(|&comment| is_wanted(comment)));
        match same.zip(at).and_then(|(same, at)| same.remove(at)) {
            Some(_) => Ok(()),
            None => Err(Fault::Comment(text.to_owned())),
        }
    }

    fn any(&self) -> Option<&str> {
        let left = self.0.iter().filter(|(_, comments)| !comments.is_empty());
        left.min_by_key(|(_, comments)| comments[0].span.start).map(|(text, _)| *text)
    }
}

struct SetComments {
    /// What becomes of the comment on each of these lines, from 0.
    displaced: HashMap<usize, Displaced>,
    /// The comments that come, `#` included, each with the node that it belongs to; none for one
    /// that comes with a new value.
    new: Vec<(String, Option<NodeId>)>,
}

impl SetComments {
    fn by(document: &Document, plan: &Plan) -> Self {
        let mut set = Self { displaced: HashMap::new(), new: Vec::new() };
        for operation in plan.operations() {
            let Some(node) = document.find(&operation.at) else {
                continue;
            };
            match &operation.change {
                Change::SetComment { text, displaced } => {
                    set.comment(document, node, text, *displaced);
                }
                _ if document.in_flow(node) => {} // no room for comments there
                Change::Insert { value, comment, .. } => {
                    set.push(comment.as_deref());
                    set.push_all(value);
                }
                Change::Replace(value) | Change::InsertItem { value, .. } => set.push_all(value),
                Change::SetScalar(_) | Change::SetPart { .. } | Change::Remove => {}
            }
        }
        set
    }

    fn comment(&mut self, document: &Document, node: NodeId, text: &str, displaced: Displaced) {
        let line = comment_line(document, node);
        let Some(comment) = render::comment(text) else {
            return;
        };
        let existing = document.trailing_comment(line);
        let is_same =
            |existing: Comment| document.source().slice(existing.span).trim_end() == comment;
        let displaced = if existing.is_some_and(is_same) { Displaced::Dropped } else { displaced };
        // Two nodes of one line share its comment.
        if self.displaced.insert(line, displaced).is_none() {
            self.new.push((comment, Some(node)));
        }
    }

    fn push(&mut self, text: Option<&str>) {
        let comment = text.and_then(render::comment);
        self.new.extend(comment.map(|comment| (comment, None)));
    }

    fn push_all(&mut self, value: &Value) {
        match value {
            Value::Mapping(entries) => {
                for entry in entries {
                    self.push(entry.comment.as_deref());
                    self.push_all(&entry.value);
                }
            }
            Value::Sequence(items) => items.iter().for_each(|item| self.push_all(item)),
            _ => {}
        }
    }
}
