//! Names of repositories.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// `owner/name`. GitHub minds the case of neither, and so do equality, order and hash.
#[derive(Clone, Copy, Debug)]
pub struct RepositoryName<'a> {
    /// The user or organisation.
    pub owner: &'a str,
    /// The repository's own name.
    pub name: &'a str,
}

impl<'a> RepositoryName<'a> {
    /// Reads `owner/name`.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (owner, name) = text.split_once('/')?;
        (!owner.is_empty() && !name.is_empty() && !name.contains('/'))
            .then_some(Self { owner, name })
    }

    /// Whether this is somebody's own: the owners are the same.
    pub fn is_owned_by(&self, owner: &str) -> bool {
        self.owner.eq_ignore_ascii_case(owner)
    }

    /// The order by which the index is sorted: that of `owner/name` in lower case.
    pub(crate) fn cmp_to(&self, full_name: &str) -> Ordering {
        self.bytes().cmp(full_name.bytes().map(|byte| byte.to_ascii_lowercase()))
    }

    fn bytes(&self) -> impl Iterator<Item = u8> + 'a {
        self.owner
            .bytes()
            .chain([b'/'])
            .chain(self.name.bytes())
            .map(|byte| byte.to_ascii_lowercase())
    }
}

impl PartialEq for RepositoryName<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for RepositoryName<'_> {}

impl PartialOrd for RepositoryName<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RepositoryName<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes().cmp(other.bytes())
    }
}

impl Hash for RepositoryName<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes().for_each(|byte| state.write_u8(byte));
    }
}

impl fmt::Display for RepositoryName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_matter() {
        let name = RepositoryName::parse("PyPA/CIBuildWheel").unwrap();
        assert_eq!(name, RepositoryName::parse("pypa/cibuildwheel").unwrap());
        assert_eq!(name.cmp_to("pypa/cibuildwheel"), Ordering::Equal);
        assert_eq!(name.cmp_to("pypa/cibuildwheel2"), Ordering::Less);
        assert!(name.is_owned_by("pypa"));
        assert_ne!(RepositoryName::parse("a/bc").unwrap(), RepositoryName::parse("ab/c").unwrap());
    }

    #[test]
    fn needs_owner_and_name() {
        for wrong in ["", "a", "a/", "/b", "a/b/c"] {
            assert!(RepositoryName::parse(wrong).is_none(), "{wrong}");
        }
    }
}
