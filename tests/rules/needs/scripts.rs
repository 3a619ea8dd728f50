//! What scripts for `actions/github-script` need.

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
    let fetches = script("await fetch(url, { headers: { authorization: process.env.GH_TOKEN } })");
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
    doubtful(&script("await require('./x.js')({github, context})"), "default", "hands its client");
    doubtful(&script("await github.rest.brand.new({})"), "default", "which is not known here");
}

#[test]
fn of_an_issue_or_of_a_pull_request_by_the_event() {
    let comment = script("await github.rest.issues.createComment({})");
    need_under("issues", &comment, "issues: write");
    need_under("pull_request_target", &comment, "pull-requests: write");
    need_under("issue_comment", &comment, "issues: write, pull-requests: write");
    let only_pull_requests = format!("- if: github.event.issue.pull_request\n  {}", &comment[2..]);
    need_under("issue_comment", &only_pull_requests, "pull-requests: write");
    let only_issues =
        format!("- if: vars.ON && !github.event.issue.pull_request\n  {}", &comment[2..]);
    need_under("issue_comment", &only_issues, "issues: write");
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
