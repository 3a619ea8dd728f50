//! Scripts of Python, parsed by tree-sitter: the programs that they start, the requests that they send, and the
//! modules that could do either unseen.
//!
//! A request becomes a command `http METHOD ADDRESS` with what the script may send along; an import of a module
//! that is not known a command `import MODULE`.

mod names;
mod plain;
mod programs;
mod requests;
mod value;

use tree_sitter::Node;

use self::names::Names;
use self::programs::is_starter;
use self::requests::{is_of_client, may_send};
use self::value::{Site, Values, unknown};
use super::syntax::{nodes, parsed};
use super::word::{Piece, Word};
use super::wrapped::unwrapped;
use super::{ALL, Command, IMPORT, Script, Statement};

/// Functions that run what is not seen.
const HIDERS: &[&str] = &["__import__", "eval", "exec", "runpy.run_module", "runpy.run_path"];

/// How the names of functions start that replace the script by a program, start one, or load a module: `os.execvp`.
const FAMILIES: &[&str] = &[
    "builtins.",
    "importlib.import_module",
    "importlib.machinery.",
    "importlib.util.",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
];

/// Modules that leave credentials alone, a line each.
const MODULES: &str = include_str!("../../../data/python-modules.txt");

/// Takes a script apart whose expressions are replaced.
pub(super) fn parse(text: &str, expressions: &[String]) -> Script {
    let Some(tree) = parsed(text, &tree_sitter_python::LANGUAGE.into()) else {
        return Script::default();
    };
    let nodes = nodes(&tree);
    let values = Values::new(Names::of(text, &nodes), expressions);
    let reader = Reader::new(values, &nodes);
    let mut statements = Vec::new();
    for &node in &nodes {
        match node.kind() {
            "import_statement" | "import_from_statement" => {
                statements.extend(reader.import(node).into_iter().map(Statement::Command));
            }
            "assignment" => statements.extend(reader.assignment(node)),
            "call" => statements.extend(reader.call(node)),
            _ => {}
        }
    }
    // What is set counts for all of it, in whatever order its functions run.
    statements.sort_by_key(|statement| matches!(statement, Statement::Command(_)));
    let mut script = unwrapped(Script { statements, is_whole: !tree.root_node().has_error() });
    script.is_whole &= plain::is_plain(&reader, &nodes, &script);
    script
}

struct Reader<'t> {
    values: Values<'t>,
    /// Whether it has a module that sends requests.
    has_client: bool,
    /// What may be a text of GraphQL.
    queries: Vec<Word>,
}

impl<'t> Reader<'t> {
    fn new(values: Values<'t>, nodes: &[Node<'t>]) -> Self {
        let texts = nodes.iter().filter(|node| node.kind() == "string");
        let texts = texts.map(|node| values.names.text_of(*node));
        let is_query = |text: &&str| {
            text.contains('{') && (text.contains("mutation") || text.contains("query"))
        };
        let queries = texts.filter(is_query).map(Word::from).collect();
        let has_client = values.names.imports().any(is_of_client);
        Self { values, has_client, queries }
    }

    /// The module that an import names, where it is not known.
    fn import(&self, node: Node<'t>) -> Vec<Command> {
        let modules = match node.child_by_field_name("module_name") {
            Some(module) => vec![module],
            None => self.values.names.imported(node, None).into_iter().map(|(it, _)| it).collect(),
        };
        let name = |node| self.values.names.text_of(node);
        let is_listed = |name: &str| MODULES.lines().any(|line| line == name);
        let unknown = modules.into_iter().map(name).filter(|name| match name.split_once('.') {
            // Folders of many projects are called so.
            Some(("packaging", _)) => !is_listed(name),
            Some((top, _)) => !is_listed(top),
            None => !is_listed(name),
        });
        let line = node.start_position().row;
        let command = |name: &str| Command {
            words: vec![IMPORT.into(), name.into()],
            line,
            ..Command::default()
        };
        unknown.map(command).collect()
    }

    /// A variable of the environment that is set.
    fn assignment(&self, node: Node<'t>) -> Option<Statement> {
        let (left, right) = (node.child_by_field_name("left")?, node.child_by_field_name("right")?);
        match &self.values.variables(left, None)[..] {
            [name] => {
                let value = self.values.only(right, None);
                let value = if value == unknown() { credentials() } else { value };
                Some(Statement::Set { name: name.text()?.to_owned(), value })
            }
            _ => None,
        }
    }

    /// What a call starts or sends, in each call of the function that it stands in.
    fn call(&self, node: Node<'t>) -> Vec<Statement> {
        let Some(function) = node.child_by_field_name("function") else { return Vec::new() };
        let full = self.values.names.full_name(function);
        if !is_starter(&full) && !hides(&full) && !may_send(self.values.names.last_name(function)) {
            return Vec::new();
        }
        let around = self.values.names.function_around(node);
        let calls = around.map_or_else(Vec::new, |it| self.values.names.calls_of(it));
        let mut found = Vec::new();
        for site in calls.iter().copied().map(Some).chain(calls.is_empty().then_some(None)) {
            let line = site.unwrap_or(node).start_position().row;
            for command in self.commands(node, &full, site) {
                let is_known = found.iter().any(|other: &Command| {
                    (&other.words, &other.variables) == (&command.words, &command.variables)
                });
                if !is_known {
                    // Which of its calls a script comes to is not followed.
                    found.push(Command { line, is_conditional: true, ..command });
                }
            }
        }
        if let [only] = &mut found[..] {
            only.line = node.start_position().row;
        }
        found.into_iter().map(Statement::Command).collect()
    }

    fn commands(&self, call: Node<'t>, full: &str, site: Site<'t>) -> Vec<Command> {
        if is_starter(full) {
            return self.started(call, full, site);
        }
        if hides(full) {
            return vec![of_words(vec![unknown()])];
        }
        self.requests(call, full, site)
    }
}

/// Whether a function runs what is not seen.
fn hides(full_name: &str) -> bool {
    HIDERS.contains(&full_name) || FAMILIES.iter().any(|start| full_name.starts_with(start))
}

/// What a script may take along: all that it is given.
fn credentials() -> Word {
    Word::new([Piece::Variable(ALL.to_owned())])
}

fn of_words(words: Vec<Word>) -> Command {
    Command { words, ..Command::default() }
}

#[cfg(test)]
mod tests;
