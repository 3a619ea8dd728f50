//! Scripts that stand in files of their own.

use super::word::{Piece, Word};
use super::{Command, Dialect};

/// Shells that run the file they are given.
const SHELLS: &[&str] = &["source", ".", "bash", "dash", "ksh", "sh", "zsh"];

/// How the names of files start that only set a shell up, wherever they are: virtual environments, settings of the
/// user, toolchains.
const SETUPS: &[&str] = &[".", "activate", "conda.sh", "env", "mamba.sh", "setvars.sh"];

impl Command {
    /// The file whose commands this runs: of `source tools/release.sh`, `bash -e tools/release.sh`,
    /// `./tools/release.sh`. Whether it is a script at all only the file can tell.
    pub fn script_file(&self) -> Option<&str> {
        if self.name().is_some_and(|name| SHELLS.contains(&name)) {
            return self.operands().next().and_then(Word::text);
        }
        let is_script = |file: &&str| file.ends_with(".py");
        if self.is_python() {
            let mut words = self.arguments().iter().map(Word::text);
            while let Some(option) = words.next() {
                match option? {
                    "-W" | "-X" => _ = words.next(),
                    option if option.starts_with('-') => {}
                    file => return Some(file).filter(is_script),
                }
            }
            return None;
        }
        let called = self.words.first()?.text()?;
        (called.contains('/') || is_script(&called) && !self.is_module).then_some(called)
    }

    /// Whether this reads a file into the shell that only sets it up, and is none of the repository's: of
    /// `source .venv/bin/activate`, `. "$HOME/.cargo/env"`, `source /opt/intel/oneapi/setvars.sh`.
    pub fn prepares_shell(&self) -> bool {
        let is_source = matches!(self.name(), Some("source" | "."));
        let Some(file) = self.operands().next().filter(|_| is_source) else { return false };
        let is_elsewhere = match file.pieces() {
            [Piece::Variable(name), Piece::Text(rest), ..] => {
                name != "GITHUB_WORKSPACE" && rest.starts_with('/')
            }
            _ => file.starts_with("/") || file.starts_with("~"),
        };
        let name = match file.pieces().last() {
            Some(Piece::Text(text)) => text.rsplit(['/', '\\']).next().unwrap_or(text),
            _ => "",
        };
        is_elsewhere || SETUPS.iter().any(|start| name.starts_with(start))
    }
}

impl Dialect {
    /// The language of the script in a file, as its first line says, or else its name. `None` where that is
    /// none that is understood.
    pub fn of_file(path: &str, text: &str) -> Option<Self> {
        let is_python = |word: &str| word.starts_with("python");
        match text.lines().next().and_then(|line| line.strip_prefix("#!")) {
            Some(line) => {
                let mut words = line.split(['/', ' ']);
                words.find_map(|word| match word {
                    _ if SHELLS.contains(&word) => Some(Self::Bash),
                    _ if is_python(word) => Some(Self::Python),
                    _ => None,
                })
            }
            None if path.ends_with(".py") => Some(Self::Python),
            None => Some(Self::Bash),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::shell::{Command, Dialect, parse};

    #[test]
    fn a_command_names_the_script_that_it_runs() {
        for (command, expected) in [
            ("source tools/release.sh", Some("tools/release.sh")),
            (". ./ci.sh 3.12", Some("./ci.sh")),
            ("bash -e tools/release.sh now", Some("tools/release.sh")),
            ("sudo ./tools/release", Some("./tools/release")),
            ("bash $TOOL", None),
            ("python3 -u tools/notify.py --all", Some("tools/notify.py")),
            ("python -W ignore notify.py", Some("notify.py")),
            ("uv run notify.py", Some("notify.py")),
            ("python setup", None),
            ("python wrapper tools/notify.py", None),
            ("python $SCRIPT tools/notify.py", None),
            ("python -m notify.py", None),
            ("twine upload dist/*", None),
        ] {
            let script = parse(command, Dialect::Bash);
            assert_eq!(script.commands().find_map(|it| it.script_file()), expected, "{command}");
        }
    }

    #[test]
    fn a_file_that_only_sets_the_shell_up_is_none_of_the_repository() {
        for (command, expected) in [
            ("source .venv/bin/activate", true),
            (". venv\\\\Scripts\\\\activate", true),
            ("source activate test", true),
            (". \"$HOME/.cargo/env\"", true),
            ("source ${{ env.VENV }}/bin/activate", true),
            ("source ~/.ghc-wasm/env", true),
            ("source /opt/intel/oneapi/setvars.sh", true),
            ("source .env", true),
            ("source $CONDA/etc/profile.d/conda.sh", true),
            ("source update-issue.sh", false),
            ("source \"$GITHUB_WORKSPACE/ci/update.sh\"", false),
            ("source $SCRIPT", false),
            ("bash activate.sh", false),
        ] {
            let script = parse(command, Dialect::Bash);
            let prepares = script.commands().any(Command::prepares_shell);
            assert_eq!(prepares, expected, "{command}");
        }
    }

    #[test]
    fn the_first_line_tells_whether_it_is_one() {
        for (path, text, expected) in [
            ("x", "#!/usr/bin/env bash\nls", Some(Dialect::Bash)),
            ("x", "#!/bin/sh -e\n", Some(Dialect::Bash)),
            ("x", "ls\n", Some(Dialect::Bash)),
            ("x", "", Some(Dialect::Bash)),
            ("x", "#!/usr/bin/env python3\n", Some(Dialect::Python)),
            ("x", "#!/usr/bin/env -S uv run --script\n", None),
            ("x.py", "import os\n", Some(Dialect::Python)),
            ("x", "#!/usr/bin/env node\n", None),
        ] {
            assert_eq!(Dialect::of_file(path, text), expected, "{text}");
        }
    }
}
