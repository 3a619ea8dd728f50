//! The two tables, read and written. Their headers stay as they are.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use spec8_fix::actions::{Date, Ref, RefKind};

use crate::Fault;

const REFS: &str = "action-refs.tsv";
const REPOSITORIES: &str = "action-repositories.tsv";

/// A repository of the tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Repository {
    /// `owner/name`, as its owner spells it.
    pub(super) name: String,
    /// Until when its refs are known; `None` where they were never listed.
    pub(super) listed_until: Option<Date>,
    pub(super) refs: Vec<Ref>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tables {
    refs_header: String,
    repositories_header: String,
    /// By name in lower case.
    repositories: BTreeMap<String, Repository>,
}

impl Tables {
    pub(super) fn read(data: &Path) -> Result<Self, Fault> {
        let read = |file: &str| {
            let path = data.join(file);
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        Self::parse(&read(REFS)?, &read(REPOSITORIES)?)
    }

    pub(super) fn parse(refs: &str, repositories: &str) -> Result<Self, Fault> {
        let mut tables = Self {
            refs_header: header(refs),
            repositories_header: header(repositories),
            repositories: BTreeMap::new(),
        };
        rows(REPOSITORIES, repositories, |[name, listed_until]: [&str; 2]| {
            let listed_until =
                if listed_until == "none" { None } else { Some(date(listed_until)?) };
            let repository = Repository { name: name.to_owned(), listed_until, refs: Vec::new() };
            tables.repositories.insert(name.to_ascii_lowercase(), repository);
            Some(())
        })?;
        rows(REFS, refs, |[name, kind, git_ref, commit, day, source]: [&str; 6]| {
            let repository = tables.repositories.get_mut(&name.to_ascii_lowercase())?;
            repository.refs.push(Ref {
                name: git_ref.to_owned().into(),
                kind: match kind {
                    "tag" => RefKind::Tag,
                    "branch" => RefKind::Branch,
                    _ => return None,
                },
                commit: commit.parse().ok()?,
                date: if day.is_empty() { None } else { Some(date(day)?) },
                listed: match source {
                    "listing" => true,
                    "seen" => false,
                    _ => return None,
                },
            });
            Some(())
        })?;
        Ok(tables)
    }

    /// Adds a repository that is not there yet.
    pub(super) fn add(&mut self, name: &str) {
        self.repositories.entry(name.to_ascii_lowercase()).or_insert_with(|| Repository {
            name: name.to_owned(),
            listed_until: None,
            refs: Vec::new(),
        });
    }

    /// In the order of the tables.
    pub(super) fn repositories(&self) -> impl Iterator<Item = &Repository> {
        self.repositories.values()
    }

    /// In the order of the tables.
    pub(super) fn repositories_mut(&mut self) -> impl Iterator<Item = &mut Repository> {
        self.repositories.values_mut()
    }

    /// Takes away the repositories without a row.
    pub(super) fn drop_empty(&mut self) {
        self.repositories.retain(|_, repository| !repository.refs.is_empty());
    }

    pub(super) fn write(&self, data: &Path) -> Result<(), Fault> {
        for (file, text) in [(REFS, self.refs_text()), (REPOSITORIES, self.repositories_text())] {
            let path = data.join(file);
            fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        Ok(())
    }

    pub(super) fn refs_text(&self) -> String {
        let mut out = self.refs_header.clone();
        for Repository { name, refs, .. } in self.repositories() {
            let mut refs: Vec<_> = refs.iter().map(|entry| (kind(entry.kind), entry)).collect();
            refs.sort_by(|(kind, one), (other_kind, other)| {
                (kind, &one.name).cmp(&(other_kind, &other.name))
            });
            for (kind, Ref { name: git_ref, commit, date, listed, .. }) in refs {
                let day = date.map_or_else(String::new, |date| date.to_string());
                let source = if *listed { "listing" } else { "seen" };
                let _ = writeln!(out, "{name}\t{kind}\t{git_ref}\t{commit}\t{day}\t{source}");
            }
        }
        out
    }

    pub(super) fn repositories_text(&self) -> String {
        let mut out = self.repositories_header.clone();
        for Repository { name, listed_until, .. } in self.repositories() {
            let until = listed_until.map_or_else(|| "none".to_owned(), |date| date.to_string());
            let _ = writeln!(out, "{name}\t{until}");
        }
        out
    }
}

/// The word for a kind of ref.
pub(super) fn kind(kind: RefKind) -> &'static str {
    match kind {
        RefKind::Tag => "tag",
        RefKind::Branch => "branch",
    }
}

/// The comment lines at the start.
fn header(text: &str) -> String {
    text.split_inclusive('\n').take_while(|line| line.starts_with('#')).collect()
}

fn date(text: &str) -> Option<Date> {
    text.parse().ok()
}

fn rows<'t, const N: usize>(
    file: &str,
    text: &'t str,
    mut row: impl FnMut([&'t str; N]) -> Option<()>,
) -> Result<(), Fault> {
    for (number, line) in (1..).zip(text.lines()) {
        if line.starts_with('#') {
            continue;
        }
        let fields = line.split('\t').collect::<Vec<_>>();
        <[&str; N]>::try_from(fields)
            .ok()
            .and_then(&mut row)
            .ok_or_else(|| format!("{file}:{number}: `{line}`"))?;
    }
    Ok(())
}
