//! The summary for a person: by clause, what is fixed, and what is left and why.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::actions::index;
use crate::finding::{Clause, Finding, Remedy};
use crate::fix::{FileOutcome, Outcome, Status};

/// What happened to the fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// They are shown.
    Proposed,
    /// They are in the files.
    Written,
}

/// How many places with the same reason are listed unless all are wanted.
const PLACES: usize = 3;

const BOLD: Style = Style::new().bold();
const FIXED: Style = AnsiColor::Green.on_default();
const LEFT: Style = AnsiColor::Yellow.on_default();
const FAILED: Style = AnsiColor::Red.on_default();

/// Writes the summary. `all`: every finding with its place, and what is known about each fix.
///
/// # Errors
///
/// Those of the writer.
pub fn summary(out: &mut dyn Write, outcome: &Outcome, verb: Verb, all: bool) -> io::Result<()> {
    let mut clauses = BTreeMap::<Clause, Vec<_>>::new();
    for found in outcome.findings() {
        clauses.entry(found.1.clause).or_default().push(found);
    }
    for (clause, found) in &clauses {
        writeln!(out, "{BOLD}{clause}{BOLD:#}")?;
        let of = |wanted: fn(&Status) -> bool| {
            found.iter().copied().filter(move |(.., status)| wanted(status))
        };
        fixed(out, of(|status| *status == Status::Fixed), verb, all)?;
        let groups: [(_, _, fn(&Status) -> bool); 4] = [
            (LEFT, "needs --unsafe", |status| matches!(status, Status::Withheld(_))),
            (LEFT, "left to you", |status| matches!(status, Status::Manual(_))),
            (LEFT, "not possible here", |status| matches!(status, Status::Refused(_))),
            (FAILED, "failed", |status| matches!(status, Status::Failed(_))),
        ];
        for (style, title, wanted) in groups {
            left(out, style, title, of(wanted), all)?;
        }
    }
    last_line(out, outcome, verb)
}

type Found<'o> = (&'o FileOutcome, &'o Finding, &'o Status);

fn fixed<'o>(
    out: &mut dyn Write,
    found: impl Iterator<Item = Found<'o>>,
    verb: Verb,
    all: bool,
) -> io::Result<()> {
    let found: Vec<_> = found.collect();
    if found.is_empty() {
        return Ok(());
    }
    let word = if verb == Verb::Written { "fixed" } else { "would fix" };
    writeln!(out, "  {FIXED}{word}{FIXED:#} {}", found.len())?;
    if all {
        for (file, finding, _) in found {
            let Remedy::Fix(fix) = &finding.remedy else { continue };
            writeln!(out, "    {}: {}: {}", place(file, finding), finding.message, fix.title)?;
            if let Some(note) = &fix.note {
                writeln!(out, "      {note}")?;
            }
        }
    }
    Ok(())
}

/// What is left, by the reason why.
fn left<'o>(
    out: &mut dyn Write,
    style: Style,
    title: &str,
    found: impl Iterator<Item = Found<'o>>,
    all: bool,
) -> io::Result<()> {
    let mut reasons = Vec::<(&str, Vec<Found<'_>>)>::new();
    let mut count = 0;
    for found in found {
        let reason = reason(found.2);
        count += 1;
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, places)) => places.push(found),
            None => reasons.push((reason, vec![found])),
        }
    }
    if count == 0 {
        return Ok(());
    }
    writeln!(out, "  {style}{title}{style:#} {count}")?;
    for (reason, places) in &reasons {
        let shown = if all || places.len() == PLACES + 1 { places.len() } else { PLACES };
        for (file, finding, _) in places.iter().take(shown) {
            writeln!(out, "    {}: {}", place(file, finding), finding.message)?;
        }
        if places.len() > shown {
            writeln!(out, "    … and {} more (-v lists them)", places.len() - shown)?;
        }
        writeln!(out, "      {reason}")?;
    }
    Ok(())
}

fn reason(status: &Status) -> &str {
    match status {
        Status::Fixed => "",
        Status::Withheld(why)
        | Status::Manual(why)
        | Status::Refused(why)
        | Status::Failed(why) => why,
    }
}

fn place(file: &FileOutcome, finding: &Finding) -> String {
    format!("{}:{}", file.shown, file.document.source().position(finding.span.start))
}

fn last_line(out: &mut dyn Write, outcome: &Outcome, verb: Verb) -> io::Result<()> {
    let looked_at = files(outcome.files.len());
    let changed = outcome.files.iter().filter(|file| file.fixed.is_some()).count();
    let withheld = outcome.findings().any(|(.., status)| matches!(status, Status::Withheld(_)));
    let pinned = outcome.findings().any(|(_, finding, status)| {
        finding.clause == Clause::PinActions && *status == Status::Fixed
    });
    if pinned {
        writeln!(
            out,
            "Versions are those of the built-in index of {}; it knows no later ones.",
            index::MADE
        )?;
    }
    match (changed, verb) {
        (0, _) => write!(out, "{looked_at}, nothing to change")?,
        (_, Verb::Proposed) => {
            write!(out, "{looked_at}, {changed} would change: --write applies this")?;
        }
        (_, Verb::Written) => write!(out, "{looked_at}, {changed} changed")?,
    }
    writeln!(out, "{}", if withheld { "; --unsafe also makes what needs it" } else { "" })
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}
