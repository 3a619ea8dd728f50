//! Folders into which a job has checked a repository out: actions are used from there by `uses: ./folder`.

use crate::workflow::{local_path, path_inside};

/// What stands for the repository of a pull request's branch: the own one, or a fork of it.
const HEAD: &str = "github.event.pull_request.head.repo.full_name";

/// Whether what a checkout says of `repository` is the workflow's own.
pub(super) fn is_own(repository: &str, own: Option<&str>) -> bool {
    let expression = repository.trim().strip_prefix("${{").and_then(|it| it.strip_suffix("}}"));
    expression.is_some_and(|it| it.trim().eq_ignore_ascii_case("github.repository"))
        || repository.is_empty()
        || own.is_some_and(|own| repository.eq_ignore_ascii_case(own))
}

/// A repository in a folder of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Checkout {
    /// The folder, from that of the job.
    folder: String,
    /// The repository as the step names it; `None` for the workflow's own.
    repository: Option<String>,
    /// Whether it is there in the state in which the workflow runs.
    is_as_here: bool,
}

/// An action in such a folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Inside {
    /// It is one of this repository: `./path` from its root, and whether in the state in which the workflow runs.
    Own(String, bool),
    /// It is one of another: `owner/name/path@main`.
    Other(String),
}

impl Checkout {
    /// What a step does that checks out into a folder, by its inputs; `None` where that is the job's own.
    pub(super) fn new<'t>(
        input: &dyn Fn(&str) -> Option<&'t str>,
        own: Option<&str>,
    ) -> Option<Self> {
        let folder = local_path(&format!("./{}", input("path")?))?;
        let repository = input("repository").filter(|name| !is_own(name, own));
        let is_head = repository.is_some_and(|name| name.contains(HEAD));
        let is_as_here = !is_head && input("ref").is_none_or(str::is_empty);
        let repository = repository.filter(|_| !is_head).map(str::to_owned);
        Some(Self { folder, repository, is_as_here }).filter(|it| !it.folder.is_empty())
    }

    /// The folder, from that of the job.
    pub(super) fn folder(&self) -> &str {
        &self.folder
    }

    /// The action that a step names, if it is in this folder.
    pub(super) fn action(&self, uses: &str) -> Option<Inside> {
        let path = local_path(uses)?;
        let inside = path_inside(&path, &self.folder)?;
        Some(match (&self.repository, inside) {
            (None, inside) => Inside::Own(format!("./{inside}"), self.is_as_here),
            (Some(name), "") => Inside::Other(format!("{name}@main")),
            (Some(name), inside) => Inside::Other(format!("{name}/{inside}@main")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_found_in_their_folders() {
        let inside = |path, repository, git_ref, uses: &str| {
            let input = |name: &str| match name {
                "path" => Some(path),
                "repository" => repository,
                "ref" => git_ref,
                _ => None,
            };
            Checkout::new(&input, Some("own/er")).and_then(|it| it.action(uses))
        };
        let own = |path: &str| Some(Inside::Own(path.to_owned(), true));
        let own_else = |path: &str| Some(Inside::Own(path.to_owned(), false));
        let other = |uses: &str| Some(Inside::Other(uses.to_owned()));
        let head = "${{ github.event.pull_request.head.repo.full_name }}";
        assert_eq!(inside("dir", None, None, "./dir"), own("./"));
        assert_eq!(inside("./dir/", None, None, "./dir/sub"), own("./sub"));
        assert_eq!(inside("dir", Some("${{ github.repository }}"), None, "./dir"), own("./"));
        assert_eq!(inside("dir", Some("Own/er"), None, "./dir"), own("./"));
        assert_eq!(inside("dir", None, Some("v1"), "./dir"), own_else("./"));
        assert_eq!(inside("dir", Some(head), None, "./dir"), own_else("./"));
        assert_eq!(inside("dir", Some("an/other"), None, "./dir"), other("an/other@main"));
        assert_eq!(inside("dir", Some("an/other"), None, "./dir/sub"), other("an/other/sub@main"));
        let owner = "${{ github.repository_owner }}/other";
        assert_eq!(inside("dir", Some(owner), None, "./dir"), other(&format!("{owner}@main")));
        assert_eq!(inside("dir", None, None, "./directory"), None);
        assert_eq!(inside(".", None, None, "./dir"), None);
    }
}
