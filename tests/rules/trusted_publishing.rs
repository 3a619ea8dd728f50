//! `trusted-publishing`.

use crate::cli::{RENOVATE, Repository, WORKFLOW};
use crate::{written, written_workflow};

const RULE: &str = "trusted-publishing";
const BOTH: &str = "    permissions:
      contents: read
      id-token: write
";
const READ: &str = "    permissions:
      contents: read
";
const TWINE: &str = "      - uses: pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33 # v1.14.2\n";

/// A workflow with one job that has these keys and steps.
fn workflow(keys: &str, steps: &str) -> String {
    format!("on: release\njobs:\n  publish:\n    runs-on: ubuntu-latest\n{keys}    steps:\n{steps}")
}

/// The steps become others, in a job that gets `id-token: write`.
#[track_caller]
fn becomes(before: &str, after: &str) {
    let (written, run) = written_workflow(&workflow(READ, before), RULE, "--unsafe");
    assert_eq!(written, workflow(BOTH, after), "{}", run.stderr);
}

/// What is said of steps that stay.
#[track_caller]
fn stays(steps: &str) -> String {
    let before = workflow(READ, steps);
    let (after, run) = written_workflow(&before, RULE, "--unsafe");
    assert_eq!(after, before, "{}", run.stderr);
    Repository::of_workflow(&before).run(&format!("--select {RULE} -v")).stderr
}

#[test]
fn the_action_of_pypi_loses_user_and_password() {
    becomes(
        "      - uses: pypa/gh-action-pypi-publish@release/v1\n        with:\n          user: __token__\n          password: ${{ secrets.PYPI_TOKEN }} # ours\n",
        "      - uses: pypa/gh-action-pypi-publish@release/v1\n",
    );
    becomes(
        "      - uses: pypa/gh-action-pypi-publish@release/v1\n        with:\n          password: ${{ secrets.TEST }}\n          repository-url: https://test.pypi.org/legacy/\n",
        "      - uses: pypa/gh-action-pypi-publish@release/v1\n        with:\n          repository-url: https://test.pypi.org/legacy/\n",
    );
    becomes(
        "      - uses: pypa/gh-action-pypi-publish@release/v1\n        env:\n          TOKEN: ${{ secrets.TOKEN }}\n        with:\n          password: ${{ env.TOKEN }}\n",
        "      - uses: pypa/gh-action-pypi-publish@release/v1\n",
    );
    // Another step reads the variable.
    let (after, _) = written_workflow(
        &workflow(
            "    env:\n      TOKEN: ${{ secrets.TOKEN }}\n",
            "      - run: echo $TOKEN\n      - uses: pypa/gh-action-pypi-publish@release/v1\n        with:\n          password: ${{ env.TOKEN }}\n",
        ),
        RULE,
        "--unsafe",
    );
    assert!(
        after.contains("TOKEN: ${{ secrets.TOKEN }}") && !after.contains("password"),
        "{after}"
    );
}

#[test]
fn it_needs_unsafe_and_gives_the_link() {
    let steps = "      - uses: pypa/gh-action-pypi-publish@release/v1\n        with: { password: \"${{ secrets.P }}\" }\n";
    let environment = "    environment:\n      name: pypi\n";
    let files = [
        (WORKFLOW, workflow(environment, steps)),
        ("pyproject.toml", "[project]\nname = \"tides\"\n".to_owned()),
        (RENOVATE.0, RENOVATE.1.to_owned()),
    ];
    let repository = Repository::new(files).named("octo/tides");
    let (after, run) = written(&repository, WORKFLOW, RULE, "");
    assert_eq!(after, workflow(environment, steps));
    assert!(run.stderr.contains("needs --unsafe 1"), "{}", run.stderr);
    let link = "https://pypi.org/manage/project/tides/settings/publishing/?provider=github&owner=octo\
                &repository=tides&workflow_filename=test.yml&environment=pypi";
    assert!(run.stderr.contains(link), "{}", run.stderr);
    let run = repository.run(&format!("--select {RULE} --unsafe -v"));
    assert!(run.stderr.contains(link), "{}", run.stderr);
}

#[test]
fn the_link_has_the_environment_that_the_run_brings() {
    let steps = "      - uses: pypa/gh-action-pypi-publish@release/v1\n        with: { password: \"${{ secrets.P }}\" }\n";
    let repository = Repository::of_workflow(&workflow("", steps));
    let rules = "workflow-permissions,job-permissions,publish-environment,trusted-publishing";
    let (after, _) = written(&repository, WORKFLOW, rules, "--unsafe");
    let run = Repository::of_workflow(&workflow("", steps)).run(&format!("--select {rules} -v"));
    assert!(run.stderr.contains("&environment=publish-package"), "{}", run.stderr);
    assert_eq!(
        after,
        "on: release\npermissions:\n  contents: read\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    \
         environment:\n      name: publish-package\n    permissions:\n      id-token: write\n    steps:\n      \
         - uses: pypa/gh-action-pypi-publish@release/v1\n"
    );
}

#[test]
fn a_step_that_only_runs_twine_becomes_the_action() {
    becomes(
        "      - name: Upload\n        if: github.event_name == 'release'\n        env:\n          TWINE_USERNAME: __token__\n          TWINE_PASSWORD: ${{ secrets.P }}\n        run: |\n          python -m pip install twine\n          twine check dist/*\n          python -m twine upload --skip-existing dist/*\n",
        &format!(
            "      - name: Upload\n        if: github.event_name == 'release'\n{}        with:\n          skip-existing: true\n",
            TWINE.replace("- uses", "  uses")
        ),
    );
    becomes(
        "      - run: twine upload -u __token__ -p ${{ secrets.P }} -r testpypi out/*\n        continue-on-error: true\n",
        &format!(
            "      - continue-on-error: true\n{}        with:\n          repository-url: https://test.pypi.org/legacy/\n          packages-dir: out\n",
            TWINE.replace("- uses", "  uses")
        ),
    );
}

#[test]
fn the_action_uploads_from_where_twine_ran() {
    let defaults =
        |folder: &str| format!("    defaults:\n      run:\n        working-directory: {folder}\n");
    let step = "      - run: twine upload -u __token__ -p ${{ secrets.P }} dist/*\n";
    let action =
        |folder: &str| format!("{TWINE}        with:\n          packages-dir: {folder}/dist\n");
    let keys = |permissions: &str| format!("{permissions}{}", defaults("./python"));
    let (after, run) = written_workflow(&workflow(&keys(READ), step), RULE, "--unsafe");
    assert_eq!(after, workflow(&keys(BOTH), &action("python")), "{}", run.stderr);
    let at_top = |text: String| format!("defaults:\n  run:\n    working-directory: python\n{text}");
    let (after, run) = written_workflow(&at_top(workflow(READ, step)), RULE, "--unsafe");
    assert_eq!(after, at_top(workflow(BOTH, &action("python"))), "{}", run.stderr);
    let own = "        working-directory: cli\n";
    let before = workflow(&keys(READ), &format!("{step}{own}"));
    let (after, run) = written_workflow(&before, RULE, "--unsafe");
    assert_eq!(after, workflow(&keys(BOTH), &action("cli")), "{}", run.stderr);
}

#[test]
fn what_a_job_sets_for_twine_goes_where_nothing_else_needs_it() {
    let env = "    env:\n      TWINE_USERNAME: __token__\n      TWINE_PASSWORD: ${{ secrets.P }}\n";
    let step = "      - run: twine upload dist/*\n";
    let before = workflow(&format!("{READ}{env}"), step);
    let (after, run) = written_workflow(&before, RULE, "--unsafe");
    assert_eq!(after, workflow(BOTH, TWINE), "{}", run.stderr);
    let other = "      - run: ./publish.sh $TWINE_PASSWORD\n";
    let before = workflow(&format!("{READ}{env}"), &format!("{step}{other}"));
    let (after, run) = written_workflow(&before, RULE, "--unsafe");
    let expected = workflow(&format!("{BOTH}{env}"), &format!("{TWINE}{other}"));
    assert_eq!(after, expected, "{}", run.stderr);
}

#[test]
fn what_does_more_than_twine_is_left_to_a_person() {
    for steps in [
        "      - run: |\n          python -m build\n          twine upload -p ${{ secrets.P }} dist/*\n",
        "      - run: twine upload -p ${{ secrets.P }} dist/pkg-*\n",
        "      - run: twine upload -p ${{ secrets.P }} dist/*\n        env: { OTHER: x }\n",
        "      - run: twine upload -p ${{ secrets.P }} --cert x dist/*\n",
        "      - run: flit publish\n        env: { FLIT_PASSWORD: '${{ secrets.P }}' }\n",
        "      - run: poetry publish -p ${{ secrets.P }}\n",
    ] {
        let said = stays(steps);
        assert!(said.contains("- uses: pypa/gh-action-pypi-publish@dc37677b"), "{said}");
    }
}

#[test]
fn tools_that_prove_it_by_themselves_lose_their_token() {
    for (command, variable) in [
        ("uv publish", "UV_PUBLISH_TOKEN"),
        ("pdm publish", "PDM_PUBLISH_PASSWORD"),
        ("maturin upload dist/*", "MATURIN_PYPI_TOKEN"),
        ("npm publish", "NODE_AUTH_TOKEN"),
        ("pnpm publish", "NODE_AUTH_TOKEN"),
    ] {
        let step = format!("      - run: {command}\n");
        becomes(
            &format!("{step}        env:\n          {variable}: ${{{{ secrets.P }}}}\n"),
            &step,
        );
    }
    let said = stays("      - run: uv publish --token ${{ secrets.P }}\n");
    assert!(said.contains("take `--token` out of the command"), "{said}");
}

#[test]
fn a_tool_that_is_told_how_to_log_in_is_left_to_a_person() {
    for (command, variables, stays_behind) in [
        ("uv publish --username x", "UV_PUBLISH_PASSWORD: ${{ secrets.P }}", "--username"),
        ("uv publish -u x", "UV_PUBLISH_PASSWORD: ${{ secrets.P }}", "--username"),
        ("maturin publish -u x", "MATURIN_PASSWORD: ${{ secrets.P }}", "--username"),
        ("pdm publish --username=x", "PDM_PUBLISH_PASSWORD: ${{ secrets.P }}", "--username"),
        (
            "uv publish --trusted-publishing never",
            "UV_PUBLISH_TOKEN: ${{ secrets.P }}",
            "--trusted-publishing never",
        ),
        (
            "UV_PUBLISH_USERNAME=x uv publish",
            "UV_PUBLISH_PASSWORD: ${{ secrets.P }}",
            "UV_PUBLISH_USERNAME",
        ),
    ] {
        let said = stays(&format!("      - run: {command}\n        env:\n          {variables}\n"));
        let expected = format!("take `{stays_behind}` away, too, with the token");
        assert!(said.contains(&expected), "{said}");
    }
    let token = "        env:\n          UV_PUBLISH_PASSWORD: ${{ secrets.P }}\n";
    let user = "    env:\n      UV_PUBLISH_USERNAME: x\n";
    let steps = format!("      - run: uv publish\n{token}");
    let before = workflow(&format!("{READ}{user}"), &steps);
    let (after, run) = written_workflow(&before, RULE, "--unsafe");
    assert_eq!(after, before, "{}", run.stderr);
    // Beside the token the user goes with it.
    let both = format!("{steps}          UV_PUBLISH_USERNAME: x\n");
    becomes(&both, "      - run: uv publish\n");
}

#[test]
fn a_crate_is_published_with_a_token_of_the_run() {
    becomes(
        "      - run: cargo publish\n        if: github.ref_name == 'v1'\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ secrets.P }}\n",
        "      - uses: rust-lang/crates-io-auth-action@c6f97d42243bad5fab37ca0427f495c86d5b1a18 # v1.0.5\n        id: auth\n        if: github.ref_name == 'v1'\n      - run: cargo publish\n        if: github.ref_name == 'v1'\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}\n",
    );
}

#[test]
fn what_no_registry_takes_stays() {
    // Nothing is said of places without trusted publishing.
    for steps in [
        "      - run: twine upload -p ${{ secrets.P }} --repository-url https://pypi.example.com dist/*\n",
        "      - run: anaconda -t ${{ secrets.P }} upload x\n",
        "      - uses: pypa/gh-action-pypi-publish@release/v1\n",
    ] {
        let said = stays(steps);
        assert!(!said.contains("with a token"), "{said}");
    }
    let steps = "      - uses: pypa/gh-action-pypi-publish@release/v1\n        with: { password: \"${{ secrets.P }}\" }\n";
    let before = workflow(READ, steps).replace("on: release", "on: [release, workflow_call]");
    let (after, _) = written_workflow(&before, RULE, "--unsafe");
    assert_eq!(after, before);
    let said = Repository::of_workflow(&before).run(&format!("--select {RULE} -v")).stderr;
    assert!(said.contains("takes no reusable workflow"), "{said}");
}

#[test]
fn an_old_version_of_the_action_has_to_be_moved_first() {
    let token = "        with:\n          password: ${{ secrets.P }}\n";
    for version in ["master", "v1.4.2"] {
        let step = format!("      - uses: pypa/gh-action-pypi-publish@{version}\n");
        becomes(&format!("{step}{token}"), &step);
        let before = workflow(READ, &format!("{step}{token}"));
        let run = Repository::of_workflow(&before).run(&format!("--select {RULE}"));
        assert!(run.stderr.contains("v1.8.0 or newer"), "{}", run.stderr);
        // The same run may move it.
        let (after, run) = written_workflow(&before, &format!("{RULE},pin-actions"), "--unsafe");
        assert!(!after.contains("password"), "{}", run.stderr);
    }
}
