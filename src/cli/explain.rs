//! The rules, for people.

use anstyle::Style;

use super::{Exit, Output};
use crate::rules::{self, RULES, Runs};

/// Lists the rules.
pub(super) fn rules(output: &mut Output) -> Exit {
    let width = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    for rule in RULES {
        output.print(Style::new().bold(), &format!("{:width$}", rule.name));
        let when = match rule.runs {
            Runs::ByDefault => "",
            Runs::WhenSelected => " (off unless selected)",
        };
        output.print(Style::new(), &format!("  {}{when}\n", rule.summary));
    }
    Exit::Clean
}

/// Explains a rule.
pub(super) fn rule(output: &mut Output, name: &str) -> Exit {
    let Some(rule) = rules::find(name) else { return Exit::Failure };
    output.print(Style::new().bold(), &format!("# {}\n", rule.name));
    output
        .print(Style::new(), &format!("\nSPEC 8 clause: {}\n\n{}", rule.clause, rule.explanation));
    Exit::Clean
}
