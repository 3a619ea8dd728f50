//! The matrix of a job.

use std::collections::{BTreeMap, BTreeSet};

use crate::expression::{Known, Value};
use crate::workflow::Job;
use crate::yaml::{Document, NodeId, ScalarKind};

/// What `matrix` holds in the jobs that one job becomes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Matrix {
    /// The values of each key, by name in lower case.
    values: BTreeMap<String, BTreeSet<String>>,
    /// The keys with values that are no texts, but `true` or `false`.
    booleans: BTreeSet<String>,
    /// The keys whose values only the run tells, or all of them.
    hidden: Hidden,
}

#[derive(Clone, Debug, Default)]
enum Hidden {
    #[default]
    None,
    Keys(BTreeSet<String>),
    All,
}

impl Matrix {
    /// The matrix of a job:
    /// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstrategymatrix>.
    pub(crate) fn of(document: &Document, job: &Job<'_>) -> Self {
        let strategy = job.get("strategy").and_then(|strategy| document.get(strategy, "matrix"));
        let mut matrix = Self::default();
        let Some(node) = strategy else { return matrix };
        if !document.is_mapping(node) {
            matrix.hidden = Hidden::All;
            return matrix;
        }
        for entry in document.entries(node) {
            match document.scalar(entry.key) {
                Some("include") => matrix.include(document, entry.value),
                Some("exclude") | None => {}
                Some(key) => {
                    let is_list = document.is_sequence(entry.value);
                    let values = document.items(entry.value).iter().copied();
                    values.for_each(|value| matrix.add(document, key, value));
                    if !is_list {
                        matrix.hide(key);
                    }
                }
            }
        }
        matrix
    }

    /// What `include` adds: a key that not all of its entries have is empty elsewhere.
    fn include(&mut self, document: &Document, list: NodeId) {
        if !document.is_sequence(list) {
            self.hidden = Hidden::All;
            return;
        }
        let before: BTreeSet<_> = self.values.keys().cloned().collect();
        let items = document.items(list);
        let mut given = BTreeMap::<String, usize>::new();
        for entry in items.iter().flat_map(|&item| document.entries(item)) {
            let Some(key) = document.scalar(entry.key) else { continue };
            *given.entry(key.to_ascii_lowercase()).or_default() += 1;
            self.add(document, key, entry.value);
        }
        let partly = given.into_iter().filter(|(key, count)| {
            !before.contains(key) && (*count < items.len() || !before.is_empty())
        });
        for (key, _) in partly {
            self.values.entry(key).or_default().insert(String::new());
        }
    }

    fn add(&mut self, document: &Document, key: &str, value: NodeId) {
        match document.scalar(value) {
            Some(text) if !text.contains("${{") => {
                let key = key.to_ascii_lowercase();
                if document.scalar_kind(value) == Some(ScalarKind::Boolean) {
                    self.booleans.insert(key.clone());
                }
                self.values.entry(key).or_default().insert(text.to_owned());
            }
            _ => self.hide(key),
        }
    }

    fn hide(&mut self, key: &str) {
        match &mut self.hidden {
            Hidden::None => self.hidden = Hidden::Keys([key.to_ascii_lowercase()].into()),
            Hidden::Keys(keys) => drop(keys.insert(key.to_ascii_lowercase())),
            Hidden::All => {}
        }
    }

    /// What is known of a part of a value that is no text.
    pub(crate) fn part(&self) -> Known {
        match self.hidden {
            Hidden::All => Known::Hidden,
            Hidden::None | Hidden::Keys(_) => Known::Varies,
        }
    }

    /// What is known of a key.
    pub(crate) fn value(&self, key: &str) -> Value {
        let key = key.to_ascii_lowercase();
        match (&self.hidden, self.values.get(&key)) {
            (Hidden::All, _) => Known::Hidden,
            (Hidden::Keys(keys), _) if keys.contains(&key) => Known::Hidden,
            (_, None) => Known::Null,
            (_, Some(values)) => {
                let only = values.first().filter(|_| values.len() == 1);
                match (only, self.booleans.contains(&key)) {
                    (Some(only), true) => Known::Boolean(only.eq_ignore_ascii_case("true")),
                    (Some(only), false) => Known::Text(only.clone()),
                    (None, true) => Known::Varies,
                    (None, false) => Known::OneOf(values.iter().cloned().collect()),
                }
            }
        }
        .into()
    }
}
