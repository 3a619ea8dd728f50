//! What the names in a script of Python stand for.

use std::collections::{BTreeMap, HashMap};

use tree_sitter::Node;

use super::super::syntax::children;

/// How many calls of a function are told apart.
const MAX_CALLS: usize = 64;

/// What a script binds names to, wherever in it.
pub(super) struct Names<'t> {
    pub(super) text: &'t str,
    /// What is imported, by the name that it has here: `run` is `subprocess.run`.
    imports: BTreeMap<&'t str, String>,
    /// What variables and attributes are set to.
    values: BTreeMap<&'t str, Vec<Node<'t>>>,
    /// The functions, by name.
    functions: BTreeMap<&'t str, Vec<Node<'t>>>,
    /// The calls, by the last part of what is called.
    calls: BTreeMap<&'t str, Vec<Node<'t>>>,
    /// The functions that names, calls and functions stand in, by the identity of these.
    around: HashMap<usize, Node<'t>>,
}

/// A parameter of a function.
pub(super) struct Parameter<'t> {
    pub(super) name: &'t str,
    /// Where it stands among the arguments without a name.
    pub(super) position: usize,
    pub(super) default: Option<Node<'t>>,
    /// Whether it takes all arguments that are left: `*args`.
    pub(super) takes_rest: bool,
}

impl<'t> Names<'t> {
    pub(super) fn of(text: &'t str, nodes: &[Node<'t>]) -> Self {
        let mut names = Self {
            text,
            imports: BTreeMap::new(),
            values: BTreeMap::new(),
            functions: BTreeMap::new(),
            calls: BTreeMap::new(),
            around: HashMap::new(),
        };
        // To ask a node for what it stands in takes a walk from the root.
        let mut open: Vec<Node<'t>> = Vec::new();
        for &node in nodes {
            while open.pop_if(|it| it.end_byte() <= node.start_byte()).is_some() {}
            let is_asked =
                matches!(node.kind(), "identifier" | "attribute" | "call" | "function_definition");
            if let Some(function) = open.last().filter(|_| is_asked) {
                names.around.insert(node.id(), *function);
            }
            if node.kind() == "function_definition" {
                open.push(node);
            }
            names.add(node);
        }
        names
    }

    fn add(&mut self, node: Node<'t>) {
        let field = |name: &str| node.child_by_field_name(name);
        match node.kind() {
            "import_statement" => {
                for (name, alias) in self.imported(node, None) {
                    // `import urllib.request` binds `urllib`.
                    let top = self.text_of(name).split('.').next().unwrap_or_default();
                    match alias {
                        Some(alias) => self.imports.insert(alias, self.text_of(name).to_owned()),
                        None => self.imports.insert(top, top.to_owned()),
                    };
                }
            }
            "import_from_statement" => {
                let Some(module) = field("module_name") else { return };
                for (name, alias) in self.imported(node, Some(module)) {
                    let name = self.text_of(name);
                    let full = format!("{}.{name}", self.text_of(module));
                    self.imports.insert(alias.unwrap_or(name), full);
                }
            }
            "assignment" | "named_expression" => {
                let target = field("left").or_else(|| field("name"));
                let value = field("right").or_else(|| field("value"));
                if let (Some(target), Some(value)) = (target, value) {
                    self.bind(target, value);
                }
            }
            "as_pattern" => {
                let alias = field("alias").and_then(|alias| alias.named_child(0));
                if let (Some(alias), Some(value)) = (alias, node.named_child(0)) {
                    self.bind(alias, value);
                }
            }
            "for_statement" | "for_in_clause" => {
                let Some((target, list)) = field("left").zip(field("right")) else { return };
                match list.kind() {
                    "list" | "tuple" => {
                        children(list).into_iter().for_each(|value| self.bind(target, value));
                    }
                    // Nothing is known of what is in it.
                    _ => self.bind(target, node),
                }
            }
            "function_definition" => {
                if let Some(name) = field("name") {
                    self.functions.entry(self.text_of(name)).or_default().push(node);
                }
            }
            "call" => {
                if let Some(function) = field("function") {
                    self.calls.entry(self.last_name(function)).or_default().push(node);
                }
            }
            _ => {}
        }
    }

    /// The names that an import brings, each with what it is called here.
    pub(super) fn imported(
        &self,
        import: Node<'t>,
        module: Option<Node<'t>>,
    ) -> Vec<(Node<'t>, Option<&'t str>)> {
        let names = children(import).into_iter().filter(|name| Some(*name) != module);
        let name = |node: Node<'t>| match node.kind() {
            "aliased_import" => {
                let alias = node.child_by_field_name("alias").map(|alias| self.text_of(alias));
                Some((node.child_by_field_name("name")?, alias))
            }
            "dotted_name" => Some((node, None)),
            _ => None,
        };
        names.filter_map(name).collect()
    }

    fn bind(&mut self, target: Node<'t>, value: Node<'t>) {
        match target.kind() {
            "identifier" | "attribute" => {
                self.values.entry(self.last_name(target)).or_default().push(value);
            }
            // Of several at once, nothing is known of each.
            "pattern_list" | "tuple_pattern" | "list_pattern" => {
                children(target).into_iter().for_each(|it| self.bind(it, target));
            }
            _ => {}
        }
    }

    pub(super) fn text_of(&self, node: Node<'_>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The last part of a name: `post` of `self.session.post`.
    pub(super) fn last_name(&self, node: Node<'t>) -> &'t str {
        self.text_of(node.child_by_field_name("attribute").unwrap_or(node))
    }

    /// The name of what is called or meant, with its module: `subprocess.run` of `sp.run` and of `run`.
    pub(super) fn full_name(&self, node: Node<'t>) -> String {
        let mut parts = Vec::new();
        let mut inner = node;
        while let Some(object) = inner.child_by_field_name("object") {
            parts.push(self.last_name(inner));
            inner = object;
        }
        let first = self.text_of(inner);
        let first = match inner.kind() {
            "identifier" => self.imports.get(first).map_or(first, String::as_str),
            _ => "",
        };
        parts.push(first);
        parts.reverse();
        parts.join(".")
    }

    /// The full names of what is imported.
    pub(super) fn imports(&self) -> impl Iterator<Item = &str> {
        self.imports.values().map(String::as_str)
    }

    /// Whether a name is that of a function of the script.
    pub(super) fn is_function(&self, name: &str) -> bool {
        self.functions.contains_key(name)
    }

    /// What a variable or an attribute is set to: all of it, wherever.
    pub(super) fn values(&self, node: Node<'t>) -> &[Node<'t>] {
        self.values.get(self.last_name(node)).map_or(&[], Vec::as_slice)
    }

    /// The functions of the script that a call may lead to.
    pub(super) fn called(&self, call: Node<'t>) -> &[Node<'t>] {
        let function = call.child_by_field_name("function");
        function.and_then(|it| self.functions.get(self.last_name(it))).map_or(&[], Vec::as_slice)
    }

    /// The calls of a function of the script; none where they are too many to look at each.
    pub(super) fn calls_of(&self, function: Node<'t>) -> Vec<Node<'t>> {
        let name = function.child_by_field_name("name").map(|name| self.text_of(name));
        let calls = name.and_then(|name| self.calls.get(name)).map_or(&[][..], Vec::as_slice);
        if calls.len() > MAX_CALLS {
            return Vec::new();
        }
        // A module has a function of its own by that name.
        let is_module = |call: &&Node<'t>| {
            let called = call.child_by_field_name("function");
            let object = called.and_then(|it| it.child_by_field_name("object"));
            object.is_some_and(|object| self.imports.contains_key(self.text_of(object)))
        };
        calls.iter().filter(|call| !is_module(call)).copied().collect()
    }

    /// The function that a name, a call or a function stands in.
    pub(super) fn function_around(&self, node: Node<'t>) -> Option<Node<'t>> {
        self.around.get(&node.id()).copied()
    }

    /// The parameters of a function, without the object that a method is called on.
    pub(super) fn parameters(&self, function: Node<'t>) -> Vec<Parameter<'t>> {
        let parameters = function.child_by_field_name("parameters").map_or_else(Vec::new, children);
        let parameter = |node: Node<'t>| {
            let inner = match node.kind() {
                "typed_parameter" => node.named_child(0)?,
                _ => node.child_by_field_name("name").unwrap_or(node),
            };
            let takes_rest = inner.kind() == "list_splat_pattern";
            let name = if takes_rest { inner.named_child(0)? } else { inner };
            let default = node.child_by_field_name("value");
            let name = Some(name).filter(|name| name.kind() == "identifier")?;
            Some((self.text_of(name), default, takes_rest))
        };
        let all = parameters.into_iter().filter_map(parameter);
        let own = all.filter(|(name, ..)| !matches!(*name, "self" | "cls"));
        let numbered = own.enumerate().map(|(position, (name, default, takes_rest))| Parameter {
            name,
            position,
            default,
            takes_rest,
        });
        numbered.collect()
    }
}

/// Whether an expression puts two together by this operator.
pub(super) fn has_operator(expression: Node<'_>, operator: &str) -> bool {
    expression.child_by_field_name("operator").is_some_and(|it| it.kind() == operator)
}

/// The arguments of a call: those without a name, in order.
pub(super) fn positional(call: Node<'_>) -> Vec<Node<'_>> {
    let arguments = call.child_by_field_name("arguments").map_or_else(Vec::new, children);
    arguments
        .into_iter()
        .filter(|it| !matches!(it.kind(), "keyword_argument" | "comment"))
        .collect()
}
