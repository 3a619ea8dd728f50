//! What a run wants to know of other repositories, gathered in rounds: what its files want, then what the
//! answers want, each round one batch.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Options, Read, repository_files, view};
use crate::actions::{ActionRef, Definition, RepositoryName, Source as Origin, Uses};
use crate::finding::{Facts, File, View};
use crate::permissions;
use crate::resolve::{Answers, Resolve, Source, Wanted};
use crate::workflow::{Elsewhere, FileKind, Workflow};
use crate::yaml::Document;

/// How many rounds definitions are read in: an action may be made of actions, which are made of actions.
const ROUNDS: usize = 3;

/// What was gathered.
pub(super) struct Gathered {
    pub(super) answers: Answers,
    pub(super) others: Others,
}

/// What was learnt beside the refs of other repositories.
#[derive(Default)]
pub(super) struct Others {
    /// The definitions that were wanted, by the `uses:` that names each.
    definitions: BTreeMap<String, Result<Parsed, String>>,
    /// Whether repositories of the run are private, by name, of those where it was asked.
    private: BTreeMap<String, Option<bool>>,
}

/// A definition that was read.
struct Parsed {
    /// `owner/name/action.yml`
    file: String,
    kind: FileKind,
    document: Document,
}

impl Others {
    /// What each definition is to the analysis of permissions.
    pub(super) fn views(&self) -> BTreeMap<&str, Elsewhere<'_>> {
        let views = self.definitions.iter().filter_map(|(uses, definition)| {
            let view = match definition {
                Ok(Parsed { file, kind, document }) => {
                    Elsewhere::Read { file, view: View::of(*kind, document)? }
                }
                Err(why) => Elsewhere::Unread(why),
            };
            Some((uses.as_str(), view))
        });
        views.collect()
    }

    /// Whether a repository of the run is private, where that was asked and told.
    pub(super) fn is_private(&self, repository: &Read) -> Option<bool> {
        *self.private.get(repository.own.name.as_ref()?)?
    }

    /// Takes in what came of a round.
    fn add(&mut self, round: Round, answers: &Answers) {
        for (uses, definition) in round.definitions {
            let is_workflow = action(&uses).is_some_and(|action| action.is_reusable_workflow());
            let kind = if is_workflow { FileKind::Workflow } else { FileKind::Action };
            let text = match answers.definition(&definition) {
                Ok(source) => Parsed::read(&uses, source, kind),
                Err(why) => Err(why.to_string()),
            };
            self.definitions.insert(uses, text);
        }
        for name in round.visibility {
            let refs = RepositoryName::parse(&name).and_then(|name| answers.get(name).ok());
            // What was so some days ago is not told.
            let refs = refs.filter(|refs| refs.source == Origin::Repository);
            let is_private = refs.and_then(|refs| refs.is_private);
            self.private.insert(name, is_private);
        }
    }
}

/// What one round asks to tell what jobs need.
#[derive(Default)]
struct Round {
    /// The definitions to read, by the `uses:` that names each.
    definitions: BTreeMap<String, Definition>,
    /// The repositories of the run of which to tell whether they are private.
    visibility: BTreeSet<String>,
}

impl Round {
    /// What is still to be asked. `host` is the one that is asked: a repository that is kept elsewhere
    /// is another one there.
    fn of(read: &[Read], others: &Others, host: Option<&str>) -> Self {
        let mut round = Self::default();
        let host = host.map(|host| host.split(':').next().unwrap_or(host));
        for repository in read {
            let files = repository_files(repository, others);
            for file in repository.asked().filter_map(view) {
                let View::Workflow(workflow) = file.view else { continue };
                let unknown = permissions::unknown(workflow, &files);
                for uses in unknown.definitions {
                    let definition = action(uses).and_then(|action| Definition::of(&action));
                    if let Some(definition) = definition
                        && !others.definitions.contains_key(uses)
                    {
                        round.definitions.insert(uses.to_owned(), definition);
                    }
                }
                let own = &repository.own;
                let is_here = own.host.is_none() || own.host.as_deref() == host;
                if unknown.visibility
                    && is_here
                    && files.is_private.is_none()
                    && let Some(name) = &own.name
                    && !others.private.contains_key(name)
                {
                    round.visibility.insert(name.clone());
                }
            }
        }
        round
    }

    fn is_empty(&self) -> bool {
        self.definitions.is_empty() && self.visibility.is_empty()
    }

    fn insert_into<'a>(&'a self, wanted: &mut Wanted<'a>) {
        self.definitions.values().cloned().for_each(|it| wanted.insert_definition(it));
        let names = self.visibility.iter().filter_map(|name| RepositoryName::parse(name));
        names.for_each(|name| wanted.insert_visibility(name));
    }
}

/// Asks for everything that files want, with the fewest requests.
pub(super) fn gather(read: &[Read], resolver: &dyn Resolve, options: &Options) -> Gathered {
    let mut others = Others::default();
    let first = Round::of(read, &others, resolver.host());
    let mut wanted = Wanted::of_run(options.upgrade.map(|upgrade| upgrade.range));
    for file in read.iter().flat_map(Read::asked) {
        if let Some(view) = view(file) {
            options.rules.iter().for_each(|rule| (rule.wants)(&view, &mut wanted));
        }
    }
    let wants_needs = wanted.wants_needs();
    if wants_needs {
        first.insert_into(&mut wanted);
    }
    let mut answers = resolver.resolve(&wanted);
    drop(wanted);
    if !wants_needs {
        return Gathered { answers, others };
    }
    others.add(first, &answers);
    for _ in 1..ROUNDS {
        let round = Round::of(read, &others, resolver.host());
        if round.is_empty() {
            break;
        }
        let mut wanted = Wanted::default();
        round.insert_into(&mut wanted);
        let more = resolver.resolve(&wanted);
        drop(wanted);
        answers.add_notices(more.notices());
        others.add(round, &more);
    }
    Gathered { answers, others }
}

/// The facts for a file that was rewritten: an action is under its pin what it was before.
pub(super) fn facts_for<'d, 'f: 'd>(
    facts: &Facts<'d>,
    before: &File<'f>,
    after: &File<'d>,
) -> Facts<'d> {
    let name = |uses| action(uses).map(|action| action.to_string().to_ascii_lowercase());
    let mut known: BTreeMap<_, VecDeque<_>> = BTreeMap::new();
    for (uses, _) in before.view.uses() {
        if let (Some(name), Some(it)) = (name(uses), facts.files.elsewhere.get(uses)) {
            known.entry(name).or_default().push_back(*it);
        }
    }
    let mut facts = facts.clone();
    for (uses, _) in after.view.uses() {
        let known = name(uses).and_then(|name| known.get_mut(&name)?.pop_front());
        if let Some(known) = known {
            facts.files.elsewhere.insert(uses, known);
        }
    }
    facts
}

fn action(uses: &str) -> Option<ActionRef<'_>> {
    match Uses::parse(uses) {
        Uses::Repository(action) => Some(action),
        _ => None,
    }
}

impl Parsed {
    /// Reads what somebody else wrote: nothing of it is taken for granted.
    fn read(uses: &str, source: &Source, kind: FileKind) -> Result<Self, String> {
        let fail = |why: &str| format!("cannot be read: {}: {why}", source.file);
        let document = Document::parse(source.text.clone());
        let document = document.map_err(|error| fail(&error.to_string()))?;
        if kind == FileKind::Workflow {
            Workflow::new(&document).map_err(|invalid| fail(&invalid.to_string()))?;
        }
        let is_it = match View::of(kind, &document) {
            Some(View::Action(action)) => action.using().is_some(),
            Some(View::Workflow(workflow)) => workflow.is_callable(),
            Some(View::Dependabot(_)) | None => false,
        };
        if !is_it {
            return Err(fail(match kind {
                FileKind::Workflow => "it is no workflow that can be called",
                FileKind::Action | FileKind::Dependabot => "it is no action",
            }));
        }
        let name = action(uses).map_or_else(String::new, |it| it.repository().to_string());
        Ok(Self { file: format!("{name}/{}", source.file), kind, document })
    }
}
