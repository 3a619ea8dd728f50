//! What `--unsafe` gives a job for what is not known for certain: by names, by earlier steps, by what an action was
//! published as.

use crate::cli::WORKFLOW;
use crate::needs::{doubtful, doubtful_under, need, need_under, needs_of, workflow};

/// A step that hands the token to a program.
fn handed(command: &str) -> String {
    format!("- run: {command}\n  env: {{GH_TOKEN: '${{{{ github.token }}}}'}}")
}

mod names {
    use super::*;

    #[test]
    fn of_actions_that_are_not_known() {
        for (name, expected) in [
            ("create-issue", "issues: write"),
            ("pull-request-comment", "pull-requests: write"),
            ("pr-labeler", "pull-requests: write"),
            ("automerge", "contents: write, pull-requests: write"),
            ("gh-release", "contents: write"),
            ("stale", "issues: write, pull-requests: write"),
            ("check-release", "default"),
            ("find-comment", "default"),
            ("setup", "default"),
        ] {
            doubtful(&format!("- uses: own/{name}@v1"), expected, "is not known here");
        }
        // The owner's name says nothing, and another token is none of this.
        doubtful("- uses: release/er@v1", "default", "is not known here");
        let given = |token: &str| {
            format!(
                "- uses: own/create-issue@v1\n  with: {{token: '${{{{ {token} }}}}', title: x}}"
            )
        };
        doubtful(&given("secrets.PAT"), "default", "is not known here");
        doubtful(&given("github.token"), "issues: write", "is not known here");
    }

    #[test]
    fn of_an_issue_or_of_a_pull_request_by_the_event() {
        let steps = "- uses: own/comment@v1\n  with: {token: '${{ github.token }}'}";
        doubtful_under("issues", steps, "issues: write", "is not known here");
        doubtful_under("pull_request", steps, "pull-requests: write", "is not known here");
    }

    #[test]
    fn of_programs_that_are_handed_the_token() {
        let reason = "is handed the token";
        doubtful(&handed("make issue"), "issues: write", reason);
        doubtful(
            &handed("tox -e prepare-release-pr"),
            "contents: write, pull-requests: write",
            reason,
        );
        doubtful(&handed("./scripts/check-issues"), "default", reason);
        doubtful(&handed("make all"), "default", reason);
        doubtful(
            &format!("{}\n  name: Create a release", handed("make all")),
            "contents: write",
            reason,
        );
        doubtful(&format!("{}\n  name: Verify the release", handed("make all")), "default", reason);
    }

    #[test]
    fn say_what_is_left_for_forks() {
        let reason = "is handed the token";
        let on = "pull_request";
        doubtful_under(on, &handed("make labels"), "pull-requests: write", reason);
        doubtful_under(on, &handed("make all"), "default", reason);
    }

    #[test]
    fn of_what_publishes_to_pypi_without_a_token() {
        let reason = "its name says `publish`";
        let named = |name: &str| format!("- name: {name}\n  run: make publish");
        doubtful(&named("Publish to PyPI"), "id-token: write", reason);
        doubtful(&named("Publish"), "default", reason);
        let given = "- uses: actions/checkout@v4\n  with: {persist-credentials: false}\n- name: Publish to PyPI\n  run: make publish\n  env: {TOKEN: '${{ secrets.PYPI }}'}";
        need(given, "default");
    }
}

mod logins {
    use super::*;

    #[test]
    fn to_a_registry_are_for_something() {
        let login = "- uses: docker/login-action@v3\n  with: {registry: ghcr.io, username: x, password: '${{ github.token }}'}";
        let unknown = "- uses: own/er@v1";
        doubtful(&format!("{login}\n{unknown}"), "packages: write", "is not known here");
        doubtful(&format!("{unknown}\n{login}"), "default", "is not known here");
    }
}

#[test]
fn what_documentation_asks_of_public_repositories_too() {
    let steps = "- uses: CodSpeedHQ/action@v4\n  with: {run: pytest}";
    doubtful_under("push", steps, "id-token: write", "if the repository is private");
    doubtful_under("pull_request", steps, "id-token: write", "if the repository is private");
    let token =
        "- uses: CodSpeedHQ/action@v4\n  with: {run: pytest, token: '${{ secrets.CODSPEED }}'}";
    need(token, "default");
}

mod own_action {
    use super::*;

    const ACTION: &str = "action.yml";

    fn program(title: &str) -> String {
        format!(
            "name: {title}\ninputs: {{github-token: {{default: x}}}}\nruns: {{using: node24, main: index.js}}\n"
        )
    }

    #[track_caller]
    fn needs(title: &str, text: String, expected: &str) {
        let (block, doubt) = needs_of(&[(WORKFLOW, text), (ACTION, program(title))]);
        assert_eq!(block, expected, "{title}");
        assert!(doubt.is_some_and(|it| it.contains("the action that this repository makes")));
    }

    #[test]
    fn by_the_name_that_conditions_give_the_repository() {
        let steps =
            |name: &str| format!("- uses: ./\n- if: github.repository == '{name}'\n  run: echo");
        let own = "rust-lang/crates-io-auth-action";
        needs("Something", workflow("push", &steps(own)), "id-token: write");
        needs("Something", workflow("push", &steps("own/er")), "default");
        let two = format!("{}\n- if: github.repository == 'own/er'\n  run: echo", steps(own));
        needs("Something", workflow("push", &two), "default");
    }

    #[test]
    fn by_its_title() {
        needs(
            "Azure Login",
            workflow("push", "- uses: ./\n  with: {client-id: x}"),
            "id-token: write",
        );
        needs("crates-io-auth-action", workflow("push", "- uses: ./"), "id-token: write");
        let script = "- uses: ./\n  with: {script: 'github.rest.issues.createLabel({})'}";
        needs("GitHub Script", workflow("push", script), "issues: write");
    }

    #[test]
    fn where_it_is_checked_out() {
        let steps = "- uses: actions/checkout@v4\n  with: {path: ./dir}\n- uses: ./dir";
        needs("crates-io-auth-action", workflow("push", steps), "contents: read, id-token: write");
    }

    #[test]
    fn of_steps_needs_what_they_do() {
        let action = "name: x\nruns:\n  using: composite\n  steps:\n  - uses: softprops/action-gh-release@v2\n";
        let files = [(WORKFLOW, workflow("push", "- uses: ./")), (ACTION, action.to_owned())];
        assert_eq!(needs_of(&files), ("contents: write".to_owned(), None));
    }

    #[test]
    fn a_run_for_a_fork_says_nothing_of_it() {
        needs("Something", workflow("pull_request", "- uses: ./"), "default");
    }
}

mod checkouts {
    use super::*;

    #[test]
    fn of_other_repositories_bring_their_actions() {
        let steps = |uses: &str| {
            format!(
                "- uses: actions/checkout@v4\n  with: {{repository: softprops/action-gh-release, path: tools}}\n- uses: {uses}"
            )
        };
        need_under("push", &steps("./tools"), "contents: write");
        doubtful(&steps("./tools/other"), "default", "is checked out from elsewhere");
    }
}

/// What can never run comes to an end.
mod recursion {
    use super::*;

    #[test]
    fn of_composite_actions_is_a_doubt() {
        let action = format!(
            "name: x\nruns:\n  using: composite\n  steps:\n{}",
            "  - uses: ./\n".repeat(12)
        );
        let files = [(WORKFLOW, workflow("push", "- uses: ./")), ("action.yml", action)];
        assert!(needs_of(&files).1.is_some_and(|doubt| doubt.contains("is used by itself")));
    }

    #[test]
    fn of_workflows_is_a_doubt() {
        let call = |id: &str| format!("  {id}:\n    uses: ./{WORKFLOW}\n");
        let calls: String = (0..12).map(|n| call(&format!("call{n}"))).collect();
        let text = format!("on: [push, workflow_call]\njobs:\n{}{calls}", call("job"));
        let doubt = needs_of(&[(WORKFLOW, text)]).1;
        assert!(doubt.is_some_and(|doubt| doubt.contains("is called by itself")));
    }
}
