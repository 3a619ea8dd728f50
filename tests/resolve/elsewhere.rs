//! Actions that live on github.com while the repository lives on a server of one's own.

use spec8_fix::resolve::{Endpoints, Settings, Unresolved};

use crate::github::Github;
use crate::repositories::{Repositories, light};
use crate::server::Server;
use crate::{found, refs, resolve, settings, with_token};

#[test]
fn what_the_own_server_does_not_have_is_asked_for_elsewhere_without_its_token() {
    let github = Github::default().tag("own/er", "v1", "aa", "2026-01-01");
    let own = Server::new(move |request| github.serve(request));
    let repositories = Repositories::new();
    repositories.make("actions/checkout", &light("refs/tags/v1", 1));
    let elsewhere = Server::new(move |request| repositories.serve(request, true));
    let endpoints = settings(&elsewhere).endpoints;
    let cache = tempfile::tempdir().unwrap();
    let settings = Settings {
        elsewhere: Some(endpoints),
        cache: Some(cache.path().to_owned()),
        ..with_token(settings(&own))
    };
    let uses = ["own/er@v1", "actions/checkout@v1", "no/such@v1"];
    let answers = resolve(settings.clone(), &uses);
    assert_eq!(refs(&answers, "own/er").refs.len(), 1);
    assert_eq!(refs(&answers, "actions/checkout").refs.len(), 2);
    assert!(matches!(found(&answers, "no/such"), Err(Unresolved::NotFound { .. })));
    assert_eq!(own.count(), 1);
    assert_eq!(elsewhere.count(), 2, "only what is missing");
    for request in elsewhere.requests() {
        assert_eq!(request.header("authorization"), None);
    }
    resolve(settings, &uses[..2]);
    assert_eq!((own.count(), elsewhere.count()), (1, 2), "each is remembered with its server");
}

#[test]
fn a_server_of_ones_own_has_an_elsewhere() {
    let at = |url: &str| {
        let found =
            Endpoints::from_variables(|name| (name == "GITHUB_SERVER_URL").then(|| url.to_owned()));
        found.unwrap().elsewhere()
    };
    assert_eq!(at("https://git.example"), Some(Endpoints::github_com()));
    assert_eq!(at("https://github.com"), None);
    assert_eq!(at("http://127.0.0.1:8080"), None);
}
