//! Known vulnerabilities of actions: GitHub's advisory database, <https://github.com/advisories>, whose
//! ecosystem `actions` is about them.

use std::cmp::Ordering;
use std::fmt;

use super::refs::{Ref, RefKind, Refs};
use super::version::{Series, Version};

/// A vulnerability of some versions of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advisory {
    /// `GHSA-…`, under which <https://github.com/advisories> tells about it.
    pub id: String,
    /// How bad it is: `low`, `moderate`, `high`, `critical`.
    pub severity: String,
    /// The versions that have it.
    pub vulnerable: VersionRange,
    /// The first version of theirs that is repaired, if there is one.
    pub patched: Option<Version>,
}

impl Advisory {
    /// Reads one; `None` where its range cannot be read, for it would be held against any version.
    pub fn read(id: String, severity: &str, range: &str, patched: Option<&str>) -> Option<Self> {
        Some(Self {
            id,
            severity: severity.to_ascii_lowercase(),
            vulnerable: VersionRange::parse(range)?,
            patched: patched.and_then(Version::parse),
        })
    }
}

impl fmt::Display for Advisory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.id, self.severity)
    }
}

/// A range of versions, as the database writes them: `= 1.2.3`, `<= 45.0.7`, `>= 4.0.0, < 4.1.3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRange {
    bounds: Vec<(Comparison, Version)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    GreaterOrEqual,
    Greater,
}

impl Comparison {
    const ALL: [(&str, Self); 5] = [
        ("<=", Self::LessOrEqual),
        (">=", Self::GreaterOrEqual),
        ("<", Self::Less),
        (">", Self::Greater),
        ("=", Self::Equal),
    ];

    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Equal => ordering.is_eq(),
            Self::GreaterOrEqual => ordering.is_ge(),
            Self::Greater => ordering.is_gt(),
        }
    }
}

impl VersionRange {
    /// Reads a range.
    pub fn parse(text: &str) -> Option<Self> {
        let bound = |text: &str| {
            let text = text.trim();
            let (comparison, version) = Comparison::ALL
                .into_iter()
                .find_map(|(sign, comparison)| Some((comparison, text.strip_prefix(sign)?)))?;
            Some((comparison, Version::parse(version.trim())?))
        };
        Some(Self { bounds: text.split(',').map(bound).collect::<Option<_>>()? })
    }

    /// Whether a version is in it.
    pub fn contains(&self, version: &Version) -> bool {
        self.bounds.iter().all(|(comparison, bound)| comparison.holds(version.cmp_release(bound)))
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (comparison, version)) in self.bounds.iter().enumerate() {
            let sign = Comparison::ALL.into_iter().find(|(_, known)| known == comparison);
            let before = if position == 0 { "" } else { ", " };
            write!(f, "{before}{} {version}", sign.map_or("=", |(sign, _)| sign))?;
        }
        Ok(())
    }
}

/// A version in use that has known vulnerabilities, and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vulnerable<'r> {
    /// The name of the version.
    pub version: &'r str,
    /// What is known of it, the worst first.
    pub advisories: Vec<&'r Advisory>,
    /// The nearest release that has none of them, nor any other.
    pub patched: Option<&'r Ref>,
}

/// What is known against a version tag of a repository; `None` where nothing is.
///
/// A floating tag tells no version: it stands for one release now and for another later.
pub fn known_of<'r>(refs: &'r Refs, tag: &'r str) -> Option<Vulnerable<'r>> {
    let version = Version::parse(tag)?;
    let advisories = refs.advisories.as_deref()?;
    let is_release = refs.is_full(&version) || {
        let series = Series::of(tag);
        let in_series = |release: Version| series.is_some_and(|series| series.contains(&release));
        refs.refs.iter().filter_map(Ref::release).filter(|release| in_series(*release)).count() <= 1
    };
    let mut known: Vec<_> =
        advisories.iter().filter(|advisory| advisory.vulnerable.contains(&version)).collect();
    if known.is_empty() || !is_release {
        return None;
    }
    known.sort_by_key(|advisory| (rank(&advisory.severity), &advisory.id));
    let patched = refs
        .refs
        .iter()
        .filter(|entry| entry.kind == RefKind::Tag && refs.moved_tag(&entry.name).is_none())
        .filter_map(|entry| Some((entry.release()?, entry)))
        .filter(|(release, _)| {
            let is_safe = |advisory: &Advisory| !advisory.vulnerable.contains(release);
            let is_repaired = |advisory: &&Advisory| {
                let patched = advisory.patched.as_ref();
                patched.is_some_and(|patched| release.cmp_release(patched).is_ge())
            };
            refs.is_full(release) && advisories.iter().all(is_safe) && known.iter().all(is_repaired)
        })
        .min_by_key(|(release, _)| *release)
        .map(|(_, entry)| entry);
    Some(Vulnerable { version: tag, advisories: known, patched })
}

/// The worst first.
fn rank(severity: &str) -> usize {
    let order = ["critical", "high", "moderate", "medium", "low"];
    order.iter().position(|known| *known == severity).unwrap_or(order.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::Source;
    use crate::actions::table::index_refs;

    fn version(name: &str) -> Version {
        Version::parse(name).unwrap()
    }

    #[test]
    fn reads_ranges() {
        for (range, inside, outside) in [
            ("= 1.2.3", &["1.2.3", "v1.2.3"][..], &["1.2.4", "1.2"][..]),
            ("<= 45.0.7", &["v45.0.7", "v1", "v45.0.7-rc.1"], &["v45.0.8", "v46.0.0"]),
            ("< 4.1.3", &["v4.1.2", "v4"], &["v4.1.3", "4.1.3"]),
            (">= 4.0.0, < 4.1.3", &["v4.0.0", "v4.1.2"], &["v3.9.9", "v4.1.3"]),
            ("> 1, < 2", &["v1.0.1"], &["v1.0.0", "v2"]),
            (">= 0", &["v0.1.0", "v9"], &[]),
        ] {
            let range = VersionRange::parse(range).unwrap();
            assert!(inside.iter().all(|name| range.contains(&version(name))), "{range}");
            assert!(!outside.iter().any(|name| range.contains(&version(name))), "{range}");
            assert_eq!(VersionRange::parse(&range.to_string()), Some(range));
        }
        for wrong in ["", "1.2.3", "~> 1.2", ">= x", ">= 1,", "< 1 || > 2"] {
            assert_eq!(VersionRange::parse(wrong), None, "{wrong}");
        }
    }

    fn refs(advisories: &[(&str, &str, &str, Option<&str>)]) -> Refs {
        let advisories = advisories.iter().map(|(id, severity, range, patched)| Advisory {
            id: (*id).to_owned(),
            severity: (*severity).to_owned(),
            vulnerable: VersionRange::parse(range).unwrap(),
            patched: patched.map(version),
        });
        Refs {
            source: Source::Repository,
            advisories: Some(advisories.collect()),
            ..index_refs(
                "2026-08-01",
                "tag v4       a4 2026-01-01
                 tag v4.1.2   a2 2025-01-01
                 tag v4.1.3   a3 2025-01-01
                 tag v4.2.0   a4 2026-01-01
                 tag v5.0.0-rc.1 a5 2026-01-01
                 tag v5.0.0   a6 2026-01-01
                 tag v3.0.0   b3 2023-01-01
                 tag v3.1.0   b4 2026-02-01",
            )
        }
    }

    #[test]
    fn finds_the_nearest_release_that_is_repaired() {
        let one = ("GHSA-1", "high", ">= 4.0.0, < 4.1.3", Some("4.1.3"));
        let old = ("GHSA-2", "low", "< 3.1.0", Some("3.1.0"));
        let two = ("GHSA-3", "critical", "< 5", Some("5.0.0"));
        let never = ("GHSA-4", "moderate", ">= 3", None);
        // 4.1.3 is outside the range, but not repaired yet.
        let late = ("GHSA-5", "moderate", "<= 4.1.2", Some("4.2.0"));
        for (advisories, tag, expected) in [
            (&[one, old][..], "v4.1.2", Some(("GHSA-1", Some("v4.1.3")))),
            (&[one, old], "v3.0.0", Some(("GHSA-2", Some("v3.1.0")))),
            (&[one, old], "v4.1.3", None),
            (&[one, two], "v4.1.2", Some(("GHSA-3 GHSA-1", Some("v5.0.0")))),
            (&[never], "v4.1.2", Some(("GHSA-4", None))),
            (&[late], "v4.1.2", Some(("GHSA-5", Some("v4.2.0")))),
            (&[two], "v4", None),
            (&[two], "main", None),
            (&[], "v4.1.2", None),
        ] {
            let refs = refs(advisories);
            let known = known_of(&refs, tag);
            let told = known.as_ref().map(|known| {
                let ids: Vec<_> = known.advisories.iter().map(|it| it.id.as_str()).collect();
                (ids.join(" "), known.patched.map(|entry| entry.name.as_ref()))
            });
            assert_eq!(told, expected.map(|(ids, name)| (ids.to_owned(), name)), "{tag}");
        }
        let unknown = Refs { advisories: None, ..refs(&[two]) };
        assert_eq!(known_of(&unknown, "v4.1.2"), None);
    }
}
