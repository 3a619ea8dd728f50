//! What each comment stands beside.
//!
//! A comment at the end of a line belongs to what stands on that line. A comment on a line of its
//! own belongs to what follows, unless its indentation or the blank lines around it say that it
//! closes what came before: a step that was commented out at the end of a job, say.

use super::document::{Comment, Document, Flow, NodeId};

/// A comment with the node that it belongs to: the value of an entry, or an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) comment: Comment,
    pub(super) beside: Option<NodeId>,
    /// On a line of its own, behind what it belongs to.
    pub(super) below: bool,
}

/// All comments of a document, in order, with what they stand beside.
pub(super) fn placed_comments(document: &Document) -> Vec<Placed> {
    let comments = document.comments();
    let mut placed = Vec::with_capacity(comments.len());
    while let Some(&comment) = comments.get(placed.len()) {
        match trailing_place(document, comment) {
            Some(beside) => placed.push(Placed { comment, beside: Some(beside), below: false }),
            None => place_run(document, &comments[placed.len()..], &mut placed),
        }
    }
    placed
}

/// The entry's value where the node is a key, else the node.
fn place(document: &Document, node: NodeId) -> NodeId {
    document.entry_of(node).map_or(node, |entry| entry.value)
}

fn first_node_behind(document: &Document, offset: usize) -> Option<NodeId> {
    let behind = document.nodes.partition_point(|node| node.span.start < offset);
    (behind < document.nodes.len()).then_some(NodeId(behind as u32))
}

/// The place of the last thing on the comment's line. What stands in brackets that open on this
/// line counts as one thing.
fn trailing_place(document: &Document, comment: Comment) -> Option<NodeId> {
    if comment.own_line {
        return None;
    }
    let source = document.source();
    let line = source.line_of(comment.span.start);
    let mut node = document.node_at(comment.span.start)?;
    if document.flow(node) == Some(Flow::Block) {
        return None;
    }
    let mut best = None;
    loop {
        let span = document.span(node);
        let starts_here = source.line_of(span.start) == line;
        if starts_here || (best.is_none() && source.line_of(span.end) == line) {
            best = Some(node);
        }
        if !document.parent_in_flow(node) {
            break;
        }
        node = document.parent(node)?;
    }
    best.map(|node| place(document, node))
}

/// Places the comments on lines of their own between one node and the next.
fn place_run(document: &Document, comments: &[Comment], placed: &mut Vec<Placed>) {
    let source = document.source();
    let first = comments[0];
    let next = first_node_behind(document, first.span.start);
    let run_end = next.map_or(usize::MAX, |next| document.span(next).start);
    let in_run = |comment: &&Comment| {
        comment.span.start < run_end && trailing_place(document, **comment).is_none()
    };
    let run: Vec<_> = comments.iter().take_while(in_run).copied().collect();
    let above = next.map(|next| place(document, next));
    let Some(previous) = document.node_at(first.span.start) else {
        placed.extend(run.into_iter().map(|comment| Placed {
            comment,
            beside: above,
            below: false,
        }));
        return;
    };
    let line = |comment: &Comment| source.line_of(comment.span.start);
    let column = |comment: &Comment| source.column(comment.span.start);
    let indent = |line: usize| source.leading_blanks(line).chars().count();

    let content_line = (0..line(&first)).rev().find(|&line| !source.is_blank(line)).unwrap_or(0);
    let group_len =
        run.windows(2).take_while(|pair| line(&pair[0]) + 1 == line(&pair[1])).count() + 1;
    let group_end = line(&run[group_len - 1]);
    let closes = line(&first) == content_line + 1
        && (group_end + 1 == source.line_count() || source.is_blank(group_end + 1));
    let next_indent = next.map(|next| indent(source.line_of(document.span(next).start)));
    let is_below = |(index, comment): (usize, &Comment)| match next_indent {
        None => true,
        Some(next_indent) => {
            column(comment) > next_indent
                || closes && index < group_len && column(comment) >= indent(content_line)
        }
    };
    let below =
        run.iter().enumerate().take_while(|&(index, comment)| is_below((index, comment))).count();
    placed.extend(run.iter().enumerate().map(|(index, &comment)| {
        if index < below {
            let beside = Some(ancestor_at(document, place(document, previous), column(&comment)));
            Placed { comment, beside, below: true }
        } else {
            Placed { comment, beside: above, below: false }
        }
    }));
}

/// The innermost place around `node`, itself included, whose key or dash stands at `column` or
/// before it.
fn ancestor_at(document: &Document, node: NodeId, column: usize) -> NodeId {
    let mut node = node;
    while place_column(document, node) > column {
        let Some(parent) =
            document.parent(node).filter(|&parent| document.parent(parent).is_some())
        else {
            break;
        };
        node = parent;
    }
    place(document, node)
}

/// The column of an entry's key or an item's dash.
fn place_column(document: &Document, node: NodeId) -> usize {
    match (document.entry_of(node), document.parent(node)) {
        (Some(entry), _) => document.column(entry.key),
        (None, Some(sequence)) => document.source().column(document.span(sequence).start),
        (None, None) => 0,
    }
}
