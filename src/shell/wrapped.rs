//! Commands that only run another one.

use super::options::without_options;
use super::word::{Piece, Word};
use super::{Command, Dialect, Input, Script, Statement, parse};

/// How deep scripts inside scripts are followed.
const MAX_DEPTH: usize = 4;

/// Commands that run what follows their options, with the options that take a value.
const WRAPPERS: &[(&str, &[&str])] = &[
    ("builtin", &[]),
    ("command", &[]),
    ("doas", &["-u"]),
    ("env", &["-u", "-C", "-S"]),
    ("exec", &["-a"]),
    ("ionice", &["-c", "-n"]),
    ("nice", &["-n"]),
    ("nohup", &[]),
    ("retry", &[]),
    ("stdbuf", &["-i", "-o", "-e"]),
    ("sudo", &["-u", "-g", "-h", "-p", "-C", "-T", "-U"]),
    ("time", &["-f", "-o"]),
    ("timeout", &["-k", "-s"]),
    ("unbuffer", &[]),
    ("xargs", &["-a", "-d", "-E", "-I", "-L", "-n", "-P", "-s"]),
    ("xvfb-run", &["-e", "-f", "-n", "-p", "-s", "-w"]),
];

/// Tools that run another program behind one or two words: `uv run twine`, `npx semantic-release`.
const RUNNERS: &[&[&str]] = &[
    &["bundle", "exec"],
    &["bun", "x"],
    &["bunx"],
    &["conda", "run"],
    &["devbox", "run"],
    &["devenv", "shell"],
    &["hatch", "run"],
    &["mamba", "run"],
    &["micromamba", "run"],
    &["mise", "exec"],
    &["mise", "x"],
    &["npm", "exec"],
    &["npm", "x"],
    &["npx"],
    &["pdm", "run"],
    &["pipenv", "run"],
    &["pipx", "run"],
    &["pixi", "exec"],
    &["pixi", "run"],
    &["pnpm", "dlx"],
    &["pnpm", "exec"],
    &["pnpx"],
    &["poetry", "run"],
    &["pyenv", "exec"],
    &["rye", "run"],
    &["uv", "run"],
    &["uv", "tool", "run"],
    &["uvx"],
    &["yarn", "dlx"],
    &["yarn", "exec"],
];

/// Those of [`RUNNERS`] that look for a task of the project first.
const TASK_RUNNERS: &[&str] = &["devbox", "hatch", "pdm", "pixi", "rye"];

/// Options of [`RUNNERS`] that take a value.
const RUNNER_VALUES: &[&str] = &[
    "-n",
    "-p",
    "-e",
    "-c",
    "--with",
    "--from",
    "--python",
    "--package",
    "--group",
    "--extra",
    "--only-group",
    "--with-requirements",
    "--spec",
    "--name",
    "--prefix",
    "--environment",
    "--env-file",
    "--directory",
    "--project",
    "--index-url",
    "--manifest-path",
];

/// The script with each such command replaced by what it runs.
pub(super) fn unwrapped(script: Script) -> Script {
    let mut out = Script { statements: Vec::new(), is_whole: script.is_whole };
    for statement in script.statements {
        match statement {
            Statement::Command(command) => unwrap(command, MAX_DEPTH, &mut out),
            set => out.statements.push(set),
        }
    }
    out
}

fn unwrap(mut command: Command, depth: usize, out: &mut Script) {
    let next = |it: &Command| inner(it).or_else(|| in_nix(it)).or_else(|| module(it));
    while let Some(inner) = next(&command) {
        command = inner;
    }
    match nested(&command).filter(|_| depth > 0) {
        Some((text, dialect)) => {
            // Variables of the script inside are those of the one around.
            let script = parse_word(&text, dialect);
            out.is_whole &= script.is_whole;
            out.statements.extend(
                command.variables.iter().map(|(name, value)| Statement::Set {
                    name: name.clone(),
                    value: value.clone(),
                }),
            );
            for statement in script.statements {
                match statement {
                    Statement::Command(mut inner) => {
                        inner.line += command.line;
                        inner.is_conditional |= command.is_conditional;
                        unwrap(inner, depth - 1, out);
                    }
                    set => out.statements.push(set),
                }
            }
        }
        None => {
            for inner in run_by_find(&command).into_iter().filter(|_| depth > 0) {
                unwrap(inner, depth - 1, out);
            }
            out.statements.push(Statement::Command(command));
        }
    }
}

/// What `find` runs for what it finds: `rm` of `find . -exec rm {} +`.
fn run_by_find(command: &Command) -> Vec<Command> {
    let is_one_of = |word: &Word, texts: &[&str]| word.text().is_some_and(|it| texts.contains(&it));
    let starts = |word: &Word| is_one_of(word, &["-exec", "-execdir", "-ok", "-okdir"]);
    let ends = |word: &Word| is_one_of(word, &[";", "\\;", "+"]);
    let words = command.words.split(starts).skip(1).filter(|_| command.name() == Some("find"));
    let run = words.map(|words| words.split(ends).next().unwrap_or_default());
    run.filter(|words| !words.is_empty())
        .map(|words| Command { words: words.to_vec(), ..command.clone() })
        .collect()
}

/// A script that stands in a word. What is not known of it stays unknown.
pub(super) fn parse_word(word: &Word, dialect: Dialect) -> Script {
    let piece = |piece: &Piece| match (piece, dialect) {
        (Piece::Text(text), _) => text.clone(),
        (Piece::Variable(name), Dialect::Python) => format!("${{{{ env.{name} }}}}"),
        (Piece::Variable(name), _) => format!("${{{name}}}"),
        (Piece::Expression(text), _) => format!("${{{{{text}}}}}"),
        (Piece::Unknown, Dialect::Python) => "__unknown__".to_owned(),
        (Piece::Unknown, _) => "$(:)".to_owned(),
    };
    let mut script = parse(&word.pieces().iter().map(piece).collect::<String>(), dialect);
    script.statements.retain(|statement| match statement {
        Statement::Command(command) => command.name() != Some(":"),
        Statement::Set { .. } => true,
    });
    script
}

/// The script that a shell, or Python, is given to run: `bash -c '…'`, `eval …`, `python <<EOF`.
fn nested(command: &Command) -> Option<(Word, Dialect)> {
    let arguments = command.arguments();
    let takes_script = |word: &Word| {
        word.text().is_some_and(|text| {
            text.starts_with('-') && !text.starts_with("--") && text.ends_with('c')
        })
    };
    let is_option = |word: &Word| word.starts_with("-");
    let given = || match (arguments.iter().position(takes_script), command.input.as_ref()) {
        (Some(position), _) => arguments.get(position + 1).cloned(),
        (None, Some(Input::Text(text))) if arguments.iter().all(is_option) => Some(text.clone()),
        _ => None,
    };
    match command.name()? {
        "eval" => {
            let words = arguments.iter().flat_map(|word| {
                word.pieces().iter().cloned().chain([Piece::Text(" ".to_owned())])
            });
            Some((Word::new(words), Dialect::Bash))
        }
        "trap" => {
            let script = arguments.first().filter(|word| !word.starts_with("-"))?;
            Some((script.clone(), Dialect::Bash))
        }
        "nix-shell" => Some((command.option(&["--run", "--command"])?, Dialect::Bash)),
        "bash" | "sh" | "zsh" | "dash" => given().map(|text| (text, Dialect::Bash)),
        _ if command.is_python() => given().map(|text| (text, Dialect::Python)),
        _ => None,
    }
}

/// What a command runs, if that is all it does.
fn inner(command: &Command) -> Option<Command> {
    let name = command.name()?;
    // That says what a name stands for, and runs nothing.
    let is_asked = |word: &Word| word.text().is_some_and(|text| ["-v", "-V"].contains(&text));
    if name == "command" && command.arguments().first().is_some_and(is_asked) {
        return None;
    }
    let (skipped, values): (usize, &[&str]) = match WRAPPERS.iter().find(|(it, _)| *it == name) {
        Some((_, values)) => (1, values),
        None => (RUNNERS.iter().find_map(|runner| behind(command, runner))?, RUNNER_VALUES),
    };
    let mut rest = &command.words[skipped..];
    let mut variables = command.variables.clone();
    loop {
        let first = rest.first()?;
        let text = first.text().unwrap_or_default();
        if text == "--" {
            rest = &rest[1..];
            break;
        }
        if first.starts_with("-") {
            rest = &rest[if values.contains(&text) { 2.min(rest.len()) } else { 1 }..];
        } else if name == "env"
            && let Some((variable, value)) = first.assignment()
        {
            variables.push((variable, value));
            rest = &rest[1..];
        } else if name == "timeout" && text.starts_with(|c: char| c.is_ascii_digit()) {
            rest = &rest[1..];
        } else {
            break;
        }
    }
    let words = if name == "hatch" { without_environment(rest) } else { without_version(rest) };
    let is_task = TASK_RUNNERS.contains(&name);
    (!words.is_empty()).then(|| Command { words, variables, is_task, ..command.clone() })
}

/// What runs in an environment of Nix: `make` of `nix develop .#docs -c make`.
fn in_nix(command: &Command) -> Option<Command> {
    let is_shell = command.is_called(&["nix", "develop"]) || command.is_called(&["nix", "shell"]);
    let runs = |word: &Word| word.text().is_some_and(|it| ["-c", "--command"].contains(&it));
    let at = command.words.iter().position(runs).filter(|_| is_shell)?;
    let words = command.words[at + 1..].to_vec();
    (!words.is_empty()).then(|| Command { words, ..command.clone() })
}

/// Where the words of a command start that stand behind those of a runner.
fn behind(command: &Command, runner: &[&str]) -> Option<usize> {
    let (program, words) = runner.split_first()?;
    let name = command.name().filter(|name| name == program)?;
    let mut operands = without_options(Some(name), command.arguments());
    let mut next = 1;
    for word in words {
        let (position, _) = operands.next().filter(|(_, actual)| actual.text() == Some(word))?;
        next = position + 2;
    }
    (command.words.len() > next).then_some(next)
}

/// The program that is a module of Python: `twine upload` of `python3 -m twine upload`.
fn module(command: &Command) -> Option<Command> {
    let is_python = command.is_python();
    let mut words = command.arguments().iter().enumerate().filter(|_| is_python);
    let at = loop {
        match words.next()?.1.text()? {
            "-W" | "-X" => _ = words.next(),
            option if option.starts_with("--") || !option.starts_with('-') => return None,
            option if option.ends_with('m') => break words.next()?.0,
            _ => {}
        }
    };
    let words = command.arguments()[at..].to_vec();
    Some(Command { words, is_module: true, ..command.clone() })
}

/// `docs:mkdocs` is that program, in an environment of hatch: <https://hatch.pypa.io/latest/environment/>.
fn without_environment(words: &[Word]) -> Vec<Word> {
    let mut words = words.to_vec();
    if let Some((_, name)) = words.first().and_then(Word::text).and_then(|it| it.rsplit_once(':')) {
        words[0] = name.into();
    }
    words
}

/// `semantic-release@22` is that program.
fn without_version(words: &[Word]) -> Vec<Word> {
    let mut words = words.to_vec();
    if let Some(text) = words.first().and_then(Word::text)
        && let Some((name, _)) = text.rsplit_once('@').filter(|(name, _)| !name.is_empty())
    {
        words[0] = name.into();
    }
    words
}
