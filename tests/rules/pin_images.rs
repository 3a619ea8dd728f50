//! `pin-images` without a registry: what it looks at, what it leaves and why. What registries say is
//! tested beside them, in `tests/resolve/images.rs`.

use crate::cli::{Repository, Run, WORKFLOW};
use crate::written;

/// A workflow whose job runs in this container.
fn in_container(container: &str) -> Repository {
    Repository::of_workflow(&format!(
        "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    container: {container}\n    steps:\n      - run: make\n"
    ))
}

/// The container stays, whatever is allowed; gives what is said.
#[track_caller]
fn stays(repository: &Repository) -> Run {
    let before = repository.workflow();
    let (after, run) = written(repository, WORKFLOW, "pin-images", "--unsafe");
    assert_eq!(after, before, "{}", run.stderr);
    assert_eq!(run.code, Some(0));
    run
}

#[test]
fn what_is_left_is_told_with_the_reason() {
    for (container, why) in [
        ("node:22", "its registry was not asked: run with network access"),
        ("{image: node:22}", "its registry was not asked: run with network access"),
        ("${{ matrix.image }}", "an expression names it"),
        ("node:${{ matrix.node }}", "an expression names it"),
        ("Node:22", "Docker would not take its name: names of images have no capital letters"),
        ("node:", "what stands behind the `:` is no tag"),
        ("node@sha256:abc", "what stands behind the `@` is no digest"),
    ] {
        // A `:` at a value's end is YAML's unless it is quoted.
        let container =
            if container.ends_with(':') { format!("'{container}'") } else { container.to_owned() };
        let run = stays(&in_container(&container));
        assert!(run.stderr.contains("left to you 1\n"), "{container}: {}", run.stderr);
        assert!(run.stderr.contains(why), "{container}: {}", run.stderr);
    }
}

#[test]
fn what_is_pinned_or_no_image_is_fine() {
    let pinned = "node:22@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    for container in [
        pinned,
        &format!("{{image: '{pinned}'}}"),
        "''",
        "~",
        "",
        "{options: --cpus 1}",
        "node:22  # zizmor: ignore[unpinned-images]",
        "node:22  # spec8-fix: ignore[pin-images]",
        "node:22  # ratchet:exclude",
    ] {
        let run = stays(&in_container(container));
        assert_eq!(run.stderr, "1 file, nothing to change\n", "{container}");
    }
}

#[test]
fn an_image_of_the_same_owner_is_left_where_its_tag_is_no_version() {
    for (image, own) in [
        ("ghcr.io/weather-works/tools", true),
        ("ghcr.io/Weather-Works/tools:edge", false),
        ("ghcr.io/weather-works/tools:edge", true),
        ("ghcr.io/weather-works/tools:v2", false),
        ("ghcr.io/others/tools:edge", false),
        ("docker.io/weather-works/tools:edge", false),
    ] {
        let run = stays(&in_container(image).named("Weather-Works/weather-report"));
        let told = run.stderr.contains("it is an image of this repository's owner");
        assert_eq!(told, own, "{image}: {}", run.stderr);
    }
}

#[test]
fn a_name_that_an_alias_shares_is_told_where_it_names_an_image() {
    let workflow = "on: push\nenv:\n  IMAGE: &image node:22\njobs:\n  test:\n    runs-on: ubuntu-latest\n    container: *image\n    services:\n      one: *image\n    steps:\n      - run: make\n";
    let run = stays(&Repository::of_workflow(workflow));
    assert!(run.stderr.contains("test.yml:7:16: the image `node:22`"), "{}", run.stderr);
    assert!(run.stderr.contains("left to you 1\n"), "{}", run.stderr);
}
