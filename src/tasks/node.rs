//! The scripts of `package.json`: <https://docs.npmjs.com/cli/using-npm/scripts>.

use serde_json::Value;

use super::Definition;

/// What a script does, with what is done before and after it.
pub(super) fn definitions(text: &str, name: &str) -> Vec<Definition> {
    let Ok(package) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let script = |name: &str| {
        let script = package.get("scripts")?.get(name)?.as_str()?;
        Some(Definition { line: line_of(text, name), script: script.to_owned() })
    };
    let Some(main) = script(name) else { return Vec::new() };
    let beside = |when: &str| script(&format!("{when}{name}"));
    beside("pre").into_iter().chain([main]).chain(beside("post")).collect()
}

/// The line in which a script of this name stands.
fn line_of(text: &str, name: &str) -> usize {
    let key = format!("\"{name}\"");
    let scripts = text.lines().position(|line| line.contains("\"scripts\"")).unwrap_or_default();
    let lines = text.lines().enumerate().skip(scripts);
    let mut found = lines.filter(|(_, line)| line.contains(&key)).map(|(number, _)| number);
    found.next().unwrap_or(scripts)
}
