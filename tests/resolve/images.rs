//! Digests of images, from registries on this machine.

use std::time::Duration;

use spec8_fix::images::ImageRef;
use spec8_fix::resolve::{BaseUrl, Limits, Network, NoDigest, Resolve, Settings, Wanted};
use tempfile::TempDir;

use crate::cli::{Repository, Run};
use crate::program::command;
use crate::registry::{IMAGE, INDEX, RealRegistry, Registry, TOKEN};
use crate::server::{Reply, Request, Server};
use crate::{settings, within};

/// The digest of each image, or why there is none.
fn digests(settings: Settings, images: &[&str]) -> Vec<Result<String, NoDigest>> {
    let images = images.iter().map(|text| ImageRef::parse(text).unwrap().image());
    let images: Vec<_> = images.collect();
    let mut wanted = Wanted::default();
    images.iter().for_each(|image| wanted.insert_image(image.clone()));
    let answers = Network::new(settings, Box::new(|_, _| {})).resolve(&wanted);
    let digest = |image| answers.image(image).map(|found| found.digest.to_string());
    images.iter().map(|image| digest(image).map_err(Clone::clone)).collect()
}

/// The image `own/er:1.0` of this server.
fn own(server: &Server) -> String {
    format!("{}/own/er:1.0", server.url().trim_start_matches("http://"))
}

fn usual() -> Registry {
    Registry::default()
        .image("own/er", "1.0")
        .index("own/er", "2.0")
        .index("library/alpine", "3.20")
}

fn serving(registry: &Registry) -> Server {
    let registry = registry.clone();
    Server::new(move |request| registry.serve(request))
}

/// What was asked: method, path, whether with the token.
fn asked(server: &Server) -> Vec<(String, String, bool)> {
    let expected = format!("Bearer {TOKEN}");
    let told = |request: Request| {
        let token = request.header("authorization").map(str::to_owned);
        assert!(token.as_ref().is_none_or(|token| *token == expected));
        (request.method.clone(), request.path().to_owned(), token.is_some())
    };
    server.requests().into_iter().map(told).collect()
}

#[test]
fn a_tag_is_the_digest_of_its_index_or_of_its_image() {
    let registry = usual();
    let server = serving(&registry);
    let one = own(&server);
    let many = one.replace("1.0", "2.0");
    let found = digests(settings(&server), &[&one, &many]);
    let expected = ["1.0", "2.0"].map(|tag| Ok(registry.digest("own/er", tag)));
    assert_eq!(found, expected);
    assert_eq!(server.count(), 2, "one request a tag");
    assert!(asked(&server).iter().all(|(method, _, token)| method == "HEAD" && !token));
}

#[test]
fn the_token_that_everybody_gets_serves_a_whole_repository() {
    let registry = usual().with_tokens();
    let server = serving(&registry);
    let one = own(&server);
    let images = [one.clone(), one.replace("1.0", "2.0"), one.replace("1.0", "3.0")];
    let images = images.each_ref().map(String::as_str);
    let found = digests(settings(&server), &images);
    assert_eq!(found[1], Ok(registry.digest("own/er", "2.0")));
    assert_eq!(found[2], Err(NoDigest::NotFound));
    let head = |tag: &str, token| ("HEAD".to_owned(), format!("/v2/own/er/manifests/{tag}"), token);
    let token = ("GET".to_owned(), "/token".to_owned(), false);
    let expected =
        [head("1.0", false), token, head("1.0", true), head("2.0", true), head("3.0", true)];
    assert_eq!(asked(&server), expected);
}

#[test]
fn docker_hub_has_another_host_and_a_library() {
    let registry = usual().with_tokens();
    let server = serving(&registry);
    // Its own address is asked by everything that stands for it.
    let docker_hub = BaseUrl::of_registry(server.url().trim_start_matches("http://")).unwrap();
    let settings = Settings { docker_hub, ..settings(&server) };
    let names = ["alpine:3.20", "library/alpine:3.20", "docker.io/alpine:3.20"];
    let found = digests(settings, &names);
    let expected = Ok(registry.digest("library/alpine", "3.20"));
    assert_eq!(found, vec![expected; 3]);
    assert_eq!(server.count(), 3);
    assert_eq!(BaseUrl::docker_hub().as_str(), "https://registry-1.docker.io");
}

#[test]
fn a_registry_that_names_no_digest_or_takes_no_head_is_read() {
    for (registry, requests) in [
        (usual().without_digests(), 2),
        (usual().without_head(), 2),
        (usual().without_head().without_digests().with_tokens(), 4),
    ] {
        let server = serving(&registry);
        let found = digests(settings(&server), &[&own(&server)]);
        assert_eq!(found, [Ok(registry.digest("own/er", "1.0"))]);
        assert_eq!(server.count(), requests);
    }
}

#[test]
fn a_real_registry_answers_as_ours_does() {
    let Some((registry, [one, many])) = RealRegistry::start() else { return };
    let image = |tag: &str| format!("127.0.0.1:{}/own/er:{tag}", registry.port);
    let images = ["1.0", "2.0", "3.0"].map(image);
    let server = Server::new(|_| Reply::new(500, ""));
    let found = digests(settings(&server), &images.each_ref().map(String::as_str));
    assert_eq!(found, [Ok(one), Ok(many), Err(NoDigest::NotFound)]);
    let other = format!("127.0.0.1:{}/no/such:1.0", registry.port);
    assert_eq!(digests(settings(&server), &[&other]), [Err(NoDigest::NotFound)]);
}

#[test]
fn what_is_not_shown_to_everybody_is_told_so() {
    let denied = || Reply::new(401, "").with("WWW-Authenticate", "Basic realm=\"x\"");
    let servers = [
        Server::new(move |_| denied()),
        Server::new(|_| Reply::new(403, r#"{"errors": [{"code": "DENIED"}]}"#)),
        // The token is given, and is not enough: Docker Hub, for what does not exist.
        Server::new(|request| {
            let realm = format!("Bearer realm=\"http://{}/t\"", request.header("host").unwrap());
            match request.path() {
                "/t" => Reply::new(200, r#"{"access_token": "abc"}"#),
                _ => Reply::new(401, "").with("WWW-Authenticate", &realm),
            }
        }),
        // No token for anybody: ghcr.io, for a private package.
        Server::new(|request| {
            let realm = format!("Bearer realm=\"http://{}/t\"", request.header("host").unwrap());
            match request.path() {
                "/t" => Reply::new(403, r#"{"errors": [{"code": "DENIED"}]}"#),
                _ => Reply::new(401, "").with("WWW-Authenticate", &realm),
            }
        }),
    ];
    for server in servers {
        let found = digests(settings(&server), &[&own(&server)]);
        assert_eq!(found, [Err(NoDigest::NotShown)]);
        assert!(server.count() <= 3, "{}", server.count());
    }
}

#[test]
fn what_passes_is_asked_again() {
    let faults = [
        vec![Reply::new(500, "")],
        vec![Reply::new(503, "<html>"), Reply::new(500, ""), Reply::new(408, "")],
        vec![Reply::Stall(Duration::ZERO)],
        vec![Reply::new(429, "")],
        vec![Reply::new(429, "").with("retry-after", "1")],
        vec![Reply::new(403, "").with("retry-after", "0")],
    ];
    for fault in faults {
        let registry = usual();
        let handler = registry.clone();
        let server = Server::after(fault.clone(), move |request| handler.serve(request));
        let found = digests(settings(&server), &[&own(&server)]);
        assert_eq!(found, [Ok(registry.digest("own/er", "1.0"))], "{fault:?}");
        assert_eq!(server.count(), fault.len() + 1);
    }
    // A body that breaks off.
    let registry = usual().without_head().without_digests();
    let handler = registry.clone();
    let first = [Reply::new(405, ""), Reply::Cut { body: b"{\"schema".to_vec() }];
    let server = Server::after(first, move |request| handler.serve(request));
    let found = digests(settings(&server), &[&own(&server)]);
    assert_eq!(found, [Ok(registry.digest("own/er", "1.0"))]);
    assert_eq!(server.count(), 4);
    // The same for the token.
    for fault in
        [Reply::new(500, ""), Reply::new(200, "{\"tok"), Reply::Cut { body: b"{".to_vec() }]
    {
        let registry = usual().with_tokens().without_digests();
        let handler = registry.clone();
        let first = std::sync::Mutex::new(Some(fault.clone()));
        let server = Server::new(move |request| match request.path() {
            "/token" => {
                let first = first.lock().unwrap().take();
                first.unwrap_or_else(|| handler.serve(request))
            }
            _ => handler.serve(request),
        });
        let found = digests(settings(&server), &[&own(&server)]);
        assert_eq!(found, [Ok(registry.digest("own/er", "1.0"))], "{fault:?}");
    }
}

/// What a registry that does not answer says.
fn failed(server: &Server, settings: Settings) -> String {
    match digests(settings, &[&own(server)]).pop() {
        Some(Err(NoDigest::Failed(why))) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_long_limit_is_told_and_not_waited_for() {
    let server = Server::new(|_| Reply::new(429, "").with("retry-after", "3000"));
    let names: Vec<_> =
        (0..50).map(|number| own(&server).replace("er:", &format!("er{number}:"))).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let found = within(Duration::from_secs(5), || digests(settings(&server), &names));
    let why = NoDigest::Failed("it has a limit, which is used up for 50 min".to_owned());
    assert!(found.iter().all(|found| *found == Err(why.clone())), "{found:?}");
    assert!(server.count() <= 16, "{}", server.count());
}

#[test]
fn an_answer_that_is_no_image_is_refused() {
    let of = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let digest = |kind: &str, digest: &str| {
        Reply::new(200, "{}").with("Content-Type", kind).with("Docker-Content-Digest", digest)
    };
    for (reply, why) in [
        (
            digest("text/html; charset=utf-8", of),
            "the registry answers with `text/html`, which is no image",
        ),
        (
            digest("application/vnd.docker.distribution.manifest.v1+prettyjws", of),
            "the registry answers with `application/vnd.docker.distribution.manifest.v1+prettyjws`, which is no image",
        ),
        (digest(INDEX, "sha256:abc"), "the registry names no SHA-256"),
        (digest(INDEX, &of.replace("sha256", "sha512")), "the registry names no SHA-256"),
        (Reply::new(200, "{}"), "the registry answers with ``, which is no image"),
    ] {
        let server = Server::new(move |_| reply.clone());
        assert_eq!(failed(&server, settings(&server)), why);
        assert_eq!(server.count(), 1);
    }
    // A body that is another one than the registry says.
    let server = Server::new(move |request| match request.method.as_str() {
        "HEAD" => Reply::new(405, ""),
        _ => digest(IMAGE, of),
    });
    let why = failed(&server, settings(&server));
    assert!(why.starts_with(&format!("the registry says {of} and sends sha256:")), "{why}");
}

#[test]
fn no_redirect_leads_to_another_host_and_no_token_follows_one() {
    let other = Server::new(|_| Reply::new(200, r#"{"token": "abc"}"#));
    let location = other.url().replace("127.0.0.1", "localhost");
    // Of the image, before and after there is a token; of the token.
    for (path, with_tokens) in [("/v2/", false), ("/v2/", true), ("/token", true)] {
        let registry = if with_tokens { usual().with_tokens() } else { usual() };
        let location = location.clone();
        let server = Server::new(move |request| {
            let is_known =
                !with_tokens || path == "/token" || request.header("authorization").is_some();
            if request.path().starts_with(path) && is_known {
                return Reply::new(307, "").with("Location", &location);
            }
            registry.serve(request)
        });
        let why = failed(&server, settings(&server));
        assert!(why.contains("another host, localhost:"), "{why}");
    }
    assert_eq!(other.count(), 0);
}

#[test]
fn a_token_is_fetched_over_no_open_line() {
    for realm in ["http://registry.invalid/token", "ftp://127.0.0.1/token", "nonsense"] {
        let challenge = format!("Bearer realm=\"{realm}\"");
        let server = Server::new(move |_| Reply::new(401, "").with("WWW-Authenticate", &challenge));
        let why = failed(&server, settings(&server));
        assert!(why.starts_with("the registry's token is to be had"), "{why}");
        assert_eq!(server.count(), 1);
    }
    // What is no token is not sent.
    let body = r#"{"token": "a\nb: c"}"#;
    let registry = usual().with_tokens();
    let server = Server::new(move |request| match request.path() {
        "/token" => Reply::new(200, body),
        _ => registry.serve(request),
    });
    assert_eq!(failed(&server, settings(&server)), "the registry's token is none");
}

#[test]
fn a_registry_has_its_time_and_one_that_is_not_there_is_told_so() {
    let server = Server::new(|_| Reply::Stall(Duration::from_secs(10)));
    let limits = Limits {
        request: Duration::from_millis(100),
        attempts: 2,
        backoff: Duration::from_millis(1),
        ..Limits::default()
    };
    let short = Settings { limits, ..settings(&server) };
    let why = within(Duration::from_secs(5), || failed(&server, short));
    assert_eq!(why, "127.0.0.1 did not answer in time");
    let found = digests(settings(&server), &["no-such-host.invalid/a:1", "127.0.0.1:1/a:1"]);
    let [Err(NoDigest::Failed(nowhere)), Err(NoDigest::Failed(closed))] = &found[..] else {
        panic!("{found:?}")
    };
    assert!(nowhere.starts_with("the host no-such-host.invalid was not found"), "{nowhere}");
    assert!(closed.starts_with("127.0.0.1 cannot be reached"), "{closed}");
}

#[test]
fn what_was_seen_serves_the_next_run() {
    let registry = usual();
    let server = serving(&registry);
    let cache = tempfile::tempdir().unwrap();
    let cached = || Settings { cache: Some(cache.path().to_owned()), ..settings(&server) };
    let image = own(&server);
    let expected = [Ok(registry.digest("own/er", "1.0"))];
    for requests in [1, 1] {
        assert_eq!(digests(cached(), &[&image]), expected);
        assert_eq!(server.count(), requests);
    }
    let offline = Settings { offline: true, ..cached() };
    let other = image.replace("1.0", "2.0");
    let found = digests(offline, &[&image, &other]);
    assert_eq!(found, [expected[0].clone(), Err(NoDigest::Offline)]);
    assert_eq!(server.count(), 1);
    assert_eq!(digests(Settings { refresh: true, ..cached() }, &[&image]), expected);
    assert_eq!(server.count(), 2);
}

/// A run of the program over a workflow with this job, in front of `steps`.
struct Program {
    repository: Repository,
    cache: TempDir,
}

impl Program {
    fn new(job: &str) -> Self {
        let workflow = format!(
            "on: push\npermissions: {{}}\njobs:\n  test:\n    runs-on: ubuntu-latest\n{job}    steps:\n      - run: make\n"
        );
        let repository = Repository::of_workflow(&workflow);
        Self { repository, cache: tempfile::tempdir().unwrap() }
    }

    fn run(&self, server: &Server, arguments: &[&str]) -> Run {
        let arguments = [&["--select", "pin-images"], arguments].concat();
        let mut command = command(&self.repository, server, &arguments);
        Run::of(command.env("SPEC8_FIX_CACHE_DIR", self.cache.path()))
    }
}

#[test]
fn the_program_pins_what_a_registry_says() {
    let registry = usual().with_tokens();
    let server = serving(&registry);
    let image = own(&server);
    let program = Program::new(&format!("    container: {image}\n"));
    let run = program.run(&server, &["--write"]);
    let why = "its registry is on the machine that runs this, and a runner asks its own";
    assert!(run.stderr.contains(why), "{}", run.stderr);
    let run = program.run(&server, &["--write", "--unsafe", "-vv"]);
    let pinned = format!("    container: {image}@{}\n", registry.digest("own/er", "1.0"));
    assert!(program.repository.workflow().contains(&pinned), "{}", run.stderr);
    assert!(!(run.stdout + &run.stderr).contains("sesame"));
    assert_eq!(server.count(), 3, "a second run asks nothing");
    assert_eq!(program.run(&server, &["--unsafe"]).stderr, "1 file, nothing to change\n");
    assert_eq!(server.count(), 3);
}

/// Every way to name an image, and every reason to leave one.
const WORKFLOW: &str = r#"on: push
permissions: {}
env:
  IMAGE: &image HOST/own/er:1.0
jobs:
  test:
    runs-on: ubuntu-latest
    container: HOST/own/er:1.0  # the builder
    services:
      one: 'HOST/own/er:2.0'
      two:
        image: "HOST/own/er:2.0"
        ports: [80]
      three: {image: HOST/own/er:1.0, ports: [81]}
      four: &four
        image: HOST/own/er:2.0
      five: *four
      none:
        image: ''
    steps:
      - uses: docker://HOST/own/er:1.0
        with:
          args: make
      - run: make
  left:
    runs-on: ubuntu-latest
    container:
      image: ${{ matrix.image }}
    services:
      pinned:
        image: alpine:3.20@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
      shared:
        image: *image
      misspelt:
        image: HOST/Own/Er:1.0
      silenced:
        image: HOST/own/er:1.0  # zizmor: ignore[unpinned-images]
      missing:
        image: HOST/own/er:9.9
    steps:
      - uses: docker://HOST/own/er  # latest
"#;

#[test]
fn every_way_to_name_an_image() {
    let registry = usual().index("own/er", "latest");
    let server = serving(&registry);
    let host = server.url().trim_start_matches("http://").to_owned();
    let action = "name: x\nruns:\n  using: docker\n  image: docker://HOST/own/er:1.0\n";
    let other = "name: x\nruns:\n  using: docker\n  image: Dockerfile\n";
    let files = [
        (".github/workflows/test.yml", WORKFLOW),
        ("action.yml", action),
        (".github/actions/other/action.yml", other),
    ];
    let files = files.map(|(path, text)| (path, text.replace("HOST", &host)));
    let repository = Repository::new(files);
    let run = |arguments: &[&str]| Run::of(&mut command(&repository, &server, arguments));
    let preview = run(&["--select", "pin-images", "--unsafe", "--verbose"]);
    crate::cli::snapshots().bind(|| {
        let transcript = preview.transcript().replace(&host, "registry.example");
        insta::assert_snapshot!("images", transcript);
    });
    run(&["--select", "pin-images", "--unsafe", "--write"]);
    let again = run(&["--select", "pin-images", "--unsafe"]);
    assert_eq!((again.stdout.as_str(), again.code), ("", Some(0)), "{}", again.stderr);
    // With the other rules, an image is told once; without this one, by the one for actions.
    let all = run(&["-v", "--select", "pin-actions,pin-images,workflow-permissions"]);
    let told = |run: &Run| run.stderr.matches("own/er` is not pinned").count();
    assert_eq!(told(&all), 0, "{}", all.stderr);
    let usual = Repository::of_workflow(&WORKFLOW.replace("HOST", &host));
    let usual = |rules: &[&str]| Run::of(&mut command(&usual, &server, rules));
    for rules in ["pin-actions", "pin-actions,pin-images", "pin-images"] {
        let run = usual(&["-v", "--select", rules]);
        assert_eq!(told(&run), 1, "{rules:?}: {}", run.stderr);
    }
    assert!(usual(&[]).stderr.contains("as `--select pin-images` does"));
}

#[test]
fn the_program_leaves_every_file_alone_where_nobody_answers() {
    let server = Server::new(|_| Reply::new(400, "<html>sesame</html>"));
    let program = Program::new(&format!("    container: {}\n", own(&server)));
    let before = program.repository.files();
    let run = program.run(&server, &["--write", "--unsafe"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let why = "its registry did not answer (the server said 400 Bad Request): run again, or pin it";
    assert!(run.stderr.contains(why), "{}", run.stderr);
    assert_eq!(program.repository.files(), before);
    let run = program.run(&server, &["--offline"]);
    assert!(run.stderr.contains("its registry was not asked"), "{}", run.stderr);
    assert_eq!(server.count(), 1);
}

#[test]
fn an_old_digest_is_for_who_allows_it() {
    let registry = usual();
    let server = serving(&registry);
    let program = Program::new(&format!("    container: {}\n", own(&server)));
    program.run(&server, &[]);
    for file in crate::cli::files_below(program.cache.path()) {
        let path = program.cache.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        let mut file: serde_json::Value = serde_json::from_str(&text).unwrap();
        let asked = &mut file["tags"]["1.0"]["asked"];
        *asked = (asked.as_u64().unwrap() - 7200).into();
        std::fs::write(&path, file.to_string()).unwrap();
    }
    let run = program.run(&server, &["--offline"]);
    assert!(run.stderr.contains("when its registry was last asked"), "{}", run.stderr);
    assert_eq!(server.count(), 1);
    let run = program.run(&server, &["--offline", "--unsafe"]);
    assert!(run.stdout.contains(&registry.digest("own/er", "1.0")), "{}", run.stderr);
    program.run(&server, &[]);
    assert_eq!(server.count(), 2, "an hour is over");
}
