//! Real repositories, and git's own server for them.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::server::{Reply, Request};

/// A folder of bare repositories.
pub(crate) struct Repositories {
    folder: TempDir,
}

impl Repositories {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Makes a repository with two commits on its default branch `trunk`: `:1` and its head `:2`.
    /// What follows is in the language of `git fast-import`.
    pub(crate) fn make(&self, name: &str, more: &str) {
        let bare = self.path(name);
        git(self.folder.path(), &["init", "-q", "--bare", "-b", "trunk", bare.to_str().unwrap()]);
        let mut commits = String::new();
        for mark in 1..=2 {
            let _ = write!(
                commits,
                "commit refs/heads/trunk\nmark :{mark}\n\
                 committer x <x@example.invalid> 170000000{mark} +0000\ndata 2\n{mark}\n\n"
            );
        }
        feed(&bare, &["fast-import", "--quiet"], (commits + more).as_bytes());
        // As GitHub's server has it.
        git(&bare, &["config", "uploadpack.allowFilter", "true"]);
    }

    /// Adds a commit on top of another one, or of none, that no ref points at: what a fork brings,
    /// or a branch that was rewritten. Gives its SHA.
    pub(crate) fn stray(&self, name: &str, parent: Option<&str>) -> String {
        let bare = self.path(name);
        let empty = git(&bare, &["hash-object", "-t", "tree", "-w", "/dev/null"]);
        let mut arguments = vec!["commit-tree", "-m", "stray", empty.trim()];
        arguments.extend(parent.iter().flat_map(|parent| ["-p", parent]));
        git(&bare, &arguments).trim().to_owned()
    }

    /// What a ref stands for, as git says.
    pub(crate) fn commit(&self, name: &str, git_ref: &str) -> String {
        let bare = self.path(name);
        git(&bare, &["rev-parse", &format!("{git_ref}^{{commit}}")]).trim().to_owned()
    }

    pub(crate) fn git(&self, name: &str, arguments: &[&str]) -> String {
        git(&self.path(name), arguments)
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(format!("{name}.git"))
    }

    /// Answers a request as git's server does. `version` is whether it heeds the version asked for.
    pub(crate) fn serve(&self, request: &Request, version: bool) -> Reply {
        let mut backend = Command::new("git");
        backend
            .arg("http-backend")
            .env("GIT_PROJECT_ROOT", self.folder.path())
            .env("GIT_HTTP_EXPORT_ALL", "1")
            .env("REQUEST_METHOD", &request.method)
            .env("PATH_INFO", request.path())
            .env("QUERY_STRING", request.query())
            .env("CONTENT_TYPE", request.header("content-type").unwrap_or_default())
            .env("CONTENT_LENGTH", request.body.len().to_string());
        if let Some(protocol) = request.header("git-protocol").filter(|_| version) {
            backend.env("GIT_PROTOCOL", protocol);
        }
        let output = run(&mut backend, &request.body);
        let end = output.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(output[..end].to_vec()).unwrap();
        let mut reply = Reply::new(200, &output[end + 4..]);
        for (name, value) in head.lines().filter_map(|line| line.split_once(": ")) {
            match (name, &mut reply) {
                ("Status", Reply::Answer { status, .. }) => {
                    *status = value.split(' ').next().unwrap().parse().unwrap();
                }
                _ => reply = reply.with(name, value),
            }
        }
        reply
    }
}

/// An annotated tag, in the language of `git fast-import`.
pub(crate) fn annotated(name: &str, mark: u8) -> String {
    format!("tag {name}\nfrom :{mark}\ntagger x <x@example.invalid> 1700000009 +0000\ndata 1\nt\n")
}

/// A lightweight tag or a branch.
pub(crate) fn light(full_name: &str, mark: u8) -> String {
    format!("reset {full_name}\nfrom :{mark}\n\n")
}

pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(folder).args(arguments);
    String::from_utf8(run(&mut command, b"")).unwrap()
}

pub(crate) fn feed(folder: &Path, arguments: &[&str], input: &[u8]) {
    run(Command::new("git").current_dir(folder).args(arguments), input);
}

/// Runs a program of git with nobody's configuration; gives what it prints.
fn run(command: &mut Command, input: &[u8]) -> Vec<u8> {
    for (name, value) in [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_AUTHOR_NAME", "x"),
        ("GIT_AUTHOR_EMAIL", "x@example.invalid"),
        ("GIT_COMMITTER_NAME", "x"),
        ("GIT_COMMITTER_EMAIL", "x@example.invalid"),
    ] {
        command.env(name, value);
    }
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PROTOCOL"] {
        if !command.get_envs().any(|(set, _)| set == name) {
            command.env_remove(name);
        }
    }
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    // It may end without reading all of it.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap().stdout
}
