//! The environments of `tox.ini`: <https://tox.wiki/en/latest/config.html>.

use super::Definition;

/// Settings that hold commands.
const COMMANDS: [&str; 3] = ["commands_pre", "commands", "commands_post"];

/// What an environment runs: by its own section, else by that of all.
pub(super) fn environment(text: &str, name: &str) -> Vec<Definition> {
    let own = |section: &str| {
        let names = section.strip_prefix("testenv:")?;
        Some(names.split(',').any(|it| it.trim() == name))
    };
    let found = commands(text, |section| own(section).unwrap_or(false));
    if found.is_empty() { commands(text, |section| section == "testenv") } else { found }
}

/// The commands of the sections that fit.
fn commands(text: &str, fits: impl Fn(&str) -> bool) -> Vec<Definition> {
    let mut found: Vec<Definition> = Vec::new();
    let mut is_in_section = false;
    let mut is_in_commands = false;
    for (number, line) in text.lines().enumerate() {
        let is_continued = line.starts_with([' ', '\t']) || line.trim().is_empty();
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            (is_in_section, is_in_commands) = (fits(section), false);
        } else if is_continued && is_in_commands {
            if let Some(last) = found.last_mut() {
                last.script.push('\n');
                last.script.push_str(&command(line));
            }
        } else if !line.starts_with(['#', ';']) {
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            is_in_commands = is_in_section && COMMANDS.contains(&key.trim());
            if is_in_commands {
                found.push(Definition { line: number, script: command(value) });
            }
        }
    }
    found
}

/// A line as a shell reads it.
pub(super) fn command(line: &str) -> String {
    // What a substitution stands for where nothing is given.
    const VALUES: [(&str, &str); 4] =
        [("{envpython}", "python"), ("{posargs}", ""), ("{toxinidir}", "."), ("{tox_root}", ".")];
    let line = line.trim();
    let line = line.strip_prefix('-').unwrap_or(line).trim_start();
    let mut line = VALUES.iter().fold(line.to_owned(), |line, (name, it)| line.replace(name, it));
    while let Some((before, rest)) = line.split_once("{posargs:") {
        let (default, behind) = rest.split_once('}').unwrap_or((rest, ""));
        line = format!("{before}{default}{behind}");
    }
    // What stands behind `factor:` runs in some environments.
    let is_factor =
        |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.,{}!".contains(c));
    let line = match line.split_once(": ") {
        Some((factor, rest)) if is_factor(factor) => rest,
        _ => &line,
    };
    line.trim().to_owned()
}
