//! The README keeps its word: its commands run, and its diff is what they print.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, its helpers, too")]

use std::path::Path;
use std::process::{Command, Output};

const README: &str = include_str!("../README.md");

/// The contents of the README's code blocks in a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    let behind = README.split(fence.as_str()).skip(1);
    behind.filter_map(|block| block.split("```").next()).collect()
}

/// The commands of the README that start with these words, without comments.
fn commands(program: &str) -> Vec<Vec<&'static str>> {
    let lines = blocks("sh").into_iter().flat_map(str::lines);
    let commands = lines.map(|line| line.split(" #").next().unwrap_or(line).trim());
    commands
        .filter_map(|command| command.strip_prefix(program))
        .map(|arguments| arguments.split_whitespace().collect())
        .collect()
}

fn spec8_fix(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_spec8-fix"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("GITHUB_REPOSITORY")
        .env("SPEC8_FIX_CACHE_DIR", "")
        .env("SPEC8_FIX_CACHE_DIR", "")
        .output()
        .unwrap()
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn the_first_command_shows_the_diff_of_the_readme() {
    let commands = commands("cargo run --");
    let [arguments] = commands.as_slice() else { panic!("one command, found {commands:?}") };
    let output = spec8_fix(arguments, here());
    assert_eq!(output.status.code(), Some(1), "a preview with changes");
    let printed = String::from_utf8(output.stdout).unwrap();
    let [diff] = blocks("diff")[..] else { panic!("one diff") };
    // An editor may strip the blank of an empty context line; git takes both.
    let lines = diff.lines().map(|line| if line.is_empty() { " " } else { line });
    for line in lines {
        assert!(printed.lines().any(|printed| printed == line), "{line:?} is not in\n{printed}");
    }
}

#[test]
fn the_commands_for_a_repository_lead_to_nothing_left_to_do() {
    let repository = tempfile::tempdir().unwrap();
    copy(&here().join("tests/repositories/sample"), repository.path());
    let mut commands = commands("spec8-fix");
    commands.retain(|arguments| arguments != &["--interactive"]); // there is nobody to ask
    // Those for GitHub have tests of their own, with a GitHub.
    let is_remote = |option: &&str| ["--pull-request", "--repo", "--org"].contains(option);
    commands.retain(|arguments| !arguments.iter().any(is_remote));
    assert!(commands.len() >= 3, "{commands:?}");
    for arguments in commands {
        let offline = [&["--offline"], arguments.as_slice()].concat();
        let output = spec8_fix(&offline, repository.path());
        assert!(output.status.code().is_some_and(|code| code < 2), "{arguments:?}: {output:?}");
    }
    let output = spec8_fix(&["--offline", "--unsafe"], repository.path());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(output.stdout.is_empty());
}

#[test]
fn the_readme_names_the_test_command() {
    assert_eq!(commands("cargo test"), [Vec::<&str>::new()]);
}

#[test]
fn every_rule_is_in_the_readme() {
    for rule in spec8_fix::rules::RULES {
        assert!(README.contains(&format!("| `{}` |", rule.name)), "{}", rule.name);
    }
}
