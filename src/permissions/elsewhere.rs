//! Actions of other repositories of which nothing is known, as far as they were read.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::action::inputs_of;
use super::collect::Evidence;
use super::credentials::GitNeed;
use super::frame::Frame;
use super::job::{Site, Walk};
use super::names::telling_word;
use super::state::State;
use crate::actions::{ActionRef, Uses, knowledge};
use crate::expression::{Value, template};
use crate::workflow::{Action, Elsewhere, Step, View};

/// The action that runs the script that it is given.
pub(super) const GITHUB_SCRIPT: &str = "actions/github-script";

/// Whether it need not be read: it is known what the action or workflow needs.
pub(super) fn is_known(action: &ActionRef<'_>) -> bool {
    is_github_script(action) || knowledge::find(action).is_some()
}

/// Whether an action runs the script that it is given.
pub(super) fn is_github_script(action: &ActionRef<'_>) -> bool {
    action.to_string().eq_ignore_ascii_case(GITHUB_SCRIPT)
}

/// How many steps of other repositories are still followed: what others wrote may name itself a hundred
/// times over.
#[derive(Clone, Debug)]
pub(super) struct Budget(Rc<Cell<usize>>);

impl Default for Budget {
    fn default() -> Self {
        Self(Rc::new(Cell::new(10_000)))
    }
}

impl Budget {
    /// Takes as many as a step or a call stands for; `false` where they are not left.
    pub(super) fn spend(&self, steps: usize) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(steps));
        left >= steps
    }
}

/// Whether a step hands the token to its action: in an input, or in a variable.
pub(super) fn is_handed_token(step: Step<'_>, frame: &Frame<'_>) -> bool {
    given(step, frame).any(|value| value.carries.token)
        || frame.variables_with_token().next().is_some()
}

/// Whether a step gives its action a secret, which may be another token.
fn is_handed_another(step: Step<'_>, frame: &Frame<'_>) -> bool {
    given(step, frame).any(|value| value.is_secret())
}

/// What a step gives its action by `with`.
fn given(step: Step<'_>, frame: &Frame<'_>) -> impl Iterator<Item = Value> {
    let document = step.document();
    let entries = step.get("with").map_or(&[][..], |with| document.entries(with));
    let texts = entries.iter().filter_map(|entry| document.scalar(entry.value));
    texts.map(|text| template(text, frame))
}

impl<'d> Walk<'_, 'd> {
    /// A step with an action of another repository that is not known.
    pub(super) fn elsewhere(
        &mut self,
        step: Step<'d>,
        uses: &str,
        name: &str,
        site: Site<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        let what = match self.files.elsewhere.get(uses) {
            Some(Elsewhere::Read { file, view: View::Action(action) }) => {
                let inputs = inputs_of(step, action, frame);
                return if action.is_composite() {
                    let file = Some(*file);
                    self.composite(action, inputs, name, file, site, frame, state);
                } else {
                    self.program(step, name, &inputs, site, frame, state);
                };
            }
            Some(Elsewhere::Unread(why)) => format!("is not known here, and {why}"),
            _ => "is not known here".to_owned(),
        };
        let is_handed = is_handed_token(step, frame);
        if is_handed {
            self.guess_subject(name, true, frame, site);
        }
        if is_handed || !is_handed_another(step, frame) {
            self.guess_by_name(name, is_handed, frame, site);
        }
        self.guess_registry(name, site, state);
        self.doubt_action(name, is_handed, site, site.evidence(name, &what));
    }

    /// A program of which nothing is known but what it is handed. It may use the token if it has it; a
    /// checkout's credentials if its name says so.
    fn program(
        &mut self,
        step: Step<'d>,
        name: &str,
        inputs: &BTreeMap<String, Value>,
        site: Site<'d>,
        frame: &Frame<'_>,
        state: &State,
    ) {
        let document = step.document();
        let given = step.get("with").map_or(&[][..], |with| document.entries(with));
        // A program can read an input that it does not declare.
        let given = given.iter().find_map(|entry| {
            let (input, text) = (document.scalar(entry.key)?, document.scalar(entry.value)?);
            template(text, frame).carries.token.then_some(input)
        });
        let default = inputs.iter().find(|(_, value)| value.carries.token);
        let in_reach = state.git.is_some_and(|carries| carries.token);
        let variable = frame.variables_with_token().next();
        let is_handed = given.is_some() || variable.is_some();
        if is_handed || default.is_some() {
            self.guess_subject(name, is_handed, frame, site);
            self.guess_by_name(name, is_handed, frame, site);
        }
        let what = match (given, default, variable) {
            (Some(input), ..) => format!("may use the token: its input `{input}` is given it"),
            (None, Some((input, _)), _) => {
                format!("may use the token: its input `{input}` has it by default")
            }
            (None, None, Some(name)) => format!("may use the token: it stands in `{name}`"),
            (None, None, None) => match telling_word(name).filter(|_| in_reach) {
                Some(word) => {
                    format!("may use the credentials of `git`: its name says `{word}`")
                }
                None => {
                    let evidence = site.evidence(name, "may use the credentials of `git`");
                    self.found.git(site.step, GitNeed::Unknown, evidence.clone());
                    return self.found.own_code(state, site.step, evidence);
                }
            },
        };
        self.doubt_action(name, is_handed, site, site.evidence(name, &what));
    }

    /// A doubt about an action. What publishes does something else for a fork than for a release; and what
    /// one that is handed the token does with it, it leaves for a fork, whether it fails there or says nothing.
    fn doubt_action(&mut self, name: &str, is_handed: bool, site: Site<'d>, evidence: Evidence) {
        if is_handed || telling_word(name).is_some() {
            self.found.lasting_doubt_of(site.step, evidence);
        } else {
            self.found.doubt(site.step, evidence);
        }
    }

    /// Notes which steps of a composite action run in a run for a fork, where a step uses one.
    pub(super) fn prove_inside(&mut self, step: Step<'d>, site: Site<'d>, frame: &Frame<'_>) {
        let uses = step.text("uses").unwrap_or_default().trim();
        let (action, file) = match (Uses::parse(uses), self.files.elsewhere.get(uses)) {
            (Uses::Local(path), _) if site.file.is_none() => (self.files.action(path), None),
            (Uses::Repository(_), Some(&Elsewhere::Read { file, view: View::Action(action) })) => {
                (Some(action), Some(file))
            }
            _ => return,
        };
        if let Some(action) = action.filter(Action::is_composite) {
            let inputs = inputs_of(step, &action, frame);
            self.composite(&action, inputs, uses, file, site, frame, &mut State::default());
        }
    }

    /// The steps of a composite action, one after the other. Those of another repository's are told as
    /// they stand in its file.
    #[expect(clippy::too_many_arguments, reason = "what a step stands in")]
    pub(super) fn composite(
        &mut self,
        action: &Action<'d>,
        inputs: BTreeMap<String, Value>,
        actor: &str,
        file: Option<&'d str>,
        site: Site<'d>,
        frame: &Frame<'_>,
        state: &mut State,
    ) {
        let Some(depth) = site.deeper() else {
            let evidence = site.evidence(actor, "goes too deep to be followed");
            return self.found.lasting_doubt_of(site.step, evidence);
        };
        if self.open.iter().any(|open| std::ptr::eq(*open, action.document())) {
            return self.found.lasting_doubt(site.evidence(actor, "is used by itself"));
        }
        self.open.push(action.document());
        let inner = frame.inside_action(inputs);
        for (position, step) in action.steps().into_iter().enumerate() {
            if file.is_some() && !self.budget.spend(1) {
                let evidence = site.evidence(actor, "has more steps than are followed");
                self.found.lasting_doubt(evidence);
                break;
            }
            let id = site.step.inner(position);
            let site = match file {
                Some(_) => Site { step: id, depth, ..Site::of_step(step, file) },
                None => Site { step: id, depth, ..site },
            };
            self.step(step, site, &inner, state);
        }
        self.open.pop();
    }
}
