//! `verify-pins` through the program, with a repository that tells.

use std::sync::Arc;

use crate::TOKEN;
use crate::cli::{Repository, Run};
use crate::github::Github;
use crate::program::{command, workflow};
use crate::repositories::{Repositories, light};
use crate::server::Server;

/// `own/er` on a server: an older commit that no tag is on, then v1.0.0 as an annotated tag, then
/// v2.0.0, and a commit on top of the first that nobody pushed here.
struct Own {
    git: Arc<Repositories>,
    old: String,
    v1: String,
    object: String,
    v2: String,
    fork: String,
}

const MISSING: &str = "1234567890123456789012345678901234567890";

impl Own {
    fn new() -> Self {
        let git = Repositories::new();
        git.make("own/er", "");
        let sha = |rev: &str| git.git("own/er", &["rev-parse", rev]).trim().to_owned();
        let old = sha("trunk~1");
        let v1 = git.stray("own/er", Some("trunk"));
        let v2 = git.stray("own/er", Some(&v1));
        git.git("own/er", &["tag", "-a", "-m", "t", "v1.0.0", &v1]);
        git.git("own/er", &["tag", "v2.0.0", &v2]);
        git.git("own/er", &["update-ref", "refs/heads/trunk", &v2]);
        let (object, fork) = (sha("v1.0.0"), git.stray("own/er", Some(&old)));
        Self { old, v1, object, v2, fork, git: Arc::new(git) }
    }

    /// GitHub, without an API and with one.
    fn servers(&self) -> [(bool, Server); 2] {
        let day = "2026-01-01";
        let api = Github::default()
            .tag("own/er", "v1.0.0", &self.v1, day)
            .tag("own/er", "v2.0.0", &self.v2, day)
            .branch("own/er", "main", &self.v2, day)
            .commit("own/er", &self.old, day, "BEHIND")
            .commit("own/er", &self.fork, day, "DIVERGED")
            .object("own/er", &self.object, "v1.0.0");
        let (git, also_git) = (Arc::clone(&self.git), Arc::clone(&self.git));
        [
            (false, Server::new(move |request| git.serve(request, true))),
            (
                true,
                Server::new(move |request| match request.path() {
                    path if path.starts_with("/api/") => api.serve(request),
                    _ => also_git.serve(request, true),
                }),
            ),
        ]
    }
}

fn run(server: &Server, has_token: bool, uses: &str, arguments: &[&str]) -> Run {
    let repository = Repository::of_workflow(&workflow(uses));
    let mut command = command(&repository, server, arguments);
    if has_token {
        command.env("GH_TOKEN", TOKEN);
    }
    Run::of(&mut command)
}

/// The step that a preview puts in the place of the one that is there; nothing where it stays.
fn fixed(run: &Run) -> Option<&str> {
    run.stdout.lines().find_map(|line| line.strip_prefix("+      - uses: own/er@"))
}

#[test]
fn what_is_wrong_is_put_right() {
    let own = Own::new();
    let Own { v1, v2, object, old, .. } = &own;
    for (has_token, server) in own.servers() {
        for (before, after) in [
            (format!("{v1} # v1.0.0"), None),
            (format!("{v1} # v1"), None),
            (format!("{v1} # main"), None),
            (format!("{old} # main"), None),
            (format!("{old} # v1"), None),
            (format!("{v1} # v2.0.0"), Some(format!("{v1} # v1.0.0"))),
            (format!("{v1} # v9.9.9"), Some(format!("{v1} # v1.0.0"))),
            (format!("{v2} # v1"), Some(format!("{v2} # v2.0.0"))),
            (v2.clone(), Some(format!("{v2} # v2.0.0"))),
            (format!("{object} # v1.0.0"), Some(format!("{v1} # v1.0.0"))),
            (object.clone(), Some(format!("{v1} # v1.0.0"))),
            (v1[..9].to_owned(), Some(format!("{v1} # v1.0.0"))),
        ] {
            let run = run(&server, has_token, &format!("own/er@{before}"), &[]);
            assert_eq!(fixed(&run), after.as_deref(), "{before}: {}", run.stderr);
            assert_eq!(run.code, Some(i32::from(after.is_some())));
            if after.is_none() {
                assert_eq!(run.stderr, "1 file, nothing to change\n", "{before}");
            }
        }
    }
}

#[test]
fn what_a_person_has_to_decide_is_told() {
    let own = Own::new();
    let Own { old, v1, fork, .. } = &own;
    for (has_token, server) in own.servers() {
        for (uses, code, said) in [
            (
                format!("{fork} # v2.0.0"),
                1,
                format!(
                    "`own/er` is pinned to an impostor commit: no branch or tag of it holds {fork}"
                ),
            ),
            (
                fork.clone(),
                1,
                format!("https://github.com/own/er/commit/{fork}, before it runs again"),
            ),
            (MISSING.to_owned(), 1, format!("is pinned to {MISSING}, and has no such commit")),
            (
                format!("{old} # v1.0.0"),
                0,
                format!("is not pinned to v1.0.0, as its comment says: that is {v1}"),
            ),
            (format!("{old} # v1.5.0"), 0, "has no v1.5.0, as which it is pinned".to_owned()),
            (format!("{old} # v1.5.0"), 0, "the nearest to that name is `v1.0.0`".to_owned()),
        ] {
            let run = run(&server, has_token, &format!("own/er@{uses}"), &["--unsafe"]);
            assert_eq!((run.code, run.stdout.as_str()), (Some(code), ""), "{uses}: {}", run.stderr);
            assert!(run.stderr.contains("left to you 1\n"), "{}", run.stderr);
            assert!(run.stderr.contains(&said), "{said}: {}", run.stderr);
        }
    }
}

#[test]
fn a_commit_without_a_tag_is_listed_on_request() {
    let own = Own::new();
    for (has_token, server) in own.servers() {
        let uses = format!("own/er@{}", own.old);
        assert_eq!(run(&server, has_token, &uses, &[]).stderr, "1 file, nothing to change\n");
        let run = run(&server, has_token, &uses, &["-v"]);
        assert!(run.stderr.contains("a commit that no version tag is on"), "{}", run.stderr);
        assert_eq!(run.code, Some(0));
    }
}

#[test]
fn only_who_cannot_ask_calls_nothing_an_impostor() {
    let own = Own::new();
    let [(_, server), _] = own.servers();
    let repository = Repository::of_workflow(&workflow(&format!("own/er@{}", own.fork)));
    let cache = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let arguments = [&["--select", "verify-pins"], arguments].concat();
        let mut command = command(&repository, &server, &arguments);
        Run::of(command.env("SPEC8_FIX_CACHE_DIR", cache.path()))
    };
    assert_eq!(run(&["--offline"]).code, Some(0));
    assert_eq!(server.count(), 0);
    // What was found stands as long as it is remembered.
    for arguments in [&[][..], &["--offline"], &[]] {
        let run = run(arguments);
        assert!(run.stderr.contains("impostor commit"), "{arguments:?}: {}", run.stderr);
        assert_eq!((run.code, server.count()), (Some(1), 2), "{arguments:?}");
    }
}

#[test]
fn a_branch_that_its_owner_rewrites_is_no_alarm() {
    let git = Repositories::new();
    let name = "dtolnay/rust-toolchain";
    git.make(name, &light("refs/heads/master", 2));
    let left = git.stray(name, Some("trunk"));
    let server = Server::new(move |request| git.serve(request, true));
    let run = run(&server, false, &format!("{name}@{left} # stable"), &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("its owner rewrites branches and tags"), "{}", run.stderr);
}
