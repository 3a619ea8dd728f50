//! What calls of workflows need.

use super::*;

fn call(on: &str, uses: &str, more: &str) -> String {
    format!("on: {on}\njobs:\n  job:\n    uses: {uses}\n{more}")
}

const CALLED: &str = ".github/workflows/called.yml";

#[track_caller]
fn needs_for(called: &str, more: &str, expected: &str) {
    let caller = call("push", "./.github/workflows/called.yml", more);
    let (block, doubt) = needs_of(&[(WORKFLOW, caller), (CALLED, called.to_owned())]);
    assert_eq!((block.as_str(), doubt), (expected, None), "{called}");
}

#[test]
fn of_this_repository_ask_for_what_they_declare_or_need() {
    let job = "runs-on: x\n    steps:\n      - uses: softprops/action-gh-release@v2\n";
    needs_for(&format!("on: workflow_call\njobs:\n  a:\n    {job}"), "", "contents: write");
    needs_for(
        &format!("on: workflow_call\njobs:\n  a:\n    permissions: {{issues: write}}\n    {job}"),
        "",
        "issues: write",
    );
    needs_for(
        &format!("on: workflow_call\npermissions: {{pages: write}}\njobs:\n  a:\n    {job}"),
        "",
        "pages: write",
    );
}

#[test]
fn by_what_they_are_handed() {
    let called = "\
on:
  workflow_call:
    inputs:
      draft:
        type: boolean
      release:
        type: string
        default: 'no'
    secrets:
      token:
jobs:
  a:
    runs-on: x
    steps:
      - if: inputs.release == 'yes'
        uses: softprops/action-gh-release@v2
      - if: inputs.draft
        run: gh issue create
        env:
          GH_TOKEN: ${{ secrets.token }}
";
    needs_for(called, "", "default");
    needs_for(called, "    with: {release: 'yes'}\n", "contents: write");
    needs_for(
        called,
        "    with: {draft: true}\n    secrets: {token: '${{ github.token }}'}\n",
        "issues: write",
    );
    needs_for(
        called,
        "    with: {release: \"${{ github.event_name == 'release' && 'yes' }}\"}\n",
        "default",
    );
    let by_matrix = |values: &str| {
        format!(
            "    strategy: {{matrix: {{release: {values}}}}}\n    with: {{release: '${{{{ matrix.release }}}}'}}\n"
        )
    };
    needs_for(called, &by_matrix("['no']"), "default");
    needs_for(called, &by_matrix("['no', 'yes']"), "contents: write");
    needs_for(
        called,
        "    strategy: {matrix: {draft: [true, false]}}\n    with: {draft: '${{ matrix.draft }}'}\n    secrets: {token: '${{ github.token }}'}\n",
        "issues: write",
    );
}

#[test]
fn that_forks_do_not_make_for_certain_prove_nothing() {
    let called = "\
on: workflow_call
jobs:
  a:
    runs-on: x
    steps:
      - uses: own/er@v1
";
    let doubt_of = |condition: &str| {
        let more = format!("    if: {condition}\n");
        let caller = call("pull_request", "./.github/workflows/called.yml", &more);
        needs_of(&[(WORKFLOW, caller), (CALLED, called.to_owned())]).1
    };
    assert_eq!(doubt_of("true"), None);
    let doubt = doubt_of("github.event.pull_request.user.login == 'renovate[bot]'");
    assert!(doubt.unwrap().contains("is not known here"));
}

#[test]
fn that_speak_of_openid_connect_most_likely_have_it_used() {
    let called = "\
on:
  workflow_call:
    inputs: {coverage: {type: string}}
jobs:
  a:
    runs-on: x
    strategy: {matrix: '${{ fromJSON(vars.MATRIX) }}'}
    steps:
      - uses: codecov/codecov-action@v5
        with: {use_oidc: '${{ matrix.oidc }}'}
";
    for (coverage, expected) in [("codecov-oidc", "id-token: write"), ("codecov", "default")] {
        let more = format!("    with: {{coverage: {coverage}}}\n");
        let caller = call("push", "./.github/workflows/called.yml", &more);
        let (block, doubt) = needs_of(&[(WORKFLOW, caller), (CALLED, called.to_owned())]);
        assert_eq!(block, expected);
        assert!(doubt.unwrap().contains("by an input whose value is not seen"));
    }
}

#[test]
fn of_other_repositories_by_what_is_known() {
    let slsa =
        "slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@v2.1.0";
    let (block, doubt) = needs_of(&[(WORKFLOW, call("push", slsa, ""))]);
    assert_eq!((block.as_str(), doubt), ("contents: write, actions: read, id-token: write", None));
    let tox = "OpenAstronomy/github-actions-workflows/.github/workflows/tox.yml@v2";
    let hidden =
        "- linux: py3\n          python-version: ${{ needs.x.outputs.y }}\n          runs-on: x";
    let more = format!("    with:\n      envs: |\n        {hidden}\n");
    let (block, doubt) = needs_of(&[(WORKFLOW, call("push", tox, &more))]);
    assert_eq!(block, "default");
    assert!(doubt.unwrap().contains("by an input whose value is not seen"));
    for (envs, expected) in [
        ("- linux: py3", "default"),
        ("- linux: py3\n          cache-key: docs-${{ github.ref_name }}-x", "default"),
        ("- linux: py3\n          coverage: codecov-oidc", "contents: read, id-token: write"),
    ] {
        let more = format!("    with:\n      envs: |\n        {envs}\n");
        let (block, doubt) = needs_of(&[(WORKFLOW, call("push", tox, &more))]);
        assert_eq!((block.as_str(), doubt), (expected, None), "{envs}");
    }
    let unknown = "own/er/.github/workflows/x.yml@v1";
    let (block, doubt) = needs_of(&[(WORKFLOW, call("push", unknown, ""))]);
    assert_eq!(block, "default");
    assert!(doubt.unwrap().contains("is a workflow that is not known here"));
}
