//! Inputs that rules give to steps.

use crate::workflow::Step;
use crate::yaml::{Change, Document, Operation, Place, Value, ValueEntry};

/// The operation that gives a step an input that it does not have, wherever an alias shares the step.
pub(super) fn insert_input(
    document: &Document,
    step: Step<'_>,
    name: &str,
    value: Value,
) -> Operation {
    let step_path = document.path(document.target(step.node()));
    let (at, key, value, place) = match step.get("with") {
        Some(with) => (document.path(document.target(with)), name, value, Place::Last),
        None => {
            let with =
                Value::Mapping(vec![ValueEntry { key: name.to_owned(), value, comment: None }]);
            (step_path, "with", with, Place::After("uses".to_owned()))
        }
    };
    let key = key.to_owned();
    Operation::everywhere(at, Change::Insert { key, value, place, comment: None })
}

/// Whether a new input would reach other steps: an alias repeats the step's `with` alone, not the
/// whole step.
pub(super) fn shares_inputs(document: &Document, step: Step<'_>) -> bool {
    let is_shared = |with| document.is_alias(with) || document.shared_through(with) == Some(with);
    step.get("with").is_some_and(is_shared)
}
