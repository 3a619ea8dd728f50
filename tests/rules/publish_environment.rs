//! `publish-environment`.

use crate::cli::Repository;
use crate::{written, written_workflow};

const RULE: &str = "publish-environment";

/// A workflow with this trigger and one job that has these keys and steps.
fn workflow(on: &str, keys: &str, steps: &str) -> String {
    format!("on: {on}\njobs:\n  publish:\n    runs-on: ubuntu-latest\n{keys}    steps:\n{steps}")
}

const PYPI: &str = "      - uses: pypa/gh-action-pypi-publish@release/v1\n";
const ENVIRONMENT: &str = "    environment:\n      name: publish-package\n";

/// What is said of a workflow that no run changes.
#[track_caller]
fn stays(before: &str) -> String {
    let (after, run) = written_workflow(before, RULE, "--unsafe");
    assert_eq!(after, before, "{}", run.stderr);
    Repository::of_workflow(before).run(&format!("--select {RULE} -v")).stderr
}

/// Why the environment needs `--unsafe`.
#[track_caller]
fn needs_unsafe(before: &str, why: &str) {
    let (after, run) = written_workflow(before, RULE, "");
    assert_eq!(after, before);
    assert!(run.stderr.contains("needs --unsafe 1"), "{}", run.stderr);
    assert!(run.stderr.contains(why), "{}", run.stderr);
    let (after, run) = written_workflow(before, RULE, "--unsafe");
    assert!(after.contains("environment:"), "{}", run.stderr);
}

#[test]
fn a_job_that_runs_for_releases_alone_gets_one() {
    for on in ["release", "workflow_dispatch", "{ push: { tags: ['v*'] } }"] {
        let (after, run) = written_workflow(&workflow(on, "", PYPI), RULE, "");
        assert_eq!(after, workflow(on, ENVIRONMENT, PYPI), "{}", run.stderr);
        assert_eq!(run.code, Some(0));
    }
    let own = "    if: startsWith(github.ref, 'refs/tags/')\n";
    let (after, _) = written_workflow(&workflow("push", own, PYPI), RULE, "");
    assert_eq!(after, workflow("push", &format!("{own}{ENVIRONMENT}"), PYPI));
}

#[test]
fn the_name_is_the_one_that_is_in_use() {
    let other = workflow("release", "    environment: pypi\n", PYPI);
    let repository = Repository::new([
        (".github/workflows/test.yml", workflow("release", "", PYPI)),
        (".github/workflows/other.yml", other),
    ]);
    let (after, run) = written(&repository, ".github/workflows/test.yml", RULE, "");
    assert!(after.contains("    environment:\n      name: pypi\n"), "{}", run.stderr);
    // That of another registry says nothing.
    repository.write(
        ".github/workflows/test.yml",
        workflow("release", "", "      - run: cargo publish\n"),
    );
    let (after, run) = written(&repository, ".github/workflows/test.yml", RULE, "");
    assert!(after.contains("      name: publish-package\n"), "{}", run.stderr);
}

#[test]
fn a_test_index_has_another_one() {
    let steps = "      - run: twine upload -r testpypi dist/*\n";
    let (after, _) = written_workflow(&workflow("workflow_dispatch", "", steps), RULE, "");
    assert!(after.contains("name: publish-package-test\n"), "{after}");
}

#[test]
fn it_links_to_the_page_of_the_package() {
    for (file, text, step, url) in [
        (
            "pyproject.toml",
            "[project]\nname = \"tides\"\n",
            "uv publish",
            "https://pypi.org/p/tides",
        ),
        (
            "pyproject.toml",
            "[project]\nname = \"tides\"\n",
            "twine upload -r testpypi dist/*",
            "https://test.pypi.org/p/tides",
        ),
        (
            "Cargo.toml",
            "[package]\nname = \"tides\"\n",
            "cargo publish",
            "https://crates.io/crates/tides",
        ),
        (
            "package.json",
            "{\"name\": \"tides\"}",
            "npm publish",
            "https://www.npmjs.com/package/tides",
        ),
    ] {
        let workflow = workflow("release", "", &format!("      - run: {step}\n"));
        let files = [(".github/workflows/test.yml", workflow), (file, text.to_owned())];
        let repository = Repository::new(files);
        let (after, run) = written(&repository, ".github/workflows/test.yml", RULE, "");
        assert!(after.contains(&format!("      url: {url}\n")), "{after}{}", run.stderr);
    }
    // What is in another folder is another package.
    let folder = "      - uses: pypa/gh-action-pypi-publish@release/v1\n        with: { packages-dir: two/dist }\n";
    let moved = "defaults:\n  run:\n    working-directory: two\n";
    for text in [
        workflow("release", "", folder),
        format!("{moved}{}", workflow("release", "", "      - run: uv publish\n")),
    ] {
        let files = [
            (".github/workflows/test.yml", text),
            ("pyproject.toml", "[project]\nname = \"tides\"\n".to_owned()),
        ];
        let (after, _) = written(&Repository::new(files), ".github/workflows/test.yml", RULE, "");
        assert!(after.contains("environment:") && !after.contains("url:"), "{after}");
    }
}

#[test]
fn what_is_open_needs_unsafe() {
    let waits = "will wait for an approval, too";
    needs_unsafe(
        &workflow("push", "", PYPI),
        &format!("runs for pushes to branches, which {waits}"),
    );
    needs_unsafe(&workflow("[release, schedule]", "", PYPI), "runs for its schedule");
    needs_unsafe(&workflow("[release, pull_request]", "", PYPI), "runs for pull requests");
    needs_unsafe(&workflow("workflow_call", "", PYPI), "runs for calls by workflows of other");
    let step = "      - uses: pypa/gh-action-pypi-publish@release/v1\n        if: github.event.release.prerelease == false\n";
    needs_unsafe(&workflow("release", "", step), "may also run without uploading");
    let matrix = "    strategy: { matrix: { os: [a, b] } }\n";
    needs_unsafe(&workflow("release", matrix, PYPI), "for each of its jobs");
    let both = format!("      - run: twine upload -r testpypi dist/*\n{PYPI}");
    needs_unsafe(&workflow("release", "", &both), "a test index, too");
    let script = "      - run: |\n          if test -n \"$PUBLISH\"; then\n            twine upload dist/*\n          fi\n";
    needs_unsafe(&workflow("release", "", script), "may also run without uploading");
    let doubtful = "      - uses: release-plz/action@v0.5\n";
    needs_unsafe(&workflow("workflow_dispatch", "", doubtful), "only what has a new version");
}

#[test]
fn a_login_to_a_cloud_needs_unsafe() {
    let granted = "    permissions: { id-token: write }\n";
    let changes = "the environment changes the subject";
    let role = "      - uses: aws-actions/configure-aws-credentials@v4\n        with: { role-to-assume: x }\n";
    needs_unsafe(&workflow("release", granted, &format!("{role}{PYPI}")), changes);
    let unknown = "      - uses: example/unheard-of@v1\n";
    needs_unsafe(&workflow("release", granted, &format!("{unknown}{PYPI}")), changes);
    let curl = "      - run: curl \"$ACTIONS_ID_TOKEN_REQUEST_URL\"\n";
    needs_unsafe(&workflow("release", granted, &format!("{curl}{PYPI}")), changes);
    // Who publishes or signs is asked nothing about the environment.
    for steps in [
        PYPI.to_owned(),
        format!("      - uses: actions/attest-build-provenance@v2\n{PYPI}"),
        "      - uses: rust-lang/crates-io-auth-action@v1\n      - run: cargo publish\n".to_owned(),
    ] {
        let (after, run) = written_workflow(&workflow("release", granted, &steps), RULE, "");
        assert!(after.contains("environment:"), "{}", run.stderr);
    }
    // Without the permission there is no token to log in with.
    let (after, run) =
        written_workflow(&workflow("release", "", &format!("{unknown}{PYPI}")), RULE, "");
    assert!(after.contains("environment:"), "{}", run.stderr);
}

#[test]
fn a_workflow_that_runs_for_deployments_needs_unsafe() {
    let repository = Repository::new([
        (".github/workflows/test.yml", workflow("release", "", PYPI)),
        (".github/workflows/other.yml", workflow("deployment_status", "", "      - run: ls\n")),
    ]);
    let run = repository.run(&format!("--select {RULE}"));
    assert!(
        run.stderr.contains(".github/workflows/other.yml runs for deployments"),
        "{}",
        run.stderr
    );
}

#[test]
fn an_environment_that_is_there_stays() {
    for environment in ["pypi", "${{ matrix.name }}", "{ name: pypi, url: x }"] {
        let keys = format!("    environment: {environment}\n");
        let said = stays(&workflow("release", &keys, PYPI));
        assert_eq!(said, "1 file, nothing to change\n");
    }
}

#[test]
fn what_is_no_release_is_left() {
    for (step, said) in [
        ("uses: scientific-python/upload-nightly-action@main", "`environment: nightly`"),
        ("uses: softprops/action-gh-release@v2", "a second maintainer"),
        ("run: docker push ghcr.io/owner/name", "a second maintainer"),
    ] {
        let before = workflow("release", "", &format!("      - {step}\n"));
        let report = stays(&before);
        assert!(report.contains("left to you 1") && report.contains(said), "{report}");
        // That is for those who ask for everything.
        let short = Repository::of_workflow(&before).run(&format!("--select {RULE}")).stderr;
        assert_eq!(short, "1 file, nothing to change\n");
    }
}

#[test]
fn several_jobs_in_one_release_are_left() {
    let jobs = "on: release\njobs:\n  one:\n    runs-on: x\n    steps: [{ run: uv publish }]\n  two:\n    runs-on: x\n    steps: [{ run: npm publish }]\n";
    let report = stays(jobs);
    assert!(report.contains("left to you 2"), "{report}");
    assert!(report.contains("`one` and `two` wait for it with `needs: approve`"), "{report}");
    // Not those that never run together.
    let apart = jobs
        .replace("on: release", "on: [release, workflow_dispatch]")
        .replace("  one:\n", "  one:\n    if: github.event_name == 'release'\n")
        .replace("  two:\n", "  two:\n    if: github.event_name != 'release'\n");
    let (after, run) = written_workflow(&apart, RULE, "");
    assert_eq!(after.matches("environment:").count(), 2, "{}", run.stderr);
}

#[test]
fn the_called_job_gets_it() {
    let caller = "on: release\njobs:\n  call:\n    uses: ./.github/workflows/upload.yml\n";
    let called = workflow("workflow_call", "", PYPI);
    let repository = Repository::new([
        (".github/workflows/test.yml", caller.to_owned()),
        (".github/workflows/upload.yml", called),
    ]);
    let (after, run) = written(&repository, ".github/workflows/upload.yml", RULE, "");
    assert_eq!(after, workflow("workflow_call", ENVIRONMENT, PYPI), "{}", run.stderr);
    assert_eq!(repository.workflow(), caller);
    let elsewhere = "on: release\njobs:\n  call:\n    uses: OpenAstronomy/github-actions-workflows/.github/workflows/publish.yml@v1\n";
    assert!(stays(elsewhere).contains("a job that calls a workflow of another repository"));
}

#[test]
fn comments_silence_it() {
    for comment in
        ["# spec8-fix: ignore[publish-environment]", "# zizmor: ignore[secrets-outside-env]"]
    {
        let before = workflow("release", "", PYPI);
        let before = before.replace("  publish:\n", &format!("  publish: {comment}\n"));
        assert_eq!(stays(&before), "1 file, nothing to change\n");
    }
}

#[test]
fn what_a_script_of_the_repository_uploads_counts() {
    let steps = "      - run: bash tools/release.sh --now\n";
    let repository = Repository::new([
        (".github/workflows/test.yml", workflow("release", "", steps)),
        ("tools/release.sh", "#!/bin/sh\n. tools/common.sh\nupload\n".to_owned()),
        ("tools/common.sh", "upload() {\n  twine upload dist/*\n}\n".to_owned()),
    ]);
    let (after, run) = written(&repository, ".github/workflows/test.yml", RULE, "--unsafe");
    assert_eq!(after, workflow("release", ENVIRONMENT, steps), "{}", run.stderr);
}
