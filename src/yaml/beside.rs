//! What each comment stands beside.
//!
//! A comment at the end of a line belongs to what stands on that line. A comment on a line of its
//! own belongs to what follows, unless its indentation or the blank lines around it say that it
//! closes what came before: a step that was commented out at the end of a job, say.
//!
//! Where a comment *belongs* is a judgement, made once, on the document as it was. Whether it still
//! *stands* there after an edit is a question of places alone: see [`stands_beside`].

use super::document::{Comment, Document, Flow, NodeId, Style};

/// How a comment stands to the node that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// At the end of its line, or behind the dash that it hangs on.
    Behind,
    /// On a line of its own, above it.
    Above,
    /// On a line of its own, below the last thing in it.
    Below,
}

/// A comment with the node that it belongs to: the value of an entry, an item, or the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) comment: Comment,
    /// `None` only in a document without nodes.
    pub(super) beside: Option<NodeId>,
    pub(super) side: Side,
}

/// All comments of a document, in order, with what they belong to.
pub(super) fn placed_comments(document: &Document) -> Vec<Placed> {
    let comments = document.comments();
    let mut placed = Vec::with_capacity(comments.len());
    while let Some(&comment) = comments.get(placed.len()) {
        if comment.own_line {
            place_run(document, &comments[placed.len()..], &mut placed);
        } else {
            let next = || document.first_node_from(comment.span.start);
            let beside = last_on_line(document, comment.span.start).or_else(next);
            placed.push(Placed { comment, beside, side: Side::Behind });
        }
    }
    placed
}

/// Whether a comment of a document stands beside a node, on that side of it.
pub(super) fn stands_beside(
    document: &Document,
    comment: Comment,
    node: NodeId,
    side: Side,
) -> bool {
    let next = || document.first_node_from(comment.span.start);
    let starts_with_node = || next().is_some_and(|next| starts_with(document, next, node));
    match side {
        Side::Behind => match last_on_line(document, comment.span.start) {
            Some(last) => !comment.own_line && last == node,
            None => !comment.own_line && starts_with_node(),
        },
        Side::Above => comment.own_line && starts_with_node(),
        Side::Below => {
            let is_within = |other: NodeId| document.is_within(document.place(other), node);
            let last = document.node_at(comment.span.start);
            // The last thing may be but the dash, of which what follows is the item.
            comment.own_line && (last.is_some_and(is_within) || next().is_some_and(is_within))
        }
    }
}

/// Whether `node` starts where `next` starts: it is this node, or its first entry or item.
fn starts_with(document: &Document, next: NodeId, node: NodeId) -> bool {
    let mut next = next;
    loop {
        if document.place(next) == node {
            return true;
        }
        if document.flow(next) != Some(Flow::Block) {
            return false;
        }
        let first_entry = document.entries(next).first().map(|entry| entry.key);
        let Some(first) = first_entry.or(document.items(next).first().copied()) else {
            return false;
        };
        next = first;
    }
}

/// The place of the last thing that stands on a line before an offset. What stands in brackets that
/// open on this line or are closed by then counts as one thing. `None` where there is but a dash, or
/// `---`.
pub(super) fn last_on_line(document: &Document, offset: usize) -> Option<NodeId> {
    let source = document.source();
    let line = source.line_of(offset);
    let mut last = document.node_at(offset + 1)?; // an empty value may stand at the very offset
    if document.flow(last) == Some(Flow::Block) {
        return None;
    }
    while let Some(parent) = document.parent(last).filter(|_| document.parent_in_flow(last)) {
        let span = document.span(parent);
        if offset < span.end && source.line_of(span.start) != line {
            break;
        }
        last = parent;
    }
    let span = document.span(last);
    let is_here = source.line_of(span.start) == line || source.line_of(span.end) == line;
    is_here.then(|| document.place(last))
}

/// The line, from 0, whose end is the place for a comment on a node: where the node ends or, for
/// what stands on the lines below its key, where the key is.
pub(super) fn comment_line(document: &Document, node: NodeId) -> usize {
    let source = document.source();
    let span = document.span(node);
    let is_block_scalar =
        !document.is_alias(node) && document.style(node).is_some_and(Style::is_block);
    if is_block_scalar {
        return source.line_of(span.start);
    }
    match document.entry_of(node) {
        Some(entry) if document.flow(node) == Some(Flow::Block) => {
            source.line_of(document.span(entry.key).end)
        }
        _ => source.line_of(span.end),
    }
}

/// Places the comments on lines of their own between one node and the next.
fn place_run(document: &Document, comments: &[Comment], placed: &mut Vec<Placed>) {
    let first = comments[0];
    let next = document.first_node_from(first.span.start);
    let run_end = next.map_or(usize::MAX, |next| document.span(next).start);
    let in_run = |comment: &&Comment| {
        comment.own_line
            && comment.span.start < run_end
            && !has_dash(document, first.span.end, comment.span.start)
    };
    let run: Vec<_> = comments.iter().take_while(in_run).copied().collect();

    let Some(previous) = document.node_at(first.span.start) else {
        // A header belongs to all that follows.
        placed.extend(run.into_iter().map(|comment| Placed {
            comment,
            beside: document.root(),
            side: Side::Above,
        }));
        return;
    };
    let around = flow_around(document, previous, first.span.start);
    // Behind a dash that stands alone a comment belongs to its item.
    let behind_dash = document.flow(previous) == Some(Flow::Block)
        || has_dash(document, document.span(previous).end, first.span.start);
    let closing = match around {
        _ if behind_dash => 0,
        Some(flow) if next.is_none_or(|next| !document.is_within(next, flow)) => run.len(),
        Some(_) => 0,
        None => closing_comments(document, &run, next),
    };
    let mut column = usize::MAX;
    placed.extend(run.iter().enumerate().map(|(index, &comment)| {
        // A comment goes with the one above it where that one stands further out.
        column = column.min(document.source().column(comment.span.start));
        let above = next
            .filter(|_| index >= closing)
            .map(|next| opened_by(document, comment, column, next));
        let below = || around.unwrap_or_else(|| closed_by(document, column, previous, next));
        let (beside, side) = match above {
            Some(above) => (above, Side::Above),
            None => (document.place(below()), Side::Below),
        };
        Placed { comment, beside: Some(beside), side }
    }));
}

/// The flow collection in whose brackets an offset lies, behind `previous`.
fn flow_around(document: &Document, previous: NodeId, offset: usize) -> Option<NodeId> {
    let around = |node: &NodeId| {
        document.flow(*node).is_some_and(|flow| flow != Flow::Block)
            && document.span(*node).splits_at(offset)
    };
    document.ancestors(previous).find(around)
}

/// How many comments of a run, from its start, close what came before.
fn closing_comments(document: &Document, run: &[Comment], next: Option<NodeId>) -> usize {
    let Some(next) = next else { return run.len() };
    let source = document.source();
    let line = |comment: &Comment| source.line_of(comment.span.start);
    let next_indent = source.leading_blanks(source.line_of(document.span(next).start)).len();
    let deeper =
        run.iter().take_while(|comment| source.column(comment.span.start) > next_indent).count();

    // A block of comments directly below the text, with a blank line between it and what follows.
    let first = line(&run[0]);
    let block = run.windows(2).take_while(|pair| line(&pair[0]) + 1 == line(&pair[1])).count() + 1;
    let behind = line(&run[block - 1]) + 1;
    let joined_above = first > 0 && !source.is_blank(first - 1);
    let apart_below = behind >= source.line_count() || source.is_blank(behind);
    if joined_above && apart_below { deeper.max(block) } else { deeper }
}

/// What a comment at `column` behind `previous` closes: the innermost place around `previous`
/// that stands at this column or before it. A comment at the very column of a collection's last
/// child closes the collection, not that child.
fn closed_by(document: &Document, column: usize, previous: NodeId, next: Option<NodeId>) -> NodeId {
    let mut place = document.place(previous);
    while let Some(parent) = document.parent(place).filter(|_| document.parent_in_flow(place)) {
        place = document.place(parent);
    }
    while let Some(parent) = document.parent(place) {
        let here = place_column(document, place);
        let is_last = next.is_none_or(|next| !document.is_within(next, parent));
        if here < column || here == column && !is_last {
            return place;
        }
        if here == column {
            return parent;
        }
        place = document.place(parent);
    }
    place
}

/// The column of an entry's key or an item's dash.
fn place_column(document: &Document, place: NodeId) -> usize {
    match (document.entry_of(place), document.parent(place)) {
        (Some(entry), _) => document.column(entry.key),
        (None, Some(sequence)) => document.source().column(document.span(sequence).start),
        (None, None) => 0,
    }
}

/// What a comment above `next` belongs to: its first entry or item where `next` is the collection
/// that this one opens, with no dash of its own between and no deeper than that. Above the root it is
/// a header and belongs to all.
fn opened_by(document: &Document, comment: Comment, column: usize, next: NodeId) -> NodeId {
    let is_root = document.parent(next).is_none();
    let start = document.span(next).start;
    let is_apart =
        has_dash(document, comment.span.end, start) || column > document.source().column(start);
    if is_root || is_apart || document.flow(next) != Some(Flow::Block) {
        return document.place(next);
    }
    document.child(next, 0).unwrap_or(next)
}

/// Whether a line begins with a dash between two offsets, with no node between them.
fn has_dash(document: &Document, from: usize, to: usize) -> bool {
    let between = document.text().get(from..to).unwrap_or_default();
    between.lines().any(|line| line.trim_start().starts_with('-'))
}
