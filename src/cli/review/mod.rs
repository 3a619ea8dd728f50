//! The review: each fix is shown, and a person says whether it is to be made. Nothing is written here.

mod answer;
mod page;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};

use anstyle::Style;

use super::{Exit, Output};
use crate::finding::Applicability;
use crate::fix::{Checked, FixId, Outcome, Proposal, Selection, Status};
use crate::report::text::counted;
use answer::{Answer, Key};
use page::Page;

/// How a review ended.
pub(super) enum Review {
    /// The fixes that were chosen, made in memory.
    Chosen(Outcome),
    /// Nothing is to be written.
    Left(Exit),
}

/// Whether there is somebody to ask.
pub(super) fn has_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks about every fix that could be made, in the order of their places, and in the end whether to
/// write those that were chosen.
pub(super) fn review(checked: Checked<'_>, output: &mut Output) -> Review {
    let page = Page::new();
    let selection = match choose(&checked.proposals(), &page, output) {
        Ok(selection) => selection,
        Err(answer) => return leave(answer, output),
    };
    let outcome = checked.make(&selection);
    if outcome.files.iter().all(|file| file.after.is_none()) {
        return Review::Chosen(outcome);
    }
    match confirm(&outcome, &page, output) {
        Answer::Yes => {
            output.say(Style::new(), "\n");
            Review::Chosen(outcome)
        }
        answer => leave(answer, output),
    }
}

fn leave(answer: Answer, output: &mut Output) -> Review {
    output.say(Style::new(), "Nothing was written.\n");
    Review::Left(if answer == Answer::Interrupt { Exit::Interrupted } else { Exit::Findings })
}

/// The fixes that are chosen; an error is the answer with which the person left.
fn choose(
    proposals: &[Proposal<'_>],
    page: &Page,
    output: &mut Output,
) -> Result<Selection, Answer> {
    let mut decisions = Decisions::default();
    for (at, proposal) in proposals.iter().enumerate() {
        let is_open = |it: &&Proposal<'_>| !decisions.is_settled(it, proposals);
        if !is_open(&proposal) {
            continue;
        }
        let open: Vec<_> = proposals[at..].iter().filter(is_open).collect();
        match ask(proposal, &open, (at + 1, proposals.len()), page, output) {
            answer @ (Answer::Quit | Answer::Interrupt) => return Err(answer),
            answer => decisions.take(answer, proposal, &open),
        }
    }
    Ok(decisions.into())
}

/// Shows a fix and asks about it until there is a decision. `open` are the fixes without one, this one
/// first.
fn ask(
    proposal: &Proposal<'_>,
    open: &[&Proposal<'_>],
    place: (usize, usize),
    page: &Page,
    output: &mut Output,
) -> Answer {
    let keys = keys(proposal, open);
    let default = if is_unsafe(proposal) { Answer::No } else { Answer::Yes };
    loop {
        page.fix(proposal, place, output);
        match answer::ask("Make this fix?", default, &keys, page, output) {
            Answer::Explain => page.explanation(proposal.finding.rule, output),
            answer => return answer,
        }
    }
}

/// What can be answered, with how many fixes it is about.
fn keys(proposal: &Proposal<'_>, open: &[&Proposal<'_>]) -> Vec<Key> {
    let among = |is_it: Alike| open.iter().filter(|it| is_it(proposal, it)).count();
    let covered = |answer| open.iter().filter(|it| is_covered(answer, proposal, it)).count();
    let words = |answer, all| match covered(answer) {
        some if some < all => format!("{some} safe"),
        some => some.to_string(),
    };
    let (of_rule, of_file) = (among(is_same_rule), among(is_same_file));
    // Where there is no other one, it is not worth a word.
    let shown = |all, label: String| if all > 1 { label } else { String::new() };
    let all_of_rule = format!("[a]ll {} of this rule", words(Answer::AllOfRule, of_rule));
    let all_of_file = format!("all {} of this [f]ile", words(Answer::AllOfFile, of_file));
    vec![
        Key::new('y', "[y]es", Answer::Yes),
        Key::new('n', "[n]o", Answer::No),
        Key::new('a', shown(of_rule, all_of_rule), Answer::AllOfRule),
        Key::new('o', shown(of_rule, "n[o]ne of this rule".to_owned()), Answer::NoneOfRule),
        Key::new('f', shown(of_file, all_of_file), Answer::AllOfFile),
        Key::new('e', "[e]xplain the rule", Answer::Explain),
        Key::new('q', "[q]uit and write nothing", Answer::Quit),
    ]
}

/// Asks whether what was chosen is to be written.
fn confirm(outcome: &Outcome, page: &Page, output: &mut Output) -> Answer {
    let made = outcome.found().filter(|(_, found)| found.status == Status::Fixed).count();
    let files = outcome.files.iter().filter(|file| file.after.is_some()).count();
    let prompt =
        format!("Write {} to {}?", counted(made, "fix", "fixes"), counted(files, "file", "files"));
    let keys = [
        Key::new('y', "[y]es", Answer::Yes),
        Key::new('n', "[n]o, write nothing", Answer::No),
        Key::new('q', "[q]uit", Answer::Quit),
    ];
    answer::ask(&prompt, Answer::Yes, &keys, page, output)
}

/// What was decided so far.
#[derive(Default)]
struct Decisions(BTreeMap<FixId, bool>);

impl Decisions {
    /// Whether there is nothing to ask about a fix: it is decided on, or one is chosen that makes it
    /// needless.
    fn is_settled(&self, proposal: &Proposal<'_>, all: &[Proposal<'_>]) -> bool {
        let is_chosen = |other: &Proposal<'_>| self.0.get(&other.id) == Some(&true);
        self.0.contains_key(&proposal.id)
            || all.iter().any(|other| proposal.is_replaced_by(other) && is_chosen(other))
    }

    /// Takes an answer for all that it is about.
    fn take(&mut self, answer: Answer, proposal: &Proposal<'_>, open: &[&Proposal<'_>]) {
        let is_yes = matches!(answer, Answer::Yes | Answer::AllOfRule | Answer::AllOfFile);
        let covered = open.iter().filter(|it| is_covered(answer, proposal, it));
        self.0.extend(covered.map(|it| (it.id, is_yes)));
    }
}

impl From<Decisions> for Selection {
    fn from(decisions: Decisions) -> Self {
        let chosen = decisions.0.into_iter().filter(|(_, is_yes)| *is_yes);
        Self::Chosen(chosen.map(|(id, _)| id).collect())
    }
}

/// Whether an answer about one fix is about another one, too. Who takes all fixes on seeing a safe one
/// has not taken the risk of those that are not.
fn is_covered(answer: Answer, asked: &Proposal<'_>, other: &Proposal<'_>) -> bool {
    let is_as_safe = is_unsafe(asked) || !is_unsafe(other);
    match answer {
        Answer::AllOfRule => is_same_rule(asked, other) && is_as_safe,
        Answer::AllOfFile => is_same_file(asked, other) && is_as_safe,
        Answer::NoneOfRule => is_same_rule(asked, other),
        _ => asked.id == other.id,
    }
}

/// What two fixes may have in common.
type Alike = fn(&Proposal<'_>, &Proposal<'_>) -> bool;

fn is_same_rule(one: &Proposal<'_>, other: &Proposal<'_>) -> bool {
    one.finding.rule == other.finding.rule
}

fn is_same_file(one: &Proposal<'_>, other: &Proposal<'_>) -> bool {
    one.id.is_in_file_of(other.id)
}

fn is_unsafe(proposal: &Proposal<'_>) -> bool {
    proposal.fix.applicability != Applicability::Safe
}
