//! What holds for every document and every operation, on random ones.
//!
//! The runs are the same every time; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` make others and more.
#![allow(clippy::unwrap_used, clippy::panic, dead_code)]

#[path = "support/data.rs"]
mod data;
#[path = "support/sample.rs"]
mod sample;
#[path = "support/wishes.rs"]
mod wishes;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};
use spec8_fix::yaml::{
    Change, Comment, Displaced, Document, Operation, Path, Plan, Refused, RewriteError, apply,
    edits, rewrite,
};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};

use self::data::Data;
use self::sample::{Written, sample};
use self::wishes::wishes;

fn runner(cases: u32) -> TestRunner {
    let default = Config::default();
    let is_set = |name: &str| std::env::var_os(name).is_some();
    TestRunner::new(Config {
        cases: if is_set("PROPTEST_CASES") { default.cases } else { cases },
        rng_seed: if is_set("PROPTEST_RNG_SEED") { default.rng_seed } else { RngSeed::Fixed(8) },
        failure_persistence: None,
        ..default
    })
}

/// Runs a test on random documents; its failure shows the reason, which shows the text.
fn check<S: Strategy>(
    cases: u32,
    strategy: &S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    match runner(cases).run(strategy, test) {
        Ok(()) => {}
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        Err(TestError::Abort(reason)) => panic!("aborted: {reason}"),
    }
}

#[test]
fn parsing_gives_the_data() {
    check(500, &sample(), |sample| {
        let written = sample.write();
        let document = Document::parse(written.text.clone()).map_err(|error| {
            TestCaseError::fail(format!("{}: {error}\n{}", error.position, written.text))
        })?;
        let data = Data::of(&document, document.root().unwrap());
        prop_assert_eq!(&data, &written.data, "{}", written.text);
        let comments: Vec<_> = document
            .comments()
            .iter()
            .map(|comment| document.source().slice(comment.span))
            .collect();
        prop_assert_eq!(comments, written.comments, "{}", written.text);
        Ok(())
    });
}

/// What became of the cases: how many were done, refused for each reason, and so on.
#[derive(Default)]
struct Tally(RefCell<BTreeMap<String, usize>>);

impl Tally {
    fn count(&self, what: impl Into<String>) {
        *self.0.borrow_mut().entry(what.into()).or_default() += 1;
    }

    fn share(&self, what: &str) -> f64 {
        let counts = self.0.borrow();
        let all: usize = counts.values().sum();
        let these = counts.iter().filter(|(name, _)| name.starts_with(what));
        these.map(|(_, count)| *count).sum::<usize>() as f64 / all as f64
    }
}

#[test]
fn rewriting_does_what_was_asked_and_nothing_else() {
    let tally = Tally::default();
    let strategy = (sample(), wishes());
    check(1500, &strategy, |(sample, wishes)| {
        let written = sample.write();
        let mut operations: Vec<_> =
            wishes.iter().filter_map(|wish| wish.on(&written.data)).collect();
        // What two operations on one place become together has its own tests.
        let mut seen = HashSet::new();
        operations.retain(|operation| seen.insert(subject(operation)));
        let result = one_rewrite(&written, &operations, &tally);
        result.map_err(|reason| {
            let asked: Vec<_> = operations.iter().map(Operation::to_string).collect();
            let document = Document::parse(written.text.clone()).unwrap();
            let wanted = operations.iter().map(|operation| ("test", operation.clone()));
            let plan = Plan::new(&document, wanted).unwrap();
            let after = edits(&document, &plan)
                .map(|edits| apply(document.text(), &edits))
                .unwrap_or_default();
            TestCaseError::fail(format!(
                "{reason}\n--- before\n{}\n--- asked\n{}\n{operations:?}\n--- after\n{after}\n{:?}\n{after:?}",
                written.text,
                asked.join("\n"),
                written.text
            ))
        })
    });
    println!("{:#?}", tally.0.borrow());
    // Random operations often contradict each other, or would lose a comment.
    assert!(tally.share("done") > 0.75, "too many refusals and conflicts");
}

/// What an operation is about: two of one subject are merged, or contradict each other.
fn subject(operation: &Operation) -> (Path, &'static str, String) {
    let (kind, key) = match &operation.change {
        Change::SetScalar(_) | Change::Replace(_) | Change::Remove => ("value", String::new()),
        Change::SetPart { from, .. } => ("part", from.to_string()),
        Change::SetComment { .. } => ("comment", String::new()),
        Change::Insert { key, .. } => ("entry", key.clone()),
        Change::InsertItem { index, .. } => ("item", index.to_string()),
    };
    (operation.at.clone(), kind, key)
}

fn one_rewrite(written: &Written, operations: &[Operation], tally: &Tally) -> Result<(), String> {
    let document = Document::parse(written.text.clone()).map_err(|error| error.to_string())?;
    let wanted = operations.iter().map(|operation| ("test", operation.clone()));
    let Ok(plan) = Plan::new(&document, wanted) else {
        tally.count("conflict");
        return Ok(());
    };
    let result = match rewrite(&document, &plan) {
        Ok(result) => result,
        Err(RewriteError::Refused(error)) => {
            tally.count(format!("refused: {:?}", error.reason));
            check_refusal(written, operations, error.reason)?;
            return Ok(());
        }
        Err(RewriteError::Faulty(fault)) => return Err(fault.to_string()),
    };
    tally.count("done");
    check_data(written, operations, &result)?;
    check_lines(&document, &plan, &result)?;
    check_comments(written, &plan, &document, &result)?;
    check_again(&plan, &result)
}

/// Some reasons to refuse are plain from the data.
fn check_refusal(
    written: &Written,
    operations: &[Operation],
    reason: Refused,
) -> Result<(), String> {
    let data = &written.data;
    let explains = |operation: &Operation| {
        let at = operation.at.segments();
        match (reason, &operation.change) {
            (Refused::Shared, Change::Remove | Change::Replace(_)) => data.is_shared(at, true),
            (Refused::Shared, _) => data.is_shared(at, false) || data.is_alias(at),
            (Refused::KeyExists, Change::Insert { key, .. }) => data.at(at).is_some_and(|node| {
                node.keys().iter().any(|known| known.to_lowercase() == key.to_lowercase())
            }),
            (Refused::NothingLeft, change) => *change == Change::Remove,
            (Refused::CommentLost, change) => {
                matches!(change, Change::Replace(_) | Change::SetScalar(_) | Change::Remove)
                    && !written.comments.is_empty()
            }
            (Refused::NoRoomForComment, change) => matches!(change, Change::SetComment { .. }),
            (Refused::Swallowed, change) => matches!(change, Change::Remove | Change::Replace(_)),
            (Refused::InPair, change) => !matches!(change, Change::SetScalar(_) | Change::Remove),
            (Refused::Overlap, _) => operations.len() > 1,
            (Refused::NotThere, _) => false,
            (_, _) => false,
        }
    };
    if operations.iter().any(explains) { Ok(()) } else { Err(format!("refused: {reason:?}")) }
}

fn check_data(
    written: &Written,
    operations: &[Operation],
    result: &Document,
) -> Result<(), String> {
    let shared = |operation: &&Operation| {
        !operation.everywhere && written.data.is_shared(operation.at.segments(), false)
    };
    if let Some(operation) = operations.iter().find(shared) {
        return Err(format!("{} is shared", operation.at));
    }
    let expected = written.data.after(operations);
    let actual = result.root().map(|root| Data::of(result, root));
    let (actual, expected) = if result.text().ends_with('\n') {
        (actual, expected)
    } else {
        (actual.map(|data| data.trimmed()), expected.map(|data| data.trimmed()))
    };
    if actual == expected { Ok(()) } else { Err(format!("{actual:?} is not {expected:?}")) }
}

/// Lines outside of what the operations name are there, one by one and in order; line endings, byte
/// order mark and the last line's end are as they were.
fn check_lines(document: &Document, plan: &Plan, result: &Document) -> Result<(), String> {
    let source = document.source();
    let mut touched = HashSet::new();
    for operation in plan.operations() {
        let node = document.find(&operation.at).unwrap();
        let parent = document.parent(node).unwrap_or(node);
        // The collection in flow style, the item whose first key goes, the node with its key.
        let whole = document.in_flow(node) || operation.change == Change::Remove;
        let start = if whole { document.span(parent).start } else { document.outer_start(node) };
        let key = document.entry_of(node).map_or(start, |entry| document.span(entry.key).start);
        let start = document.text()[..start.min(key)].trim_end().len().min(start.min(key));
        let end = if whole { document.span(parent).end } else { document.span(node).end };
        touched.extend(source.line_of(start)..=source.line_of(end.max(start)));
    }
    let mut lines = result.text().split('\n').map(|line| line.trim_end_matches('\r'));
    for line in (0..source.line_count()).filter(|line| !touched.contains(line)) {
        let content = source.slice(source.line(line));
        if line > 0 && !lines.any(|candidate| candidate == content) {
            return Err(format!("line {} is not there any more: {content:?}", line + 1));
        }
    }
    let endings = |text: &str| {
        let all = text.matches('\n').count();
        let windows = text.matches("\r\n").count();
        (windows > 0, windows < all)
    };
    let (before, after) = (document.text(), result.text());
    let (was, is) = (endings(before), endings(after));
    if before.contains('\n') && (is.0 && !was.0 || is.1 && !was.1) {
        return Err("a new kind of line ending".to_owned());
    }
    if before.starts_with('\u{feff}') != after.starts_with('\u{feff}') {
        return Err("the byte order mark".to_owned());
    }
    if before.ends_with('\n') && !after.ends_with('\n') {
        return Err("the last line ending is lost".to_owned());
    }
    Ok(())
}

/// Comments on lines of their own are all there, once; the others, too, unless they went along.
fn check_comments(
    written: &Written,
    plan: &Plan,
    document: &Document,
    result: &Document,
) -> Result<(), String> {
    let texts = |document: &Document| -> Vec<String> {
        let text = |comment: &Comment| document.source().slice(comment.span).to_owned();
        document.comments().iter().map(text).collect()
    };
    let after = texts(result);
    let may_go = plan.operations().iter().any(|operation| {
        let drops = |displaced| displaced == Displaced::Dropped;
        match operation.change {
            Change::SetComment { displaced, .. } => drops(displaced),
            ref change => *change == Change::Remove,
        }
    });
    for (comment, text) in document.comments().iter().zip(&written.comments) {
        let count = after.iter().filter(|after| *after == text).count();
        if count > 1 || count == 0 && (comment.own_line || !may_go) {
            return Err(format!("{text} is there {count} times"));
        }
    }
    Ok(())
}

/// Done once more, an operation that says how something is to be changes nothing.
fn check_again(plan: &Plan, result: &Document) -> Result<(), String> {
    let lasting = |operation: &&Operation| {
        matches!(operation.change, Change::SetScalar(_) | Change::SetComment { .. })
    };
    let again: Vec<_> = plan.operations().iter().filter(lasting).cloned().collect();
    if again.len() < plan.operations().len() {
        return Ok(());
    }
    let again = Plan::new(result, again.into_iter().map(|operation| ("again", operation)))
        .map_err(|conflict| conflict.to_string())?;
    let once_more = rewrite(result, &again).map_err(|error| error.to_string())?;
    if once_more.text() == result.text() {
        Ok(())
    } else {
        Err(format!("done again, it becomes\n{}", once_more.text()))
    }
}
