//! Version tags, and the series that floating tags and release branches follow.

use std::cmp::Ordering;
use std::fmt;

/// A version, as the name of a tag spells it: `v4`, `v1.2`, `1.2.3`, `v2.0.0-rc.1`, `2023.04.22`.
///
/// The whole name has to be one. Tags of a part of a monorepo (`typos-dict-v0.13.1`) and variants
/// of a version (`v1.2.3-node20`) are not: they have no place in the order of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    components: Components,
    prerelease: Option<Prerelease>,
    prefixed: bool,
}

/// One to four numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Components {
    numbers: [u64; 4],
    count: usize,
}

/// What comes before the release, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Dev,
    Alpha,
    Beta,
    Preview,
    Candidate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Prerelease {
    stage: Stage,
    number: Option<u64>,
}

impl Version {
    /// Reads the name of a tag.
    pub fn parse(name: &str) -> Option<Self> {
        let (prefixed, rest) = strip_v(name);
        let (components, rest) = Components::read(rest)?;
        let prerelease = match rest {
            "" => None,
            suffix => Some(Prerelease::parse(suffix)?),
        };
        Some(Self { components, prerelease, prefixed })
    }

    /// Its numbers: one for `v4`, three for `v4.4.0`. The more there are, the more exact the
    /// version is.
    pub fn components(&self) -> &[u64] {
        self.components.as_slice()
    }

    /// Whether it is an alpha, beta, release candidate or the like.
    pub fn is_prerelease(&self) -> bool {
        self.prerelease.is_some()
    }

    /// Whether it is a pre-release with a number: `v2.0.0-rc.1`, not `v2.0.0-rc`.
    pub fn is_numbered(&self) -> bool {
        self.prerelease.is_some_and(|prerelease| prerelease.number.is_some())
    }

    /// Which of two releases comes first, however they are spelt: `4.4` and `v4.4.0` are one.
    pub fn cmp_release(&self, other: &Self) -> Ordering {
        // No pre-release is newer than any.
        let stage = |version: &Self| (version.prerelease.is_none(), version.prerelease);
        let numbers = self.components.numbers.cmp(&other.components.numbers);
        numbers.then_with(|| stage(self).cmp(&stage(other)))
    }

    /// Whether its first number is a year: `2023.04.22`.
    pub fn is_calendar(&self) -> bool {
        self.components()[0] >= 1900
    }

    /// Whether it is written with a `v`.
    pub fn is_prefixed(&self) -> bool {
        self.prefixed
    }
}

impl fmt::Display for Version {
    /// Its numbers and its stage, in one spelling: `4.4.0`, `2.0.0-rc.1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<_> = self.components().iter().map(ToString::to_string).collect();
        f.write_str(&numbers.join("."))?;
        let Some(Prerelease { stage, number }) = self.prerelease else { return Ok(()) };
        let stage = Prerelease::STAGES.iter().find(|(_, known)| *known == stage);
        write!(f, "-{}", stage.map_or("", |(name, _)| *name))?;
        number.map_or(Ok(()), |number| write!(f, ".{number}"))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    /// A missing number counts as zero; of equal versions the more exact comes last, and then the
    /// one with a `v`.
    fn cmp(&self, other: &Self) -> Ordering {
        self.cmp_release(other)
            .then_with(|| self.components.count.cmp(&other.components.count))
            .then_with(|| self.prefixed.cmp(&other.prefixed))
    }
}

impl Components {
    /// Reads as many numbers as there are, and gives what follows them.
    fn read(text: &str) -> Option<(Self, &str)> {
        let mut components = Self { numbers: [0; 4], count: 0 };
        let mut rest = text;
        loop {
            let (number, after) = number(rest)?;
            *components.numbers.get_mut(components.count)? = number;
            components.count += 1;
            match after.strip_prefix('.') {
                Some(next) if next.starts_with(|c: char| c.is_ascii_digit()) => rest = next,
                _ => return Some((components, after)),
            }
        }
    }

    fn as_slice(&self) -> &[u64] {
        &self.numbers[..self.count]
    }
}

impl Prerelease {
    const STAGES: [(&str, Stage); 9] = [
        ("alpha", Stage::Alpha),
        ("beta", Stage::Beta),
        ("preview", Stage::Preview),
        ("pre", Stage::Preview),
        ("dev", Stage::Dev),
        ("rc", Stage::Candidate),
        ("a", Stage::Alpha),
        ("b", Stage::Beta),
        ("next", Stage::Dev),
    ];

    /// Reads what follows the numbers: `-rc.1`, `rc1`, `-beta`, `.dev2`, `b7`.
    fn parse(suffix: &str) -> Option<Self> {
        let word = suffix.strip_prefix(['-', '.']).unwrap_or(suffix);
        let (stage, rest) = Self::STAGES
            .iter()
            .find_map(|(name, stage)| Some((*stage, word.strip_prefix(name)?)))?;
        let rest = rest.strip_prefix(['-', '.']).unwrap_or(rest);
        let number = match rest {
            "" => None,
            digits => Some(number(digits).filter(|(_, after)| after.is_empty())?.0),
        };
        Some(Self { stage, number })
    }
}

fn strip_v(text: &str) -> (bool, &str) {
    text.strip_prefix(['v', 'V']).map_or((false, text), |rest| (true, rest))
}

/// The number that the text starts with, and what follows it.
fn number(text: &str) -> Option<(u64, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// A series of releases: all whose version starts with these numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series(Components);

impl Series {
    /// The series that a floating tag or a release branch names: `v4`, `v1.2`, `2.x`, `release/v1`,
    /// `releases/1.x.y`.
    pub fn of(name: &str) -> Option<Self> {
        let name = ["releases/", "release/", "releases-", "release-"]
            .iter()
            .find_map(|prefix| name.strip_prefix(prefix))
            .unwrap_or(name);
        let (components, wildcards) = Components::read(strip_v(name).1)?;
        matches!(wildcards, "" | ".x" | ".x.x" | ".x.y").then_some(Self(components))
    }

    /// Whether this version belongs to the series.
    pub fn contains(&self, version: &Version) -> bool {
        version.components().starts_with(self.0.as_slice())
    }
}

/// Whether a tag that is no version names one release all the same, and so has no reason to move:
/// that of a part of a monorepo (`typos-dict-v0.13.1`), a variant (`v1.2.3-node20`). It has three
/// numbers in a row.
pub fn names_one_release(name: &str) -> bool {
    name.split(|c: char| !c.is_ascii_digit() && c != '.').any(|part| {
        part.trim_matches('.').split('.').filter(|number| !number.is_empty()).count() >= 3
    })
}

/// Whether a version in this name is written with a `v`: `v4`, `release/v1`.
pub fn is_prefixed(name: &str) -> bool {
    name.rsplit(['/', '-']).next().is_some_and(|version| version.starts_with(['v', 'V']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(name: &str) -> Version {
        Version::parse(name).unwrap_or_else(|| panic!("{name} is a version"))
    }

    #[test]
    fn reads_version_tags() {
        for (name, components, prerelease) in [
            ("v4", &[4][..], false),
            ("4", &[4], false),
            ("v1.2", &[1, 2], false),
            ("V1.2.3", &[1, 2, 3], false),
            ("1.2.3.4", &[1, 2, 3, 4], false),
            ("2023.04.22", &[2023, 4, 22], false),
            ("v20201129", &[20_201_129], false),
            ("v2.0.0-rc.1", &[2, 0, 0], true),
            ("v2.0.0rc1", &[2, 0, 0], true),
            ("v1-beta", &[1], true),
            ("23.1a1", &[23, 1], true),
            ("v1.2.3-beta-2", &[1, 2, 3], true),
            ("1.0.0.dev3", &[1, 0, 0], true),
        ] {
            let version = version(name);
            assert_eq!(version.components(), components, "{name}");
            assert_eq!(version.is_prerelease(), prerelease, "{name}");
        }
    }

    #[test]
    fn leaves_other_names_alone() {
        for name in [
            "",
            "v",
            "main",
            "latest",
            "v1.",
            "v.1.0",
            "v1..2",
            "v1.2.3.4.5",
            "v1.2.3-node20",
            "v1.2.3-rc.1.2",
            "v1.2.3-1",
            "v4.1.x",
            "typos-dict-v0.13.1",
            "codeql-bundle-v2.20.0",
            "predicate@1.1.4",
            "release/v1",
            "99999999999999999999",
        ] {
            assert!(Version::parse(name).is_none(), "{name}");
        }
    }

    #[test]
    fn orders_them() {
        let ascending = [
            "v1-beta",
            "1",
            "v1",
            "v1.0",
            "v1.0.0",
            "v1.2.3-dev",
            "v1.2.3-alpha.1",
            "v1.2.3a2",
            "v1.2.3-beta.1",
            "v1.2.3-rc.1",
            "v1.2.3-rc.10",
            "1.2.3",
            "v1.2.3",
            "v1.10.0",
            "2023.04.22",
        ];
        for pair in ascending.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn finds_the_series_of_a_name() {
        for (name, of_it, not_of_it) in [
            ("v4", "v4.4.0", "v3.9.0"),
            ("v4", "v4", "v40.1.0"),
            ("4", "v4.4.0", "v5"),
            ("v1.2", "1.2.3", "v1.20.0"),
            ("2.x", "v2.0.1", "v1.2.0"),
            ("release/v1", "v1.8.6", "v2.0.0"),
            ("releases/v4", "v4.4.1", "v5.0.0"),
            ("release/1.x.y", "1.3.0", "2.0.0"),
            ("release-2.1", "v2.1.7", "v2.2.0"),
        ] {
            let series = Series::of(name).unwrap_or_else(|| panic!("{name} names a series"));
            assert!(series.contains(&version(of_it)), "{of_it} in {name}");
            assert!(!series.contains(&version(not_of_it)), "{not_of_it} not in {name}");
        }
        for name in [
            "main",
            "latest",
            "release",
            "v1-node16",
            "unstable/v1",
            "releases/cargo-deny",
            "x",
            "v",
        ] {
            assert!(Series::of(name).is_none(), "{name}");
        }
    }

    #[test]
    fn tells_releases_of_parts_and_variants() {
        for name in
            ["typos-dict-v0.13.1", "v1.2.3-node20", "v.0.2.0", "v44.5.1-sec", "predicate@1.1.4"]
        {
            assert!(names_one_release(name), "{name}");
        }
        for name in ["latest", "v1-node16", "v1.2-node16", "codeql-bundle-20230524", "rc", "1...2"]
        {
            assert!(!names_one_release(name), "{name}");
        }
    }
}
