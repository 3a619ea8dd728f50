//! Scripts of PowerShell, parsed by tree-sitter.

use tree_sitter::Node;

use super::expressions::restored;
use super::syntax::{children, script};
use super::word::{Piece, Word};
use super::wrapped::unwrapped;
use super::{Command, Input, Script, Statement};

/// Takes a script apart whose expressions are replaced, and what only runs another command off.
pub(super) fn parse(text: &str, expressions: &[String]) -> Script {
    let reader = Reader { text, expressions };
    // The grammar knows no command that starts with `./` (tree-sitter-powershell 0.26).
    let readable = text.replace("./", ".\\");
    let in_branch = |outer: &bool, parent: Node<'_>, _: &[Node<'_>], _| {
        *outer || BRANCHES.contains(&parent.kind())
    };
    let language = tree_sitter_powershell::LANGUAGE.into();
    unwrapped(script(&readable, &language, in_branch, |node, is_conditional| match node.kind() {
        "command" => {
            let command = reader.command(node);
            Some(Statement::Command(Command { is_conditional, ..command }))
        }
        "assignment_expression" => reader.assignment(node),
        _ => None,
    }))
}

/// The innermost of nodes that each hold but the next: an expression has a dozen such layers.
fn innermost(mut node: Node<'_>) -> Node<'_> {
    while node.named_child_count() == 1
        && !matches!(node.kind(), "expandable_string_literal" | "variable")
        && let Some(inner) = node.named_child(0)
    {
        node = inner;
    }
    node
}

/// What a script may go through or pass by.
const BRANCHES: &[&str] = &[
    "do_statement",
    "for_statement",
    "foreach_statement",
    "function_statement",
    "if_statement",
    "switch_statement",
    "trap_statement",
    "try_statement",
    "while_statement",
];

struct Reader<'t> {
    text: &'t str,
    expressions: &'t [String],
}

impl Reader<'_> {
    fn command(&self, node: Node<'_>) -> Command {
        let mut command = Command { line: node.start_position().row, ..Command::default() };
        for child in children(node) {
            match child.kind() {
                "command_name" => command.words.push(self.literal(self.slice(child))),
                "command_name_expr" => command.words.push(self.word(child)),
                "command_elements" => {
                    let parts = children(child).into_iter();
                    let words = parts.filter(|part| part.kind() != "command_argument_sep");
                    command.words.extend(words.map(|part| self.word(part)));
                }
                _ => {}
            }
        }
        command.input = self.input(node);
        command
    }

    fn input(&self, command: Node<'_>) -> Option<Input> {
        let before = command.prev_named_sibling()?;
        match before.kind() {
            "command" => Some(Input::Pipe(self.command(before).words)),
            _ if command.parent()?.kind() == "pipeline_chain" => {
                Some(Input::Text(self.word(before)))
            }
            _ => None,
        }
    }

    /// `$name = …` and `$env:NAME = …`; nothing for what is no variable.
    fn assignment(&self, node: Node<'_>) -> Option<Statement> {
        let (left, right) = (node.named_child(0)?, children(node).pop()?);
        let target = innermost(left);
        let name = variable(self.slice(target)).filter(|_| target.kind() == "variable")?;
        Some(Statement::Set { name, value: self.word(right) })
    }

    fn slice(&self, node: Node<'_>) -> &str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    fn word(&self, node: Node<'_>) -> Word {
        let node = innermost(node);
        let text = self.slice(node);
        match node.kind() {
            "variable" => Word::new([variable(text).map_or(Piece::Unknown, Piece::Variable)]),
            "expandable_string_literal" => self.expandable(node),
            "verbatim_string_characters" => {
                let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
                self.literal(&inner.replace("''", "'"))
            }
            "generic_token"
            | "command_parameter"
            | "simple_name"
            | "path_command_name_token"
            | "decimal_integer_literal"
            | "type_identifier" => self.literal(text),
            "command_name" => self.literal(text),
            _ => Word::new([Piece::Unknown]),
        }
    }

    fn expandable(&self, node: Node<'_>) -> Word {
        let mut word = Word::default();
        let mut at = node.start_byte() + 1;
        let end = node.end_byte().saturating_sub(1);
        let literal = |word: &mut Word, from: usize, to: usize| {
            let text = self.text.get(from..to).unwrap_or_default().replace('`', "");
            self.literal(&text).pieces().iter().cloned().for_each(|piece| word.push(piece));
        };
        for child in children(node) {
            literal(&mut word, at, child.start_byte());
            match child.kind() {
                "variable" | "braced_variable" => {
                    let name = variable(self.slice(child));
                    word.push(name.map_or(Piece::Unknown, Piece::Variable));
                }
                _ => word.push(Piece::Unknown),
            }
            at = child.end_byte();
        }
        literal(&mut word, at, end.max(at));
        word
    }

    fn literal(&self, text: &str) -> Word {
        restored(text, self.expressions)
    }
}

/// The name of a variable: `TAG` of `$env:TAG`, `$Env:TAG`, `${env:TAG}` and `$TAG`.
fn variable(text: &str) -> Option<String> {
    let name = text.strip_prefix('$')?.trim_start_matches('{').trim_end_matches('}');
    let name = match name.split_once(':') {
        Some((_, name)) => name,
        None => name,
    };
    (!name.is_empty()).then(|| name.to_owned())
}
