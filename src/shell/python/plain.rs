//! Whether a script of Python is so plain that nothing of what it does is missed.

use std::collections::BTreeSet;

use tree_sitter::Node;

use super::programs::is_starter;
use super::requests::{CLIENTS, is_of_client, may_send};
use super::{Reader, hides};
use crate::shell::syntax::children;
use crate::shell::{Command, Script};

/// What a script says that hides which program it starts, what it sends, or with what. Scripts that do neither may
/// say what they like.
const OPAQUE: &[&str] = &[
    " import *",
    "**",
    "+=",
    ".append(",
    ".data =",
    ".extend(",
    ".graphql",
    ".insert(",
    ".map(",
    ".method =",
    ".setdefault(",
    ".submit(",
    ".update(",
    "HTTPConnection",
    "HTTPSConnection",
    "build_opener",
    "exec_module",
    "functools",
    "get_method",
    "getattr",
    "input=",
    "lambda",
    "putrequest",
    "stdin",
    "to_thread",
];

/// Modules that start programs.
const STARTING: &[&str] = &["asyncio", "os", "subprocess"];

/// Programs of which the second word says what they do.
const WITH_SUBCOMMAND: &[&str] = &[
    "cosign", "docker", "gh", "git", "helm", "hub", "npm", "oras", "podman", "pnpm", "skopeo",
    "twine", "yarn",
];

/// Whether all is seen of what a script does with what it is given.
pub(super) fn is_plain(reader: &Reader<'_>, nodes: &[Node<'_>], script: &Script) -> bool {
    let names = &reader.values.names;
    let mut callees = BTreeSet::new();
    let mut parts = BTreeSet::new();
    let mut arguments = BTreeSet::new();
    let mut acts = reader.has_client;
    for node in nodes {
        let field = |name: &str| node.child_by_field_name(name).map(|it| it.id());
        match node.kind() {
            "call" => callees.extend(field("function")),
            "attribute" => {
                parts.extend([field("object"), field("attribute")].into_iter().flatten());
            }
            "keyword_argument" => {
                parts.extend(field("name"));
                arguments.extend(field("value"));
            }
            "dotted_name" | "aliased_import" => {
                parts.extend(children(*node).iter().map(Node::id));
            }
            "argument_list" => arguments.extend(children(*node).iter().map(Node::id)),
            _ => {}
        }
    }
    for node in nodes {
        if !matches!(node.kind(), "attribute" | "identifier") || parts.contains(&node.id()) {
            continue;
        }
        let full = names.full_name(*node);
        let sends = is_of_client(&full) && may_send(names.last_name(*node));
        let does = is_starter(&full) || hides(&full) || sends;
        acts |= does;
        let is_called = callees.contains(&node.id());
        let is_module = [CLIENTS, STARTING].iter().any(|modules| modules.contains(&full.as_str()));
        // What is a function here may be called by who is given it.
        let is_handed_on = arguments.contains(&node.id()) && names.is_function(&full);
        if (does || is_module) && !is_called || is_handed_on {
            return false;
        }
    }
    // Their variables may be all of those that there are.
    let text = names.text.replace("**os.environ", "");
    !acts || script.commands().all(is_told) && !OPAQUE.iter().any(|word| text.contains(word))
}

/// Whether the words of a command tell which program it is, and what that does.
fn is_told(command: &Command) -> bool {
    let words = &command.words;
    let is_known = |at: usize| words.get(at).is_none_or(|word| word.text().is_some());
    let has_subcommand = command.name().is_some_and(|name| WITH_SUBCOMMAND.contains(&name));
    is_known(0) && (!has_subcommand || is_known(1))
}
