//! What jobs have of permissions, and what it takes to give them more.

use std::collections::BTreeSet;

use super::permission_block::{
    Scopes, block, doubt, entry_with_comment, is_default_enough, place_in_job,
};
use crate::finding::{Facts, File};
use crate::permissions::{Analysis, Evidence, JobNeeds};
use crate::workflow::{Grant, Job, Level, NewNeed, Permissions, Scope, Workflow};
use crate::yaml::{Change, Document, Operation, Place, Value, ValueEntry};

/// What the jobs have that declare nothing themselves: the block at the top of their workflow.
pub(super) struct Inherited<'d> {
    document: &'d Document,
    permissions: Permissions<'d>,
    /// The scopes that some of these jobs is seen to write with.
    explained: BTreeSet<Scope>,
}

impl<'d> Inherited<'d> {
    /// `needs` are those of all jobs that declare nothing.
    pub(super) fn of<'n>(
        workflow: &Workflow<'d>,
        permissions: &Permissions<'d>,
        needs: impl Iterator<Item = &'n JobNeeds>,
    ) -> Self {
        let explained = needs.flat_map(JobNeeds::scopes_now);
        let explained = explained.filter(|(_, level)| *level == Level::Write);
        Self {
            document: workflow.document(),
            permissions: permissions.clone(),
            explained: explained.map(|(scope, _)| scope).collect(),
        }
    }

    /// The block of a job that is to keep what it needs of them, and to have `more`. `None` where the
    /// default is enough. One of which not all is seen keeps everything.
    pub(super) fn block(&self, needs: &JobNeeds, more: &Scopes, comment: bool) -> Option<Value> {
        let mut new = needs.new_scopes();
        add(&mut new, more.clone());
        if !needs.is_all_seen() {
            return Some(self.all(&new));
        }
        let granted = |(scope, level): (Scope, Level)| {
            (scope, level.min(self.permissions.level(scope.name())))
        };
        let now = needs.scopes_now().into_iter().map(granted);
        let mut scopes: Scopes = now.filter(|(_, level)| *level > Level::None).collect();
        if matches!(self.permissions, Permissions::Scopes(_)) {
            // What was given on purpose, and nothing seen explains, may be for what is not seen.
            let kept = needs.within_reach.iter().filter(|scope| !self.explained.contains(scope));
            let kept = kept.map(|&scope| (scope, self.permissions.level(scope.name())));
            scopes.extend(kept.filter(|(_, level)| *level > Level::None));
        }
        add(&mut scopes, new);
        if is_default_enough(&scopes) {
            return None;
        }
        let Value::Mapping(mut entries) = block(&scopes, comment.then_some(needs)) else {
            return None;
        };
        if let Permissions::Scopes(grants) = &self.permissions {
            for entry in &mut entries {
                let same = grants.iter().find(|grant| {
                    grant.scope == entry.key && Value::from(grant.level.name()) == entry.value
                });
                let before = same.and_then(|grant| self.with_comment(grant).comment);
                entry.comment = before.or(entry.comment.take());
            }
        }
        Some(Value::Mapping(entries))
    }

    /// Everything that they grant, with its comments, and more.
    fn all(&self, more: &Scopes) -> Value {
        let grants = match &self.permissions {
            Permissions::ReadAll => return Value::from("read-all"),
            Permissions::WriteAll => return Value::from("write-all"),
            Permissions::Scopes(grants) => grants,
        };
        let mut entries: Vec<_> = grants.iter().map(|grant| self.with_comment(grant)).collect();
        for (scope, level) in more {
            match grants.iter().position(|grant| grant.scope == scope.name()) {
                Some(index) if grants[index].level < *level => {
                    entries[index] = ValueEntry::new(scope.name(), level.name());
                }
                Some(_) => {}
                None => entries.push(ValueEntry::new(scope.name(), level.name())),
            }
        }
        Value::Mapping(entries)
    }

    fn with_comment(&self, grant: &Grant<'_>) -> ValueEntry {
        entry_with_comment(self.document, grant)
    }
}

/// What gives a job more.
pub(super) struct Granted {
    /// The operations; none where it has it already.
    pub(super) operations: Vec<Operation>,
    /// Why the block that it gets may be too narrow.
    pub(super) doubt: Option<String>,
}

/// Gives a job what a fix asks for there beside what it has: into its own block, else in one of its own
/// that holds all that it needs.
///
/// # Errors
///
/// Why that cannot be done, and what a person has to do first.
pub(super) fn grant<'d>(
    file: &File<'d>,
    workflow: &Workflow<'d>,
    job: &Job<'d>,
    new_needs: &[NewNeed],
    facts: &Facts<'d>,
) -> Result<Granted, String> {
    let document = workflow.document();
    let scopes = &new_needs.iter().map(|need| (need.scope, need.level)).collect::<Scopes>();
    let mut files = facts.files.clone();
    for need in new_needs.iter().filter(|need| !facts.files.new_needs.contains(need)) {
        files.new_needs.push(need.clone());
    }
    let analysis = Analysis::new(&files, file.path, *workflow);
    let has_all = |permissions: &Permissions<'_>| {
        scopes.iter().all(|(scope, level)| permissions.level(scope.name()) >= *level)
    };
    let done = |operations| Ok(Granted { operations, doubt: None });
    let read_all = || {
        Err(format!(
            "the job `{}` has `read-all`, which leaves no room for {}: name the scopes that it needs instead",
            job.id(),
            in_words(scopes)
        ))
    };
    let comments = facts.comment_permissions;
    match (job.permissions(), job.permissions_node()) {
        (Some(own), _) if has_all(&own) => return done(Vec::new()),
        (Some(Permissions::Scopes(grants)), Some(node)) => {
            let at = document.path(document.target(node));
            let needs = analysis.job(job);
            let lacking = scopes.iter().filter_map(|(scope, level)| {
                match grants.iter().find(|grant| grant.scope == scope.name()) {
                    Some(grant) if grant.level >= *level => None,
                    Some(_) => {
                        let change = Change::SetScalar(level.name().to_owned());
                        Some(Operation::new(at.key(scope.name()), change))
                    }
                    None => {
                        let evidence = needs.evidence(*scope).filter(|_| comments);
                        let change = Change::Insert {
                            key: scope.name().to_owned(),
                            value: level.name().into(),
                            place: Place::Last,
                            comment: evidence.map(Evidence::short),
                        };
                        Some(Operation::new(at.clone(), change))
                    }
                }
            });
            return done(lacking.collect());
        }
        (Some(_), _) => return read_all(),
        (None, _) => {}
    }
    let needs = analysis.job(job);
    let Some(top) = workflow.permissions() else {
        let mut all = needs.scopes();
        add(&mut all, scopes.clone());
        let block = block(&all, comments.then_some(&needs));
        let operations = vec![insert(document, job, block)];
        return Ok(Granted { operations, doubt: doubt(job.id(), &needs.doubts) });
    };
    if has_all(&top) {
        return done(Vec::new());
    }
    let needs = needs.under(&top);
    if top == Permissions::ReadAll && !needs.is_all_seen() {
        return read_all();
    }
    let inheriting: Vec<_> =
        workflow.jobs().filter(|job| job.permissions_node().is_none()).collect();
    let all: Vec<_> = inheriting.iter().map(|job| analysis.job(job).under(&top)).collect();
    let inherited = Inherited::of(workflow, &top, all.iter());
    let block = inherited.block(&needs, scopes, comments);
    done(block.into_iter().map(|block| insert(document, job, block)).collect())
}

/// Gives a job a block of its own.
pub(super) fn insert(document: &Document, job: &Job<'_>, block: Value) -> Operation {
    let at = document.path(document.target(job.node()));
    Operation::insert(at, "permissions", block, place_in_job(document, job))
}

/// Adds scopes to others: of each the higher level counts.
pub(super) fn add(scopes: &mut Scopes, more: impl IntoIterator<Item = (Scope, Level)>) {
    for (scope, level) in more.into_iter().filter(|(_, level)| *level > Level::None) {
        let known = scopes.entry(scope).or_insert(level);
        *known = level.max(*known);
    }
}

/// Why a workflow that can be called may not ask for these scopes: a call that grants less fails before it
/// starts. `None` where all callers are in sight and grant them.
pub(super) fn what_callers_lack(
    file: &File<'_>,
    asked: &Scopes,
    facts: &Facts<'_>,
) -> Option<String> {
    let mut callers = facts.files.callers(file.path).peekable();
    if callers.peek().is_none() {
        return Some(format!(
            "other repositories may call this workflow, and a call that grants less than it asks for \
             fails before it starts: declare {} if every caller grants that",
            in_words(asked)
        ));
    }
    callers.find_map(|(path, caller, job)| {
        let granted = job.permissions().or_else(|| caller.permissions())?;
        let lacking: Scopes = asked
            .iter()
            .map(|(&scope, &level)| (scope, level))
            .filter(|&(scope, level)| granted.level(scope.name()) < level)
            .collect();
        (!lacking.is_empty()).then(|| {
            format!(
                "the job `{}` in {path} calls this workflow without granting {}, and would fail before \
                 it starts: grant it there first",
                job.id(),
                in_words(&lacking)
            )
        })
    })
}

/// `contents: read` and `id-token: write`, in words.
pub(super) fn in_words(scopes: &Scopes) -> String {
    let words: Vec<_> =
        scopes.iter().map(|(scope, level)| format!("`{scope}: {}`", level.name())).collect();
    words.join(", ")
}
