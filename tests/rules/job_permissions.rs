//! `job-permissions`.

use crate::cli::{Repository, WORKFLOW};
use crate::written_workflow;

const RULE: &str = "job-permissions";

fn workflow(permissions: &str, steps: &str) -> String {
    format!(
        "on: push\npermissions: {{}}\njobs:\n  job:\n    runs-on: ubuntu-latest\n    permissions:{permissions}\n    steps:\n{steps}"
    )
}

const COMMENT: &str =
    "      - uses: actions/checkout@v4\n      - uses: peter-evans/commit-comment@v3\n";
const RELEASE: &str =
    "      - uses: actions/checkout@v4\n      - uses: softprops/action-gh-release@v2\n";

/// The block of a job becomes another.
#[track_caller]
fn becomes(before: &str, after: &str, steps: &str) {
    let (written, run) = written_workflow(&workflow(before, steps), RULE, "");
    assert_eq!(written, workflow(after, steps), "{}", run.stderr);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

/// A job stays as it is; gives what is said of it with `-v`.
#[track_caller]
fn stays(permissions: &str, steps: &str) -> String {
    let before = workflow(permissions, steps);
    let (written, run) = written_workflow(&before, RULE, "--unsafe");
    assert_eq!(written, before, "{}", run.stderr);
    assert_eq!(run.stderr, "1 file, nothing to change\n");
    Repository::of_workflow(&before).run(&format!("--select {RULE} -v")).stderr
}

#[test]
fn what_nothing_uses_goes() {
    becomes(
        "\n      contents: write\n      issues: write\n      packages: write # for the image",
        "\n      contents: write",
        RELEASE,
    );
    becomes(" {contents: write, issues: write}", " {contents: write}", RELEASE);
    becomes(" write-all", "\n      contents: write", RELEASE);
}

#[test]
fn contents_may_still_be_read() {
    let steps = "      - uses: actions/checkout@v4\n        with:\n          persist-credentials: false\n      - run: make\n";
    becomes("\n      contents: write", "\n      contents: read", steps);
    becomes("\n      issues: write", " {}", steps);
}

#[test]
fn of_two_scopes_that_do_as_well_the_one_that_is_there_stays() {
    let label =
        "      - run: gh label create x\n        env: { GH_TOKEN: \"${{ github.token }}\" }\n";
    for scope in ["issues", "pull-requests"] {
        let said = stays(&format!("\n      {scope}: write"), label);
        assert!(!said.contains("seems to need"), "{said}");
    }
    becomes("\n      issues: write\n      pull-requests: write", "\n      issues: write", label);
}

#[test]
fn what_is_read_stays() {
    stays("\n      contents: write\n      actions: read\n      packages: read", RELEASE);
    stays(" read-all", RELEASE);
}

#[test]
fn what_programs_of_the_project_may_use_stays() {
    let steps = "      - uses: actions/checkout@v4\n      - run: make docs\n";
    stays("\n      contents: write\n      id-token: write", steps);
    // What publishes may prove to a registry which workflow it is, if not in each of its versions.
    for command in ["pdm publish", "twine upload dist/*", "hatch publish", "npm publish"] {
        let token = "        env: { NODE_AUTH_TOKEN: \"${{ secrets.T }}\" }";
        let steps = format!("      - run: {command}\n{token}\n");
        stays("\n      contents: read\n      id-token: write", &steps);
    }
    becomes("\n      contents: write\n      issues: write", "\n      contents: write", steps);
}

#[test]
fn what_an_action_uses_if_it_has_it_stays() {
    let stale = "      - uses: actions/stale@v9\n";
    stays("\n      actions: write\n      issues: write\n      pull-requests: write", stale);
    let scopes = "\n      issues: write\n      pull-requests: write";
    becomes(&format!("\n      checks: write{scopes}"), scopes, stale);
}

#[test]
fn what_callers_elsewhere_may_ask_for_stays() {
    let called = ".github/workflows/called.yml";
    let release = |permission: &str| {
        format!(
            "on:\n  workflow_call:\n    inputs:\n      publish:\n        type: boolean\npermissions: {{}}\njobs:\n  \
             job:\n    if: inputs.publish\n    runs-on: x\n    permissions:\n      contents: write\n{permission}    \
             steps:\n      - uses: softprops/action-gh-release@v2\n"
        )
    };
    let caller = "on: push\npermissions: {}\njobs:\n  call:\n    permissions:\n      contents: write\n      issues: write\n    \
                  uses: ./.github/workflows/called.yml\n    with:\n      publish: false\n";
    let before = release("      issues: write\n");
    let repository = Repository::new([(WORKFLOW, caller), (called, before.as_str())]);
    repository.run(&format!("--select {RULE} --write {called}"));
    assert_eq!(repository.read(called), release(""));
}

#[test]
fn a_job_that_is_not_certain_stays() {
    let steps = format!("{RELEASE}      - uses: own/er@v1\n");
    let said = stays("\n      contents: write\n      issues: write", &steps);
    let expected = "the job `job` has `issues: write`, and nothing seen in it uses that\n      \
                    the job `job` may need more: line 12: own/er is not known here, and reading it takes network access\n";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn a_call_stays_where_only_a_run_for_a_fork_clears_a_doubt() {
    let called = "on: workflow_call\njobs:\n  job:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v4\n      - run: make release\n";
    let before = "on: [push, pull_request]\npermissions: {}\njobs:\n  job:\n    permissions: write-all\n    uses: ./.github/workflows/called.yml\n";
    let files = [(WORKFLOW, before), (".github/workflows/called.yml", called)];
    let repository = Repository::new(files);
    let said = repository.run(&format!("--select {RULE} -v --write --unsafe")).stderr;
    assert_eq!(repository.workflow(), before);
    assert!(said.contains("its name says `release`"), "{said}");
}

#[test]
fn a_call_of_a_workflow_elsewhere_stays() {
    let before = "on: push\npermissions: {}\njobs:\n  job:\n    permissions: write-all\n    uses: slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@v2.1.0\n";
    let (written, _) = written_workflow(before, RULE, "--unsafe");
    assert_eq!(written, before);
}

#[test]
fn what_is_missing_is_told_and_never_given() {
    let said = stays("\n      contents: read", RELEASE);
    let expected = "the job `job` seems to need `contents: write`, and does not have it\n      \
                    line 10: softprops/action-gh-release creates the release and uploads its files: \
                    grant it if that step fails\n";
    assert!(said.contains(expected), "{said}");
    assert!(!stays("\n      contents: write", COMMENT).contains("does not have it"));
}

#[test]
fn a_precaution_is_missed_by_nobody() {
    let stale = "      - uses: actions/stale@v9\n        with:\n          days-before-pr-stale: -1\n          days-before-pr-close: -1\n";
    becomes(
        "\n      contents: write\n      issues: write",
        "\n      contents: read\n      issues: write",
        stale,
    );
    let both = "\n      issues: write\n      pull-requests: write";
    becomes(&format!("{both}\n      packages: write"), both, stale);
}

#[test]
fn a_silenced_job_stays() {
    for comment in ["spec8-fix: ignore[job-permissions]", "zizmor: ignore[excessive-permissions]"] {
        let before = workflow(&format!(" write-all # {comment}"), RELEASE);
        assert_eq!(written_workflow(&before, RULE, "").0, before);
    }
}

/// What a called job asks for no more goes from its caller in the same run, however many calls lie between.
#[test]
fn a_second_run_finds_nothing_in_callers() {
    let call = |on: &str, callee: &str| {
        format!(
            "on: {on}\npermissions: {{}}\njobs:\n  call:\n    permissions:\n      contents: read\n      issues: write\n    uses: ./.github/workflows/{callee}.yml\n"
        )
    };
    let steps = "      - uses: actions/checkout@v4\n";
    let last = workflow("\n      contents: read\n      issues: write", steps);
    let repository = Repository::new([
        (".github/workflows/a.yml", call("push", "b")),
        (".github/workflows/b.yml", call("workflow_call", "c")),
        (".github/workflows/c.yml", last.replace("on: push", "on: workflow_call")),
    ]);
    let run = repository.run(&format!("--write --select {RULE}"));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for name in ["a", "b", "c"] {
        let after = repository.read(format!(".github/workflows/{name}.yml"));
        assert!(!after.contains("issues"), "{name}: {after}");
    }
    assert!(run.stderr.contains("fixed 3"), "{}", run.stderr);
}
