//! A step that uploads: which files, whether they are there before it, and whether it does anything else.

use crate::publishing::{By, Upload};
use crate::shell::{self, Command, Dialect, Script, Statement, Word};
use crate::workflow::{Job, Step, path_inside, script_path};

/// The tools that upload files which are there already.
const TOOLS: [&str; 3] = ["twine", "uv", "maturin"];

/// The script of a step that does nothing but upload files with some of these [`TOOLS`].
///
/// `None` where it does more: then the files may be made by the step itself, or go elsewhere, too.
pub(super) fn only_uploading(step: Step<'_>, tools: &[&str]) -> Option<Script> {
    let script = shell::parse(step.text("run")?, Dialect::Bash);
    let is_upload = |command: &Command| tools.iter().any(|tool| uploads_with(command, tool));
    let is_one_of_both = |statement: &Statement| match statement {
        Statement::Command(command) => is_upload(command) || is_beside(command),
        Statement::Set { .. } => false,
    };
    let is_whole = script.is_whole && script.statements.iter().all(is_one_of_both);
    is_whole.then_some(script)
}

/// Whether a command uploads files that are there already, with this tool.
pub(super) fn uploads_with(command: &Command, tool: &str) -> bool {
    subcommand(command, tool) == Some(verb(tool))
}

fn verb(tool: &str) -> &'static str {
    if tool == "uv" { "publish" } else { "upload" }
}

/// Whether a command is only there for an upload.
fn is_beside(command: &Command) -> bool {
    let is_tool =
        |text: &str| TOOLS.contains(&text.split(['=', '>', '<', '[', '~']).next().unwrap_or(text));
    let is_install = ["pip", "pip3"].iter().any(|pip| subcommand(command, pip) == Some("install"))
        && command.words.iter().any(|word| word.text().is_some_and(is_tool))
        && !command.words.iter().any(|word| matches!(word.text(), Some("." | "-e" | "-r")));
    is_install
        || subcommand(command, "twine") == Some("check")
        || matches!(command.name(), Some("echo" | "ls" | "set"))
}

fn subcommand<'c>(command: &'c Command, tool: &str) -> Option<&'c str> {
    let mut operands = command.operands().filter_map(Word::text);
    operands.next().filter(|_| command.name() == Some(tool))
}

/// The patterns of the files that a step uploads, from the top of the repository; they are there before
/// the step runs.
///
/// # Errors
///
/// Why they are not known.
pub(super) fn files(
    job: &Job<'_>,
    step: Step<'_>,
    upload: &Upload<'_>,
) -> Result<Vec<String>, String> {
    let unseen = || Err("which files it uploads is not seen".to_owned());
    let patterns = match &upload.by {
        By::Uses(name) if name == "pypa/gh-action-pypi-publish" => {
            let given = ["packages-dir", "packages_dir"].iter().find_map(|name| step.input(name));
            let folder = given.map_or(Some("dist"), |node| step.document().scalar(node));
            let Some(folder) = folder else { return unseen() };
            vec![format!("{}/*", folder.trim_end_matches('/'))]
        }
        By::Command(command) => match operands(command) {
            Some(patterns) => patterns,
            None => return unseen(),
        },
        By::Uses(_) => return unseen(),
    };
    let folder = step.working_directory();
    let whole = patterns.iter().map(|pattern| script_path(folder, pattern));
    let patterns = match whole.collect::<Option<Vec<_>>>() {
        Some(patterns) if patterns.iter().all(|pattern| is_plain(pattern)) => patterns,
        _ => return unseen(),
    };
    if matches!(upload.by, By::Command(_)) && only_uploading(step, &TOOLS).is_none() {
        return Err("the step does more than to upload, and may make the files itself".to_owned());
    }
    match patterns.iter().find(|pattern| is_downloaded_elsewhere(job, step, pattern)) {
        Some(pattern) => Err(format!("what fills `{}` is not seen", folder_of(pattern))),
        None => Ok(patterns),
    }
}

/// Whether a pattern means the same for a shell as for an action, and names a folder.
fn is_plain(pattern: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./*".contains(c);
    pattern.chars().all(is_plain)
        && !pattern.starts_with('/')
        && !pattern.contains("..")
        && pattern.contains('/')
}

/// The operands of a command that uploads; `None` where they are not all known.
fn operands(command: &Command) -> Option<Vec<String>> {
    const FLAGS: [&str; 12] = [
        "--skip-existing",
        "--verbose",
        "-v",
        "--non-interactive",
        "--disable-progress-bar",
        "--sign",
        "-s",
        "--no-progress",
        "--no-config",
        "--no-attestations",
        "--quiet",
        "-q",
    ];
    let tool = TOOLS.into_iter().find(|tool| uploads_with(command, tool))?;
    let start = command.words.iter().position(|word| word.text() == Some(verb(tool)))?;
    let mut patterns = Vec::new();
    let mut rest = command.words[start + 1..].iter();
    while let Some(word) = rest.next() {
        match word.text() {
            Some(text) if FLAGS.contains(&text) => {}
            _ if word.starts_with("-") => {
                let has_value = word.pieces().len() == 1 && !word.contains("=");
                if has_value {
                    rest.next();
                }
            }
            Some(text) => patterns.push(text.to_owned()),
            None => return None,
        }
    }
    if patterns.is_empty() && tool == "uv" {
        patterns.push("dist/*".to_owned());
    }
    (!patterns.is_empty()).then_some(patterns)
}

fn folder_of(pattern: &str) -> &str {
    pattern.split_once('*').map_or(pattern, |(start, _)| start).trim_end_matches('/')
}

/// Whether the job has its packages from artifacts of the run alone, and those are put into other folders.
fn is_downloaded_elsewhere(job: &Job<'_>, step: Step<'_>, pattern: &str) -> bool {
    let steps = job.steps();
    let before = steps.iter().take_while(|it| it.node() != step.node());
    let fills: Vec<_> = before.filter_map(|step| fills(*step, folder_of(pattern))).collect();
    !fills.is_empty() && !fills.contains(&true)
}

/// Whether a step may fill a folder; `None` where it does not bring files at all.
fn fills(step: Step<'_>, folder: &str) -> Option<bool> {
    let Some(uses) = step.text("uses") else { return Some(true) };
    let name = uses.split('@').next().unwrap_or_default().trim().to_ascii_lowercase();
    if name != "actions/download-artifact" {
        let last = name.rsplit('/').next().unwrap_or_default();
        let brings_nothing = last == "checkout" || last.starts_with("setup-");
        return (!brings_nothing).then_some(true);
    }
    let path = step.input("path").map(|node| step.document().scalar(node).unwrap_or("${{"));
    let path = path.unwrap_or_default().trim_start_matches("./").trim_matches('/');
    let is_anywhere = path.is_empty() || path == "." || path.contains("${{");
    let is_in = |inner: &str, outer: &str| path_inside(inner, outer).is_some();
    Some(is_anywhere || is_in(folder, path) || is_in(path, folder))
}
