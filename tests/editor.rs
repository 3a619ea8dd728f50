//! The editor, example by example: a document, what is asked of it, what comes out.
#![allow(clippy::unwrap_used)]

use std::ops::Range;

use spec8_fix::yaml::{
    Change, Displaced, Document, Operation, Path, Place, Plan, Style, Value, rewrite,
};

/// `jobs.build.steps[0].uses` as a path.
fn path(text: &str) -> Path {
    let mut path = Path::root();
    for part in text.split('.').filter(|part| !part.is_empty()) {
        let (key, indices) = part.split_once('[').unwrap_or((part, ""));
        if !key.is_empty() {
            path = path.key(key);
        }
        for index in indices.split(['[', ']']).filter(|index| !index.is_empty()) {
            path = path.index(index.parse().unwrap());
        }
    }
    path
}

fn insert(into: &str, key: &str, value: impl Into<Value>, place: Place) -> Operation {
    Operation::insert(path(into), key, value, place)
}

fn set(at: &str, text: &str) -> Operation {
    Operation::new(path(at), Change::SetScalar(text.to_owned()))
}

fn part(at: &str, range: Range<usize>, text: &str) -> Operation {
    let Range { start: from, end: to } = range;
    Operation::new(path(at), Change::SetPart { from, to, text: text.to_owned() })
}

fn comment(at: &str, text: &str, displaced: Displaced) -> Operation {
    Operation::new(path(at), Change::SetComment { text: text.to_owned(), displaced })
}

fn remove(at: &str) -> Operation {
    Operation::new(path(at), Change::Remove)
}

fn after(key: &str) -> Place {
    Place::After(key.to_owned())
}

/// What a document becomes, or why it stays.
fn edited(text: &str, operations: impl IntoIterator<Item = Operation>) -> String {
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => return format!("{}: {error}", error.position),
    };
    let wanted = operations.into_iter().map(|operation| ("test", operation));
    let plan = match Plan::new(&document, wanted) {
        Ok(plan) => plan,
        Err(conflict) => return conflict.to_string(),
    };
    rewrite(&document, &plan).map_or_else(|error| error.to_string(), |new| new.text().to_owned())
}

macro_rules! becomes {
    ($name:ident, $before:expr, [$($operation:expr),+ $(,)?], $after:expr) => {
        #[test]
        fn $name() {
            assert_eq!(edited($before, [$($operation),+]), $after);
        }
    };
}

fn read() -> Value {
    Value::mapping([("contents", "read")])
}

becomes!(
    a_pin_with_its_comment,
    "- uses: a/b@v1\n",
    [set("[0].uses", "a/b@1234"), comment("[0].uses", "v1.2.3", Displaced::Above)],
    "- uses: a/b@1234 # v1.2.3\n"
);
becomes!(
    a_comment_gives_way,
    "steps:\n  - uses: a/b@v1  # why\n",
    [set("steps[0].uses", "a/b@1"), comment("steps[0].uses", "v1", Displaced::Above)],
    "steps:\n  # why\n  - uses: a/b@1  # v1\n"
);
becomes!(
    a_comment_gives_way_later_in_a_step,
    "steps:\n  - name: x\n    uses: 'a/b@v1' # why\r\n",
    [set("steps[0].uses", "a/b@1"), comment("steps[0].uses", "v1", Displaced::Above)],
    "steps:\n  - name: x\n    # why\r\n    uses: 'a/b@1' # v1\r\n"
);
becomes!(
    permissions_behind_the_triggers,
    "name: x\n\non:\n  push:\n    branches: [main]\n\njobs:\n  a: 1\n",
    [insert("", "permissions", read(), after("on"))],
    "name: x\n\non:\n  push:\n    branches: [main]\n\npermissions:\n  contents: read\n\njobs:\n  a: 1\n"
);
becomes!(
    permissions_compact,
    "on: push\njobs:\n    a:\n        b: 1\n",
    [insert("", "permissions", read(), after("on"))],
    "on: push\npermissions:\n    contents: read\njobs:\n    a:\n        b: 1\n"
);
becomes!(
    a_comment_of_the_next_key_stays_with_it,
    "on: push\n\n# The jobs.\njobs:\n  a: 1\n",
    [insert("", "permissions", read(), after("on"))],
    "on: push\n\npermissions:\n  contents: read\n\n# The jobs.\njobs:\n  a: 1\n"
);
becomes!(
    a_comment_that_closes_the_last_key_stays_with_it,
    "on:\n  push:\n  # pull_request:\n  #   branches: [x]\n\njobs:\n  a: 1",
    [insert("", "permissions", read(), after("on"))],
    "on:\n  push:\n  # pull_request:\n  #   branches: [x]\n\npermissions:\n  contents: read\n\njobs:\n  a: 1"
);
becomes!(
    at_the_end_without_a_final_newline,
    "on: push\n\njobs: x",
    [insert("", "permissions", read(), Place::Last)],
    "on: push\n\njobs: x\n\npermissions:\n  contents: read"
);
becomes!(
    before_the_first_key_of_an_item,
    "- b: 1\r\n- c\r\n",
    [insert("[0]", "a", "x", Place::First)],
    "- a: x\r\n  b: 1\r\n- c\r\n"
);
becomes!(
    into_an_empty_value,
    "- uses: x\n  with:\n  # nothing yet\n- y\n",
    [insert("[0].with", "a", "x", Place::Last)],
    "- uses: x\n  with:\n    a: x\n  # nothing yet\n- y\n"
);
becomes!(
    into_a_mapping_of_comments_only,
    "a:\n    # nothing yet\nb: 1\n",
    [insert("a", "c", "x", Place::Last)],
    "a:\n    # nothing yet\n    c: x\nb: 1\n"
);
becomes!(
    into_empty_braces,
    "a: {}\n",
    [insert("a", "contents", "read", Place::Last)],
    "a: {contents: read}\n"
);
becomes!(
    into_braces,
    "a: { b: 1 } # c\n",
    [insert("a", "d", "e", Place::Last)],
    "a: { b: 1, d: e } # c\n"
);
becomes!(
    into_braces_over_lines,
    "a: {\n  b: 1, # b\n  c: 2  # c\n}\n",
    [insert("a", "d", "e", Place::Last), insert("a", "x", "y", Place::First)],
    "a: {\n  x: y,\n  b: 1, # b\n  c: 2,  # c\n  d: e\n}\n"
);
becomes!(
    a_word_becomes_a_block,
    "on: push\npermissions: write-all # all\njobs: 1\n",
    [Operation::new(path("permissions"), Change::Replace(read()))],
    "on: push\npermissions: # all\n  contents: read\njobs: 1\n"
);
becomes!(
    a_word_in_flow_becomes_flow,
    "{on: push, permissions: write-all}\n",
    [Operation::new(path("permissions"), Change::Replace(read()))],
    "{on: push, permissions: {contents: read}}\n"
);
becomes!(a_key_goes, "a: 1\nb: 2 # gone\n# stays\nc: 3\n", [remove("b")], "a: 1\n# stays\nc: 3\n");
becomes!(the_last_key_goes, "a: 1\nb: 2", [remove("b")], "a: 1");
becomes!(the_first_key_goes, "a: 1\nb: 2\n", [remove("a")], "b: 2\n");
becomes!(the_first_key_of_an_item_goes, "- a: 1\n  b: 2\n", [remove("[0].a")], "- b: 2\n");
becomes!(
    an_emptied_mapping_goes,
    "- uses: x\n  with:\n    user: a\n    # why\n    password: b\n  if: c\n",
    [remove("[0].with.user"), remove("[0].with.password")],
    "- uses: x\n    # why\n  if: c\n"
);
becomes!(
    keys_go_from_braces,
    "a: {b: 1, c: 2, d: 3}\n",
    [remove("a.b"), remove("a.d")],
    "a: {c: 2}\n"
);
becomes!(
    one_goes_another_comes,
    "p:\n  pages: write\nx: 1\n",
    [remove("p.pages"), insert("p", "contents", "read", Place::Last)],
    "p:\n  contents: read\nx: 1\n"
);
becomes!(
    an_item_comes,
    "s:\n- a: 1\n\n- b: 2\n",
    [Operation::new(
        path("s"),
        Change::InsertItem { index: 1, value: Value::mapping([("run", "x"), ("if", "y")]) }
    )],
    "s:\n- a: 1\n\n- run: x\n  if: y\n\n- b: 2\n"
);
becomes!(
    an_item_comes_first_and_last,
    "s:\n  - a\n  - b",
    [
        Operation::new(path("s"), Change::InsertItem { index: 0, value: "x".into() }),
        Operation::new(path("s"), Change::InsertItem { index: 9, value: "z".into() })
    ],
    "s:\n  - x\n  - a\n  - b\n  - z"
);
becomes!(
    behind_a_scalar_that_keeps_its_blank_lines,
    "a: |+\n  x\n\nb: 1\n",
    [insert("", "c", "y", after("a"))],
    "a: |+\n  x\n\nc: y\nb: 1\n"
);
becomes!(
    a_folded_scalar_is_pinned,
    "- uses: >-\n    a/b@v1\n",
    [set("[0].uses", "a/b@1"), comment("[0].uses", "v1", Displaced::Above)],
    "- uses: >- # v1\n    a/b@1\n"
);
becomes!(
    an_alias_is_refused,
    "a: &x {b: 1}\nc: *x\n",
    [insert("c", "d", "e", Place::Last)],
    "c is shared through a YAML alias, so the change would reach further than wanted: change it by hand"
);
becomes!(
    what_an_alias_shares_is_refused,
    "a: &x\n  b: 1\nc: *x\n",
    [insert("a", "d", "e", Place::Last)],
    "a is shared through a YAML alias, so the change would reach further than wanted: change it by hand"
);
becomes!(
    numbers_as_strings_are_quoted,
    "a: {b: 1}\nc:\n  d: 1\n",
    [insert("a", "x", "1.70", Place::Last), insert("c", "x", "1.70", Place::Last)],
    "a: {b: 1, x: '1.70'}\nc:\n  d: 1\n  x: '1.70'\n"
);
becomes!(
    a_comment_stays_on_its_line_when_keys_come_behind_it,
    "- name: x\n  uses: a/b@v1\n",
    [
        set("[0].uses", "a/b@1"),
        comment("[0].uses", "v1", Displaced::Above),
        insert("[0]", "with", Value::mapping([("tool", "y")]), after("uses")),
    ],
    "- name: x\n  uses: a/b@1 # v1\n  with:\n    tool: y\n"
);
becomes!(
    parts_of_a_scalar_are_one_scalar,
    "- uses: \"old/name@v1\" # x\n",
    [
        part("[0].uses", 9..11, "1234"),
        comment("[0].uses", "v1.0.0", Displaced::Dropped),
        part("[0].uses", 0..8, "new/é"),
        part("[0].uses", 9..11, "1234"),
    ],
    "- uses: \"new/é@1234\" # v1.0.0\n"
);
becomes!(
    a_part_may_be_added_at_the_end,
    "a: é\n",
    [part("a", 0..0, "x"), part("a", 2..2, "y")],
    "a: xéy\n"
);
becomes!(
    parts_that_meet_contradict_each_other,
    "a: long text\n",
    [part("a", 0..5, "x"), part("a", 4..6, "y")],
    "`test` and `test` contradict each other at a: set a part of a to `y`"
);
becomes!(
    a_part_and_the_whole_contradict_each_other,
    "a: long text\n",
    [part("a", 0..5, "x"), set("a", "y")],
    "`test` and `test` contradict each other at a: set a to `y`"
);
becomes!(
    what_has_no_such_part_is_refused,
    "a: é\n",
    [part("a", 1..2, "x")],
    "a is not there, or not of the kind expected"
);
becomes!(
    a_mapping_has_no_parts,
    "a: {b: c}\n",
    [part("a", 0..1, "x")],
    "a is not there, or not of the kind expected"
);
becomes!(
    the_first_entries_of_a_document,
    "",
    [
        insert("", "jobs", Value::Sequence(vec![read()]), Place::Last),
        insert("", "version", Value::Integer(2), Place::First),
    ],
    "version: 2\njobs:\n  - contents: read\n"
);
becomes!(
    the_first_entries_below_comments,
    "\u{feff}# One\r\n\r\n  # Two\r\n\r\n",
    [insert("", "version", Value::Integer(2), Place::First)],
    "\u{feff}# One\r\n\r\n  # Two\r\nversion: 2\r\n\r\n"
);
becomes!(
    no_other_change_of_a_document_without_content,
    "# One\n",
    [insert("a", "version", Value::Integer(2), Place::First)],
    "a is not there, or not of the kind expected"
);
becomes!(
    a_string_in_the_style_that_is_asked_for,
    "- a\n",
    [
        Operation::new(
            path(""),
            Change::InsertItem { index: 0, value: Value::mapping([("x", "y")]) }
        ),
        Operation::new(
            path(""),
            Change::InsertItem {
                index: 1,
                value: Value::Styled(Style::DoubleQuoted, "it's".to_owned()),
            }
        )
    ],
    "- x: y\n- a\n- \"it's\"\n"
);
