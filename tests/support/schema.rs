//! The schemas that GitHub publishes, as npm has them.

#![allow(dead_code, clippy::unwrap_used, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// GitHub's GraphQL schema, and the reference implementation of GraphQL to read it with.
pub(crate) const GRAPHQL: [&str; 2] = ["@octokit/graphql-schema@15", "graphql@16"];

/// The file of the schema.
pub(crate) const SCHEMA: &str = "node_modules/@octokit/graphql-schema/schema.graphql";

/// GitHub's description of its REST API.
pub(crate) const OPENAPI: [&str; 1] = ["@octokit/openapi@23"];

/// Takes the parameters of every operation out of the description, which has 400 MB, and what the bodies
/// of those about a repository may hold.
const REDUCE: &str = "\
const { readFileSync, writeFileSync, rmSync } = require('fs');
const api = JSON.parse(readFileSync('node_modules/@octokit/openapi/generated/api.github.com.json', 'utf8'));
const named = (it) => it.$ref ? it.$ref.slice(2).split('/').reduce((from, key) => from[key], api) : it;
const parameter = (it) => (({ name, in: place, required, schema, 'x-multi-segment': several }) =>
  ({ name, place, required, several, schema: schema && named(schema) }))(named(it));
const whole = (it, depth = 0) => Array.isArray(it) ? it.map((part) => whole(part, depth))
  : it && typeof it === 'object'
    ? depth > 8 ? {} : it.$ref ? whole(named(it), depth + 1)
      : Object.fromEntries(Object.entries(it).filter(([key]) => !key.startsWith('example')).map(([key, value]) => [key, whole(value, depth)]))
    : it;
const body = (operation) => whole(operation.requestBody && named(operation.requestBody).content?.['application/json']?.schema);
const operations = [];
for (const [path, item] of Object.entries(api.paths))
  for (const [method, operation] of Object.entries(item))
    operations.push({ path, method: method.toUpperCase(), parameters: (operation.parameters ?? []).map(parameter),
      body: path.startsWith('/repos/') ? body(operation) : undefined });
writeFileSync('operations-with-bodies.json', JSON.stringify(operations));
rmSync('node_modules', { recursive: true });
";

/// What is left of the description.
pub(crate) const OPERATIONS: &str = "operations-with-bodies.json";

/// One at a time.
static INSTALLING: Mutex<()> = Mutex::new(());

/// A folder into which GitHub's GraphQL schema was installed once; `None`, with a message, where it
/// cannot be had.
pub(crate) fn graphql() -> Option<PathBuf> {
    installed("graphql-schema", &GRAPHQL, None, SCHEMA)
}

/// A folder with what is left of GitHub's description of its REST API.
pub(crate) fn openapi() -> Option<PathBuf> {
    installed("openapi", &OPENAPI, Some(REDUCE), OPERATIONS)
}

/// A folder into which these packages were installed once, and where a script then left this file.
fn installed(name: &str, packages: &[&str], script: Option<&str>, file: &str) -> Option<PathBuf> {
    let _alone = INSTALLING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let done = folder.join(file);
    if !done.exists() {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("package.json"), r#"{"private": true}"#).unwrap();
        let run = |program: &str, arguments: &[&str]| {
            let output = Command::new(program).args(arguments).current_dir(&folder).output();
            output.is_ok_and(|output| output.status.success())
        };
        let flags = ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"];
        let is_there = run("npm", &[&flags, packages].concat())
            && script.is_none_or(|script| run("node", &["-e", script]));
        if !is_there || !done.exists() {
            println!("skipped: npm could not install {packages:?}");
            return None;
        }
    }
    Some(folder)
}
