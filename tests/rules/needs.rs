//! What jobs need: a job as a workflow has it, and the permissions that the program gives it.

use crate::cli::{Repository, WORKFLOW};

const RULE: &str = "--select workflow-permissions";

/// The block that a job `job` gets, in one line: `contents: write, issues: write`; `default` where
/// that at the top is enough.
fn block(text: &str) -> String {
    let lines = text.lines().skip_while(|line| *line != "  job:");
    let mut lines = lines.skip_while(|line| !line.starts_with("    permissions:"));
    match lines.next() {
        None => "default".to_owned(),
        Some(head) if head != "    permissions:" => head["    permissions: ".len()..].to_owned(),
        Some(_) => {
            let scopes = lines.take_while(|line| line.starts_with("      "));
            scopes.map(str::trim).collect::<Vec<_>>().join(", ")
        }
    }
}

/// What the job of a workflow gets, and what is said of it where it is not certain.
pub(crate) fn needs_of(files: &[(&str, String)]) -> (String, Option<String>) {
    let repository = Repository::new(files.iter().map(|(path, text)| (*path, text.as_str())));
    let said = repository.run(RULE).stderr;
    let doubt =
        said.lines().find_map(|line| line.trim().strip_prefix("the job `job` may need more: "));
    let doubt = doubt.map(str::to_owned);
    let run = repository.run(&format!("{RULE} --write --unsafe"));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    (block(&repository.workflow()), doubt)
}

/// A workflow of one job with these steps.
pub(crate) fn workflow(on: &str, steps: &str) -> String {
    let steps: String = steps.lines().map(|line| format!("      {line}\n")).collect();
    format!("on: {on}\njobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n{steps}")
}

/// Steps need this, and that is certain.
#[track_caller]
pub(crate) fn need_under(on: &str, steps: &str, expected: &str) {
    let (block, doubt) = needs_of(&[(WORKFLOW, workflow(on, steps))]);
    assert_eq!((block.as_str(), doubt), (expected, None), "{steps}");
}

#[track_caller]
pub(crate) fn need(steps: &str, expected: &str) {
    need_under("push", steps, expected);
}

/// It is not certain what steps need, for this reason; this is what they get.
#[track_caller]
pub(crate) fn doubtful_under(on: &str, steps: &str, expected: &str, reason: &str) {
    let (block, doubt) = needs_of(&[(WORKFLOW, workflow(on, steps))]);
    let doubt = doubt.unwrap_or_else(|| "nothing".to_owned());
    assert!(doubt.contains(reason), "{steps}\n{doubt}");
    assert_eq!(block, expected, "{steps}");
}

#[track_caller]
pub(crate) fn doubtful(steps: &str, expected: &str, reason: &str) {
    doubtful_under("push", steps, expected, reason);
}

mod actions {
    use super::*;

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
    fn by_expressions_in_their_inputs() {
        let oidc = |value: &str| {
            format!(
                "- uses: codecov/codecov-action@v5\n  with: {{use_oidc: \"${{{{ {value} }}}}\"}}"
            )
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
            format!(
                "- uses: softprops/action-gh-release@v2\n  with: {{token: '${{{{ {token} }}}}'}}"
            )
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
        let build =
            "- uses: docker/build-push-action@v6\n  with: {push: true, tags: 'ghcr.io/a/b'}";
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
}

mod shell {
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
            format!(
                "- run: 'curl -H \"Authorization: Bearer ${{{{ github.token }}}}\" {arguments}'"
            )
        };
        need(&curl("https://api.github.com/repos/o/r/releases/latest"), "default");
        need(
            &curl("-X POST $GITHUB_API_URL/repos/$GITHUB_REPOSITORY/dispatches"),
            "contents: write",
        );
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
    fn powershell_where_it_is_the_shell() {
        let step = "- run: |\n    $env:GH_TOKEN = \"${{ github.token }}\"\n    gh release create v1\n  shell: pwsh";
        need(step, "contents: write");
    }

    #[test]
    fn the_project_itself_is_no_doubt() {
        for command in
            ["make", "pytest -x", "tox -e py312", "cargo test", "./build.sh", "npm run build"]
        {
            need(&format!("- uses: actions/checkout@v4\n- run: {command}"), "default");
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
        let smokeshow = "- run: smokeshow upload htmlcov\n  env:\n    SMOKESHOW_GITHUB_TOKEN: ${{ github.token }}";
        let status = "\n    SMOKESHOW_GITHUB_STATUS_DESCRIPTION: Coverage";
        need(&format!("{smokeshow}{status}"), "statuses: write");
        need(smokeshow, "default");
    }

    #[test]
    fn scripts_of_the_repository_by_what_they_do() {
        let needs = |script: &str, steps: &str| {
            needs_of(&[
                (WORKFLOW, workflow("push", steps)),
                ("tools/release.sh", format!("#!/bin/bash\n{script}\n")),
            ])
        };
        let with_token =
            "- run: bash tools/release.sh v1\n  env: {GH_TOKEN: \"${{ github.token }}\"}";
        let certain = |scopes: &str| (scopes.to_owned(), None);
        assert_eq!(needs("gh release create \"$1\"", with_token), certain("contents: write"));
        assert_eq!(needs("gh issue create", with_token), certain("issues: write"));
        assert_eq!(needs("note() { echo $1; }\nnote x", with_token), certain("default"));
        let folder = "- uses: actions/checkout@v4\n- run: ./release.sh\n  working-directory: tools";
        assert_eq!(needs("git push", folder), certain("contents: write"));
        assert_eq!(needs("make wheels", folder), certain("default"));
        let moved = |text: &str| {
            let steps = "- uses: actions/checkout@v4\n- run: ./release.sh";
            let defaults = "defaults:\n  run:\n    working-directory: ./tools\n";
            let files = [
                (WORKFLOW, format!("{defaults}{}", workflow("push", steps))),
                ("tools/release.sh", text.to_owned()),
            ];
            needs_of(&files)
        };
        assert_eq!(moved("git push"), certain("contents: write"));
        let other = "- uses: actions/checkout@v4\n  with: {repository: own/er}\n";
        let (block, doubt) = needs("gh issue create", &format!("{other}{with_token}"));
        assert!(block == "contents: write" && doubt.is_some(), "{block}");
        // What is not understood of it stays a doubt.
        let (block, doubt) = needs("gh issue create\npython tools/notify.py", with_token);
        assert_eq!(block, "issues: write");
        let doubt = doubt.unwrap();
        assert!(
            doubt.contains("tools/release.sh line 3: `python tools/notify.py` is handed"),
            "{doubt}"
        );
        let (_, doubt) = needs("case x in", with_token);
        assert!(doubt.unwrap().contains("cannot be read in whole"));
        let handed = "- run: tools/release.sh ${{ github.token }}";
        assert!(needs("echo \"$1\"", handed).1.unwrap().contains("is handed the token"));
        let loops = "tools/release.sh\ngh issue create";
        assert_eq!(needs(loops, with_token).0, "issues: write");
    }

    #[test]
    fn scripts_of_python_by_what_they_do() {
        let needs = |script: &str, command: &str, token: &str| {
            let steps = format!(
                "- uses: actions/checkout@v4\n- run: {command}\n  env: {{{token}: '${{{{ github.token }}}}'}}"
            );
            needs_of(&[
                (WORKFLOW, workflow("push", &steps)),
                ("tools/notify.py", format!("import os, requests, subprocess\n{script}\n")),
            ])
        };
        let certain = |scopes: &str| (scopes.to_owned(), None);
        let run = "python tools/notify.py";
        let post = "requests.post(f\"https://api.github.com/repos/{os.environ['GITHUB_REPOSITORY']}/issues\", headers={'Authorization': os.environ['TOKEN']})";
        assert_eq!(needs(post, run, "TOKEN"), certain("contents: read, issues: write"));
        assert_eq!(
            needs(post, "uv run tools/notify.py --all", "TOKEN"),
            certain("contents: read, issues: write")
        );
        let gh = "subprocess.run(['gh', 'release', 'create', tag])";
        assert_eq!(needs(gh, run, "GH_TOKEN"), certain("contents: write"));
        let handed =
            "subprocess.run(['gh', 'issue', 'create'], env={'GH_TOKEN': os.environ['TOKEN']})";
        assert_eq!(needs(handed, run, "TOKEN"), certain("contents: read, issues: write"));
        assert_eq!(needs("subprocess.run(['git', 'push'])", run, "X"), certain("contents: write"));
        assert_eq!(needs("print('git push')", run, "GH_TOKEN"), certain("default"));
        let argument = "import sys\nrequests.post('https://api.github.com/repos/o/r/issues', headers={'Authorization': sys.argv[1]})";
        assert_eq!(
            needs(argument, "python tools/notify.py ${{ github.token }}", "X"),
            certain("contents: read, issues: write")
        );
        for (script, doubt) in [
            ("import github", "tools/notify.py line 2: `import github` is handed the token"),
            (
                "requests.post(url)",
                "line 2: `http POST …` sends the token to an address that is not",
            ),
            (
                "subprocess.run(command)",
                "line 2: `…` is hidden by a variable, and is handed the token",
            ),
            ("exec(code)", "is hidden by a variable"),
            ("def f(:", "does what is not followed here"),
        ] {
            let (block, said) = needs(script, run, "TOKEN");
            assert_eq!(block, "default", "{script}");
            let script = format!("{script}\nos.environ['TOKEN']");
            let said = said.or_else(|| needs(&script, run, "TOKEN").1).unwrap();
            assert!(said.contains(doubt), "{said}");
        }
        let release = |script: &str| {
            let steps = "- uses: actions/checkout@v4\n- run: python tools/release.py";
            let script = format!("import os\n{script}\n");
            needs_of(&[(WORKFLOW, workflow("push", steps)), ("tools/release.py", script)]).1
        };
        assert_eq!(release("print(os.getcwd())"), None);
        assert!(release("import project").unwrap().contains("its name says `release`"));
        let written = "- shell: python\n  run: |\n    import requests\n    requests.post('https://api.github.com/repos/o/r/issues', headers={'Authorization': 'Bearer ${{ github.token }}'})";
        need(written, "issues: write");
        let settings = "import sys\nTOKEN = sys.argv\nrequests.put('https://api.github.com/repos/o/r/pulls/1/merge', headers=h)";
        assert_eq!(needs(settings, run, "ANY"), certain("contents: write"));
        let inline = "- run: |\n    import os\n    os.system('gh release create v1')\n  shell: python\n  env: {GH_TOKEN: '${{ github.token }}'}";
        need(inline, "contents: write");
        need(
            "- run: python -c 'import os; os.system(\"gh issue create\")'\n  env: {GH_TOKEN: '${{ github.token }}'}",
            "issues: write",
        );
    }

    /// Each uses the token in a way that is not followed.
    #[test]
    fn scripts_of_python_that_hide_what_they_do_are_a_doubt() {
        let auth = "headers={'Authorization': os.environ['GH_TOKEN']}";
        let address = "'https://api.github.com/repos/o/r/issues'";
        for script in [
            "def git(args): subprocess.run(['git'] + args)\ngit(['push'])",
            "cmd = ['git']; cmd.append('push'); subprocess.run(cmd)",
            "cmd = ['git']\ncmd += ['push']\nsubprocess.run(cmd)",
            "import sys\nsubprocess.run(['git', *sys.argv[1:]])",
            "run = subprocess.run\nrun(['gh', 'issue', 'create'])",
            "import functools\nrun = functools.partial(subprocess.run, check=True)\nrun(['gh', 'issue', 'create'])",
            "import asyncio\nasyncio.to_thread(subprocess.run, ['gh', 'issue', 'create'])",
            "from subprocess import *\nrun(['gh', 'issue', 'create'])",
            "getattr(subprocess, 'run')(['gh', 'issue', 'create'])",
            &format!("getattr(requests, method)({address}, {auth})"),
            &format!("{{'post': requests.post}}[method]({address}, {auth})"),
            &format!("send = requests.post if x else requests.patch\nsend({address}, {auth})"),
            &format!(
                "from urllib.request import Request, urlopen\nr = Request({address}, {auth})\nr.data = b'x'\nurlopen(r)"
            ),
            &format!(
                "from urllib.request import Request\nr = Request({address}, {auth})\nr.get_method = lambda: 'DELETE'"
            ),
            "s = requests.Session()\ns.put(pr['url'] + '/merge')",
            "s = make()\ns.put(pr['url'] + '/merge')",
            "requests.post('https://bot.example.com/hook', json={'token': os.environ['GH_TOKEN']})",
            "os.environ.update({'GITHUB_TOKEN': x})\nsubprocess.run(['gh', 'issue', 'create'])",
            "commands = [['gh', 'issue', 'create']]\nfor cmd in commands: subprocess.run(cmd)\ncmd = ['ls']",
            "def run(cmd): subprocess.run(cmd)\nrun(['ls'])\npool(run, [['gh', 'issue', 'create']])",
            "import pty\npty.spawn(['gh', 'issue', 'create'])",
            "import importlib.util\nimportlib.util.spec_from_file_location('x', 'y.py')",
        ] {
            let steps = "- uses: actions/checkout@v4\n- run: python tools/x.py\n  env: {GH_TOKEN: '${{ github.token }}'}";
            let script_file = format!("import os, requests, subprocess\n{script}\n");
            let files = [(WORKFLOW, workflow("push", steps)), ("tools/x.py", script_file)];
            assert!(needs_of(&files).1.is_some(), "{script}");
        }
    }

    #[test]
    fn the_project_itself_is_a_doubt_where_it_could_use_credentials() {
        for (command, reason) in [
            ("make release", "its name says `release`"),
            ("npm run deploy", "its name says `deploy`"),
            ("./scripts/push_docs.sh", "its name says `push`"),
            ("python tools/bump.py", "its name says `bump`"),
        ] {
            doubtful(&format!("- uses: actions/checkout@v4\n- run: {command}"), "default", reason);
            let without = "- uses: actions/checkout@v4\n  with: {persist-credentials: false}";
            need(&format!("{without}\n- run: {command}"), "default");
        }
        let without = "- uses: actions/checkout@v4\n  with: {persist-credentials: false}";
        let login = "- uses: docker/login-action@v3\n  with: {registry: ghcr.io, username: x, password: '${{ github.token }}'}";
        let publishes = format!("{without}\n- run: just publish dist");
        doubtful(&publishes, "default", "a token of OpenID Connect, for it is given no other");
        need(&format!("{publishes}\n  env: {{TOKEN: '${{{{ secrets.PYPI }}}}'}}"), "default");
        for publishes in
            ["./Publish.sh", "./publish.sh \"$VERSION\"", "$GITHUB_WORKSPACE/publish.sh"]
        {
            let steps = format!("{without}\n- run: {publishes}");
            doubtful(&steps, "default", "a token of OpenID Connect, for it is given no other");
        }
        let publish = format!(
            "{without}\n- run: ./build.sh publish\n  env: {{GH: '${{{{ secrets.PAT }}}}'}}"
        );
        let environment = "    environment: {name: pypi, url: 'https://pypi.org/p/x'}\n    steps:";
        let pypi = workflow("release", &publish).replace("    steps:", environment);
        let (block, doubt) = needs_of(&[(WORKFLOW, pypi)]);
        assert_eq!(block, "contents: read, id-token: write");
        assert!(doubt.unwrap().contains("it is given no other"));
        let pushes = format!("{without}\n{login}\n- run: ./tool image push x");
        doubtful(
            &pushes,
            "contents: read, packages: write",
            "the login to GitHub's package registry",
        );
        let builds = format!("{without}\n{login}\n- run: ./tool image build x");
        need(&builds, "default");
        doubtful(&format!("- run: make docs{GH}"), "default", "is handed the token in `GH_TOKEN`");
        doubtful("- run: make docs T=${{ github.token }}", "default", "is handed the token");
        doubtful(&format!("- run: $TOOL docs{GH}"), "default", "is hidden by a variable");
        for source in ["source", "."] {
            let reads = |file: &str| format!("- run: {source} {file}{GH}");
            doubtful(&reads("tools/report.sh"), "default", "is handed the token in `GH_TOKEN`");
            need(&reads(".venv/bin/activate"), "default");
        }
        need(&format!("- run: mkdir -p docs && ls{GH}"), "default");
    }
}

mod tasks {
    use super::shell::GH;
    use super::*;

    /// The needs of a step that runs a command, in a project with one file more.
    fn task(command: &str, file: (&str, &str)) -> (String, Option<String>) {
        let steps = format!("- uses: actions/checkout@v4\n- run: {command}{GH}");
        needs_of(&[(WORKFLOW, workflow("push", &steps)), (file.0, file.1.to_owned())])
    }

    #[test]
    fn are_what_they_run() {
        let writes = ("contents: write".to_owned(), None);
        let make = "release: notes\n\tgh release create v1\nnotes:\n\techo x\n";
        assert_eq!(task("make release", ("Makefile", make)), writes);
        let tox = "[testenv:publish]\ncommands =\n    mkdocs gh-deploy\n";
        assert_eq!(task("uvx tox -e publish", ("tox.ini", tox)), writes);
        let node = "{\"scripts\": {\"deploy\": \"gh release upload v1 dist/*\"}}";
        assert_eq!(task("yarn deploy", ("package.json", node)), writes);
        let hatch = "[tool.hatch.envs.docs.scripts]\ndeploy = 'mkdocs gh-deploy'\n";
        assert_eq!(task("hatch run docs:deploy", ("pyproject.toml", hatch)), writes);
    }

    #[test]
    fn that_run_each_other_many_times_come_to_an_end() {
        let line = |target: u32| format!("\t$(MAKE) t{}\n", target + 1).repeat(20);
        let make: String = (0..9).map(|target| format!("t{target}:\n{}", line(target))).collect();
        let doubt = task("make t0", ("Makefile", &make)).1.unwrap_or_default();
        assert!(doubt.contains("is handed the token"), "{doubt}");
    }

    #[test]
    fn are_doubts_as_far_as_they_are_not_known() {
        let make = "release:\n\techo x\n\t./notes --all\nloop:\n\t$(MAKE) loop\n";
        let doubt = task("make release", ("Makefile", make)).1.unwrap_or_default();
        assert!(doubt.contains("Makefile line 3: `./notes --all` is handed the token"), "{doubt}");
        assert_eq!(task("make loop", ("Makefile", make)).1, None);
        // What is not known may do what the task is called after.
        let node = "{\"scripts\": {\"issue\": \"node note.js\", \"note\": \"node note.js\"}}";
        let needs = task("npm run issue", ("package.json", node)).0;
        assert_eq!(needs, "contents: read, issues: write");
        assert_eq!(task("npm run note", ("package.json", node)).0, "default");
        let doubt = task("make other", ("Makefile", make)).1.unwrap_or_default();
        assert!(doubt.contains("`make other` is handed the token"), "{doubt}");
    }
}

mod scripts {
    use super::shell::GH;
    use super::*;

    fn script(text: &str) -> String {
        format!("- uses: actions/github-script@v7\n  with:\n    script: |\n      {text}")
    }

    #[test]
    fn by_the_modules_that_they_import() {
        let needs = |script_text: &str, module: &str| {
            needs_of(&[
                (WORKFLOW, workflow("issues", &script(script_text))),
                (".github/scripts/note.mjs", module.to_owned()),
            ])
        };
        let import = "const { run } = await import('${{ github.workspace }}/.github/scripts/note.mjs'); await run({ github, context })";
        let comments = "export async function run({ github, context }) {\n  await github.rest.issues.createComment({})\n}\n";
        assert_eq!(needs(import, comments), ("issues: write".to_owned(), None));
        // What is done with the client is not all seen: for an issue, it most likely writes to that.
        for (script, module) in [
            (import, "export const run = async (given) => use(given)"),
            (import, "import { f } from './f.mjs'\nexport const run = ({ github }) => f(github)"),
            ("await require('@own/er')({ github })", comments),
            (
                "await require('./.github/scripts/note.mjs').run({ github }); await require('@own/er')({ github })",
                comments,
            ),
        ] {
            let (block, doubt) = needs(script, module);
            assert_eq!(block, "issues: write", "{script}");
            assert!(doubt.unwrap().contains("hands its client to code that is not seen here"));
        }
    }

    #[test]
    fn by_the_commands_that_they_start() {
        let push = script("await exec.exec('git', ['push'])");
        need(&format!("- uses: actions/checkout@v4\n{push}"), "contents: write");
        let token = "\n  env: {GH_TOKEN: '${{ github.token }}'}";
        need(&format!("{}{token}", script("await exec.exec('gh issue create')")), "issues: write");
        need(&format!("{}{token}", script("console.log(1)")), "default");
        let unseen = "starts a command that is not seen, with credentials in reach";
        doubtful(&format!("{}{token}", script("await exec.exec(tool)")), "default", unseen);
        // Where credentials are in reach, a command that is not seen is a doubt.
        let checkout = "- uses: actions/checkout@v4";
        for unseen in [
            "await exec.exec('git push origin ' + b)",
            "const args = ['push']; await exec.exec('git', args)",
            "const child = require('child_process'); child.exec('git push')",
            "run({ exec })",
        ] {
            let steps = format!("{checkout}\n{}", script(unseen));
            doubtful(&steps, "default", "starts a command that is not seen");
        }
        let message = script("await exec.exec('git', ['commit', '-m', 'use `git push`'])");
        need(&format!("{checkout}\n{message}"), "default");
        for handed in [
            "await fetch(url, { headers: { authorization: 'Bearer ${{ github.token }}' } })",
            "core.exportVariable('GH_TOKEN', core.getInput('github-token'))",
        ] {
            doubtful(&script(handed), "default", "is handed the token beside its client");
        }
        let fetches =
            script("await fetch(url, { headers: { authorization: process.env.GH_TOKEN } })");
        doubtful(&format!("{fetches}{token}"), "default", "is handed the token in `GH_TOKEN`");
    }

    #[test]
    fn by_the_methods_of_octokit() {
        need(&script("await github.rest.repos.createRelease({})"), "contents: write");
        need(&script("await github.rest.repos.get({})"), "default");
        need(
            &script("await github.request('POST /repos/{owner}/{repo}/git/refs', {})"),
            "contents: write",
        );
        need(&script("// github.rest.repos.createRelease({})"), "default");
        need(&script("core.setOutput('x', await core.getIDToken())"), "id-token: write");
        doubtful(
            &script("await require('./x.js')({github, context})"),
            "default",
            "hands its client",
        );
        doubtful(&script("await github.rest.brand.new({})"), "default", "which is not known here");
    }

    #[test]
    fn of_an_issue_or_of_a_pull_request_by_the_event() {
        let comment = script("await github.rest.issues.createComment({})");
        need_under("issues", &comment, "issues: write");
        need_under("pull_request_target", &comment, "pull-requests: write");
        need_under("issue_comment", &comment, "issues: write, pull-requests: write");
        let only_pull_requests =
            format!("- if: github.event.issue.pull_request\n  {}", &comment[2..]);
        need_under("issue_comment", &only_pull_requests, "pull-requests: write");
        let reason = "of an issue or of a pull request";
        doubtful_under("schedule", &comment, "issues: write", reason);
        // To read either is harmless.
        let read = script("await github.rest.issues.listLabelsOnIssue({})");
        need_under("schedule", &read, "issues: read, pull-requests: read");
        need_under("issues", &read, "issues: read");
        // What it names, or looks for, may tell.
        let named = comment.replace("{}", "{issue_number: pr.number, body}");
        need_under("schedule", &named, "pull-requests: write");
        let path = |name: &str| format!("- run: gh api repos/o/r/issues/${name}/labels -f x=y{GH}");
        need_under("schedule", &path("PR_NUMBER"), "pull-requests: write");
        doubtful_under("schedule", &path("NUMBER"), "issues: write", reason);
        let found = comment.replace("await ", "find('is:open is:pr'); await ");
        doubtful_under("schedule", &found, "issues: write, pull-requests: write", reason);
    }

    #[test]
    fn by_the_token_that_they_are_given() {
        let with = |call: &str| {
            let token = "  with:\n    github-token: ${{ secrets.PAT }}";
            script(&format!("await github.rest.{call}({{}})")).replace("  with:", token)
        };
        doubtful(&with("issues.createLabel"), "default", "acts with another token");
        need(&with("issues.get"), "default");
        need(&with("brand.new"), "default");
    }
}

mod conditions {
    use super::*;

    fn release_if(condition: &str) -> String {
        format!("- if: {condition}\n  uses: softprops/action-gh-release@v2")
    }

    #[test]
    fn that_no_run_meets_need_nothing() {
        need_under("push", &release_if("github.event_name == 'release'"), "default");
        need_under(
            "[push, release]",
            &release_if("github.event_name == 'release'"),
            "contents: write",
        );
        need_under("push", &release_if("false"), "default");
        let tags = release_if("startsWith(github.ref, 'refs/tags/')");
        need_under("{push: {branches: [main]}}", &tags, "default");
        need_under("{push: {branches: [main], tags: ['v*']}}", &tags, "contents: write");
        need_under("push", &tags, "contents: write");
        need_under("pull_request", &tags, "default");
    }

    #[test]
    fn on_the_name_of_the_repository_hold_for_forks_too() {
        let text = "on: push\njobs:\n  job:\n    if: github.repository == 'up/stream'\n    runs-on: x\n    steps:\n      - if: github.repository != 'a/template'\n        uses: softprops/action-gh-release@v2\n";
        for name in ["up/stream", "me/stream", "a/template"] {
            let repository = Repository::of_workflow(text).named(name);
            let run = repository.run(&format!("{RULE} --write"));
            assert_eq!(
                (run.code, block(&repository.workflow()).as_str()),
                (Some(0), "contents: write")
            );
        }
    }

    #[test]
    fn of_variables_compare_texts() {
        let workflow = |value: &str, condition: &str| {
            let steps = workflow("push", &release_if(condition));
            needs_of(&[(WORKFLOW, format!("env:\n  RELEASE: {value}\n{steps}"))]).0
        };
        let is_push = "${{ github.event_name == 'push' }}";
        assert_eq!(workflow(is_push, "env.RELEASE == 'true'"), "contents: write");
        assert_eq!(workflow(is_push, "env.RELEASE == 'false'"), "default");
        // `false` is a text that is not empty.
        assert_eq!(workflow("${{ github.event_name == 'x' }}", "env.RELEASE"), "contents: write");
        assert_eq!(workflow("${{ github.event.release.id }}", "env.RELEASE"), "default");
    }

    #[test]
    fn of_jobs_that_are_waited_for_count() {
        let workflow = |condition: &str| {
            format!(
                "on: [push, pull_request]\njobs:\n  first:\n    if: github.event_name == 'release'\n    runs-on: x\n    steps: [{{run: make}}]\n  job:\n    needs: first\n    if: {condition}\n    runs-on: x\n    steps:\n      - uses: softprops/action-gh-release@v2\n"
            )
        };
        assert_eq!(needs_of(&[(WORKFLOW, workflow("true"))]).0, "default");
        assert_eq!(needs_of(&[(WORKFLOW, workflow("always()"))]).0, "contents: write");
    }

    #[test]
    fn of_a_job_that_is_switched_off_count() {
        for (condition, expected) in [
            ("false", "contents: write"),
            ("${{ always() && false && github.event_name == 'push' }}", "contents: write"),
            ("github.event_name == 'release'", "default"),
        ] {
            let workflow = format!(
                "on: push\njobs:\n  job:\n    if: {condition}\n    runs-on: x\n    steps:\n      - uses: softprops/action-gh-release@v2\n"
            );
            assert_eq!(needs_of(&[(WORKFLOW, workflow)]).0, expected, "{condition}");
        }
    }

    #[test]
    fn by_the_matrix() {
        let workflow = |include: &str| {
            format!(
                "on: push\njobs:\n  job:\n    runs-on: x\n    strategy:\n      matrix:\n        include: {include}\n    steps:\n      - if: matrix.publish == 'yes'\n        uses: softprops/action-gh-release@v2\n"
            )
        };
        let needs = |include: &str| needs_of(&[(WORKFLOW, workflow(include))]).0;
        assert_eq!(needs("[{publish: 'yes'}, {publish: 'no'}]"), "contents: write");
        assert_eq!(needs("[{publish: 'no'}]"), "default");
        assert_eq!(needs("${{ fromJSON(needs.x.outputs.y) }}"), "contents: write");
        let boolean = |matrix: &str, condition: &str| {
            let text = format!(
                "on: push\njobs:\n  job:\n    runs-on: x\n    strategy: {{matrix: {matrix}}}\n    steps:\n      - if: {condition}\n        uses: softprops/action-gh-release@v2\n"
            );
            needs_of(&[(WORKFLOW, text)]).0
        };
        assert_eq!(
            boolean("{publish: [true, false]}", "matrix.publish == true"),
            "contents: write"
        );
        assert_eq!(boolean("{include: [{publish: true}]}", "matrix.publish"), "contents: write");
        assert_eq!(boolean("{skip: [true, false]}", "'${{ !matrix.skip }}'"), "contents: write");
        assert_eq!(boolean("{publish: [false]}", "matrix.publish"), "default");
    }

    #[test]
    fn a_guess_goes_with_its_doubt() {
        let steps = "- run: make all\n  env: {GH_TOKEN: '${{ github.token }}'}";
        let both = workflow("[pull_request, pull_request_target]", steps);
        assert_eq!(needs_of(&[(WORKFLOW, both)]), ("default".to_owned(), None));
        let alone = workflow("pull_request_target", steps);
        assert_eq!(needs_of(&[(WORKFLOW, alone)]).0, "pull-requests: write");
    }

    #[test]
    fn a_run_for_a_fork_clears_doubts() {
        let unknown = "- uses: own/er@v1";
        doubtful_under("push", unknown, "default", "is not known here");
        need_under("[push, pull_request]", unknown, "default");
        doubtful_under("pull_request_target", unknown, "default", "is not known here");
        for excluded in [
            "github.event_name == 'push'",
            "github.event.pull_request.head.repo.full_name == github.repository",
            "github.event.pull_request.head.repo.fork == false",
            "secrets.TOKEN != ''",
            "github.actor == 'me'",
            "github.ref_name == 'main'",
        ] {
            let step = format!("- if: {excluded}\n  uses: own/er@v1");
            doubtful_under("[push, pull_request]", &step, "default", "is not known here");
        }
        let handed = "  with: {token: \"${{ github.token }}\"}";
        for uses in ["own/er@v1", "docker://own/er", "./"] {
            let step = format!("- uses: {uses}\n{handed}");
            assert!(needs_of(&[(WORKFLOW, workflow("[push, pull_request]", &step))]).1.is_some());
        }
        for event in ["pull_request_review_comment", "pull_request_review"] {
            doubtful_under(event, unknown, "default", "is not known here");
        }
        let tolerant = format!("{unknown}\n  continue-on-error: true");
        doubtful_under("[push, pull_request]", &tolerant, "default", "is not known here");
    }
}

mod calls {
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
            &format!(
                "on: workflow_call\njobs:\n  a:\n    permissions: {{issues: write}}\n    {job}"
            ),
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
    fn of_other_repositories_by_what_is_known() {
        let slsa = "slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@v2.1.0";
        let (block, doubt) = needs_of(&[(WORKFLOW, call("push", slsa, ""))]);
        assert_eq!(
            (block.as_str(), doubt),
            ("contents: write, actions: read, id-token: write", None)
        );
        let unknown = "own/er/.github/workflows/x.yml@v1";
        let (block, doubt) = needs_of(&[(WORKFLOW, call("push", unknown, ""))]);
        assert_eq!(block, "default");
        assert!(doubt.unwrap().contains("is a workflow that is not known here"));
    }
}

#[test]
fn a_list_of_steps_that_holds_itself_comes_to_an_end() {
    let text = "on: push\njobs:\n  job:\n    runs-on: x\n    steps: &steps\n      - uses: softprops/action-gh-release@v2\n      - parallel: *steps\n";
    assert_eq!(needs_of(&[(WORKFLOW, text.to_owned())]), ("contents: write".to_owned(), None));
}
