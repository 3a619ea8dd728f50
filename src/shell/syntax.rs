//! What the parsers of both languages have in common.

use tree_sitter::{Language, Node, Parser};

use super::{Script, Statement};

/// Parses a script, and reads statements off its nodes, in the order of the text.
///
/// The tree is walked without recursion: scripts nest as deep as their authors like.
pub(super) fn script(
    text: &str,
    language: &Language,
    mut read: impl FnMut(Node<'_>) -> Option<Statement>,
) -> Script {
    let mut parser = Parser::new();
    if parser.set_language(language).is_err() {
        return Script::default();
    }
    let Some(tree) = parser.parse(text, None) else { return Script::default() };
    let root = tree.root_node();
    let mut statements = Vec::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        statements.extend(read(node));
        open.extend(children(node).into_iter().rev());
    }
    Script { statements, is_whole: !root.has_error() }
}

/// The children of a node that stand for something.
pub(super) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    node.named_children(&mut node.walk()).collect()
}
