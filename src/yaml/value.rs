//! Data that an operation brings into a document.

use super::document::Style;

/// A value to insert. It is written as plain, readable YAML in the style of its surroundings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A string; quoted only where it would not be read as one otherwise.
    String(String),
    /// A string in this style, where that can carry it: that of its neighbours, say.
    Styled(Style, String),
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(u32),
    /// A mapping, its entries in order.
    Mapping(Vec<ValueEntry>),
    /// A sequence.
    Sequence(Vec<Value>),
}

/// An entry of a [`Value::Mapping`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueEntry {
    /// The key.
    pub key: String,
    /// The value.
    pub value: Value,
    /// A comment at the end of the key's line, without its `#`. Flow style has no room for it and
    /// leaves it out.
    pub comment: Option<String>,
}

impl Value {
    /// A mapping of strings: `[("contents", "read")]`.
    pub fn mapping<'a>(entries: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let entry = |(key, value): (&str, &str)| ValueEntry::new(key, value);
        Self::Mapping(entries.into_iter().map(entry).collect())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl ValueEntry {
    /// An entry without a comment.
    pub fn new(key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { key: key.into(), value: value.into(), comment: None }
    }
}
