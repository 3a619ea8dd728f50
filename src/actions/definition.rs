//! The file in which an action or a reusable workflow says what it is.

use super::refs::RefKind;
use super::repository::RepositoryName;
use super::uses::{ActionRef, GitRef};

/// The definition of an action or a reusable workflow, as a `uses:` names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Definition {
    /// The user or organisation, in lower case.
    pub owner: String,
    /// The repository's own name, in lower case.
    pub name: String,
    /// The commit, tag or branch: `refs/tags/v4` where the text says so.
    pub git_ref: String,
    /// The folder of the action, empty at the top; of a workflow its file.
    pub path: String,
}

impl Definition {
    /// That of an action; `None` where its ref is an expression, or what it names cannot be.
    pub fn of(action: &ActionRef<'_>) -> Option<Self> {
        let git_ref = match action.git_ref {
            GitRef::Expression(_) => return None,
            GitRef::Name { name, kind: Some(RefKind::Tag) } => format!("refs/tags/{name}"),
            GitRef::Name { name, kind: Some(RefKind::Branch) } => format!("refs/heads/{name}"),
            git_ref => git_ref.name().to_owned(),
        };
        let path = action.path.trim_matches('/');
        let fits = is_ref(&git_ref) && (path.is_empty() || path.split('/').all(is_part));
        fits.then(|| Self {
            owner: action.owner.to_ascii_lowercase(),
            name: action.name.to_ascii_lowercase(),
            git_ref,
            path: path.to_owned(),
        })
    }

    /// The repository that holds it.
    pub fn repository(&self) -> RepositoryName<'_> {
        RepositoryName { owner: &self.owner, name: &self.name }
    }

    /// Whether it can never be another one: a commit names it.
    pub fn is_fixed(&self) -> bool {
        matches!(GitRef::parse(&self.git_ref), GitRef::FullSha(_))
    }

    /// The files that it may be, in the order in which GitHub's runner looks for them:
    /// <https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax>.
    pub fn files(&self) -> Vec<String> {
        let is_file = self.path.ends_with(".yml") || self.path.ends_with(".yaml");
        match self.path.as_str() {
            "" => ["action.yml", "action.yaml"].map(str::to_owned).into(),
            file if is_file => vec![file.to_owned()],
            folder => ["action.yml", "action.yaml"].map(|name| format!("{folder}/{name}")).into(),
        }
    }
}

/// Whether git takes this for the name of a ref, <https://git-scm.com/docs/git-check-ref-format>, so
/// that it means nothing more in an address or in a revision.
fn is_ref(name: &str) -> bool {
    let odd = |c: char| c.is_control() || c.is_whitespace() || "~^:?*[\\".contains(c);
    !name.contains(odd) && !name.contains("@{") && name != "@" && name.split('/').all(is_part)
}

/// Whether this can be a part of a path that stays what it is.
fn is_part(part: &str) -> bool {
    !part.is_empty()
        && part != "."
        && !part.contains("..")
        && !part.contains(|c: char| c.is_control() || c == '\\')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::Uses;

    fn of(text: &str) -> Option<Definition> {
        match Uses::parse(text) {
            Uses::Repository(action) => Definition::of(&action),
            other => panic!("{text}: {other:?}"),
        }
    }

    fn owned(files: &[&str]) -> Vec<String> {
        files.iter().map(|&file| file.to_owned()).collect()
    }

    #[test]
    fn names_the_files_that_it_may_be() {
        for (uses, git_ref, files) in [
            ("Own/Er@v1", "v1", &["action.yml", "action.yaml"][..]),
            ("own/er/sub/@refs/tags/v1", "refs/tags/v1", &["sub/action.yml", "sub/action.yaml"]),
            ("own/er/x.yml@refs/heads/a/b", "refs/heads/a/b", &["x.yml"]),
            ("own/er/.github/workflows/x.yaml@main", "main", &[".github/workflows/x.yaml"]),
        ] {
            let definition = of(uses).unwrap();
            assert_eq!(definition.repository().to_string(), "own/er");
            assert_eq!((definition.git_ref.as_str(), definition.files()), (git_ref, owned(files)));
            assert!(!definition.is_fixed());
        }
        assert!(of(&format!("own/er@{}", "a".repeat(40))).unwrap().is_fixed());
    }

    #[test]
    fn nothing_that_would_be_another_address() {
        for uses in [
            "own/er@${{ inputs.ref }}",
            "own/er@v1:x",
            "own/er@v1^",
            "own/er@a..b",
            "own/er@/v1",
            "own/er/../other@v1",
            "own/er/a//b@v1",
            "own/er/./a@v1",
            "own/er/a\\b@v1",
        ] {
            assert_eq!(of(uses), None, "{uses}");
        }
    }
}
