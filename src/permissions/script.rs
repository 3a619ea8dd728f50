//! What a script for `actions/github-script` calls: <https://github.com/actions/github-script>.

use tree_sitter::{Node, Parser};

use super::credentials::GitNeed;
use super::endpoint::{self, Endpoint};
use super::frame::Frame;
use super::graphql;
use super::imports::{Import, imports};
use super::job::{Site, Walk};
use crate::expression::{self, Carries, Part, template};
use crate::workflow::{Level, Scope, Step};

/// What stands in the place of an expression of GitHub: a name and part of a text alike.
const EXPRESSION: &str = "__expression__";

/// A call of GitHub's API in a script.
#[derive(Debug, PartialEq, Eq)]
enum ApiCall {
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

/// Who acts in a script, with what.
struct Acts<'a, 'd> {
    /// The action, or the module of the repository.
    actor: &'a str,
    site: Site<'d>,
    frame: &'a Frame<'a>,
    /// What the client acts with.
    carries: Carries,
}

impl<'d> Walk<'_, 'd> {
    /// What a step with `actions/github-script` needs.
    pub(super) fn github_script(
        &mut self,
        step: Step<'d>,
        actor: &str,
        site: Site<'d>,
        frame: &Frame<'_>,
    ) {
        let input = |name: &str| step.input(name).and_then(|node| step.document().scalar(node));
        let script = input("script").unwrap_or_default();
        if ["exec", "require", "import", "spawn"].iter().any(|word| script.contains(word)) {
            let evidence = site.evidence(actor, "runs something that is not seen here");
            self.found.git(site.step, GitNeed::Unknown, evidence);
        }
        let carries = match input("github-token") {
            Some(text) => template(text, frame).carries,
            None => Carries { token: true, other: false },
        };
        if !carries.token {
            return;
        }
        let acts = Acts { actor, site, frame, carries };
        let mut is_handed_on = false;
        for call in api_calls(script) {
            is_handed_on |= call == ApiCall::HandedOn;
            self.api_call(call, &acts);
        }
        if is_handed_on && !self.modules(script, &acts) {
            self.guess_subject(frame, site, actor);
            let evidence = site.evidence(actor, "hands its client to code that is not seen here");
            self.found.doubt(site.step, evidence);
        }
    }

    /// What the modules of the repository call that a script hands its client to; whether that is all that
    /// is done with it.
    fn modules(&mut self, script: &str, acts: &Acts<'_, 'd>) -> bool {
        let mut imported = imports(script);
        imported.dedup();
        let mut is_all_seen = !imported.is_empty();
        for import in imported {
            let known = match &import {
                Import::File(path) => self.files.scripts.get_key_value(path.as_str()),
                Import::Other => None,
            };
            let Some((path, text)) = known else {
                is_all_seen = false;
                continue;
            };
            let calls = api_calls(text);
            let is_typed = path.ends_with("ts");
            is_all_seen &= !is_typed && !calls.is_empty() && !calls.contains(&ApiCall::HandedOn);
            let acts = Acts { actor: path, ..*acts };
            calls.into_iter().for_each(|call| self.api_call(call, &acts));
        }
        is_all_seen
    }

    /// What a call needs; one that only hands the client on needs nothing by itself.
    fn api_call(&mut self, call: ApiCall, acts: &Acts<'_, 'd>) {
        let &Acts { actor, site, frame, carries } = acts;
        let doubt = |walk: &mut Self, what: &str| {
            walk.found.doubt(site.step, site.evidence(actor, what));
        };
        match call {
            ApiCall::Method(name) => match endpoint::of_octokit(&name) {
                Some(found) => self.octokit(found, &name, acts),
                None => doubt(self, &format!("calls `{name}`, which is not known here")),
            },
            ApiCall::Route(route) => {
                let (method, path) = route.split_once(' ').unwrap_or(("GET", &route));
                match endpoint::find(method, path.trim()) {
                    Some(found) => self.octokit(found, &route, acts),
                    None => doubt(self, &format!("calls `{route}`, which is not known here")),
                }
            }
            ApiCall::GraphQl(Some(text)) => {
                let (mutations, all) = graphql::mutations(&text);
                for mutation in mutations {
                    let what = format!("runs the mutation {}", mutation.name);
                    let evidence = site.evidence(actor, &what);
                    self.asks(&mutation.asks, carries, frame, site, &evidence);
                }
                if !all {
                    doubt(self, "runs a mutation that is not known here");
                }
            }
            ApiCall::GraphQl(None) => doubt(self, "runs a query of GraphQL that is not seen"),
            ApiCall::Hidden => doubt(self, "calls an endpoint that is not seen"),
            ApiCall::HandedOn => {}
            ApiCall::IdToken => {
                let evidence = site.evidence(actor, "asks for a token of OpenID Connect");
                self.found.need(Scope::IdToken, Level::Write, &evidence);
            }
        }
    }

    fn octokit(&mut self, endpoint: &Endpoint, name: &str, acts: &Acts<'_, 'd>) {
        let &Acts { actor, site, frame, carries } = acts;
        let evidence = site.evidence(actor, &format!("calls {name}"));
        self.asks(&endpoint.asks, carries, frame, site, &evidence);
    }
}

/// The calls in a script, in the order of the text.
fn api_calls(text: &str) -> Vec<ApiCall> {
    let text = &without_expressions(text);
    let mut parser = Parser::new();
    if parser.set_language(&tree_sitter_javascript::LANGUAGE.into()).is_err() {
        return vec![ApiCall::HandedOn];
    }
    let Some(tree) = parser.parse(text, None) else { return vec![ApiCall::HandedOn] };
    let reader = Reader { text };
    let mut calls = Vec::new();
    let mut open = vec![tree.root_node()];
    while let Some(node) = open.pop() {
        let is_name = matches!(node.kind(), "identifier" | "shorthand_property_identifier");
        if is_name && reader.is_client(node) {
            calls.extend(reader.call(node));
        }
        if node.kind() == "property_identifier" && reader.slice(node) == "getIDToken" {
            calls.push(ApiCall::IdToken);
        }
        let children: Vec<_> = node.named_children(&mut node.walk()).collect();
        open.extend(children.into_iter().rev());
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
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${") {
        out.push_str(before);
        out.push_str(endpoint::UNKNOWN);
        rest = behind.split_once('}').map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    out.replace(EXPRESSION, endpoint::UNKNOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("run(github)", vec![ApiCall::HandedOn]),
            ("const { issue: { number } } = context; return number", vec![]),
        ] {
            assert_eq!(api_calls(text), expected, "{text}");
        }
    }
}
