//! What was found of a job.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::credentials::{GitNeed, GitUse};
use super::state::{State, StepId};
use crate::workflow::{Level, NewNeed, Permissions, Scope};

/// A permission that a job needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The scope.
    pub scope: Scope,
    /// How much of it.
    pub level: Level,
    /// From what this is known.
    pub evidence: Evidence,
    /// Why it counts.
    pub ground: Ground,
    /// The scope that does as well, at the same level.
    pub or: Option<Scope>,
}

/// Why a need counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// It is there, in some kind of run.
    Seen,
    /// It is the most likely use of the token by something of which nothing is known.
    Guess,
    /// It is there only where something is so that no file shows, a private repository. Who is given permissions for
    /// the first time is given it, to be sure; nobody is asked for it.
    Precaution,
}

/// Something in a job that could use the token in a way that is not seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// What it is.
    pub evidence: Evidence,
}

/// A place in a workflow, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The path of the workflow, where that is another one than the job's.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: usize,
    /// What a person calls the step, if it has a name; nothing for a job that calls a workflow.
    pub step: Option<String>,
    /// Who acts: an action, a command.
    pub actor: String,
    /// What it does.
    pub what: String,
}

impl Evidence {
    /// The same, told from another workflow: the one at `path` is where it is.
    pub(crate) fn elsewhere(self, path: &str) -> Self {
        Self { file: self.file.or_else(|| Some(path.to_owned())), ..self }
    }

    /// In a few words, without the place: `softprops/action-gh-release creates the release`.
    pub fn short(&self) -> String {
        format!("{} {}", self.actor, self.what)
    }
}

impl fmt::Display for Evidence {
    /// `step "Upload wheels" (line 48): softprops/action-gh-release creates the release`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.as_ref().map_or(String::new(), |file| format!("{file} "));
        match &self.step {
            Some(step) => write!(f, "step \"{step}\" ({file}line {}): ", self.line)?,
            None => write!(f, "{file}line {}: ", self.line)?,
        }
        write!(f, "{} {}", self.actor, self.what)
    }
}

/// What a job needs, and what is not certain about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobNeeds {
    /// What it needs, each scope at each level as often as there is evidence for it.
    pub needs: Vec<Need>,
    /// What it will need, for what the fixes of this run bring into it.
    pub new: Vec<Need>,
    /// What is not certain.
    pub doubts: Vec<Doubt>,
    /// What would not be certain, if the step did not also run for pull requests from forks, with a
    /// token that can only read.
    pub cleared: Vec<Doubt>,
    /// The scopes that programs of which nothing is known could be using, the project's own say: what a
    /// checkout left for `git`, tokens of OpenID Connect, a login to a registry; those tokens where a command
    /// publishes; and what an action uses if it has it. That is no doubt; but where such a scope was given on purpose, it may be for them.
    pub within_reach: BTreeSet<Scope>,
    /// The steps that use the credentials of `git`, or may do so.
    pub git: Vec<GitUse>,
}

impl JobNeeds {
    /// The least permissions: each scope at the highest level that is needed, or will be.
    pub fn scopes(&self) -> BTreeMap<Scope, Level> {
        highest(self.needs.iter().chain(&self.new))
    }

    /// The least permissions of the job as it is.
    pub fn scopes_now(&self) -> BTreeMap<Scope, Level> {
        highest(&self.needs)
    }

    /// The same without what is guessed, and without precautions.
    pub fn scopes_seen(&self) -> BTreeMap<Scope, Level> {
        highest(self.needs.iter().filter(|need| need.ground == Ground::Seen))
    }

    /// The same without those precautions that somebody lacks.
    #[must_use]
    pub fn without_precautions(mut self, lacks: impl Fn(Scope, Level) -> bool) -> Self {
        self.needs
            .retain(|need| need.ground != Ground::Precaution || !lacks(need.scope, need.level));
        self
    }

    /// What is needed more once the fixes of this run are made.
    pub fn new_scopes(&self) -> BTreeMap<Scope, Level> {
        highest(&self.new)
    }

    /// The same in a job that has these permissions: of two scopes that do as well it uses the one that it has.
    #[must_use]
    pub fn under(mut self, permissions: &Permissions<'_>) -> Self {
        for need in &mut self.needs {
            let has = |scope: Scope| permissions.level(scope.name()) >= need.level;
            if let Some(or) = need.or.filter(|or| has(*or) && !has(need.scope)) {
                (need.scope, need.or) = (or, Some(need.scope));
            }
        }
        self
    }

    /// The same, with what a workflow's fixes bring.
    #[must_use]
    pub(super) fn with_new<'n>(mut self, needs: impl IntoIterator<Item = &'n NewNeed>) -> Self {
        self.new.extend(needs.into_iter().map(Need::of_new));
        self
    }

    /// Whether nothing in it could need more.
    pub fn is_certain(&self) -> bool {
        self.doubts.is_empty()
    }

    /// Whether nothing in it could be using more that it has been given. That a step also runs for forks
    /// does not tell: it may fail there.
    pub fn is_all_seen(&self) -> bool {
        self.doubts.is_empty() && self.cleared.is_empty()
    }

    /// The first evidence for a scope at its highest level, of what is there rather than of a precaution.
    pub fn evidence(&self, scope: Scope) -> Option<&Evidence> {
        let of_scope = || self.needs.iter().chain(&self.new).filter(|need| need.scope == scope);
        let highest = of_scope().map(|need| need.level).max()?;
        let first = of_scope().filter(|need| need.level == highest);
        first.min_by_key(|need| need.ground == Ground::Precaution).map(|need| &need.evidence)
    }
}

/// Each scope at the highest level that is needed.
fn highest<'n>(needs: impl IntoIterator<Item = &'n Need>) -> BTreeMap<Scope, Level> {
    let mut scopes = BTreeMap::new();
    for need in needs {
        let level = scopes.entry(need.scope).or_insert(need.level);
        *level = need.level.max(*level);
    }
    scopes
}

impl Need {
    fn of_new(need: &NewNeed) -> Self {
        let evidence = Evidence {
            file: None,
            line: need.line,
            step: None,
            actor: need.actor.clone(),
            what: need.what.clone(),
        };
        Self { scope: need.scope, level: need.level, evidence, ground: Ground::Seen, or: None }
    }
}

/// Collects what is found in one kind of run after another.
#[derive(Debug, Default)]
pub(super) struct Collector {
    needs: Vec<Need>,
    new: Vec<Need>,
    /// What is guessed, each with its step.
    guesses: Vec<(StepId, Need)>,
    /// What another scope may give as well.
    alternatives: Vec<Need>,
    /// Each with the step that a run with a read-only token would clear of it, if one would.
    doubts: Vec<(Option<StepId>, Doubt)>,
    /// The steps that run with a token that can only read.
    proven: BTreeSet<StepId>,
    /// Whether a script may pass by what is looked at: that its step runs does not show that it does.
    pub(super) in_branch: bool,
    within_reach: BTreeSet<Scope>,
    /// What is cleared already.
    cleared: Vec<Doubt>,
    git: Vec<GitUse>,
}

impl Collector {
    pub(super) fn need(&mut self, scope: Scope, level: Level, evidence: &Evidence) {
        self.need_for(Ground::Seen, scope, level, evidence);
    }

    /// It is needed only where something is so that no file shows.
    pub(super) fn precaution(&mut self, scope: Scope, level: Level, evidence: &Evidence) {
        self.need_for(Ground::Precaution, scope, level, evidence);
    }

    fn need_for(&mut self, ground: Ground, scope: Scope, level: Level, evidence: &Evidence) {
        self.add_need(Need { scope, level, evidence: evidence.clone(), ground, or: None });
    }

    /// One of two scopes is needed: the first, unless the other is there anyway.
    pub(super) fn need_either(&mut self, scopes: [Scope; 2], level: Level, evidence: &Evidence) {
        let ([scope, or], evidence) = (scopes, evidence.clone());
        let need = Need { scope, level, evidence, ground: Ground::Seen, or: Some(or) };
        if !self.alternatives.contains(&need) {
            self.alternatives.push(need);
        }
    }

    /// What something of which nothing is known is most likely to write. It goes with the doubt about the step.
    pub(super) fn guess(&mut self, step: StepId, scope: Scope, evidence: &Evidence) {
        if self.in_branch {
            return self.lasting_guess(scope, evidence);
        }
        let evidence = evidence.clone();
        let (level, ground) = (Level::Write, Ground::Guess);
        self.guesses.push((step, Need { scope, level, evidence, ground, or: None }));
    }

    /// The same, where it stays whatever else the step runs with.
    pub(super) fn lasting_guess(&mut self, scope: Scope, evidence: &Evidence) {
        self.need_for(Ground::Guess, scope, Level::Write, evidence);
    }

    fn add_need(&mut self, need: Need) {
        if need.level > Level::None && !self.needs.contains(&need) {
            self.needs.push(need);
        }
    }

    /// A doubt about a step of the job, or about the job where it calls a workflow.
    pub(super) fn doubt(&mut self, step: StepId, evidence: Evidence) {
        self.git(step, GitNeed::Unknown, evidence.clone());
        self.add_doubt(Some(step), evidence);
    }

    /// Whether there is a doubt about a step.
    pub(super) fn is_doubted(&self, step: StepId) -> bool {
        self.doubts.iter().any(|(other, _)| *other == Some(step))
    }

    /// The same, where it stays whatever else the step runs with.
    pub(super) fn lasting_doubt_of(&mut self, step: StepId, evidence: Evidence) {
        self.git(step, GitNeed::Unknown, evidence.clone());
        self.lasting_doubt(evidence);
    }

    /// Notes that a step uses the credentials of `git`, or may do so.
    pub(super) fn git(&mut self, step: StepId, how: GitNeed, evidence: Evidence) {
        let used = GitUse { step: step.node, how, evidence };
        if !self.git.contains(&used) {
            self.git.push(used);
        }
    }

    /// A doubt that stays whatever else the step runs with.
    pub(super) fn lasting_doubt(&mut self, evidence: Evidence) {
        self.add_doubt(None, evidence);
    }

    /// Notes that a job runs under events that are chosen for their rights alone: one that seems to need
    /// none of them is not understood.
    pub(super) fn privileged(&mut self, evidence: Evidence) {
        if !self.needs.iter().any(|need| need.level == Level::Write) {
            self.lasting_doubt(evidence);
        }
    }

    fn add_doubt(&mut self, step: Option<StepId>, evidence: Evidence) {
        let doubt = (step.filter(|_| !self.in_branch), Doubt { evidence });
        if !self.doubts.contains(&doubt) {
            self.doubts.push(doubt);
        }
    }

    /// Notes that a step also runs with a token that can only read.
    pub(super) fn prove(&mut self, step: StepId) {
        self.proven.insert(step);
    }

    /// Notes that something runs that may take a token of OpenID Connect, where the job has one to give: by
    /// its configuration, or in a version later than those that are known.
    pub(super) fn may_prove_identity(&mut self) {
        self.within_reach.insert(Scope::IdToken);
    }

    /// Notes that something runs that uses these, where the job has them.
    pub(super) fn may_use(&mut self, scopes: impl IntoIterator<Item = Scope>) {
        self.within_reach.extend(scopes);
    }

    /// Notes that something runs of which nothing is known, with what earlier steps left.
    pub(super) fn own_code(&mut self, state: &State, step: StepId, evidence: Evidence) {
        self.git(step, GitNeed::MayFetch, evidence);
        self.may_prove_identity();
        if state.git_has_token() {
            self.within_reach.insert(Scope::Contents);
        }
        if state.registry {
            self.within_reach.insert(Scope::Packages);
        }
    }

    /// Takes over what is not certain of a job that declares itself what it may do: more than that it
    /// does not get, but all of that it may use.
    pub(super) fn add_limited(&mut self, path: &str, inner: JobNeeds) {
        let doubts = inner.doubts.into_iter().chain(inner.cleared);
        self.cleared.extend(doubts.map(|doubt| Doubt { evidence: doubt.evidence.elsewhere(path) }));
        self.add_new(path, inner.new);
        self.within_reach.extend(inner.within_reach);
    }

    /// Takes over what was found of a job in another workflow, the one at `path`, which this job
    /// calls.
    pub(super) fn add(&mut self, call: StepId, path: &str, inner: JobNeeds) {
        self.within_reach.extend(inner.within_reach);
        for need in inner.needs {
            let need = Need { evidence: need.evidence.elsewhere(path), ..need };
            match need.ground {
                Ground::Guess => self.guesses.push((call, need)),
                Ground::Seen | Ground::Precaution => self.add_need(need),
            }
        }
        self.add_new(path, inner.new);
        let elsewhere = |doubt: Doubt| Doubt { evidence: doubt.evidence.elsewhere(path) };
        self.cleared.extend(inner.cleared.into_iter().map(elsewhere));
        for doubt in inner.doubts {
            self.doubt(call, elsewhere(doubt).evidence);
        }
    }

    /// Takes over what a job of the workflow at `path` will need.
    fn add_new(&mut self, path: &str, needs: impl IntoIterator<Item = Need>) {
        let elsewhere = |need: Need| Need { evidence: need.evidence.elsewhere(path), ..need };
        self.new.extend(needs.into_iter().map(elsewhere));
    }

    pub(super) fn finish(mut self) -> JobNeeds {
        for (step, guess) in std::mem::take(&mut self.guesses) {
            if !self.proven.contains(&step) {
                self.add_need(guess);
            }
        }
        for need in std::mem::take(&mut self.alternatives) {
            let is_enough = |it: &Need| Some(it.scope) == need.or && it.level >= need.level;
            if !self.needs.iter().any(is_enough) {
                self.add_need(need);
            }
        }
        self.needs.sort_by_key(|need| (need.scope, need.evidence.line));
        let cleared = |step: &Option<StepId>| step.is_some_and(|step| self.proven.contains(&step));
        let (cleared, left): (Vec<_>, Vec<_>) =
            self.doubts.into_iter().partition(|(step, _)| cleared(step));
        let doubts = |doubts: Vec<(_, Doubt)>| doubts.into_iter().map(|(_, doubt)| doubt).collect();
        JobNeeds {
            needs: self.needs,
            new: self.new,
            doubts: doubts(left),
            cleared: [self.cleared, doubts(cleared)].concat(),
            within_reach: self.within_reach,
            git: self.git,
        }
    }
}
