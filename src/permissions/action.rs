//! What a step with `uses` needs.

use std::collections::BTreeMap;

use super::checkouts::{Checkout, Inside, is_own};
use super::condition::{may_fit, meets};
use super::credentials::GitNeed;
use super::elsewhere::{is_github_script, is_handed_token};
use super::frame::Frame;
use super::job::{Site, Walk};
use super::state::State;
use crate::actions::Uses;
use crate::actions::knowledge::{self, Entry};
use crate::actions::need::{Condition, KnownNeed, Token};
use crate::expression::{Carries, Truth, Value, template};
use crate::workflow::{Action, Level, Scope, Step, local_path};
use crate::yaml::Document;

/// The hosts of GitHub's package registries.
pub(super) const REGISTRIES: &[&str] = &["ghcr.io", "docker.pkg.github.com", "npm.pkg.github.com"];

/// What a step, or a job that calls a workflow, hands to what it uses.
#[derive(Clone, Copy)]
pub(super) struct Given<'g> {
    /// What `with` says of an input, in the words of the file.
    pub(super) input: &'g dyn Fn(&str) -> Option<&'g str>,
    /// What `secrets` says of a secret.
    pub(super) secret: &'g dyn Fn(&str) -> Option<Value>,
    /// Where it stands.
    pub(super) frame: &'g Frame<'g>,
    /// What earlier steps left.
    pub(super) state: &'g State,
    /// The values of inputs that are not given.
    pub(super) defaults: &'g [(&'static str, &'static str)],
}

impl Given<'_> {
    /// The value of an input, of `secrets.NAME` or of `env.NAME`; `None` where it is not given.
    fn value(&self, name: &str) -> Option<Value> {
        if let Some(secret) = name.strip_prefix("secrets.") {
            return (self.secret)(secret);
        }
        if let Some(variable) = name.strip_prefix("env.") {
            return self.frame.variable(variable).cloned();
        }
        (self.input)(name).map(|text| template(text, self.frame))
    }

    /// With what it acts.
    fn acts_with(&self, token: &Token) -> Carries {
        let given = token.inputs.iter().filter_map(|input| self.value(input));
        let given = given.map(|value| value.carries).find(|carries| carries.is_any());
        let from_env =
            || token.env.iter().find_map(|name| self.frame.variable(name)).map(|it| it.carries);
        let itself = Carries { token: token.own || given.is_none() && token.default, other: false };
        let of_git = if token.git { self.state.git } else { None };
        let given = given.or_else(|| from_env().filter(|_| !token.default));
        itself.or(given.unwrap_or_default()).or(of_git.unwrap_or_default())
    }

    /// The value of what [`Self::value`] gives, its default where it is not given.
    fn value_or_default(&self, name: &str) -> Value {
        self.value(name).unwrap_or_else(|| {
            let default = self.defaults.iter().find(|(input, _)| *input == name);
            template(default.map_or("", |(_, value)| value), self.frame)
        })
    }

    /// Whether a condition is met: [`Truth::Hidden`] where an input decides whose value is not seen.
    fn meets(&self, condition: &Condition) -> Truth {
        meets(condition, self.frame, &|name| self.value_or_default(name))
    }
}

impl<'d> Walk<'_, 'd> {
    /// What a step with `uses` needs.
    pub(super) fn uses(
        &mut self,
        step: Step<'d>,
        uses: &str,
        site: Site<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        match Uses::parse(uses) {
            // There it means something else than here.
            Uses::Local(path) if site.file.is_some() => {
                self.unknown(
                    step,
                    path,
                    site,
                    frame,
                    "is named by another repository, and was not read",
                );
            }
            Uses::Local(path) => self.local_path(step, path, site, frame, state),
            Uses::Docker(_) => self.unknown(step, uses, site, frame, "is not known"),
            Uses::Malformed(_) => {}
            Uses::Repository(action) => {
                let name = action.to_string();
                if is_github_script(&action) {
                    return self.github_script(step, &name, site, frame, state);
                }
                match knowledge::find(&action) {
                    Some(entry) => self.known(step, &name, entry, site, frame, state),
                    None => self.elsewhere(step, uses, &name, site, frame, state),
                }
            }
        }
    }

    /// A step with an action at a path of the job's folder: one of the repository itself, or of what an earlier step
    /// has checked out there.
    fn local_path(
        &mut self,
        step: Step<'d>,
        path: &str,
        site: Site<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        match state.checkouts.iter().rev().find_map(|checkout| checkout.action(path)) {
            Some(Inside::Own(own, is_as_here)) => {
                if !is_as_here {
                    let what = "is checked out in another state than the one that is looked at";
                    self.found.lasting_doubt(site.evidence(path, what));
                }
                self.own_path(step, &own, site, frame, state);
            }
            Some(Inside::Other(uses)) => {
                if let Uses::Repository(action) = Uses::parse(&uses)
                    && let Some(entry) = knowledge::find(&action)
                {
                    return self.known(step, &action.to_string(), entry, site, frame, state);
                }
                self.unknown(step, path, site, frame, "is checked out from elsewhere");
            }
            None if state.is_elsewhere => {
                self.unknown(step, path, site, frame, "is checked out from elsewhere");
            }
            None => self.own_path(step, path, site, frame, state),
        }
    }

    /// A step with an action of the repository itself.
    fn own_path(
        &mut self,
        step: Step<'d>,
        path: &str,
        site: Site<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        if local_path(path).is_some_and(|path| path.is_empty()) {
            return self.own_action(step, path, site, frame, state);
        }
        match self.files.action(path) {
            Some(action) => self.local(step, &action, path, site, frame, state),
            None => self.unknown(step, path, site, frame, "is not among the files that were read"),
        }
    }

    /// A step whose action is known.
    pub(super) fn known(
        &mut self,
        step: Step<'d>,
        actor: &str,
        entry: &'static Entry,
        site: Site<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        let input = |name: &str| {
            step.input(name).map(|node| step.document().scalar(node).unwrap_or_default())
        };
        let secret = |_: &str| None;
        let before = state.clone();
        let given = Given {
            input: &input,
            secret: &secret,
            frame,
            state: &before,
            defaults: entry.defaults,
        };
        self.entry(actor, entry, site, &given);
        state.used.push(entry);
        if let Some(persist) = entry.checkout {
            let own = self.files.name.as_deref();
            let elsewhere = input("repository").is_some_and(|name| !is_own(name, own));
            let persists = may_fit("!false", &given.value_or_default(persist).known);
            let with_key = input("ssh-key").is_some_and(|text| !text.is_empty());
            let carries =
                entry.token.as_ref().map(|token| given.acts_with(token)).unwrap_or_default();
            let left = match (persists, with_key) {
                (false, _) => Carries::default(),
                (true, true) => Carries { token: false, other: true },
                (true, false) => carries,
            };
            match Checkout::new(&input, own) {
                Some(checkout) => {
                    state.work_trees.add(checkout.folder().to_owned(), left);
                    state.checkouts.push(checkout);
                    state.git = if elsewhere { before.git } else { Some(left) };
                }
                None => {
                    state.is_elsewhere = elsewhere;
                    state.is_checked_out = true;
                    state.git = Some(left);
                }
            }
        }
        if let Some(registry) = &entry.registry {
            let is_github = given.value(registry.address).is_some_and(|value| {
                REGISTRIES.iter().any(|host| may_fit(&format!("*{host}*"), &value.known))
            });
            let password =
                given.value(registry.password).map(|value| value.carries).unwrap_or_default();
            state.registry |= is_github && password.token;
        }
        if let Some(input) = entry.npm_registry {
            state.npm =
                given.value(input).is_some_and(|it| may_fit("*registry.npmjs.org*", &it.known));
        }
        let commands = entry.runs.iter().filter_map(|name| step.input(name));
        for text in commands.filter_map(|node| step.document().scalar(node)) {
            self.script(text, crate::shell::Dialect::Bash, site, frame, state);
        }
    }

    /// Whether it is needed if the repository is private, which is not known.
    fn is_if_private(&self, need: &KnownNeed) -> bool {
        need.private && self.files.is_private.is_none()
    }

    fn what_for(&self, need: &KnownNeed) -> String {
        match self.is_if_private(need) {
            true => format!("{}, which takes a permission if the repository is private", need.why),
            false => need.why.to_owned(),
        }
    }

    /// What an entry of the knowledge base says under the given inputs.
    pub(super) fn entry(&mut self, actor: &str, entry: &Entry, site: Site<'d>, given: &Given<'_>) {
        let own = entry.token.as_ref().map(|token| given.acts_with(token));
        let acts = |need: &KnownNeed| match &need.token {
            Some(token) => given.acts_with(token),
            None => own.unwrap_or_default(),
        };
        let counts = |need: &&KnownNeed| given.state.is_ready_for(need);
        let mut met = Vec::new();
        for need in entry.needs.iter().filter(counts) {
            match given.meets(&need.condition) {
                Truth::No => {}
                // Who the job is to others is not granted by guess.
                Truth::Hidden if need.grants.iter().all(|(scope, _)| *scope == Scope::IdToken) => {
                    let what = format!("{} by an input whose value is not seen", need.why);
                    self.found.doubt(site.step, site.evidence(actor, &what));
                }
                _ if need.optional && acts(need).token => {
                    self.found.may_use(need.grants.iter().map(|(scope, _)| *scope));
                }
                _ if need.optional => {}
                _ if need.private && self.files.is_private == Some(false) => {}
                _ if self.is_if_private(need) && !need.only_reads() => {
                    let evidence = site.evidence(actor, &self.what_for(need));
                    for (scope, _) in need.grants.iter().filter(|_| need.recommended) {
                        self.found.lasting_guess(*scope, &evidence);
                    }
                    self.found.lasting_doubt(evidence);
                }
                _ => met.push((need, acts(need))),
            }
        }
        self.entry_git(actor, entry, site, given, &met);
        let certain: Vec<_> =
            met.iter().map(|(need, _)| *need).filter(|need| need.doubt.is_none()).collect();
        for (need, carries) in met {
            let evidence = site.evidence(actor, &self.what_for(need));
            match need.precaution || self.is_if_private(need) {
                false => self.need_with(carries, need.grants, site, &evidence),
                true => {
                    for (scope, level) in need.grants.iter().filter(|_| carries.token) {
                        self.found.precaution(*scope, *level, &evidence);
                    }
                }
            }
            let is_covered = |grant: &(Scope, Level)| {
                certain.iter().any(|other: &&KnownNeed| other.grants.contains(grant))
            };
            let counts =
                carries.token || need.grants.iter().any(|(scope, _)| *scope == Scope::IdToken);
            if let Some(doubt) = need.doubt
                && counts
                && !need.grants.iter().all(is_covered)
            {
                self.found.doubt(site.step, site.evidence(actor, doubt));
            }
        }
        let has_token = own.is_none_or(|carries| carries.token);
        for doubt in entry.doubts.iter().filter(|doubt| given.meets(&doubt.condition).is_possible())
        {
            if has_token {
                self.found.doubt(site.step, site.evidence(actor, doubt.why));
            }
        }
    }

    /// A step with an action of the repository itself.
    pub(super) fn local(
        &mut self,
        step: Step<'d>,
        action: &Action<'d>,
        path: &str,
        site: Site<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        let inputs = inputs_of(step, action, frame);
        if !action.is_composite() {
            let handed: Vec<_> = inputs
                .iter()
                .filter(|(_, value)| value.carries.token)
                .map(|(name, _)| name)
                .collect();
            let is_handed = is_handed_token(step, frame);
            let what = match handed.first() {
                Some(name) if is_handed => format!("is handed the token as `{name}`"),
                Some(name) => format!("may use the token: its input `{name}` has it by default"),
                None => match frame.variables_with_token().next() {
                    Some(name) => format!("is handed the token in `{name}`"),
                    None => {
                        let evidence = site.evidence(path, "is a program of the repository");
                        return self.found.own_code(state, site.step, evidence);
                    }
                },
            };
            self.guess_subject(path, is_handed, frame, site);
            self.guess_by_name(path, is_handed, frame, site);
            let evidence = site.evidence(path, &what);
            return if is_handed {
                self.found.lasting_doubt_of(site.step, evidence);
            } else {
                self.found.doubt(site.step, evidence);
            };
        }
        self.composite(action, inputs, path, None, site, frame, state);
    }

    /// A step of which nothing is known but what it is handed.
    fn unknown(
        &mut self,
        step: Step<'d>,
        actor: &str,
        site: Site<'d>,
        frame: &Frame<'_>,
        what: &str,
    ) {
        if is_handed_token(step, frame) {
            self.guess_subject(actor, true, frame, site);
            self.guess_by_name(actor, true, frame, site);
            let evidence = site.evidence(actor, &format!("{what}, and is handed the token"));
            self.found.lasting_doubt_of(site.step, evidence);
        } else if actor.starts_with("docker://") {
            self.found.git(site.step, GitNeed::Unknown, site.evidence(actor, what));
        } else {
            self.found.doubt(site.step, site.evidence(actor, what));
        }
    }
}

/// What an action is given by a step, by name in lower case.
pub(crate) fn inputs_of(
    step: Step<'_>,
    action: &Action<'_>,
    frame: &Frame<'_>,
) -> BTreeMap<String, Value> {
    let input = |(name, default): (&str, &str)| {
        let given = step.input(name).and_then(|node| step.document().scalar(node));
        (name.to_ascii_lowercase(), template(given.unwrap_or(default), frame).into_text())
    };
    action.inputs().map(input).collect()
}

/// What stands in a `secrets:` of a job that calls a workflow.
pub(crate) fn texts(
    document: &Document,
    node: Option<crate::yaml::NodeId>,
) -> BTreeMap<String, &str> {
    let entries = node.map_or(&[][..], |node| document.entries(node));
    let text = |entry: &crate::yaml::Entry| {
        Some((document.scalar(entry.key)?.to_ascii_lowercase(), document.scalar(entry.value)?))
    };
    entries.iter().filter_map(text).collect()
}
