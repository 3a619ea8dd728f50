//! What the parsers of all languages have in common.

use tree_sitter::{Language, Node, Parser, Tree};

use super::{Script, Statement};

/// Parses a script, and reads statements off its nodes, in the order of the text. What stands around a node,
/// `around` makes of what stands around its parent, of the parent's children, and of the node's position among these.
///
/// It is walked like [`nodes`], with what is around handed down: to climb to it from each node takes a multiple of
/// the depth.
pub(super) fn script<A: Default>(
    text: &str,
    language: &Language,
    around: impl Fn(&A, Node<'_>, &[Node<'_>], usize) -> A,
    mut read: impl FnMut(Node<'_>, A) -> Option<Statement>,
) -> Script {
    let Some(tree) = parsed(text, language) else { return Script::default() };
    let mut statements = Vec::new();
    let mut open = vec![(tree.root_node(), A::default())];
    while let Some((node, outer)) = open.pop() {
        let all: Vec<_> = node.children(&mut node.walk()).collect();
        let named = all.iter().enumerate().rev().filter(|(_, child)| child.is_named());
        open.extend(named.map(|(at, child)| (*child, around(&outer, node, &all, at))));
        statements.extend(read(node, outer));
    }
    Script { statements, is_whole: !tree.root_node().has_error() }
}

/// Parses a text.
pub(crate) fn parsed(text: &str, language: &Language) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(language).ok()?;
    parser.parse(text, None)
}

/// The nodes of a tree, in the order of the text.
///
/// It is walked without recursion: scripts nest as deep as their authors like.
pub(crate) fn nodes(tree: &Tree) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    let mut open = vec![tree.root_node()];
    while let Some(node) = open.pop() {
        found.push(node);
        open.extend(children(node).into_iter().rev());
    }
    found
}

/// A text with a zero in place of each field that starts so and ends with a brace: `{…}`, `${…}`.
pub(crate) fn marked_fields(text: &str, start: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(start) {
        out.push_str(before);
        out.push('\0');
        rest = behind.split_once('}').map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    out
}

/// The children of a node that stand for something.
pub(crate) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    node.named_children(&mut node.walk()).collect()
}
