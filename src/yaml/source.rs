//! A file's text with its lines: offsets, positions, line endings.

use std::fmt;

/// A half-open range of byte offsets into a file's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte behind the last one.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to, not including, `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The span of no bytes at `offset`.
    pub const fn empty(offset: usize) -> Self {
        Self::new(offset, offset)
    }

    /// Whether it holds no byte.
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `offset` lies strictly inside, where inserted text would split it.
    pub const fn splits_at(self, offset: usize) -> bool {
        self.start < offset && offset < self.end
    }
}

/// A place in a file as editors show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A file's text and where its lines start. A byte order mark belongs to no line's content.
#[derive(Clone, Debug)]
pub struct Source {
    text: String,
    line_starts: Vec<u32>,
}

const BYTE_ORDER_MARK: &str = "\u{feff}";

impl Source {
    /// Takes a file's text. Texts of 4 GiB and more are not supported; [`super::Document::parse`]
    /// refuses them before this is called.
    pub fn new(text: String) -> Self {
        let first = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let breaks = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let line_starts = std::iter::once(first)
            .chain(breaks.map(|(offset, _)| offset + 1))
            .map(|offset| offset as u32)
            .collect();
        Self { text, line_starts }
    }

    /// The whole text, a byte order mark included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole text, given away.
    pub fn into_text(self) -> String {
        self.text
    }

    /// Where the content starts: behind a byte order mark.
    pub fn start(&self) -> usize {
        self.line_starts[0] as usize
    }

    /// The text of a span.
    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.start..span.end]
    }

    /// The number of lines; text behind the last line break is a line, nothing behind it is one too.
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    /// The line, from 0, that holds a byte offset.
    pub fn line_of(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|&start| start as usize <= offset).saturating_sub(1)
    }

    /// The content of a line, from 0, without its line ending.
    pub fn line(&self, line: usize) -> Span {
        let start = self.line_starts[line] as usize;
        let next = self.next_line_start(line);
        Span::new(start, next - self.ending(line).len())
    }

    /// Where the line behind `line` starts, or the end of the text.
    pub fn next_line_start(&self, line: usize) -> usize {
        self.line_starts.get(line + 1).map_or(self.text.len(), |&start| start as usize)
    }

    /// The line ending of a line: `\n`, `\r\n`, or nothing at the end of the text.
    pub fn ending(&self, line: usize) -> &'static str {
        let with_ending = &self.text[self.line_starts[line] as usize..self.next_line_start(line)];
        match with_ending {
            text if text.ends_with("\r\n") => "\r\n",
            text if text.ends_with('\n') => "\n",
            _ => "",
        }
    }

    /// The line ending for a line that is added behind `line`: its own, else that of the line
    /// before, else `\n`.
    pub fn ending_for_new_line(&self, line: usize) -> &'static str {
        match self.ending(line) {
            "" if line > 0 => self.ending(line - 1),
            "" => "\n",
            ending => ending,
        }
    }

    /// Whether a line holds nothing but blanks.
    pub fn is_blank(&self, line: usize) -> bool {
        self.slice(self.line(line)).bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
    }

    /// The column of an offset: characters since its line began, from 0.
    pub fn column(&self, offset: usize) -> usize {
        let start = self.line_starts[self.line_of(offset)] as usize;
        if offset <= start { 0 } else { self.text[start..offset].chars().count() }
    }

    /// The blanks that a line begins with.
    pub fn leading_blanks(&self, line: usize) -> &str {
        let content = self.slice(self.line(line));
        &content[..content.len() - content.trim_start_matches([' ', '\t']).len()]
    }

    /// The place of an offset as people count it.
    pub fn position(&self, offset: usize) -> Position {
        Position { line: self.line_of(offset) + 1, column: self.column(offset) + 1 }
    }
}
