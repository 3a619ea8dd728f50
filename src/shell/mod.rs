//! Scripts as lists of commands: those of shells, and those of Python by the programs that they start and the
//! requests that they send.
//!
//! A script is parsed, not searched: a `git push` in a comment, in a here-document or in what `echo`
//! prints is none. What it comes down to is a [`Script`]: its commands in the order of the text, those of every
//! branch, loop, function and substitution among them, each with its words as far as they are known.

mod bash;
mod expressions;
mod files;
mod options;
mod powershell;
mod python;
mod scripts;
mod syntax;
mod word;
mod wrapped;

use crate::glob;

pub(crate) use options::takes_value;
pub(crate) use scripts::Scripts;
pub(crate) use syntax::{children, marked_fields, nodes, parsed};
pub use word::{Piece, Word};

/// The name of the variable that stands for all arguments of a script.
pub(crate) const ARGUMENTS: &str = "@";

/// The name of the variable that stands for all that a script is given: its text, its arguments, its environment.
pub(crate) const ALL: &str = "…";

/// The command that stands for the import of a module of Python of which nothing is known.
pub(crate) const IMPORT: &str = "import";

/// The language of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `bash`, `sh` and their kin.
    Bash,
    /// `pwsh` and `powershell`.
    PowerShell,
    /// `python`.
    Python,
}

impl Dialect {
    /// The language of a shell as a step names it, `bash` where it names none.
    ///
    /// # Errors
    ///
    /// The shell's name where that is none that is understood.
    pub fn of_shell(shell: Option<&str>) -> Result<Self, &str> {
        let Some(named) = shell else { return Ok(Self::Bash) };
        let name = named.split_whitespace().next().unwrap_or(named);
        match name.rsplit('/').next().unwrap_or(name) {
            "pwsh" | "powershell" => Ok(Self::PowerShell),
            "python" | "python3" => Ok(Self::Python),
            "bash" | "sh" | "zsh" | "nu" | "micromamba-shell" | "wsl-bash" | "msys2" => {
                Ok(Self::Bash)
            }
            other => Err(other),
        }
    }
}

/// A script, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// What it does, in the order of the text.
    pub statements: Vec<Statement>,
    /// Whether all of it could be read, and of Python followed.
    pub is_whole: bool,
}

/// What a script does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// It runs a command.
    Command(Command),
    /// It sets a variable.
    Set {
        /// The variable's name.
        name: String,
        /// Its new value.
        value: Word,
    },
}

/// A command with its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// Its name and arguments. What only runs another command, `sudo` say, is taken off.
    pub words: Vec<Word>,
    /// The variables that are set for this command alone.
    pub variables: Vec<(String, Word)>,
    /// What it is given to read, where the script tells.
    pub input: Option<Input>,
    /// The file that what it prints goes to, by itself or with what stands around it.
    pub output: Option<Word>,
    /// Its line in the script, from 0.
    pub line: usize,
    /// Whether it is a module that Python runs.
    pub is_module: bool,
    /// Whether what ran it looks for a task of the project of this name first: `hatch run`, `pdm run`.
    pub is_task: bool,
    /// Whether the script may pass it by: it stands in a branch, behind a test, in a function.
    pub is_conditional: bool,
}

/// What a command reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A text of the script.
    Text(Word),
    /// What another command prints: its words.
    Pipe(Vec<Word>),
}

/// Takes a script apart. Expressions of GitHub, `${{ … }}`, may stand anywhere in it.
pub fn parse(text: &str, dialect: Dialect) -> Script {
    let (text, expressions) = expressions::replaced(text);
    match dialect {
        Dialect::Bash => bash::parse(&text, &expressions),
        Dialect::PowerShell => powershell::parse(&text, &expressions),
        Dialect::Python => python::parse(&text, &expressions),
    }
}

impl Script {
    /// Its commands, in order.
    pub fn commands(&self) -> impl Iterator<Item = &Command> {
        self.statements.iter().filter_map(|statement| match statement {
            Statement::Command(command) => Some(command),
            Statement::Set { .. } => None,
        })
    }

    /// The same, for themselves.
    fn into_commands(self) -> impl Iterator<Item = Command> {
        self.statements.into_iter().filter_map(|statement| match statement {
            Statement::Command(command) => Some(command),
            Statement::Set { .. } => None,
        })
    }
}

impl Command {
    /// Its name without the folder, where it is known: `git` of `/usr/bin/git`.
    pub fn name(&self) -> Option<&str> {
        let name = self.words.first()?.text()?;
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        Some(name.strip_suffix(".exe").unwrap_or(name))
    }

    /// Whether it is Python that runs something: `python3.13`, `pypy`, `py`.
    fn is_python(&self) -> bool {
        let version = self.name().and_then(|name| {
            name.strip_prefix("python")
                .or_else(|| name.strip_prefix("pypy"))
                .or_else(|| name.strip_prefix("py"))
        });
        let is_version = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c == '.');
        version.is_some_and(is_version) && !self.is_module
    }

    /// The variables that this sets for the steps behind, by `echo NAME=value >> "$GITHUB_ENV"`, or the same
    /// through `tee`:
    /// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-environment-variable>.
    pub fn exports(&self) -> impl Iterator<Item = (String, Word)> {
        let printed = match (self.name(), &self.input) {
            (Some("echo" | "printf"), _) => self.arguments(),
            (Some("tee"), Some(Input::Pipe(words))) => words,
            _ => &[],
        };
        let is_environment = self.output.iter().chain(self.operands()).any(Word::is_environment);
        let printed = printed.iter().filter(move |_| is_environment);
        printed.filter_map(Word::assignment)
    }

    /// Its first few words, for a person.
    pub fn shown(&self) -> String {
        let (runner, count) = if self.is_module { ("python -m ", 2) } else { ("", 3) };
        let name = self.words.iter().take(1);
        let arguments = options::without_values(self.name(), self.arguments());
        let words = name.chain(arguments.map(|(_, word)| word)).take(count);
        let words: Vec<_> = words.map(|word| shortened(&word.shown())).collect();
        format!("`{runner}{}`", words.join(" "))
    }

    /// Its arguments.
    pub fn arguments(&self) -> &[Word] {
        self.words.get(1..).unwrap_or_default()
    }

    /// The value of an option: of `--method POST`, `--method=POST`, `-X POST` and `-XPOST`. The last
    /// one counts.
    pub fn option(&self, names: &[&str]) -> Option<Word> {
        let words = self.arguments();
        words.iter().enumerate().rev().find_map(|(position, word)| {
            if word.text().is_some_and(|text| names.contains(&text)) {
                return words.get(position + 1).cloned();
            }
            names.iter().find_map(|name| {
                let rest = word.behind(name)?;
                if name.starts_with("--") || name.len() > 2 {
                    rest.behind("=")
                } else {
                    (!name.starts_with("--")).then(|| rest.behind("=").unwrap_or(rest))
                }
            })
        })
    }

    /// The same as it stands in the script; `None` where the run decides.
    pub fn given(&self, names: &[&str]) -> Option<&str> {
        let words = self.arguments();
        words.iter().enumerate().find_map(|(position, word)| {
            let text = word.text()?;
            if names.contains(&text) {
                return words.get(position + 1)?.text();
            }
            names.iter().find_map(|name| text.strip_prefix(name)?.strip_prefix('='))
        })
    }

    /// Whether one of these options is there: `--push`, also as `--push=…`, but not `--push=false`.
    pub fn has_option(&self, names: &[&str]) -> bool {
        self.arguments().iter().any(|word| {
            names.iter().any(|name| match word.behind(name) {
                Some(rest) if rest.is_empty() => true,
                Some(rest) => rest.behind("=").is_some_and(|value| value.text() != Some("false")),
                None => false,
            })
        })
    }

    /// Whether a flag of a table is given: `--flag`, or `--flag=pattern` with a value that fits, as far as it is
    /// known.
    pub fn has_flag(&self, flag: &str) -> bool {
        match flag.split_once('=') {
            Some((name, pattern)) => self
                .option(&[name])
                .is_some_and(|value| value.text().is_none_or(|text| glob::matches(pattern, text))),
            None => self.has_option(&[flag]),
        }
    }

    /// Whether it has this name, and these subcommands behind it. Options may stand between.
    pub fn is_called(&self, words: &[&str]) -> bool {
        let Some((name, subcommands)) = words.split_first() else { return false };
        let is_name = self.name() == Some(name) || *name == "python" && self.is_python();
        let operands = self.operands().map(Word::text).take(subcommands.len());
        is_name && subcommands.iter().copied().map(Some).eq(operands)
    }

    /// Its arguments that are no options, each as far as it is known. The value of an option that is not
    /// behind a `=` is among them, unless the option is known to take one.
    pub fn operands(&self) -> impl Iterator<Item = &Word> {
        options::without_options(self.name(), self.arguments()).map(|(_, word)| word)
    }
}

/// The start of a word on one line: one may be a script.
fn shortened(word: &str) -> String {
    const LENGTH: usize = 60;
    let line = word.trim_start().lines().next().unwrap_or_default();
    let start: String = line.chars().take(LENGTH).collect();
    match start.len() < word.trim().len() {
        true => format!("{}…", start.trim_end()),
        false => start,
    }
}

#[cfg(test)]
mod tests;
