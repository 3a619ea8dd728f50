//! The programs that a script of Python starts.

use tree_sitter::Node;

use super::names::{has_operator, positional};
use super::value::{Site, unknown};
use super::{Reader, credentials, of_words};
use crate::shell::syntax::children;
use crate::shell::wrapped::parse_word;
use crate::shell::{Command, Dialect, Word};

/// Variables that programs take a token from.
const TOKENS: [&str; 3] = ["GH_TOKEN", "GITHUB_TOKEN", "NODE_AUTH_TOKEN"];

/// How many programs one call may start.
const MAX_PROGRAMS: usize = 8;

/// Functions that start a program.
const STARTERS: &[&str] = &[
    "asyncio.create_subprocess_exec",
    "asyncio.create_subprocess_shell",
    "asyncio.subprocess.create_subprocess_exec",
    "asyncio.subprocess.create_subprocess_shell",
    "os.popen",
    "os.system",
    "subprocess.Popen",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "subprocess.run",
];

/// How deep names are followed.
const MAX_DEPTH: usize = 4;

/// Whether a function starts a program.
pub(super) fn is_starter(full_name: &str) -> bool {
    STARTERS.contains(&full_name)
}

impl<'t> Reader<'t> {
    /// The programs that a call starts.
    pub(super) fn started(&self, call: Node<'t>, full: &str, site: Site<'t>) -> Vec<Command> {
        let arguments = positional(call);
        let mut commands = if full.ends_with("create_subprocess_exec") {
            vec![of_words(self.list(&arguments, site, MAX_DEPTH))]
        } else {
            let first = arguments.first().copied();
            let first = first.or_else(|| self.values.keyword(call, "args"));
            first.map_or_else(Vec::new, |first| self.programs(first, site, MAX_DEPTH))
        };
        if commands.is_empty() {
            commands.push(of_words(vec![unknown()]));
        }
        if let Some(env) = self.values.keyword(call, "env") {
            let variables = self.environment(env, site);
            commands.iter_mut().for_each(|it| it.variables.extend(variables.clone()));
        }
        commands
    }

    /// The programs that an argument names, as a list of words or as a line for a shell.
    fn programs(&self, node: Node<'t>, site: Site<'t>, depth: usize) -> Vec<Command> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        let field = |name: &str| node.child_by_field_name(name);
        match node.kind() {
            "list" | "tuple" => {
                vec![of_words(self.list(&children(node), site, depth))]
            }
            "identifier" | "attribute" => {
                if let Some((function, parameter)) = self.values.parameter(node) {
                    let calls = self.values.names.calls_of(function);
                    let Some(site) = site.filter(|site| calls.contains(site)) else {
                        return Vec::new();
                    };
                    if parameter.takes_rest {
                        let rest = positional(site);
                        let rest = rest.get(parameter.position..).unwrap_or_default();
                        return vec![of_words(self.list(rest, None, depth))];
                    }
                    let given = self.values.given(site, &parameter);
                    return given.map_or_else(Vec::new, |it| self.programs(it, None, depth));
                }
                let values = self.values.names.values(node).iter().take(MAX_PROGRAMS + 1);
                let programs: Vec<_> = values.map(|it| self.programs(*it, site, depth)).collect();
                match programs.len() <= MAX_PROGRAMS && !programs.contains(&Vec::new()) {
                    true => programs.concat(),
                    false => Vec::new(),
                }
            }
            // What is added are more arguments.
            "binary_operator" if has_operator(node, "+") => {
                let left = field("left").map_or_else(Vec::new, |it| self.programs(it, site, depth));
                let right = field("right").map(|it| match it.kind() {
                    "list" | "tuple" => self.list(&children(it), site, depth),
                    _ => vec![unknown()],
                });
                let more = right.unwrap_or_default();
                let longer = left
                    .into_iter()
                    .map(|it| Command { words: [it.words, more.clone()].concat(), ..it });
                longer.collect()
            }
            "call" => {
                let function = field("function");
                let split = function.filter(|it| self.values.names.last_name(*it) == "split");
                let text = split.and_then(|it| match self.values.names.full_name(it).as_str() {
                    "shlex.split" => positional(node).first().copied(),
                    _ => it.child_by_field_name("object"),
                });
                text.map_or_else(Vec::new, |it| self.programs(it, site, depth))
            }
            "string" | "concatenated_string" | "parenthesized_expression" => {
                let words = self.values.of(node, site);
                words
                    .iter()
                    .flat_map(|word| parse_word(word, Dialect::Bash).into_commands())
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// The words of a list.
    fn list(&self, items: &[Node<'t>], site: Site<'t>, depth: usize) -> Vec<Word> {
        let word = |item: &Node<'t>| match item.kind() {
            "list_splat" => {
                let inner = item.named_child(0);
                let spread = inner.map_or_else(Vec::new, |it| self.programs(it, site, depth));
                match &spread[..] {
                    [only] => only.words.clone(),
                    _ => vec![unknown()],
                }
            }
            "comment" => Vec::new(),
            _ => vec![self.values.only(*item, site)],
        };
        items.iter().flat_map(word).collect()
    }

    /// The variables that `env=` sets for a program.
    fn environment(&self, env: Node<'t>, site: Site<'t>) -> Vec<(String, Word)> {
        if env.kind() == "dictionary" {
            let pairs = children(env).into_iter().filter_map(|pair| {
                let key = self.values.only(pair.child_by_field_name("key")?, site);
                let values = self.values.of(pair.child_by_field_name("value")?, site);
                let value = match &values[..] {
                    [value] if *value != unknown() => value.clone(),
                    _ => credentials(),
                };
                Some((key.text()?.to_owned(), value))
            });
            return pairs.collect();
        }
        // Something was put into it, or nothing.
        TOKENS.map(|name| (name.to_owned(), credentials())).into()
    }
}
