//! What an action or a command that uploads is given.

use super::upload::Credential;
use super::walk::State;
use crate::actions::upload::{Destination, Kind, KnownUpload};
use crate::expression::{Known, Truth, Value};
use crate::permissions::{Frame, meets};

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
    pub(super) fn value(&self, name: &str) -> Value {
        let given = (self.value)(name).into_iter().next();
        given.unwrap_or_else(|| {
            let default = self.defaults.iter().find(|(input, _)| *input == name);
            default.map_or("", |(_, value)| *value).into()
        })
    }

    /// Whether an upload is made.
    pub(super) fn makes(&self, known: &KnownUpload) -> Truth {
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
    pub(super) fn destinations(&self, known: &KnownUpload, state: &State) -> Vec<Destination> {
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
    pub(super) fn credential(
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
        Known::Text(_) | Known::Prefix(_) | Known::Gaps { .. } => {
            let text = value.start().unwrap_or_default();
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
        address => address.start().map(|text| known.to.at(text)),
    });
    vec![at.unwrap_or_else(|| known.to.clone())]
}
