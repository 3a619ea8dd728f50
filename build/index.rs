//! The refs of action repositories, from two tables to the statics of `src/actions/index.rs`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Fault, read, rows};

const REFS: &str = "data/action-refs.tsv";
const REPOSITORIES: &str = "data/action-repositories.tsv";

/// The source of the statics.
pub(super) fn source() -> Result<String, Fault> {
    Ok(index_source(&read_index(&read(REFS)?, &read(REPOSITORIES)?)?))
}

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
    let listed = index.values().filter_map(|repository| repository.listed_until);
    let made = index
        .values()
        .flat_map(|repository| repository.refs.values())
        .filter_map(|entry| entry.date)
        .chain(listed)
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
