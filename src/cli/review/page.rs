//! How a fix looks on a terminal.

use anstyle::{AnsiColor, Style};
use dialoguer::console::{Term, measure_text_width};

use super::Output;
use crate::cli::deliver;
use crate::diff::Kind;
use crate::finding::Applicability;
use crate::fix::Proposal;
use crate::rules;

const PLAIN: Style = Style::new();
const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const SAFE: Style = AnsiColor::Green.on_default();
const UNSAFE: Style = AnsiColor::Yellow.on_default();

/// The width that texts are broken to: that of the terminal, unless it is too wide for reading.
pub(super) struct Page {
    width: usize,
}

impl Page {
    /// A page for the terminal.
    pub(super) fn new() -> Self {
        let (_, columns) = Term::stderr().size();
        Self { width: usize::from(columns).clamp(40, 100) }
    }

    /// Shows a fix: where it is, by which rule and why, and its hunks.
    pub(super) fn fix(
        &self,
        proposal: &Proposal<'_>,
        (number, all): (usize, usize),
        output: &mut Output,
    ) {
        let (finding, fix) = (proposal.finding, proposal.fix);
        let place = format!("[{number}/{all}] {}:{}", proposal.shown, proposal.position());
        output.say(PLAIN, "\n");
        self.text(BOLD, ["", ""], &place, output);
        let rule = format!("{} (SPEC 8 clause {}): ", finding.rule, finding.clause);
        output.say(PLAIN, &rule);
        match &fix.applicability {
            Applicability::Safe => output.say(SAFE, "safe\n"),
            Applicability::Unsafe(risk) => {
                output.say(UNSAFE, "unsafe\n");
                self.text(UNSAFE, ["  ", "  "], risk, output);
            }
        }
        self.text(PLAIN, ["", ""], &finding.message, output);
        self.text(PLAIN, ["", ""], &format!("Fix: {}", fix.title), output);
        for line in fix.note.iter().flat_map(|note| note.lines()) {
            self.text(PLAIN, ["  ", "    "], line, output);
        }
        output.say(PLAIN, "\n");
        match proposal.alone() {
            Ok(after) => {
                let lines = proposal.diff(&after);
                // The file is named above.
                let is_name = |line: &str| line.starts_with("--- ") || line.starts_with("+++ ");
                let hunks =
                    lines.iter().skip_while(|(kind, line)| *kind == Kind::Header && is_name(line));
                hunks.for_each(|(kind, line)| output.say(deliver::style(*kind), line));
            }
            Err(why) => {
                self.text(
                    UNSAFE,
                    ["", ""],
                    &format!("There is no diff of this fix alone: {why}"),
                    output,
                );
            }
        }
    }

    /// Shows what `explain` says of a rule.
    pub(super) fn explanation(&self, rule: &str, output: &mut Output) {
        let Some(rule) = rules::find(rule) else { return };
        output.say(BOLD, &format!("\n# {}\n\n", rule.name));
        for Paragraph { indent, text } in paragraphs(rule.explanation) {
            let first = " ".repeat(indent);
            let rest = " ".repeat(if text.starts_with("- ") { indent + 2 } else { indent });
            self.text(PLAIN, [&first, &rest], &text, output);
        }
    }

    /// Shows what can be answered.
    pub(super) fn choices(&self, labels: &[&str], output: &mut Output) {
        let mut line = String::new();
        output.say(PLAIN, "\n");
        for label in labels {
            let wider = measure_text_width(&line) + 2 + measure_text_width(label);
            if !line.is_empty() && wider > self.width {
                output.say(DIM, &format!("{line}\n"));
                line.clear();
            }
            line.push_str(if line.is_empty() { "" } else { "  " });
            line.push_str(label);
        }
        output.say(DIM, &format!("{line}\n"));
    }

    /// Shows a text, broken between words, with something before its first line and before the others.
    fn text(&self, style: Style, [first, rest]: [&str; 2], text: &str, output: &mut Output) {
        let width = self.width.saturating_sub(measure_text_width(rest));
        for (at, line) in wrapped(text, width).into_iter().enumerate() {
            output.say(PLAIN, if at == 0 { first } else { rest });
            output.say(style, &format!("{line}\n"));
        }
    }
}

/// Lines of an explanation that belong together: a paragraph, an item of a list, or a line of code.
struct Paragraph {
    indent: usize,
    text: String,
}

fn paragraphs(explanation: &str) -> Vec<Paragraph> {
    const CODE: usize = 4;
    let mut paragraphs = Vec::<Paragraph>::new();
    for line in explanation.lines() {
        let text = line.trim();
        let indent = line.len() - line.trim_start().len();
        let begins = text.is_empty() || indent >= CODE || text.starts_with("- ");
        match paragraphs.last_mut().filter(|last| {
            !begins && last.indent < CODE && !last.text.is_empty() && !last.text.starts_with('#')
        }) {
            Some(last) => {
                last.text.push(' ');
                last.text.push_str(text);
            }
            None => paragraphs.push(Paragraph { indent, text: text.to_owned() }),
        }
    }
    paragraphs
}

/// A text in lines of at most this width, where its words are not longer.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words(text) {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if measure_text_width(line) + 1 + measure_text_width(word) <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// The words of a text; what stands in backticks is one.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_paired = text.matches('`').count().is_multiple_of(2);
    let mut is_code = false;
    text.split(move |char| {
        is_code ^= char == '`' && is_paired;
        char == ' ' && !is_code
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RULES;

    #[test]
    fn a_text_is_broken_between_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("one two three", 13), ["one two three"]);
        assert_eq!(wrapped("unbreakable is it", 5), ["unbreakable", "is it"]);
        assert_eq!(wrapped("größer ☂ als", 8), ["größer ☂", "als"]);
        assert_eq!(wrapped("", 5), [""]);
    }

    #[test]
    fn what_stands_in_backticks_stays_together() {
        assert_eq!(wrapped("say `gh issue create` now", 9), ["say", "`gh issue create`", "now"]);
        assert_eq!(wrapped("an ` alone", 4), ["an `", "alone"]);
    }

    #[test]
    fn explanations_are_all_there() {
        for rule in RULES {
            let shown = paragraphs(rule.explanation);
            let shown: Vec<_> = shown.iter().flat_map(|it| it.text.split_whitespace()).collect();
            assert_eq!(shown, rule.explanation.split_whitespace().collect::<Vec<_>>());
        }
    }
}
