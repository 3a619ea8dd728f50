//! What a run over each sample repository prints, whole, in `snapshots/`: read them as a maintainer
//! would who sees the program for the first time.

#[path = "support/cli.rs"]
mod cli;

use std::path::Path;

use cli::Repository;

/// A copy of a sample repository that knows its own name.
fn sample(name: &str) -> Repository {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/repositories").join(name);
    Repository::copy_of(&folder).named("weather-works/weather-report")
}

fn check(name: &str) {
    cli::snapshots().bind(|| {
        let preview = sample(name).run("");
        insta::assert_snapshot!(name, preview.transcript());
        let all = sample(name).run("--unsafe --verbose");
        insta::assert_snapshot!(format!("{name}-all"), all.transcript());
    });
}

/// The rules of publishing.
const PUBLISHING: &str = "publish-environment,release-trigger,build-isolation,trusted-publishing,\
                          attest-provenance";

/// The same with these rules alone.
fn check_publishing(name: &str) {
    cli::snapshots().bind(|| {
        let safe = sample(name).run(&format!("--select {PUBLISHING}"));
        insta::assert_snapshot!(name, safe.transcript());
        let all = sample(name).run(&format!("--select {PUBLISHING} --unsafe --verbose"));
        insta::assert_snapshot!(format!("{name}-all"), all.transcript());
    });
}

#[test]
fn the_sample_of_the_readme() {
    check("sample");
}

#[test]
fn a_small_python_package() {
    check("python-package");
}

#[test]
fn a_repository_from_windows() {
    check("windows");
}

#[test]
fn actions_and_reusable_workflows() {
    check("actions-and-calls");
}

#[test]
fn actions_that_are_pinned_already() {
    check("pinned");
}

#[test]
fn a_repository_that_is_as_it_should_be() {
    check("compliant");
    let repository = sample("compliant");
    for arguments in ["", "--unsafe", "--write --unsafe"] {
        let run = repository.run(arguments);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), "4 files, nothing to change\n"));
    }
}

#[test]
fn publishing_to_pypi() {
    check_publishing("publish-pypi");
}

#[test]
fn publishing_to_npm() {
    check_publishing("publish-npm");
}

#[test]
fn publishing_elsewhere() {
    check_publishing("publish-others");
}

#[test]
fn publishing_without_a_deliberate_act() {
    check_publishing("publish-automatic");
}

#[test]
fn publishing_in_several_jobs_and_by_calls() {
    check_publishing("publish-together");
}
