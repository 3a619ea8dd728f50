//! The fixes of one file, clause by clause: what a pull request with a commit for each is made of.

use super::FileOutcome;
use super::apply::plan;
use crate::finding::{Clause, Finding};
use crate::fix::Status;
use crate::yaml::{Document, rewrite};

/// What a file becomes, clause by clause: with the fixes of each on top of those of the clauses before
/// it. Empty where nothing changes; the last text is the file's [`FileOutcome::after`].
///
/// All of these are made from the file as it is, and each is proven like the whole: one mapping that
/// several clauses want is in the text of the first one, and grows with the others. Where the fixes of a
/// clause cannot be made without those of a later one, they are made together, under the later.
pub fn by_clause(file: &FileOutcome) -> Vec<(Clause, String)> {
    let Some(after) = &file.after else { return Vec::new() };
    let fixed = file.found.iter().filter(|found| found.status == Status::Fixed);
    let mut clauses: Vec<_> = fixed.map(|found| found.finding.clause).collect();
    clauses.sort_unstable();
    clauses.dedup();
    let Some(last) = clauses.pop() else { return Vec::new() };
    let mut texts: Vec<(Clause, String)> = Vec::new();
    for clause in clauses {
        let before = texts.last().map_or(file.before.as_deref(), |(_, text)| Some(text.as_str()));
        if let Some(text) = up_to(file, clause).filter(|text| Some(text.as_str()) != before) {
            texts.push((clause, text));
        }
    }
    texts.push((last, after.clone()));
    texts
}

/// The file with the fixes of all clauses up to this one.
fn up_to(file: &FileOutcome, clause: Clause) -> Option<String> {
    let document = Document::parse(file.before.as_deref().unwrap_or_default()).ok()?;
    let findings: Vec<Finding> = file.found.iter().map(|found| found.finding.clone()).collect();
    let statuses: Vec<_> = file
        .found
        .iter()
        .map(|found| match &found.status {
            Status::Fixed if found.finding.clause > clause => Status::Withheld(String::new()),
            status => status.clone(),
        })
        .collect();
    let plan = plan(&document, &findings, &statuses).ok()?;
    Some(rewrite(&document, &plan).ok()?.into_text())
}
