//! Tags that do not point where they did.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use spec8_fix::actions::{RepositoryName, Witness, index};
use spec8_fix::resolve::Settings;

use crate::cli::{Repository, Run};
use crate::github::Github;
use crate::program::{command, workflow};
use crate::repositories::{Repositories, annotated, light};
use crate::server::Server;
use crate::{refs, resolve, settings, with_token};

#[test]
fn the_cache_remembers_what_a_tag_meant() {
    let repositories = [1, 2].map(|mark| {
        let repositories = Repositories::new();
        let tags =
            [light("refs/tags/v1", mark), annotated("v1.0.0", mark), light("refs/tags/v1.1.0", 2)];
        repositories.make("own/er", &tags.concat());
        repositories
    });
    let [was, is] = [0, 1].map(|at| repositories[at].commit("own/er", "v1.0.0"));
    let state = Arc::new(AtomicU8::new(0));
    let now = Arc::clone(&state);
    let server = Server::new(move |request| {
        repositories[usize::from(now.load(Ordering::Relaxed))].serve(request, true)
    });
    let cache = tempfile::tempdir().unwrap();
    let settings =
        Settings { cache: Some(cache.path().to_owned()), refresh: true, ..settings(&server) };
    assert_eq!(refs(&resolve(settings.clone(), &["own/er@v1"]), "own/er").moved, []);

    state.store(1, Ordering::Relaxed);
    // It stays so, whether the network or the cache answers.
    for refresh in [true, true, false] {
        let answers = resolve(Settings { refresh, ..settings.clone() }, &["own/er@v1"]);
        let known = refs(&answers, "own/er");
        let [moved] = &known.moved[..] else { panic!("{:?}", known.moved) };
        assert_eq!(known.moved_tag("v1.0.0"), Some(moved));
        assert_eq!((moved.was.to_string(), moved.is.to_string()), (was.clone(), is.clone()));
        assert_eq!(moved.witness, Witness::Cache);
    }
    state.store(0, Ordering::Relaxed);
    assert_eq!(refs(&resolve(settings, &["own/er@v1"]), "own/er").moved, []);
}

/// A server on which v1.0.0 can be moved from one commit to another, with both, and what moves it.
fn moving() -> (Server, [String; 2], impl Fn()) {
    let repositories = Repositories::new();
    repositories.make("own/er", &(light("refs/tags/v1", 1) + &annotated("v1.0.0", 1)));
    let [was, is] = ["trunk~1", "trunk"]
        .map(|rev| repositories.git("own/er", &["rev-parse", rev]).trim().to_owned());
    let repositories = Arc::new(repositories);
    let (served, to) = (Arc::clone(&repositories), is.clone());
    let server = Server::new(move |request| served.serve(request, true));
    let shift = move || {
        for tag in ["v1", "v1.0.0"] {
            repositories.git("own/er", &["tag", "-f", tag, &to]);
        }
    };
    (server, [was, is], shift)
}

#[test]
fn a_moved_tag_is_told_until_a_person_accepts_it() {
    let (server, [was, is], shift) = moving();
    let cache = tempfile::tempdir().unwrap();
    let run = |uses: &str, arguments: &[&str]| {
        let repository = Repository::of_workflow(&workflow(uses));
        let arguments = [&["--refresh"], arguments].concat();
        let mut command = command(&repository, &server, &arguments);
        Run::of(command.env("SPEC8_FIX_CACHE_DIR", cache.path()))
    };
    assert!(run("own/er@v1.0.0", &[]).stdout.contains(&format!("own/er@{was} # v1.0.0")));
    shift();
    let both = format!("the tag `v1.0.0` was moved, from {was} to {is}");
    let accept = &["--accept-moved", "Own/Er@v1.0.0"][..];
    for (uses, code, message) in [
        ("own/er@v1.0.0", 1, "`own/er@v1.0.0` is not pinned to a commit"),
        // A floating tag that would be named by it.
        ("own/er@v1", 1, "`own/er@v1` is not pinned to a commit"),
        (
            &format!("own/er@{was} # v1.0.0"),
            0,
            "is pinned to what its tag `v1.0.0` no longer means",
        ),
        (&format!("own/er@{is} # v1.0.0"), 1, "is pinned to where its tag `v1.0.0` was moved"),
        (&format!("own/er@{is}"), 1, "is pinned to where its tag `v1.0.0` was moved"),
    ] {
        let told = run(uses, &["--unsafe"]);
        assert_eq!((told.code, told.stdout.as_str()), (Some(code), ""), "{uses}: {}", told.stderr);
        for words in [message, &both, "`--accept-moved own/er@v1.0.0` takes"] {
            assert!(told.stderr.contains(words), "{uses}: {}", told.stderr);
        }
        let accepted = run(uses, accept);
        assert!(!accepted.stderr.contains("was moved"), "{uses}: {}", accepted.stderr);
    }
    assert!(run("own/er@v1", accept).stdout.contains(&format!("own/er@{is} # v1.0.0")));
    let pinned = run(&format!("own/er@{was} # v1.0.0"), accept);
    assert!(pinned.stderr.contains(&format!("that is {is}")), "{}", pinned.stderr);
}

#[test]
fn who_accepts_what_was_not_moved_is_told_what_may_be_meant() {
    let (server, _, shift) = moving();
    let cache = tempfile::tempdir().unwrap();
    let run = |tag: &str| {
        let repository = Repository::of_workflow(&workflow("own/er@v1.0.0"));
        let arguments = ["--refresh", "--accept-moved", tag];
        let mut command = command(&repository, &server, &arguments);
        Run::of(command.env("SPEC8_FIX_CACHE_DIR", cache.path()))
    };
    let nothing = "note: `--accept-moved own/er@v1.0`: as far as is known, no such tag was moved";
    let before = run("own/er@v1.0");
    assert!(before.stderr.starts_with(&format!("{nothing}\n")), "{}", before.stderr);
    shift();
    let after = run("own/er@v1.0");
    let expected = format!("{nothing}; did you mean `own/er@v1.0.0`?\n");
    assert!(after.stderr.starts_with(&expected), "{}", after.stderr);
    assert_eq!((before.code, after.code), (Some(1), Some(1)), "a pin to make, then an error");
    let wrong = run("own/er");
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.stderr.contains("is written OWNER/NAME@TAG"), "{}", wrong.stderr);
}

#[test]
fn the_index_remembers_what_a_tag_meant() {
    let name = "tj-actions/changed-files";
    let known = index::find(RepositoryName::parse(name).unwrap()).unwrap();
    let tag = known.refs.iter().find(|entry| entry.name == "v45.0.0").unwrap();
    let github = Github::default()
        .tag(name, "v45.0.0", "0e58ed8671d6b60d0890c21b07f8835ace038e67", "2025-03-14")
        .tag(name, "v46.0.0", "0e58ed8671d6b60d0890c21b07f8835ace038e67", "2025-03-14");
    let server = Server::new(move |request| github.serve(request));
    let answers = resolve(with_token(settings(&server)), &["tj-actions/changed-files@v45.0.0"]);
    let moved = &refs(&answers, name).moved;
    assert!(moved.iter().any(|moved| moved.tag == "v45.0.0"
        && moved.was == tag.commit
        && moved.is.to_string().starts_with("0e58ed8")
        && moved.witness == Witness::Index));
}
