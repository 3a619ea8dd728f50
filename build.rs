//! Compiles `data/` into Rust statics, so that the program parses none of it when it starts.
//!
//! What comes out is included by `src/actions/index.rs` and `src/actions/knowledge.rs`. A mistake
//! in the data stops the build with its file and line.
#![allow(clippy::print_stdout, reason = "a build script talks to cargo over standard output")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use serde::Deserialize;

const REFS: &str = "data/action-refs.tsv";
const REPOSITORIES: &str = "data/action-repositories.tsv";
const ACTIONS: &str = "data/actions.toml";

/// What is wrong with the data, and where.
type Fault = String;

fn main() -> ExitCode {
    for path in ["build.rs", REFS, REPOSITORIES, ACTIONS] {
        println!("cargo::rerun-if-changed={path}");
    }
    match generate() {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            println!("cargo::error={}", fault.trim_end().replace('\n', " "));
            ExitCode::FAILURE
        }
    }
}

fn generate() -> Result<(), Fault> {
    let out = env::var("OUT_DIR").map_err(|error| format!("OUT_DIR: {error}"))?;
    let index = read_index(&read(REFS)?, &read(REPOSITORIES)?)?;
    write(Path::new(&out).join("index.rs"), &index_source(&index))?;
    let actions = read_actions(&read(ACTIONS)?)?;
    write(Path::new(&out).join("knowledge.rs"), &knowledge_source(&actions))
}

fn read(path: &str) -> Result<String, Fault> {
    fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))
}

fn write(path: impl AsRef<Path>, text: &str) -> Result<(), Fault> {
    let path = path.as_ref();
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// The rows of a table: tab-separated fields, `#` starts a comment line. Each fault is told with
/// its line.
fn rows<const N: usize>(
    file: &str,
    text: &str,
    mut row: impl FnMut([&str; N]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    for (number, line) in (1..).zip(text.lines()) {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        <[&str; N]>::try_from(line.split('\t').collect::<Vec<_>>())
            .map_err(|fields| format!("{} fields, not {N}", fields.len()))
            .and_then(&mut row)
            .map_err(|fault| format!("{file}:{number}: {fault}"))?;
    }
    Ok(())
}

// The index of refs

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Date(u16, u8, u8);

struct Ref {
    branch: bool,
    commit: String,
    date: Option<Date>,
    listed: bool,
}

struct Repository {
    spelling: String,
    listed_until: Option<Date>,
    /// By name, then kind: a tag and a branch may share a name.
    refs: BTreeMap<(String, bool), Ref>,
}

/// By the name in lower case: the order in which the program searches.
type Index = BTreeMap<String, Repository>;

fn read_index(refs: &str, repositories: &str) -> Result<Index, Fault> {
    let mut index = Index::new();
    rows(REPOSITORIES, repositories, |[spelling, listed_until]| {
        let listed_until = if listed_until == "none" { None } else { Some(date(listed_until)?) };
        if spelling.split('/').count() != 2 || !spelling.is_ascii() {
            return Err(format!("`{spelling}` is not owner/name"));
        }
        let entry =
            Repository { spelling: spelling.to_owned(), listed_until, refs: BTreeMap::new() };
        match index.insert(spelling.to_ascii_lowercase(), entry) {
            None => Ok(()),
            Some(_) => Err(format!("{spelling} is there twice")),
        }
    })?;
    rows(REFS, refs, |[repository, kind, name, commit, day, source]| {
        let entry = index
            .get_mut(&repository.to_ascii_lowercase())
            .ok_or_else(|| format!("{repository} is not in {REPOSITORIES}"))?;
        let branch = match kind {
            "tag" => false,
            "branch" => true,
            other => return Err(format!("kind `{other}` is neither tag nor branch")),
        };
        let listed = match source {
            "listing" => true,
            "seen" => false,
            other => return Err(format!("source `{other}` is neither listing nor seen")),
        };
        if commit.len() != 40
            || !commit.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        {
            return Err(format!("`{commit}` is not a commit: 40 digits in lower case"));
        }
        let date = if day.is_empty() { None } else { Some(date(day)?) };
        match entry.refs.insert(
            (name.to_owned(), branch),
            Ref { branch, commit: commit.to_owned(), date, listed },
        ) {
            None => Ok(()),
            Some(_) => Err(format!("{kind} {name} of {repository} is there twice")),
        }
    })?;
    Ok(index)
}

fn date(text: &str) -> Result<Date, Fault> {
    let mut parts = text.splitn(3, '-').map(str::parse::<u16>);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Ok(year)), Some(Ok(month @ 1..=12)), Some(Ok(day @ 1..=31))) => {
            Ok(Date(year, month as u8, day as u8))
        }
        _ => Err(format!("`{text}` is not a date: YYYY-MM-DD")),
    }
}

fn index_source(index: &Index) -> String {
    let made = index
        .values()
        .flat_map(|repository| repository.refs.values())
        .filter_map(|entry| entry.date)
        .max()
        .unwrap_or(Date(1970, 1, 1));
    let mut out = format!("pub(super) const MADE: Date = {};\n", date_source(made));
    let _ = writeln!(out, "pub(super) static REPOSITORIES: [Refs; {}] = [", index.len());
    for (number, repository) in index.values().enumerate() {
        let until = optional_date(repository.listed_until);
        let _ = writeln!(out, "r({:?}, {until}, &REFS_{number}),", repository.spelling);
    }
    out.push_str("];\n");
    for (number, repository) in index.values().enumerate() {
        let _ = writeln!(out, "static REFS_{number}: [Ref; {}] = [", repository.refs.len());
        for ((name, _), entry) in &repository.refs {
            let function = if entry.branch { "b" } else { "t" };
            let (commit, date) = (bytes_source(&entry.commit), optional_date(entry.date));
            let _ = writeln!(out, "{function}({name:?}, {commit}, {date}, {}),", entry.listed);
        }
        out.push_str("];\n");
    }
    out
}

/// `*b"\x01…"`, from hexadecimal digits.
fn bytes_source(hex: &str) -> String {
    let mut out = String::from("*b\"");
    for (position, digit) in hex.chars().enumerate() {
        if position % 2 == 0 {
            out.push_str("\\x");
        }
        out.push(digit);
    }
    out.push('"');
    out
}

fn date_source(Date(year, month, day): Date) -> String {
    format!("d({year},{month},{day})")
}

fn optional_date(date: Option<Date>) -> String {
    date.map_or_else(|| "None".to_owned(), |date| format!("Some({})", date_source(date)))
}

// Knowledge of single actions

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Actions {
    action: Vec<toml::Spanned<Action>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Action {
    uses: String,
    ref_is_input: Option<RefIsInput>,
    keep_tag: Option<Reason>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RefIsInput {
    input: String,
    values: Option<Vec<String>>,
    pin_to: PinTo,
    step_wins: Vec<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PinTo {
    Branch(String),
    NewestRelease,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    reason: String,
    source: String,
}

fn read_actions(text: &str) -> Result<BTreeMap<String, Action>, Fault> {
    let line = |at: usize| 1 + text[..at].matches('\n').count();
    let parsed: Actions = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(1, |span| line(span.start));
        format!("{ACTIONS}:{at}: {}", error.message())
    })?;
    let mut actions = BTreeMap::new();
    for action in parsed.action {
        let at = line(action.span().start);
        let action = action.into_inner();
        if action.uses.split('/').count() < 2 || action.uses.contains('@') {
            return Err(format!(
                "{ACTIONS}:{at}: `{}` is not owner/name or owner/name/path",
                action.uses
            ));
        }
        if let Some(before) = actions.insert(action.uses.to_ascii_lowercase(), action) {
            return Err(format!("{ACTIONS}:{at}: {} is there twice", before.uses));
        }
    }
    Ok(actions)
}

fn knowledge_source(actions: &BTreeMap<String, Action>) -> String {
    let mut out = format!("static ENTRIES: [Entry; {}] = [\n", actions.len());
    for action in actions.values() {
        let mut parts = action.uses.splitn(3, '/');
        let mut part = || parts.next().unwrap_or_default();
        let (owner, name, path) = (part(), part(), part());
        let _ = writeln!(
            out,
            "Entry {{ owner: {owner:?}, name: {name:?}, path: {path:?}, ref_is_input: {}, keep_tag: {} }},",
            optional(action.ref_is_input.as_ref(), ref_is_input_source),
            optional(action.keep_tag.as_ref(), reason_source),
        );
    }
    out.push_str("];\n");
    out
}

fn optional<T>(value: Option<&T>, source: fn(&T) -> String) -> String {
    value.map_or_else(|| "None".to_owned(), |value| format!("Some({})", source(value)))
}

fn ref_is_input_source(fact: &RefIsInput) -> String {
    let values = fact
        .values
        .as_ref()
        .map_or_else(|| "Values::Tags".to_owned(), |globs| format!("Values::Globs(&{globs:?})"));
    let pin_to = match &fact.pin_to {
        PinTo::Branch(name) => format!("PinTo::Branch({name:?})"),
        PinTo::NewestRelease => "PinTo::NewestRelease".to_owned(),
    };
    format!(
        "RefIsInput {{ input: {:?}, values: {values}, pin_to: {pin_to}, step_wins: &{:?}, source: {:?} }}",
        fact.input, fact.step_wins, fact.source
    )
}

fn reason_source(fact: &Reason) -> String {
    format!("Reason {{ reason: {:?}, source: {:?} }}", fact.reason, fact.source)
}
