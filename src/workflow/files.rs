//! All workflows and actions of a repository.

use std::collections::BTreeMap;

use super::{Action, Job, Level, Scope, View, Workflow};
use crate::packages::Packages;

/// The workflows and actions of a repository, by their paths from its root.
#[derive(Clone, Debug, Default)]
pub struct RepositoryFiles<'d> {
    /// The repository's own name, `owner/name`, where it is known.
    pub name: Option<String>,
    /// Whether it is private, where that is known.
    pub is_private: Option<bool>,
    /// Its workflows.
    pub workflows: BTreeMap<&'d str, Workflow<'d>>,
    /// The definitions of its actions.
    pub actions: BTreeMap<&'d str, Action<'d>>,
    /// The scripts that steps run, as far as they stand in files of the repository, by path.
    pub scripts: BTreeMap<&'d str, &'d str>,
    /// What its packages are called.
    pub packages: Packages,
    /// What lies beside them.
    pub surroundings: Surroundings,
    /// What was read of other repositories, by the `uses:` that names it.
    pub elsewhere: BTreeMap<&'d str, Elsewhere<'d>>,
    /// What jobs will need once the fixes are made that this run makes.
    pub new_needs: Vec<NewNeed>,
}

/// What the rules know of files of a repository that they do not look at themselves. Paths are those
/// from its root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The file that configures Renovate, which then keeps actions current.
    pub renovate: Option<String>,
    /// The page that tells how a release is made.
    pub release_page: Option<String>,
}

/// An action or workflow of another repository that is not known, and was to be read.
#[derive(Clone, Copy, Debug)]
pub enum Elsewhere<'d> {
    /// What it says.
    Read {
        /// The file: `owner/name/action.yml`.
        file: &'d str,
        /// What the file is.
        view: View<'d>,
    },
    /// It could not be had: why; follows "it is not known, and".
    Unread(&'d str),
}

/// A permission that a job needs for what a fix brings into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNeed {
    /// The path of the workflow.
    pub path: String,
    /// The job's ID.
    pub job: String,
    /// The scope.
    pub scope: Scope,
    /// How much of it.
    pub level: Level,
    /// The line that the fix is for, from 1.
    pub line: usize,
    /// Who will act: an action, a command.
    pub actor: String,
    /// What it will do.
    pub what: String,
}

impl<'d> RepositoryFiles<'d> {
    /// The workflow that a job calls by `./path` or `$/path`.
    pub fn called(&self, uses: &str) -> Option<(&'d str, Workflow<'d>)> {
        let (path, workflow) = self.workflows.get_key_value(local_path(uses)?.as_str())?;
        Some((path, *workflow))
    }

    /// The jobs that call the workflow at a path, each with the path of its own workflow.
    pub fn callers(&self, path: &str) -> impl Iterator<Item = (&'d str, Workflow<'d>, Job<'d>)> {
        self.workflows.iter().flat_map(move |(&caller, &workflow)| {
            let calls = workflow.jobs().filter(move |job| {
                let uses = job.uses().and_then(|node| workflow.document().scalar(node));
                uses.is_some_and(|uses| local_path(uses.trim()).as_deref() == Some(path))
            });
            calls.map(move |job| (caller, workflow, job))
        })
    }

    /// What the jobs of a workflow will need for what fixes bring into them.
    pub fn new_needs_of(&self, path: &str) -> impl Iterator<Item = &NewNeed> {
        self.new_needs.iter().filter(move |need| need.path == path)
    }

    /// The script in a file that a script of a step names, which runs in a folder: its path and its text.
    pub fn script(&self, folder: Option<&str>, file: &str) -> Option<(&'d str, &'d str)> {
        let path = script_path(folder, file)?;
        self.scripts.get_key_value(path.as_str()).map(|(&path, &text)| (path, text))
    }

    /// The action that a step names by `./path` or `$/path`.
    pub fn action(&self, uses: &str) -> Option<Action<'d>> {
        let folder = local_path(uses)?;
        let files = ["action.yml", "action.yaml"].map(|file| match folder.as_str() {
            "" => file.to_owned(),
            folder => format!("{folder}/{file}"),
        });
        files.iter().find_map(|path| self.actions.get(path.as_str()).copied())
    }
}

/// The path from the repository's root of a file that a script of a step names, which runs in a folder.
/// `None` where only the machine that runs it can tell.
pub fn script_path(folder: Option<&str>, file: &str) -> Option<String> {
    let folder = folder.unwrap_or_default();
    let is_known = !folder.contains("${{") && !folder.starts_with('/') && !file.starts_with('/');
    is_known.then(|| local_path(&format!("./{folder}/{file}")))?
}

/// The path from the repository's root that `./path` or `$/path` names: `.` and empty parts are gone.
pub fn local_path(uses: &str) -> Option<String> {
    let path = uses.strip_prefix("./").or_else(|| uses.strip_prefix("$/"))?;
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    Some(parts.collect::<Vec<_>>().join("/"))
}

/// A path as it is inside of a folder, `""` for the folder itself; `None` where it is not in there. Both are as
/// [`local_path`] gives them.
pub fn path_inside<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(folder)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}
