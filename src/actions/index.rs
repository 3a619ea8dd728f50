//! The refs of widely used actions, compiled in from `data/action-refs.tsv` and
//! `data/action-repositories.tsv`.

use super::date::Date;
use super::refs::Refs;
use super::repository::RepositoryName;

/// The newest day in the index, of a listing or a commit: the day it was made, as nearly as its data
/// tells.
pub const MADE: Date = generated::MADE;

/// What the index knows of a repository.
pub fn find(repository: RepositoryName<'_>) -> Option<&'static Refs> {
    let position = generated::REPOSITORIES
        .binary_search_by(|entry| repository.cmp_to(&entry.repository).reverse())
        .ok()?;
    generated::REPOSITORIES.get(position)
}

/// All repositories of the index, sorted by name without regard to case.
pub fn repositories() -> &'static [Refs] {
    &generated::REPOSITORIES
}

mod generated {
    use std::borrow::Cow;
    use std::collections::BTreeMap;

    use crate::actions::{Commit, Date, Ref, RefKind, Refs, Source};

    // Short names, for the generated text has twelve thousand of each.
    const fn d(year: u16, month: u8, day: u8) -> Date {
        Date { year, month, day }
    }

    const fn t(name: &'static str, commit: [u8; 20], date: Option<Date>, listed: bool) -> Ref {
        Ref { name: Cow::Borrowed(name), kind: RefKind::Tag, commit: Commit(commit), date, listed }
    }

    const fn b(name: &'static str, commit: [u8; 20], date: Option<Date>, listed: bool) -> Ref {
        Ref {
            name: Cow::Borrowed(name),
            kind: RefKind::Branch,
            commit: Commit(commit),
            date,
            listed,
        }
    }

    const fn r(repository: &'static str, listed_until: Option<Date>, refs: &'static [Ref]) -> Refs {
        Refs {
            repository: Cow::Borrowed(repository),
            refs: Cow::Borrowed(refs),
            listed_until,
            source: Source::Index,
            default_branch: None,
            archived: None,
            is_private: None,
            moved: Vec::new(),
            standings: Vec::new(),
            advisories: None,
            releases: BTreeMap::new(),
        }
    }

    include!(concat!(env!("OUT_DIR"), "/index.rs"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::RefKind;

    #[test]
    fn finds_every_repository_in_any_case() {
        for refs in repositories() {
            for spelling in [refs.repository.to_string(), refs.repository.to_uppercase()] {
                let name = RepositoryName::parse(&spelling).unwrap();
                assert_eq!(find(name).map(|found| &found.repository), Some(&refs.repository));
            }
        }
        assert!(find(RepositoryName::parse("no-such/repository").unwrap()).is_none());
    }

    #[test]
    fn holds_what_the_data_says() {
        let refs = find(RepositoryName::parse("actions/checkout").unwrap()).unwrap();
        let tag = refs.find(RefKind::Tag, "v3.5.2").unwrap();
        assert_eq!(tag.commit.to_string(), "8e5e7e5ab8b370d6c329ec480221332ada57f0ab");
        assert!(tag.listed);
        assert!(repositories().iter().all(|refs| refs.listed_until <= Some(MADE)));
    }
}
