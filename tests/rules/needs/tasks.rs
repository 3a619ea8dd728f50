//! What tasks of the project need.

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
