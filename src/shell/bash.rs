//! Scripts of `bash` and its kin, parsed by tree-sitter.

use std::collections::BTreeSet;

use tree_sitter::Node;

use super::expressions::restored;
use super::syntax::{children, script};
use super::word::{Piece, Word};
use super::wrapped::unwrapped;
use super::{Command, Input, Script, Statement};

/// Takes a script apart whose expressions are replaced, and what only runs another command off.
pub(super) fn parse(text: &str, expressions: &[String]) -> Script {
    let reader = Reader { text, expressions };
    let readable = readable(text);
    let mut functions = BTreeSet::new();
    let around = |outer: &Around, parent: Node<'_>, all: &[Node<'_>], at| Around {
        is_conditional: outer.is_conditional || reader.may_pass_by(parent, all, at),
        output: reader.output(parent).unwrap_or_else(|| outer.output.clone()),
    };
    let language = tree_sitter_bash::LANGUAGE.into();
    let found = script(&readable, &language, around, |node, around| match node.kind() {
        "command" => {
            let Around { is_conditional, output } = around;
            let command = reader.command(node);
            Some(Statement::Command(Command { is_conditional, output, ..command }))
        }
        "function_definition" => {
            functions.extend(reader.function(node));
            None
        }
        "variable_assignment" if node.parent().is_none_or(|it| it.kind() != "command") => {
            let (name, value) = reader.assignment(node);
            Some(Statement::Set { name, value })
        }
        _ => None,
    });
    let mut found = unwrapped(found);
    let mut may_have_ended = false;
    found.statements.retain_mut(|statement| match statement {
        Statement::Command(command) => {
            command.is_conditional |= may_have_ended;
            let name = command.words.first().and_then(Word::text);
            may_have_ended |= matches!(name, Some("exit" | "return")) && command.is_conditional;
            name.is_none_or(|name| !functions.contains(name))
        }
        Statement::Set { .. } => true,
    });
    found
}

/// The text as the grammar can read it, each byte in its place: behind `{` it takes the next character for
/// the index of a table of 256, up to the first that is neither a digit nor a dot, and a greater one
/// crashes it (tree-sitter-bash 0.25).
fn readable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut is_behind_brace = false;
    for c in text.chars() {
        if is_behind_brace && c > '\u{ff}' {
            out.extend(std::iter::repeat_n(':', c.len_utf8()));
        } else {
            out.push(c);
        }
        is_behind_brace = c == '{' || is_behind_brace && (c.is_ascii_digit() || c == '.');
    }
    out
}

/// What a script may go through or pass by.
const BRANCHES: &[&str] = &[
    "c_style_for_statement",
    "case_statement",
    "for_statement",
    "function_definition",
    "if_statement",
    "while_statement",
];

/// What hardly fails: behind it and `&&` a script goes on.
const STEADY: &[&str] = &[".", "cd", "echo", "export", "mkdir", "pushd", "set", "source"];

/// What stands around a command.
#[derive(Default)]
struct Around {
    /// See [`Command::is_conditional`].
    is_conditional: bool,
    /// See [`Command::output`].
    output: Option<Word>,
}

struct Reader<'t> {
    text: &'t str,
    expressions: &'t [String],
}

impl Reader<'_> {
    /// A command, without what stands around it.
    fn command(&self, node: Node<'_>) -> Command {
        let mut command = Command { line: node.start_position().row, ..Command::default() };
        let mut end = 0;
        for child in children(node) {
            let is_cut = child.start_byte() == end && self.text[..end].ends_with('$');
            end = child.end_byte();
            match child.kind() {
                // The grammar ends `$A/b/$C/d` behind the second `$`.
                _ if is_cut => {
                    if let Some(word) = command.words.last_mut() {
                        mend(word, &self.word(child));
                    }
                }
                "variable_assignment" => command.variables.push(self.assignment(child)),
                "herestring_redirect" => command.input = self.here_string(child),
                kind if kind.ends_with("_redirect") => {}
                _ => command.words.push(self.word(child)),
            }
        }
        command.input = command.input.or_else(|| self.input(node));
        command
    }

    /// Whether a script may go on without the child at a position: one of a branch, one behind `||`, or behind `&&` and
    /// what may fail; or one in front of `|`, where a failure is lost.
    fn may_pass_by(&self, parent: Node<'_>, all: &[Node<'_>], at: usize) -> bool {
        let is_steady = |left: &Node<'_>| {
            let mut commands = self.slice(*left).split("&&");
            commands.all(|it| it.split_whitespace().next().is_some_and(|it| STEADY.contains(&it)))
        };
        let before = match &all[..at] {
            [.., left, operator] if operator.kind() == "&&" => !is_steady(left),
            [.., operator] => matches!(operator.kind(), "&&" | "||"),
            [] => false,
        };
        let behind = all.get(at + 1).is_some_and(|it| it.kind() == "|");
        before || behind || BRANCHES.contains(&parent.kind())
    }

    /// The name of a function whose calls come down to the commands inside it: it neither runs what it is
    /// given, nor is it a wrapper around a command of its own name.
    fn function(&self, node: Node<'_>) -> Option<&str> {
        let name = self.slice(node.child_by_field_name("name")?);
        let body = self.slice(node.child_by_field_name("body")?);
        (!["$@", "$*", name].iter().any(|it| body.contains(it))).then_some(name)
    }

    /// What a command reads, as the nodes around it say.
    fn input(&self, command: Node<'_>) -> Option<Input> {
        let mut node = command;
        let around = node.parent()?;
        if around.kind() == "redirected_statement" {
            let redirects = children(around);
            let text = redirects.iter().find_map(|redirect| match redirect.kind() {
                "heredoc_redirect" => {
                    let parts = children(*redirect);
                    let body = parts.iter().find(|part| part.kind() == "heredoc_body")?;
                    Some(Input::Text(self.quoted(*body, body.start_byte(), body.end_byte())))
                }
                "herestring_redirect" => self.here_string(*redirect),
                _ => None,
            });
            if text.is_some() {
                return text;
            }
            node = around;
        }
        let pipeline = node.parent().filter(|around| around.kind() == "pipeline")?;
        let before = children(pipeline).into_iter().take_while(|it| it.id() != node.id()).last()?;
        let before = match before.kind() {
            "redirected_statement" => before.named_child(0)?,
            _ => before,
        };
        (before.kind() == "command").then(|| Input::Pipe(self.command(before).words))
    }

    /// The file, if it is one, that what is printed inside of a node goes to; `None` where that is said further out.
    fn output(&self, around: Node<'_>) -> Option<Option<Word>> {
        match around.kind() {
            "function_definition" | "command_substitution" | "process_substitution" => Some(None),
            "redirected_statement" => {
                let redirects = children(around);
                let file = redirects.iter().find(|it| it.kind() == "file_redirect");
                let to = file.and_then(|file| file.child_by_field_name("destination"))?;
                Some(Some(self.word(to)))
            }
            _ => None,
        }
    }

    fn here_string(&self, redirect: Node<'_>) -> Option<Input> {
        Some(Input::Text(self.word(redirect.named_child(0)?)))
    }

    fn assignment(&self, node: Node<'_>) -> (String, Word) {
        let name = node.child_by_field_name("name").map_or("", |name| self.slice(name));
        let value = node.child_by_field_name("value").map(|value| self.word(value));
        (name.to_owned(), value.unwrap_or_default())
    }

    fn slice(&self, node: Node<'_>) -> &str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    fn word(&self, node: Node<'_>) -> Word {
        let text = self.slice(node);
        match node.kind() {
            "command_name" => node.named_child(0).map(|inner| self.word(inner)).unwrap_or_default(),
            "word" | "number" | "extglob_pattern" | "regex" => self.literal(&unescaped(text)),
            "raw_string" => self.literal(inside(text, 1)),
            "ansi_c_string" => self.literal(inside(text, 2)),
            "string" | "translated_string" => {
                let start = node.start_byte() + text.find('"').map_or(0, |at| at + 1);
                self.quoted(node, start, node.end_byte().saturating_sub(1))
            }
            "concatenation" => {
                let parts = children(node).into_iter().map(|part| self.word(part));
                Word::new(parts.flat_map(|part| part.pieces().to_vec()))
            }
            "simple_expansion" | "expansion" => {
                let name = children(node).into_iter().find(|it| it.kind() == "variable_name");
                let piece = name
                    .map_or(Piece::Unknown, |name| Piece::Variable(self.slice(name).to_owned()));
                Word::new([piece])
            }
            _ => Word::new([Piece::Unknown]),
        }
    }

    /// A text in which only expansions are special, between two places.
    fn quoted(&self, node: Node<'_>, start: usize, end: usize) -> Word {
        let mut pieces = Vec::new();
        let mut at = start;
        let literal = |from: usize, to: usize| {
            let text = self.text.get(from..to).unwrap_or_default();
            self.literal(&unescaped_in_quotes(text)).pieces().to_vec()
        };
        for child in children(node) {
            if matches!(child.kind(), "string_content" | "heredoc_content") {
                continue;
            }
            pieces.extend(literal(at, child.start_byte()));
            pieces.extend(self.word(child).pieces().to_vec());
            at = child.end_byte();
        }
        pieces.extend(literal(at, end));
        Word::new(pieces)
    }

    fn literal(&self, text: &str) -> Word {
        restored(text, self.expressions)
    }
}

/// Puts a word together of which the second part starts with the name of a variable.
fn mend(word: &mut Word, rest: &Word) {
    let start = rest.start();
    let end = start.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(start.len());
    let (name, _) = start.split_at(end);
    word.push(Piece::Variable(name.to_owned()));
    let behind = rest.behind(name).unwrap_or_default();
    behind.pieces().iter().cloned().for_each(|piece| word.push(piece));
}

/// What quotes hold: all but this many characters at the start, and the last.
fn inside(text: &str, start: usize) -> &str {
    text.get(start..text.len().saturating_sub(1)).unwrap_or_default()
}

/// A word without the backslashes that quote.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match (c, c == '\\') {
            (_, true) => out.extend(characters.next().filter(|&next| next != '\n')),
            (c, false) => out.push(c),
        }
    }
    out
}

/// The same inside quotes, where a backslash quotes only what would be special there.
fn unescaped_in_quotes(text: &str) -> String {
    let mut out = String::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match characters.peek() {
            Some(&next) if c == '\\' && matches!(next, '"' | '\\' | '$' | '`') => {
                out.push(next);
                characters.next();
            }
            Some('\n') if c == '\\' => {
                characters.next();
            }
            _ => out.push(c),
        }
    }
    out
}
