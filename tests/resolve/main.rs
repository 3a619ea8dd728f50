//! Resolving against real protocol parts on this machine: `git http-backend` with real repositories,
//! a GitHub API of our own whose queries are validated elsewhere (`schema.rs`), and servers that
//! fail in every way that a network has.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod api;
mod cache;
#[path = "../support/cli.rs"]
mod cli;
mod definitions;
mod elsewhere;
mod faults;
mod git;
mod github;
mod images;
mod moved;
#[path = "../support/openapi.rs"]
mod openapi;
mod pins;
mod program;
#[path = "../support/schema.rs"]
mod published;
mod registry;
mod repositories;
mod schema;
mod server;
mod stale;
mod standing;
mod upgrade;
mod visibility;
mod vulnerable;

use std::time::{Duration, Instant};

use spec8_fix::actions::{GitRef, Refs, RepositoryName, Uses};
use spec8_fix::resolve::{
    Answers, Endpoints, Limits, Network, Resolve, Secret, Settings, Token, TokenSource, Unresolved,
    Wanted,
};

use server::Server;

/// A token that no output may hold.
pub(crate) const TOKEN: &str = "ghp_sesame0123456789";

/// What is wanted for these `uses:`. A pin may have the tag behind it that it goes by.
pub(crate) fn wanted<'a>(uses: &[&'a str]) -> Wanted<'a> {
    let mut wanted = Wanted::default();
    for text in uses {
        let (uses, tag) = text.split_once(" # ").map_or((*text, None), |(it, tag)| (it, Some(tag)));
        let Uses::Repository(action) = Uses::parse(uses) else { panic!("{text}") };
        match action.git_ref {
            GitRef::FullSha(sha) => wanted.insert_pin(&action, sha.parse().unwrap(), tag),
            _ => wanted.insert(&action),
        }
    }
    wanted
}

/// Settings for a server on this machine: no token, no cache, little patience.
pub(crate) fn settings(server: &Server) -> Settings {
    let endpoints = Endpoints::from_variables(|name| {
        (name != "GITHUB_GRAPHQL_URL").then(|| match name {
            "GITHUB_API_URL" => format!("{}/api/v3", server.url()),
            _ => server.url(),
        })
    });
    Settings {
        endpoints: endpoints.unwrap(),
        elsewhere: None,
        token: TokenSource::None,
        docker_hub: spec8_fix::resolve::BaseUrl::docker_hub(),
        cache: None,
        offline: false,
        refresh: false,
        limits: Limits {
            connect: Duration::from_secs(5),
            request: Duration::from_secs(20),
            overall: Duration::from_secs(60),
            backoff: Duration::from_millis(1),
            ..Limits::default()
        },
    }
}

/// The same settings, with [`TOKEN`].
pub(crate) fn with_token(settings: Settings) -> Settings {
    let token = Token { secret: Secret::new(TOKEN).unwrap(), origin: "GH_TOKEN" };
    Settings { token: TokenSource::Given(token), ..settings }
}

/// One run.
pub(crate) fn resolve(settings: Settings, uses: &[&str]) -> Answers {
    Network::new(settings, Box::new(|_, _| {})).resolve(&wanted(uses))
}

/// What a run knows of a repository.
pub(crate) fn refs<'a>(answers: &'a Answers, repository: &str) -> &'a Refs {
    found(answers, repository).unwrap_or_else(|error| panic!("{repository}: {error}"))
}

/// What a run knows of a repository, or why it does not.
pub(crate) fn found<'a>(answers: &'a Answers, name: &str) -> Result<&'a Refs, &'a Unresolved> {
    answers.get(RepositoryName::parse(name).unwrap())
}

/// What a person is told, line by line.
pub(crate) fn told(answers: &Answers) -> Vec<String> {
    answers.notices().iter().map(ToString::to_string).collect()
}

/// Runs something, and fails where it takes longer than that.
pub(crate) fn within<T>(limit: Duration, run: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let result = run();
    let took = started.elapsed();
    assert!(took < limit, "it took {took:?}");
    result
}
