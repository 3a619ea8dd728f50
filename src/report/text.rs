//! The summary for a person: by clause, what is fixed, and what is left and why.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::actions::index;
use crate::finding::{Clause, Remedy, Severity};
use crate::fix::{FileOutcome, Found, Outcome, Status};

/// What happened to the fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// They are shown.
    Proposed,
    /// They are shown; no file is here that they could be written to.
    Previewed,
    /// They are in the files.
    Written,
    /// They are in a pull request.
    Sent,
}

/// How many places with the same reason are listed unless all are wanted.
const PLACES: usize = 3;

const BOLD: Style = Style::new().bold();
const FIXED: Style = AnsiColor::Green.on_default();
const LEFT: Style = AnsiColor::Yellow.on_default();
const FAILED: Style = AnsiColor::Red.on_default();

/// Writes the summary. `all`: every finding with its place, notes too, and what is known about each
/// fix.
///
/// # Errors
///
/// Those of the writer.
pub fn summary(out: &mut dyn Write, outcome: &Outcome, verb: Verb, all: bool) -> io::Result<()> {
    let mut clauses = BTreeMap::<Clause, Vec<Place<'_>>>::new();
    // What is good to know, and no more, is for those who ask for everything.
    let told = |(_, found): &Place<'_>| {
        all || found.finding.severity > Severity::Note || !matches!(found.status, Status::Manual(_))
    };
    for place in outcome.found().filter(told) {
        clauses.entry(place.1.finding.clause).or_default().push(place);
    }
    for (clause, places) in &clauses {
        writeln!(out, "{BOLD}{clause}{BOLD:#}")?;
        let mut groups = BTreeMap::<Group, Vec<Place<'_>>>::new();
        for &place in places {
            groups.entry(Group::of(&place.1.status)).or_default().push(place);
        }
        for (group, places) in &groups {
            match group {
                Group::Fixed => {
                    let word = match verb {
                        Verb::Proposed | Verb::Previewed => "would fix",
                        Verb::Written | Verb::Sent => "fixed",
                    };
                    fixes(out, (FIXED, word), places, all)?;
                }
                Group::Declined => fixes(out, group.title(), places, all)?,
                group => left(out, *group, places, all)?,
            }
        }
    }
    last_line(out, outcome, verb)
}

type Place<'o> = (&'o FileOutcome, &'o Found);

/// The parts of the summary of a clause, in order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Fixed,
    Withheld,
    Declined,
    Manual,
    Refused,
    Failed,
}

impl Group {
    fn of(status: &Status) -> Self {
        match status {
            Status::Fixed => Self::Fixed,
            Status::Withheld(_) => Self::Withheld,
            Status::Declined => Self::Declined,
            Status::Manual(_) => Self::Manual,
            Status::Refused(_) => Self::Refused,
            Status::Failed(_) => Self::Failed,
        }
    }

    fn title(self) -> (Style, &'static str) {
        match self {
            Self::Fixed => (FIXED, "fixed"),
            Self::Withheld => (LEFT, "needs --unsafe"),
            Self::Declined => (LEFT, "not chosen"),
            Self::Manual => (LEFT, "left to you"),
            Self::Refused => (LEFT, "not possible here"),
            Self::Failed => (FAILED, "failed"),
        }
    }
}

/// What is fixed, or could be: how many, and with `all` which.
fn fixes(
    out: &mut dyn Write,
    (style, title): (Style, &str),
    places: &[Place<'_>],
    all: bool,
) -> io::Result<()> {
    writeln!(out, "  {style}{title}{style:#} {}", places.len())?;
    for (file, found) in places.iter().filter(|_| all) {
        let Remedy::Fix(fix) = &found.finding.remedy else { continue };
        writeln!(out, "    {}: {}", line(file, found), fix.title)?;
        for line in fix.note.iter().flat_map(|note| note.lines()) {
            writeln!(out, "      {line}")?;
        }
    }
    Ok(())
}

/// What is left, by the reason why.
fn left(out: &mut dyn Write, group: Group, places: &[Place<'_>], all: bool) -> io::Result<()> {
    let (style, title) = group.title();
    writeln!(out, "  {style}{title}{style:#} {}", places.len())?;
    let mut reasons = Vec::<(&str, Vec<Place<'_>>)>::new();
    for &place in places {
        let reason = place.1.status.reason();
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, places)) => places.push(place),
            None => reasons.push((reason, vec![place])),
        }
    }
    for (reason, places) in &reasons {
        let shown = if all || places.len() == PLACES + 1 { places.len() } else { PLACES };
        for (file, found) in places.iter().take(shown) {
            writeln!(out, "    {}", line(file, found))?;
        }
        if places.len() > shown {
            writeln!(out, "    … and {} more (-v lists them)", places.len() - shown)?;
        }
        for line in reason.lines() {
            writeln!(out, "      {line}")?;
        }
    }
    Ok(())
}

fn line(file: &FileOutcome, found: &Found) -> String {
    format!("{}:{}: {}", file.shown, found.position, found.finding.message)
}

fn last_line(out: &mut dyn Write, outcome: &Outcome, verb: Verb) -> io::Result<()> {
    let looked_at = counted(outcome.files.len(), "file", "files");
    let changed = outcome.files.iter().filter(|file| file.after.is_some()).count();
    let withheld = outcome.found().any(|(_, found)| matches!(found.status, Status::Withheld(_)));
    let declined = outcome.found().any(|(_, found)| found.status == Status::Declined);
    let pinned = outcome.found().any(|(_, found)| {
        found.finding.clause == Clause::PinActions && found.status == Status::Fixed
    });
    // A notice of the resolver says it with the reason.
    if pinned && outcome.from_index && outcome.notices.is_empty() {
        writeln!(
            out,
            "Versions are those of the built-in index of {}; it knows no later ones.",
            index::MADE
        )?;
    }
    match (changed, verb) {
        (0, _) if declined => write!(out, "{looked_at}, nothing changed")?,
        (0, _) => write!(out, "{looked_at}, nothing to change")?,
        (_, Verb::Proposed) => {
            write!(out, "{looked_at}, {changed} would change: --write applies this")?;
        }
        (_, Verb::Previewed) => write!(out, "{looked_at}, {changed} would change")?,
        (_, Verb::Written) => write!(out, "{looked_at}, {changed} changed")?,
        (_, Verb::Sent) => write!(out, "{looked_at}, {changed} changed in the pull request")?,
    }
    writeln!(out, "{}", if withheld { "; --unsafe also makes what needs it" } else { "" })
}

/// So many of something, in words.
pub(crate) fn counted(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
