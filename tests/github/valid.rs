//! Every request, held against the schemas that GitHub publishes.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::openapi::fault;
use crate::schema;
use crate::server::Request;

/// Validates queries, and the variables that came with them.
const VALIDATE: &str = "\
const { buildSchema, parse, validate } = require('graphql');
const { getVariableValues } = require('graphql/execution/values');
const { readFileSync } = require('fs');
const schema = buildSchema(readFileSync('node_modules/@octokit/graphql-schema/schema.graphql', 'utf8'), { assumeValid: true });
for (const { query, variables } of JSON.parse(readFileSync(0, 'utf8'))) {
  const document = parse(query);
  const errors = [...validate(schema, document)];
  if (!errors.length)
    errors.push(...(getVariableValues(schema, document.definitions[0].variableDefinitions ?? [], variables ?? {}).errors ?? []));
  for (const error of errors) console.log(error.message);
}
";

/// Fails where GitHub would not take one of these requests.
pub(crate) fn check(requests: &[Request]) {
    let (rest, graphql): (Vec<_>, Vec<_>) =
        requests.iter().partition(|request| request.path().starts_with("/api/v3"));
    let bodies = graphql
        .iter()
        .filter(|request| request.path() == "/api/graphql")
        .map(|request| serde_json::from_slice(&request.body).unwrap());
    let bodies: Vec<Value> = bodies.filter(is_new).collect();
    if !bodies.is_empty() {
        assert_eq!(errors(&bodies).unwrap_or_default(), "");
    }
    let Some(folder) = schema::openapi() else { return };
    let operations = std::fs::read(folder.join(schema::OPERATIONS)).unwrap();
    let operations: Vec<Value> = serde_json::from_slice(&operations).unwrap();
    for request in rest {
        assert_eq!(fault(&operations, request), None, "{}", request.target);
    }
}

/// Whether no query of this text and with variables of this shape was seen before: it takes a while to
/// validate one.
fn is_new(body: &Value) -> bool {
    static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let key = format!("{} {}", body["query"], shape(&body["variables"]));
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).insert(key)
}

/// A value without what it holds.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), shape(value))).collect()
        }
        Value::Array(items) => {
            let shapes: BTreeSet<_> = items.iter().map(|item| shape(item).to_string()).collect();
            shapes.into_iter().collect()
        }
        Value::String(_) => "text".into(),
        Value::Number(_) => "number".into(),
        Value::Bool(_) => "truth".into(),
        Value::Null => Value::Null,
    }
}

/// What is wrong with queries; `None` where the schema cannot be had.
fn errors(bodies: &[Value]) -> Option<String> {
    let folder = schema::graphql()?;
    let mut node = Command::new("node")
        .args(["-e", VALIDATE])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let input = serde_json::to_vec(bodies).unwrap();
    node.stdin.take().unwrap().write_all(&input).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

#[test]
fn the_check_does_check() {
    let query = "mutation commit($input: CreateCommitOnBranchInput!) {\n  \
                 createCommitOnBranch(input: $input) { commit { oid } }\n}\n";
    let input = json!({
        "branch": { "repositoryNameWithOwner": "a/b", "branchName": "c" },
        "expectedHeadOid": "0", "message": { "headline": "d" },
    });
    let body = json!({ "query": query, "variables": { "input": input } });
    let Some(found) = errors(std::slice::from_ref(&body)) else { return };
    assert_eq!(found, "");
    for (from, to, expected) in [
        ("expectedHeadOid", "expectedHead", "expectedHead"),
        ("\"headline\"", "\"title\"", "headline"),
        ("commit { oid }", "commit { id2 }", "id2"),
    ] {
        let wrong: Value = serde_json::from_str(&body.to_string().replace(from, to)).unwrap();
        assert!(errors(&[wrong]).unwrap().contains(expected), "{expected}");
    }
}
