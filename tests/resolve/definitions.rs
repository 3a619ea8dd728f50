//! What jobs need of actions and workflows that are not known, but can be read: through the program.

use tempfile::TempDir;

use crate::TOKEN;
use crate::cli::{Repository, Run, WORKFLOW};
use crate::github::{Github, full};
use crate::program::command;
use crate::server::{Reply, Request, Server};

/// A workflow of one job with these steps.
fn steps(steps: &str) -> String {
    let steps: String = steps.lines().map(|line| format!("      {line}\n")).collect();
    format!("on: push\njobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n{steps}")
}

/// A workflow of one job that calls a workflow.
fn call(uses: &str, more: &str) -> String {
    format!("on: push\njobs:\n  job:\n    uses: {uses}\n{more}")
}

/// A workflow that can be called, and calls another one.
fn called(uses: &str) -> String {
    call(uses, "").replace("on: push", "on: workflow_call")
}

/// An action that is made of steps.
fn composite(inputs: &str, steps: &str) -> String {
    let steps: String = steps.lines().map(|line| format!("    {line}\n")).collect();
    format!("name: x\ninputs: {{{inputs}}}\nruns:\n  using: composite\n  steps:\n{steps}")
}

/// An action that is a program.
fn program(inputs: &str) -> String {
    format!("inputs: {{{inputs}}}\nruns: {{using: node24, main: x.js}}\n")
}

const RELEASES: &str = "- uses: softprops/action-gh-release@v2\n  name: Publish";

/// What came of a run: the job's block, in one line, and what else is said of it.
#[derive(Debug)]
struct Told {
    block: String,
    doubt: Option<String>,
    run: Run,
}

/// GitHub, with a folder for what runs remember of it.
struct World {
    server: Server,
    cache: TempDir,
    with_token: bool,
}

impl World {
    fn new(github: &Github, with_token: bool) -> Self {
        let github = github.clone();
        Self::serving(move |request| github.serve(request), with_token)
    }

    fn serving(
        handle: impl Fn(&Request) -> Reply + Send + Sync + 'static,
        with_token: bool,
    ) -> Self {
        let cache = tempfile::tempdir().unwrap();
        Self { server: Server::new(handle), cache, with_token }
    }

    /// One run, and another one that applies what it read, uncertain or not.
    fn run(&self, workflow: &str, arguments: &[&str]) -> Told {
        let repository = Repository::of_workflow(workflow);
        let run = |arguments: &[&str]| {
            let arguments = [&["--select", "workflow-permissions"], arguments].concat();
            let mut command = command(&repository, &self.server, &arguments);
            command.env("SPEC8_FIX_CACHE_DIR", self.cache.path());
            if self.with_token {
                command.env("GH_TOKEN", TOKEN);
            }
            Run::of(&mut command)
        };
        let first = run(arguments);
        let all = run(&["--offline", "--unsafe"]);
        let block: Vec<_> =
            all.stdout.lines().filter_map(|line| line.strip_prefix("+      ")).collect();
        let mut doubts = first.stderr.lines().filter_map(|line| {
            line.trim().strip_prefix("the job `job` may need more: ").map(str::to_owned)
        });
        Told { block: block.join(", "), doubt: doubts.next(), run: first }
    }

    /// The targets of the requests for definitions.
    fn asked(&self) -> Vec<String> {
        self.server.requests().into_iter().map(|request| request.target).collect()
    }
}

/// A workflow needs this, whether its actions are read by the API or as files; for this reason that may
/// not be all.
#[track_caller]
fn need(github: &Github, workflow: &str, expected: &str, reason: Option<&str>) {
    for with_token in [true, false] {
        let told = World::new(github, with_token).run(workflow, &[]);
        assert_eq!(told.block, expected, "{with_token}: {told:?}");
        match (reason, &told.doubt) {
            (None, None) => {}
            (Some(reason), Some(doubt)) => assert!(doubt.contains(reason), "{doubt}"),
            _ => panic!("{told:?}"),
        }
    }
}

#[test]
fn a_composite_is_looked_at_step_by_step() {
    let github = Github::default().file("own/er", "v1", "action.yml", &composite("", RELEASES));
    for with_token in [true, false] {
        let world = World::new(&github, with_token);
        let workflow = steps("- name: Set up\n  uses: Own/Er@v1");
        let told = world.run(&workflow, &["-v"]);
        assert_eq!(told.block, "contents: write", "{told:?}");
        assert_eq!(told.doubt, None);
        let evidence = "`job`: contents: write ← step \"Publish\" (Own/Er/action.yml line 6): \
                        softprops/action-gh-release creates the release";
        assert!(told.run.stderr.contains(evidence), "{}", told.run.stderr);
        let asked = world.asked();
        let expected = if with_token { "/api/graphql" } else { "/raw/own/er/v1/action.yml" };
        assert_eq!(asked, [expected]);
        // No second run asks, with the network or without.
        for arguments in [&[][..], &["--offline"]] {
            assert_eq!(world.run(&workflow, arguments).block, "contents: write");
            assert_eq!(world.asked().len(), 1, "{arguments:?}");
        }
        world.run(&workflow, &["--refresh"]);
        assert_eq!(world.asked().len(), 2);
        for request in world.server.requests() {
            assert_eq!(request.header("authorization").is_some(), with_token);
        }
    }
}

#[test]
fn an_action_may_be_in_a_folder_and_have_the_other_ending() {
    let github =
        Github::default().file("own/er", "v1", "a/b/action.yaml", &composite("", RELEASES));
    need(&github, &steps("- uses: own/er/a/b@v1"), "contents: write", None);
    let missing = "own/er/b is not known here, and could not be read: not found, or private";
    need(&github, &steps("- uses: own/er/b@v1"), "", Some(missing));
    need(&github, &steps("- uses: no/such@v1"), "", Some("no/such is not known here, and could"));
    // That there is none is remembered, too.
    let world = World::new(&github, false);
    let workflow = steps("- uses: own/er/b@v1");
    world.run(&workflow, &[]);
    assert_eq!(world.asked(), ["/raw/own/er/v1/b/action.yml", "/raw/own/er/v1/b/action.yaml"]);
    let told = world.run(&workflow, &[]);
    assert_eq!(world.asked().len(), 2);
    assert!(told.doubt.unwrap().contains("not found"));
    // But not for who may see more.
    let world = World { with_token: true, ..world };
    world.run(&workflow, &[]);
    assert_eq!(world.asked().len(), 3);
}

#[test]
fn by_inputs_and_conditions() {
    let inputs = "token: {default: '${{ github.token }}'}, release: {default: 'no'}";
    let release = "- if: inputs.release == 'yes'\n  uses: softprops/action-gh-release@v2\n  with: {token: '${{ inputs.token }}'}";
    let github = Github::default().file("own/er", "v1", "action.yml", &composite(inputs, release));
    let step = |with: &str| steps(&format!("- uses: own/er@v1\n  with: {{{with}}}"));
    need(&github, &step(""), "", None);
    need(&github, &step("RELEASE: 'yes'"), "contents: write", None);
    let other = "acts with another token";
    need(&github, &step("release: 'yes', token: '${{ secrets.PAT }}'"), "", Some(other));
}

#[test]
fn rounds_go_three_deep() {
    let uses = |name: &str| composite("", &format!("- uses: own/{name}@v1"));
    let github = Github::default()
        .file("own/a", "v1", "action.yml", &uses("b"))
        .file("own/b", "v1", "action.yml", &uses("c"))
        .file("own/c", "v1", "action.yml", &composite("", RELEASES))
        .file("own/z", "v1", "action.yml", &uses("a"));
    need(&github, &steps("- uses: own/a@v1"), "contents: write", None);
    need(
        &github,
        &steps("- uses: own/z@v1"),
        "",
        Some("own/b/action.yml line 6: own/c is not known here"),
    );
    // Each round is one query, whatever it is about.
    let world = World::new(&github, true);
    world.run(&steps("- uses: own/a@v1\n- uses: own/c@v1\n- uses: own/b@v1"), &[]);
    assert_eq!(world.asked().len(), 1);
    world.run(&steps("- uses: own/a@v1\n- uses: own/z@v1"), &[]);
    assert_eq!(world.asked().len(), 2);
}

#[test]
fn an_action_that_uses_itself_comes_to_an_end() {
    let many = "- uses: own/er@v1\n".repeat(200);
    let github = Github::default().file("own/er", "v1", "action.yml", &composite("", &many)).file(
        "own/er",
        "v1",
        ".github/workflows/x.yml",
        &{
            let jobs: String = (0..200)
                .map(|n| format!("  j{n}: {{uses: own/er/.github/workflows/x.yml@v1}}\n"))
                .collect();
            format!("on: workflow_call\njobs:\n{jobs}")
        },
    );
    let github = github.file(
        "own/parallel",
        "v1",
        "action.yml",
        "runs:\n  using: composite\n  steps: &a\n    - parallel: *a\n    - parallel: *a\n",
    );
    crate::within(std::time::Duration::from_secs(60), || {
        let world = World::new(&github, true);
        let told = world.run(&steps("- uses: own/er@v1"), &[]);
        assert!(told.doubt.is_some(), "{told:?}");
        let told = world.run(&steps("- uses: own/parallel@v1"), &[]);
        assert!(told.doubt.unwrap().contains("has more steps than are followed"));
        let told = world.run(&call("own/er/.github/workflows/x.yml@v1", ""), &[]);
        assert!(told.doubt.unwrap().contains("too deep"));
    });
}

#[test]
fn a_program_may_use_the_token_that_it_is_handed() {
    let token = "github-token: {default: '${{ github.token }}'}";
    let github = Github::default()
        .file("own/er", "v1", "action.yml", &program("x: {default: 1}, token: {required: true}"))
        .file("own/default", "v1", "action.yml", &program(token))
        .file("own/deploy-docs", "v1", "action.yml", &program(""));
    need(&github, &steps("- uses: own/er@v1\n  with: {x: 2}"), "", None);
    for (step, reason) in [
        (
            "- uses: own/default@v1",
            "own/default may use the token: its input `github-token` has it by default",
        ),
        (
            "- uses: own/er@v1\n  with: {token: '${{ secrets.GITHUB_TOKEN }}'}",
            "own/er may use the token: its input `token` is given it",
        ),
        (
            "- uses: own/er@v1\n  with: {undeclared: 'x ${{ github.token }}'}",
            "its input `undeclared` is given it",
        ),
        (
            "- uses: own/er@v1\n  env: {T: '${{ github.token }}'}",
            "own/er may use the token: it stands in `T`",
        ),
        (
            "- uses: actions/checkout@v4\n- uses: own/deploy-docs@v1",
            "may use the credentials of `git`: its name says `deploy`",
        ),
    ] {
        need(&github, &steps(step), "", Some(reason));
    }
    for step in [
        "- uses: own/default@v1\n  with: {GitHub-Token: '${{ secrets.PAT }}'}",
        "- uses: own/deploy-docs@v1",
        "- uses: actions/checkout@v4\n  with: {persist-credentials: false}\n- uses: own/deploy-docs@v1",
    ] {
        need(&github, &steps(step), "", None);
    }
}

#[test]
fn a_local_path_in_an_action_of_others_is_not_of_this_repository() {
    let github = Github::default()
        .file("own/er", "v1", "action.yml", &composite("", "- uses: ./tools"))
        .file("own/er", "v1", ".github/workflows/x.yml", &called("./.github/workflows/y.yml"));
    let reason = "./tools is named by another repository, and was not read";
    need(&github, &steps("- uses: own/er@v1"), "", Some(reason));
    let reason = "./.github/workflows/y.yml is not among the files that were read";
    need(&github, &call("own/er/.github/workflows/x.yml@v1", ""), "", Some(reason));
}

#[test]
fn a_workflow_asks_for_what_it_declares_or_needs() {
    let asking = |top: &str, own: &str| {
        format!(
            "on:\n  workflow_call:\n    inputs:\n      release: {{type: boolean}}\n{top}jobs:\n  a:\n{own}    runs-on: x\n    steps:\n      - if: inputs.release\n        uses: softprops/action-gh-release@v2\n"
        )
    };
    let github = [
        ("none", asking("", "")),
        ("top", asking("permissions: {pages: write}\n", "")),
        ("job", asking("", "    permissions: {issues: write}\n")),
        ("nested", called("own/er/.github/workflows/job.yml@v1")),
    ]
    .into_iter()
    .fold(Github::default(), |github, (name, text)| {
        github.file("own/er", "v1", &format!(".github/workflows/{name}.yml"), &text)
    });
    let uses = |name: &str| format!("own/er/.github/workflows/{name}.yml@v1");
    let release = "    with: {release: true}\n";
    for (name, with, expected) in [
        ("none", "", ""),
        ("none", release, "contents: write"),
        ("top", release, "pages: write"),
        ("job", release, "issues: write"),
        ("nested", "", "issues: write"),
    ] {
        need(&github, &call(&uses(name), with), expected, None);
    }
    let told = World::new(&github, true).run(&call(&uses("none"), release), &["-v"]);
    let evidence = "`job`: contents: write ← own/er/.github/workflows/none.yml line 10: \
                    softprops/action-gh-release creates the release";
    assert!(told.run.stderr.contains(evidence), "{}", told.run.stderr);
    let missing = "is a workflow that is not known here, and could not be read: not found";
    need(&github, &call(&uses("missing"), ""), "", Some(missing));
}

#[test]
fn what_cannot_be_read_is_told() {
    let long = format!("{}# {}\n", composite("", RELEASES), "x".repeat(600_000));
    for (text, reason) in [
        ("", "cannot be read: action.yml: it is no action"),
        ("message: not an action", "cannot be read: action.yml: it is no action"),
        ("runs: [", "cannot be read: action.yml: "),
        (&long, "could not be read: it is "),
    ] {
        let github = Github::default().file("own/er", "v1", "action.yml", text);
        need(&github, &steps("- uses: own/er@v1"), "", Some(reason));
    }
    let github = Github::default().file(
        "own/er",
        "v1",
        ".github/workflows/x.yml",
        "on: workflow_call\npermissions: nonsense\njobs: {}\n",
    );
    let reason = "cannot be read: .github/workflows/x.yml: GitHub would not accept this workflow";
    need(&github, &call("own/er/.github/workflows/x.yml@v1", ""), "", Some(reason));
}

#[test]
fn a_server_that_does_not_give_a_file_is_told() {
    let page = || Reply::new(200, "<html>").with("Content-Type", "text/html; charset=utf-8");
    let away = || Reply::new(302, "").with("Location", "http://localhost:1/x");
    for (reply, reason) in [
        (page(), "the server answers with a page, not with a file"),
        (away(), "redirects to another host, localhost:1"),
        (Reply::new(200, b"\xff".to_vec()), "it is not UTF-8"),
        (Reply::new(401, ""), "not found, or private"),
        (Reply::new(403, ""), "the server said 403"),
    ] {
        let world = World::serving(move |_| reply.clone(), false);
        let told = world.run(&steps("- uses: own/er@v1"), &[]);
        assert!(told.doubt.as_ref().is_some_and(|it| it.contains(reason)), "{told:?}");
        assert_eq!(told.block, "");
    }
}

#[test]
fn where_the_api_does_not_tell_files_are_read() {
    let github = Github::default().file("own/er", "v1", "action.yml", &composite("", RELEASES));
    for status in [401, 403] {
        let github = github.clone();
        let world = World::serving(
            move |request| match request.path() {
                "/api/graphql" => Reply::new(status, r#"{"message": "no"}"#),
                _ => github.serve(request),
            },
            true,
        );
        let told = world.run(&steps("- uses: own/er@v1"), &[]);
        assert_eq!(told.block, "contents: write", "{told:?}");
        assert_eq!(world.asked(), ["/api/graphql", "/raw/own/er/v1/action.yml"]);
        let [_, file] = &world.server.requests()[..] else { panic!("two requests") };
        assert_eq!(file.header("authorization"), None);
        assert_eq!(told.run.stderr.contains("is not used"), status == 401, "{told:?}");
    }
}

#[test]
fn nothing_is_read_that_is_known_or_that_no_rule_asks_about() {
    let github = Github::default();
    let known = "- uses: actions/checkout@v4\n- uses: actions/github-script@v7\n- uses: ./local\n- uses: docker://x";
    let world = World::new(&github, true);
    world.run(&steps(known), &[]);
    world.run(&steps("- uses: 'own/er@${{ x }}'"), &[]);
    assert_eq!(world.asked(), [""; 0]);
    let repository = Repository::of_workflow(&steps("- uses: own/er@v1"));
    for rule in ["pin-actions", "vulnerable-actions"] {
        Run::of(&mut command(&repository, &world.server, &["--select", rule]));
    }
    let files = world.asked().into_iter().filter(|target| target.contains("/raw/"));
    assert_eq!(files.count(), 0);
}

#[test]
fn forty_actions_take_two_requests_and_their_definitions_one() {
    let mut github = Github::default();
    let mut text = String::new();
    for number in 0..40 {
        let name = format!("own/action-{number}");
        github = github
            .tag(&name, "v1", "aa", "2026-01-01")
            .tag(&name, "v1.0.0", "aa", "2026-01-01")
            .file(&name, "v1", "action.yml", &program(""));
        text.push_str(&format!("- uses: {name}@v1\n"));
    }
    let world = World::new(&github, true);
    let run = || {
        let repository = Repository::of_workflow(&steps(&text));
        let mut command = command(&repository, &world.server, &[]);
        command.env("SPEC8_FIX_CACHE_DIR", world.cache.path()).env("GH_TOKEN", TOKEN);
        Run::of(&mut command)
    };
    let first = run();
    assert!(first.stdout.contains("+permissions:\n+  contents: read\n"), "{}", first.stdout);
    assert_eq!(first.stdout.matches(&full("aa")).count(), 40);
    assert!(world.asked().len() <= 3, "{:?}", world.asked());
    let before = world.asked().len();
    run();
    assert_eq!(world.asked().len(), before);
}

#[test]
fn a_pin_and_permissions_come_at_once() {
    let release = composite("", RELEASES);
    let github = ["v1", &full("aa")].into_iter().fold(Github::default(), |github, git_ref| {
        github.file("own/er", git_ref, "action.yml", &release)
    });
    let github = github
        .file("own/er", "v2", "action.yml", &program(""))
        .file("own/er", &full("bb"), "action.yml", &program(""))
        .tag("own/er", "v1", "aa", "2026-01-01")
        .tag("own/er", "v1.0.0", "aa", "2026-01-01")
        .tag("own/er", "v2", "bb", "2026-01-01")
        .tag("own/er", "v2.0.0", "bb", "2026-01-01");
    let world = World::new(&github, true);
    let repository = Repository::of_workflow(
        "on: push\njobs:\n  test:\n    runs-on: x\n    steps:\n      - uses: own/er@v2\n  job:\n    runs-on: x\n    steps:\n      - uses: own/er@v1\n",
    );
    for _ in 0..2 {
        let mut command = command(&repository, &world.server, &["--write"]);
        command.env("SPEC8_FIX_CACHE_DIR", world.cache.path()).env("GH_TOKEN", TOKEN);
        let run = Run::of(&mut command);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert_eq!(
            repository.read(WORKFLOW),
            format!(
                "on: push\npermissions:\n  contents: read\njobs:\n  test:\n    runs-on: x\n    steps:\n      - uses: own/er@{} # v2.0.0\n  job:\n    runs-on: x\n    permissions:\n      contents: write\n    steps:\n      - uses: own/er@{} # v1.0.0\n",
                full("bb"),
                full("aa")
            )
        );
    }
}
