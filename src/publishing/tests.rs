//! What is found in whole workflows.

use super::{Analysis, At, Credential};
use crate::expression::Truth;
use crate::workflow::{Action, RepositoryFiles, Workflow};
use crate::yaml::Document;

/// The uploads of the first workflow, a line each: job, place, credential, runs, whether always.
fn uploads_in(files: &[(&str, &str)]) -> Vec<String> {
    let documents: Vec<_> = files
        .iter()
        .map(|(path, text)| (*path, Document::parse((*text).to_owned()).unwrap()))
        .collect();
    let mut all = RepositoryFiles { name: Some("owner/name".to_owned()), ..Default::default() };
    for (path, document) in &documents {
        if path.ends_with(".sh") || path.ends_with(".py") {
            all.scripts.insert(path, document.source().text());
        } else if path.ends_with("action.yml") {
            all.actions.insert(path, Action::new(document).unwrap());
        } else {
            all.workflows.insert(path, Workflow::new(document).unwrap().unwrap());
        }
    }
    let (path, _) = files[0];
    let mut lines = Vec::new();
    for found in Analysis::new(&all, path, all.workflows[path]).publishing() {
        for upload in &found.uploads {
            let credential = match &upload.credential {
                Credential::Token(names) => format!("token {}", names.join(" ")),
                Credential::WorkflowToken => "workflow token".to_owned(),
                Credential::TrustedPublisher => "trusted".to_owned(),
                Credential::Unseen => "unseen".to_owned(),
            };
            let runs = upload.runs.iter().map(|run| {
                let event = run.scenario.event().unwrap_or("a call");
                let doubt = match run.truth {
                    Truth::Yes => "",
                    Truth::Varies => "~",
                    _ => "?",
                };
                format!("{event}{doubt}")
            });
            let at = match &upload.at {
                At::Step(_) => String::new(),
                At::Action { uses, .. } => format!(" in {uses}"),
                At::Script { path, .. } => format!(" in {path}"),
                At::Workflow { path, job } => format!(" in {path} {job}"),
                At::Elsewhere => " elsewhere".to_owned(),
            };
            lines.push(format!(
                "{}{at}: {}; {credential}; {}{}",
                found.job.id(),
                upload.to,
                runs.collect::<Vec<_>>().join(" "),
                if upload.is_always { "" } else { "; not always" },
            ));
        }
    }
    lines
}

fn uploads(workflow: &str) -> Vec<String> {
    uploads_in(&[(".github/workflows/publish.yml", workflow)])
}

/// The only upload of a job with these steps that runs for a release, without the parts that are the
/// same everywhere.
fn upload_of(steps: &str) -> Vec<String> {
    let workflow = format!("on: release\njobs:\n  job:\n    steps:\n{steps}");
    let found = uploads(&workflow);
    found.iter().map(|line| line.replace("job: ", "").replace("; release", "")).collect()
}

#[test]
fn actions_upload() {
    for (step, expected) in [
        ("uses: pypa/gh-action-pypi-publish@release/v1", "PyPI; trusted"),
        (
            "{ uses: pypa/gh-action-pypi-publish@v1.8.6, with: { password: '${{ secrets.PYPI }}' } }",
            "PyPI; token password",
        ),
        (
            "{ uses: pypa/gh-action-pypi-publish@v1, with: { repository-url: 'https://test.pypi.org/legacy/' } }",
            "TestPyPI; trusted",
        ),
        ("{ uses: PyO3/maturin-action@v1, with: { command: upload } }", "PyPI; trusted"),
        (
            "{ uses: scientific-python/upload-nightly-action@main, with: { anaconda_nightly_upload_token: '${{ secrets.T }}' } }",
            "an index of nightly builds; token anaconda_nightly_upload_token",
        ),
        ("uses: softprops/action-gh-release@v1", "a GitHub release; workflow token"),
        ("uses: ncipollo/release-action@v1", "a GitHub release; workflow token"),
        (
            "{ uses: goreleaser/goreleaser-action@v5, with: { args: release --clean }, env: { GITHUB_TOKEN: '${{ github.token }}' } }",
            "a GitHub release; workflow token",
        ),
        ("uses: rubygems/release-gem@v1", "RubyGems.org; trusted"),
        (
            "{ uses: docker/build-push-action@v5, with: { push: true, tags: 'ghcr.io/o/n:1' } }",
            "ghcr.io; unseen",
        ),
    ] {
        assert_eq!(upload_of(&format!("      - {step}\n")), [expected], "{step}");
    }
}

#[test]
fn actions_that_upload_nothing() {
    for step in [
        "uses: hynek/build-and-inspect-python-package@v2",
        "uses: pypa/cibuildwheel@v2",
        "uses: actions/upload-artifact@v4",
        "uses: actions/deploy-pages@v4",
        "{ uses: PyO3/maturin-action@v1, with: { command: build } }",
        "{ uses: docker/build-push-action@v5, with: { push: false } }",
        "{ uses: goreleaser/goreleaser-action@v5, with: { args: release --snapshot } }",
        "{ uses: pypa/gh-action-pypi-publish@v1, if: false }",
        "{ uses: pypa/gh-action-pypi-publish@v1, if: \"github.event_name == 'push'\" }",
        "{ uses: JS-DevTools/npm-publish@v3, with: { dry-run: true } }",
    ] {
        assert_eq!(upload_of(&format!("      - {step}\n")), [""; 0], "{step}");
    }
}

#[test]
fn commands_upload() {
    for (command, expected) in [
        ("twine upload dist/*", "PyPI; unseen"),
        ("python -m twine upload -u __token__ -p $PASSWORD dist/*", "PyPI; token -p"),
        (
            "TWINE_PASSWORD=$TOKEN twine upload --repository testpypi dist/*",
            "TestPyPI; token env.TWINE_PASSWORD",
        ),
        (
            "pipx run twine upload --repository-url https://test.pypi.org/legacy/ dist/*",
            "TestPyPI; unseen",
        ),
        ("uv publish --token ${{ secrets.PYPI }}", "PyPI; token --token"),
        ("uv publish --publish-url https://test.pypi.org/legacy/", "TestPyPI; unseen"),
        ("flit publish", "PyPI; unseen"),
        ("hatch publish -r test", "TestPyPI; unseen"),
        ("poetry config pypi-token.pypi $TOKEN && poetry publish --build", "PyPI; token "),
        ("pdm publish", "PyPI; unseen"),
        ("maturin publish", "PyPI; unseen"),
        ("maturin upload --repository testpypi wheels/*", "TestPyPI; unseen"),
        ("python setup.py sdist upload", "PyPI; unseen"),
        ("anaconda -t $TOKEN upload --user me *.conda", "anaconda.org; token -t"),
        (
            "anaconda upload -u scientific-python-nightly-wheels *.whl",
            "an index of nightly builds; unseen",
        ),
        ("npm publish --provenance", "npm; unseen"),
        ("npm publish --registry https://npm.pkg.github.com", "GitHub Packages; unseen"),
        ("pnpm -r publish", "npm; unseen"),
        ("yarn npm publish", "npm; unseen"),
        ("npx changeset publish", "npm; unseen"),
        ("cargo +nightly publish --token $TOKEN", "crates.io; token --token"),
        ("release-plz release", "crates.io; unseen"),
        ("gem push pkg/*.gem", "RubyGems.org; unseen"),
        ("bundle exec rake release", "RubyGems.org; unseen"),
        ("docker push ghcr.io/owner/name:latest", "ghcr.io; unseen"),
        ("docker buildx build --push -t owner/name .", "Docker Hub; unseen"),
        ("gh release create v1 dist/*", "a GitHub release; unseen"),
        ("gh release upload v1 dist/*", "a GitHub release; unseen"),
        (
            "dotnet nuget push x.nupkg -s https://api.nuget.org/v3/index.json -k $KEY",
            "nuget.org; token -k",
        ),
    ] {
        let step = format!(
            "      - run: |\n          {command}\n        env: {{ TOKEN: '${{{{ secrets.X }}}}', KEY: x, PASSWORD: y }}\n"
        );
        assert_eq!(upload_of(&step), [expected], "{command}");
    }
}

#[test]
fn commands_that_upload_nothing() {
    for command in [
        "twine check dist/*",
        "twine register dist/*",
        "uv publish --dry-run",
        "npm publish --dry-run",
        "cargo publish --workspace --dry-run",
        "poetry publish --dry-run",
        "python -m build",
        "maturin build --release",
        "npm run publish-docs",
        "gh release view v1",
        "docker build -t x .",
        "echo twine upload",
        "# twine upload",
    ] {
        let step = format!("      - run: |\n          {command}\n");
        assert_eq!(upload_of(&step), [""; 0], "{command}");
    }
}

#[test]
fn earlier_steps_say_where_and_how() {
    let setup = "      - { uses: actions/setup-node@v4, with: { registry-url: 'https://npm.pkg.github.com' } }\n      - run: npm publish\n";
    assert_eq!(upload_of(setup), ["GitHub Packages; unseen"]);
    let login = "      - { uses: docker/login-action@v3, with: { registry: ghcr.io } }\n      - { uses: docker/build-push-action@v5, with: { push: true, tags: '${{ steps.meta.outputs.tags }}' } }\n";
    assert_eq!(upload_of(login), ["ghcr.io; unseen"]);
    let minted = "      - { uses: rust-lang/crates-io-auth-action@v1, id: auth }\n      - run: cargo publish\n        env: { CARGO_REGISTRY_TOKEN: '${{ steps.auth.outputs.token }}' }\n";
    assert_eq!(upload_of(minted), ["crates.io; trusted"]);
    let file = "      - run: echo \"//registry.npmjs.org/:_authToken=$T\" > ~/.npmrc\n      - run: npm publish\n";
    assert_eq!(upload_of(file), ["npm; token "]);
}

#[test]
fn conditions_decide_under_which_events() {
    let workflow = "
on: { push: { branches: [main], tags: ['v*'] }, pull_request: , workflow_dispatch: }
jobs:
  build:
    outputs: { release: x }
    steps: [{ run: python -m build }]
  gated:
    needs: build
    if: needs.build.outputs.release == 'true'
    steps: [{ run: twine upload dist/* }]
  tagged:
    if: startsWith(github.ref, 'refs/tags/')
    steps: [{ uses: pypa/gh-action-pypi-publish@v1 }]
  step:
    steps: [{ uses: pypa/gh-action-pypi-publish@v1, if: \"success() && startsWith(github.ref, 'refs/tags/')\" }]
  never:
    if: false
    steps: [{ uses: pypa/gh-action-pypi-publish@v1 }]
  after:
    needs: tagged
    steps: [{ run: gh release create x }]
  script:
    if: github.event_name == 'workflow_dispatch'
    steps: [{ run: \"if true; then\\n  uv publish\\nfi\" }]
  branches:
    if: github.event_name == 'workflow_dispatch'
    permissions: { id-token: write }
    steps: [{ run: uv publish }]
";
    assert_eq!(
        uploads(workflow),
        [
            "gated: PyPI; unseen; push? push? pull_request? workflow_dispatch?; not always",
            "tagged: PyPI; trusted; push workflow_dispatch~",
            "step: PyPI; trusted; push workflow_dispatch~; not always",
            "after: a GitHub release; unseen; push workflow_dispatch~",
            "script: PyPI; unseen; workflow_dispatch?; not always",
            "branches: PyPI; trusted; workflow_dispatch",
        ]
    );
}

#[test]
fn composite_actions_are_followed() {
    let workflow = "
on: release
jobs:
  job:
    steps:
      - { uses: ./.github/actions/publish, with: { token: '${{ secrets.PYPI }}' } }
      - { uses: ./.github/actions/publish, with: { rehearse: 'true' } }
";
    let action = "
inputs: { token: { default: '' }, rehearse: { default: 'false' } }
runs:
  using: composite
  steps:
    - { uses: pypa/gh-action-pypi-publish@v1, if: \"inputs.rehearse != 'true'\", with: { password: '${{ inputs.token }}' } }
";
    let files = [
        (".github/workflows/publish.yml", workflow),
        (".github/actions/publish/action.yml", action),
    ];
    assert_eq!(
        uploads_in(&files),
        ["job in ./.github/actions/publish: PyPI; token password; release"]
    );
}

#[test]
fn called_workflows_are_followed() {
    let caller = "
on: { push: { tags: ['v*'] }, pull_request: }
jobs:
  rehearse:
    uses: ./.github/workflows/upload.yml
    with: { publish: false }
  publish:
    if: startsWith(github.ref, 'refs/tags/')
    uses: ./.github/workflows/upload.yml
    with: { publish: true }
";
    let called = "
on: { workflow_call: { inputs: { publish: { type: boolean } } } }
jobs:
  upload:
    if: inputs.publish
    steps: [{ run: twine upload dist/* }]
";
    let (caller, called) =
        ((".github/workflows/a.yml", caller), (".github/workflows/upload.yml", called));
    assert_eq!(
        uploads_in(&[caller, called]),
        ["publish in .github/workflows/upload.yml upload: PyPI; unseen; push"]
    );
    assert_eq!(uploads_in(&[called, caller]), ["upload: PyPI; unseen; push"]);
    assert_eq!(uploads_in(&[called]), ["upload: PyPI; unseen; a call?"]);
}

#[test]
fn known_reusable_workflows_upload() {
    let workflow = "
on: { push: { branches: [main], tags: ['v*', 'test*'] }, pull_request: }
jobs:
  publish:
    uses: OpenAstronomy/github-actions-workflows/.github/workflows/publish.yml@v1
    secrets: { pypi_token: '${{ secrets.PYPI }}' }
  always:
    uses: OpenAstronomy/github-actions-workflows/.github/workflows/publish.yml@v1
    with: { upload_to_pypi: true, repository_url: 'https://test.pypi.org/legacy/' }
  never:
    uses: OpenAstronomy/github-actions-workflows/.github/workflows/publish.yml@v1
    with: { upload_to_pypi: false }
";
    assert_eq!(
        uploads(workflow),
        [
            "publish elsewhere: PyPI; token secrets.pypi_token; push; not always",
            "always elsewhere: TestPyPI; unseen; push push push pull_request; not always",
        ]
    );
}

#[test]
fn a_matrix_names_several_places() {
    let workflow = "
on: release
jobs:
  job:
    strategy: { matrix: { index: [pypi, testpypi] } }
    steps: [{ run: 'twine upload -r ${{ matrix.index }} dist/*' }]
";
    assert_eq!(uploads(workflow), ["job: PyPI; unseen; release", "job: TestPyPI; unseen; release"]);
}

#[test]
fn scripts_of_the_repository_are_read() {
    let workflow = "on: release\njobs:\n  job:\n    steps:\n      - run: source release.sh\n        working-directory: tools\n";
    let files = [
        (".github/workflows/publish.yml", workflow),
        ("tools/release.sh", "python -m build\nbash ./deeper/upload.sh\n"),
        ("tools/deeper/upload.sh", "twine upload dist/*\n"),
    ];
    assert_eq!(uploads_in(&files), ["job in tools/deeper/upload.sh: PyPI; unseen; release"]);
    let python = "import subprocess\nsubprocess.run(['twine', 'upload', 'dist/*'])\n";
    let workflow = "on: release\njobs:\n  job:\n    steps:\n      - run: uv run tools/publish.py\n";
    let files = [(".github/workflows/publish.yml", workflow), ("tools/publish.py", python)];
    assert_eq!(uploads_in(&files), ["job in tools/publish.py: PyPI; unseen; release"]);
}
