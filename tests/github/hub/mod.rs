//! A GitHub with real repositories: it answers what this program asks of it, and no more. What GitHub
//! refuses, it refuses for the same reasons.

mod mutations;
mod operation;
mod queries;
mod repositories;
mod rest;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::github::{Github, full};
use crate::server::{Reply, Request, Server};
use crate::{TOKEN, valid};
use operation::{Operation, operation};

/// What a token may do.
#[derive(Clone, Debug)]
pub(crate) struct Rights {
    pub(crate) login: &'static str,
    /// `None` for tokens whose scopes GitHub does not tell.
    pub(crate) scopes: Option<&'static [&'static str]>,
    /// Whether it may change workflows, whatever is told.
    pub(crate) workflows: bool,
    /// Whether its user may push to repositories of others.
    pub(crate) push: bool,
}

impl Default for Rights {
    fn default() -> Self {
        Self { login: "octocat", scopes: Some(&["repo", "workflow"]), workflows: true, push: true }
    }
}

/// A pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pull {
    pub(crate) repository: String,
    pub(crate) number: usize,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) state: &'static str,
    pub(crate) base: String,
    /// `owner/name`
    pub(crate) head: String,
    pub(crate) branch: String,
    pub(crate) is_draft: bool,
    pub(crate) labels: Vec<String>,
}

/// All that can be seen of it: refs by repository, and pull requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) refs: BTreeMap<String, BTreeMap<String, String>>,
    pub(crate) pulls: Vec<Pull>,
}

/// What happens with a request of an operation, once.
pub(crate) enum Event {
    /// It is done, and the answer gets lost.
    Lost(Reply),
    /// It is not done: this is the answer.
    Instead(Reply),
    /// Something happens before.
    Before(Box<dyn Fn(&World) + Send>),
}

#[derive(Clone, Debug, Default)]
struct Known {
    fork_of: Option<String>,
    is_archived: bool,
    is_private: bool,
}

/// Everything.
pub(crate) struct World {
    folder: TempDir,
    known: Mutex<BTreeMap<String, Known>>,
    pulls: Mutex<Vec<Pull>>,
    rights: Mutex<Rights>,
    events: Mutex<VecDeque<(String, Event)>>,
    clock: Mutex<u64>,
    actions: Github,
}

/// A server for it.
pub(crate) struct Hub {
    world: Arc<World>,
    server: Server,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl std::ops::Deref for Hub {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl Hub {
    pub(crate) fn new() -> Self {
        let action =
            "runs:\n  using: composite\n  steps:\n    - run: echo hello\n      shell: bash\n";
        let actions = Github::default()
            .tag("own/er", "v1", "aa", "2026-01-01")
            .tag("own/er", "v1.2.3", "aa", "2026-01-01")
            .file("own/er", "v1", "action.yml", action)
            .file("own/er", &full("aa"), "action.yml", action);
        let world = Arc::new(World {
            folder: tempfile::tempdir().unwrap(),
            known: Mutex::default(),
            pulls: Mutex::default(),
            rights: Mutex::default(),
            events: Mutex::default(),
            clock: Mutex::new(1_700_000_000),
            actions,
        });
        let served = Arc::clone(&world);
        let server = Server::new(move |request| served.serve(request));
        Self { world, server }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// The requests for what this program asks of repositories, but those about actions.
    pub(crate) fn requests(&self) -> Vec<Request> {
        let requests = self.server.requests().into_iter();
        requests.filter(|request| !matches!(operation(request), Operation::Actions)).collect()
    }

    /// The operations so far: names of queries and mutations, paths of the rest.
    pub(crate) fn operations(&self) -> Vec<String> {
        self.requests().iter().map(|request| operation(request).name()).collect()
    }

    /// The changes that were asked for so far.
    pub(crate) fn changes(&self) -> Vec<String> {
        let is_change = |request: &Request| match operation(request) {
            Operation::Mutation(_) => true,
            Operation::Rest(_) => request.method != "GET",
            _ => false,
        };
        let requests = self.requests();
        let changes = requests.iter().filter(|request| is_change(request));
        changes.map(|request| operation(request).name()).collect()
    }
}

impl Drop for Hub {
    /// Every request of a test is one that GitHub would take.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            valid::check(&self.server.requests());
        }
    }
}

/// What goes wrong with an operation: its type, and words.
type Refusal = (&'static str, String);

impl World {
    /// What happens with the next request of an operation.
    pub(crate) fn on(&self, operation: &str, event: Event) {
        locked(&self.events).push_back((operation.to_owned(), event));
    }

    pub(crate) fn allow(&self, rights: Rights) {
        *locked(&self.rights) = rights;
    }

    pub(crate) fn pulls(&self) -> Vec<Pull> {
        locked(&self.pulls).clone()
    }

    /// Somebody changes a pull request.
    pub(crate) fn change_pull(&self, number: usize, change: impl FnOnce(&mut Pull)) {
        change(&mut locked(&self.pulls)[number - 1]);
    }

    fn serve(&self, request: &Request) -> Reply {
        if request.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return Reply::new(401, r#"{"message": "Bad credentials"}"#);
        }
        let operation = operation(request);
        if matches!(operation, Operation::Actions) {
            return self.actions.serve(request);
        }
        let reply = match self.event(&operation.name()) {
            Some(Event::Instead(reply)) => reply,
            Some(Event::Lost(reply)) => {
                self.answer(operation, request);
                reply
            }
            Some(Event::Before(act)) => {
                act(self);
                self.answer(operation, request)
            }
            None => self.answer(operation, request),
        };
        match locked(&self.rights).scopes {
            Some(scopes) => reply.with("X-OAuth-Scopes", &scopes.join(", ")),
            None => reply,
        }
    }

    fn event(&self, operation: &str) -> Option<Event> {
        let mut events = locked(&self.events);
        let position = events.iter().position(|(of, _)| of == operation)?;
        events.remove(position).map(|(_, event)| event)
    }

    fn answer(&self, operation: Operation, request: &Request) -> Reply {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let variables = &body["variables"];
        let result = match operation {
            Operation::Query(name) => self.query(&name, variables),
            Operation::Mutation(name) => self.mutation(&name, &variables["input"]),
            Operation::Rest(route) => return self.rest(&route, &body),
            Operation::Actions => unreachable!(),
        };
        let answer = match result {
            Ok(data) => json!({ "data": data }),
            Err((kind, message)) => {
                json!({ "data": null, "errors": [{ "type": kind, "message": message }] })
            }
        };
        Reply::new(200, answer.to_string())
    }
}
