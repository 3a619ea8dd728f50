//! The parser's events, turned into the tree of a [`Document`].

use std::collections::{HashMap, HashSet};
use std::fmt;

use yaml_rust2::Event;
use yaml_rust2::parser::Parser;
use yaml_rust2::scanner::TScalarStyle;

use super::document::{Document, Entry, Flow, Kind, Node, NodeId, Properties, Style, Text};
use super::repair::Readable;
use super::scan::{Cursor, Mismatch};
use super::source::{Position, Source, Span};

/// How deep collections may nest. The deepest of 3,620 real files has 11 levels.
pub const MAX_DEPTH: usize = 100;

/// How large a file may be, in bytes. GitHub refuses workflows far below this.
pub const MAX_BYTES: usize = 64 << 20;

/// Why a text was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Where.
    pub position: Position,
    /// Why.
    pub refusal: Refusal,
}

/// What is wrong with a text that was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is not YAML; the parser's own words.
    Syntax(String),
    /// More than one document.
    SeveralDocuments,
    /// A key that its mapping has already; GitHub compares keys without regard to case.
    DuplicateKey {
        /// The key.
        key: String,
        /// Where it was first.
        first: Position,
    },
    /// `<<`, which GitHub does not support.
    MergeKey,
    /// `? key`, or a key that is not a scalar.
    ComplexKey,
    /// A NUL or a carriage return that ends no line.
    ControlCharacter(char),
    /// Collections nest deeper than [`MAX_DEPTH`].
    TooDeep,
    /// The text is longer than [`MAX_BYTES`].
    TooLong,
    /// The parser's events and the text did not agree.
    Misread,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.refusal.fmt(f)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(words) => write!(f, "not valid YAML: {words}"),
            Self::SeveralDocuments => {
                f.write_str("a second document starts here; GitHub reads one document a file: split the file")
            }
            Self::DuplicateKey { key, first } => {
                write!(f, "the key `{key}` was there already at {first}; remove one of them")
            }
            Self::MergeKey => {
                f.write_str("GitHub does not support the merge key `<<`; write the keys out")
            }
            Self::ComplexKey => f.write_str("a key must be plain text in front of its `:`"),
            Self::ControlCharacter('\r') => {
                f.write_str("a carriage return without a line feed; save the file with one kind of line ending")
            }
            Self::ControlCharacter(other) => {
                write!(f, "the control character {} cannot stand here; remove it", other.escape_unicode())
            }
            Self::TooDeep => write!(f, "nested deeper than {MAX_DEPTH} levels"),
            Self::TooLong => write!(f, "longer than {} MiB", MAX_BYTES >> 20),
            Self::Misread => {
                f.write_str("this place could not be read with certainty; please report it as a bug of spec8-fix")
            }
        }
    }
}

impl std::error::Error for ParseError {}

pub(super) fn parse(text: String) -> Result<Document, ParseError> {
    let start = Position { line: 1, column: 1 };
    if text.len() > MAX_BYTES {
        return Err(ParseError { position: start, refusal: Refusal::TooLong });
    }
    let source = Source::new(text);
    if let Some((offset, character)) = forbidden_character(source.text()) {
        let refusal = Refusal::ControlCharacter(character);
        return Err(ParseError { position: source.position(offset), refusal });
    }
    let mut readable = Readable::new(&source.text()[source.start()..]);
    loop {
        let mut builder = Builder::new(&source);
        match builder.read(readable.text()) {
            Ok(()) => {
                let Builder { nodes, properties, cursor, root, .. } = builder;
                let comments = cursor.comments;
                return Ok(Document { source, nodes, properties, comments, root });
            }
            Err(Failure::Syntax { words, line, column }) => {
                if !readable.repair(&words, line, column) {
                    let position = readable.original_position(line, column);
                    return Err(ParseError { position, refusal: Refusal::Syntax(words) });
                }
            }
            Err(Failure::Refused(error)) => return Err(error),
        }
    }
}

fn forbidden_character(text: &str) -> Option<(usize, char)> {
    let bytes = text.as_bytes();
    let offset = (0..bytes.len()).find(|&at| match bytes[at] {
        0 => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    })?;
    Some((offset, char::from(bytes[offset])))
}

enum Failure {
    Syntax { words: String, line: usize, column: usize },
    Refused(ParseError),
}

/// A collection that is being read.
struct Open {
    id: NodeId,
    flow: Flow,
    /// The column of a block mapping's keys or a block sequence's dashes.
    column: usize,
    /// In a mapping, the key whose value comes next.
    key: Option<NodeId>,
    is_mapping: bool,
}

struct Builder<'s> {
    source: &'s Source,
    cursor: Cursor<'s>,
    nodes: Vec<Node>,
    properties: HashMap<NodeId, Properties>,
    anchors: HashMap<usize, NodeId>,
    open: Vec<Open>,
    root: Option<NodeId>,
    documents: usize,
}

impl<'s> Builder<'s> {
    fn new(source: &'s Source) -> Self {
        Self {
            source,
            cursor: Cursor::new(source),
            nodes: Vec::with_capacity(source.text().len() / 16),
            properties: HashMap::new(),
            anchors: HashMap::new(),
            open: Vec::new(),
            root: None,
            documents: 0,
        }
    }

    fn read(&mut self, readable: &str) -> Result<(), Failure> {
        let mut parser = Parser::new_from_str(readable);
        loop {
            let (event, _) = parser.next_token().map_err(|error| Failure::Syntax {
                words: error.info().to_owned(),
                line: error.marker().line(),
                column: error.marker().col(),
            })?;
            if event == Event::StreamEnd {
                self.cursor.skip_trivia();
                return Ok(());
            }
            self.event(event).map_err(Failure::Refused)?;
        }
    }

    fn event(&mut self, event: Event) -> Result<(), ParseError> {
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd => {}
            Event::DocumentStart => {
                self.cursor.document_start();
                self.documents += 1;
                if self.documents > 1 {
                    return Err(self.refuse(Refusal::SeveralDocuments));
                }
            }
            Event::DocumentEnd => self.cursor.document_end(),
            Event::Alias(anchor) => {
                self.before_node()?;
                self.cursor.skip_trivia();
                let span = self.cursor.alias().map_err(|error| self.misread(&error))?;
                let Some(&target) = self.anchors.get(&anchor) else {
                    return Err(self.refuse(Refusal::Misread));
                };
                if let Some(properties) = self.properties.get_mut(&target) {
                    properties.aliased = true;
                }
                let id = self.add(span, Kind::Alias(target), None);
                self.place(id)?;
            }
            Event::Scalar(value, style, anchor, tag) => {
                self.scalar(value, style, anchor, tag.is_some())?;
            }
            Event::MappingStart(anchor, tag) => self.open(anchor, tag.is_some(), true)?,
            Event::SequenceStart(anchor, tag) => self.open(anchor, tag.is_some(), false)?,
            Event::MappingEnd | Event::SequenceEnd => self.close()?,
        }
        Ok(())
    }

    fn refuse(&self, refusal: Refusal) -> ParseError {
        ParseError { position: self.source.position(self.cursor.offset), refusal }
    }

    fn misread(&self, _: &Mismatch) -> ParseError {
        self.refuse(Refusal::Misread)
    }

    /// Steps from the end of the last node to where the next one may start.
    fn before_node(&mut self) -> Result<(), ParseError> {
        let Some(open) = self.open.last() else { return Ok(()) };
        let stepped = match (open.is_mapping, open.flow, open.key) {
            (true, Flow::Block, None) => {
                self.cursor.skip_trivia();
                Ok(())
            }
            (true, Flow::Block, Some(_)) => {
                self.cursor.skip_blanks();
                self.cursor.expect(b':')
            }
            (true, _, Some(_)) => {
                self.cursor.skip_trivia();
                self.cursor.accept(b':'); // `{a, b}`: keys without values
                Ok(())
            }
            (true, Flow::Pair, None) => Ok(()),
            (false, Flow::Block, _) => {
                self.cursor.skip_trivia();
                self.cursor.expect(b'-')
            }
            (_, _, None) => {
                self.cursor.skip_trivia();
                if self.cursor.accept(b',') {
                    self.cursor.skip_trivia();
                }
                Ok(())
            }
            (false, _, Some(_)) => Err(Mismatch),
        };
        stepped.map_err(|error| self.misread(&error))?;
        if self.expects_key() && self.cursor.at_indicator(b'?') {
            return Err(self.refuse(Refusal::ComplexKey));
        }
        Ok(())
    }

    fn expects_key(&self) -> bool {
        self.open.last().is_some_and(|open| open.is_mapping && open.key.is_none())
    }

    fn scalar(
        &mut self,
        value: String,
        style: TScalarStyle,
        anchor: usize,
        tag: bool,
    ) -> Result<(), ParseError> {
        self.before_node()?;
        let properties =
            self.cursor.properties(anchor > 0, tag).map_err(|error| self.misread(&error))?;
        let style = match style {
            TScalarStyle::Plain => Style::Plain,
            TScalarStyle::SingleQuoted => Style::SingleQuoted,
            TScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            TScalarStyle::Literal => Style::Literal,
            TScalarStyle::Folded => Style::Folded,
        };
        let span = if style == Style::Plain && value.is_empty() {
            Span::empty(self.cursor.offset)
        } else {
            self.cursor.skip_trivia();
            let indent = self
                .open
                .iter()
                .rev()
                .find(|open| open.flow == Flow::Block)
                .map(|open| open.column);
            self.cursor.scalar(style, &value, indent).map_err(|error| self.misread(&error))?
        };
        // The parser reads a line break where the end of the text cuts off an empty block scalar.
        let is_empty_block = style.is_block()
            && value == "\n"
            && self.source.line_of(span.start) == self.source.line_of(span.end);
        let value = if is_empty_block { String::new() } else { value };
        let inner = match style {
            Style::SingleQuoted | Style::DoubleQuoted => Span::new(span.start + 1, span.end - 1),
            _ => span,
        };
        let text = if self.source.slice(inner) == value {
            Text::Source(inner)
        } else {
            Text::Owned(value.into_boxed_str())
        };
        let id = self.add(span, Kind::Scalar(style, text), properties);
        self.anchor(anchor, id);
        self.place(id)
    }

    fn open(&mut self, anchor: usize, tag: bool, is_mapping: bool) -> Result<(), ParseError> {
        self.before_node()?;
        if self.expects_key() {
            return Err(self.refuse(Refusal::ComplexKey));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(self.refuse(Refusal::TooDeep));
        }
        let properties =
            self.cursor.properties(anchor > 0, tag).map_err(|error| self.misread(&error))?;
        self.cursor.skip_trivia();
        let start = self.cursor.offset;
        let in_flow = self.open.last().is_some_and(|open| open.flow != Flow::Block);
        let flow = match (self.cursor.peek(), is_mapping) {
            (Some(b'{'), true) | (Some(b'['), false) => {
                self.cursor.offset += 1;
                Flow::Flow
            }
            _ if !in_flow => Flow::Block,
            _ if is_mapping => Flow::Pair,
            _ => return Err(self.refuse(Refusal::Misread)),
        };
        let kind = if is_mapping {
            Kind::Mapping(flow, Vec::new())
        } else {
            Kind::Sequence(flow, Vec::new())
        };
        let id = self.add(Span::empty(start), kind, properties);
        self.anchor(anchor, id);
        self.open.push(Open { id, flow, column: self.source.column(start), key: None, is_mapping });
        Ok(())
    }

    fn close(&mut self) -> Result<(), ParseError> {
        let Some(open) = self.open.pop() else { return Err(self.refuse(Refusal::Misread)) };
        if open.flow == Flow::Flow {
            self.cursor.skip_trivia();
            if self.cursor.accept(b',') {
                self.cursor.skip_trivia();
            }
            let bracket = if open.is_mapping { b'}' } else { b']' };
            self.cursor.expect(bracket).map_err(|error| self.misread(&error))?;
            self.nodes[open.id.index()].span.end = self.cursor.offset;
        } else {
            let last = match &self.nodes[open.id.index()].kind {
                Kind::Mapping(_, entries) => entries.last().map(|entry| entry.value),
                Kind::Sequence(_, items) => items.last().copied(),
                _ => None,
            };
            let end = last.map(|last| self.nodes[last.index()].span.end);
            let node = &mut self.nodes[open.id.index()];
            node.span.end = end.unwrap_or(node.span.start);
        }
        if open.is_mapping {
            self.check_keys(open.id)?;
        }
        self.place(open.id)
    }

    fn anchor(&mut self, anchor: usize, id: NodeId) {
        if anchor > 0 {
            self.anchors.insert(anchor, id);
        }
    }

    fn add(&mut self, span: Span, kind: Kind, properties: Option<Properties>) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        let parent = self.open.last().map(|open| open.id);
        self.nodes.push(Node { span, parent, kind });
        if let Some(properties) = properties {
            self.properties.insert(id, properties);
        }
        id
    }

    /// Hangs a finished node into the collection that is open.
    fn place(&mut self, id: NodeId) -> Result<(), ParseError> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(id);
            return Ok(());
        };
        match (&mut self.nodes[open.id.index()].kind, open.key) {
            (Kind::Sequence(_, items), _) => items.push(id),
            (Kind::Mapping(_, entries), Some(key)) => {
                entries.push(Entry { key, value: id });
                open.key = None;
            }
            (Kind::Mapping(..), None) => {
                open.key = Some(id);
                return self.check_key(id);
            }
            _ => return Err(self.refuse(Refusal::Misread)),
        }
        Ok(())
    }

    fn check_key(&self, key: NodeId) -> Result<(), ParseError> {
        let node = &self.nodes[key.index()];
        let position = self.source.position(node.span.start);
        match &node.kind {
            Kind::Scalar(style, _) if style.is_block() || node.span.is_empty() => {
                Err(ParseError { position, refusal: Refusal::ComplexKey })
            }
            Kind::Scalar(Style::Plain, _) if self.source.slice(node.span) == "<<" => {
                Err(ParseError { position, refusal: Refusal::MergeKey })
            }
            Kind::Scalar(..) => Ok(()),
            _ => Err(ParseError { position, refusal: Refusal::ComplexKey }),
        }
    }

    fn key_text(&self, key: NodeId) -> &str {
        match &self.nodes[key.index()].kind {
            Kind::Scalar(_, Text::Owned(text)) => text,
            Kind::Scalar(_, Text::Source(span)) => self.source.slice(*span),
            _ => "",
        }
    }

    fn check_keys(&self, mapping: NodeId) -> Result<(), ParseError> {
        let Kind::Mapping(_, entries) = &self.nodes[mapping.index()].kind else { return Ok(()) };
        let mut seen = HashSet::with_capacity(entries.len());
        let Some(second) =
            entries.iter().find(|entry| !seen.insert(self.key_text(entry.key).to_lowercase()))
        else {
            return Ok(());
        };
        let key = self.key_text(second.key);
        let same = |entry: &&Entry| self.key_text(entry.key).to_lowercase() == key.to_lowercase();
        let first = entries.iter().find(same).unwrap_or(second);
        let position = |key: NodeId| self.source.position(self.nodes[key.index()].span.start);
        Err(ParseError {
            position: position(second.key),
            refusal: Refusal::DuplicateKey { key: key.to_owned(), first: position(first.key) },
        })
    }
}
