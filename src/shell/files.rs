//! Scripts that stand in files of their own.

use super::Command;
use super::word::Word;

/// Shells that run the file they are given.
const SHELLS: &[&str] = &["source", ".", "bash", "dash", "ksh", "sh", "zsh"];

impl Command {
    /// The file whose commands this runs: of `source tools/release.sh`, `bash -e tools/release.sh`,
    /// `./tools/release.sh`. Whether it is a script at all only the file can tell.
    pub fn script_file(&self) -> Option<&str> {
        if self.name().is_some_and(|name| SHELLS.contains(&name)) {
            return self.operands().next().and_then(Word::text);
        }
        let called = self.words.first()?.text()?;
        called.contains('/').then_some(called)
    }
}

/// Whether a file is a script of a shell like Bash, as its first line says if it says so at all.
pub fn is_script(text: &str) -> bool {
    let interpreter = text.lines().next().and_then(|line| line.strip_prefix("#!"));
    interpreter.is_none_or(|line| {
        let mut words = line.split(['/', ' ']);
        words.any(|word| SHELLS.contains(&word))
    })
}

#[cfg(test)]
mod tests {
    use super::is_script;
    use crate::shell::{Dialect, parse};

    #[test]
    fn a_command_names_the_script_that_it_runs() {
        for (command, expected) in [
            ("source tools/release.sh", Some("tools/release.sh")),
            (". ./ci.sh 3.12", Some("./ci.sh")),
            ("bash -e tools/release.sh now", Some("tools/release.sh")),
            ("sudo ./tools/release", Some("./tools/release")),
            ("bash $TOOL", None),
            ("twine upload dist/*", None),
        ] {
            let script = parse(command, Dialect::Bash);
            assert_eq!(script.commands().find_map(|it| it.script_file()), expected, "{command}");
        }
    }

    #[test]
    fn the_first_line_tells_whether_it_is_one() {
        for (text, expected) in [
            ("#!/usr/bin/env bash\nls", true),
            ("#!/bin/sh -e\n", true),
            ("ls\n", true),
            ("", true),
            ("#!/usr/bin/env python3\n", false),
        ] {
            assert_eq!(is_script(text), expected, "{text}");
        }
    }
}
