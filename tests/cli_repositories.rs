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
fn publishing_with_each_tool_of_python() {
    check_publishing("publish-with-tools");
}

#[test]
fn publishing_to_each_registry() {
    check_publishing("publish-everywhere");
}

/// The example of SPEC 8 itself changes in its pins alone.
#[test]
fn the_example_of_spec_8() {
    let repository = sample("spec8-example");
    let before = repository.read(".github/workflows/publish.yml");
    let run = repository.run("--write --unsafe");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let after = repository.read(".github/workflows/publish.yml");
    let pins = |text: &str| text.lines().filter(|line| line.contains("uses: ")).count();
    assert_eq!((pins(&before), pins(&after)), (3, 3));
    for (before, after) in before.lines().zip(after.lines()) {
        let start = before.split_once('@').map_or(before, |(start, _)| start);
        assert!(before == after || start.contains("uses: ") && after.starts_with(start), "{after}");
    }
    assert_eq!(before.lines().count(), after.lines().count());
}

#[test]
fn publishing_without_a_deliberate_act() {
    check_publishing("publish-automatic");
}

#[test]
fn publishing_in_several_jobs_and_by_calls() {
    check_publishing("publish-together");
}
