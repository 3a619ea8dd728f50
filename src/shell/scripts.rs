//! Scripts that are looked at more than once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::{Dialect, Script, parse};

/// The scripts of a job, each taken apart once, however many kinds of runs it has.
#[derive(Debug, Default)]
pub(crate) struct Scripts<'d>(RefCell<HashMap<(&'d str, Dialect), Rc<Script>>>);

impl<'d> Scripts<'d> {
    /// A script, as [`parse`] takes it apart.
    pub(crate) fn parsed(&self, text: &'d str, dialect: Dialect) -> Rc<Script> {
        let mut known = self.0.borrow_mut();
        let script = known.entry((text, dialect));
        Rc::clone(script.or_insert_with(|| Rc::new(parse(text, dialect))))
    }
}
