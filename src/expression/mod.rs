//! GitHub's expressions, `${{ … }}`, evaluated as far as a workflow file tells.
//!
//! Much of what they speak of is known only when a workflow runs. So an evaluation gives not a value
//! but what is known of it: [`Known`]. Parsing is that of `github-actions-expressions`; the semantics
//! are GitHub's, <https://docs.github.com/en/actions/reference/workflows-and-actions/expressions>.

mod compare;
mod evaluate;
mod template;
mod value;

pub use evaluate::{condition, evaluate};
pub use template::{Part, parts, template};
pub use value::{Carries, GAP, Known, Truth, Value};

/// What the names of an expression stand for: `github.event_name` is asked for as
/// `["github", "event_name"]`. A part that is computed is `*`.
pub trait Contexts {
    /// What is known of a name.
    fn look_up(&self, name: &[&str]) -> Value;
}

#[cfg(test)]
mod tests;
