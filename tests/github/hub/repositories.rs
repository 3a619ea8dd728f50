//! The repositories: real ones, in bare clones.

use std::path::{Path, PathBuf};

use super::{Known, State, World, locked};
use crate::repositories::{feed, git};

impl World {
    /// Makes a repository with these files on its branch `main`.
    pub(crate) fn make<C: AsRef<[u8]>>(&self, name: &str, files: &[(&str, C)]) {
        let bare = self.path(name);
        std::fs::create_dir_all(bare.parent().unwrap()).unwrap();
        let bare = bare.to_str().unwrap();
        git(self.folder.path(), &["init", "-q", "--bare", "-b", "main", bare]);
        locked(&self.known).insert(name.to_owned(), Known::default());
        self.commit(name, "main", "start", "maintainer@example.invalid", files);
    }

    pub(crate) fn archive(&self, name: &str) {
        locked(&self.known).get_mut(name).unwrap().is_archived = true;
    }

    pub(crate) fn make_private(&self, name: &str) {
        locked(&self.known).get_mut(name).unwrap().is_private = true;
    }

    /// Forks a repository.
    pub(crate) fn fork(&self, name: &str, to: &str) {
        let (from, bare) = (self.path(name), self.path(to));
        std::fs::create_dir_all(bare.parent().unwrap()).unwrap();
        let (from, to_path) = (from.to_str().unwrap(), bare.to_str().unwrap());
        git(self.folder.path(), &["clone", "-q", "--bare", from, to_path]);
        let known = Known { fork_of: Some(name.to_owned()), ..Known::default() };
        locked(&self.known).insert(to.to_owned(), known);
    }

    /// Somebody else pushes a change of these files to a branch, which is made if it is not there.
    pub(crate) fn push<C: AsRef<[u8]>>(&self, name: &str, branch: &str, files: &[(&str, C)]) {
        self.commit(name, branch, "something else", "someone@example.invalid", files);
    }

    pub(crate) fn commit<C: AsRef<[u8]>>(
        &self,
        name: &str,
        branch: &str,
        message: &str,
        committer: &str,
        files: &[(&str, C)],
    ) -> String {
        let time = {
            let mut clock = locked(&self.clock);
            *clock += 1;
            *clock
        };
        let head = self.head(name, branch).or_else(|| self.head(name, "main"));
        let mut feeding = format!(
            "commit refs/heads/{branch}\nauthor Someone <someone@example.invalid> {time} +0000\n\
             committer Name <{committer}> {time} +0000\ndata {}\n{message}\n",
            message.len()
        )
        .into_bytes();
        if let Some(head) = head {
            feeding.extend(format!("from {head}\n").into_bytes());
        }
        for (path, content) in files {
            let content = content.as_ref();
            let length = content.len();
            feeding.extend(format!("M 100644 inline {path}\ndata {length}\n").into_bytes());
            feeding.extend([content, b"\n"].concat());
        }
        feed(&self.path(name), &["fast-import", "--quiet"], &feeding);
        self.head(name, branch).unwrap()
    }

    pub(crate) fn state(&self) -> State {
        let names: Vec<_> = locked(&self.known).keys().cloned().collect();
        let refs = names.into_iter().map(|name| {
            let listed = self.git(&name, &["for-each-ref", "--format=%(refname) %(objectname)"]);
            let pairs = listed.lines().filter_map(|line| line.split_once(' '));
            let refs = pairs.map(|(name, id)| (name.to_owned(), id.to_owned())).collect();
            (name, refs)
        });
        State { refs: refs.collect(), pulls: self.pulls() }
    }

    /// The commit that a branch is at.
    pub(crate) fn head(&self, name: &str, branch: &str) -> Option<String> {
        self.ref_at(name, &format!("refs/heads/{branch}"))
    }

    pub(super) fn ref_at(&self, name: &str, full: &str) -> Option<String> {
        let found = self.git(name, &["rev-parse", "--verify", "-q", full]);
        (!found.trim().is_empty()).then(|| found.trim().to_owned())
    }

    /// The text of a file on a branch.
    pub(crate) fn file(&self, name: &str, branch: &str, path: &str) -> String {
        self.git(name, &["show", &format!("refs/heads/{branch}:{path}")])
    }

    /// The first lines of the messages of the commits on a branch beyond `main`, the oldest first.
    pub(crate) fn headlines(&self, name: &str, branch: &str) -> Vec<String> {
        let range = format!("refs/heads/main..refs/heads/{branch}");
        let log = self.git(name, &["log", "--reverse", "--format=%s", &range]);
        log.lines().map(str::to_owned).collect()
    }

    pub(crate) fn git(&self, name: &str, arguments: &[&str]) -> String {
        git(&self.path(name), arguments)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.git"))
    }

    pub(super) fn is_there(&self, name: &str) -> bool {
        locked(&self.known).contains_key(name)
    }

    pub(super) fn known(&self, name: &str) -> Option<Known> {
        locked(&self.known).get(name).cloned()
    }

    pub(super) fn may_push(&self, repository: &str) -> bool {
        let rights = locked(&self.rights);
        rights.push || repository.starts_with(&format!("{}/", rights.login))
    }
}

/// What git prints, byte by byte.
pub(super) fn bytes(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let output =
        std::process::Command::new("git").current_dir(folder).args(arguments).output().unwrap();
    output.stdout
}
