//! The steps of a job in one kind of run.

use super::analysis::Found;
use super::table;
use super::upload::{At, By, Credential, Upload};
use crate::actions::knowledge::{self, Entry};
use crate::actions::upload::{Destination, Kind, KnownUpload};
use crate::actions::{ActionRef, Uses};
use crate::expression::{Known, Truth, Value, condition, template};
use crate::glob;
use crate::packages::Packages;
use crate::permissions::{Frame, MAX_DEPTH, Shells, Site, inputs_of, meets, value};
use crate::shell::{self, Command, Dialect, Statement, Word};
use crate::workflow::{RepositoryFiles, Step};

/// What earlier steps of a job left for later ones.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// The registry that npm was told to use.
    npm: Option<Value>,
    /// The registries of containers that the job has logged in to; an empty address is Docker Hub's.
    containers: Vec<Value>,
    /// The places for which the workflow's identity was exchanged for a token.
    minted: Vec<Destination>,
    /// The places for which a command keeps a token.
    kept: Vec<Destination>,
}

impl State {
    /// What a job starts with.
    pub(super) fn of(packages: &Packages) -> Self {
        let npm = packages.node_registry.as_deref().map(Value::from);
        Self { npm, ..Self::default() }
    }
}

/// What an action or a command is given.
#[derive(Clone, Copy)]
pub(super) struct Given<'g> {
    /// What a name of the knowledge base stands for; nothing where it is not given.
    pub(super) value: &'g dyn Fn(&str) -> Vec<Value>,
    /// The values of inputs that are not given.
    pub(super) defaults: &'g [(&'static str, &'static str)],
    /// Where it stands.
    pub(super) frame: &'g Frame<'g>,
}

impl Given<'_> {
    fn value(&self, name: &str) -> Value {
        let given = (self.value)(name).into_iter().next();
        given.unwrap_or_else(|| {
            let default = self.defaults.iter().find(|(input, _)| *input == name);
            default.map_or("", |(_, value)| *value).into()
        })
    }

    /// Whether an upload is made.
    fn makes(&self, known: &KnownUpload) -> Truth {
        let is_off = known.unless.iter().any(|(name, patterns)| {
            let Known::Text(text) = self.value(name).known else { return false };
            patterns.iter().any(|pattern| glob::matches(pattern, &text))
        });
        if is_off {
            return Truth::No;
        }
        let met = meets(&known.condition, self.frame, &|name| self.value(name));
        known.refs.map_or(met, |input| met.and(self.has_ref(input)))
    }

    /// Whether the ref is one of those that start as an input says.
    fn has_ref(&self, input: &str) -> Truth {
        let start = match self.value(input).known {
            Known::Text(text) if text == "true" => return Truth::Yes,
            Known::Text(text) if text.is_empty() || text == "false" => return Truth::No,
            Known::Text(text) => text,
            other => return other.truth(),
        };
        match self.frame.scenario.github(&["ref"]).known {
            Known::Text(git_ref) => git_ref.starts_with(&start).into(),
            Known::Prefix(known) if known.starts_with(&start) => Truth::Yes,
            Known::Prefix(known) if start.starts_with(&known) => Truth::Varies,
            Known::Prefix(_) => Truth::No,
            _ => Truth::Hidden,
        }
    }

    /// Where an upload goes: to several places where a matrix or a list names them.
    fn destinations(&self, known: &KnownUpload, state: &State) -> Vec<Destination> {
        let named = known.address.iter().find_map(|name| {
            let given: Vec<_> = (self.value)(name)
                .iter()
                .flat_map(|value| destinations_of(known, value, state))
                .collect();
            given.iter().any(|to| *to != known.to).then_some(given)
        });
        let mut found = named.unwrap_or_else(|| usual(known, state));
        found.sort();
        found.dedup();
        found
    }

    /// With what an upload proves who it is; `may_prove` tells whether the job may have tokens of OpenID
    /// Connect.
    fn credential(
        &self,
        known: &KnownUpload,
        to: &Destination,
        state: &State,
        may_prove: bool,
    ) -> Credential {
        let mut tokens = Vec::new();
        for &name in known.token {
            let Some(value) = (self.value)(name).into_iter().next() else { continue };
            if value.carries.token && !value.carries.other {
                return Credential::WorkflowToken;
            }
            // A secret that no caller in sight hands on is still meant to be one.
            if value.carries.other || value.known == Known::Hidden {
                tokens.push(name);
            }
        }
        match () {
            () if state.minted.contains(to) => Credential::TrustedPublisher,
            () if !tokens.is_empty() => Credential::Token(tokens),
            () if state.kept.contains(to) => Credential::Token(tokens),
            () if known.trusted && may_prove => Credential::TrustedPublisher,
            () => Credential::Unseen,
        }
    }
}

/// Where an upload goes that is given an address.
fn destinations_of(known: &KnownUpload, value: &Value, state: &State) -> Vec<Destination> {
    let one = |value: Known| match value {
        Known::Null => Vec::new(),
        Known::Text(text) | Known::Prefix(text) => {
            let names = text.split(['\n', ',']).map(str::trim).filter(|name| !name.is_empty());
            names.map(|name| known.to.at(name)).collect()
        }
        _ if known.to.kind() == Kind::Container => usual(known, state),
        _ if known.to == Destination::Conda => vec![Destination::Conda],
        _ => vec![Destination::Unseen],
    };
    value.known.each().into_iter().flat_map(one).collect()
}

/// Where an upload goes that is given no address that is seen.
fn usual(known: &KnownUpload, state: &State) -> Vec<Destination> {
    let address = match (&known.to, &state.containers[..]) {
        (Destination::Npm, _) => state.npm.as_ref(),
        (Destination::Container, [only]) => Some(only),
        _ => None,
    };
    let at = address.and_then(|address| match &address.known {
        Known::Text(text) if known.to == Destination::Npm && text.is_empty() => None,
        Known::Text(text) | Known::Prefix(text) => Some(known.to.at(text)),
        _ => None,
    });
    vec![at.unwrap_or_else(|| known.to.clone())]
}

/// Where something stands.
#[derive(Clone, Debug)]
pub(super) struct Place<'d> {
    pub(super) at: At<'d>,
    pub(super) site: Site<'d>,
    /// Whether it runs, if the job does.
    pub(super) truth: Truth,
}

/// The walk through the steps of a job.
pub(super) struct Walk<'w, 'd> {
    pub(super) files: &'w RepositoryFiles<'d>,
    pub(super) found: &'w mut Found<'d>,
    /// The number of the kind of run.
    pub(super) run: usize,
    /// Whether the job may prove by a token of OpenID Connect who it is.
    pub(super) may_prove: bool,
    pub(super) shells: Shells<'d>,
}

impl<'d> Walk<'_, 'd> {
    /// What a step uploads, if it runs.
    pub(super) fn step(
        &mut self,
        step: Step<'d>,
        place: &Place<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        let frame = &frame.with_env(step.document(), step.get("env"));
        // That nothing failed before is what every step waits for.
        let text = step.text("if").unwrap_or_default().replace("success()", "true");
        let place = Place { truth: condition(&text, frame).and(place.truth), ..place.clone() };
        if !place.truth.is_possible() {
            return;
        }
        if let Some(uses) = step.text("uses") {
            self.uses(step, uses.trim(), &place, frame, state);
        } else if let Some(script) = step.text("run")
            && let Ok(dialect) = self.shells.dialect(step)
        {
            let place = Place { site: place.site.of_script(step), ..place };
            self.script(script, dialect, &place, frame, state);
        }
    }

    fn uses(
        &mut self,
        step: Step<'d>,
        uses: &str,
        place: &Place<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        match Uses::parse(uses) {
            Uses::Local(path) => {
                let Some(action) = self.files.action(path) else { return };
                let Place { site, truth, .. } = *place;
                if site.depth >= MAX_DEPTH {
                    return;
                }
                let at = match &place.at {
                    At::Step(step) => At::Action { step: *step, uses: path.to_owned() },
                    at => at.clone(),
                };
                let inner = frame.inside_action(inputs_of(step, &action, frame));
                let place = Place { at, site: Site { depth: site.depth + 1, ..site }, truth };
                for step in action.steps() {
                    self.step(step, &place, &inner, state);
                }
            }
            Uses::Repository(action) => {
                if let Some(entry) = knowledge::find(&action) {
                    self.known(step, &action, entry, place, frame, state);
                }
            }
            Uses::Docker(_) | Uses::Malformed(_) => {}
        }
    }

    /// A step whose action is known.
    fn known(
        &mut self,
        step: Step<'d>,
        action: &ActionRef<'_>,
        entry: &'static Entry,
        place: &Place<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        let input = |name: &str| {
            step.input(name).map(|node| step.document().scalar(node).unwrap_or_default())
        };
        let value = |name: &str| -> Vec<Value> {
            match name.strip_prefix("env.") {
                Some(variable) => frame.variable(variable).cloned(),
                None => input(name).map(|text| template(text, frame)),
            }
            .into_iter()
            .collect()
        };
        let given = Given { value: &value, defaults: entry.defaults, frame };
        let name = action.to_string();
        let by = By::Uses(name.clone());
        for known in entry.uploads {
            self.upload(known, &given, &by, place, state);
        }
        let value_of = |name: &str| given.value(name);
        if entry.builds.as_ref().is_some_and(|it| meets(it, frame, &value_of).is_possible()) {
            self.found.build(place.site.evidence(&name, "builds packages"));
        }
        state.minted.extend(entry.mints.clone());
        // What `package.json` says comes before what npm is told.
        if let Some(input) = entry.npm_registry
            && self.files.packages.node_registry.is_none()
        {
            state.npm = value(input).into_iter().next();
        }
        if let Some(registry) = &entry.registry {
            state.containers.push(given.value(registry.address));
        }
        for text in entry.runs.iter().filter_map(|name| input(name)) {
            self.script(text, Dialect::Bash, place, frame, state);
        }
    }

    fn script(
        &mut self,
        text: &str,
        dialect: Dialect,
        place: &Place<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        let script = shell::parse(text, dialect);
        // Which branches a script takes is not looked at.
        let is_branching = ["if ", "if(", "case ", "switch "]
            .iter()
            .any(|word| text.lines().any(|line| line.trim_start().starts_with(word)));
        let truth = if is_branching { place.truth.and(Truth::Hidden) } else { place.truth };
        let mut frame = frame.clone();
        for statement in &script.statements {
            match statement {
                Statement::Set { name, value: word } => {
                    let value = value(word, &frame);
                    frame.set(name, value);
                }
                Statement::Command(command) => {
                    let site = place.site.of_line(command.line);
                    let place = Place { site, truth, at: place.at.clone() };
                    self.command(command, &place, &frame, state);
                }
            }
        }
    }

    fn command(
        &mut self,
        command: &Command,
        place: &Place<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        state.kept.extend(table::logins(command).map(|login| login.to.clone()));
        if table::builds(command) {
            self.found.build(place.site.evidence(&command.shown(), "builds packages"));
        }
        if matches!(command.name(), Some("docker" | "podman" | "buildah" | "skopeo")) {
            let mut operands = command.operands();
            if operands.next().and_then(Word::text) == Some("login") {
                state
                    .containers
                    .push(operands.next().map_or_else(|| "".into(), |word| value(word, frame)));
            }
        }
        let Some(publisher) = table::publisher(command) else { return };
        let value = |name: &str| -> Vec<Value> {
            match name.strip_prefix("env.") {
                Some(variable) => {
                    let own = command.variables.iter().rev().find(|(name, _)| name == variable);
                    let own = own.map(|(_, word)| value(word, frame));
                    own.or_else(|| frame.variable(variable).cloned()).into_iter().collect()
                }
                None => {
                    let words = table::words_of(command, name);
                    words.iter().map(|word| value(word, frame)).collect()
                }
            }
        };
        let given = Given { value: &value, defaults: &[], frame };
        let by = By::Command(command.clone());
        for known in publisher.uploads {
            self.upload(known, &given, &by, place, state);
        }
    }

    /// Notes an upload, if it is made.
    pub(super) fn upload(
        &mut self,
        known: &'static KnownUpload,
        given: &Given<'_>,
        by: &By,
        place: &Place<'d>,
        state: &State,
    ) {
        let truth = place.truth.and(given.makes(known));
        if !truth.is_possible() {
            return;
        }
        let (actor, may_prove) = match by {
            By::Uses(name) => (name.clone(), true),
            By::Command(command) => (command.shown(), self.may_prove),
        };
        for to in given.destinations(known, state) {
            let does = if to.kind() == Kind::Container { "pushes" } else { "uploads" };
            let evidence = place.site.evidence(&actor, &format!("{does} to {to}"));
            let credential = match (given.credential(known, &to, state, may_prove), by) {
                (Credential::Unseen, By::Uses(_)) if to == Destination::GitHubRelease => {
                    Credential::WorkflowToken
                }
                (credential, _) => credential,
            };
            let upload = Upload {
                to,
                credential,
                at: place.at.clone(),
                by: by.clone(),
                known,
                evidence,
                runs: Vec::new(),
                is_always: false,
            };
            self.found.upload(self.run, upload, truth);
        }
    }
}
