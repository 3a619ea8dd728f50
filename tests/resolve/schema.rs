//! The queries, validated against the schema that GitHub publishes.

use std::path::{Path, PathBuf};
use std::process::Command;

use spec8_fix::actions::{Commit, RepositoryName};
use spec8_fix::resolve::{Page, Question, query};

/// GitHub's schema, and the reference implementation of GraphQL to read it with.
const PACKAGES: [&str; 2] = ["@octokit/graphql-schema@15", "graphql@16"];

const VALIDATE: &str = "\
const { buildSchema, parse, validate } = require('graphql');
const { readFileSync } = require('fs');
const schema = buildSchema(readFileSync('node_modules/@octokit/graphql-schema/schema.graphql', 'utf8'), { assumeValid: true });
const errors = validate(schema, parse(readFileSync(0, 'utf8')));
console.log(errors.map((error) => error.message).join('\\n'));
";

/// The folder with the packages; `None`, with a message, where they cannot be had.
fn packages() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("graphql-schema");
    let done = folder.join("node_modules/@octokit/graphql-schema/schema.graphql");
    if !done.exists() {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("package.json"), r#"{"private": true}"#).unwrap();
        let npm = Command::new("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"])
            .args(PACKAGES)
            .current_dir(&folder)
            .output();
        if !npm.is_ok_and(|output| output.status.success()) || !done.exists() {
            println!("skipped: npm could not install {PACKAGES:?}");
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
    let Some(folder) = packages() else { return };
    let commits: Vec<_> = [1, 2].map(|byte| Commit([byte; 20])).into();
    let question = |name, names: &[&'static str], page| Question {
        repository: RepositoryName { owner: "own", name },
        names: names.to_vec(),
        commits: commits.clone(),
        compared: commits.clone(),
        tags: page,
        advisories: true,
    };
    let query = query(&[
        question("er", &["v1", "release/v1", "odd\"name\\\u{1}ä"], Page::First),
        question("two", &[], Page::After("Y3Vyc29y".to_owned())),
        question("three", &[], Page::None),
    ]);
    assert_eq!(errors(&folder, &query), "");
    // The check does check.
    for field in ["isArchived", "ghsaId", "status"] {
        let wrong = query.replace(field, "nonsense");
        assert!(errors(&folder, &wrong).contains("nonsense"), "{field}");
    }
}
