//! Folders into which a job has checked a repository out: actions are used from there by `uses: ./folder`.

use crate::workflow::local_path;

/// What of `repository` says that a checkout is one of the workflow's own repository.
const OWN: &[&str] = &["github.repository", "github.event.pull_request.head.repo.full_name"];

/// A repository in a folder of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Checkout {
    /// The folder, from that of the job.
    folder: String,
    /// The repository as the step names it; `None` for the workflow's own.
    repository: Option<String>,
}

/// An action in such a folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Inside {
    /// It is one of this repository: `./path` from its root.
    Own(String),
    /// It is one of another: `owner/name/path@main`.
    Other(String),
}

impl Checkout {
    /// What a step does that checks out into a folder.
    pub(super) fn new(path: &str, repository: Option<&str>, own: Option<&str>) -> Option<Self> {
        let folder = local_path(&format!("./{path}")).filter(|folder| !folder.is_empty())?;
        let is_own = |name: &&str| {
            OWN.iter().any(|text| name.contains(text))
                || own.is_some_and(|own| name.eq_ignore_ascii_case(own))
        };
        let repository = repository.filter(|name| !name.is_empty() && !is_own(name));
        Some(Self { folder, repository: repository.map(str::to_owned) })
    }

    /// The action that a step names, if it is in this folder.
    pub(super) fn action(&self, uses: &str) -> Option<Inside> {
        let path = local_path(uses)?;
        let rest = path.strip_prefix(&self.folder)?;
        let rest = match rest.strip_prefix('/') {
            Some(rest) => rest,
            None if rest.is_empty() => "",
            None => return None,
        };
        Some(match (&self.repository, rest) {
            (None, rest) => Inside::Own(format!("./{rest}")),
            (Some(name), "") => Inside::Other(format!("{name}@main")),
            (Some(name), rest) => Inside::Other(format!("{name}/{rest}@main")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_found_in_their_folders() {
        let inside = |path, repository, uses: &str| {
            Checkout::new(path, repository, Some("own/er")).and_then(|it| it.action(uses))
        };
        let own = |path: &str| Some(Inside::Own(path.to_owned()));
        let other = |uses: &str| Some(Inside::Other(uses.to_owned()));
        assert_eq!(inside("dir", None, "./dir"), own("./"));
        assert_eq!(inside("./dir/", None, "./dir/sub"), own("./sub"));
        assert_eq!(inside("dir", Some("${{ github.repository }}"), "./dir"), own("./"));
        assert_eq!(inside("dir", Some("Own/er"), "./dir"), own("./"));
        assert_eq!(inside("dir", Some("an/other"), "./dir"), other("an/other@main"));
        assert_eq!(inside("dir", Some("an/other"), "./dir/sub"), other("an/other/sub@main"));
        assert_eq!(inside("dir", None, "./directory"), None);
        assert_eq!(inside(".", None, "./dir"), None);
    }
}
