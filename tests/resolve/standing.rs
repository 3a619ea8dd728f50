//! Where commits stand that are pinned already.

use std::sync::Arc;

use spec8_fix::actions::Standing;
use spec8_fix::resolve::{Answers, Settings};
use tempfile::TempDir;

use crate::cli::files_below;
use crate::github::{Github, full};
use crate::repositories::{Repositories, annotated, light};
use crate::server::{Reply, Server};
use crate::{found, refs, resolve, settings, told, with_token};

/// A repository whose first commit is in its history only, with the object of a tag, and strays.
struct Strays {
    server: Server,
    /// In the history of the default branch.
    old: String,
    /// On a tag, which alone holds it.
    tagged: String,
    /// Below that tag.
    below: String,
    /// On top of the default branch, but not on it.
    fork: String,
    /// Without anything in common.
    foreign: String,
    /// The object of an annotated tag, and its commit.
    tag: String,
    head: String,
}

const MISSING: &str = "1234567890123456789012345678901234567890";

fn strays() -> Strays {
    let repositories = Repositories::new();
    repositories.make("own/er", &(annotated("v1.0.0", 2) + &light("refs/heads/release", 2)));
    let below = repositories.stray("own/er", Some("trunk"));
    let tagged = repositories.stray("own/er", Some(&below));
    repositories.git("own/er", &["tag", "v2.0.0", &tagged]);
    let git = |arguments: &[&str]| repositories.git("own/er", arguments).trim().to_owned();
    let (old, head, tag) = (
        git(&["rev-parse", "trunk~1"]),
        git(&["rev-parse", "trunk"]),
        git(&["rev-parse", "v1.0.0"]),
    );
    let fork = repositories.stray("own/er", Some(&old));
    let foreign = repositories.stray("own/er", None);
    let repositories = Arc::new(repositories);
    let server = Server::new(move |request| repositories.serve(request, true));
    Strays { server, old, tagged, below, fork, foreign, tag, head }
}

fn pin(commit: &str) -> String {
    format!("own/er@{commit}")
}

fn standing(answers: &Answers, commit: &str) -> Option<Standing> {
    refs(answers, "own/er").standing(commit.parse().unwrap())
}

/// What is known of these commits, and with how many requests.
fn ask(server: &Server, settings: Settings, commits: &[&str]) -> (Vec<Option<Standing>>, usize) {
    let before = server.count();
    let pins: Vec<_> = commits.iter().map(|commit| pin(commit)).collect();
    let pins: Vec<_> = pins.iter().map(String::as_str).collect();
    let answers = resolve(settings, &pins);
    assert_eq!(told(&answers), [""; 0]);
    let standings = commits.iter().map(|commit| standing(&answers, commit)).collect();
    (standings, server.count() - before)
}

#[test]
fn the_git_server_tells_what_its_refs_hold() {
    let Strays { server, old, tagged, below, fork, foreign, tag, head } = strays();
    let contained = Some(Standing::Contained);
    let ask = |commits: &[&str]| ask(&server, settings(&server), commits);
    assert_eq!(ask(&[&head, &tagged]), (vec![contained; 2], 1), "the listing has them");
    assert_eq!(ask(&[&old, &below]), (vec![contained; 2], 2), "one request for all");
    for (commit, expected) in
        [(&*fork, Standing::Outside), (&foreign, Standing::Outside), (MISSING, Standing::Missing)]
    {
        assert_eq!(ask(&[commit]), (vec![Some(expected)], 2), "{expected:?}");
    }
    let (standings, requests) = ask(&[&old, &fork, MISSING]);
    assert_eq!(standings, [contained, Some(Standing::Outside), Some(Standing::Missing)]);
    assert_eq!(requests, 5, "a listing, all together, each alone");
    let of = head.parse().unwrap();
    assert_eq!(ask(&[&tag]), (vec![Some(Standing::TagOf(of))], 1), "the listing has it, too");
}

#[test]
fn a_server_that_does_not_tell_takes_nothing_away() {
    for status in [200, 400, 500] {
        let repositories = Repositories::new();
        repositories.make("own/er", "");
        let old = repositories.git("own/er", &["rev-parse", "trunk~1"]).trim().to_owned();
        let server = Server::new(move |request| {
            let is_fetch = request.body.windows(13).any(|part| part == b"command=fetch");
            if is_fetch { Reply::new(status, "no") } else { repositories.serve(request, true) }
        });
        let cache = tempfile::tempdir().unwrap();
        let settings = Settings { cache: Some(cache.path().to_owned()), ..settings(&server) };
        let (standings, _) = ask(&server, settings.clone(), &[&old]);
        assert_eq!(standings, [Some(Standing::Unknown)]);
        assert_eq!(ask(&server, settings, &[&old]).1, 0, "nor is it asked again within the hour");
    }
}

#[test]
fn a_pack_is_not_read_to_its_end() {
    let repositories = Repositories::new();
    repositories.make("own/er", "");
    let fork = repositories.stray("own/er", None);
    let server = Server::new(move |request| {
        if !request.body.windows(13).any(|part| part == b"command=fetch") {
            return repositories.serve(request, true);
        }
        // It announces more than it sends.
        Reply::Cut { body: b"000dpackfile\n0015\x01PACK\0\0\0\x02\0\x01\0\0more".to_vec() }
    });
    assert_eq!(ask(&server, settings(&server), &[&fork]), (vec![Some(Standing::Outside)], 2));
}

#[test]
fn the_api_tells_what_the_default_branch_holds() {
    let mut github = Github::default();
    let pins: Vec<_> =
        (0..40).map(|number| format!("own/action-{number}@{}", full("0a"))).collect();
    for number in 0..40 {
        let name = format!("own/action-{number}");
        github = github
            .branch(&name, "main", "ff", "2026-01-02")
            .tag(&name, "v1.0.0", "ee", "2026-01-01")
            .commit(&name, "0a", "2026-01-01", "BEHIND");
    }
    let server = Server::new(move |request| github.serve(request));
    let pins: Vec<_> = pins.iter().map(String::as_str).collect();
    let cache = tempfile::tempdir().unwrap();
    let settings =
        Settings { cache: Some(cache.path().to_owned()), ..with_token(settings(&server)) };
    let answers = resolve(settings.clone(), &pins);
    assert!((0..40).all(|number| {
        let known = refs(&answers, &format!("own/action-{number}"));
        known.standing(full("0a").parse().unwrap()) == Some(Standing::Contained)
    }));
    assert_eq!(server.count(), 2, "not one a repository");
    make_older(&cache);
    resolve(settings, &pins);
    assert_eq!(server.count(), 2, "that stays so");
}

/// Makes what the cache holds two hours older.
fn make_older(cache: &TempDir) {
    for file in files_below(cache.path()) {
        let path = cache.path().join(file);
        let mut entry: serde_json::Value =
            serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        entry["asked"] = (entry["asked"].as_u64().unwrap() - 7200).into();
        std::fs::write(&path, entry.to_string()).unwrap();
    }
}

#[test]
fn forty_pins_of_releases_are_one_request() {
    let mut github = Github::default();
    for number in 0..40 {
        let name = format!("own/action-{number}");
        github = github.branch(&name, "main", "ff", "2026-01-02").tag(
            &name,
            "v1.0.0",
            "ee",
            "2026-01-01",
        );
    }
    let server = Server::new(move |request| github.serve(request));
    let pins: Vec<_> =
        (0..40).map(|number| format!("own/action-{number}@{} # v1.0.0", full("ee"))).collect();
    let pins: Vec<_> = pins.iter().map(String::as_str).collect();
    let answers = resolve(with_token(settings(&server)), &pins);
    assert!((0..40).all(|number| found(&answers, &format!("own/action-{number}")).is_ok()));
    assert_eq!(server.count(), 1);
}

#[test]
fn the_api_tells_tag_objects_and_what_is_not_there() {
    let github = Github::default()
        .branch("own/er", "main", "ff", "2026-01-02")
        .tag("own/er", "v1.0.0", "ee", "2026-01-01")
        .object("own/er", "0b", "v1.0.0");
    let server = Server::new(move |request| github.serve(request));
    let object = full("0b");
    let (standings, requests) = ask(&server, with_token(settings(&server)), &[&object, MISSING]);
    let of = full("ee").parse().unwrap();
    assert_eq!(standings, [Some(Standing::TagOf(of)), Some(Standing::Missing)]);
    assert_eq!(requests, 1);
}

#[test]
fn who_has_more_tags_than_are_read_is_asked_for_a_listing() {
    let repositories = Repositories::new();
    repositories.make("own/er", &light("refs/tags/v0.0.1", 1));
    let old = repositories.commit("own/er", "v0.0.1");
    let mut github = Github::default().branch("own/er", "main", "ff", "2026-01-02").tag(
        "own/er",
        "v0.0.1",
        &old,
        "2020-01-01",
    );
    for number in 0..1100 {
        github = github.tag("own/er", &format!("v1.{number}.0"), "ee", "2026-01-01");
    }
    let server = Server::new(move |request| match request.path() {
        path if path.starts_with("/api/") => github.serve(request),
        _ => repositories.serve(request, true),
    });
    // By the name that its comment gives it is found at once.
    for (comment, requests) in [("", 11), (" # v1.7.0", 11), (" # v0.0.1", 1)] {
        let before = server.count();
        let answers = resolve(with_token(settings(&server)), &[&format!("{}{comment}", pin(&old))]);
        let known = refs(&answers, "own/er");
        let commit = old.parse().unwrap();
        assert_eq!(known.most_exact_version(commit, ""), Some("v0.0.1"), "{comment}");
        assert_eq!(known.standing(commit), Some(Standing::Contained));
        assert_eq!(server.count() - before, requests, "{comment}");
    }
}

#[test]
fn what_is_not_on_the_default_branch_the_git_server_tells() {
    let Strays { server: git, old, below, fork, .. } = strays();
    let github = Github::default()
        .branch("own/er", "trunk", "ff", "2026-01-02")
        .branch("own/er", "main", "ff", "2026-01-02")
        .commit("own/er", &old, "2026-01-01", "BEHIND")
        .commit("own/er", &below, "2026-01-03", "AHEAD")
        .commit("own/er", &fork, "2026-01-01", "DIVERGED");
    let api = Server::new(move |request| github.serve(request));
    let mut settings = with_token(settings(&api));
    settings.endpoints.server = crate::settings(&git).endpoints.server;
    let answers = resolve(settings, &[&pin(&old), &pin(&below), &pin(&fork)]);
    assert_eq!(standing(&answers, &old), Some(Standing::Contained));
    assert_eq!(standing(&answers, &below), Some(Standing::Contained));
    assert_eq!(standing(&answers, &fork), Some(Standing::Outside));
    assert_eq!(api.count(), 2);
    assert_eq!(git.count(), 4, "a listing, both together, each alone");
    for request in git.requests() {
        assert_eq!(request.header("authorization"), None);
    }
}
