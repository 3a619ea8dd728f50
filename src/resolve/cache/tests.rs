use std::time::Duration;

use super::*;
use crate::actions::{Commit, Ref, RefKind, Refs, Source, Standing};
use crate::resolve::wanted::Wish;

const HOUR: Duration = Duration::from_secs(60 * 60);

fn refs(tags: &[(&'static str, u8)]) -> Refs {
    let tags = tags.iter().map(|&(name, byte)| Ref {
        name: name.into(),
        kind: RefKind::Tag,
        commit: Commit([byte; 20]),
        date: None,
        listed: true,
    });
    Refs {
        default_branch: Some("main".into()),
        archived: Some(false),
        ..Refs::new("Own/er".into(), tags.collect(), Source::Repository)
    }
}

fn names<'a>(names: &[&'a str]) -> Wish<'a> {
    Wish { names: names.iter().copied().collect(), ..Wish::default() }
}

fn some(names: &[&str]) -> Scope {
    Scope::of(&self::names(names))
}

const NAME: RepositoryName<'_> = RepositoryName { owner: "Own", name: "er" };

#[test]
fn remembers_and_forgets() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(Some(folder.path()), "github.com");
    assert!(cache.load(NAME).is_none());
    let stored =
        cache.store(NAME, Entry::new(refs(&[("v1", 1), ("v1.0.0", 1)]), Scope::Everything, false));
    let entry = cache.load(RepositoryName { owner: "own", name: "ER" }).unwrap();
    assert_eq!(entry.refs, stored.refs);

    let now = SystemTime::now();
    let at = |age: Duration, wanted: &[&str]| entry.answers(&names(wanted), now + age);
    assert!(at(HOUR / 2, &["v1", "v1.0.0", "gone"]));
    assert!(!at(2 * HOUR, &["v1", "v1.0.0"]), "v1 may have moved");
    assert!(!at(2 * HOUR, &["gone"]), "it may be there by now");
    assert!(at(24 * 29 * HOUR, &["v1.0.0"]));
    assert!(!at(24 * 31 * HOUR, &["v1.0.0"]));
}

#[test]
fn other_hosts_know_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let entry = || Entry::new(refs(&[]), Scope::Everything, false);
    Cache::new(Some(folder.path()), "127.0.0.1:80").store(NAME, entry());
    assert!(Cache::new(Some(folder.path()), "github.com").load(NAME).is_none());
    assert!(Cache::new(None, "github.com").store(NAME, entry()).refs.refs.is_empty());
}

#[test]
fn a_damaged_file_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(Some(folder.path()), "github.com");
    let path = folder.path().join("refs/github.com/own+er.json");
    for damage in ["", "{", "[]", "{\"format\":0}", "\u{0}"] {
        cache.store(NAME, Entry::new(refs(&[("v1", 1)]), Scope::Everything, false));
        let whole = fs::read_to_string(&path).unwrap();
        assert!(cache.load(NAME).is_some());
        fs::write(&path, damage).unwrap();
        assert!(cache.load(NAME).is_none(), "{damage}");
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        assert!(cache.load(NAME).is_none());
        fs::write(&path, whole.replace("0101", "01")).unwrap();
        assert!(cache.load(NAME).is_none());
    }
    cache.store(NAME, Entry::new(refs(&[("v1", 1)]), Scope::Everything, false));
    assert!(cache.load(NAME).is_some());
}

#[test]
fn keeps_what_a_tag_meant_first() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(Some(folder.path()), "github.com");
    let store = |tags: &[(&'static str, u8)]| {
        cache.store(NAME, Entry::new(refs(tags), Scope::Everything, false));
        let entry = cache.load(NAME).unwrap();
        entry.memory().map(|(name, commit, _)| (name.to_owned(), commit.0[0])).collect::<Vec<_>>()
    };
    assert_eq!(store(&[("v1", 1), ("v1.0.0", 1)]), []);
    let v1 = ("v1.0.0".to_owned(), 1);
    assert_eq!(store(&[("v1", 2), ("v1.0.0", 2)]), std::slice::from_ref(&v1));
    assert_eq!(store(&[("v1", 3), ("v1.0.0", 3)]), std::slice::from_ref(&v1));
    assert_eq!(store(&[]), std::slice::from_ref(&v1));
    assert_eq!(store(&[("v1.0.0", 1)]), []);
}

#[test]
fn remembers_since_when_a_tag_is_out() {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let old =
        Entry::new(refs(&[("v1.0.0", 1), ("v1.1.0", 2)]), Scope::Everything, false).aged(9 * DAY);
    let day = |entry: &Entry, name: &str| {
        let tag = entry.refs.find(RefKind::Tag, name).unwrap();
        entry.refs.release(tag).map(|release| release.since)
    };
    assert_eq!(day(&old, "v1.0.0"), None, "the file's own day says it");
    let tags = [("v1.0.0", 1), ("v1.1.0", 9), ("v1.2.0", 3)];
    let new = Entry::new(refs(&tags), Scope::Everything, false).aged(2 * DAY).after(&old);
    // A tag that moved and one that is new have been out since today only.
    let expected = [Some(old.day()), None, None];
    assert_eq!(["v1.0.0", "v1.1.0", "v1.2.0"].map(|name| day(&new, name)), expected);
    let read = Entry::read(&new.write()).unwrap();
    assert_eq!(read.refs, new.refs);
    let third = Entry::new(refs(&tags), Scope::Everything, false).after(&read);
    let expected = [Some(old.day()), Some(new.day()), Some(new.day())];
    assert_eq!(["v1.0.0", "v1.1.0", "v1.2.0"].map(|name| day(&third, name)), expected);
}

#[test]
fn newer_releases_are_asked_for_within_the_hour() {
    let wish = |newer: &str| Wish { newer: [newer.to_owned()].into(), ..names(&["v1.0.0"]) };
    let asked = |scope| Entry::new(refs(&[("v1.0.0", 1)]), scope, false);
    let [everything, part] = [Scope::Everything, Scope::of(&wish("v1."))].map(asked);
    let now = SystemTime::now() + HOUR / 2;
    for entry in [&everything, &part] {
        assert!(entry.answers(&wish("v1."), now));
        assert!(entry.answers(&names(&["v1.0.0"]), now + 24 * HOUR));
        assert!(!entry.answers(&wish("v1."), now + 2 * HOUR));
    }
    assert!(everything.answers(&wish(""), now) && !part.answers(&wish(""), now));
    // A tag that a comment claims is known by its commit.
    let claim = Wish { tags: ["v1.0.0"].into(), ..Wish::default() };
    assert!(asked(some(&[])).answers(&claim, now));
    assert!(!asked(some(&[])).answers(&names(&["v1.0.0"]), now));
}

#[test]
fn two_that_want_different_refs_do_not_ask_in_turns() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(Some(folder.path()), "github.com");
    cache.store(NAME, Entry::new(refs(&[("v1", 1), ("v2", 1)]), some(&["v1"]), false));
    cache.store(NAME, Entry::new(refs(&[("v2", 2)]), some(&["v2"]), false));
    let entry = cache.load(NAME).unwrap();
    let now = SystemTime::now();
    assert!(entry.answers(&names(&["v1", "v2"]), now));
    assert!(!entry.answers(&names(&["v3"]), now));
    let commit = |name| entry.refs.find(RefKind::Tag, name).unwrap().commit.0[0];
    assert_eq!((commit("v1"), commit("v2")), (1, 2));

    let old = Entry::new(refs(&[("v1", 1)]), some(&["v1"]), false).aged(2 * HOUR);
    let new = Entry::new(refs(&[("v2", 2)]), some(&["v2"]), false).after(&old);
    assert!(!new.answers(&names(&["v1", "v2"]), now));
}

#[test]
fn remembers_where_commits_stand() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(Some(folder.path()), "github.com");
    let [named, moving, old, fork, gone, tag, unclear] =
        [1, 2, 3, 4, 5, 6, 7].map(|byte| Commit([byte; 20]));
    let standings = vec![
        (old, Standing::Contained),
        (fork, Standing::Outside),
        (gone, Standing::Missing),
        (tag, Standing::TagOf(named)),
        (unclear, Standing::Unknown),
    ];
    let told = |standings| Refs { standings, ..refs(&[("v1.0.0", 1), ("v1", 2)]) };
    cache.store(NAME, Entry::new(told(standings), some(&["v1"]), false));
    let entry = cache.load(NAME).unwrap();
    let now = SystemTime::now();
    for (commit, within_the_hour, later) in [
        (named, true, true),
        (moving, true, false),
        (old, true, true),
        (fork, true, false),
        (gone, true, false),
        (tag, true, true),
        (unclear, true, false),
        (Commit([8; 20]), false, false),
    ] {
        let wish = Wish { commits: [commit].into(), ..Wish::default() };
        assert_eq!(entry.answers(&wish, now), within_the_hour, "{commit}");
        assert_eq!(entry.answers(&wish, now + 2 * HOUR), later, "{commit}");
    }

    let known = |commit| cache.load(NAME).unwrap().refs.standing(commit);
    cache.store(NAME, Entry::new(told(vec![(old, Standing::Unknown)]), some(&["v2"]), false));
    assert_eq!((known(old), known(fork)), (Some(Standing::Contained), Some(Standing::Outside)));
    cache.store(NAME, Entry::new(told(Vec::new()), Scope::Everything, false));
    assert_eq!((known(old), known(fork)), (Some(Standing::Contained), None));
}

#[test]
fn a_clock_that_was_wrong_is_not_believed() {
    let entry = Entry::new(refs(&[]), Scope::Everything, false);
    let before = SystemTime::now() - HOUR;
    assert!(entry.is_from_after(before));
    assert!(!entry.answers(&names(&[]), before));
}

#[test]
fn file_names_mean_nothing_to_a_file_system() {
    assert_eq!(file_name("Own-er_1.x"), "own-er_1.x");
    assert_eq!(file_name("127.0.0.1:80"), "127.0.0.1%3a80");
    assert_eq!(file_name("a/b\\c*"), "a%2fb%5cc%2a");
}

#[test]
fn finds_its_folder() {
    let of = |variables: &[(&str, &str)]| {
        folder(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| value.into())
        })
    };
    assert_eq!(of(&[("SPEC8_FIX_CACHE_DIR", "here")]), Some("here".into()));
    assert_eq!(of(&[("SPEC8_FIX_CACHE_DIR", ""), ("HOME", "/home/me")]), None);
    assert_eq!(of(&[]), None);
    if cfg!(all(unix, not(target_os = "macos"))) {
        let home = ("HOME", "/home/me");
        assert_eq!(of(&[home]), Some("/home/me/.cache/spec8-fix".into()));
        assert_eq!(of(&[("XDG_CACHE_HOME", "/c"), home]), Some("/c/spec8-fix".into()));
        assert_eq!(of(&[("XDG_CACHE_HOME", "c"), home]), Some("/home/me/.cache/spec8-fix".into()));
    }
}
