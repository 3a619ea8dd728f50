//! A word of a script, as far as it is known.

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// This text.
    Text(String),
    /// What a variable of the environment holds, or what is made of it.
    Variable(String),
    /// An expression of GitHub: what stands between `${{` and `}}`.
    Expression(String),
    /// Something that only the run tells.
    Unknown,
}

/// A word: its parts in order. Quotes and backslashes are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word(Vec<Piece>);

impl Word {
    /// A word of these parts; texts that meet become one.
    pub fn new(pieces: impl IntoIterator<Item = Piece>) -> Self {
        let mut word = Self::default();
        pieces.into_iter().for_each(|piece| word.push(piece));
        word
    }

    /// Its parts.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Adds a part.
    pub(super) fn push(&mut self, piece: Piece) {
        match (self.0.last_mut(), piece) {
            (_, Piece::Text(text)) if text.is_empty() => {}
            (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
            (_, piece) => self.0.push(piece),
        }
    }

    /// The whole text, if it is known.
    pub fn text(&self) -> Option<&str> {
        match &self.0[..] {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The text that it starts with, as far as that is known.
    pub fn start(&self) -> &str {
        match self.0.first() {
            Some(Piece::Text(text)) => text,
            _ => "",
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is known to start so.
    pub fn starts_with(&self, start: &str) -> bool {
        self.start().starts_with(start)
    }

    /// What follows a text that it is known to start with.
    pub fn behind(&self, start: &str) -> Option<Self> {
        if start.is_empty() {
            return Some(self.clone());
        }
        let rest = self.start().strip_prefix(start)?.to_owned();
        Some(Self::new([Piece::Text(rest)].into_iter().chain(self.0[1..].iter().cloned())))
    }

    /// Whether a text stands in it, as far as it is known.
    pub fn contains(&self, part: &str) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains(part)))
    }

    /// It as a template: variables as `$NAME`, expressions as `${{ … }}`, the rest as `…`.
    pub fn shown(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Variable(name) => format!("${name}"),
            Piece::Expression(text) => format!("${{{{{text}}}}}"),
            Piece::Unknown => "…".to_owned(),
        };
        self.0.iter().map(piece).collect()
    }

    /// Whether it is the file that holds the environment of the steps behind.
    pub(super) fn is_environment(&self) -> bool {
        match self.pieces() {
            [Piece::Variable(name)] => name == "GITHUB_ENV",
            [Piece::Expression(text)] => text.trim() == "github.env",
            _ => false,
        }
    }

    /// What it sets, if it is `NAME=value`.
    pub fn assignment(&self) -> Option<(String, Self)> {
        let (name, _) = self.start().split_once('=')?;
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        (is_name && !name.is_empty())
            .then(|| Some((name.to_owned(), self.behind(&format!("{name}="))?)))?
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self::new([Piece::Text(text.to_owned())])
    }
}
