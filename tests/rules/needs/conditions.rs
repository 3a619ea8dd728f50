//! Under which conditions a need counts.

use super::*;

fn release_if(condition: &str) -> String {
    format!("- if: {condition}\n  uses: softprops/action-gh-release@v2")
}

#[test]
fn that_no_run_meets_need_nothing() {
    need_under("push", &release_if("github.event_name == 'release'"), "default");
    need_under("[push, release]", &release_if("github.event_name == 'release'"), "contents: write");
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
    assert_eq!(boolean("{publish: [true, false]}", "matrix.publish == true"), "contents: write");
    assert_eq!(boolean("{include: [{publish: true}]}", "matrix.publish"), "contents: write");
    assert_eq!(boolean("{skip: [true, false]}", "'${{ !matrix.skip }}'"), "contents: write");
    assert_eq!(boolean("{publish: [false]}", "matrix.publish"), "default");
}

#[test]
fn a_guess_goes_with_its_doubt() {
    let (alone, both) = ("pull_request_target", "[pull_request, pull_request_target]");
    let named = "- uses: own/create-issue@v1";
    doubtful_under(alone, named, "issues: write", "is not known here");
    need_under(both, named, "default");
    let handed = format!("- run: make all{}", shell::GH);
    for on in [alone, both] {
        doubtful_under(on, &handed, "pull-requests: write", "is handed the token");
    }
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
    // Whatever is handed the token may leave for a fork what it does with it elsewhere.
    for handed in [
        "- run: pytest",
        "- run: ${{ matrix.command }}",
        "- run: work\n  shell: fish {0}",
        "- run: gh own-extension",
        "- run: gh api -X POST $URL",
        "- uses: actions/github-script@v7\n  with: {script: await exec.exec(cmd)}",
        "- uses: actions/github-script@v7\n  with: {script: await github.request(route)}",
    ] {
        let steps = format!("{handed}{}", shell::GH);
        let (_, doubt) = needs_of(&[(WORKFLOW, workflow("[push, pull_request]", &steps))]);
        assert!(doubt.is_some(), "{handed}");
    }
    for event in ["pull_request_review_comment", "pull_request_review"] {
        doubtful_under(event, unknown, "default", "is not known here");
    }
    let tolerant = format!("{unknown}\n  continue-on-error: true");
    doubtful_under("[push, pull_request]", &tolerant, "default", "is not known here");
    let text = workflow("[push, pull_request]", unknown);
    for (tolerance, is_clear) in
        [("true", false), ("false", true), ("${{ matrix.experimental }}", true)]
    {
        let matrix = "strategy: {matrix: {experimental: [true, false]}}";
        let head = format!("    continue-on-error: {tolerance}\n    {matrix}\n    steps");
        let doubt = needs_of(&[(WORKFLOW, text.replace("    steps", &head))]).1;
        assert_eq!(doubt.is_none(), is_clear, "{tolerance}");
    }
}

#[test]
fn a_run_for_a_fork_shows_nothing_of_what_a_script_may_pass_by() {
    let is_clear = |script: &str, more: &str| {
        let script = script.replace('\n', "\n    ");
        let steps = format!("- uses: actions/checkout@v4\n- run: |\n    {script}{more}");
        needs_of(&[(WORKFLOW, workflow("[push, pull_request]", &steps))]).1.is_none()
    };
    for script in [
        "make deploy",
        "cd docs && make deploy",
        "make docs; make deploy > log",
        "make docs | tee log; make deploy",
        "make deploy DIR=${{ github.workspace }}",
    ] {
        assert!(is_clear(script, ""), "{script}");
    }
    for script in [
        "if [ $GITHUB_REF = refs/heads/main ]; then make deploy; fi",
        "case $GITHUB_REF in refs/heads/main) make deploy;; esac",
        "[[ $GITHUB_REF = refs/heads/main ]] && make deploy",
        "test -n \"$X\" && make docs && make deploy",
        "test -z \"$X\" || make deploy > log",
        "release() {\n  make deploy\n}\nrelease",
        "if true; then bash -c 'make deploy'; fi",
        "if [ $GITHUB_EVENT_NAME = pull_request ]; then exit 0; fi\nmake deploy",
        "git diff --quiet HEAD~1 && make deploy\necho done",
        "for tag in $(git tag --points-at HEAD); do make deploy; done",
        "make deploy | tee log",
        "make deploy DRY_RUN=${{ github.event_name != 'push' }}",
        "python -c 'import subprocess; subprocess.run([\"make\", \"deploy\"])'",
    ] {
        assert!(!is_clear(script, ""), "{script}");
    }
    let script = "if ($Env:GITHUB_REF -eq 'refs/heads/main') { make deploy }";
    assert!(!is_clear(script, "\n  shell: pwsh"));
    assert!(is_clear("make deploy", "\n  shell: pwsh"));
}

#[test]
fn a_run_for_a_fork_shows_of_an_action_what_it_does_there() {
    let (inner, outer) = (".github/actions/inner/action.yml", ".github/actions/ci/action.yml");
    let action = |step: &str| {
        format!(
            "inputs: {{publish: {{default: 'false'}}}}\nruns:\n  using: composite\n  steps:\n    - run: make\n      shell: bash\n    - {step}\n"
        )
    };
    let handed_on =
        action("uses: ./.github/actions/inner\n      with: {publish: '${{ inputs.publish }}'}");
    let steps =
        "- uses: ./.github/actions/ci\n  with: {publish: \"${{ github.event_name == 'push' }}\"}";
    let calls = workflow("[push, pull_request]", steps);
    for (more, is_clear) in [
        ("", true),
        ("if: always()", true),
        ("if: inputs.publish != 'true'", true),
        ("if: inputs.publish == 'true'", false),
        ("if: runner.os == 'Linux'", false),
        ("continue-on-error: true", false),
    ] {
        let step = action(&format!("uses: own/er@v1\n      {more}"));
        let one = [(WORKFLOW, calls.clone()), (outer, step.clone())];
        assert_eq!(needs_of(&one).1.is_none(), is_clear, "{more}");
        let two = [(WORKFLOW, calls.clone()), (outer, handed_on.clone()), (inner, step)];
        assert_eq!(needs_of(&two).1.is_none(), is_clear, "{more}");
    }
}
