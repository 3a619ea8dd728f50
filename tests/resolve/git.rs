//! Without a token: the git protocol.

use std::fmt::Write as _;
use std::sync::Arc;

use spec8_fix::actions::{Decision, Leave, RefKind, Uses, pin};
use spec8_fix::resolve::{Settings, Unresolved};

use crate::repositories::{Repositories, annotated, light};
use crate::server::{Reply, Server};
use crate::{found, refs, resolve, settings, told};

/// A repository with everything that refs can be.
fn with_everything() -> Repositories {
    let repositories = Repositories::new();
    let more = [
        light("refs/tags/v1", 2),
        light("refs/tags/v1.0.0", 1),
        annotated("v1.1.0", 2),
        light("refs/heads/both", 1),
        light("refs/tags/both", 2),
        light("refs/heads/release/v1", 2),
        light("refs/notes/commits", 1),
    ];
    repositories.make("own/er", &more.concat());
    for (name, of) in [("tag-of-tag", "v1.1.0"), ("tag-of-that", "tag-of-tag")] {
        repositories.git("own/er", &["tag", "-a", "-m", "t", name, of]);
    }
    repositories
}

fn serving(repositories: Repositories, version: bool) -> (Server, Arc<Repositories>) {
    let repositories = Arc::new(repositories);
    let served = Arc::clone(&repositories);
    (Server::new(move |request| served.serve(request, version)), repositories)
}

#[test]
fn lists_every_kind_of_ref_with_one_request() {
    let (server, repositories) = serving(with_everything(), true);
    let answers = resolve(settings(&server), &["own/er@v1", "Own/ER/sub@both"]);
    let known = refs(&answers, "own/er");
    for (kind, name, full_name) in [
        (RefKind::Tag, "v1", "refs/tags/v1"),
        (RefKind::Tag, "v1.0.0", "refs/tags/v1.0.0"),
        (RefKind::Tag, "v1.1.0", "refs/tags/v1.1.0"),
        (RefKind::Tag, "tag-of-tag", "refs/tags/tag-of-tag"),
        (RefKind::Tag, "tag-of-that", "refs/tags/tag-of-that"),
        (RefKind::Tag, "both", "refs/tags/both"),
        (RefKind::Branch, "both", "refs/heads/both"),
        (RefKind::Branch, "release/v1", "refs/heads/release/v1"),
        (RefKind::Branch, "trunk", "refs/heads/trunk"),
    ] {
        let commit = known.find(kind, name).unwrap().commit.to_string();
        assert_eq!(commit, repositories.commit("own/er", full_name), "{name}");
    }
    assert_eq!(known.refs.len(), 9);
    assert_eq!(known.default_branch.as_deref(), Some("trunk"));
    assert_eq!(told(&answers), [""; 0]);

    let [request] = &server.requests()[..] else { panic!("{:?}", server.requests()) };
    assert_eq!(request.target, "/own/er.git/git-upload-pack");
    assert_eq!(request.header("git-protocol"), Some("version=2"));
    assert_eq!(request.header("authorization"), None);
}

#[test]
fn a_server_that_ignores_the_version_is_understood() {
    let (server, _) = serving(with_everything(), false);
    let (modern, _) = serving(with_everything(), true);
    let old = resolve(settings(&server), &["own/er@v1"]);
    let new = resolve(settings(&modern), &["own/er@v1"]);
    let sorted = |answers| {
        let known = refs(answers, "own/er");
        let mut names: Vec<_> = known.refs.iter().map(|entry| (entry.kind, &entry.name)).collect();
        names.sort();
        (names, known.default_branch.clone())
    };
    assert_eq!(sorted(&old), sorted(&new));
    assert_eq!(server.count(), 2);
}

#[test]
fn thousands_of_tags_are_one_request() {
    let repositories = Repositories::new();
    let mut tags = String::new();
    for number in 0..5000 {
        let name = format!("v1.{number}.0");
        let tag = if number % 2 == 0 {
            annotated(&name, 1)
        } else {
            light(&format!("refs/tags/{name}"), 2)
        };
        let _ = write!(tags, "{tag}");
    }
    repositories.make("own/er", &tags);
    let (server, repositories) = serving(repositories, true);
    let answers = resolve(settings(&server), &["own/er@v1.4998.0"]);
    let known = refs(&answers, "own/er");
    assert_eq!(known.refs.len(), 5001);
    let commit = known.find(RefKind::Tag, "v1.4998.0").unwrap().commit.to_string();
    assert_eq!(commit, repositories.commit("own/er", "v1.4998.0"));
    assert_eq!(server.count(), 1);
}

#[test]
fn an_empty_repository_has_no_refs() {
    for version in [true, false] {
        let repositories = Repositories::new();
        repositories.make("own/er", "");
        repositories.git("own/er", &["update-ref", "-d", "refs/heads/trunk"]);
        let (server, _) = serving(repositories, version);
        let answers = resolve(settings(&server), &["own/er@v1"]);
        assert_eq!(refs(&answers, "own/er").refs.len(), 0);
    }
}

#[test]
fn a_ref_that_does_not_exist_lists_the_nearest() {
    let (server, _) = serving(with_everything(), true);
    let uses = "own/er@1.1.0";
    let answers = resolve(settings(&server), &[uses]);
    let Uses::Repository(action) = Uses::parse(uses) else { panic!("{uses}") };
    let decision = pin::decide(&action, refs(&answers, "own/er"), None);
    let Decision::Leave(leave @ Leave::UnknownRef { .. }) = decision else {
        panic!("{decision:?}")
    };
    assert_eq!(
        leave.to_string(),
        "its repository has no tag or branch `1.1.0`, the nearest is `v1.1.0`, then `v1.0.0`, \
         then `v1`: correct the ref"
    );
}

#[test]
fn what_is_not_there_or_not_shown_is_told_so() {
    // GitHub asks for credentials where a repository does not exist.
    for (status, header) in [(401, "www-authenticate"), (404, "x")] {
        let server = Server::new(move |_| Reply::new(status, "").with(header, "Basic"));
        let answers = resolve(settings(&server), &["no/such@v1"]);
        assert_eq!(found(&answers, "no/such"), Err(&Unresolved::NotFound { with_token: false }));
        assert_eq!(server.count(), 1);
    }
}

#[test]
fn names_that_cannot_exist_are_not_asked_for() {
    let server = Server::new(|_| Reply::new(200, ""));
    let answers = resolve(settings(&server), &["a/..@v1", "a/b?c@v1", "a%2f/b@v1"]);
    assert_eq!(server.count(), 0);
    assert!(answers.iter().all(|(_, known)| matches!(known, Err(Unresolved::NotFound { .. }))));
}

#[test]
fn a_renamed_repository_says_its_name() {
    let repositories = Repositories::new();
    repositories.make("new/name", &light("refs/tags/v1", 1));
    let server = Server::new(move |request| match request.target.strip_prefix("/old/name.git") {
        Some(rest) => Reply::new(301, "").with("Location", &format!("/new/name.git{rest}")),
        None => repositories.serve(request, true),
    });
    let answers = resolve(settings(&server), &["old/name@v1"]);
    let known = refs(&answers, "old/name");
    assert_eq!(known.repository, "new/name");
    assert!(known.is_renamed(spec8_fix::actions::RepositoryName::parse("old/name").unwrap()));
    assert!(known.find(RefKind::Tag, "v1").is_some());
}

#[test]
fn forty_repositories_are_forty_requests_and_none_the_second_time() {
    let repositories = Repositories::new();
    let names: Vec<_> = (0..40).map(|number| format!("own/action-{number}")).collect();
    for name in &names {
        repositories.make(name, &(light("refs/tags/v1", 2) + &light("refs/tags/v1.0.0", 2)));
    }
    let (server, _) = serving(repositories, true);
    let cache = tempfile::tempdir().unwrap();
    let settings = Settings { cache: Some(cache.path().to_owned()), ..settings(&server) };
    let uses: Vec<_> = names.iter().map(|name| format!("{name}@v1")).collect();
    let uses: Vec<_> = uses.iter().map(String::as_str).collect();
    for requests in [40, 40] {
        let answers = resolve(settings.clone(), &uses);
        assert!(names.iter().all(|name| refs(&answers, name).refs.len() == 3));
        assert_eq!(server.count(), requests);
    }
    resolve(Settings { refresh: true, ..settings }, &uses);
    assert_eq!(server.count(), 80);
}
