//! Tags that do not point where they did.

use std::sync::atomic::{AtomicU8, Ordering};

use spec8_fix::actions::{RepositoryName, Witness, index};
use spec8_fix::resolve::Settings;

use crate::github::Github;
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
    let state = std::sync::Arc::new(AtomicU8::new(0));
    let now = std::sync::Arc::clone(&state);
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
