//! The text of a pull request, for a maintainer who has never heard of this program.
//!
//! It is the same for the same changes: a second run finds that there is nothing to renew.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::markdown::{cell, count, inline};
use super::settings::{self, Future};
use crate::actions::index;
use crate::finding::{Applicability, Clause, Finding, Remedy, Severity};
use crate::fix::{FileOutcome, Found, Outcome, Status};
use crate::packages::Packages;
use crate::yaml::Document;

/// The longest text that is made: GitHub takes 65,536 characters, and others may add to it.
const MAX_LENGTH: usize = 60_000;

/// The longest text of what a maintainer has to read; the changes one by one have what is left.
const MAX_READ: usize = 30_000;

/// How many items a list holds, the most first for which the text is short enough.
const LIMITS: [usize; 6] = [usize::MAX, 100, 50, 20, 8, 2];

/// What a pull request is about.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The web site of GitHub.
    pub server: &'a str,
    /// `owner/name`
    pub repository: &'a str,
    /// The branch that it is for.
    pub base: &'a str,
    /// The commit that it goes on.
    pub commit: &'a str,
    /// What its packages are called.
    pub packages: &'a Packages,
    /// The clauses whose rules ran.
    pub clauses: &'a [Clause],
}

/// Its title.
pub fn title(outcome: &Outcome) -> String {
    let mut clauses: Vec<_> = fixed(outcome).map(|(_, found)| found.finding.clause).collect();
    clauses.sort_unstable();
    clauses.dedup();
    match clauses[..] {
        [clause] => format!("{} (SPEC 8)", clause.headline()),
        _ => "Follow SPEC 8: secure the release process".to_owned(),
    }
}

/// Its text, in Markdown, as long as GitHub takes it.
pub fn text(about: &About<'_>, outcome: &Outcome) -> String {
    let mut text = String::new();
    for limit in LIMITS {
        text = Text { about, outcome, limit }.write();
        if text.chars().count() <= MAX_READ {
            break;
        }
    }
    let left = MAX_LENGTH.saturating_sub(text.chars().count());
    text.push_str(&changes(about, outcome, left));
    text
}

type Place<'o> = (&'o FileOutcome, &'o Found);

fn fixed(outcome: &Outcome) -> impl Iterator<Item = Place<'_>> {
    outcome.found().filter(|(_, found)| found.status == Status::Fixed)
}

/// What is left to a person, but for what is only good to know.
fn left(outcome: &Outcome) -> impl Iterator<Item = Place<'_>> {
    outcome.found().filter(|(_, found)| {
        found.status != Status::Fixed
            && !(matches!(found.status, Status::Manual(_))
                && found.finding.severity == Severity::Note)
    })
}

/// Why a fix that is made is not certain.
fn doubt(finding: &Finding) -> Option<&str> {
    match &finding.remedy {
        Remedy::Fix(fix) => match &fix.applicability {
            Applicability::Unsafe(how) => Some(how),
            Applicability::Safe => None,
        },
        _ => None,
    }
}

struct Text<'a> {
    about: &'a About<'a>,
    outcome: &'a Outcome,
    limit: usize,
}

impl Text<'_> {
    fn write(&self) -> String {
        let mut out = String::new();
        self.introduction(&mut out);
        self.table(&mut out);
        self.checks(&mut out);
        self.left(&mut out);
        self.settings(&mut out);
        self.undo(&mut out);
        out
    }

    fn introduction(&self, out: &mut String) {
        let changes = fixed(self.outcome).count();
        let files = self.outcome.files.iter().filter(|file| file.after.is_some()).count();
        let _ = writeln!(
            out,
            "This brings the GitHub workflows of this repository closer to [SPEC 8](https://scientific-python.org/specs/spec-0008/), \
             *Securing the Release Process*: recommendations of the Scientific Python project that make it hard \
             to publish something harmful in your name. There {} in {}, a commit for each part of SPEC 8, \
             made by `spec8-fix`, a program for such changes. Lines, comments and formatting that it had no \
             reason to touch are as they were, which it proves for every file. Why each change is made stands \
             at the end.\n",
            if changes == 1 { "is 1 change".to_owned() } else { format!("are {changes} changes") },
            count(files, "file"),
        );
    }

    fn table(&self, out: &mut String) {
        out.push_str("| SPEC 8 | Done here | Needs you |\n| --- | --- | --- |\n");
        let mut clauses: BTreeMap<Clause, (usize, usize)> =
            self.about.clauses.iter().map(|&clause| (clause, (0, 0))).collect();
        for (_, found) in fixed(self.outcome) {
            clauses.entry(found.finding.clause).or_default().0 += 1;
        }
        for (_, found) in left(self.outcome) {
            clauses.entry(found.finding.clause).or_default().1 += 1;
        }
        for (clause, (done, open)) in clauses {
            let done = match (done, open) {
                (0, 0) => "already fine".to_owned(),
                (0, _) => "–".to_owned(),
                (done, _) => count(done, "change"),
            };
            let open = if open == 0 { "–".to_owned() } else { count(open, "place") };
            let _ = writeln!(out, "| {} (`{clause}`) | {done} | {open} |", clause.asks());
        }
        out.push('\n');
    }

    fn checks(&self, out: &mut String) {
        out.push_str("### Check before you merge\n\n");
        let mut doubts: Vec<_> = fixed(self.outcome)
            .filter_map(|(file, found)| Some((file, found, doubt(&found.finding)?)))
            .collect();
        // Permissions first: what is missing there shows only when the workflow runs.
        doubts.sort_by_key(|(_, found, _)| found.finding.clause != Clause::LeastPermissions);
        let items = doubts.iter().map(|(file, found, why)| {
            format!("- [ ] {}: {}", place(self.about, file, found), inline(why))
        });
        self.items(out, &items.collect::<Vec<_>>());
        if doubts.is_empty() {
            out.push_str(
                "Nothing here is uncertain: a run that worked before works after, on all that the files tell. ",
            );
        } else {
            out.push_str("\nThese changes are likely right, but the files alone do not prove it. ");
        }
        out.push_str(
            "The checks of this pull request run with the changed workflows already, as far as they run on \
             pull requests.\n\n",
        );
        if self.outcome.from_index {
            let _ = writeln!(
                out,
                "Some versions are those that a listing of {} knows, for GitHub was not asked about them.\n",
                index::MADE
            );
        }
    }

    fn left(&self, out: &mut String) {
        let mut reasons = Vec::<(&str, bool, Vec<Place<'_>>)>::new();
        for place in left(self.outcome) {
            let reason = place.1.status.reason();
            let is_error = place.1.finding.severity == Severity::Error;
            match reasons.iter_mut().find(|(known, ..)| *known == reason) {
                Some((_, error, places)) => {
                    *error |= is_error;
                    places.push(place);
                }
                None => reasons.push((reason, is_error, vec![place])),
            }
        }
        if reasons.is_empty() {
            return;
        }
        reasons.sort_by_key(|(_, is_error, _)| !is_error);
        out.push_str("### Left to you\n\n");
        let more = reasons.len().saturating_sub(self.limit);
        for (reason, is_error, places) in reasons.iter().take(self.limit) {
            let mark = if *is_error { "**Wrong now:** " } else { "" };
            let (before, behind) = match places.first().map(|(_, found)| &found.status) {
                Some(Status::Withheld(_)) => {
                    ("Not certain enough to be done unasked: ", " (`spec8-fix --unsafe` does it)")
                }
                Some(Status::Refused(_) | Status::Failed(_)) => ("Could not be done: ", ""),
                _ => ("", ""),
            };
            // What follows the first line is text to take over as it is.
            let (first, block) = reason.split_once('\n').unwrap_or((reason, ""));
            let _ = writeln!(out, "- [ ] {mark}{before}{}{behind}", inline(first));
            if !block.is_empty() {
                let block = block.trim_end().replace("```", "").replace('\n', "\n  ");
                let _ = writeln!(out, "\n  ```yaml\n  {block}\n  ```\n");
            }
            let items = places.iter().map(|(file, found)| {
                format!(
                    "  - {}: {}",
                    place(self.about, file, found),
                    inline(&found.finding.message)
                )
            });
            self.items(out, &items.collect::<Vec<_>>());
        }
        if more > 0 {
            let _ = writeln!(out, "- … and {more} more: `spec8-fix` lists them");
        }
        out.push('\n');
    }

    fn settings(&self, out: &mut String) {
        let files: Vec<_> = self.outcome.files.iter().filter_map(future).collect();
        out.push_str("### Settings to change by hand\n\nSPEC 8 asks for these as well, and no pull request can make them:\n\n");
        let mut items = settings::checklist(self.about, &files);
        items.iter_mut().for_each(|item| item.insert_str(0, "- [ ] "));
        self.items(out, &items);
        out.push('\n');
    }

    fn undo(&self, out: &mut String) {
        out.push_str(
            "### To undo\n\nClose this, and nothing has happened. After a merge, the button *Revert* below takes \
             back all of it; to take back one part, `git revert` its commit.\n\n",
        );
    }

    /// Writes the items of a list, as many as may be.
    fn items(&self, out: &mut String, items: &[String]) {
        // The indentation of the list.
        let indent = items.first().map_or(0, |item| item.len() - item.trim_start().len());
        let more = items.len().saturating_sub(self.limit);
        for item in items.iter().take(self.limit) {
            let _ = writeln!(out, "{item}");
        }
        if more > 0 {
            let _ = writeln!(out, "{}- … and {more} more, in the commits", " ".repeat(indent));
        }
    }
}

/// Every change with its reason, as many as fit into a length.
fn changes(about: &About<'_>, outcome: &Outcome, length: usize) -> String {
    const START: &str = "<details>\n<summary>Every change, and why</summary>\n";
    const END: &str = "\n</details>\n";
    /// Room for the line that says how many more there are.
    const MORE: usize = 80;
    let mut out = START.to_owned();
    let mut used = START.len() + END.len() + MORE;
    let (mut listed, mut last) = (0, None);
    for (file, found) in fixed(outcome) {
        let mut item = change(about, file, found);
        if last != Some(&file.source.path) {
            item.insert_str(0, &format!("\n**`{}`**\n\n", file.source.path));
        }
        used += item.chars().count();
        if used > length {
            break;
        }
        out.push_str(&item);
        last = Some(&file.source.path);
        listed += 1;
    }
    let more = fixed(outcome).count() - listed;
    if more > 0 {
        let _ = writeln!(out, "\n… and {more} more, in the commits");
    }
    out.push_str(END);
    out
}

/// One change.
fn change(about: &About<'_>, file: &FileOutcome, found: &Found) -> String {
    let Remedy::Fix(fix) = &found.finding.remedy else { return String::new() };
    let place = if file.before.is_some() {
        format!("[line {}]({}): ", found.position.line, link(about, file, found))
    } else {
        "new: ".to_owned()
    };
    let mut item = format!("- {place}{}: {}\n", inline(&found.finding.message), inline(&fix.title));
    for line in fix.note.iter().flat_map(|note| note.lines()) {
        let _ = writeln!(item, "  - {}", inline(line));
    }
    item
}

/// A place with the file, as a link to what is there now.
fn place(about: &About<'_>, file: &FileOutcome, found: &Found) -> String {
    let name = file.source.path.rsplit('/').next().unwrap_or_default();
    let label =
        if file.source.path.starts_with(".github/workflows/") { name } else { &file.source.path };
    if file.before.is_none() {
        return cell(label);
    }
    format!("[{} line {}]({})", cell(label), found.position.line, link(about, file, found))
}

fn link(about: &About<'_>, file: &FileOutcome, found: &Found) -> String {
    let About { server, repository, commit, .. } = about;
    let path = file.source.path.replace('%', "%25").replace(' ', "%20");
    format!("{server}/{repository}/blob/{commit}/{path}#L{}", found.position.line)
}

/// A file as it will be after the merge.
fn future(file: &FileOutcome) -> Option<Future> {
    let text = file.after.as_deref().or(file.before.as_deref())?;
    let document = Document::parse(text).ok()?;
    Some(Future { path: file.source.path.clone(), kind: file.source.kind, document })
}
