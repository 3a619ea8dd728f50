//! The requests, validated against the schemas that GitHub publishes.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use spec8_fix::actions::{Commit, Definition, RepositoryName};
use spec8_fix::resolve::{Page, Question, definitions_query, query};

use crate::github::Github;
use crate::openapi::fault;
use crate::program::{command, workflow};
use crate::server::{Reply, Request, Server};
use crate::{TOKEN, cli, published};

const VALIDATE: &str = "\
const { buildSchema, parse, validate } = require('graphql');
const { readFileSync } = require('fs');
const schema = buildSchema(readFileSync('node_modules/@octokit/graphql-schema/schema.graphql', 'utf8'), { assumeValid: true });
const errors = validate(schema, parse(readFileSync(0, 'utf8')));
console.log(errors.map((error) => error.message).join('\\n'));
";

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
    let Some(folder) = published::graphql() else { return };
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

#[test]
fn github_takes_our_rest_requests() {
    let Some(folder) = published::openapi() else { return };
    let operations = std::fs::read(folder.join(published::OPERATIONS)).unwrap();
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
