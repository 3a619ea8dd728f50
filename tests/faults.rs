//! Faults planted in the edits: each must be caught, however the text still parses.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, its helpers, too")]

use spec8_fix::yaml::{
    Change, Displaced, Document, Fault, Operation, Path, Place, Plan, Value, apply, edits, verify,
};

const BEFORE: &str = "\u{feff}name: x # the name

# What starts it.
on: push

# The jobs.
jobs:
  build: # one job
    runs-on: ubuntu-latest\r
    steps:
      - uses: a/b@v1 # why
      - run: |
          echo a
          echo b
";

/// The document, the plan of a pin and a block of permissions, and the right result.
fn rewritten() -> (Document, Plan, String) {
    let document = Document::parse(BEFORE).unwrap();
    let uses = Path::root().key("jobs").key("build").key("steps").index(0).key("uses");
    let comment = Change::SetComment { text: "v1.2.3".to_owned(), displaced: Displaced::Above };
    let read = Value::mapping([("contents", "read")]);
    let operations = [
        Operation::new(uses.clone(), Change::SetScalar("a/b@1234".to_owned())),
        Operation::new(uses, comment),
        Operation::insert(Path::root(), "permissions", read, Place::After("on".to_owned())),
    ];
    let plan = Plan::new(&document, operations.map(|operation| ("test", operation))).unwrap();
    let right = apply(document.text(), &edits(&document, &plan).unwrap());
    (document, plan, right)
}

#[test]
fn the_right_result_is_accepted() {
    let (document, plan, right) = rewritten();
    assert!(verify(&document, &plan, right).is_ok());
}

#[test]
fn each_planted_fault_is_caught() {
    type Kind = fn(&Fault) -> bool;
    let tree: Kind = |fault| matches!(fault, Fault::Tree(_));
    let line: Kind = |fault| matches!(fault, Fault::Line(_));
    let comment: Kind = |fault| matches!(fault, Fault::Comment(_));
    let unreadable: Kind = |fault| matches!(fault, Fault::Unreadable(_));
    let mark: Kind = |fault| matches!(fault, Fault::ByteOrderMark);
    let any: Kind = |_| true;
    let job_comment = " # one job";
    for (planted, from, to, caught) in [
        ("a lost comment", job_comment, "", any),
        ("a lost comment that gave way", "      # why\n", "", comment),
        ("a lost new comment", " # v1.2.3", "", comment),
        ("a comment of nowhere", "contents: read", "contents: read # new", comment),
        ("a comment beside something else", "\n# The jobs.\njobs:", "\njobs:\n# The jobs.", any),
        (
            "a moved key",
            "name: x # the name\n\n# What starts it.\non: push\n",
            "# What starts it.\non: push\nname: x # the name\n\n",
            tree,
        ),
        ("a wrong indentation", "  contents: read", "contents: read", any),
        ("an indentation too deep", "      - run: |", "        - run: |", unreadable),
        ("a blank in a scalar", "echo a", "echo  a", tree),
        ("another value", "ubuntu-latest", "ubuntu-slim", tree),
        ("a lost key", "    runs-on: ubuntu-latest\r\n", "", tree),
        ("another line ending", "ubuntu-latest\r\n", "ubuntu-latest\n", line),
        ("other quotes", "on: push", "on: 'push'", line),
        ("a lost blank line", "\n\n# What starts it.", "\n# What starts it.", line),
        ("a lost byte order mark", "\u{feff}", "", mark),
        ("a key twice", "on: push\n", "on: push\non: push\n", unreadable),
    ] {
        let (document, plan, right) = rewritten();
        let wrong = right.replacen(from, to, 1);
        assert_ne!(wrong, right, "{planted}: nothing planted in\n{right}");
        match verify(&document, &plan, wrong.clone()) {
            Ok(_) => panic!("{planted} was not caught:\n{wrong}"),
            Err(fault) => assert!(caught(&fault), "{planted}: {fault:?}"),
        }
    }
}
