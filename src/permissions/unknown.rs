//! What has to be read of other repositories before it can be told what jobs need.

use std::collections::BTreeSet;

use super::elsewhere::is_known;
use crate::actions::{Uses, knowledge};
use crate::workflow::{Elsewhere, RepositoryFiles, View, Workflow, local_path};

/// What has to be known.
#[derive(Debug, Default)]
pub struct Unknown<'d> {
    /// The actions and workflows of other repositories of which nothing is known, as `uses:` names them.
    pub definitions: BTreeSet<&'d str>,
    /// Whether something that is used needs more in a private repository.
    pub visibility: bool,
}

/// What has to be known of what the jobs of a workflow use: by themselves, by what they use of this
/// repository, and by what was read of others.
pub fn unknown<'d>(workflow: Workflow<'d>, files: &RepositoryFiles<'d>) -> Unknown<'d> {
    let mut found = Unknown::default();
    let mut seen = BTreeSet::new();
    // Each with whether it is of another repository, where local paths mean something else.
    let mut open = vec![(View::Workflow(workflow), false)];
    while let Some((view, is_elsewhere)) = open.pop() {
        for (uses, is_call) in view.uses() {
            match Uses::parse(uses) {
                Uses::Local(_) if is_elsewhere => {}
                Uses::Local(_) => {
                    let called = || files.called(uses).map(|(_, called)| View::Workflow(called));
                    let local =
                        if is_call { called() } else { files.action(uses).map(View::Action) };
                    if let (Some(local), Some(path)) = (local, local_path(uses))
                        && seen.insert(path)
                    {
                        open.push((local, false));
                    }
                }
                Uses::Repository(action) if is_known(&action) => {
                    let needs = knowledge::find(&action).map_or(&[][..], |entry| entry.needs);
                    found.visibility |= needs.iter().any(|need| need.private);
                }
                Uses::Repository(_) if found.definitions.insert(uses) => {
                    if let Some(Elsewhere::Read { view, .. }) = files.elsewhere.get(uses) {
                        open.push((*view, true));
                    }
                }
                Uses::Repository(_) | Uses::Docker(_) | Uses::Malformed(_) => {}
            }
        }
    }
    found
}
