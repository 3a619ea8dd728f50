//! `persist-credentials`: what a checkout leaves behind.

use crate::cli::{Repository, WORKFLOW};
use crate::{steps_become, steps_stay, with_steps, written, written_workflow};

const RULE: &str = "persist-credentials";
const CHECKOUT: &str = "- uses: actions/checkout@v4\n";
const WITHOUT: &str = "- uses: actions/checkout@v4\n  with:\n    persist-credentials: false\n";

/// With these steps behind it a checkout is safe to change.
#[track_caller]
fn is_safe_before(steps: &str) {
    steps_become(RULE, &format!("{CHECKOUT}{steps}"), &format!("{WITHOUT}{steps}"));
}

/// With these steps behind it a checkout is changed with `--unsafe` only; gives why.
#[track_caller]
fn is_unsafe_before(steps: &str) -> String {
    let before = with_steps(&format!("{CHECKOUT}{steps}"));
    let (after, run) = written_workflow(&before, RULE, "");
    assert_eq!(after, before, "{}", run.stderr);
    let (bold, _) = written_workflow(&before, RULE, "--unsafe");
    assert_eq!(bold, with_steps(&format!("{WITHOUT}{steps}")));
    run.stderr
}

/// With these steps behind it a checkout stays; gives why.
#[track_caller]
fn stays_before(steps: &str) -> String {
    let steps = format!("{CHECKOUT}{steps}");
    assert!(steps_stay(RULE, &steps).ends_with("1 file, nothing to change\n"));
    Repository::of_workflow(&with_steps(&steps)).run(&format!("--select {RULE} -v")).stderr
}

#[test]
fn it_runs_only_where_it_is_selected() {
    let run = Repository::of_workflow(&with_steps(CHECKOUT)).run("--unsafe");
    assert!(!run.stdout.contains("persist-credentials"), "{}", run.stdout);
}

#[test]
fn safe_where_nothing_later_could_need_them() {
    is_safe_before("");
    is_safe_before("- uses: actions/setup-python@v5\n- uses: pre-commit/action@v3.0.1\n");
    is_safe_before(
        "- run: |\n    pip install twine\n    git describe --tags\n    git log -1\n    twine upload dist/*\n",
    );
    is_safe_before(
        "- uses: peaceiris/actions-gh-pages@v4\n  with:\n    github_token: ${{ github.token }}\n",
    );
    is_safe_before("- run: git push\n  if: false\n");
    is_safe_before("- run: git push https://x:${{ github.token }}@github.com/a/b\n");
    is_safe_before("- uses: actions/github-script@v7\n  with:\n    script: core.info('x')\n");
}

#[test]
fn beside_what_the_step_says_already() {
    steps_become(
        RULE,
        "- name: Check out # all of it\n  uses: actions/checkout@v4 # pinned by hand\n  with:\n    fetch-depth: 0 # for the version\n\n- run: echo\n",
        "- name: Check out # all of it\n  uses: actions/checkout@v4 # pinned by hand\n  with:\n    fetch-depth: 0 # for the version\n    persist-credentials: false\n\n- run: echo\n",
    );
    steps_become(
        RULE,
        "- {uses: actions/checkout@v4, with: {ref: main}}\n",
        "- {uses: actions/checkout@v4, with: {ref: main, persist-credentials: false}}\n",
    );
}

#[test]
fn what_comes_before_does_not_count() {
    let before = "- run: make\n- uses: own/er@v1\n";
    steps_become(RULE, &format!("{before}{CHECKOUT}"), &format!("{before}{WITHOUT}"));
}

#[test]
fn unsafe_where_the_repository_may_be_private() {
    for (steps, expected) in [
        ("- run: pytest -q\n", "line 7: `pytest -q` may be a program of the project"),
        ("- run: git fetch --tags\n", "line 7: `git fetch --tags` fetches from the repository"),
        ("- run: git submodule update --init\n", "fetches from the repository"),
        ("- uses: tj-actions/changed-files@v45\n", "fetches the commits that it compares"),
        (
            "- name: Env\n  run: source ./env.sh\n",
            "step \"Env\" (line 8): `source ./env.sh` may be",
        ),
    ] {
        let said = is_unsafe_before(steps);
        assert!(said.contains("if the repository is private, a later step"), "{said}");
        assert!(said.contains(expected), "{said}");
    }
    let partial = "- uses: actions/checkout@v4\n  with:\n    sparse-checkout: docs\n";
    let (_, run) = written_workflow(&with_steps(partial), RULE, "");
    assert!(run.stderr.contains("to fetch what `sparse-checkout` leaves out"), "{}", run.stderr);
}

#[test]
fn unsafe_where_something_unknown_runs() {
    for (steps, expected) in [
        ("- uses: own/er@v1\n", "line 7: own/er is not known here"),
        ("- uses: docker://alpine:3\n", "docker://alpine:3 is not known"),
        ("- uses: ./setup\n", "./setup is not among the files that were read"),
        ("- run: $TOOL\n", "is hidden by a variable"),
        ("- run: make release\n", "its name says `release`"),
        ("- run: git town sync\n", "`git town sync` is not known here"),
        ("- run: print(1)\n  shell: perl {0}\n", "`perl` runs a script"),
        ("- run: docker run -v .:/x image\n", "runs something that is not seen here"),
        (
            "- uses: actions/github-script@v7\n  with:\n    script: await exec.exec(tool)\n",
            "runs something that is not seen here",
        ),
    ] {
        let said = is_unsafe_before(steps);
        assert!(said.contains("a later step may need the credentials: "), "{said}");
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn a_checkout_stays_where_a_later_step_pushes() {
    for (steps, expected) in [
        ("- run: git push\n", "a later step may need them: line 7: `git push` pushes"),
        (
            "- run: make\n- run: |\n    git commit -m x\n    git push origin HEAD\n",
            "line 10: `git push origin`",
        ),
        (
            "- uses: stefanzweifel/git-auto-commit-action@v5\n",
            "stefanzweifel/git-auto-commit-action",
        ),
        ("- run: mkdocs gh-deploy --force\n", "`mkdocs gh-deploy"),
    ] {
        let said = stays_before(steps);
        assert!(said.contains("this checkout leaves its credentials to all later steps"), "{said}");
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn what_is_said_already_is_settled() {
    for value in ["false", "true", "${{ inputs.persist }}"] {
        let step =
            format!("- uses: actions/checkout@v4\n  with:\n    Persist-Credentials: {value}\n");
        assert_eq!(steps_stay(RULE, &step), "1 file, nothing to change\n");
    }
    assert_eq!(steps_stay(RULE, "- uses: actions/checkout@v1\n"), "1 file, nothing to change\n");
    assert_eq!(steps_stay(RULE, "- uses: own/checkout@v4\n"), "1 file, nothing to change\n");
}

#[test]
fn comments_silence_it() {
    for comment in ["spec8-fix: ignore[persist-credentials]", "zizmor: ignore[artipacked]"] {
        steps_stay(RULE, &format!("- uses: actions/checkout@v4 # {comment}\n"));
    }
}

#[test]
fn each_checkout_by_what_follows_it() {
    let two = format!("{CHECKOUT}- run: git push\n{CHECKOUT}");
    steps_become(RULE, &two, &format!("{CHECKOUT}- run: git push\n{WITHOUT}"));
}

#[test]
fn steps_side_by_side_have_no_order() {
    steps_stay(RULE, "- parallel:\n    - run: git push\n    - uses: actions/checkout@v4\n");
}

#[test]
fn a_shared_step_stays() {
    let said = steps_stay(RULE, "- &checkout\n  uses: actions/checkout@v4\n- *checkout\n");
    assert!(said.contains("is shared through a YAML alias"), "{said}");
    let inputs = "- uses: actions/checkout@v4\n  with: &inputs\n    fetch-depth: 0\n- uses: own/er@v1\n  with: *inputs\n";
    steps_stay(RULE, inputs);
}

#[test]
fn a_composite_action_is_followed() {
    let action = |run: &str| {
        format!("runs:\n  using: composite\n  steps:\n    - run: {run}\n      shell: bash\n")
    };
    let workflow = with_steps(&format!("{CHECKOUT}- uses: ./.github/actions/x\n"));
    let path = ".github/actions/x/action.yml";
    let safe = Repository::new([(WORKFLOW, &workflow), (path, &action("git status"))]);
    let (after, _) = written(&safe, WORKFLOW, RULE, "");
    assert!(after.contains("persist-credentials: false"));
    let pushing = Repository::new([(WORKFLOW, &workflow), (path, &action("git push"))]);
    assert_eq!(written(&pushing, WORKFLOW, RULE, "--unsafe").0, workflow);
}

#[test]
fn the_checkout_of_a_composite_action_is_for_those_who_use_it() {
    let path = "action.yml";
    let before = "runs:\n  using: composite\n  steps:\n    - uses: actions/checkout@v4\n";
    let repository = Repository::new([(path, before)]);
    let (after, run) = written(&repository, path, RULE, "");
    assert_eq!(after, before);
    assert!(run.stderr.contains("the jobs that use this action may need"), "{}", run.stderr);
    let (after, _) = written(&repository, path, RULE, "--unsafe");
    assert_eq!(after, format!("{before}      with:\n        persist-credentials: false\n"));
}
