//! What stands in a script for `actions/github-script`, which is JavaScript.

use tree_sitter::{Node, Tree};

use super::endpoint;
use crate::expression::{self, Part};
use crate::shell::{children, marked_fields, nodes, parsed};

/// What stands in the place of an expression of GitHub: a name and part of a text alike.
const EXPRESSION: &str = "__expression__";

/// A call of GitHub's API in a script.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ApiCall {
    /// A method of Octokit: `issues.createComment`.
    Method(String),
    /// A route: `POST /repos/{owner}/{repo}/issues`.
    Route(String),
    /// A text of GraphQL; `None` where it is not seen.
    GraphQl(Option<String>),
    /// A request whose route is not seen.
    Hidden,
    /// The client is handed to code that is not seen.
    HandedOn,
    /// A token of OpenID Connect is asked for.
    IdToken,
}

/// The functions that start a command, of `@actions/exec` and of `child_process`.
const STARTERS: &[&str] =
    &["exec", "execFile", "execFileSync", "execSync", "getExecOutput", "spawn", "spawnSync"];

/// What stands for a part of a command that is not known: the value of a variable that nothing sets.
const UNKNOWN_WORD: &str = "${__unknown__}";

/// The commands that a script starts, each as a line for a shell; `None` for one that is not seen.
pub(super) fn commands(text: &str) -> Vec<Option<String>> {
    if !STARTERS.iter().any(|name| text.contains(name)) {
        return Vec::new();
    }
    let text = &without_expressions(text);
    let Some(tree) = tree(text) else { return vec![None] };
    let reader = Reader { text };
    let nodes = nodes(&tree);
    let calls = nodes.iter().filter(|node| node.kind() == "call_expression");
    let mut found: Vec<_> = calls.filter_map(|call| reader.command(*call)).collect();
    let is_starter = |node: &Node<'_>| STARTERS.contains(&reader.slice(*node));
    let is_handed_on = nodes.iter().any(|node| is_starter(node) && reader.is_handed_on(*node));
    if is_handed_on || found.is_empty() && text.contains("child_process") {
        found.push(None);
    }
    found
}

fn tree(text: &str) -> Option<Tree> {
    parsed(text, &tree_sitter_javascript::LANGUAGE.into())
}

/// The calls in a script, in the order of the text.
pub(super) fn api_calls(text: &str) -> Vec<ApiCall> {
    let text = &without_expressions(text);
    let Some(tree) = tree(text) else { return vec![ApiCall::HandedOn] };
    let reader = Reader { text };
    let mut calls = Vec::new();
    for node in nodes(&tree) {
        let is_name = matches!(node.kind(), "identifier" | "shorthand_property_identifier");
        if is_name && reader.is_client(node) {
            calls.extend(reader.call(node));
        }
        if node.kind() == "property_identifier" && reader.slice(node) == "getIDToken" {
            calls.push(ApiCall::IdToken);
        }
    }
    if tree.root_node().has_error() && calls.is_empty() && text.contains("github") {
        calls.push(ApiCall::HandedOn);
    }
    calls
}

struct Reader<'t> {
    text: &'t str,
}

impl Reader<'_> {
    fn slice(&self, node: Node<'_>) -> &str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The command that a call starts, if it starts one; `Some(None)` where the command is not seen.
    fn command(&self, call: Node<'_>) -> Option<Option<String>> {
        let function = call.child_by_field_name("function")?;
        let name = function.child_by_field_name("property").unwrap_or(function);
        // A pattern has an `exec`, too.
        let is_module = |object: Node<'_>| {
            let object = self.slice(object);
            object.contains("child_process") || ["exec", "cp", "childProcess"].contains(&object)
        };
        let is_pattern = self.slice(name) == "exec"
            && function.child_by_field_name("object").is_some_and(|object| !is_module(object));
        if !STARTERS.contains(&self.slice(name)) || is_pattern {
            return None;
        }
        let arguments = call.child_by_field_name("arguments")?;
        let word = |node| self.literal(node);
        let Some(first) = arguments.named_child(0).and_then(word) else { return Some(None) };
        let words: Vec<_> = match arguments.named_child(1).map(|it| (it.kind(), it)) {
            None | Some(("object", _)) => Vec::new(),
            Some(("array", array)) => children(array).into_iter().map(word).collect(),
            Some(_) => return Some(None),
        };
        let words = words.into_iter().map(|word| match word {
            Some(word) => quoted(&word),
            None => UNKNOWN_WORD.to_owned(),
        });
        let first = first.replace(endpoint::UNKNOWN, UNKNOWN_WORD);
        Some(Some(std::iter::once(first).chain(words).collect::<Vec<_>>().join(" ")))
    }

    /// Whether a name is that of the client.
    fn is_client(&self, node: Node<'_>) -> bool {
        matches!(self.slice(node), "github" | "octokit")
    }

    /// What a use of the client calls.
    fn call(&self, client: Node<'_>) -> Option<ApiCall> {
        // From `github` outwards: `github.rest.issues.createComment`.
        let mut names = Vec::new();
        let mut outer = client;
        while let Some(parent) = outer.parent()
            && parent.kind() == "member_expression"
            && parent.child_by_field_name("object").is_some_and(|object| object.id() == outer.id())
        {
            names.extend(parent.child_by_field_name("property").map(|name| self.slice(name)));
            outer = parent;
        }
        let called = outer.parent().filter(|parent| {
            parent.kind() == "call_expression"
                && parent.child_by_field_name("function").is_some_and(|it| it.id() == outer.id())
        });
        let argument = || {
            let arguments = called?.child_by_field_name("arguments")?;
            arguments.named_child(0)
        };
        match names[..] {
            [] => self.is_handed_on(client).then_some(ApiCall::HandedOn),
            // That makes a request, and does not send it.
            ["graphql" | "request", "endpoint", ..] => None,
            ["graphql", ..] => Some(ApiCall::GraphQl(argument().and_then(|it| self.literal(it)))),
            ["request", ..] => Some(match argument().and_then(|it| self.literal(it)) {
                Some(route) => ApiCall::Route(route),
                None => ApiCall::Hidden,
            }),
            // Its argument, a method or a route, is found by itself.
            ["paginate", ..] => match argument().map(|it| (it.kind(), it)) {
                Some(("string" | "template_string", node)) => {
                    self.literal(node).map(ApiCall::Route)
                }
                _ => None,
            },
            ["rest", group, method, ..] => Some(ApiCall::Method(format!("{group}.{method}"))),
            ["rest", ..] => Some(ApiCall::Hidden),
            ["context" | "hook" | "auth" | "log", ..] => None,
            [group, method, ..] => Some(ApiCall::Method(format!("{group}.{method}"))),
            _ => Some(ApiCall::HandedOn),
        }
    }

    /// Whether a bare mention of the client hands it to something: an argument, a value, a property.
    fn is_handed_on(&self, client: Node<'_>) -> bool {
        let parent = client.parent();
        parent.is_some_and(|parent| match parent.kind() {
            "arguments"
            | "variable_declarator"
            | "assignment_expression"
            | "return_statement"
            | "array" => {
                parent.child_by_field_name("name").is_none_or(|name| name.id() != client.id())
            }
            "pair" => parent.child_by_field_name("value").is_some_and(|it| it.id() == client.id()),
            _ => false,
        }) || client.kind() == "shorthand_property_identifier"
    }

    /// The text of a literal, or of a variable that is set to one.
    fn literal(&self, node: Node<'_>) -> Option<String> {
        match node.kind() {
            "string" | "template_string" => {
                let text = self.slice(node);
                let inner = text.get(1..text.len().saturating_sub(1))?;
                Some(without_substitutions(inner))
            }
            "identifier" => {
                let name = self.slice(node);
                let set = ["const ", "let ", "var "].iter().find_map(|kind| {
                    let start = self.text.find(&format!("{kind}{name} = "))?;
                    Some(&self.text[start + kind.len() + name.len() + 3..])
                })?;
                let quote = set.chars().next().filter(|c| matches!(c, '`' | '\'' | '"'))?;
                set[1..].split(quote).next().map(without_substitutions)
            }
            _ => None,
        }
    }
}

/// A word as a shell takes it for one, with what is not known of it.
fn quoted(word: &str) -> String {
    let parts = word.split(endpoint::UNKNOWN).map(|part| part.replace('\'', r"'\''"));
    let parts = parts.map(|part| format!("'{part}'"));
    parts.collect::<Vec<_>>().join(&format!("\"{UNKNOWN_WORD}\""))
}

/// The script with something that fits anywhere in place of GitHub's expressions, which are replaced
/// before it runs.
fn without_expressions(text: &str) -> String {
    let parts = expression::parts(text).into_iter();
    let part = |part| match part {
        Part::Literal(text) => text,
        Part::Expression(text) if text.trim() == "github.repository" => "{owner}/{repo}",
        Part::Expression(_) => EXPRESSION,
    };
    parts.map(part).collect()
}

/// A template with what is not known in place of each `${…}`.
fn without_substitutions(text: &str) -> String {
    marked_fields(text, "${").replace(EXPRESSION, endpoint::UNKNOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_commands_that_a_script_starts() {
        let line = |text: &str| vec![Some(text.to_owned())];
        for (text, expected) in [
            ("await exec.exec('git push')", line("git push")),
            (
                "await exec.getExecOutput('gh', ['pr', 'edit', n])",
                line("gh 'pr' 'edit' ${__unknown__}"),
            ),
            (
                "require('child_process').execSync(`git push origin ${b}`)",
                line("git push origin ${__unknown__}"),
            ),
            ("const r = /x/.exec(body); pattern.exec(body)", vec![]),
            ("spawn(name)", vec![None]),
            ("console.log('exec')", vec![]),
        ] {
            assert_eq!(commands(text), expected, "{text}");
        }
    }

    fn method(name: &str) -> ApiCall {
        ApiCall::Method(name.to_owned())
    }

    #[test]
    fn finds_what_a_script_calls() {
        for (text, expected) in [
            (
                "await github.rest.issues.createComment({ body: 'x' })",
                vec![method("issues.createComment")],
            ),
            ("github.issues.addLabels()", vec![method("issues.addLabels")]),
            (
                "const { data } = await github.paginate(github.rest.pulls.list, { x })",
                vec![method("pulls.list")],
            ),
            ("// github.rest.issues.create()\nconsole.log('github.rest.issues.create()')", vec![]),
            (
                "github.request('POST /repos/{owner}/{repo}/issues', {})",
                vec![ApiCall::Route("POST /repos/{owner}/{repo}/issues".to_owned())],
            ),
            (
                "github.request(`GET /repos/${owner}/x`)",
                vec![ApiCall::Route("GET /repos/\u{0}/x".to_owned())],
            ),
            (
                "github.graphql(`mutation { x }`)",
                vec![ApiCall::GraphQl(Some("mutation { x }".to_owned()))],
            ),
            (
                "const query = `query { y }`; await github.graphql(query)",
                vec![ApiCall::GraphQl(Some("query { y }".to_owned()))],
            ),
            (
                "const script = require('./x.js'); await script({github, context})",
                vec![ApiCall::HandedOn],
            ),
            (
                "github.request(`POST /repos/${{ github.repository }}/x/${{ github.sha }}`, ${{ x }})",
                vec![ApiCall::Route("POST /repos/{owner}/{repo}/x/\u{0}".to_owned())],
            ),
            ("const t = await core.getIDToken('x')", vec![ApiCall::IdToken]),
            ("const make = github.request.endpoint; make({ url: '/graphql' })", vec![]),
            ("run(github)", vec![ApiCall::HandedOn]),
            ("const { issue: { number } } = context; return number", vec![]),
        ] {
            assert_eq!(api_calls(text), expected, "{text}");
        }
    }
}
