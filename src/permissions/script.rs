//! What a script for `actions/github-script` calls: <https://github.com/actions/github-script>.

use super::command::Call;
use super::credentials::GitNeed;
use super::endpoint::{self, Endpoint};
use super::frame::Frame;
use super::imports::{Import, imports};
use super::javascript::{self, ApiCall, api_calls};
use super::job::{Site, Walk};
use super::names::is_of_pull_request;
use super::state::State;
use crate::expression::{Carries, template};
use crate::shell::{self, Dialect};
use crate::workflow::{Level, Scope, Step};

/// Who acts in a script, with what.
struct Acts<'a, 'd> {
    /// The action, or the module of the repository.
    actor: &'a str,
    site: Site<'d>,
    frame: &'a Frame<'a>,
    /// What the client acts with.
    carries: Carries,
    /// Whether the script looks for pull requests.
    finds_pull_requests: bool,
}

impl<'d> Walk<'_, 'd> {
    /// What a step with `actions/github-script` needs.
    pub(super) fn github_script(
        &mut self,
        step: Step<'d>,
        actor: &str,
        site: Site<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        let input = |name: &str| step.input(name).and_then(|node| step.document().scalar(node));
        let script = input("script").unwrap_or_default();
        if ["exec", "require", "import", "spawn"].iter().any(|word| script.contains(word)) {
            let evidence = site.evidence(actor, "runs something that is not seen here");
            self.found.git(site.step, GitNeed::Unknown, evidence);
        }
        self.started_commands(script, actor, site, frame, state);
        for import in imports(script) {
            if let Some((path, text)) = self.module(&import) {
                self.started_commands(text, path, site, frame, state);
            }
        }
        if let Some(what) = token_beside_client(script, frame) {
            self.found.lasting_doubt_of(site.step, site.evidence(actor, &what));
        }
        let carries = match input("github-token") {
            Some(text) => template(text, frame).carries,
            None => Carries { token: true, other: false },
        };
        if !carries.is_any() {
            return;
        }
        let told = names_pull_requests(script).then(|| frame.scenario.about_pull_request());
        let scenario = told.as_ref().unwrap_or(frame.scenario);
        let frame = &frame.in_run(scenario);
        let acts =
            Acts { actor, site, frame, carries, finds_pull_requests: finds_pull_requests(script) };
        let mut is_handed_on = false;
        for call in api_calls(script) {
            is_handed_on |= call == ApiCall::HandedOn;
            self.api_call(call, &acts);
        }
        if is_handed_on && carries.token && !self.modules(script, &acts) {
            self.guess_subject(actor, true, frame, site);
            let evidence = site.evidence(actor, "hands its client to code that is not seen here");
            self.found.lasting_doubt_of(site.step, evidence);
        }
    }

    /// What the commands need that a script starts.
    fn started_commands(
        &mut self,
        script: &str,
        actor: &str,
        site: Site<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        for command in javascript::commands(script) {
            let Some(text) = command else {
                let has_git = state.git_has_token();
                let has_token = frame.variables_with_token().next().is_some();
                let what = "starts a command that is not seen, with credentials in reach";
                let evidence = site.evidence(actor, what);
                if has_token {
                    self.found.lasting_doubt_of(site.step, evidence);
                } else if has_git || state.registry {
                    self.found.doubt(site.step, evidence);
                }
                continue;
            };
            for command in shell::parse(&text, Dialect::Bash).commands() {
                self.command(&Call { command, frame, site }, state);
            }
        }
    }

    /// The path and the text of what is imported, if that is a file of the repository.
    fn module(&self, import: &Import) -> Option<(&'d str, &'d str)> {
        let Import::File(path) = import else { return None };
        let known = self.files.scripts.get_key_value(path.as_str());
        known.map(|(&path, &text)| (path, text))
    }

    /// What the modules of the repository call that a script hands its client to; whether that is all that
    /// is done with it.
    fn modules(&mut self, script: &str, acts: &Acts<'_, 'd>) -> bool {
        let mut imported = imports(script);
        imported.dedup();
        let mut is_all_seen = !imported.is_empty();
        for import in imported {
            let Some((path, text)) = self.module(&import) else {
                is_all_seen = false;
                continue;
            };
            let calls = api_calls(text);
            let is_typed = path.ends_with("ts");
            is_all_seen &= !is_typed && !calls.is_empty() && !calls.contains(&ApiCall::HandedOn);
            let acts = Acts { actor: path, ..*acts };
            calls.into_iter().for_each(|call| self.api_call(call, &acts));
        }
        is_all_seen
    }

    /// What a call needs; one that only hands the client on needs nothing by itself.
    fn api_call(&mut self, call: ApiCall, acts: &Acts<'_, 'd>) {
        let &Acts { actor, site, frame, carries, .. } = acts;
        let doubt = |walk: &mut Self, what: &str| {
            if carries.token {
                walk.found.lasting_doubt_of(site.step, site.evidence(actor, what));
            }
        };
        match call {
            ApiCall::Method(name) => match endpoint::of_octokit(&name) {
                Some(found) => self.octokit(found, &name, acts),
                None => doubt(self, &format!("calls `{name}`, which is not known here")),
            },
            ApiCall::Route(route) => {
                let (method, path) = route.split_once(' ').unwrap_or(("GET", &route));
                match endpoint::find(method, path.trim()) {
                    Some(found) => self.octokit(found, &route, acts),
                    None => doubt(self, &format!("calls `{route}`, which is not known here")),
                }
            }
            ApiCall::GraphQl(Some(text)) => {
                if !self.graphql(&text, actor, carries, frame, site) {
                    doubt(self, "runs a mutation that is not known here");
                }
            }
            ApiCall::GraphQl(None) => doubt(self, "runs a query of GraphQL that is not seen"),
            ApiCall::Hidden => doubt(self, "calls an endpoint that is not seen"),
            ApiCall::HandedOn => {}
            ApiCall::IdToken => {
                let evidence = site.evidence(actor, "asks for a token of OpenID Connect");
                self.found.need(Scope::IdToken, Level::Write, &evidence);
            }
        }
    }

    fn octokit(&mut self, endpoint: &Endpoint, name: &str, acts: &Acts<'_, 'd>) {
        let &Acts { actor, site, frame, carries, .. } = acts;
        let evidence = site.evidence(actor, &format!("calls {name}"));
        self.asks(&endpoint.asks, carries, frame, site, &evidence);
        if acts.finds_pull_requests && carries.token && endpoint.asks.is_ambiguous(frame.scenario) {
            self.found.guess(site.step, Scope::PullRequests, &evidence);
        }
    }
}

/// Whether the issues that a script names are called pull requests: `issue_number: pr.number`.
fn names_pull_requests(script: &str) -> bool {
    let named = script.match_indices("issue_number").map(|(at, name)| &script[at + name.len()..]);
    let values = named.filter_map(|rest| rest.trim_start().strip_prefix(':'));
    let mut values = values.filter_map(|rest| rest.split([',', '}', '\n']).next()).peekable();
    values.peek().is_some() && values.all(is_of_pull_request)
}

/// Whether a script looks for pull requests.
fn finds_pull_requests(script: &str) -> bool {
    ["is:pr", "type:pr", ".pulls.", "/pulls"].iter().any(|text| script.contains(text))
}

/// How a script has the token, other than by its client.
fn token_beside_client(script: &str, frame: &Frame<'_>) -> Option<String> {
    if let Some(name) = frame.variables_with_token().find(|name| script.contains(name)) {
        return Some(format!("is handed the token in `{name}`, beside its client"));
    }
    let reads_input = ["getInput('github-token", "getInput(\"github-token"];
    let is_handed = template(script, frame).carries.token
        || reads_input.iter().any(|call| script.contains(call));
    is_handed.then(|| "is handed the token beside its client".to_owned())
}
