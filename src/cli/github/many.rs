//! Many repositories: read several at once, resolved together, handed in one after the other.
//!
//! GitHub asks that changes for one user are made one at a time:
//! <https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api>.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use serde_json::json;

use super::journal::{Ended, Entry, Journal};
use super::{Run, proposal};
use crate::cli::args::{Kind, Named};
use crate::cli::output::Output;
use crate::cli::{Exit, deliver};
use crate::fix::{Outcome, Status};
use crate::github::{
    About, Opened, Problem, Proposed, Snapshot, about, propose, repositories_of, snapshot,
};
use crate::report::markdown::count;
use crate::resolve::Settings;

/// How many repositories are read and resolved together.
const BATCH: usize = 16;

/// How many are read at once.
const READS: usize = 8;

/// An hour, after which a rate limit is reset, and some.
const WAIT: Duration = Duration::from_secs(65 * 60);

/// The same settings, for a run that may wait until a rate limit is over.
pub(super) fn patient(mut settings: Settings) -> Settings {
    settings.limits.wait = WAIT;
    settings.limits.overall = WAIT + settings.limits.overall;
    settings
}

/// Goes through all repositories that are asked for.
pub(super) fn run(run: &Run<'_>, output: &mut Output) -> Result<Exit, Problem> {
    let arguments = &run.arguments.github;
    let names = names(run)?;
    let key = json!({
        "org": arguments.org,
        "file": arguments.repos_from,
        "shard": arguments.shard.map(|shard| format!("{}/{}", shard.part + 1, shard.of)),
        "pull-request": arguments.pull_request && !run.arguments.dry_run,
        "unsafe": run.options.allow_unsafe,
        "rules": run.options.rules.iter().map(|rule| rule.name).collect::<Vec<_>>(),
    });
    let path = &arguments.journal;
    let failed = |error: std::io::Error| Problem::new(format!("{}: {error}", path.display()));
    let mut journal = Journal::open(path, &key).map_err(failed)?;
    let open: Vec<_> = names.iter().filter(|name| !journal.done.contains_key(*name)).collect();
    let mut entries: Vec<Entry> =
        names.iter().filter_map(|name| journal.done.get(name).cloned()).collect();
    if !entries.is_empty() {
        output.notice(&format!(
            "{} done before, by {}",
            repositories(entries.len()),
            path.display()
        ));
    }
    let mut stopped = None;
    'all: for batch in open.chunks(BATCH) {
        for (entry, problem) in Batch::read(run, batch).finish(run, output) {
            journal.note(&entry).map_err(failed)?;
            output.print_line(&format!("{}: {}", entry.repository, entry.told));
            entries.push(entry);
            if let Some(problem) = problem.filter(|problem| problem.concerns_all) {
                stopped = Some(problem);
                break 'all;
            }
        }
        output.flush();
    }
    if stopped.is_none() && entries.iter().all(|entry| entry.ended != Ended::Failed) {
        journal.finish().map_err(failed)?;
    }
    if !run.arguments.quiet {
        output.message(|out| writeln!(out, "{}", summary(names.len(), &entries)));
    }
    if let Some(problem) = stopped {
        return Err(problem
            .with(format!("the same command goes on where this stopped, by {}", path.display())));
    }
    let has = |ended| entries.iter().any(|entry| entry.ended == ended);
    Ok(if has(Ended::Failed) {
        Exit::Failure
    } else if has(Ended::ToChange) {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// The repositories that are asked for, each once.
fn names(run: &Run<'_>) -> Result<Vec<String>, Problem> {
    let arguments = &run.arguments.github;
    let all = match (&arguments.repos_from, &arguments.org) {
        (Some(path), _) => listed(path)?,
        (None, Some(owner)) => run.client.wait(repositories_of(&run.client, owner))?,
        (None, None) => Vec::new(),
    };
    let mut seen = BTreeSet::new();
    let once = all.into_iter().filter(|name| seen.insert(name.to_ascii_lowercase()));
    let shard = arguments.shard;
    let is_in = |position: usize| shard.is_none_or(|shard| position % shard.of == shard.part);
    Ok(once.enumerate().filter(|(position, _)| is_in(*position)).map(|(_, name)| name).collect())
}

/// The repositories that a file lists; `#` starts a comment.
fn listed(path: &Path) -> Result<Vec<String>, Problem> {
    let failed = |why: String| Problem::new(format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let lines = text
        .lines()
        .enumerate()
        .map(|(number, line)| (number + 1, line.split('#').next().unwrap_or_default().trim()));
    lines
        .filter(|(_, line)| !line.is_empty())
        .map(|(number, line)| {
            let named: Result<Named, _> = line.parse();
            named.map(|named| named.0).map_err(|why| failed(format!("line {number}: {why}")))
        })
        .collect()
}

/// A repository that was read, or why not.
type Read = Result<(About, Option<Snapshot>), Problem>;

/// Some repositories, read together.
struct Batch {
    read: Vec<(String, Read)>,
}

impl Batch {
    fn read(run: &Run<'_>, names: &[&String]) -> Self {
        let base = run.arguments.github.request(true).base;
        let one = |name: String| {
            let base = base.as_deref();
            async move {
                let read = async {
                    let about = about(&run.client, &name, base).await?;
                    if left_out(run, &about).is_some() {
                        return Ok((about, None));
                    }
                    let files = snapshot(&run.client, &about).await?;
                    Ok((about, Some(files)))
                };
                let read = read.await;
                (name, read)
            }
        };
        let reads = stream::iter(names.iter().map(|name| (*name).clone()).map(one));
        Self { read: run.client.wait(reads.buffered(READS).collect()) }
    }

    /// Fixes them together, and hands them in.
    fn finish<'r>(
        self,
        run: &'r Run<'_>,
        output: &mut Output,
    ) -> impl Iterator<Item = (Entry, Option<Problem>)> + use<'r> {
        let mut seen = BTreeMap::new();
        let mut ended = Vec::new();
        for (name, read) in self.read {
            match read {
                Ok((about, Some(files))) => {
                    seen.insert(name.clone(), (about, files));
                    ended.push((name, None));
                }
                Ok((about, None)) => {
                    let why = left_out(run, &about).unwrap_or_default();
                    ended.push((name, Some(Ok(format!("skipped, {why}")))));
                }
                Err(problem) => ended.push((name, Some(Err(problem)))),
            }
        }
        let all: Vec<_> = seen.values().collect();
        let (mut outcomes, mut failed) = (BTreeMap::new(), None);
        if !all.is_empty() {
            match run.outcomes(&all) {
                Ok(found) => {
                    let notices = found.first().map_or(&[][..], |outcome| &outcome.notices);
                    notices.iter().for_each(|notice| output.notice(&notice.to_string()));
                    let found = seen.keys().cloned().zip(found.into_iter().map(Rc::new));
                    outcomes.extend(found);
                }
                Err(problem) => failed = Some(problem),
            }
        }
        ended.into_iter().map(move |(name, before)| {
            let result = match before {
                Some(Ok(why)) => Ok((Ended::Skipped, why)),
                Some(Err(problem)) => Err(problem),
                None => match (seen.remove(&name), outcomes.remove(&name), &failed) {
                    (Some(seen), Some(outcome), _) => hand_in(run, &name, seen, &outcome),
                    (.., Some(problem)) => Err(problem.clone()),
                    _ => Err(Problem::new(format!("{name}: nothing was read"))),
                },
            };
            match result {
                Ok((ended, told)) => (Entry { repository: name, ended, told }, None),
                Err(problem) => {
                    let told = format!("failed: {}", problem.line());
                    (Entry { repository: name, ended: Ended::Failed, told }, Some(problem))
                }
            }
        })
    }
}

/// Why a repository is left out, if it is.
fn left_out(run: &Run<'_>, about: &About) -> Option<String> {
    let include = &run.arguments.github.include;
    if about.is_archived && !include.contains(&Kind::Archived) {
        return Some("archived".to_owned());
    }
    if about.is_fork && !include.contains(&Kind::Forks) {
        let parent = about.parent.as_deref().unwrap_or("another repository");
        return Some(format!("a fork of {parent}"));
    }
    None
}

/// What is done with one repository, and told of it.
fn hand_in(
    run: &Run<'_>,
    name: &str,
    seen: (About, Snapshot),
    outcome: &Rc<Outcome>,
) -> Result<(Ended, String), Problem> {
    if let Some(error) = outcome.errors.first() {
        return Err(Problem::new(error.to_string()));
    }
    let is_dry_run = run.arguments.dry_run || !run.arguments.github.pull_request;
    if is_dry_run {
        return Ok(previewed(outcome));
    }
    let request = run.arguments.github.request(false);
    let first = seen.0.commit.clone();
    let make = |about: &About, files: &Snapshot| {
        let outcome = if about.commit == first {
            Rc::clone(outcome)
        } else {
            run.outcome(&(about.clone(), files.clone()))?
        };
        let server = run.settings.endpoints.server.to_string();
        Ok(proposal::of((about, files), &outcome, run.options, server))
    };
    Ok(match propose(&run.client, name, &request, Some(seen), make)? {
        Proposed::NothingToChange { open: None } => (Ended::Fine, fine(outcome)),
        Proposed::NothingToChange { open: Some(url) } => {
            (Ended::Fine, format!("nothing to change; {url} is not needed any more"))
        }
        Proposed::UpToDate { url } => (Ended::UpToDate, format!("up to date {url}")),
        Proposed::Opened(Opened { url, .. }) => (Ended::Opened, format!("opened {url}")),
        Proposed::Refreshed(Opened { url, .. }) => (Ended::Refreshed, format!("refreshed {url}")),
        Proposed::Declined { url, .. } => (Ended::Declined, format!("left, {url} was closed")),
        Proposed::Plan(_) => previewed(outcome),
    })
}

fn previewed(outcome: &Outcome) -> (Ended, String) {
    let fixed = outcome.found().filter(|(_, found)| found.status == Status::Fixed).count();
    if fixed == 0 {
        return (Ended::Fine, fine(outcome));
    }
    let files = deliver::changes(outcome).count();
    (Ended::ToChange, format!("{} in {}", count(fixed, "change"), count(files, "file")))
}

fn fine(outcome: &Outcome) -> String {
    if outcome.files.is_empty() { "no workflows" } else { "nothing to change" }.to_owned()
}

fn repositories(number: usize) -> String {
    if number == 1 { "1 repository".to_owned() } else { format!("{number} repositories") }
}

/// All of it in one line.
fn summary(all: usize, entries: &[Entry]) -> String {
    let mut counts = BTreeMap::<Ended, usize>::new();
    entries.iter().for_each(|entry| *counts.entry(entry.ended).or_default() += 1);
    let parts = counts.iter().map(|(ended, number)| {
        let what = match ended {
            Ended::ToChange => "to change",
            Ended::Opened => "opened",
            Ended::Refreshed => "refreshed",
            Ended::UpToDate => "up to date",
            Ended::Declined => "closed by somebody",
            Ended::Fine => "fine",
            Ended::Skipped => "skipped",
            Ended::Failed => "failed",
        };
        format!("{number} {what}")
    });
    let of = repositories(all);
    let parts = parts.collect::<Vec<_>>().join(", ");
    if entries.len() < all {
        format!("{of}: {parts}; {} not looked at", all - entries.len())
    } else if parts.is_empty() {
        of
    } else {
        format!("{of}: {parts}")
    }
}
