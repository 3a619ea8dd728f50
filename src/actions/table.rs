//! Refs for tests, written as a table.

use super::{ActionRef, Commit, Date, Ref, RefKind, Refs, Source, Uses};

/// The refs of `own/er`, as the index would hold them: a table of kind, name, start of the commit,
/// and day. `seen` in place of a day means that the ref was not listed.
pub(super) fn index_refs(listed_until: &str, table: &str) -> Refs {
    let refs = table.lines().filter(|line| !line.trim().is_empty()).map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let [kind, name, commit, day] = fields[..] else { panic!("{line}") };
        Ref {
            name: name.to_owned().into(),
            kind: if kind == "tag" { RefKind::Tag } else { RefKind::Branch },
            commit: commit_of(commit),
            date: date_of(day),
            listed: day != "seen",
        }
    });
    let refs = refs.collect::<Vec<_>>().into();
    Refs { listed_until: date_of(listed_until), ..Refs::new("own/er".into(), refs, Source::Index) }
}

/// The commit that starts so, with zeros behind it.
pub(super) fn commit_of(start: &str) -> Commit {
    format!("{start}{}", "0".repeat(40 - start.len())).parse().unwrap()
}

pub(super) fn date_of(text: &str) -> Option<Date> {
    text.parse().ok()
}

/// A `uses:` taken apart.
pub(super) fn action(text: &str) -> ActionRef<'_> {
    match Uses::parse(text) {
        Uses::Repository(action) => action,
        other => panic!("{text}: {other:?}"),
    }
}
