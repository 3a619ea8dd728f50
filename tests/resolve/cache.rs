//! What one run leaves to the next.

use std::fs;
use std::thread;

use spec8_fix::actions::{RefKind, Source};
use spec8_fix::resolve::{Settings, Unresolved};
use tempfile::TempDir;

use crate::cli::files_below;
use crate::repositories::{Repositories, light};
use crate::server::{Reply, Server};
use crate::{found, refs, resolve, settings, told};

fn served() -> (Server, TempDir) {
    let repositories = Repositories::new();
    repositories.make("own/er", &(light("refs/tags/v1", 2) + &light("refs/tags/v1.0.0", 2)));
    (Server::new(move |request| repositories.serve(request, true)), tempfile::tempdir().unwrap())
}

fn with_cache(server: &Server, cache: &TempDir) -> Settings {
    Settings { cache: Some(cache.path().to_owned()), ..settings(server) }
}

#[test]
fn many_runs_at_once_do_no_harm() {
    let (server, cache) = served();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for refresh in [true, false, true] {
                    let settings = Settings { refresh, ..with_cache(&server, &cache) };
                    assert_eq!(refs(&resolve(settings, &["own/er@v1"]), "own/er").refs.len(), 3);
                }
            });
        }
    });
    let [file] = &files_below(cache.path())[..] else { panic!("one file, no temporary ones") };
    assert!(file.ends_with("own+er.json"), "{file:?}");
    let before = server.count();
    resolve(with_cache(&server, &cache), &["own/er@v1"]);
    assert_eq!(server.count(), before);
}

#[test]
fn a_damaged_cache_is_made_anew() {
    let (server, cache) = served();
    resolve(with_cache(&server, &cache), &["own/er@v1"]);
    let file = cache.path().join(&files_below(cache.path())[0]);
    let whole = fs::read(&file).unwrap();
    for damage in [&whole[..whole.len() / 2], b"", b"\xff\xfe"] {
        fs::write(&file, damage).unwrap();
        let before = server.count();
        let answers = resolve(with_cache(&server, &cache), &["own/er@v1"]);
        assert_eq!(refs(&answers, "own/er").refs.len(), 3);
        assert_eq!(told(&answers), [""; 0]);
        assert_eq!(server.count(), before + 1);
        assert!(serde_json::from_slice::<serde_json::Value>(&fs::read(&file).unwrap()).is_ok());
    }
}

#[test]
fn a_folder_that_cannot_be_is_no_error() {
    let (server, cache) = served();
    let file = cache.path().join("file");
    fs::write(&file, "").unwrap();
    let settings = Settings { cache: Some(file.join("below")), ..settings(&server) };
    let answers = resolve(settings, &["own/er@v1"]);
    assert!(refs(&answers, "own/er").find(RefKind::Tag, "v1").is_some());
}

#[test]
fn it_answers_where_nobody_else_does() {
    let (server, cache) = served();
    resolve(with_cache(&server, &cache), &["own/er@v1"]);
    let before = server.count();
    let offline = Settings { offline: true, ..with_cache(&server, &cache) };
    let answers = resolve(offline.clone(), &["own/er@v1", "other/one@v1"]);
    assert!(refs(&answers, "own/er").find(RefKind::Tag, "v1").is_some());
    assert_eq!(found(&answers, "other/one"), Err(&Unresolved::NotInIndex));
    assert_eq!(server.count(), before);

    // Two hours later, with a server that fails.
    let file = cache.path().join(&files_below(cache.path())[0]);
    let mut entry: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    entry["asked"] = (entry["asked"].as_u64().unwrap() - 7200).into();
    fs::write(&file, entry.to_string()).unwrap();
    let failing = Server::new(|_| Reply::new(400, ""));
    let folder =
        |server: &Server| format!("127.0.0.1%3a{}", server.url().rsplit(':').next().unwrap());
    let refs_folder = cache.path().join("refs");
    fs::rename(refs_folder.join(folder(&server)), refs_folder.join(folder(&failing))).unwrap();
    let answers = resolve(with_cache(&failing, &cache), &["own/er@v1"]);
    let known = refs(&answers, "own/er");
    assert_eq!(known.source, Source::Cache);
    assert!(known.listed_until.is_some());
    assert_eq!(
        told(&answers),
        ["the server said 400 Bad Request: 1 repository is answered by what earlier runs saw"]
    );
}
