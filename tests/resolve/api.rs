//! With a token: GraphQL, and REST where it is refused.

use spec8_fix::actions::{Decision, RefKind, Uses, pin};
use spec8_fix::resolve::{Settings, Unresolved};

use crate::github::Github;
use crate::repositories::{Repositories, light};
use crate::server::{Reply, Request, Server};
use crate::{TOKEN, found, refs, resolve, settings, told, with_token};

fn graphql_requests(server: &Server) -> usize {
    server.requests().iter().filter(|request| request.path() == "/api/graphql").count()
}

/// The comment of a pin: the version that a ref is found to be.
fn version(answers: &spec8_fix::resolve::Answers, uses: &str) -> String {
    let Uses::Repository(action) = Uses::parse(uses) else { panic!("{uses}") };
    let refs = answers.get(action.repository()).unwrap();
    match pin::decide(&action, refs, None) {
        Decision::Pin(pin) => pin.comment,
        Decision::Leave(leave) => panic!("{leave}"),
    }
}

/// A repository with as many releases, one a day apart, and a tag for each series.
fn with_releases(mut github: Github, name: &str, releases: usize) -> Github {
    for number in 0..releases {
        let (commit, day) = (format!("{number:06x}"), format!("20{:02}-01-01", number / 10 + 10));
        github = github.tag(name, &format!("v{number}.0.0"), &commit, &day);
        github = github.tag(name, &format!("v{number}"), &commit, &day);
    }
    github
}

#[test]
fn forty_refs_take_at_most_two_requests() {
    let mut github = Github::default();
    let names: Vec<_> = (0..40).map(|number| format!("own/action-{number}")).collect();
    for name in &names {
        github = with_releases(github, name, 20);
    }
    let server = Server::new(move |request| github.serve(request));
    let cache = tempfile::tempdir().unwrap();
    let cached =
        || Settings { cache: Some(cache.path().to_owned()), ..with_token(settings(&server)) };
    let uses: Vec<_> = names.iter().map(|name| format!("{name}@v7")).collect();
    let uses: Vec<_> = uses.iter().map(String::as_str).collect();
    let answers = resolve(cached(), &uses);
    assert!(uses.iter().all(|uses| version(&answers, uses) == "v7.0.0"));
    assert!(server.count() <= 2, "{}", server.count());
    let authorization = format!("Bearer {TOKEN}");
    for request in server.requests() {
        assert_eq!(request.header("authorization"), Some(authorization.as_str()));
        assert!(request.header("user-agent").unwrap().starts_with("spec8-fix/"));
    }
    let before = server.count();
    resolve(cached(), &uses);
    assert_eq!(server.count(), before, "the second run asks nothing");
}

#[test]
fn tells_all_that_is_known_of_a_repository() {
    let github = Github::default()
        .branch("own/er", "main", "aa", "2026-01-02")
        .branch("own/er", "v1", "bb", "2026-01-01")
        .tag("own/er", "v1", "bb", "2026-01-01")
        .tag("own/er", "v1.2.3", "bb", "2026-01-01")
        .archived("own/er")
        .tag("old/name", "v1", "cc", "2026-01-03")
        .renamed("old/name", "New/Name");
    let server = Server::new(move |request| github.serve(request));
    let answers = resolve(
        with_token(settings(&server)),
        &["own/er@v1", "own/er@main", "own/er@refs/tags/v1.2.3", "old/name@v1"],
    );
    let known = refs(&answers, "own/er");
    assert_eq!((known.archived, known.default_branch.as_deref()), (Some(true), Some("main")));
    let branch = known.find(RefKind::Branch, "v1").unwrap();
    assert_eq!(branch.date.unwrap().to_string(), "2026-01-01");
    assert_eq!(version(&answers, "own/er@v1"), "v1.2.3");
    let renamed = refs(&answers, "old/name");
    assert_eq!((renamed.repository.as_ref(), renamed.archived), ("New/Name", Some(false)));
    assert_eq!(server.count(), 1);
}

#[test]
fn further_pages_are_read_only_where_a_commit_has_no_name_yet() {
    for (wanted, expected, requests) in [
        ("own/er@v249", "v249.0.0", 1),
        ("own/er@v249.0.0", "v249.0.0", 1),
        // A full version has its name, however old it is.
        ("own/er@v0.0.0", "v0.0.0", 1),
        ("own/er@v150", "v150.0.0", 2),
        ("own/er@v0", "v0.0.0", 5),
        ("own/er@unnamed", "unnamed", 1),
    ] {
        let github = with_releases(Github::default(), "own/er", 250);
        // Newer than all that the second page holds.
        let github = github.tag("own/er", "unnamed", "ffffff", "2035-06-01");
        let server = Server::new(move |request| github.serve(request));
        let answers = resolve(with_token(settings(&server)), &[wanted]);
        assert_eq!(version(&answers, wanted), expected);
        assert_eq!(server.count(), requests, "{wanted}");
    }
}

#[test]
fn an_abbreviated_commit_is_looked_for_among_all_tags() {
    let github = with_releases(Github::default(), "own/er", 250);
    let server = Server::new(move |request| github.serve(request));
    let answers = resolve(with_token(settings(&server)), &["own/er@0000030"]);
    assert_eq!(version(&answers, "own/er@0000030"), "v3.0.0");
}

#[test]
fn one_that_is_missing_does_not_take_the_others_with_it() {
    let github = Github::default().tag("own/er", "v1.0.0", "aa", "2026-01-01");
    let server = Server::new(move |request| github.serve(request));
    let answers = resolve(with_token(settings(&server)), &["own/er@v1.0.0", "no/such@v1"]);
    assert_eq!(version(&answers, "own/er@v1.0.0"), "v1.0.0");
    let missing = found(&answers, "no/such").unwrap_err();
    assert_eq!(missing, &Unresolved::NotFound { with_token: true });
    assert!(missing.to_string().starts_with("no such repository, or the token cannot see it"));
    assert_eq!(server.count(), 1);
    assert_eq!(told(&answers), [""; 0]);
}

/// A GitHub whose git server holds `own/er`, with the tag `v1.0.0`.
fn with_git(api: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Server {
    let repositories = Repositories::new();
    repositories.make("own/er", &light("refs/tags/v1.0.0", 1));
    Server::new(move |request| match request.path() {
        path if path.starts_with("/api/") => api(request),
        _ => repositories.serve(request, true),
    })
}

#[test]
fn what_the_token_may_not_see_may_be_public_all_the_same() {
    // An organisation with single sign-on hides even its public repositories from such a token.
    let github = Github::default().failing("own/er", "FORBIDDEN");
    let server = with_git(move |request| github.serve(request));
    let answers = resolve(with_token(settings(&server)), &["own/er@v1.0.0"]);
    assert_eq!(version(&answers, "own/er@v1.0.0"), "v1.0.0");
    let [_, git] = &server.requests()[..] else { panic!("two requests") };
    assert_eq!(git.header("authorization"), None);
}

#[test]
fn a_token_that_is_refused_is_not_used_again() {
    let server = with_git(|_| Reply::new(401, r#"{"message": "Bad credentials"}"#));
    let answers = resolve(with_token(settings(&server)), &["own/er@v1.0.0"]);
    assert_eq!(version(&answers, "own/er@v1.0.0"), "v1.0.0");
    assert_eq!(
        told(&answers),
        ["the token of GH_TOKEN is not used: GitHub refused the credentials (401)"]
    );
    assert_eq!(graphql_requests(&server), 1);
}

#[test]
fn where_graphql_is_refused_rest_answers() {
    for status in [403, 404, 405] {
        let github = with_releases(Github::default(), "own/er", 80)
            .branch("own/er", "v1", "00", "2026-01-01")
            .branch("own/er", "odd?name", "01", "2026-01-01")
            .archived("own/er");
        let server = Server::new(move |request| match request.path() {
            "/api/graphql" => Reply::new(status, r#"{"message": "Forbidden"}"#),
            _ => github.serve(request),
        });
        let answers = resolve(
            with_token(settings(&server)),
            &["own/er@v79", "own/er@v1", "own/er@odd?name", "no/such@v1"],
        );
        assert_eq!(version(&answers, "own/er@v79"), "v79.0.0");
        let known = refs(&answers, "own/er");
        assert_eq!(known.archived, Some(true));
        assert!(known.find(RefKind::Branch, "v1").is_some());
        assert!(found(&answers, "no/such").is_err());
        assert_eq!(graphql_requests(&server), 1);
        let tags = server.requests().iter().filter(|it| it.path().ends_with("/tags")).count();
        assert_eq!(tags, 2, "160 tags are two pages");
    }
}

#[test]
fn a_query_that_takes_too_long_is_halved() {
    let mut github = Github::default();
    let names: Vec<_> = (0..8).map(|number| format!("own/action-{number}@v1")).collect();
    for name in &names {
        github = github.tag(&name[..name.len() - 3], "v1", "aa", "2026-01-01");
    }
    let server = Server::new(move |request| {
        let repositories = String::from_utf8_lossy(&request.body).matches(": repository(").count();
        if repositories > 4 { Reply::new(502, "<html>") } else { github.serve(request) }
    });
    let uses: Vec<_> = names.iter().map(String::as_str).collect();
    let answers = resolve(with_token(settings(&server)), &uses);
    assert!(answers.iter().all(|(_, known)| known.is_ok()));
    assert_eq!(server.count(), 4, "twice whole, then two halves");
}

#[test]
fn a_token_goes_over_no_open_line() {
    let server = Server::new(|_| Reply::new(500, ""));
    let mut settings = with_token(settings(&server));
    let endpoints = spec8_fix::resolve::Endpoints::from_variables(|name| {
        (name == "GITHUB_SERVER_URL").then(|| "http://git.invalid".to_owned())
    });
    settings.endpoints = endpoints.unwrap();
    let answers = resolve(settings, &["own/er@v1"]);
    assert!(told(&answers)[0].contains("is not encrypted"), "{:?}", told(&answers));
}
