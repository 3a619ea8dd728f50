//! Everything that a network does to a request.

use std::time::Duration;

use spec8_fix::actions::{RefKind, Source, index};
use spec8_fix::resolve::{Answers, Endpoints, Limits, Settings, Unresolved};

use crate::github::Github;
use crate::repositories::{Repositories, light};
use crate::server::{Reply, Request, Server};
use crate::{found, refs, resolve, settings, told, with_token, within};

/// An action that the built-in index knows.
const KNOWN: &str = "actions/checkout";

type Handler = Box<dyn Fn(&Request) -> Reply + Send + Sync>;

/// Both ways to ask for the refs of [`KNOWN`]: with a token, and without.
fn both_ways() -> [(bool, Handler); 2] {
    let github = Github::default().tag(KNOWN, "v99.0.0", "aa", "2026-01-01");
    let repositories = Repositories::new();
    repositories.make(KNOWN, &light("refs/tags/v99.0.0", 1));
    [
        (true, Box::new(move |request: &Request| github.serve(request))),
        (false, Box::new(move |request: &Request| repositories.serve(request, true))),
    ]
}

fn limits(settings: Settings, limits: Limits) -> Settings {
    Settings { limits, ..settings }
}

fn ask(server: &Server, token: bool, change: impl FnOnce(Settings) -> Settings) -> Answers {
    let settings = settings(server);
    let settings = if token { with_token(settings) } else { settings };
    resolve(change(settings), &["actions/checkout@v99.0.0"])
}

fn is_answered(answers: &Answers) -> bool {
    let known = refs(answers, KNOWN);
    known.source == Source::Repository && known.find(RefKind::Tag, "v99.0.0").is_some()
}

/// What comes when nobody answers: the index, and one line about it.
fn is_from_index(answers: &Answers) -> bool {
    let made = index::MADE.to_string();
    let last = told(answers).pop().unwrap_or_default();
    refs(answers, KNOWN).source == Source::Index
        && last.ends_with(&format!(": 1 repository is answered by the built-in index of {made}"))
}

#[test]
fn what_passes_is_asked_again() {
    let now = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let spent = Reply::new(403, "{}").with("x-ratelimit-remaining", "0");
    let faults = [
        vec![Reply::new(500, "")],
        vec![Reply::new(503, "<html>"), Reply::new(500, ""), Reply::new(408, "")],
        vec![Reply::new(502, "")],
        vec![Reply::Cut { body: Vec::new() }],
        vec![Reply::Cut { body: b"{\"data\": {".to_vec() }],
        vec![Reply::Reset { body: Vec::new() }],
        vec![Reply::Reset { body: b"003d".to_vec() }, Reply::Reset { body: vec![b'{'; 100_000] }],
        vec![Reply::Stall(Duration::ZERO)],
        vec![Reply::new(429, "")],
        vec![Reply::new(429, "").with("retry-after", "1")],
        vec![Reply::new(403, r#"{"message": "You have exceeded a secondary rate limit"}"#)],
        vec![Reply::new(403, "").with("retry-after", "0")],
        vec![spent.with("x-ratelimit-reset", &now().as_secs().to_string())],
    ];
    for fault in faults {
        for (token, handler) in both_ways() {
            let server = Server::after(fault.clone(), handler);
            let answers = ask(&server, token, |settings| settings);
            assert!(is_answered(&answers), "{fault:?}");
            assert_eq!(server.count(), fault.len() + 1, "{fault:?}");
            assert_eq!(told(&answers), [""; 0]);
        }
    }
}

#[test]
fn an_answer_that_breaks_off_is_asked_for_again() {
    let line = format!("003d{} refs/heads/main\n", "a".repeat(40));
    let truncated = [
        (true, r#"{"data": {"r0": {"nameWith"#.to_owned()),
        (false, line[..20].to_owned()),
        (false, line),
    ];
    for (with_token, body) in truncated {
        for (token, handler) in both_ways() {
            if token == with_token {
                let server = Server::after([Reply::new(200, body.clone())], handler);
                assert!(is_answered(&ask(&server, token, |settings| settings)), "{body}");
                assert_eq!(server.count(), 2);
            }
        }
    }
}

#[test]
fn a_rate_limit_within_a_success_is_one() {
    let body =
        r#"{"data": null, "errors": [{"type": "RATE_LIMITED", "message": "API rate limit"}]}"#;
    let [(token, handler), _] = both_ways();
    let server = Server::after([Reply::new(200, body)], handler);
    assert!(is_answered(&ask(&server, token, |settings| settings)));
    assert_eq!(server.count(), 2);
}

#[test]
fn a_server_that_never_recovers_is_left_after_a_few_attempts() {
    let server = Server::new(|_| Reply::new(500, ""));
    assert!(is_from_index(&ask(&server, false, |settings| settings)));
    assert_eq!(server.count(), 4);
}

#[test]
#[cfg(unix)]
fn a_connection_that_is_always_reset_is_told() {
    let server = Server::new(|_| Reply::Reset { body: b"003d".to_vec() });
    let answers = ask(&server, false, |settings| settings);
    assert!(is_from_index(&answers));
    assert!(told(&answers)[0].contains("reset by peer"), "{:?}", told(&answers));
    assert_eq!(server.count(), 4);
}

#[test]
fn what_is_refused_is_not_asked_again() {
    for (status, body) in [(403, r#"{"message": "no\u001b[31m way"}"#), (400, ""), (451, "<html>")]
    {
        let server = Server::new(move |_| Reply::new(status, body));
        let answers = ask(&server, false, |settings| settings);
        assert!(is_from_index(&answers));
        assert!(told(&answers)[0].starts_with(&format!("the server said {status}")));
        assert!(!told(&answers)[0].contains('\x1b'));
        assert_eq!(server.count(), 1, "{status}");
    }
}

#[test]
fn a_malformed_answer_is_an_error() {
    for body in ["00zzthis is no pkt-line", "fff1", "0009hello0008x y\n0000"] {
        let server = Server::new(move |_| Reply::new(200, body));
        let answers = ask(&server, false, |settings| settings);
        assert!(is_from_index(&answers), "{body}");
        assert!(server.count() <= 2, "{body}");
    }
    let server = Server::new(|_| Reply::new(200, "[1, 2, 3]"));
    let answers = ask(&server, true, |settings| settings);
    assert!(is_from_index(&answers));
    assert_eq!(
        told(&answers)[0],
        "GitHub's API did not answer (the API's answer cannot be read): its git servers were asked \
         instead"
    );
}

#[test]
fn who_is_in_no_index_is_told_why_it_failed() {
    let server = Server::new(|_| Reply::new(400, ""));
    let answers = resolve(settings(&server), &["own/er@v1"]);
    let Err(Unresolved::Failed(why)) = found(&answers, "own/er") else { panic!("{answers:?}") };
    assert_eq!(why, "the server said 400 Bad Request");
    assert_eq!(told(&answers), [""; 0], "nothing was answered by the index");
}

#[test]
fn a_long_rate_limit_is_told_and_not_waited_for() {
    let limited = |_: &Request| Reply::new(429, "").with("retry-after", "3000");
    let server = Server::new(limited);
    let answers = within(Duration::from_secs(5), || ask(&server, false, |settings| settings));
    assert!(is_from_index(&answers));
    assert!(told(&answers)[0].starts_with("GitHub's rate limit is used up for 50 min: "));
    assert_eq!(server.count(), 1);

    // The git server has no such limit.
    let [_, (_, git)] = both_ways();
    let server = Server::new(move |request| match request.path() {
        "/api/graphql" => limited(request),
        _ => git(request),
    });
    let answers = within(Duration::from_secs(5), || ask(&server, true, |settings| settings));
    assert!(is_answered(&answers));
    assert_eq!(server.count(), 2);
}

#[test]
fn a_limit_that_concerns_all_is_hit_by_few() {
    let server = Server::new(|_| Reply::new(429, "").with("retry-after", "3000"));
    let uses: Vec<_> = (0..100).map(|number| format!("own/action-{number}@v1")).collect();
    let uses: Vec<_> = uses.iter().map(String::as_str).collect();
    resolve(settings(&server), &uses);
    assert!(server.count() <= 16, "{}", server.count());
}

#[test]
fn a_stall_has_its_time() {
    let server = Server::new(|_| Reply::Stall(Duration::from_secs(10)));
    let short = Limits {
        request: Duration::from_millis(100),
        attempts: 2,
        backoff: Duration::from_millis(1),
        ..Limits::default()
    };
    let answers =
        within(Duration::from_secs(5), || ask(&server, false, |settings| limits(settings, short)));
    assert!(is_from_index(&answers));
    assert!(told(&answers)[0].starts_with("127.0.0.1 did not answer in time"));
    assert_eq!(server.count(), 2);
}

#[test]
fn everything_has_its_time() {
    let server = Server::new(|_| Reply::Stall(Duration::from_secs(10)));
    let short = Limits { overall: Duration::from_millis(200), ..Limits::default() };
    for token in [true, false] {
        let answers = within(Duration::from_secs(5), || {
            ask(&server, token, |settings| limits(settings, short))
        });
        assert!(is_from_index(&answers));
    }
}

#[test]
fn a_host_that_is_not_there_is_told_so() {
    let server = Server::new(|_| Reply::new(500, ""));
    let at = |url: &str| {
        let endpoints = Endpoints::from_variables(|_| Some(url.to_owned())).unwrap();
        ask(&server, false, |settings| Settings { endpoints, ..settings })
    };
    let nowhere = at("http://no-such-host.invalid");
    assert!(is_from_index(&nowhere));
    assert!(told(&nowhere)[0].starts_with("the host no-such-host.invalid was not found"));
    let closed = at("http://127.0.0.1:1");
    assert!(is_from_index(&closed));
    assert!(told(&closed)[0].starts_with("127.0.0.1 cannot be reached"), "{:?}", told(&closed));
    assert_eq!(server.count(), 0);
}

#[test]
fn no_redirect_leads_to_another_host() {
    for token in [true, false] {
        let other = Server::new(|_| Reply::new(200, "0000"));
        // The same machine by another name is another host.
        let location = other.url().replace("127.0.0.1", "localhost");
        for status in [301, 302, 307, 308] {
            let location = location.clone();
            let server = Server::new(move |_| Reply::new(status, "").with("Location", &location));
            let answers = ask(&server, token, |settings| settings);
            assert!(is_from_index(&answers), "{status}");
            assert!(told(&answers).iter().any(|line| line.contains("another host, localhost:")));
        }
        assert_eq!(other.count(), 0);
    }
}

#[test]
fn redirects_end() {
    let server = Server::new(|request| Reply::new(302, "").with("Location", &request.target));
    let answers = ask(&server, false, |settings| settings);
    assert!(is_from_index(&answers));
    assert!(server.count() < 10);
}
