//! The accepted fixes of one file: planned together, made, and proven.

use super::{Options, Status, gather};
use crate::finding::{Facts, File, Finding, Fix, Remedy};
use crate::yaml::{Document, Path, Plan, RewriteError, rewrite};

/// How many fixes may turn out to be impossible before the file is left alone.
const MAX_REFUSALS: usize = 64;

/// Makes the fixes whose status is [`Status::Fixed`]. One that cannot be made in this file gets the
/// status [`Status::Refused`], and the others are made without it.
pub(super) fn apply(
    file: &File<'_>,
    facts: &Facts<'_>,
    options: &Options,
    findings: &[Finding],
    statuses: &mut [Status],
) -> Option<Document> {
    for _ in 0..MAX_REFUSALS {
        let plan = match plan(file.document, findings, statuses) {
            Ok(plan) if plan.is_empty() => return None,
            Ok(plan) => plan,
            Err(conflict) => {
                fail(statuses, &conflict);
                return None;
            }
        };
        match rewrite(file.document, &plan) {
            Ok(fixed) => {
                return is_settled(file, &fixed, facts, options, findings, statuses)
                    .then_some(fixed);
            }
            Err(RewriteError::Refused(refused)) => {
                if !refuse(findings, statuses, &refused.at, &refused.to_string()) {
                    fail(statuses, &refused.to_string());
                    return None;
                }
            }
            Err(RewriteError::Faulty(fault)) => {
                fail(statuses, &RewriteError::Faulty(fault).to_string());
                return None;
            }
        }
    }
    fail(statuses, "too many of its fixes cannot be made here: change the file by hand");
    None
}

fn accepted<'f>(
    findings: &'f [Finding],
    statuses: &[Status],
) -> impl Iterator<Item = (usize, &'static str, &'f Fix)> {
    let accepted: Vec<_> = statuses.iter().map(|status| *status == Status::Fixed).collect();
    findings.iter().enumerate().filter_map(move |(index, finding)| match &finding.remedy {
        Remedy::Fix(fix) if accepted[index] => Some((index, finding.rule, fix)),
        _ => None,
    })
}

/// The plan of the fixes whose status is [`Status::Fixed`].
pub(super) fn plan(
    document: &Document,
    findings: &[Finding],
    statuses: &[Status],
) -> Result<Plan, String> {
    let operations = accepted(findings, statuses).flat_map(|(_, rule, fix)| {
        fix.operations.iter().map(move |operation| (rule, operation.clone()))
    });
    Plan::new(document, operations).map_err(|conflict| conflict.to_string())
}

/// Takes out the fixes that ask for something at this place. Returns whether there was one.
fn refuse(findings: &[Finding], statuses: &mut [Status], at: &Path, why: &str) -> bool {
    let concerned: Vec<_> = accepted(findings, statuses)
        .filter(|(_, _, fix)| fix.operations.iter().any(|operation| operation.at == *at))
        .map(|(index, ..)| index)
        .collect();
    for &index in &concerned {
        statuses[index] = Status::Refused(why.to_owned());
    }
    !concerned.is_empty()
}

fn fail(statuses: &mut [Status], why: &str) {
    for status in statuses.iter_mut().filter(|status| **status == Status::Fixed) {
        *status = Status::Failed(why.to_owned());
    }
}

/// Whether the rules, run again on the result, have nothing more to do than what could not be made and what
/// was not chosen. A rule that never comes to rest would change the file at every run.
fn is_settled(
    file: &File<'_>,
    fixed: &Document,
    facts: &Facts<'_>,
    options: &Options,
    before: &[Finding],
    statuses: &mut [Status],
) -> bool {
    let among = |is_it: fn(&Status) -> bool| {
        let both = before.iter().zip(&*statuses);
        both.filter(move |(_, status)| is_it(status)).map(|(finding, _)| finding)
    };
    let refused = among(|status| matches!(status, Status::Refused(_)));
    let left = refused.filter(|finding| options.would_make(finding)).count();
    let declined: Vec<_> = among(|status| *status == Status::Declined).collect();
    // It may have become safe by what was chosen.
    let is_declined = |finding: &Finding| {
        declined.iter().any(|it| (it.rule, &it.message) == (finding.rule, &finding.message))
    };
    let again = super::reviewed(file, fixed);
    let more = again.map(|again| {
        let facts = gather::facts_for(facts, file, &again);
        super::findings(&again, &facts, options)
    });
    let more = more.unwrap_or_default();
    let more = more.iter().filter(|finding| options.would_make(finding) && !is_declined(finding));
    if more.count() > left {
        fail(
            statuses,
            "the rules would change the result once more: please report this as a bug of spec8-fix",
        );
        return false;
    }
    true
}
