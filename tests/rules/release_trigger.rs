//! `release-trigger`.

use crate::cli::Repository;
use crate::written_workflow;

const RULE: &str = "release-trigger";

const JOB: &str =
    "jobs:\n  publish:\n    runs-on: ubuntu-latest\n    steps:\n      - run: uv publish\n";

/// The triggers of a workflow that publishes become others, with `--unsafe`.
#[track_caller]
fn become_(before: &str, after: &str) {
    let workflow = format!("{before}{JOB}");
    let (kept, run) = written_workflow(&workflow, RULE, "");
    assert_eq!(kept, workflow);
    assert!(run.stderr.contains("nothing is published any more until"), "{}", run.stderr);
    let (written, run) = written_workflow(&workflow, RULE, "--unsafe");
    assert_eq!(written, format!("{after}{JOB}"), "{}", run.stderr);
}

/// What is said of a workflow that no run changes.
#[track_caller]
fn stays(workflow: &str) -> String {
    let (written, run) = written_workflow(workflow, RULE, "--unsafe");
    assert_eq!(written, workflow, "{}", run.stderr);
    Repository::of_workflow(workflow).run(&format!("--select {RULE} -v")).stderr
}

#[test]
fn what_is_not_deliberate_gives_way() {
    become_("on: schedule\n", "on: workflow_dispatch\n");
    become_("on: [push]\n", "on: workflow_dispatch\n");
    become_("on:\n  push:\n    branches: [main]\n", "on: workflow_dispatch\n");
    become_(
        "on:\n  push:\n  workflow_dispatch:\n    inputs: {}\n",
        "on:\n  workflow_dispatch:\n    inputs: {}\n",
    );
}

#[test]
fn what_is_deliberate_stays() {
    become_("on: [push, release]\n", "on: [release, workflow_dispatch]\n");
    become_(
        "on:\n  push:\n    branches: [main]\n    tags: ['v*']\n",
        "on:\n  push:\n    tags: ['v*']\n  workflow_dispatch: {}\n",
    );
    become_(
        "on:\n  release:\n    types: [published]\n  schedule:\n    - cron: 0 0 * * *\n",
        "on:\n  release:\n    types: [published]\n  workflow_dispatch: {}\n",
    );
}

#[test]
fn deliberate_acts_are_fine() {
    for on in ["workflow_dispatch", "release", "{ push: { tags: ['v*'] } }", "workflow_call"] {
        let workflow = format!("on: {on}\n{JOB}");
        let run = Repository::of_workflow(&workflow).run(&format!("--select {RULE} --unsafe"));
        assert_eq!(run.stderr, "1 file, nothing to change\n", "{on}");
    }
    assert!(stays(&format!("on: release\n{JOB}")).contains("let a ruleset say who may"));
    assert_eq!(stays(&format!("on: workflow_dispatch\n{JOB}")), "1 file, nothing to change\n");
}

#[test]
fn conditions_count() {
    let tagged = JOB
        .replace("    runs-on", "    if: startsWith(github.event.ref, 'refs/tags/')\n    runs-on");
    assert!(stays(&format!("on: push\n{tagged}")).contains("publishes for a tag"));
    let hidden =
        JOB.replace("    runs-on", "    if: needs.version.outputs.is-new == 'true'\n    runs-on");
    assert!(stays(&format!("on: push\n{hidden}")).contains("possibly uploads to PyPI for pushes"));
    let main = JOB.replace("    runs-on", "    if: github.ref == 'refs/heads/main'\n    runs-on");
    let (after, run) = written_workflow(&format!("on: push\n{main}"), RULE, "--unsafe");
    assert_eq!(after, format!("on: workflow_dispatch\n{main}"), "{}", run.stderr);
    // By hand it would not run.
    let push = JOB.replace("    runs-on", "    if: github.event_name == 'push'\n    runs-on");
    assert!(
        stays(&format!("on: push\n{push}")).contains("its conditions let it run for nothing else")
    );
}

#[test]
fn what_a_person_has_to_decide() {
    let with_tests =
        format!("on: push\n{JOB}  test:\n    runs-on: x\n    steps: [{{ run: make }}]\n");
    assert!(stays(&with_tests).contains("the workflow also runs `test`"));
    assert!(stays(&format!("on: pull_request\n{JOB}")).contains("if that is a rehearsal"));
    let tool = "on: push\njobs:\n  job:\n    runs-on: x\n    steps: [{ uses: changesets/action@v1, with: { publish: x } }]\n";
    assert!(stays(tool).contains("so protect it"));
    let gated = JOB.replace("    runs-on", "    environment: pypi\n    runs-on");
    assert!(
        stays(&format!("on: push\n{gated}")).contains("its environment can ask for an approval")
    );
}

#[test]
fn jobs_that_serve_the_publishing_one_do_not_count() {
    let jobs = "jobs:\n  build:\n    runs-on: x\n    steps: [{ run: uv build }]\n  publish:\n    needs: [build]\n    runs-on: x\n    steps: [{ run: uv publish }]\n";
    let (after, run) = written_workflow(&format!("on: push\n{jobs}"), RULE, "--unsafe");
    assert_eq!(after, format!("on: workflow_dispatch\n{jobs}"), "{}", run.stderr);
}

#[test]
fn what_is_no_release_is_fine() {
    for step in [
        "run: twine upload -r testpypi dist/*",
        "run: docker push ghcr.io/owner/name",
        "uses: softprops/action-gh-release@v2",
        "run: uv publish --dry-run",
        "run: anaconda upload --label dev x.conda",
    ] {
        let workflow =
            format!("on: push\njobs:\n  job:\n    runs-on: x\n    steps:\n      - {step}\n");
        assert_eq!(stays(&workflow), "1 file, nothing to change\n", "{step}");
    }
    let nightly = "on: schedule\njobs:\n  job:\n    runs-on: x\n    steps: [{ run: anaconda upload -u me x.conda }]\n";
    assert_eq!(stays(nightly), "1 file, nothing to change\n");
}
