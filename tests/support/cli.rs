//! The program as a user runs it: a temporary repository, a run, what came of it.

// Each test program uses a part of it, and what goes wrong here is the test failing.
#![allow(dead_code, clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The program, offline and with nothing of the environment that it would read.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spec8-fix"));
    let from_outside = std::env::vars_os().map(|(name, _)| name).filter(|name| {
        let name = name.to_string_lossy();
        ["GITHUB_", "GH_", "CLICOLOR", "NO_COLOR", "TERM", "COLUMNS", "CI"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
    });
    from_outside.for_each(|name| {
        command.env_remove(name);
    });
    // What earlier runs saw is nobody's business here.
    command.env("SPEC8_FIX_CACHE_DIR", "");
    command.stdin(Stdio::null());
    command
}

/// A temporary folder that is laid out as a repository.
pub(crate) struct Repository {
    folder: TempDir,
}

impl Repository {
    /// An empty one.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// One with these files.
    pub(crate) fn new<P: AsRef<Path>, C: AsRef<[u8]>>(
        files: impl IntoIterator<Item = (P, C)>,
    ) -> Self {
        let repository = Self::empty();
        for (path, content) in files {
            repository.write(path, content);
        }
        repository
    }

    /// One with a single workflow, [`WORKFLOW`], and [`RENOVATE`].
    pub(crate) fn of_workflow(text: &str) -> Self {
        Self::new([(WORKFLOW, text), RENOVATE])
    }

    /// A copy of a folder.
    pub(crate) fn copy_of(folder: &Path) -> Self {
        let repository = Self::empty();
        for path in files_below(folder) {
            repository.write(&path, fs::read(folder.join(&path)).unwrap());
        }
        repository
    }

    /// Tells the repository its own name on GitHub, as a clone knows it.
    pub(crate) fn named(self, owner_and_name: &str) -> Self {
        let url = format!("https://github.com/{owner_and_name}.git");
        self.write(".git/config", format!("[remote \"origin\"]\n\turl = {url}\n"));
        self
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root().join(path)
    }

    pub(crate) fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, path: impl AsRef<Path>) -> String {
        String::from_utf8(fs::read(self.path(path)).unwrap()).unwrap()
    }

    /// The text of [`WORKFLOW`].
    pub(crate) fn workflow(&self) -> String {
        self.read(WORKFLOW)
    }

    /// All files with their contents, in order, those below `.git` left out.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let paths = files_below(self.root()).into_iter();
        paths
            .filter(|path| !path.starts_with(".git"))
            .map(|path| {
                let content = fs::read(self.path(&path)).unwrap();
                (path, content)
            })
            .collect()
    }

    /// Runs the program here, `--offline`, with these arguments, separated by blanks.
    pub(crate) fn run(&self, arguments: &str) -> Run {
        self.run_with(arguments.split_whitespace())
    }

    /// The same, with arguments that hold blanks or no UTF-8.
    pub(crate) fn run_with<A: AsRef<std::ffi::OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Run {
        let mut command = program();
        command.current_dir(self.root()).arg("--offline").args(arguments);
        Run::of(&mut command)
    }

    /// Runs git here, and gives whether it succeeded, with what it said.
    pub(crate) fn git(&self, arguments: &[&str]) -> (bool, String) {
        let mut git = Command::new("git");
        // Nobody's configuration decides what a patch is.
        git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        // A hook, or `git rebase --exec`, names the repository that it runs for.
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            git.env_remove(name);
        }
        let output = git.current_dir(self.root()).args(arguments).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }
}

/// The one workflow of most tests.
pub(crate) const WORKFLOW: &str = ".github/workflows/test.yml";

/// A file with which nobody misses Dependabot.
pub(crate) const RENOVATE: (&str, &str) = ("renovate.json", "{}");

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn of(command: &mut Command) -> Self {
        Self::from(command.output().unwrap())
    }

    /// Everything that a user sees, to be put into a snapshot.
    pub(crate) fn transcript(&self) -> String {
        let code = self.code.map_or("none".to_owned(), |code| code.to_string());
        format!(
            "{}\n--- stderr\n{}\n--- exit code {code}\n",
            visible(&self.stdout),
            visible(&self.stderr)
        )
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Text whose line endings can be seen.
fn visible(text: &str) -> String {
    text.replace('\r', "␍")
}

/// The paths of all files below a folder, from it, in order.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path.strip_prefix(folder).unwrap().to_owned());
            }
        }
    }
    files.sort();
    files
}

/// Where the snapshots of whole runs are.
pub(crate) fn snapshots() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}
