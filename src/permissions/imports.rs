//! Modules of the repository that a script for `actions/github-script` imports.

use super::elsewhere::is_github_script;
use crate::actions::Uses;
use crate::workflow::Step;

/// How a path from the root of the repository starts: <https://github.com/actions/github-script#run-a-separate-file>.
const ROOTS: &[&str] = &[
    "./",
    "${{ github.workspace }}/",
    "${{github.workspace}}/",
    "${process.env.GITHUB_WORKSPACE}/",
];

/// Modules of Node.js that have nothing to do with a client that they are given.
const OF_NODE: &[&str] =
    &["child_process", "crypto", "fs", "fs/promises", "os", "path", "url", "util"];

/// A module that a script imports.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Import {
    /// A file of the repository, by its path from the root.
    File(String),
    /// Another one, that is not part of Node.js.
    Other,
}

/// What a script imports, in the order of the text.
pub(super) fn imports(script: &str) -> Vec<Import> {
    let calls = ["require(", "import("].into_iter().flat_map(|call| script.match_indices(call));
    let mut calls: Vec<_> = calls.map(|(at, call)| (at, &script[at + call.len()..])).collect();
    calls.sort_by_key(|&(at, _)| at);
    calls.into_iter().filter_map(|(_, argument)| import(argument.trim_start())).collect()
}

/// The files of the repository that the script of a step with `actions/github-script` imports, by their
/// paths from the root; none of another step.
pub fn imported_files(step: Step<'_>) -> impl Iterator<Item = String> {
    let uses = step.text("uses").map(|uses| Uses::parse(uses.trim()));
    let is_it = matches!(uses, Some(Uses::Repository(action)) if is_github_script(&action));
    let script = step.input("script").filter(|_| is_it);
    let script = script.and_then(|script| step.document().scalar(script)).unwrap_or_default();
    imports(script).into_iter().filter_map(|import| match import {
        Import::File(path) => Some(path),
        Import::Other => None,
    })
}

/// What the argument of a call imports; nothing where it is a part of Node.js.
fn import(argument: &str) -> Option<Import> {
    let quoted = argument.strip_prefix(['\'', '"', '`']);
    let Some(name) = quoted.and_then(|rest| rest.split(['\'', '"', '`']).next()) else {
        return Some(Import::Other);
    };
    if name.starts_with("node:") || OF_NODE.contains(&name) {
        return None;
    }
    // `\.` is a dot.
    let name = name.replace('\\', "");
    let path = ROOTS.iter().find_map(|root| name.strip_prefix(root));
    let path = path.filter(|path| !path.contains("${") && !path.contains(".."));
    Some(path.map_or(Import::Other, |path| Import::File(path.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_files_of_the_repository_from_packages() {
        let file = |path: &str| Import::File(path.to_owned());
        for (script, expected) in [
            ("const f = require('./tools/x.js'); f({github})", vec![file("tools/x.js")]),
            (
                "const { run } = await import('${{ github.workspace }}/.github/x.mjs')",
                vec![file(".github/x.mjs")],
            ),
            ("await import(`${process.env.GITHUB_WORKSPACE}/x.mjs`)", vec![file("x.mjs")]),
            (r"require('./\.github/x.js')", vec![file(".github/x.js")]),
            ("require( \"node:fs\"); require('path')", vec![]),
            ("require('@actions/glob'); require(name)", vec![Import::Other, Import::Other]),
            (
                "require('../x.js'); require('./${{ inputs.x }}.js')",
                vec![Import::Other, Import::Other],
            ),
            ("console.log(1)", vec![]),
        ] {
            assert_eq!(imports(script), expected, "{script}");
        }
    }
}
