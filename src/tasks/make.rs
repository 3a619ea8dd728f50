//! Makefiles: <https://www.gnu.org/software/make/manual/make.html>.

use std::collections::{BTreeMap, BTreeSet};

use super::Definition;

/// How often a variable is looked up inside another one.
const MAX_DEPTH: usize = 8;

/// How long a text may become by its variables, in bytes.
const MAX_LENGTH: usize = 64 << 10;

/// How long a chain of prerequisites may be.
const MAX_CHAIN: usize = 100;

/// Words that start a line which is none of a rule, and ends none.
const DIRECTIVES: &[&str] =
    &["define", "else", "endef", "endif", "export", "ifdef", "ifeq", "ifndef", "ifneq", "include"];

#[derive(Debug, Default)]
struct Makefile<'t> {
    variables: BTreeMap<&'t str, &'t str>,
    rules: Vec<Rule<'t>>,
}

#[derive(Debug)]
struct Rule<'t> {
    targets: Vec<&'t str>,
    prerequisites: Vec<&'t str>,
    /// The number of the first line of the recipe, and its lines without what is said to `make` alone.
    line: usize,
    recipe: Vec<&'t str>,
}

/// What is done for a target, and before it for its prerequisites; for an empty name for the first target.
pub(super) fn definitions(text: &str, target: &str) -> Vec<Definition> {
    let makefile = Makefile::parse(text);
    let mut targets = makefile.rules.iter().flat_map(|rule| &rule.targets);
    let first = targets.find(|name| !name.starts_with('.')).copied();
    let target = if target.is_empty() { first.unwrap_or_default() } else { target };
    let mut found = Vec::new();
    makefile.make(target, 0, &mut BTreeSet::new(), &mut found);
    found
}

impl<'t> Makefile<'t> {
    fn parse(text: &'t str) -> Self {
        let mut makefile = Self::default();
        let mut is_recipe = false;
        let mut goes_on = false;
        for (number, line) in text.lines().enumerate() {
            let belongs = is_recipe && (line.starts_with('\t') || goes_on);
            goes_on = line.ends_with('\\');
            if belongs {
                if let Some(rule) = makefile.rules.last_mut() {
                    if rule.recipe.is_empty() {
                        rule.line = number;
                    }
                    // What stands between keeps its lines.
                    let between = rule.line + rule.recipe.len();
                    rule.recipe.extend((between..number).map(|_| ""));
                    rule.recipe.push(said(line));
                }
                continue;
            }
            let code = line.split('#').next().unwrap_or_default().trim_end();
            let first = code.split_whitespace().next().unwrap_or_default();
            if code.trim().is_empty() || DIRECTIVES.contains(&first) {
                continue;
            }
            is_recipe = false;
            if let Some((name, value)) = assignment(code) {
                makefile.variables.insert(name, value);
            } else if let Some((targets, behind)) = code.split_once(':') {
                let (prerequisites, inline) = behind.split_once(';').unwrap_or((behind, ""));
                makefile.rules.push(Rule {
                    targets: targets.split_whitespace().collect(),
                    prerequisites: words(prerequisites.trim_start_matches(':')),
                    line: number,
                    recipe: [said(inline)].into_iter().filter(|it| !it.is_empty()).collect(),
                });
                is_recipe = true;
            }
        }
        makefile
    }

    fn make(
        &self,
        target: &str,
        depth: usize,
        made: &mut BTreeSet<String>,
        found: &mut Vec<Definition>,
    ) {
        if depth > MAX_CHAIN || !made.insert(target.to_owned()) {
            return;
        }
        for rule in self.rules.iter().filter(|rule| rule.targets.contains(&target)) {
            for prerequisite in &rule.prerequisites {
                self.make(prerequisite, depth + 1, made, found);
            }
            let script = self.expanded(&rule.recipe.join("\n"), target, 0);
            found.push(Definition { line: rule.line, script });
        }
    }

    /// A text with the variables of the file put in; what is none of them stays one of the environment.
    fn expanded(&self, text: &str, target: &str, depth: usize) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('$') {
            out.push_str(before);
            if out.len() > MAX_LENGTH {
                break;
            }
            let close = match behind.chars().next() {
                Some('(') => ')',
                Some('{') => '}',
                Some('$') => {
                    out.push('$');
                    rest = &behind[1..];
                    continue;
                }
                Some('@') => {
                    out.push_str(target);
                    rest = &behind[1..];
                    continue;
                }
                other => {
                    out.push_str("${make}");
                    rest = &behind[other.map_or(0, char::len_utf8)..];
                    continue;
                }
            };
            let Some((name, after)) = reference(behind, close) else { break };
            match self.variables.get(name) {
                _ if name == "MAKE" => out.push_str("make"),
                Some(value) if depth < MAX_DEPTH => {
                    out.push_str(&self.expanded(value, target, depth + 1));
                }
                _ if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => {
                    out.push_str(&format!("${{{name}}}"));
                }
                _ => out.push_str("${make}"),
            }
            rest = after;
        }
        out + rest
    }
}

/// What is between the brackets that a text starts with, which may hold others, and what is behind them.
fn reference(text: &str, close: char) -> Option<(&str, &str)> {
    let open = text.chars().next()?;
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return Some((&text[1..at], &text[at + 1..]));
            }
        }
    }
    None
}

/// The name and the value of a variable: of `NAME = value`, also by `:=`, `?=`, `+=`.
fn assignment(code: &str) -> Option<(&str, &str)> {
    let (name, value) = code.split_once('=')?;
    let name = name.trim_end_matches([':', '?', '+', '!']).trim();
    let is_name = !name.is_empty() && !name.contains([' ', ':', '$', '(']);
    is_name.then(|| (name, value.trim()))
}

/// A line of a recipe without what it says to `make` alone.
fn said(line: &str) -> &str {
    line.trim_start().trim_start_matches(['@', '-', '+']).trim_end()
}

/// The prerequisites of a rule.
fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().filter(|word| *word != "|").collect()
}
