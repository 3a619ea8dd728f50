//! Comments that silence a finding.

use crate::cli::Repository;

/// How many findings are left in a workflow with one step that is not pinned and no permissions,
/// with a comment above the whole, and one behind the step.
fn findings(top: &str, behind: &str) -> (bool, bool) {
    let top = if top.is_empty() { String::new() } else { format!("{top}\n") };
    let run = Repository::of_workflow(&format!(
        "{top}on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4.2.2{behind}\n"
    ))
    .run("--unsafe");
    (run.stderr.contains("pin-actions"), run.stderr.contains("least-permissions"))
}

#[test]
fn our_own() {
    assert_eq!(findings("", ""), (true, true));
    assert_eq!(findings("", " # spec8-fix: ignore[pin-actions]"), (false, true));
    assert_eq!(findings("# spec8-fix: ignore[workflow-permissions]", ""), (true, false));
    assert_eq!(
        findings("", " # why, spec8-fix: ignore[workflow-permissions, pin-actions] and more"),
        (false, true)
    );
}

#[test]
fn those_of_neighbouring_tools() {
    assert_eq!(findings("", " # zizmor: ignore[unpinned-uses]"), (false, true));
    assert_eq!(findings("", " # zizmor: ignore[artipacked,unpinned-uses] why"), (false, true));
    assert_eq!(findings("", " # ratchet:exclude"), (false, true));
    assert_eq!(findings("# zizmor: ignore[excessive-permissions]", ""), (true, false));
}

#[test]
fn of_another_rule_or_place_they_do_nothing() {
    assert_eq!(findings("", " # spec8-fix: ignore[workflow-permissions]"), (true, true));
    assert_eq!(findings("", " # zizmor: ignore[artipacked]"), (true, true));
    assert_eq!(findings("# spec8-fix: ignore[pin-actions]", ""), (true, true));
    assert_eq!(findings("# ratchet:exclude", ""), (true, true));
}

#[test]
fn on_the_line_above() {
    let workflow = "on: push\npermissions: {}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      # spec8-fix: ignore[pin-actions]\n      - uses: actions/checkout@v4.2.2\n";
    let run = Repository::of_workflow(workflow).run("");
    assert_eq!(run.stderr, "1 file, nothing to change\n");
}

#[test]
fn of_wide_permissions() {
    let jobs = "jobs:\n  test:\n    runs-on: ubuntu-latest\n    steps: [{run: make}]\n";
    let is_silenced = |permissions: &str| {
        let run = Repository::of_workflow(&format!("on: push\n{permissions}{jobs}")).run("");
        run.stderr == "1 file, nothing to change\n"
    };
    let ours = "# spec8-fix: ignore[workflow-permissions]";
    let zizmor = "# zizmor: ignore[excessive-permissions] see #12";
    assert!(!is_silenced("permissions:\n  contents: write\n"));
    for comment in [ours, zizmor] {
        assert!(is_silenced(&format!("permissions: write-all {comment}\n")));
        assert!(is_silenced(&format!("{comment}\npermissions: write-all\n")));
        assert!(is_silenced(&format!("permissions: {comment}\n  contents: write\n")));
        assert!(is_silenced(&format!("{comment}\npermissions:\n  contents: write\n")));
        assert!(is_silenced(&format!("permissions:\n  contents: write {comment}\n")));
        assert!(is_silenced(&format!(
            "permissions:\n  contents: read\n  {comment}\n  issues: write\n"
        )));
    }
}
