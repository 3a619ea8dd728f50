//! The requests, validated against the schemas that GitHub publishes.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use spec8_fix::actions::{Commit, Definition, RepositoryName};
use spec8_fix::resolve::{Page, Question, definitions_query, query};

use crate::github::Github;
use crate::program::{command, workflow};
use crate::server::{Reply, Request, Server};
use crate::{TOKEN, cli};

/// GitHub's GraphQL schema, and the reference implementation of GraphQL to read it with.
const GRAPHQL: [&str; 2] = ["@octokit/graphql-schema@15", "graphql@16"];

/// GitHub's description of its REST API.
const OPENAPI: [&str; 1] = ["@octokit/openapi@23"];

const VALIDATE: &str = "\
const { buildSchema, parse, validate } = require('graphql');
const { readFileSync } = require('fs');
const schema = buildSchema(readFileSync('node_modules/@octokit/graphql-schema/schema.graphql', 'utf8'), { assumeValid: true });
const errors = validate(schema, parse(readFileSync(0, 'utf8')));
console.log(errors.map((error) => error.message).join('\\n'));
";

/// Takes the parameters of every operation out of the description, which has 400 MB.
const REDUCE: &str = "\
const { readFileSync, writeFileSync, rmSync } = require('fs');
const api = JSON.parse(readFileSync('node_modules/@octokit/openapi/generated/api.github.com.json', 'utf8'));
const named = (it) => it.$ref ? it.$ref.slice(2).split('/').reduce((from, key) => from[key], api) : it;
const parameter = (it) => (({ name, in: place, required, schema, 'x-multi-segment': several }) =>
  ({ name, place, required, several, schema: schema && named(schema) }))(named(it));
const operations = [];
for (const [path, item] of Object.entries(api.paths))
  for (const [method, { parameters = [] }] of Object.entries(item))
    operations.push({ path, method: method.toUpperCase(), parameters: parameters.map(parameter) });
writeFileSync('operations.json', JSON.stringify(operations));
rmSync('node_modules', { recursive: true });
";

/// A folder into which these packages were installed once, and where a script then left this file;
/// `None`, with a message, where they cannot be had.
fn installed(name: &str, packages: &[&str], script: Option<&str>, file: &str) -> Option<PathBuf> {
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

fn errors(folder: &Path, query: &str) -> String {
    let file = folder.join("query.graphql");
    std::fs::write(&file, query).unwrap();
    let output = Command::new("node")
        .args(["-e", VALIDATE])
        .current_dir(folder)
        .stdin(std::fs::File::open(&file).unwrap())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn github_takes_our_queries() {
    let schema = "node_modules/@octokit/graphql-schema/schema.graphql";
    let Some(folder) = installed("graphql-schema", &GRAPHQL, None, schema) else { return };
    let commits: Vec<_> = [1, 2].map(|byte| Commit([byte; 20])).into();
    let question = |name, names: &[&'static str], page| Question {
        repository: RepositoryName { owner: "own", name },
        names: names.to_vec(),
        commits: commits.clone(),
        compared: commits.clone(),
        tags: page,
        advisories: true,
        newer: vec!["", "v4.", "\"4.1."],
    };
    let query = query(&[
        question("er", &["v1", "release/v1", "odd\"name\\\u{1}ä"], Page::First),
        question("two", &[], Page::After("Y3Vyc29y".to_owned())),
        question("three", &[], Page::None),
    ]);
    assert_eq!(errors(&folder, &query), "");
    let definition = |git_ref: &str, path: &str| {
        let [owner, name, git_ref, path] = ["own", "er", git_ref, path].map(str::to_owned);
        Definition { owner, name, git_ref, path }
    };
    let definitions = [
        definition("v1", ""),
        definition("refs/heads/odd\"name\\\u{1}ä", "sub/folder"),
        definition("main", ".github/workflows/x.yml"),
    ];
    let definitions = definitions_query(&definitions.each_ref());
    assert_eq!(errors(&folder, &definitions), "");
    for field in ["isTruncated", "isBinary", "expression"] {
        let wrong = definitions.replace(field, "nonsense");
        assert!(errors(&folder, &wrong).contains("nonsense"), "{field}");
    }
    // The check does check.
    for field in ["isArchived", "isPrivate", "ghsaId", "status", "publishedAt"] {
        let wrong = query.replace(field, "nonsense");
        assert!(errors(&folder, &wrong).contains("nonsense"), "{field}");
    }
}

/// What is wrong with a request, by the description of the API.
fn fault(operations: &[Value], request: &Request) -> Option<String> {
    let path = request.path().strip_prefix("/api/v3").unwrap();
    let is_meant =
        |operation: &&Value| operation["method"] == *request.method && fits(operation, path);
    // Of several the one with fewest placeholders, as a router takes it.
    let holes = |operation: &&Value| operation["path"].as_str().unwrap().matches('{').count();
    let Some(operation) = operations.iter().filter(is_meant).min_by_key(holes) else {
        return Some(format!("there is no {} {path}", request.method));
    };
    let parameters = operation["parameters"].as_array().unwrap();
    let given: Vec<_> = request.query().split('&').filter_map(|it| it.split_once('=')).collect();
    let mut known = parameters.iter().filter(|parameter| parameter["place"] == "query");
    let missing = known.find(|parameter| {
        let is_given = given.iter().any(|(name, _)| parameter["name"] == *name);
        parameter["required"] == true && !is_given
    });
    if let Some(parameter) = missing {
        return Some(format!("{path} needs {}", parameter["name"]));
    }
    if !request.body.is_empty() {
        return Some(format!("{path} takes no body"));
    }
    given.iter().find_map(|(name, value)| {
        let is_it = |it: &&Value| it["place"] == "query" && it["name"] == *name;
        let Some(parameter) = parameters.iter().find(is_it) else {
            return Some(format!("{path} knows no {name}"));
        };
        (!takes(&parameter["schema"], value)).then(|| format!("{path}: {name} is not {value}"))
    })
}

/// Whether a path is that of an operation.
fn fits(operation: &Value, path: &str) -> bool {
    let several = |hole: &str| {
        let name = hole.trim_matches(['{', '}']);
        let mut parameters = operation["parameters"].as_array().unwrap().iter();
        parameters.any(|it| it["name"] == name && it["several"] == true)
    };
    let template: Vec<_> = operation["path"].as_str().unwrap().split('/').collect();
    let parts: Vec<_> = path.split('/').collect();
    let same =
        |(hole, part): (&&str, &&str)| hole.starts_with('{') && !part.is_empty() || hole == part;
    let takes_rest = template.last().is_some_and(|last| several(last));
    let length =
        if takes_rest { parts.len() >= template.len() } else { parts.len() == template.len() };
    length && template.iter().zip(&parts).all(same)
}

/// Whether a value is of a schema, as far as queries go.
fn takes(schema: &Value, value: &str) -> bool {
    if let Some(choices) = schema["oneOf"].as_array() {
        return choices.iter().any(|choice| takes(choice, value));
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().any(|known| known == value);
    }
    let number = value.parse::<i64>().ok();
    let within = |bound: &str, holds: fn(&i64, &i64) -> bool| {
        schema[bound]
            .as_i64()
            .is_none_or(|bound| number.is_some_and(|number| holds(&number, &bound)))
    };
    match schema["type"].as_str() {
        Some("integer") => {
            number.is_some() && within("minimum", i64::ge) && within("maximum", i64::le)
        }
        Some("boolean") => matches!(value, "true" | "false"),
        _ => !value.is_empty(),
    }
}

#[test]
fn github_takes_our_rest_requests() {
    let file = "operations.json";
    let Some(folder) = installed("openapi", &OPENAPI, Some(REDUCE), file) else { return };
    let operations = std::fs::read(folder.join(file)).unwrap();
    let operations: Vec<Value> = serde_json::from_slice(&operations).unwrap();

    let github = (0..150).fold(Github::default(), |github, number| {
        github.tag("own/er", &format!("v1.{number}.0"), "aa", "2026-01-01")
    });
    let github = github.branch("own/er", "release/v1", "aa", "2026-01-01");
    let server = Server::new(move |request| match request.path() {
        "/api/graphql" => Reply::new(403, r#"{"message": "Forbidden"}"#),
        _ => github.serve(request),
    });
    for uses in ["own/er@release/v1", "own/er@odd?name", "own/er@aabbccd # v1", "no/such@v1"] {
        let repository = cli::Repository::of_workflow(&workflow(uses));
        cli::Run::of(command(&repository, &server, &[]).env("GH_TOKEN", TOKEN));
    }
    let is_rest = |request: &Request| request.path().starts_with("/api/v3/");
    let requests: Vec<_> = server.requests().into_iter().filter(is_rest).collect();
    for part in ["/repos/own/er", "/tags", "/git/matching-refs/heads/", "/advisories"] {
        assert!(requests.iter().any(|request| request.path().contains(part)), "{part}");
    }
    for request in &requests {
        assert_eq!(fault(&operations, request), None, "{}", request.target);
    }
    // The check does check.
    for (target, expected) in [
        ("/repos/own/er/tagss", "there is no GET"),
        ("/repos/own/er/tags?perpage=100", "knows no perpage"),
        ("/repos/own/er/tags?per_page=many", "per_page is not many"),
        ("/advisories?per_page=101", "per_page is not 101"),
        ("/advisories?ecosystem=action", "ecosystem is not action"),
        ("/repos/own//tags", "there is no GET"),
    ] {
        let wrong = Request { target: format!("/api/v3{target}"), ..requests[0].clone() };
        assert!(
            fault(&operations, &wrong).is_some_and(|fault| fault.contains(expected)),
            "{target}"
        );
    }
}
