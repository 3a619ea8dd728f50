//! How to take back what was written: told after the files were written, found out before.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::{Path, PathBuf, absolute};
use std::process::Command;
use std::time::Duration;

use anstyle::Style;

use super::Output;
use crate::fix::Outcome;
use crate::load::LoadError;
use crate::subprocess::output_of;

/// How long git may take to say what it has of the files.
const GIT_TIME: Duration = Duration::from_secs(2);

/// How many files are named one by one, and how many commands stand in one line.
const NAMES: usize = 3;

/// What takes back a write.
pub(super) struct Undo {
    files: Vec<File>,
    /// By the root of their repository, what git has.
    kept: BTreeMap<PathBuf, Kept>,
}

/// A file that is to be changed.
struct File {
    shown: String,
    /// Where it is, as it was named.
    location: PathBuf,
    /// Whether it was not there before.
    is_new: bool,
    /// The git repository that it lies in, and its path there.
    place: Option<(PathBuf, String)>,
}

impl Undo {
    /// Asks git what it has of the files that are to be changed. Where it does not answer, it has
    /// nothing.
    pub(super) fn before(outcome: &Outcome) -> Self {
        let changed = outcome.files.iter().filter(|file| file.after.is_some());
        let files: Vec<_> = changed
            .map(|file| {
                let location = &file.source.location;
                let shown = file.shown.clone();
                let (is_new, place) = (file.before.is_none(), place(location));
                File { shown, location: location.clone(), is_new, place }
            })
            .collect();
        let mut by_root = BTreeMap::<_, Vec<&str>>::new();
        for (root, path) in files.iter().filter_map(|file| file.place.as_ref()) {
            by_root.entry(root.clone()).or_default().push(path);
        }
        let ask = |(root, paths): (PathBuf, Vec<&str>)| {
            let kept = Kept::ask(&root, &paths);
            (root, kept)
        };
        let kept = by_root.into_iter().map(ask).collect();
        Self { files, kept }
    }

    /// Says how to take back what was written. `failed` could not be; `diff_file` holds all of it.
    pub(super) fn say(self, failed: &[LoadError], diff_file: Option<&Path>, output: &mut Output) {
        let Self { mut files, kept } = self;
        files.retain(|file| failed.iter().all(|error| error.path != file.shown));
        let (made, changed): (Vec<_>, Vec<_>) = files.iter().partition(|file| file.is_new);
        let (clean, other): (Vec<_>, Vec<_>) = changed.into_iter().partition(|file| {
            let place = file.place.as_ref();
            place.is_some_and(|(root, path)| kept.get(root).is_some_and(|kept| kept.has(path)))
        });
        let by_patch = diff_file.filter(|_| !other.is_empty());
        if let Some(command) = by_patch.and_then(|patch| reverse(patch, &files)) {
            output.say(Style::new(), &format!("To undo: {command}\n"));
            return;
        }
        let mut commands = restore(&clean, &kept);
        if !made.is_empty() {
            commands.push(remove(made.iter().map(|file| file.location.as_path())));
        }
        match commands.len() {
            0 => {}
            1..=NAMES => {
                output.say(Style::new(), &format!("To undo: {}\n", commands.join(" && ")));
            }
            _ => output.say(Style::new(), &format!("To undo:\n  {}\n", commands.join("\n  "))),
        }
        if !other.is_empty() {
            let names = names(&other);
            output.say(
                Style::new(),
                &format!(
                    "Only an editor can undo {names}: git does not have what was there before. With \
                     --diff-file FILE, `git apply -R FILE` could.\n"
                ),
            );
        }
    }
}

/// What git has of a repository's files.
#[derive(Default)]
struct Kept {
    /// Files that are in the index as they are in the working tree.
    clean: BTreeSet<String>,
    /// The others that were asked about.
    other: BTreeSet<String>,
}

impl Kept {
    /// Asks about files, and about all in `.github`.
    ///
    /// The index alone would not tell: whether a file is as it was staged depends on the filters and
    /// line endings that git is told to apply. `ls-files` names what it has, so that a file which it
    /// does not name is never taken for one that can be restored, as it would be with `git status`.
    fn ask(root: &Path, paths: &[&str]) -> Self {
        let mut git = Command::new("git");
        // A hook names the repository and index that it runs for.
        ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"].iter().for_each(|name| {
            git.env_remove(name);
        });
        // No program that the repository's configuration names is to be started for this.
        git.args(["--literal-pathspecs", "-c", "core.fsmonitor=false", "-C"]).arg(root);
        git.args(["ls-files", "-z", "-v", "--cached", "--modified", "--", ".github"]).args(paths);
        let mut kept = Self::default();
        for entry in output_of(&mut git, GIT_TIME).unwrap_or_default().split_terminator('\0') {
            match entry.split_once(' ') {
                // Tracked, and nobody told git to look away.
                Some(("H", path)) => kept.clean.insert(path.to_owned()),
                Some((_, path)) => kept.other.insert(path.to_owned()),
                None => continue,
            };
        }
        kept.clean.retain(|path| !kept.other.contains(path));
        kept
    }

    fn has(&self, path: &str) -> bool {
        self.clean.contains(path)
    }

    /// What to name for these files to be restored, and nothing else.
    fn named<'p>(&self, paths: Vec<&'p str>) -> Vec<&'p str> {
        let in_folder = |path: &str| path.starts_with(".github/");
        let (inside, mut named): (Vec<_>, Vec<_>) = paths.into_iter().partition(|p| in_folder(p));
        if inside.len() > NAMES && !self.other.iter().any(|path| in_folder(path)) {
            named.push(".github");
        } else {
            named.extend(inside);
        }
        named
    }
}

/// The git repository that a file really lies in, and its path there.
fn place(location: &Path) -> Option<(PathBuf, String)> {
    let location = location.canonicalize().ok()?;
    let root = location.ancestors().skip(1).find(|folder| folder.join(".git").exists())?;
    let path = location.strip_prefix(root).ok()?;
    let parts: Option<Vec<_>> = path.iter().map(|part| part.to_str()).collect();
    Some((root.to_owned(), parts?.join("/")))
}

/// The commands that restore files, one for each repository.
fn restore(files: &[&File], kept: &BTreeMap<PathBuf, Kept>) -> Vec<String> {
    let mut by_root = BTreeMap::<&Path, BTreeSet<&str>>::new();
    for (root, path) in files.iter().filter_map(|file| file.place.as_ref()) {
        by_root.entry(root).or_default().insert(path);
    }
    let command = |(root, paths): (&Path, BTreeSet<&str>)| {
        let paths = paths.into_iter().collect();
        let named = kept.get(root).map_or_else(Vec::new, |kept| kept.named(paths));
        format!("{} restore {}", git_in(root), shell_words::join(named))
    };
    by_root.into_iter().map(command).collect()
}

/// Says how to take back that files were made, where any were.
pub(super) fn say_made(files: &[PathBuf], output: &mut Output) {
    if !files.is_empty() {
        let command = remove(files.iter().map(PathBuf::as_path));
        output.say(Style::new(), &format!("To undo: {command}\n"));
    }
}

/// The command that removes files.
fn remove<'p>(files: impl IntoIterator<Item = &'p Path>) -> String {
    let here = env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    let paths = files.into_iter().map(|file| {
        let real = file.parent().and_then(|folder| folder.canonicalize().ok());
        let real = real.zip(file.file_name()).map(|(folder, name)| folder.join(name));
        let path = real.unwrap_or_else(|| file.to_owned());
        path.strip_prefix(&here).unwrap_or(&path).to_string_lossy().into_owned()
    });
    format!("rm {}", shell_words::join(paths))
}

/// The command that takes back a patch of these files, where one does it for all.
fn reverse(patch: &Path, files: &[File]) -> Option<String> {
    let mut bases = files.iter().map(|file| {
        let location = absolute(&file.location).ok()?;
        let depth = Path::new(&file.shown).components().count();
        let base = location.ancestors().nth(depth)?.canonicalize().ok()?;
        (base.join(&file.shown).exists()).then_some(base)
    });
    let base = bases.next()??;
    if !bases.all(|other| other.as_ref() == Some(&base)) {
        return None;
    }
    let patch = if is_here(&base) { patch.to_owned() } else { absolute(patch).ok()? };
    Some(format!("{} apply -R {}", git_in(&base), shell_words::quote(&patch.to_string_lossy())))
}

/// git, as it is called from here to work in a folder.
fn git_in(folder: &Path) -> String {
    if is_here(folder) {
        return "git".to_owned();
    }
    let here = env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    let way = folder.strip_prefix(here).unwrap_or(folder);
    format!("git -C {}", shell_words::quote(&way.to_string_lossy()))
}

fn is_here(folder: &Path) -> bool {
    env::current_dir().and_then(|here| here.canonicalize()).is_ok_and(|here| here == folder)
}

fn names(files: &[&File]) -> String {
    let shown: Vec<_> = files.iter().take(NAMES).map(|file| file.shown.as_str()).collect();
    match files.len().saturating_sub(NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
