//! What expressions of Python come to, as words.

use std::cell::Cell;

use tree_sitter::Node;

use super::super::expressions::restored;
use super::super::syntax::{children, marked_fields};
use super::super::word::{Piece, Word};
use super::names::{Names, Parameter, has_operator, positional};

/// How many values of an expression are told apart, and how deep names are followed.
const MAX_VALUES: usize = 12;
const MAX_DEPTH: usize = 12;

/// How many expressions are looked at for one: names may be set to each other in a hundred places.
const MAX_STEPS: usize = 1000;

/// The same for all of a script.
const MAX_STEPS_IN_ALL: usize = 200_000;

/// Reads the values of expressions.
pub(super) struct Values<'t> {
    pub(super) names: Names<'t>,
    expressions: &'t [String],
    /// How many expressions may still be looked at for the one that is asked for.
    left: Cell<usize>,
    /// How many for all that are asked for.
    left_in_all: Cell<usize>,
}

/// Where an expression is looked at: in a call of the function that it stands in, if that is known.
pub(super) type Site<'t> = Option<Node<'t>>;

impl<'t> Values<'t> {
    pub(super) fn new(names: Names<'t>, expressions: &'t [String]) -> Self {
        Self { names, expressions, left: Cell::default(), left_in_all: Cell::new(MAX_STEPS_IN_ALL) }
    }

    /// What an expression may be. What only a run tells of it is unknown.
    pub(super) fn of(&self, node: Node<'t>, site: Site<'t>) -> Vec<Word> {
        let left = MAX_STEPS.min(self.left_in_all.get());
        self.left.set(left);
        let found = self.words(node, site, MAX_DEPTH);
        self.left_in_all.set(self.left_in_all.get() - (left - self.left.get()));
        found
    }

    /// The names of the variable of the environment that an expression stands for, if it stands for one.
    pub(super) fn variables(&self, node: Node<'t>, site: Site<'t>) -> Vec<Word> {
        self.variable_name(node).map_or_else(Vec::new, |name| self.of(name, site))
    }

    /// The same, as an expression: of `os.environ["NAME"]`, `os.getenv("NAME")`.
    fn variable_name(&self, node: Node<'t>) -> Option<Node<'t>> {
        let of = node.child_by_field_name("value").or(node.child_by_field_name("function"))?;
        let full = self.names.full_name(of);
        match (node.kind(), full.as_str()) {
            ("subscript", "os.environ") => node.child_by_field_name("subscript"),
            ("call", "os.getenv" | "os.environ.get" | "os.environ.pop") => {
                positional(node).first().copied()
            }
            _ => None,
        }
    }

    /// The same where it can be but one thing.
    pub(super) fn only(&self, node: Node<'t>, site: Site<'t>) -> Word {
        match &self.of(node, site)[..] {
            [word] => word.clone(),
            _ => unknown(),
        }
    }

    fn words(&self, node: Node<'t>, site: Site<'t>, depth: usize) -> Vec<Word> {
        let left = self.left.get().checked_sub(1);
        let Some((depth, left)) = depth.checked_sub(1).zip(left) else { return vec![unknown()] };
        self.left.set(left);
        let inner = |node| self.words(node, site, depth);
        let field = |name: &str| node.child_by_field_name(name);
        if let Some(name) = self.variable_name(node) {
            return inner(name).iter().map(variable).collect();
        }
        let mut found = match node.kind() {
            "string" => self.string(node, site, depth),
            "concatenated_string" => joined(children(node).into_iter().map(inner)),
            "parenthesized_expression" | "await" => {
                node.named_child(0).map(inner).unwrap_or_default()
            }
            "binary_operator" => match field("left").zip(field("right")) {
                Some((left, right)) if has_operator(node, "+") => {
                    joined([inner(left), inner(right)].into_iter())
                }
                Some((left, _)) if has_operator(node, "%") => {
                    inner(left).iter().map(|word| map_texts(word, without_places)).collect()
                }
                _ => Vec::new(),
            },
            "conditional_expression" => {
                let branches = [node.named_child(0), node.named_child(2)];
                branches.into_iter().flatten().flat_map(inner).collect()
            }
            "boolean_operator" => children(node).into_iter().flat_map(inner).collect(),
            "identifier" => self.name(node, site, depth),
            "attribute" if self.names.full_name(node) == "sys.executable" => vec!["python".into()],
            "attribute" => self.assigned(node, site, depth),
            "call" => self.call(node, site, depth),
            _ => Vec::new(),
        };
        found.dedup();
        match found.len() {
            1..=MAX_VALUES => found,
            _ => vec![unknown()],
        }
    }

    fn string(&self, node: Node<'t>, site: Site<'t>, depth: usize) -> Vec<Word> {
        let parts = children(node).into_iter().filter_map(|part| match part.kind() {
            "string_content" => Some(vec![self.literal(self.names.text_of(part))]),
            "interpolation" => {
                let inner = part.child_by_field_name("expression");
                Some(inner.map_or_else(|| vec![unknown()], |it| self.words(it, site, depth)))
            }
            _ => None,
        });
        joined(parts)
    }

    fn literal(&self, text: &str) -> Word {
        restored(&text.replace("{{", "{").replace("}}", "}"), self.expressions)
    }

    /// What a name stands for: a parameter for what the calls of its function give.
    fn name(&self, node: Node<'t>, site: Site<'t>, depth: usize) -> Vec<Word> {
        let Some((function, parameter)) = self.parameter(node) else {
            return self.assigned(node, site, depth);
        };
        let calls = &self.names.calls_of(function)[..];
        let is_here = |site: &Node<'t>| calls.contains(site);
        let sites = match site.as_ref().filter(|site| is_here(site)) {
            Some(site) => std::slice::from_ref(site),
            None => calls,
        };
        let mut found: Vec<_> = sites
            .iter()
            .flat_map(|call| match self.given(*call, &parameter) {
                Some(argument) => self.words(argument, None, depth),
                None => vec![unknown()],
            })
            .collect();
        if sites.is_empty() {
            found.extend(parameter.default.into_iter().flat_map(|it| self.words(it, None, depth)));
            found.push(unknown());
        }
        // It may be set to something else before it is used.
        found.extend(self.assigned(node, site, depth));
        found
    }

    fn assigned(&self, node: Node<'t>, site: Site<'t>, depth: usize) -> Vec<Word> {
        let values = self.names.values(node).iter().take(MAX_VALUES + 1);
        values.flat_map(|value| self.words(*value, site, depth)).collect()
    }

    /// The parameter that a name stands for, of the innermost function that has it.
    pub(super) fn parameter(&self, node: Node<'t>) -> Option<(Node<'t>, Parameter<'t>)> {
        let name = self.names.text_of(node);
        let around = |it: &Node<'t>| self.names.function_around(*it);
        let functions = std::iter::successors(around(&node), around);
        functions.into_iter().find_map(|function| {
            let parameters = self.names.parameters(function).into_iter();
            Some((function, parameters.into_iter().find(|it| it.name == name)?))
        })
    }

    /// What a call gives a parameter of its function, by itself or by leaving it out.
    pub(super) fn given(&self, call: Node<'t>, parameter: &Parameter<'t>) -> Option<Node<'t>> {
        self.argument(call, parameter.position, parameter.name).or(parameter.default)
    }

    /// The argument of a call at a position or of a name.
    pub(super) fn argument(&self, call: Node<'t>, position: usize, name: &str) -> Option<Node<'t>> {
        self.keyword(call, name).or_else(|| {
            let all = positional(call);
            let is_plain = all.iter().take(position + 1).all(|it| it.kind() != "list_splat");
            all.get(position).filter(|_| is_plain).copied()
        })
    }

    /// Whether an argument is `None`: by itself, or as what the function around it is given.
    pub(super) fn is_none(&self, node: Node<'t>, site: Site<'t>) -> bool {
        let Some(site) = site.filter(|_| node.kind() == "identifier") else {
            return node.kind() == "none";
        };
        let given = self.parameter(node).and_then(|(_, parameter)| self.given(site, &parameter));
        given.is_some_and(|given| given.kind() == "none")
    }

    /// The argument of a call that has this name.
    pub(super) fn keyword(&self, call: Node<'t>, name: &str) -> Option<Node<'t>> {
        let arguments = children(call.child_by_field_name("arguments")?);
        arguments.into_iter().find_map(|argument| {
            let own = argument
                .child_by_field_name("name")
                .filter(|_| argument.kind() == "keyword_argument")?;
            (self.names.text_of(own) == name).then(|| argument.child_by_field_name("value"))?
        })
    }

    /// What a call gives back.
    fn call(&self, node: Node<'t>, site: Site<'t>, depth: usize) -> Vec<Word> {
        let Some(function) = node.child_by_field_name("function") else { return Vec::new() };
        let full = self.names.full_name(function);
        if ["str", "os.fspath", "pathlib.Path", "urllib.parse.quote"].contains(&full.as_str()) {
            let first = positional(node).into_iter().next();
            return first.map_or_else(Vec::new, |it| self.words(it, site, depth));
        }
        let object = function.child_by_field_name("object");
        match (self.names.last_name(function), object) {
            ("strip" | "rstrip" | "lstrip" | "lower" | "upper", Some(object)) => {
                self.words(object, site, depth)
            }
            ("format", Some(object)) => self
                .words(object, site, depth)
                .into_iter()
                .map(|word| map_texts(&word, |text| of_marked(&marked_fields(text, "{"))))
                .collect(),
            _ => {
                let functions = self.names.called(node).iter();
                functions.flat_map(|function| self.returned(*function, node, depth)).collect()
            }
        }
    }

    /// What a function of the script returns to a call of it.
    fn returned(&self, function: Node<'t>, call: Node<'t>, depth: usize) -> Vec<Word> {
        let mut open = function.child_by_field_name("body").map_or_else(Vec::new, children);
        let mut found = Vec::new();
        while let Some(node) = open.pop() {
            match node.kind() {
                "return_statement" => {
                    let value = node.named_child(0);
                    found
                        .extend(value.into_iter().flat_map(|it| self.words(it, Some(call), depth)));
                }
                "function_definition" | "class_definition" => {}
                _ => open.extend(children(node)),
            }
        }
        found
    }
}

/// A word of which nothing is known.
pub(super) fn unknown() -> Word {
    Word::new([Piece::Unknown])
}

/// The variable of the environment that this is the name of.
fn variable(name: &Word) -> Word {
    name.text().map_or_else(unknown, |name| Word::new([Piece::Variable(name.to_owned())]))
}

/// The words that are made of one of each, in order.
fn joined(parts: impl Iterator<Item = Vec<Word>>) -> Vec<Word> {
    let mut found = vec![Word::default()];
    for part in parts {
        if found.len() * part.len() > MAX_VALUES {
            return vec![unknown()];
        }
        let with = |start: &Word| {
            let start = start.clone();
            part.iter()
                .map(move |end| Word::new(start.pieces().iter().chain(end.pieces()).cloned()))
        };
        found = found.iter().flat_map(with).collect();
    }
    found
}

/// A text with something that is not known in place of each `%s` and the like.
fn without_places(text: &str) -> Vec<Piece> {
    let places = ["%s", "%d", "%r"];
    of_marked(&places.iter().fold(text.to_owned(), |text, place| text.replace(place, "\0")))
}

/// The parts of a text in which a zero stands for what is not known.
fn of_marked(text: &str) -> Vec<Piece> {
    let parts = text.split('\0').map(|part| Piece::Text(part.to_owned()));
    let parts = parts.flat_map(|part| [Piece::Unknown, part]);
    parts.skip(1).collect()
}

fn map_texts(word: &Word, replace: impl Fn(&str) -> Vec<Piece>) -> Word {
    let pieces = word.pieces().iter().flat_map(|piece| match piece {
        Piece::Text(text) => replace(text),
        other => vec![other.clone()],
    });
    Word::new(pieces)
}
