//! Tasks of a project: the commands behind `make release`, `tox -e release`, `npm run release`, `hatch run release`.

mod ini;
mod make;
mod node;
mod table;

use std::collections::BTreeMap;

use crate::shell::{Command, Word};
use crate::workflow::script_path;

/// How many tasks of a job are followed, so that those that run each other many times come to an end.
pub(crate) const MAX_TASKS: usize = 200;

/// The folder of a task that runs in another one than its command: which one that is, is not followed.
const OTHER_FOLDER: &str = "${{ }}";

/// A task that a command runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task<'c> {
    tool: Tool,
    /// The folder of the file that defines it, from where the command runs.
    folder: Option<&'c str>,
    /// What it is called; for `make` alone nothing.
    pub name: &'c str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tool {
    Make,
    /// What runs the scripts of `package.json`.
    Node,
    Tox,
    /// What runs the tasks of `pyproject.toml`: hatch, pdm, poe, pixi, rye.
    Project,
}

impl Tool {
    /// The files that define its tasks, at the top of a project.
    fn files(self) -> &'static [&'static str] {
        match self {
            Self::Make => &["GNUmakefile", "makefile", "Makefile"],
            Self::Node => &["package.json"],
            Self::Tox => &["tox.ini", "setup.cfg", "tox.toml", "pyproject.toml"],
            Self::Project => &["pyproject.toml", "pixi.toml"],
        }
    }
}

/// Whether a file may define tasks, by its path.
pub fn is_task_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    [Tool::Make, Tool::Node, Tool::Tox, Tool::Project].iter().any(|it| it.files().contains(&name))
}

/// Commands of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definition {
    /// The line in the file that they start in, from 0.
    pub line: usize,
    /// The commands, as a shell reads them, each in the line where the file has it.
    pub script: String,
}

impl Task<'_> {
    /// The paths of the files that may define it, from the repository's root, for a command that runs in a folder.
    pub fn paths(&self, folder: Option<&str>) -> Vec<String> {
        let folder = match (folder, self.folder) {
            (Some(outer), Some(inner)) => Some(format!("{outer}/{inner}")),
            (one, other) => one.or(other).map(str::to_owned),
        };
        self.tool.files().iter().filter_map(|file| script_path(folder.as_deref(), file)).collect()
    }

    /// The folder that it runs in, for a command that runs in a folder.
    pub fn runs_in<'f>(&self, folder: Option<&'f str>) -> Option<&'f str> {
        if self.folder.is_some() { Some(OTHER_FOLDER) } else { folder }
    }

    /// Where it is defined, for a command that runs in a folder, and what it does; `scripts` are the texts of files by
    /// their paths.
    pub fn find<'d>(
        &self,
        folder: Option<&str>,
        scripts: &BTreeMap<&'d str, &'d str>,
    ) -> Option<(&'d str, Vec<Definition>)> {
        self.paths(folder).into_iter().find_map(|path| {
            let (&path, text) = scripts.get_key_value(path.as_str())?;
            Some((path, self.definitions(path, text))).filter(|(_, found)| !found.is_empty())
        })
    }

    /// What it does, if the file of this name and text defines it.
    pub fn definitions(&self, file: &str, text: &str) -> Vec<Definition> {
        match self.tool {
            Tool::Make => make::definitions(text, self.name),
            Tool::Node => node::definitions(text, self.name),
            Tool::Tox if file.ends_with(".toml") => table::environment(text, self.name),
            Tool::Tox => ini::environment(text, self.name),
            Tool::Project => table::definitions(text, self.name),
        }
    }
}

/// The tasks that a command runs; none where it does something else, or where that is not seen.
pub fn tasks(command: &Command) -> Vec<Task<'_>> {
    let mut operands = command.operands().map(Word::text);
    let task = |tool, folder, name| Task { tool, folder, name };
    match command.name() {
        Some("make" | "gmake") if !command.has_option(&["-f", "--file", "--makefile"]) => {
            let folder = command.given(&["-C", "--directory"]);
            let is_target = |word: &&str| !word.contains('=') && word.parse::<u32>().is_err();
            let Some(words) = operands.collect::<Option<Vec<_>>>() else { return Vec::new() };
            let targets: Vec<_> = words.into_iter().filter(is_target).collect();
            let targets = if targets.is_empty() { vec![""] } else { targets };
            targets.into_iter().map(|name| task(Tool::Make, folder, name)).collect()
        }
        Some(tool @ ("npm" | "pnpm" | "yarn" | "bun")) => {
            let is_elsewhere = ["-w", "--workspace", "--workspaces", "-F", "--filter", "-r"];
            let folder = command.given(&["--prefix", "-C", "--dir", "--cwd"]);
            let name = match (operands.next().flatten(), tool) {
                (Some("run" | "run-script"), _) => operands.next().flatten(),
                (Some(name @ ("test" | "start" | "stop")), _) => Some(name),
                (name, "pnpm" | "yarn") => name,
                _ => None,
            };
            let name = name.filter(|_| !command.has_option(&is_elsewhere));
            name.map(|name| task(Tool::Node, folder, name)).into_iter().collect()
        }
        Some("tox") if !command.has_option(&["-c", "--conf"]) => {
            let names = command.given(&["-e", "--env"]).unwrap_or_default();
            let names = names.split(',').filter(|name| !name.is_empty());
            names.map(|name| task(Tool::Tox, None, name)).collect()
        }
        Some("poe") => {
            let name = operands.next().flatten();
            name.map(|name| task(Tool::Project, None, name)).into_iter().collect()
        }
        Some(name) if command.is_task => vec![task(Tool::Project, None, name)],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
