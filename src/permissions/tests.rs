//! Whether everything that is known of actions can come about.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::*;
use crate::actions::knowledge::{self, Entry};
use crate::actions::need::{Condition, KnownNeed, Token};
use crate::workflow::{RepositoryFiles, Workflow};
use crate::yaml::Document;

const EVENTS: &str = "[push, pull_request, pull_request_target, issues, issue_comment, release, schedule, \
                      workflow_dispatch, workflow_run, discussion, merge_group, create, status]";

/// A value that fits a pattern; `None` where nothing is to be given.
fn fitting(pattern: &str) -> Option<String> {
    match pattern {
        "" => None,
        "*" => Some("x".to_owned()),
        pattern => Some(match pattern.strip_prefix('!') {
            Some(excluded) if excluded.contains('*') => "x".to_owned(),
            Some(excluded) => format!("not-{excluded}"),
            None => pattern.replace('*', "x"),
        }),
    }
}

/// A workflow in which a condition of an entry is met, and its token is the workflow's.
fn meeting(
    entry: &Entry,
    condition: &Condition,
    token: Option<&Token>,
    need: Option<&KnownNeed>,
) -> String {
    let is_call = entry.path.starts_with(".github/workflows/");
    let path = match entry.path {
        "" => String::new(),
        "*" => "/any".to_owned(),
        path => format!("/{path}"),
    };
    let uses = format!("{}/{}{path}@v1", entry.owner, entry.name);
    let (mut with, mut env, mut secrets) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let token_value = "${{ github.token }}".to_owned();
    if let Some(token) = token {
        for input in token.inputs.iter().take(1).filter(|_| !token.default) {
            match input.strip_prefix("secrets.") {
                Some(secret) => secrets.insert(secret.to_owned(), token_value.clone()),
                None => with.insert((*input).to_owned(), token_value.clone()),
            };
        }
        for variable in token.env {
            env.insert((*variable).to_owned(), token_value.clone());
        }
    }
    for (input, patterns) in condition.when {
        let value = fitting(patterns[0]);
        let is_set = value.is_some();
        let (map, name) = match (input.strip_prefix("env."), input.strip_prefix("secrets.")) {
            (Some(variable), _) => (&mut env, variable),
            (_, Some(secret)) => (&mut secrets, secret),
            _ => (&mut with, *input),
        };
        let by_default = entry.defaults.iter().any(|(known, _)| known == input);
        let keeps_token = map.contains_key(name) && patterns[0] == "*";
        match value {
            Some(value) if !keeps_token => drop(map.insert(name.to_owned(), value)),
            None if by_default => drop(map.insert(name.to_owned(), String::new())),
            None => drop(map.remove(name)),
            Some(_) => {}
        }
        assert!(is_set || patterns[0].is_empty());
    }
    let mapping = |name: &str, map: &BTreeMap<String, String>, indent: &str| {
        let mut out = String::new();
        if !map.is_empty() {
            let _ = writeln!(out, "{indent}{name}:");
        }
        for (key, value) in map {
            let _ = writeln!(out, "{indent}  {key}: '{}'", value.replace('\'', "''"));
        }
        out
    };
    if is_call {
        return format!(
            "on: {EVENTS}\njobs:\n  job:\n    uses: {uses}\n{}{}",
            mapping("with", &with, "    "),
            mapping("secrets", &secrets, "    ")
        );
    }
    let login = match need {
        Some(need) if need.login => {
            "      - uses: docker/login-action@v3\n        with: {registry: ghcr.io, password: '${{ github.token }}'}\n"
        }
        _ => "",
    };
    let checkout = match need {
        Some(need) if need.without_checkout => "",
        _ => "      - uses: actions/checkout@v4\n",
    };
    let after = need.and_then(|need| need.after);
    let after = after.map_or(String::new(), |action| format!("      - uses: {action}@v1\n"));
    format!(
        "on: {EVENTS}\njobs:\n  job:\n    runs-on: x\n    steps:\n{checkout}{login}{after}      - uses: {uses}\n{}{}",
        mapping("with", &with, "        "),
        mapping("env", &env, "        ")
    )
}

fn needs_of(text: &str) -> JobNeeds {
    let document = Document::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let workflow = Workflow::new(&document).unwrap().unwrap();
    let mut files = RepositoryFiles { is_private: Some(true), ..RepositoryFiles::default() };
    files.workflows.insert("x.yml", workflow);
    let analysis = Analysis::new(&files, "x.yml", workflow);
    analysis.job(&workflow.jobs().next().unwrap())
}

#[test]
fn every_need_of_every_action_comes_about() {
    for entry in knowledge::all() {
        for need in entry.needs {
            let token = need.token.as_ref().or(entry.token.as_ref());
            let text = meeting(entry, &need.condition, token, Some(need));
            let needs = needs_of(&text);
            if need.optional {
                let is_kept = |(scope, _): &(_, _)| needs.within_reach.contains(scope);
                assert!(need.grants.iter().all(is_kept), "\"{}\":\n{text}", need.why);
                continue;
            }
            let scopes = needs.scopes();
            for &(scope, level) in need.grants {
                let found = scopes.get(&scope).copied();
                assert!(found >= Some(level), "{scope} for \"{}\":\n{text}\n{scopes:?}", need.why);
            }
        }
    }
}

#[test]
fn every_doubt_about_every_action_comes_about() {
    for entry in knowledge::all() {
        for doubt in entry.doubts {
            let text = meeting(entry, &doubt.condition, entry.token.as_ref(), None);
            let needs = needs_of(&text);
            let found = needs.doubts.iter().chain(&needs.cleared);
            let is_told = found.into_iter().any(|found| found.evidence.what == doubt.why);
            assert!(is_told, "\"{}\":\n{text}", doubt.why);
        }
    }
}

#[test]
fn every_action_is_known() {
    assert!(knowledge::all().len() >= 400);
    for entry in knowledge::all().iter().filter(|entry| entry.needs.is_empty()) {
        let condition = Condition { when: &[], unless: &[], events: &[] };
        let needs = needs_of(&meeting(entry, &condition, None, None));
        let unknown = needs.doubts.iter().any(|doubt| doubt.evidence.what.contains("is not known"));
        assert!(!unknown, "{}/{}/{}", entry.owner, entry.name, entry.path);
    }
}
