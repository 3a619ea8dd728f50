//! The tasks that stand in `pyproject.toml`, `pixi.toml` and `tox.toml`.

use toml::{Table, Value};

use super::{Definition, ini};

/// How deep tasks are followed that stand for others.
const MAX_DEPTH: usize = 8;

/// How many commands of a task are looked at.
const MAX_COMMANDS: usize = 200;

/// What a task of hatch, pdm, poe, pixi or rye does.
///
/// <https://hatch.pypa.io/latest/config/environment/overview/#scripts>,
/// <https://pdm-project.org/latest/usage/scripts/>, <https://poethepoet.natn.io/tasks/index.html>,
/// <https://pixi.prefix.dev/latest/workspace/advanced_tasks/>.
pub(super) fn definitions(text: &str, name: &str) -> Vec<Definition> {
    let Ok(file) = text.parse::<Table>() else { return Vec::new() };
    let tables = tables(&file);
    let found = tables.iter().flat_map(|tasks| scripts(tasks, name, 0));
    let line = line_of(text, name);
    found.map(|script| Definition { line, script }).collect()
}

/// The tables of tasks in a file.
fn tables(file: &Table) -> Vec<&Table> {
    let at = |path: &[&str]| {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(file.get(*first)?, |value, key| value.get(key))?.as_table()
    };
    let below = |path: &[&str], key: &str| -> Vec<&Table> {
        let values = at(path).into_iter().flat_map(Table::values);
        values.filter_map(|value| value.get(key)?.as_table()).collect()
    };
    let single: [&[&str]; 5] = [
        &["tool", "pdm", "scripts"],
        &["tool", "poe", "tasks"],
        &["tool", "rye", "scripts"],
        &["tool", "pixi", "tasks"],
        &["tasks"],
    ];
    let single = single.into_iter().filter_map(at);
    single
        .chain(below(&["tool", "hatch", "envs"], "scripts"))
        .chain(below(&["tool", "pixi", "feature"], "tasks"))
        .chain(below(&["feature"], "tasks"))
        .collect()
}

/// The commands of a task, those of other tasks that it names included.
fn scripts(tasks: &Table, name: &str, depth: usize) -> Vec<String> {
    let Some(task) = tasks.get(name).filter(|_| depth < MAX_DEPTH) else { return Vec::new() };
    let mut found = Vec::new();
    for command in commands(task) {
        if found.len() > MAX_COMMANDS {
            break;
        }
        let first = command.split_whitespace().next().unwrap_or_default();
        let others = scripts(tasks, first, depth + 1);
        if others.is_empty() || first == name {
            found.push(command);
        } else {
            found.extend(others);
        }
    }
    found
}

/// What the value of a task says: commands, or names of tasks.
fn commands(task: &Value) -> Vec<String> {
    const KEYS: [&str; 7] =
        ["depends-on", "depends_on", "shell", "composite", "sequence", "chain", "ref"];
    match task {
        Value::String(command) => vec![command.clone()],
        Value::Array(items) => items.iter().flat_map(commands).collect(),
        // How pixi names another task.
        Value::Table(table) if table.contains_key("task") => {
            table.get("task").into_iter().flat_map(commands).collect()
        }
        Value::Table(table) => {
            let others = KEYS.iter().filter_map(|key| table.get(*key)).flat_map(commands);
            let command = table.get("cmd").map(|command| match joined(command) {
                Some(command) => vec![command],
                None => commands(command),
            });
            others.chain(command.into_iter().flatten()).collect()
        }
        _ => Vec::new(),
    }
}

/// A command that is given word by word.
fn joined(words: &Value) -> Option<String> {
    let words: Option<Vec<_>> = words.as_array()?.iter().map(Value::as_str).collect();
    words.map(shell_words::join)
}

/// What an environment of tox runs, by `tox.toml` or `pyproject.toml`:
/// <https://tox.wiki/en/latest/config.html#toml-feature>.
pub(super) fn environment(text: &str, name: &str) -> Vec<Definition> {
    let Ok(file) = text.parse::<Table>() else { return Vec::new() };
    let of_tox = file.get("tool").and_then(|tool| tool.get("tox"));
    if let Some(legacy) = of_tox.and_then(|tox| tox.get("legacy_tox_ini")).and_then(Value::as_str) {
        let start = text.lines().position(|line| line.contains("legacy_tox_ini")).unwrap_or(0);
        let found = ini::environment(legacy, name).into_iter();
        return found.map(|it| Definition { line: start + it.line, ..it }).collect();
    }
    let environments = |key: &str| match of_tox {
        Some(tox) => tox.get(key),
        None => file.get(key),
    };
    let own = environments("env").and_then(|all| all.get(name));
    let Some(environment) = own.or_else(|| environments("env_run_base")) else { return Vec::new() };
    let commands = ["commands_pre", "commands", "commands_post"].into_iter();
    let lists = commands.filter_map(|key| environment.get(key)?.as_array()).flatten();
    let line = line_of(text, name);
    lists.filter_map(joined).map(|it| Definition { line, script: ini::command(&it) }).collect()
}

/// The line in which a key of this name, or the header of its table, stands.
fn line_of(text: &str, name: &str) -> usize {
    let is_it = |line: &str| {
        let key = line.split('=').next().unwrap_or_default().trim().trim_matches('"');
        let is_key = key.strip_prefix(name).is_some_and(|it| it.is_empty() || it.starts_with('.'));
        is_key || line.starts_with('[') && line.trim_end().ends_with(&format!("{name}]"))
    };
    text.lines().position(is_it).unwrap_or_default()
}
