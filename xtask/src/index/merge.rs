//! The rows of a repository after it was listed, and what is different. Pure.

use std::collections::BTreeMap;
use std::fmt;

use spec8_fix::actions::version::Series;
use spec8_fix::actions::{
    Commit, Date, MovedTag, Ref, RefKind, Refs, RepositoryName, Source, moved,
};

use super::ask::Answer;
use super::tables::{self, Repository};

/// A ref, to be named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    kind: &'static str,
    name: String,
}

impl Entry {
    fn of(entry: &Ref) -> Self {
        Self { kind: tables::kind(entry.kind), name: entry.name.to_string() }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}

/// What is different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// A ref that the tables did not hold.
    New { entry: Entry },
    /// One that was listed before, and is no longer there.
    Gone { entry: Entry },
    /// One that points elsewhere, as it may, or as was accepted.
    Moved { entry: Entry, was: Commit, is: Commit },
}

#[derive(Clone, Debug)]
pub(super) struct Merged {
    pub(super) repository: Repository,
    pub(super) changes: Vec<Change>,
    /// Full version tags that point elsewhere, and whose rows stay as they were.
    pub(super) moved: Vec<MovedTag>,
    /// The name that the repository has by now, if it is another one.
    pub(super) renamed: Option<String>,
}

/// Whether a ref has a row: every tag, and of the branches the default one, those that follow releases,
/// and those that have one already. The others are somebody's work.
pub(super) fn is_kept(entry: &Ref, known: &Repository, listing: &Refs) -> bool {
    let name = &*entry.name;
    entry.kind == RefKind::Tag
        || listing.default_branch.as_deref() == Some(name)
        || Series::of(name).is_some()
        || ["release/", "releases/"].iter().any(|prefix| name.starts_with(prefix))
        || matches!(name, "latest" | "main" | "master" | "stable")
        || known.refs.iter().any(|row| row.kind == RefKind::Branch && row.name == name)
}

/// What the tables are to say of a repository that was listed today.
pub(super) fn merge(
    known: &Repository,
    answer: &Answer,
    today: Date,
    is_accepted: impl Fn(&str) -> bool,
) -> Merged {
    let listing = &answer.listing;
    let before = as_refs(known);
    let mut moved = moved::moved(listing, moved::from_index(&before));
    moved.retain(|tag| !is_accepted(&tag.tag));
    let mut rows: BTreeMap<Entry, Ref> =
        known.refs.iter().map(|row| (Entry::of(row), row.clone())).collect();
    let mut changes = Vec::new();
    for entry in listing.refs.iter().filter(|entry| is_kept(entry, known, listing)) {
        let key = Entry::of(entry);
        let row = Ref { date: answer.dates.get(&entry.commit).copied(), ..entry.clone() };
        match rows.get(&key) {
            None => changes.push(Change::New { entry: key.clone() }),
            Some(old) if old.commit == entry.commit => {}
            Some(_)
                if entry.kind == RefKind::Tag && moved.iter().any(|tag| tag.tag == entry.name) =>
            {
                continue;
            }
            Some(old) => {
                let (was, is) = (old.commit, entry.commit);
                changes.push(Change::Moved { entry: key.clone(), was, is });
            }
        }
        rows.insert(key, row);
    }
    rows.retain(|key, row| {
        // Where it was seen, others have it still.
        let stays = !row.listed || listing.find(row.kind, &row.name).is_some();
        if !stays {
            changes.push(Change::Gone { entry: key.clone() });
        }
        stays
    });
    let name = answer.spelling.as_deref().unwrap_or(&listing.repository);
    let is_same = RepositoryName::parse(&known.name)
        .is_some_and(|known| Some(known) == RepositoryName::parse(name));
    // Without the API the name is as it was asked for.
    let spelling = answer.spelling.as_ref().filter(|_| is_same).unwrap_or(&known.name).clone();
    Merged {
        repository: Repository {
            name: spelling,
            listed_until: Some(today),
            refs: rows.into_values().collect(),
        },
        changes,
        moved,
        renamed: (!is_same).then(|| name.to_owned()),
    }
}

/// What the tables say of a repository, as a resolver would say it.
fn as_refs(repository: &Repository) -> Refs {
    let (name, refs) = (repository.name.clone(), repository.refs.clone());
    Refs {
        listed_until: repository.listed_until,
        ..Refs::new(name.into(), refs.into(), Source::Index)
    }
}
