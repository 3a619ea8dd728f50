//! The steps of a job in one kind of run.

use super::analysis::Found;
use super::given::Given;
use super::table;
use super::upload::{At, By, Credential, Upload};
use crate::actions::knowledge::{self, Entry};
use crate::actions::upload::{Destination, Kind, KnownUpload};
use crate::actions::{ActionRef, Uses};
use crate::expression::{Truth, Value, template};
use crate::packages::Packages;
use crate::permissions::{Frame, MAX_DEPTH, Site, inputs_of, meets, value};
use crate::shell::{self, Command, Dialect, Script, Scripts, Statement, Word};
use crate::tasks::{Definition, MAX_TASKS, tasks};
use crate::workflow::{RepositoryFiles, Step};

/// What earlier steps of a job left for later ones.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// The registry that npm was told to use.
    pub(super) npm: Option<Value>,
    /// The registries of containers that the job has logged in to; an empty address is Docker Hub's.
    pub(super) containers: Vec<Value>,
    /// The places for which the workflow's identity was exchanged for a token.
    pub(super) minted: Vec<Destination>,
    /// The places for which a command keeps a token.
    pub(super) kept: Vec<Destination>,
    /// How many tasks of the project were followed.
    tasks: usize,
}

impl State {
    /// What a job starts with.
    pub(super) fn of(packages: &Packages) -> Self {
        let npm = packages.node_registry.as_deref().map(Value::from);
        Self { npm, ..Self::default() }
    }
}

/// Where something stands.
#[derive(Clone, Debug)]
pub(super) struct Place<'d> {
    pub(super) at: At<'d>,
    pub(super) site: Site<'d>,
    /// Whether it runs, if the job does.
    pub(super) truth: Truth,
}

impl Place<'_> {
    /// The same in a file of the repository.
    fn of_file(&self, path: &str) -> Self {
        let at = match &self.at {
            At::Step(step) | At::Script { step, .. } => {
                At::Script { step: *step, path: path.to_owned() }
            }
            at => at.clone(),
        };
        Self { at, site: Site { depth: self.site.depth + 1, ..self.site }, ..self.clone() }
    }
}

/// The walk through the steps of a job.
pub(super) struct Walk<'w, 'd> {
    pub(super) files: &'w RepositoryFiles<'d>,
    pub(super) scripts: &'w Scripts<'d>,
    pub(super) found: &'w mut Found<'d>,
    /// The number of the kind of run.
    pub(super) run: usize,
    /// Whether the job may prove by a token of OpenID Connect who it is.
    pub(super) may_prove: bool,
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
        let place = Place { truth: frame.condition(&text).and(place.truth), ..place.clone() };
        if !place.truth.is_possible() {
            return;
        }
        if let Some(uses) = step.text("uses") {
            self.uses(step, uses.trim(), &place, frame, state);
        } else if let Some(script) = step.text("run")
            && let Ok(dialect) = Dialect::of_shell(step.shell())
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
                let site = Site { depth: site.depth + 1, ..site };
                let place = Place { at, site, truth };
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
        text: &'d str,
        dialect: Dialect,
        place: &Place<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        let script = self.scripts.parsed(text, dialect);
        self.statements(&script, text, place, frame, state);
    }

    fn statements(
        &mut self,
        script: &Script,
        text: &str,
        place: &Place<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
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
                    let place = Place { site, truth, ..place.clone() };
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
        let Some(publisher) = table::publisher(command) else {
            self.script_file(command, place, frame, state);
            return self.tasks(command, place, frame, state);
        };
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

    /// What a script does that stands in a file of its own.
    fn script_file(
        &mut self,
        command: &Command,
        place: &Place<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        let site = place.site;
        let known = command.script_file().and_then(|file| self.files.script(site.folder, file));
        let Some((path, text)) = known.filter(|_| site.depth < MAX_DEPTH) else { return };
        let Some(dialect) = Dialect::of_file(path, text) else { return };
        self.script(text, dialect, &place.of_file(path), frame, state);
    }

    /// What the tasks of the project do that a command runs.
    fn tasks(
        &mut self,
        command: &Command,
        place: &Place<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        let site = place.site;
        let tasks = if site.depth < MAX_DEPTH { tasks(command) } else { Vec::new() };
        state.tasks += tasks.len();
        if state.tasks > MAX_TASKS {
            return;
        }
        for task in tasks {
            let found = task.find(site.folder, &self.files.scripts);
            let Some((path, definitions)) = found else { continue };
            let mut place = place.of_file(path);
            place.site.folder = task.runs_in(site.folder);
            for Definition { script, .. } in definitions {
                let parsed = shell::parse(&script, Dialect::Bash);
                self.statements(&parsed, &script, &place, frame, state);
            }
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
            By::Command(command) => match &place.at {
                At::Script { path, .. } => {
                    (format!("{} in {path}", command.shown()), self.may_prove)
                }
                _ => (command.shown(), self.may_prove),
            },
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
