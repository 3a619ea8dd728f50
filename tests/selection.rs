//! Any of the fixes may be chosen, without the others: each is made as its own diff shows it, and what
//! is left is no fault.

#![allow(clippy::unwrap_used)] // a helper that fails is a test that fails

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use spec8_fix::actions::{Date, Range, Upgrade};
use spec8_fix::fix::{self, FixId, Options, Outcome, Selection, Status};
use spec8_fix::load;
use spec8_fix::resolve::BuiltIn;
use spec8_fix::rules::RULES;

/// The sample repositories.
fn samples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/repositories");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect()
}

/// With unsafe fixes, there are upgrades, too, in place of other fixes.
fn options(allow_unsafe: bool) -> Options {
    Options {
        rules: RULES.iter().collect(),
        allow_unsafe,
        comment_permissions: true,
        exact_comments: true,
        accept_moved: Vec::new(),
        upgrade: allow_unsafe.then(|| Upgrade {
            range: Range::Major,
            min_age: 0,
            today: Date::from(SystemTime::now()),
        }),
    }
}

/// What comes of a choice among the fixes of a repository.
fn made(sample: &Path, options: &Options, chosen: BTreeSet<FixId>) -> Outcome {
    let (repositories, errors) = load::discover(&[sample.to_owned()]);
    assert!(errors.is_empty(), "{errors:?}");
    let outcome = fix::check(repositories, &BuiltIn, options).make(&Selection::Chosen(chosen));
    for (file, found) in outcome.found() {
        let failed = matches!(found.status, Status::Failed(_));
        assert!(!failed, "{}: {found:#?}", file.shown);
    }
    outcome
}

/// Every fix of every sample, with what its file becomes by it alone.
fn each(
    options: &Options,
    mut test: impl FnMut(&Path, FixId, &BTreeSet<FixId>, String, Option<String>),
) {
    for sample in samples() {
        let (repositories, _) = load::discover(std::slice::from_ref(&sample));
        let checked = fix::check(repositories, &BuiltIn, options);
        let proposals = checked.proposals();
        let all: BTreeSet<_> = proposals.iter().map(|proposal| proposal.id).collect();
        for proposal in &proposals {
            let alone = proposal.alone().ok().map(spec8_fix::yaml::Document::into_text);
            test(&sample, proposal.id, &all, proposal.shown.to_owned(), alone);
        }
    }
}

#[test]
fn one_alone_is_made_as_it_was_shown() {
    let mut count = 0;
    for allow_unsafe in [false, true] {
        let options = options(allow_unsafe);
        each(&options, |sample, id, _, shown, alone| {
            let outcome = made(sample, &options, BTreeSet::from([id]));
            let changed: Vec<_> = outcome
                .files
                .iter()
                .filter_map(|file| Some((&file.shown, file.after.as_ref()?)))
                .collect();
            let expected: Vec<_> = alone.iter().map(|after| (&shown, after)).collect();
            assert_eq!(changed, expected, "{}", sample.display());
            count += 1;
        });
    }
    assert!(count > 50, "{count}");
}

#[test]
fn all_but_one_are_made() {
    for allow_unsafe in [false, true] {
        let options = options(allow_unsafe);
        each(&options, |sample, id, all, _, _| {
            let mut chosen = all.clone();
            chosen.remove(&id);
            let outcome = made(sample, &options, chosen);
            let declined = outcome.found().filter(|(_, found)| found.status == Status::Declined);
            assert!(declined.count() <= 1);
        });
    }
}

#[test]
fn none_changes_nothing() {
    for sample in samples() {
        let outcome = made(&sample, &options(true), BTreeSet::new());
        assert!(outcome.files.iter().all(|file| file.after.is_none()));
    }
}

#[test]
fn all_that_is_allowed_is_what_a_run_makes() {
    let run = |sample: &Path, allow_unsafe| {
        let (repositories, _) = load::discover(&[sample.to_owned()]);
        fix::run(repositories, &BuiltIn, &options(allow_unsafe))
    };
    let after = |outcome: Outcome| -> Vec<_> {
        outcome.files.into_iter().map(|file| (file.shown, file.after)).collect()
    };
    for sample in samples() {
        let (repositories, _) = load::discover(std::slice::from_ref(&sample));
        let options = options(true);
        let proposals = fix::check(repositories, &BuiltIn, &options);
        let all = proposals.proposals().iter().map(|proposal| proposal.id).collect();
        assert_eq!(after(made(&sample, &options, all)), after(run(&sample, true)));
    }
}
