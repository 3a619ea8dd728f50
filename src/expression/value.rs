//! What is known of a value before a workflow runs.

/// What stands in a text for what is not known of it.
pub const GAP: char = '\u{0}';

/// What is known of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// There is none.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// This text.
    Text(String),
    /// A text that starts so.
    Prefix(String),
    /// A text with gaps, a [`GAP`] each.
    Gaps {
        /// The text.
        text: String,
        /// Whether one of them may be decided by something that the file does not show; if not, all are different
        /// from run to run.
        is_hidden: bool,
    },
    /// One of these texts in each job of a matrix.
    OneOf(Vec<String>),
    /// A text that is the same wherever this name stands, and another one elsewhere.
    Identity(&'static str),
    /// Some text that is not empty.
    Given,
    /// Different from run to run of the same kind: now this, now that.
    Varies,
    /// Decided by something that the file does not show; possibly the same in every run.
    Hidden,
}

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// In every run.
    Yes,
    /// In none.
    No,
    /// In some.
    Varies,
    /// That cannot be told.
    Hidden,
}

/// Which credentials a value may hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carries {
    /// It may hold the workflow's own token.
    pub token: bool,
    /// It may hold something else that is not empty: another token, a literal.
    pub other: bool,
}

/// What is known of a value, and which credentials it may hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// The value, as far as it is known.
    pub known: Known,
    /// What it may hold.
    pub carries: Carries,
}

impl Known {
    /// Whether it counts as true: <https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#literals>.
    pub fn truth(&self) -> Truth {
        match self {
            Self::Null | Self::Boolean(false) => Truth::No,
            Self::Boolean(true) | Self::Identity(_) | Self::Given => Truth::Yes,
            Self::Number(number) => Truth::from(*number != 0.0 && !number.is_nan()),
            Self::Text(text) => Truth::from(!text.is_empty()),
            Self::OneOf(texts) => match texts.iter().filter(|text| text.is_empty()).count() {
                0 => Truth::Yes,
                empty if empty == texts.len() => Truth::No,
                _ => Truth::Varies,
            },
            Self::Prefix(start) if start.is_empty() => Truth::Varies,
            Self::Gaps { text, .. } if text.chars().all(|c| c == GAP) => Truth::Varies,
            Self::Prefix(_) | Self::Gaps { .. } => Truth::Yes,
            Self::Varies => Truth::Varies,
            Self::Hidden => Truth::Hidden,
        }
    }

    /// What is known of something that depends on both: the less of the two.
    pub(super) fn unknown(one: &Self, other: &Self) -> Self {
        if *one == Self::Hidden || *other == Self::Hidden { Self::Hidden } else { Self::Varies }
    }

    /// Its text as far as that is known, and whether that is all of it.
    pub(super) fn text(&self) -> Option<(String, bool)> {
        match self {
            Self::Null => Some((String::new(), true)),
            Self::Boolean(value) => Some((value.to_string(), true)),
            Self::Number(number) => Some((number.to_string(), true)),
            Self::Text(text) => Some((text.clone(), true)),
            Self::Prefix(_) | Self::Gaps { .. } => {
                self.start().map(|start| (start.to_owned(), false))
            }
            Self::OneOf(_) | Self::Identity(_) | Self::Given | Self::Varies | Self::Hidden => None,
        }
    }

    /// How its text starts, as far as that is known.
    pub fn start(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Prefix(text) => Some(text),
            Self::Gaps { text, .. } => text.split(GAP).next(),
            _ => None,
        }
    }

    /// The values that it may have, each apart where they are known.
    pub fn each(&self) -> Vec<Self> {
        match self {
            Self::OneOf(texts) => texts.iter().cloned().map(Self::Text).collect(),
            other => vec![other.clone()],
        }
    }
}

impl Truth {
    /// Whether it may hold in some run.
    pub fn is_possible(self) -> bool {
        self != Self::No
    }

    /// Whether it is known to hold in some run.
    pub fn is_sure(self) -> bool {
        matches!(self, Self::Yes | Self::Varies)
    }

    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Hidden, _) | (_, Self::Hidden) => Self::Hidden,
            (Self::Varies, _) | (_, Self::Varies) => Self::Varies,
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

impl Carries {
    /// What either may hold.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { token: self.token || other.token, other: self.other || other.other }
    }

    /// Whether it may hold any.
    pub fn is_any(self) -> bool {
        self.token || self.other
    }
}

impl Value {
    /// The workflow's own token.
    pub fn workflow_token() -> Self {
        Self { known: Known::Given, carries: Carries { token: true, other: false } }
    }
}

impl Value {
    /// Whether it may be a secret: something that the file does not show.
    pub fn is_secret(&self) -> bool {
        self.carries.other && self.known == Known::Hidden
    }

    /// What it is where only texts can be: in a variable of the environment, in an input of an action.
    #[must_use]
    pub fn into_text(self) -> Self {
        let known = match self.known {
            known @ (Known::Null | Known::Boolean(_) | Known::Number(_)) => {
                known.text().map_or(known, |(text, _)| Known::Text(text))
            }
            other => other,
        };
        Self { known, ..self }
    }

    /// A text that is put together of several.
    pub fn joined(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut text = String::new();
        let (mut is_hidden, mut only_varies) = (false, true);
        let mut carries = Carries::default();
        for value in parts {
            carries = carries.or(value.carries);
            is_hidden |= value.known == Known::Hidden;
            match &value.known {
                Known::Gaps { text: known, is_hidden } => {
                    text.push_str(known);
                    only_varies &= !is_hidden;
                }
                known => match known.text() {
                    Some((known, true)) => text.push_str(&known),
                    start => {
                        only_varies &=
                            matches!(known, Known::Varies | Known::Given | Known::Identity(_));
                        text.extend(start.map(|(known, _)| known));
                        text.push(GAP);
                    }
                },
            }
        }
        let known = match text.find(GAP) {
            None => Known::Text(text),
            Some(0) if is_hidden => Known::Hidden,
            Some(0) => Known::Varies,
            Some(_) => Known::Gaps { text, is_hidden: !only_varies },
        };
        Self { known, carries }
    }
}

impl From<Known> for Value {
    fn from(known: Known) -> Self {
        let other = known.truth().is_possible() && !matches!(known, Known::Boolean(_));
        Self { known, carries: Carries { token: false, other } }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Known::Text(text.to_owned()).into()
    }
}
