//! Commits in the places of tags, in a text of our own.

use std::fmt;

use crate::actions::{ActionRef, Decision, Uses, pin};
use crate::resolve::{Resolve, Wanted};

/// An action that stays named by its tag, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpinned {
    /// The action with its tag.
    pub uses: String,
    /// Why.
    pub why: String,
}

impl fmt::Display for Unpinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not pinned: {}", self.uses, self.why)
    }
}

/// Pins every action of a text that has each `uses:` on a line of its own, without a comment.
pub fn pinned(text: &str, resolver: &dyn Resolve) -> (String, Vec<Unpinned>) {
    let wanted: Wanted<'_> = text.lines().filter_map(action).map(|(_, action)| action).collect();
    let answers = resolver.resolve(&wanted);
    let mut unpinned = Vec::new();
    let mut out = String::with_capacity(text.len() + 512);
    for line in text.lines() {
        let decided = action(line).map(|(uses, action)| {
            let decision = answers.get(action.repository()).map_err(ToString::to_string);
            let pin = match decision.map(|refs| pin::decide(&action, refs, None)) {
                Ok(Decision::Pin(pin)) => Ok(pin),
                Ok(Decision::Leave(leave)) => Err(leave.to_string()),
                Err(why) => Err(why),
            };
            (uses, pin)
        });
        match decided {
            Some((uses, Ok(pin))) => {
                let name = uses.split('@').next().unwrap_or(uses);
                let pinned = format!("{name}@{} # {}", pin.commit, pin.comment);
                out.push_str(&line.replacen(uses, &pinned, 1));
            }
            Some((uses, Err(why))) => {
                let told = Unpinned { uses: uses.to_owned(), why };
                if !unpinned.contains(&told) {
                    unpinned.push(told);
                }
                out.push_str(line);
            }
            None => out.push_str(line),
        }
        out.push('\n');
    }
    (out, unpinned)
}

/// What a line uses.
fn action(line: &str) -> Option<(&str, ActionRef<'_>)> {
    let uses = line.trim_start().trim_start_matches("- ").strip_prefix("uses: ")?.trim();
    match Uses::parse(uses) {
        Uses::Repository(action) => Some((uses, action)),
        _ => None,
    }
}
