//! Folders with a repository of their own, beside that of the job: clones, and checkouts with a `path`.

use crate::expression::Carries;
use crate::workflow::path_inside;

/// Such folders, each with the credentials that `git` has there.
#[derive(Clone, Debug, Default)]
pub(super) struct WorkTrees(Vec<(String, Carries)>);

impl WorkTrees {
    /// Notes one, by its path from the job's folder.
    pub(super) fn add(&mut self, folder: String, credentials: Carries) {
        self.0.push((folder, credentials));
    }

    /// The credentials that `git` has in a folder because of where that is; `None` where what it has is the job's.
    pub(super) fn credentials(&self, folder: &str) -> Option<Carries> {
        let is_around = |(tree, _): &&(String, Carries)| path_inside(folder, tree).is_some();
        let (_, found) = self.0.iter().rev().find(is_around)?;
        Some(*found).filter(|credentials| credentials.is_any())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_belong_to_what_is_around_them() {
        let credentials = Carries { token: false, other: true };
        let mut trees = WorkTrees::default();
        trees.add("docs".to_owned(), credentials);
        trees.add("public".to_owned(), Carries::default());
        for (folder, expected) in [
            ("docs", Some(credentials)),
            ("docs/site", Some(credentials)),
            ("docs2", None),
            ("", None),
            ("public", None),
        ] {
            assert_eq!(trees.credentials(folder), expected, "{folder}");
        }
    }
}
