//! What the names in a job's expressions stand for, in one kind of run.

use std::collections::BTreeMap;

use super::matrix::Matrix;
use super::scenario::Scenario;
use crate::expression::{Carries, Contexts, Known, Truth, Value, condition, template};
use crate::shell::ALL;
use crate::yaml::{Document, NodeId};

/// What is known where a step stands: the run, its inputs and secrets, the variables of its
/// environment.
#[derive(Clone, Debug)]
pub(crate) struct Frame<'s> {
    pub(crate) scenario: &'s Scenario,
    pub(crate) inputs: Inputs,
    pub(crate) secrets: Secrets,
    pub(crate) matrix: Matrix,
    env: BTreeMap<String, Value>,
    /// What a script is given, its text and its environment together.
    given: Option<Value>,
}

/// What `inputs` holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Inputs {
    /// What a person says who starts the workflow; nothing under other events.
    OfEvent,
    /// What the caller says: by name in lower case.
    Given(BTreeMap<String, Value>),
    /// What a caller says that is not seen.
    Unseen,
}

/// What `secrets` holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Secrets {
    /// Those of the repository.
    Own,
    /// What the caller hands on: by name in lower case.
    Given(BTreeMap<String, Value>),
    /// What a caller hands on that is not seen.
    Unseen,
}

impl<'s> Frame<'s> {
    pub(crate) fn new(scenario: &'s Scenario, inputs: Inputs, secrets: Secrets) -> Self {
        let (matrix, env, given) = (Matrix::default(), BTreeMap::new(), None);
        Self { scenario, inputs, secrets, matrix, env, given }
    }

    /// The same with an `env:` on top.
    #[must_use]
    pub(crate) fn with_env(&self, document: &Document, env: Option<NodeId>) -> Self {
        let mut frame = self.clone();
        for entry in env.map_or(&[][..], |env| document.entries(env)) {
            if let (Some(name), Some(text)) =
                (document.scalar(entry.key), document.scalar(entry.value))
            {
                frame.env.insert(name.to_owned(), template(text, self).into_text());
            }
        }
        frame
    }

    /// The same with the variables that earlier steps set for this one, by what they may hold: a step that sets
    /// one may not have run.
    #[must_use]
    pub(super) fn with_exports(&self, exports: &BTreeMap<String, Carries>) -> Self {
        let mut frame = self.clone();
        for (name, carries) in exports {
            let before = self.variable(name).map(|value| value.carries).unwrap_or_default();
            let value = Value { known: Known::Hidden, carries: carries.or(before) };
            frame.set(name, value);
        }
        frame
    }

    /// The same inside a composite action with these inputs, by name in lower case. Secrets reach it
    /// only through them.
    pub(crate) fn inside_action(&self, inputs: BTreeMap<String, Value>) -> Self {
        let (inputs, secrets) = (Inputs::Given(inputs), Secrets::Given(BTreeMap::new()));
        Self { inputs, secrets, ..self.clone() }
    }

    /// A variable of the environment, if it is set here.
    pub(crate) fn variable(&self, name: &str) -> Option<&Value> {
        if name == ALL { self.given.as_ref() } else { self.env.get(name) }
    }

    /// The same inside a script whose text may hold this: all that the script is given is known by [`ALL`].
    #[must_use]
    pub(super) fn inside_script(&self, written: Carries) -> Self {
        let carries = self.env.values().fold(written, |all, value| all.or(value.carries));
        Self { given: Some(Value { known: Known::Hidden, carries }), ..self.clone() }
    }

    /// Sets a variable of the environment.
    pub(crate) fn set(&mut self, name: &str, value: Value) {
        self.env.insert(name.to_owned(), value);
    }

    /// The variables of the environment that may hold the workflow's token.
    pub(crate) fn variables_with_token(&self) -> impl Iterator<Item = &str> {
        self.env.iter().filter(|(_, value)| value.carries.token).map(|(name, _)| name.as_str())
    }

    /// The variables of the environment that may hold a secret.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.env.iter().filter(|(_, value)| value.is_secret()).map(|(name, _)| name.as_str())
    }

    /// The same in another kind of run.
    pub(super) fn in_run<'r>(&self, scenario: &'r Scenario) -> Frame<'r> {
        let Self { inputs, secrets, matrix, env, given, .. } = self.clone();
        Frame { scenario, inputs, secrets, matrix, env, given }
    }

    /// Whether an `if:` holds. A clone may be one of a fork, in which somebody works on the original: what holds only
    /// where the repository has another name may hold there.
    pub(crate) fn condition(&self, text: &str) -> Truth {
        let truth = condition(text, self);
        if truth.is_possible() {
            return truth;
        }
        let scenario = self.scenario.unnamed();
        match condition(text, &self.in_run(&scenario)).is_possible() {
            true => Truth::Varies,
            false => truth,
        }
    }

    fn input(&self, name: &str) -> Value {
        match &self.inputs {
            Inputs::OfEvent => match self.scenario.event() {
                Some("workflow_dispatch") => Known::Varies.into(),
                Some(_) => Known::Null.into(),
                None => Known::Hidden.into(),
            },
            Inputs::Given(inputs) => inputs
                .get(&name.to_ascii_lowercase())
                .cloned()
                .unwrap_or_else(|| Known::Null.into()),
            Inputs::Unseen => {
                Value { known: Known::Hidden, carries: Carries { token: true, other: true } }
            }
        }
    }

    fn secret(&self, name: &str) -> Value {
        if name.eq_ignore_ascii_case("GITHUB_TOKEN") {
            return Value::workflow_token();
        }
        match &self.secrets {
            // A pull request from a fork gets none.
            Secrets::Own if self.scenario.is_restricted() => "".into(),
            Secrets::Own => Known::Hidden.into(),
            Secrets::Given(secrets) => {
                let given = secrets.get(&name.to_ascii_lowercase()).cloned();
                given.unwrap_or(Value { known: Known::Hidden, carries: Carries::default() })
            }
            Secrets::Unseen => {
                Value { known: Known::Hidden, carries: Carries { token: true, other: true } }
            }
        }
    }
}

impl Contexts for Frame<'_> {
    fn look_up(&self, name: &[&str]) -> Value {
        let lower: Vec<_> = name.iter().map(|part| part.to_ascii_lowercase()).collect();
        let lower: Vec<_> = lower.iter().map(String::as_str).collect();
        match lower[..] {
            ["github", "event", "inputs", _] => self.input(name[3]),
            ["github", ref rest @ ..] => self.scenario.github(rest),
            ["inputs", _] => self.input(name[1]),
            ["secrets"] | ["secrets", "*"] => {
                Value { known: Known::Given, ..Value::workflow_token() }
            }
            ["secrets", _] => self.secret(name[1]),
            ["env", _] => self.variable(name[1]).cloned().unwrap_or_else(|| Known::Hidden.into()),
            // How a step or job ended changes from run to run.
            ["matrix", _] => self.matrix.value(name[1]),
            ["matrix", ..] => self.matrix.part().into(),
            ["runner" | "strategy" | "job", ..]
            | ["steps" | "needs", _, "outcome" | "conclusion" | "result"] => Known::Varies.into(),
            _ => Known::Hidden.into(),
        }
    }
}
