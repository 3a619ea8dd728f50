//! What the commands of `run:` need.

use super::*;

pub(super) const GH: &str = "\n  env: {GH_TOKEN: '${{ github.token }}'}";

#[test]
fn gh_by_what_it_does() {
    for (command, expected) in [
        ("gh release create v1 dist/*", "contents: write"),
        ("gh release list", "default"),
        ("gh pr comment 1 --body x", "pull-requests: write"),
        ("gh workflow run x.yml", "actions: write"),
        ("gh run download", "actions: read"),
        (
            "gh extension install actions/gh-actions-cache; gh actions-cache delete x --confirm",
            "actions: write",
        ),
        ("gh api repos/o/r/releases", "default"),
        ("gh api repos/o/r/releases -f tag_name=v1", "contents: write"),
        ("gh api -X DELETE repos/{owner}/{repo}/git/refs/heads/x", "contents: write"),
        ("gh api graphql -f query='query { viewer { login } }'", "default"),
        (
            "gh api graphql -f query='mutation { createDiscussion(input: {}) { x } }'",
            "discussions: write",
        ),
        (
            "gh api graphql -f query='{ repository(name: $n) { issue(number: 1) { id } pullRequests { id } } }'",
            "issues: read, pull-requests: read",
        ),
        ("gh label create x", "issues: write"),
        ("gh label create x; gh pr comment 1 --body x", "pull-requests: write"),
        ("echo 'gh release create'", "default"),
        ("x=$(gh release upload v1 a)", "contents: write"),
        ("sudo bash -c 'gh release upload v1 a'", "contents: write"),
    ] {
        need(&format!("- run: {}{GH}", quoted(command)), expected);
    }
    doubtful(
        &format!("- run: gh frobnicate{GH}"),
        "default",
        "is a command that is not known here",
    );
}

fn quoted(command: &str) -> String {
    format!("\"{}\"", command.replace('\\', "\\\\").replace('"', "\\\""))
}

#[test]
fn by_subcommands_behind_options() {
    for command in ["gh release -R own/er delete v1", "gh --repo own/er release delete v1"] {
        need(&format!("- run: {command}{GH}"), "contents: write");
    }
    let checkout = "- uses: actions/checkout@v4";
    for command in [
        "uv tool run mkdocs gh-deploy",
        "uv --project docs run --group docs mkdocs gh-deploy",
        "hatch -e docs run mkdocs gh-deploy",
        "hatch run docs:mkdocs gh-deploy",
        "devbox run -- mkdocs gh-deploy",
        "nix develop .#docs -c uv run mkdocs gh-deploy",
        "nix-shell --run 'mkdocs gh-deploy'",
    ] {
        need(&format!("{checkout}\n- run: {command}"), "contents: write");
    }
    for command in ["uv --directory x publish", "npm --prefix x publish --provenance"] {
        let needs = "contents: read, id-token: write";
        need(&format!("{checkout}\n- run: {command}"), needs);
    }
}

#[test]
fn gh_by_the_token_that_it_has() {
    let unseen = "with a token that the workflow does not show";
    doubtful("- run: gh release create v1", "contents: write", unseen);
    need("- run: gh release view v1", "default");
    need("- run: GH_TOKEN=${{ github.token }} gh release create v1", "contents: write");
    need(
        "- run: |\n    export GITHUB_TOKEN=${{ github.token }}\n    gh release create v1",
        "contents: write",
    );
    need(
        "- run: echo ${{ github.token }} | gh auth login --with-token\n- run: gh release create v1",
        "contents: write",
    );
    doubtful(
        "- run: gh release create v1\n  env: {GH_TOKEN: '${{ secrets.PAT }}'}",
        "default",
        "acts with another token than the workflow's",
    );
    need(
        "- run: gh release create v1\n  env: {GH_TOKEN: '${{ github.token }}', GITHUB_TOKEN: '${{ secrets.PAT }}'}",
        "contents: write",
    );
}

#[test]
fn gh_with_another_token_by_what_it_does() {
    let with =
        |command: &str| format!("- run: {command}\n  env: {{GH_TOKEN: '${{{{ secrets.PAT }}}}'}}");
    for reads in
        ["gh api /user", "gh api repos/o/r/releases --jq .x", "gh pr view 1", "gh api x/y/z"]
    {
        need(&with(reads), "default");
    }
    for writes in ["gh api repos/o/r/releases -f tag_name=v1", "gh pr merge 1", "gh label create x"]
    {
        doubtful(&with(writes), "default", "acts with another token");
    }
    doubtful(&with("gh api x/y/z -X POST"), "default", "is not seen");
}

#[test]
fn by_what_earlier_steps_export() {
    let export = |output: &str| {
        format!(
            "- run: |\n    {{\n      echo \"GH_TOKEN=${{{{ github.token }}}}\"\n      echo A=b\n    }} >> {output}\n- run: gh release create v1"
        )
    };
    need(&export("\"$GITHUB_ENV\""), "contents: write");
    need(&export("${{ github.env }}"), "contents: write");
    let unseen = "with a token that the workflow does not show";
    doubtful(&export("$GITHUB_OUTPUT"), "contents: write", unseen);
    need(
        "- run: echo \"GH_TOKEN=${{ github.token }}\" | tee -a \"$GITHUB_ENV\"\n- run: gh issue create",
        "issues: write",
    );
    let unseen = "may hand the token to later steps";
    for line in [
        "cat >> $GITHUB_ENV <<EOF\n    GH_TOKEN=$T\n    EOF",
        "printf 'GH_TOKEN=%s' \"$T\" >> $GITHUB_ENV",
    ] {
        let steps = format!("- run: |\n    {line}\n  env: {{T: '${{{{ github.token }}}}'}}");
        doubtful(&steps, "default", unseen);
    }
    // It may not have been set.
    let job = |steps: &str| {
        let token = "    env: {GH_TOKEN: '${{ github.token }}'}\n    steps:";
        workflow("push", steps).replace("    steps:", token)
    };
    let other = "- if: env.PAT != ''\n  run: echo \"GH_TOKEN=$PAT\" >> $GITHUB_ENV\n- run: gh release create v1";
    assert_eq!(needs_of(&[(WORKFLOW, job(other))]).0, "contents: write");
    let own = "\n  env: {GH_TOKEN: '${{ secrets.PAT }}'}";
    doubtful(&format!("{}{own}", export("$GITHUB_ENV")), "default", "acts with another token");
    doubtful(
        "- run: echo TOKEN=$T >> $GITHUB_ENV\n  env: {T: '${{ github.token }}'}\n- run: make docs",
        "default",
        "is handed the token in `TOKEN`",
    );
}

#[test]
fn git_push_by_the_credentials_of_the_checkout() {
    let push = "- run: git push origin main";
    need(&format!("- uses: actions/checkout@v4\n{push}"), "contents: write");
    need("- uses: actions/checkout@v4\n- run: git push --dry-run", "default");
    need("- uses: actions/checkout@v4\n- run: git -C docs push", "contents: write");
    need("- run: git push https://x:${{ github.token }}@github.com/o/r.git", "contents: write");
    need(
        "- run: |\n    git remote set-url origin https://x:$TOKEN@github.com/o/r\n    git push\n  env: {TOKEN: '${{ github.token }}'}",
        "contents: write",
    );
    doubtful(
        &format!(
            "- uses: actions/checkout@v4\n  with: {{token: '${{{{ secrets.PAT }}}}'}}\n{push}"
        ),
        "default",
        "acts with another token",
    );
    doubtful(
        "- uses: actions/checkout@v4\n- run: git push git@github.com:o/docs.git",
        "default",
        "acts with another token",
    );
    let unseen = "pushes with credentials that the workflow does not show";
    doubtful(push, "default", unseen);
    let without = "- uses: actions/checkout@v4\n  with: {persist-credentials: false}";
    doubtful(&format!("{without}\n{push}"), "contents: write", unseen);
    let tool = "- run: mkdocs gh-deploy --force";
    doubtful(&format!("{without}\n{tool}"), "contents: write", unseen);
    doubtful(tool, "default", unseen);
    let action = "- uses: jupyterlab/maintainer-tools/.github/actions/update-snapshots@v1";
    need(&format!("- uses: actions/checkout@v4\n{action}"), "contents: write");
    doubtful(&format!("{without}\n{action}"), "contents: write", unseen);
    need(&format!("{without}\n{action}\n  with: {{dry_run: 'yes'}}"), "default");
    doubtful(
        &format!(
            "{without}\n- run: |\n    git remote set-url origin \"https://x:${{TOKEN}}@github.com/o/r\"\n    git push origin\n  env: {{TOKEN: '${{{{ secrets.PAT }}}}'}}"
        ),
        "default",
        "acts with another token",
    );
    let checkout = "- uses: actions/checkout@v4";
    let clone = "git clone https://x:${{ secrets.PAT }}@github.com/o/docs.git";
    for elsewhere in [
        format!("- run: |\n    {clone}\n    cd docs\n    git push"),
        format!("- run: |\n    {clone} out\n    git -C out push"),
        format!("- run: {clone}\n- run: git push\n  working-directory: docs/site"),
        format!("- run: |\n    {clone}\n    cd $GITHUB_WORKSPACE/docs\n    git push"),
        "- run: |\n    git clone git@github.com:o/docs.git\n    cd docs && git push".to_owned(),
        "- uses: actions/checkout@v4\n  with: {path: docs, token: '${{ secrets.PAT }}'}\n- run: cd docs; git push".to_owned(),
        "- uses: actions/checkout@v4\n  with: {path: docs, repository: o/docs, ssh-key: '${{ secrets.KEY }}'}\n- run: cd docs; git push".to_owned(),
    ] {
        doubtful(&format!("{checkout}\n{elsewhere}"), "default", "acts with another token");
    }
    for here in [
        format!("- run: |\n    {clone}\n    git push"),
        format!("- run: |\n    {clone}\n    cd docs\n    cd -\n    git push"),
        format!("- run: {clone}\n- run: git push"),
        "- run: |\n    git clone https://github.com/o/docs.git\n    cd docs\n    git push"
            .to_owned(),
    ] {
        need(&format!("{checkout}\n{here}"), "contents: write");
    }
    let fork = "git remote add fork https://x:$T@github.com/f/x";
    need(
        &format!(
            "- uses: actions/checkout@v4\n- run: |\n    {fork}\n    git push origin\n  env: {{T: '${{{{ secrets.PAT }}}}'}}"
        ),
        "contents: write",
    );
}

#[test]
fn clients_of_http_by_the_endpoint() {
    let curl = |arguments: &str| {
        format!("- run: 'curl -H \"Authorization: Bearer ${{{{ github.token }}}}\" {arguments}'")
    };
    need(&curl("https://api.github.com/repos/o/r/releases/latest"), "default");
    need(&curl("-X POST $GITHUB_API_URL/repos/$GITHUB_REPOSITORY/dispatches"), "contents: write");
    need(
        &curl(
            "-d x https://api.github.com/repos/${{ github.repository }}/statuses/${{ github.sha }}",
        ),
        "statuses: write",
    );
    need("- run: curl https://api.github.com/repos/o/r/releases", "default");
    let httpie = "- run: http POST https://api.github.com/repos/o/r/issues \"Authorization:Bearer ${{ github.token }}\"";
    need(httpie, "issues: write");
    need(
        "- run: gh api repos/$REPO/pulls/1/reviews -f body=x\n  env: {GH_TOKEN: '${{ github.token }}', REPO: '${{ steps.x.outputs.repo }}'}",
        "pull-requests: write",
    );
    doubtful(&curl("https://example.org"), "default", "not GitHub's API");
    doubtful(&curl("https://api.github.com/brand/new"), "default", "is not seen");
}

#[test]
fn tools_that_publish() {
    need("- uses: actions/checkout@v4\n- run: mkdocs gh-deploy --force", "contents: write");
    need("- uses: actions/checkout@v4\n- run: mike deploy 1.0", "default");
    need("- uses: actions/checkout@v4\n- run: goreleaser release --snapshot", "default");
    need("- uses: actions/checkout@v4\n- run: ghp-import -npf docs", "contents: write");
    let hidden = "- run: echo ${{ github.token }} | docker login $REGISTRY -u x --password-stdin\n- run: docker push x/y";
    need(hidden, "packages: write");
    doubtful(&format!("- run: python -m date{GH}"), "default", "is handed the token");
    need("- run: python -W ignore -Im sigstore sign x", "id-token: write");
    need("- uses: actions/checkout@v4\n- run: mike deploy --push 1.0", "contents: write");
    need("- run: uv publish", "id-token: write");
    need("- run: uv publish\n  env: {UV_PUBLISH_TOKEN: '${{ secrets.PYPI }}'}", "default");
    need(
        "- run: python -m twine upload dist/*\n  env: {TWINE_PASSWORD: '${{ secrets.PYPI }}'}",
        "default",
    );
    need(
        "- run: echo ${{ github.token }} | docker login ghcr.io -u x --password-stdin\n- run: docker push ghcr.io/o/r",
        "packages: write",
    );
    let by_variable = |registry: &str, image: &str| {
        format!(
            "- run: |\n    echo $T | docker login {registry} -u x --password-stdin\n    docker push {image}\n  env: {{T: '${{{{ github.token }}}}', REGISTRY: ghcr.io}}"
        )
    };
    need(&by_variable("$REGISTRY", "$REGISTRY/o/r"), "packages: write");
    need(&by_variable("\"${{ env.REGISTRY }}\"", "ghcr.io/o/r"), "packages: write");
    need("- run: docker push quay.io/o/r", "default");
    need("- run: python -m sigstore sign dist/*", "id-token: write");
    need("- run: sigstore sign --identity-token \"$T\" dist/*", "default");
    need("- run: cosign sign ghcr.io/o/r@sha256:x", "id-token: write");
}

#[test]
fn a_script_in_a_word_is_told_by_its_start() {
    let script = format!("run: |\n    node -e 'const x = 1;\n    {}'", "work();".repeat(30));
    let steps = format!("- {script}\n  env: {{GH_TOKEN: '${{{{ github.token }}}}'}}");
    doubtful(&steps, "default", "`node -e const x = 1;…` is handed the token");
}

#[test]
fn what_belongs_to_the_shell_leaves_the_token_alone() {
    let steps = |script: &str, shell: &str| {
        format!("- run: |\n    {}\n  shell: {shell}{GH}", script.replace('\n', "\n    "))
    };
    need(&steps("shopt -s nullglob\nfor x in *; do continue; done", "bash"), "default");
    need(
        &steps("command -v gh\nexec > log\n:\ntox --version\npython3.12 -m venv x", "bash"),
        "default",
    );
    need(&steps("coveralls --service=github", "bash"), "default");
    need(&steps("uv pip install -e .\npip3.12 install x\nconda list\nenv", "bash"), "default");
    doubtful(&steps("./tool --version", "bash"), "default", "is handed the token");
    need(&steps("Set-Location src\nwrite-host 'x'", "pwsh"), "default");
    doubtful(&steps("Start-Process x", "pwsh"), "default", "is handed the token");
}

#[test]
fn what_find_and_traps_run() {
    for command in [
        r"find dist -name '*.whl' -exec gh release upload v1 {} +",
        r"find . -exec echo {} \; -exec gh release upload v1 {} \;",
        "trap 'gh release delete v1' ERR",
    ] {
        need(&format!("- run: |\n    {command}{GH}"), "contents: write");
    }
    need(&format!("- run: trap - EXIT{GH}"), "default");
    let own =
        "cleanup() { rm -rf x; }\n    trap cleanup EXIT\n    mapfile -t files < <(git ls-files)";
    need(&format!("- run: |\n    {own}{GH}"), "default");
}

#[test]
fn powershell_where_it_is_the_shell() {
    let step = "- run: |\n    $env:GH_TOKEN = \"${{ github.token }}\"\n    gh release create v1\n  shell: pwsh";
    need(step, "contents: write");
    for path in ["./", r".\", "tools/", "& ./"] {
        let step = format!("- uses: actions/checkout@v4\n- run: {path}release.ps1\n  shell: pwsh");
        doubtful(&step.replace("run: &", "run: |\n    &"), "default", "its name says `release`");
    }
}

#[test]
fn what_publishes_without_a_token_proves_which_workflow_it_is() {
    for command in [
        "pdm publish",
        "twine upload dist/*",
        "python3.12 -m twine upload dist/*",
        "maturin upload dist/*",
        "uv publish",
    ] {
        need(&format!("- run: {command}"), "id-token: write");
    }
    let twine = "- run: twine upload dist/*\n  env: {TWINE_PASSWORD: \"${{ secrets.PYPI }}\"}";
    need(twine, "default");
    need("- run: pixi publish", "default");
    need("- run: pixi publish --to https://prefix.dev/x", "id-token: write");
    need("- run: pdm publish --password \"$P\"", "default");
    need("- run: envsubst < pypirc > ~/.pypirc\n- run: twine upload dist/*", "default");
    need("- run: twine upload --attestations dist/*", "id-token: write");
    let checkout = "- uses: actions/checkout@v4\n  with: {persist-credentials: false}";
    let node =
        "- uses: actions/setup-node@v4\n  with: {registry-url: 'https://registry.npmjs.org'}";
    let npm = format!("{checkout}\n{node}\n- run: pnpm release");
    need(&npm, "contents: read, id-token: write");
    let token = "  env: {NODE_AUTH_TOKEN: \"${{ secrets.NPM }}\"}";
    need(&format!("{npm}\n{token}"), "default");
    need(&format!("{checkout}\n- run: pnpm release"), "default");
    need(
        &format!("{checkout}\n- run: yarn tool publish --provenance"),
        "contents: read, id-token: write",
    );
}

#[test]
fn reporters_by_what_they_are_told_to_write() {
    let reviewdog = |reporter: &str| {
        format!(
            "- run: cat log | reviewdog -reporter={reporter}\n  env: {{REVIEWDOG_GITHUB_API_TOKEN: '${{{{ github.token }}}}'}}"
        )
    };
    need(&reviewdog("github-check"), "checks: write");
    need_under("pull_request_target", &reviewdog("github-pr-review"), "pull-requests: write");
    let bencher = |more: &str| {
        format!("- run: bencher run --file x --github-actions '${{{{ github.token }}}}'{more}")
    };
    need(&bencher(""), "checks: write");
    need(&bencher(" --ci-number 7"), "pull-requests: write");
    need_under("pull_request_target", &bencher(""), "pull-requests: write");
    doubtful(
        "- run: bencher run --file x --github-actions '${{ secrets.PAT }}'",
        "default",
        "acts with another token",
    );
    doubtful(
        "- run: bencher run --github-actions '${{ github.token }}' ./bench",
        "checks: write",
        "runs the benchmark that it is given",
    );
}

#[test]
fn what_a_tool_does_with_a_token_of_its_own_name() {
    let smokeshow =
        "- run: smokeshow upload htmlcov\n  env:\n    SMOKESHOW_GITHUB_TOKEN: ${{ github.token }}";
    let status = "\n    SMOKESHOW_GITHUB_STATUS_DESCRIPTION: Coverage";
    need(&format!("{smokeshow}{status}"), "statuses: write");
    need(smokeshow, "default");
}
