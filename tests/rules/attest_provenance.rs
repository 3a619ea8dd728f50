//! `attest-provenance`.

use crate::cli::Repository;
use crate::written_workflow;

const RULE: &str = "attest-provenance";
const PIN: &str =
    "actions/attest-build-provenance@0f67c3f4856b2e3261c31976d6725780e5e4c373 # v4.1.1";
const TOKEN: &str = "        with:\n          password: ${{ secrets.P }}\n";
const PYPI: &str = "      - uses: pypa/gh-action-pypi-publish@release/v1\n";

/// A workflow with one job that has these keys and steps.
fn workflow(permissions: &str, steps: &str) -> String {
    format!(
        "on: release\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    permissions:\n{permissions}    steps:\n{steps}"
    )
}

/// The two steps in front of a publish step, with this line in both.
fn steps(condition: &str, pattern: &str) -> String {
    format!(
        "      - name: Attest where the packages were built\n{condition}        uses: {PIN}\n        with:\n          \
         subject-path: {pattern}\n      - name: Verify the attestations\n{condition}        run: |\n          for artifact in \
         {pattern}; do\n            gh attestation verify \"$artifact\" --repo \"$GITHUB_REPOSITORY\"\n          done\n        \
         env:\n          GH_TOKEN: ${{{{ github.token }}}}\n"
    )
}

const READ: &str = "      contents: read\n";
const ALL: &str = "      contents: read\n      attestations: write\n      id-token: write\n";

/// The steps come in front of this step.
#[track_caller]
fn attested(step: &str, condition: &str, pattern: &str) {
    let (after, run) = written_workflow(&workflow(READ, step), RULE, "--unsafe");
    let new = steps(condition, pattern);
    assert_eq!(after, workflow(ALL, &format!("{new}{step}")), "{}", run.stderr);
    let (after, run) = written_workflow(&workflow(READ, step), RULE, "");
    assert_eq!(after, workflow(READ, step));
    assert!(run.stderr.contains("needs --unsafe 1"), "{}", run.stderr);
}

/// What is said of a job that stays.
#[track_caller]
fn stays(before: &str) -> String {
    let (after, run) = written_workflow(before, RULE, "--unsafe");
    assert_eq!(after, before, "{}", run.stderr);
    Repository::of_workflow(before).run(&format!("--select {RULE} -v")).stderr
}

#[test]
fn packages_are_attested_where_the_upload_has_them() {
    attested(&format!("{PYPI}{TOKEN}"), "", "dist/*");
    attested(&format!("{PYPI}{TOKEN}          packages-dir: out/all/\n"), "", "out/all/*");
    attested("      - run: twine upload --skip-existing -u x wheels/*.whl\n", "", "wheels/*.whl");
    attested("      - run: uv publish\n", "", "dist/*");
    attested("      - run: pipx run maturin upload --skip-existing out/*\n", "", "out/*");
    attested(
        "      - run: twine upload dist/*\n        working-directory: ./python\n",
        "",
        "python/dist/*",
    );
    let only = "        if: github.event.action == 'published'\n";
    attested(&format!("{PYPI}{only}{TOKEN}"), only, "dist/*");
}

#[test]
fn nothing_is_attested_twice() {
    for other in [
        "      - uses: actions/attest-build-provenance@v2\n        with: { subject-path: x }\n",
        "      - uses: actions/attest@v4\n        with: { subject-path: x }\n",
        "      - uses: hynek/build-and-inspect-python-package@v2\n        with: { attest-build-provenance-github: 'true' }\n",
    ] {
        let said = stays(&workflow(READ, &format!("{other}{PYPI}{TOKEN}")));
        assert!(!said.contains("without an attestation"), "{said}");
    }
    let generator = "  provenance:\n    uses: slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@v2.0.0\n";
    let said = stays(&format!("{}{generator}", workflow(READ, &format!("{PYPI}{TOKEN}"))));
    assert!(!said.contains("without an attestation"), "{said}");
    // PyPI's own leave a choice.
    let proves = "      id-token: write\n";
    let said = stays(&workflow(proves, PYPI));
    assert!(said.contains("gives PyPI attestations by itself"), "{said}");
    let old = "      - uses: pypa/gh-action-pypi-publish@v1.8.14\n";
    let (after, _) = written_workflow(&workflow(proves, old), RULE, "--unsafe");
    assert!(after.contains(PIN), "{after}");
}

#[test]
fn what_is_not_seen_is_left_to_a_person() {
    for steps in [
        "      - run: twine upload $FILES\n",
        "      - run: hatch publish\n",
        "      - run: twine upload *\n",
        "      - run: twine upload ../dist/*\n",
        "      - uses: pypa/gh-action-pypi-publish@v1.8.0\n        with:\n          packages-dir: ${{ inputs.folder }}\n",
    ] {
        let said = stays(&workflow(READ, steps));
        assert!(said.contains("which files it uploads is not seen"), "{said}");
    }
    let own = workflow(READ, &format!("{PYPI}{TOKEN}"));
    let said = stays(&own.replace("ubuntu-latest", "self-hosted"));
    assert!(said.contains("whether the job has `bash` and `gh`"), "{said}");
    let said = stays(&own.replace("on: release", "on: [release, workflow_call]"));
    assert!(said.contains("other workflows call this one"), "{said}");
    for (step, says) in [("npm publish", "--provenance"), ("cargo publish", "attest it before")] {
        let said = stays(&workflow(READ, &format!("      - run: {step}\n")));
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn what_the_step_makes_itself_is_not_there_before() {
    for script in [
        "uv build && uv publish",
        "python setup.py sdist && twine upload dist/*",
        "./release.sh && twine upload dist/*",
        "make dist; uv publish dist/*.whl",
    ] {
        let said = stays(&workflow(READ, &format!("      - run: {script}\n")));
        assert!(
            said.contains("the step does more than to upload, and may make the files itself"),
            "{said}"
        );
    }
    attested(
        "      - run: pip install twine && twine check dist/* && twine upload dist/*\n",
        "",
        "dist/*",
    );
    attested("      - run: pip install uv==0.9 && uv publish\n", "", "dist/*");
}

#[test]
fn packages_are_where_the_job_downloads_them() {
    let download = |with: &str| {
        format!(
            "      - uses: actions/checkout@v6\n      - uses: actions/download-artifact@v8\n{with}"
        )
    };
    let into = |folder: &str| download(&format!("        with:\n          path: {folder}\n"));
    let publish = "      - run: uv publish out/all/*\n";
    let other = "      - run: make packages\n";
    for (before, is_there) in [
        (into("wheels"), false),
        (into("outer"), false),
        (into("out"), true),
        (into("./out/all/"), true),
        (into("out/all/sdist"), true),
        (into("${{ env.FOLDER }}"), true),
        (download(""), true),
        (format!("{}{other}", into("wheels")), true),
        (format!("{}{}", into("wheels"), into("out")), true),
    ] {
        let before = workflow(READ, &format!("{before}{publish}"));
        if is_there {
            let (after, run) = written_workflow(&before, RULE, "--unsafe");
            assert!(after.contains("subject-path: out/all/*\n"), "{}", run.stderr);
        } else {
            let said = stays(&before);
            assert!(said.contains("what fills `out/all` is not seen"), "{said}");
        }
    }
}

#[test]
fn it_goes_together_with_the_other_rules() {
    let before = workflow(READ, &format!("{PYPI}{TOKEN}"));
    let rules = "attest-provenance,trusted-publishing,publish-environment,workflow-permissions,job-permissions";
    let (after, run) = written_workflow(&before, rules, "--unsafe");
    let environment = "    environment:\n      name: publish-package\n    permissions:\n";
    let expected = workflow(ALL, &format!("{}{PYPI}", steps("", "dist/*")));
    let expected = expected.replace("    permissions:\n", environment);
    let expected =
        expected.replace("on: release\n", "on: release\npermissions:\n  contents: read\n");
    assert_eq!(after, expected, "{}", run.stderr);
}
