//! The tables in `data/` that `cargo xtask` makes or that were written by hand: sorted, and nothing
//! in them that no one could read.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The scopes that a workflow can grant, as spec8.md has them.
const SCOPES: [&str; 20] = [
    "actions",
    "artifact-metadata",
    "attestations",
    "checks",
    "code-quality",
    "contents",
    "copilot-requests",
    "deployments",
    "discussions",
    "drives",
    "id-token",
    "issues",
    "models",
    "packages",
    "pages",
    "pull-requests",
    "repository-projects",
    "security-events",
    "statuses",
    "vulnerability-alerts",
];

/// The rows of a table.
fn rows<const N: usize>(file: &str) -> Vec<[String; N]> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(file);
    let text = fs::read_to_string(path).unwrap();
    assert!(text.ends_with('\n') && !text.contains('\r'), "{file}");
    let header = text.lines().take_while(|line| line.starts_with('#')).count();
    assert!(header > 0, "{file} does not say what it holds");
    let rows: Vec<[String; N]> = text
        .lines()
        .skip(header)
        .map(|line| {
            let fields: Vec<_> = line.split('\t').map(str::to_owned).collect();
            <[String; N]>::try_from(fields)
                .unwrap_or_else(|fields| panic!("{file}: {} fields: {line}", fields.len()))
        })
        .collect();
    assert!(!rows.is_empty(), "{file}");
    rows
}

/// Fails where rows are not in the order of their keys, or two have the same.
fn assert_sorted<K: Ord + std::fmt::Debug>(file: &str, keys: impl Iterator<Item = K>) {
    let keys: Vec<_> = keys.collect();
    if let Some(pair) = keys.windows(2).find(|pair| pair[0] >= pair[1]) {
        panic!("{file}: {:?} stands before {:?}", pair[0], pair[1]);
    }
}

/// Whether this is `-`, `unavailable`, or scopes with levels: `,` where all are needed, `|` where any
/// will do, each list in order.
fn is_need(text: &str) -> bool {
    let is_grant = |grant: &&str| {
        grant.split_once(':').is_some_and(|(scope, level)| {
            SCOPES.contains(&scope) && matches!(level, "read" | "write")
        })
    };
    let is_set = |set: &&str| {
        let grants: Vec<_> = set.split(',').collect();
        grants.iter().all(is_grant) && grants.is_sorted()
    };
    let sets: Vec<_> = text.split('|').collect();
    matches!(text, "-" | "unavailable") || sets.iter().all(is_set) && sets.is_sorted()
}

#[test]
fn endpoints() {
    let file = "endpoints.tsv";
    let rows = rows::<5>(file);
    assert_sorted(file, rows.iter().map(|[method, path, ..]| (path, method)));
    for [method, path, octokit, needs, source] in &rows {
        let told = format!("{file}: {method} {path}");
        assert!(["DELETE", "GET", "PATCH", "POST", "PUT"].contains(&method.as_str()), "{told}");
        assert!(path.starts_with('/') && !path.contains([' ', '?']), "{told}");
        let (space, name) = octokit.split_once('.').unwrap_or_else(|| panic!("{told}"));
        let is_camel = |text: &str| {
            text.starts_with(|c: char| c.is_ascii_lowercase())
                && text.chars().all(|c| c.is_ascii_alphanumeric())
        };
        assert!(is_camel(space) && is_camel(name), "{told}");
        assert!(is_need(needs), "{told}: {needs}");
        let lists =
            ["documentation", "documentation, app-permissions", "app-permissions", "openapi"];
        let is_address = source.starts_with("https://docs.github.com/");
        assert!(is_address || lists.contains(&source.as_str()), "{told}: {source}");
    }
    let of_repositories = |row: &&[String; 5]| row[1].starts_with("/repos/{owner}/{repo}");
    assert!(rows.iter().filter(of_repositories).count() > 500);
}

#[test]
fn gh_commands() {
    let file = "gh-commands.tsv";
    let rows = rows::<7>(file);
    assert_sorted(file, rows.iter().map(|[command, flags, ..]| (command, flags)));
    let is_command = |text: &str| {
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        };
        text.split(' ').all(is_word)
    };
    let is_flag = |flag: &str| {
        let (name, pattern) = flag.split_once('=').unwrap_or((flag, "*"));
        let letters = name.strip_prefix("--").unwrap_or_default();
        let is_long = is_command(letters) && !letters.contains(' ');
        let is_short = name.len() == 2 && name.starts_with('-') && name != "--";
        flag == "*" || (is_long || is_short) && !pattern.is_empty()
    };
    let mut names = BTreeSet::new();
    for [command, flags, needs, effect, also, why, source] in &rows {
        let told = format!("{file}: {command} {flags}");
        assert!(is_command(command), "{told}");
        let alternatives: Vec<_> = flags.strip_prefix('!').unwrap_or(flags).split('|').collect();
        let no_flags = flags.is_empty();
        assert!(no_flags || alternatives.iter().all(|flag| is_flag(flag)), "{told}");
        assert!(alternatives.is_sorted(), "{told}");
        assert!(matches!(needs.as_str(), "endpoint" | "unknown") || is_need(needs), "{told}");
        assert!(["local", "read", "write"].contains(&effect.as_str()), "{told}: {effect}");
        // A draft is seen by those only who may change it.
        let is_draft = flags.contains("isDraft");
        assert!(effect == "write" || is_draft || !needs.contains(":write"), "{told}: {effect}");
        let also: Vec<_> = also.split('|').filter(|name| !name.is_empty()).collect();
        assert!(also.iter().all(|name| is_command(name)) && also.is_sorted(), "{told}: {also:?}");
        assert!(why.starts_with(|c: char| c.is_ascii_lowercase()), "{told}: {why}");
        assert!(!why.ends_with(['.', ' ']), "{told}: {why}");
        assert!(source.starts_with("https://"), "{told}: {source}");
        names.extend(also.into_iter().map(|name| (name.to_owned(), command)));
    }
    let mut commands: BTreeSet<_> = rows.iter().map(|[command, ..]| command.clone()).collect();
    for (name, command) in names {
        assert!(commands.insert(name.clone()), "{file}: {name} stands for {command} and another");
    }
}
