//! What actions need.

use super::*;

#[test]
fn by_what_is_known_of_them() {
    need("- uses: actions/setup-python@v5", "default");
    need("- uses: softprops/action-gh-release@v2", "contents: write");
    need("- uses: Softprops/Action-GH-Release@v2", "contents: write");
    need(
        "- uses: actions/attest-build-provenance@v2\n  with: {subject-path: dist}",
        "attestations: write, id-token: write",
    );
    doubtful("- uses: own/er@v1", "default", "line 6: own/er is not known here");
}

#[test]
fn by_whether_the_repository_is_checked_out() {
    let changed = "- uses: tj-actions/changed-files@v46";
    need_under("pull_request", changed, "pull-requests: read");
    need_under("push", changed, "default");
    let checkout = |with: &str| format!("- uses: actions/checkout@v4{with}\n{changed}");
    need_under("pull_request", &checkout(""), "default");
    let folder = checkout("\n  with: {path: sub}");
    need_under("pull_request", &folder, "contents: read, pull-requests: read");
}

#[test]
fn by_their_inputs() {
    need("- uses: pypa/gh-action-pypi-publish@release/v1", "id-token: write");
    need(
        "- uses: pypa/gh-action-pypi-publish@release/v1\n  with: {password: '${{ secrets.PYPI }}'}",
        "default",
    );
    need("- uses: codecov/codecov-action@v5\n  with: {use_oidc: true}", "id-token: write");
    need("- uses: codecov/codecov-action@v5\n  with: {use_oidc: false}", "default");
    need(
        "- uses: softprops/action-gh-release@v2\n  with: {discussion_category_name: News}",
        "contents: write, discussions: write",
    );
}

#[test]
fn stale_takes_its_label_from_what_it_leaves_alone_otherwise() {
    let stale = |with: &str| format!("- uses: actions/stale@v9\n  with: {{{with}}}");
    need(&stale(""), "issues: write, pull-requests: write");
    let issues_only = "days-before-pr-stale: -1, days-before-pr-close: -1";
    need(&stale(issues_only), "issues: write, pull-requests: write");
    for never in ["remove-stale-when-updated", "remove-pr-stale-when-updated"] {
        need(&stale(&format!("{issues_only}, {never}: false")), "issues: write");
    }
    let pull_requests_only = "days-before-issue-stale: -1, days-before-issue-close: -1";
    need(
        &stale(&format!("{pull_requests_only}, remove-issue-stale-when-updated: false")),
        "issues: read, pull-requests: write",
    );
}

#[test]
fn in_a_repository_that_may_be_private() {
    need("- uses: zizmorcore/zizmor-action@v0.2.0", "actions: read, security-events: write");
    doubtful(
        "- uses: github/codeql-action/analyze@v4",
        "actions: read, security-events: write",
        "fetches packs of queries that are not public, which takes a permission if",
    );
}

#[test]
fn by_expressions_in_their_inputs() {
    let oidc = |value: &str| {
        format!("- uses: codecov/codecov-action@v5\n  with: {{use_oidc: \"${{{{ {value} }}}}\"}}")
    };
    need_under("push", &oidc("github.event_name == 'push'"), "id-token: write");
    need_under("push", &oidc("github.event_name != 'push'"), "default");
    need_under("push", &oidc("github.event_name == 'push' && 'false'"), "default");
    doubtful(&oidc("vars.OIDC"), "default", "by an input whose value is not seen");
}

#[test]
fn by_what_earlier_steps_use() {
    let release = |before: &str, args: &str, variable: &str| {
        format!(
            "{before}- uses: goreleaser/goreleaser-action@v6\n  with: {{args: {args}}}\n  env: {{GITHUB_TOKEN: '${{{{ github.token }}}}'{variable}}}"
        )
    };
    let cosign = "- uses: sigstore/cosign-installer@v3\n";
    let key = ", COSIGN_PRIVATE_KEY: '${{ secrets.KEY }}'";
    let reason = "what `.goreleaser.yaml` says";
    doubtful(&release(cosign, "release", ""), "contents: write, id-token: write", reason);
    doubtful(&release(cosign, "release", key), "contents: write", reason);
    doubtful(&release("", "release", ""), "contents: write", reason);
    need(&release(cosign, "release --snapshot", ""), "default");
    let command = format!("{cosign}- run: GITHUB_TOKEN=${{{{ github.token }}}} goreleaser");
    doubtful(&command, "contents: write, id-token: write", reason);
}

#[test]
fn by_the_token_that_they_are_given() {
    let with = |token: &str| {
        format!("- uses: softprops/action-gh-release@v2\n  with: {{token: '${{{{ {token} }}}}'}}")
    };
    need(&with("github.token"), "contents: write");
    need(&with("secrets.GITHUB_TOKEN"), "contents: write");
    need(&with("secrets.github_token"), "contents: write");
    doubtful(&with("secrets.PAT"), "default", "acts with another token than the workflow's");
    need(&with("secrets.PAT || github.token"), "contents: write");
}

#[test]
fn by_what_is_done_in_the_shell_that_they_are_given() {
    need(
        "- uses: nick-fields/retry@v3\n  env: {GH_TOKEN: '${{ github.token }}'}\n  with: {command: gh release create v1}",
        "contents: write",
    );
}

#[test]
fn by_the_image_that_the_job_runs_in() {
    let job = |image: &str, password: &str| {
        format!(
            "on: push\njobs:\n  job:\n    runs-on: x\n    container:\n      image: {image}\n      credentials: {{username: x, password: '${{{{ {password} }}}}'}}\n    steps:\n      - run: make\n"
        )
    };
    let needs = |image: &str, password: &str| needs_of(&[(WORKFLOW, job(image, password))]);
    let packages = || ("packages: read".to_owned(), None);
    let nothing = || ("default".to_owned(), None);
    assert_eq!(needs("ghcr.io/own/er:1", "github.token"), packages());
    assert_eq!(needs("ghcr.io/own/${{ inputs.image }}", "secrets.GITHUB_TOKEN"), packages());
    assert_eq!(needs("ghcr.io/own/er:1", "secrets.PAT"), nothing());
    assert_eq!(needs("docker.io/own/er:1", "github.token"), nothing());
    let service = job("ghcr.io/own/er:1", "github.token")
        .replace("container:", "services:\n      db:")
        .replace("      image", "        image")
        .replace("      credentials", "        credentials");
    assert_eq!(needs_of(&[(WORKFLOW, service)]), packages());
}

#[test]
fn by_a_login_before_them() {
    let build = "- uses: docker/build-push-action@v6\n  with: {push: true, tags: 'ghcr.io/a/b'}";
    let login = |registry: &str, password: &str| {
        format!(
            "- uses: docker/login-action@v3\n  with: {{registry: {registry}, username: x, password: '${{{{ {password} }}}}'}}\n{build}"
        )
    };
    need(build, "default");
    need(&login("ghcr.io", "secrets.GITHUB_TOKEN"), "contents: read, packages: write");
    need(&login("quay.io", "secrets.QUAY"), "default");
}

#[test]
fn of_the_repository_itself() {
    let workflow = workflow(
        "push",
        "- uses: ./.github/actions/publish\n  with: {token: '${{ github.token }}'}",
    );
    let action = |runs: &str| {
        format!(
            "inputs:\n  token:\n    required: true\n  draft:\n    default: ${{{{ github.token }}}}\nruns:\n{runs}"
        )
    };
    let composite = action(
        "  using: composite\n  steps:\n    - run: gh release create v1\n      shell: bash\n      env: {GH_TOKEN: '${{ inputs.token }}'}\n",
    );
    let path = ".github/actions/publish/action.yml";
    let needs = needs_of(&[(WORKFLOW, workflow.clone()), (path, composite)]);
    assert_eq!(needs, ("contents: write".to_owned(), None));
    let program = action("  using: node24\n  main: index.js\n");
    let (block, doubt) = needs_of(&[(WORKFLOW, workflow), (path, program)]);
    assert_eq!(block, "default");
    assert!(doubt.unwrap().contains("is handed the token as `draft`"));
}
