//! The workflow that publishes, as SPEC 8's example does.

use super::ENVIRONMENT;
use super::project::{Backend, Project};

/// The workflow for a project, with actions by tags: [`super::pinned`] puts commits in their places.
///
/// It is the example of SPEC 8 with two differences. What builds is a job of its own, so that it
/// cannot reach the identity that publishes. And a run that is under way is not cancelled by the next
/// one: a release of which half is uploaded cannot be uploaded again.
pub fn publish_workflow(project: &Project) -> String {
    let name = &project.name;
    let builds = match project.backend {
        Backend::Pure => pure(project),
        Backend::Maturin => maturin(project),
        Backend::Compiled => compiled(project),
    };
    let needs = match project.backend {
        Backend::Pure => "build",
        Backend::Maturin | Backend::Compiled => "[sdist, wheels]",
    };
    format!(
        r#"name: Publish

# A maintainer starts a release on purpose: Actions > Publish > Run workflow, on the tag of the release.
on:
  workflow_dispatch:

permissions:
  contents: read

# One after the other. A run that uploads already is not to be cancelled.
concurrency:
  group: ${{{{ github.workflow }}}}-${{{{ github.ref }}}}
  cancel-in-progress: false

jobs:
{builds}
  publish:
    needs: {needs}
    runs-on: ubuntu-latest
    permissions:
      contents: read
      id-token: write # for the attestation, and as trusted publisher
      attestations: write
    # Another maintainer approves: required reviewers, in the settings of the repository.
    environment:
      name: {ENVIRONMENT}
      url: https://pypi.org/p/{name}
    steps:
      - uses: actions/download-artifact@v8
        with:
          pattern: packages-*
          merge-multiple: true
          path: dist/

      - uses: actions/attest-build-provenance@v4
        with:
          subject-path: dist/*

      - name: Verify the attestations
        run: |
          for artifact in dist/*; do
            gh attestation verify "$artifact" --repo "$GITHUB_REPOSITORY"
          done
        env:
          GH_TOKEN: ${{{{ github.token }}}}

      - uses: pypa/gh-action-pypi-publish@release/v1
        with:
          print-hash: true
"#
    )
}

/// The checkout of a job that builds.
fn checkout(project: &Project) -> &'static str {
    if project.version_from_git {
        "      - uses: actions/checkout@v7
        with:
          persist-credentials: false
          fetch-depth: 0 # the version comes from the tags
"
    } else {
        "      - uses: actions/checkout@v7
        with:
          persist-credentials: false
"
    }
}

/// The step that hands packages to the job that publishes.
fn upload(name: &str, path: &str) -> String {
    format!(
        "      - uses: actions/upload-artifact@v7
        with:
          name: packages-{name}
          path: {path}
          if-no-files-found: error
"
    )
}

fn pure(project: &Project) -> String {
    let (checkout, upload) = (checkout(project), upload("all", "dist/"));
    format!(
        "  build:
    runs-on: ubuntu-latest
    steps:
{checkout}
      - uses: actions/setup-python@v7
        with:
          python-version: \"3.x\"

      - run: python -m pip install build
      - run: python -m build

{upload}"
    )
}

fn maturin(project: &Project) -> String {
    let checkout = checkout(project);
    let (sdist, wheels) = (upload("sdist", "dist/"), upload("${{ matrix.os }}", "dist/"));
    format!(
        "  sdist:
    runs-on: ubuntu-latest
    steps:
{checkout}
      - uses: PyO3/maturin-action@v1
        with:
          command: sdist
          args: --out dist

{sdist}
  wheels:
    strategy:
      matrix:
        os: [ubuntu-latest, windows-latest, macos-latest]
    runs-on: ${{{{ matrix.os }}}}
    steps:
{checkout}
      - uses: PyO3/maturin-action@v1
        with:
          args: --release --out dist --find-interpreter
          manylinux: auto

{wheels}"
    )
}

fn compiled(project: &Project) -> String {
    let checkout = checkout(project);
    let (sdist, wheels) = (upload("sdist", "dist/"), upload("${{ matrix.os }}", "wheelhouse/"));
    format!(
        "  sdist:
    runs-on: ubuntu-latest
    steps:
{checkout}
      - uses: actions/setup-python@v7
        with:
          python-version: \"3.x\"

      - run: python -m pip install build
      - run: python -m build --sdist

{sdist}
  wheels:
    strategy:
      matrix:
        os: [ubuntu-latest, windows-latest, macos-latest]
    runs-on: ${{{{ matrix.os }}}}
    steps:
{checkout}
      - uses: pypa/cibuildwheel@v4.2.0

{wheels}"
    )
}
