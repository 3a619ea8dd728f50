//! What a `uses:` says.
//!
//! The forms are those of GitHub's workflow syntax,
//! <https://docs.github.com/actions/reference/workflow-syntax-for-github-actions>, read as strictly
//! as its runner reads them: `owner/name[/path]@ref` with exactly one `@`.

use std::fmt;

use super::refs::RefKind;
use super::repository::RepositoryName;

/// The text of a `uses:`, taken apart. Everything is a slice of that text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uses<'a> {
    /// An action or workflow of the same repository: `./path`, `../path`, `$/path`.
    Local(&'a str),
    /// A container image: what follows `docker://`.
    Docker(&'a str),
    /// An action or reusable workflow of some repository.
    Repository(ActionRef<'a>),
    /// None of these.
    Malformed(Malformed),
}

/// What is wrong with a `uses:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// There is nothing.
    Empty,
    /// There is a blank in it.
    Blank,
    /// An expression stands in it before the ref; GitHub evaluates none there.
    Expression,
    /// It does not start with `owner/name`.
    NoRepository,
    /// It has no `@ref`.
    NoRef,
    /// It has more than one `@`.
    SeveralRefs,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "`uses` is empty",
            Self::Blank => "there is a blank in this `uses`",
            Self::Expression => {
                "GitHub does not evaluate expressions in `uses`: name the action itself"
            }
            Self::NoRepository => "this `uses` does not start with `owner/name`",
            Self::NoRef => "this `uses` has no `@` with a tag, branch or commit behind it",
            Self::SeveralRefs => "this `uses` has more than one `@`",
        })
    }
}

/// `owner/name[/path]@ref`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionRef<'a> {
    /// The user or organisation.
    pub owner: &'a str,
    /// The repository's own name.
    pub name: &'a str,
    /// Where the action or workflow is inside the repository; empty at its top.
    pub path: &'a str,
    /// What follows the `@`.
    pub git_ref: GitRef<'a>,
}

/// What follows the `@`, by its form alone: a name of seven or more hexadecimal digits may also be
/// a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GitRef<'a> {
    /// A full commit: 40 hexadecimal digits, 64 where a repository uses SHA-256.
    FullSha(&'a str),
    /// What may be an abbreviated commit: 7 to 39 hexadecimal digits.
    ShortSha(&'a str),
    /// A tag or branch.
    Name {
        /// Its name, without `refs/tags/` or `refs/heads/`.
        name: &'a str,
        /// Tag or branch, where the text says so (`refs/tags/v4`).
        kind: Option<RefKind>,
    },
    /// It contains `${{`.
    Expression(&'a str),
}

impl<'a> Uses<'a> {
    /// Takes the text of a `uses:` apart.
    pub fn parse(text: &'a str) -> Self {
        if let Some(image) = text.strip_prefix("docker://") {
            return Self::Docker(image);
        }
        if ["./", "../", "$/", ".\\"].iter().any(|start| text.starts_with(start)) {
            return Self::Local(text);
        }
        match ActionRef::parse(text) {
            Ok(action) => Self::Repository(action),
            Err(fault) => Self::Malformed(fault),
        }
    }
}

impl<'a> ActionRef<'a> {
    fn parse(text: &'a str) -> Result<Self, Malformed> {
        let (action, git_ref) = match text.split_once('@') {
            Some((action, git_ref)) => (action, Some(git_ref)),
            None => (text, None),
        };
        if text.is_empty() {
            return Err(Malformed::Empty);
        }
        if action.contains("${{") {
            return Err(Malformed::Expression);
        }
        // An expression has blanks, and may hold an `@`.
        let literal = git_ref.filter(|git_ref| !git_ref.contains("${{")).unwrap_or_default();
        if [action, literal].iter().any(|part| part.contains(char::is_whitespace)) {
            return Err(Malformed::Blank);
        }
        let mut parts = action.splitn(3, '/');
        let (owner, name) = match (parts.next(), parts.next()) {
            (Some(owner), Some(name)) if !owner.is_empty() && !name.is_empty() => (owner, name),
            _ => return Err(Malformed::NoRepository),
        };
        let path = parts.next().unwrap_or_default().trim_end_matches('/');
        let git_ref = git_ref.filter(|git_ref| !git_ref.is_empty()).ok_or(Malformed::NoRef)?;
        if literal.contains('@') {
            return Err(Malformed::SeveralRefs);
        }
        Ok(Self { owner, name, path, git_ref: GitRef::parse(git_ref) })
    }

    /// The repository that holds it.
    pub fn repository(&self) -> RepositoryName<'a> {
        RepositoryName { owner: self.owner, name: self.name }
    }

    /// Whether it names a workflow, to be called by a job, and not an action.
    pub fn is_reusable_workflow(&self) -> bool {
        self.path.strip_prefix(".github/workflows/").is_some_and(|file| {
            !file.contains('/') && (file.ends_with(".yml") || file.ends_with(".yaml"))
        })
    }
}

impl fmt::Display for ActionRef<'_> {
    /// Without the ref.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.repository())?;
        if self.path.is_empty() { Ok(()) } else { write!(f, "/{}", self.path) }
    }
}

impl<'a> GitRef<'a> {
    /// Tells its kind by its form.
    pub fn parse(text: &'a str) -> Self {
        if text.contains("${{") {
            return Self::Expression(text);
        }
        if text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            match text.len() {
                40 | 64 => return Self::FullSha(text),
                7..=39 => return Self::ShortSha(text),
                _ => {}
            }
        }
        for (prefix, kind) in [("refs/tags/", RefKind::Tag), ("refs/heads/", RefKind::Branch)] {
            if let Some(name) = text.strip_prefix(prefix) {
                return Self::Name { name, kind: Some(kind) };
            }
        }
        Self::Name { name: text, kind: None }
    }

    /// Its text, without `refs/tags/` or `refs/heads/`.
    pub fn name(&self) -> &'a str {
        match *self {
            Self::FullSha(text) | Self::ShortSha(text) | Self::Expression(text) => text,
            Self::Name { name, .. } => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(text: &str) -> ActionRef<'_> {
        match Uses::parse(text) {
            Uses::Repository(action) => action,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn reads_repositories() {
        for (text, parts) in [
            ("actions/checkout@v4", ("actions", "checkout", "")),
            ("github/codeql-action/init@v3", ("github", "codeql-action", "init")),
            ("a/b/.github/workflows/c.yml@main", ("a", "b", ".github/workflows/c.yml")),
            ("actions/cache/@v3", ("actions", "cache", "")),
        ] {
            let action = action(text);
            assert_eq!((action.owner, action.name, action.path), parts, "{text}");
        }
        assert!(action("a/b/.github/workflows/c.yml@main").is_reusable_workflow());
        assert!(action("a/b/.github/workflows/c.yaml@main").is_reusable_workflow());
        assert!(!action("a/b/.github/actions/c@main").is_reusable_workflow());
        assert_eq!(action("A/b/c/d@main").to_string(), "A/b/c/d");
        assert_eq!(action("A/B@v1").repository(), action("a/b/c@v2").repository());
    }

    #[test]
    fn tells_refs_apart() {
        let sha = "11d5960a326750d5838078e36cf38b85af677262";
        let sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        let name = |name| GitRef::Name { name, kind: None };
        for (text, expected) in [
            ("v4", name("v4")),
            ("release/v1", name("release/v1")),
            ("abc123", name("abc123")),
            ("refs/tags/v4", GitRef::Name { name: "v4", kind: Some(RefKind::Tag) }),
            ("refs/heads/main", GitRef::Name { name: "main", kind: Some(RefKind::Branch) }),
            ("11d5960", GitRef::ShortSha("11d5960")),
            (&sha[..39], GitRef::ShortSha(&sha[..39])),
            (sha, GitRef::FullSha(sha)),
            (sha256, GitRef::FullSha(sha256)),
            ("${{ matrix.version }}", GitRef::Expression("${{ matrix.version }}")),
        ] {
            let uses = format!("a/b@{text}");
            assert_eq!(action(&uses).git_ref, expected, "{text}");
        }
    }

    #[test]
    fn knows_the_other_forms() {
        for text in ["./", "./.github/actions/x", "../x", "$/", "$/.github/workflows/x.yml", ".\\x"]
        {
            assert_eq!(Uses::parse(text), Uses::Local(text));
        }
        assert_eq!(Uses::parse("docker://alpine:3.20"), Uses::Docker("alpine:3.20"));
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, expected) in [
            ("", Malformed::Empty),
            ("actions/checkout", Malformed::NoRef),
            ("actions/checkout@", Malformed::NoRef),
            ("checkout@v4", Malformed::NoRepository),
            ("/checkout@v4", Malformed::NoRepository),
            ("actions/@v4", Malformed::NoRepository),
            ("actions/checkout @v4", Malformed::Blank),
            ("actions/checkout@v4 # x", Malformed::Blank),
            ("actions/attest@predicate@1.0.0", Malformed::SeveralRefs),
            ("${{ inputs.action }}@v1", Malformed::Expression),
            ("a/${{ github.event.x@y }}@v1", Malformed::Expression),
        ] {
            assert_eq!(Uses::parse(text), Uses::Malformed(expected), "{text}");
        }
    }
}
