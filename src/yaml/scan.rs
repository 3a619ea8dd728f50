//! A cursor over the text that walks behind the parser's events and finds where each node truly
//! starts and ends.
//!
//! The parser's marks give a start only, and not always the true one. But its events say exactly
//! what comes next, and YAML leaves no choice where that stands: behind blanks, line breaks and
//! comments, then the indicator that the event implies. So the cursor goes from one node to the
//! next, and every scalar that it steps over is held against the value that the parser read. A
//! difference is a fault on either side, and the file is refused.

use super::document::{Comment, Properties, Style};
use super::source::{Source, Span};

/// The text was not as the parser's events said.
#[derive(Debug)]
pub(super) struct Mismatch;

pub(super) type Scanned<T> = Result<T, Mismatch>;

pub(super) struct Cursor<'s> {
    source: &'s Source,
    bytes: &'s [u8],
    pub(super) offset: usize,
    pub(super) comments: Vec<Comment>,
}

impl<'s> Cursor<'s> {
    pub(super) fn new(source: &'s Source) -> Self {
        let bytes = source.text().as_bytes();
        Self { source, bytes, offset: source.start(), comments: Vec::new() }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.offset).copied()
    }

    fn at_blank_or_end(&self, offset: usize) -> bool {
        self.bytes.get(offset).is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
    }

    /// Whether `indicator` stands here as one: with a blank or the end behind it.
    pub(super) fn at_indicator(&self, indicator: u8) -> bool {
        self.peek() == Some(indicator) && self.at_blank_or_end(self.offset + 1)
    }

    pub(super) fn expect(&mut self, byte: u8) -> Scanned<()> {
        if self.peek() != Some(byte) {
            return Err(Mismatch);
        }
        self.offset += 1;
        Ok(())
    }

    /// Steps over `byte` where it is next.
    pub(super) fn accept(&mut self, byte: u8) -> bool {
        self.expect(byte).is_ok()
    }

    fn skip_while(&mut self, matches: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&matches) {
            self.offset += 1;
        }
    }

    pub(super) fn skip_blanks(&mut self) {
        self.skip_while(|byte| matches!(byte, b' ' | b'\t'));
    }

    /// Steps over blanks, line breaks and comments, and notes the comments.
    pub(super) fn skip_trivia(&mut self) {
        loop {
            self.skip_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
            let start = self.offset;
            let line_start = self.source.start();
            let apart = start == line_start || self.at_blank_or_end(start - 1);
            if self.peek() != Some(b'#') || !apart {
                return;
            }
            self.note_comment();
        }
    }

    fn note_comment(&mut self) {
        let line = self.source.line(self.source.line_of(self.offset));
        let before = self.source.slice(Span::new(line.start, self.offset));
        let own_line = before.trim_start_matches([' ', '\t']).is_empty();
        self.comments.push(Comment { span: Span::new(self.offset, line.end), own_line });
        self.offset = line.end;
    }

    /// Steps over directives and `---`.
    pub(super) fn document_start(&mut self) {
        loop {
            self.skip_trivia();
            match self.peek() {
                Some(b'%') => self.skip_line(),
                _ if self.bytes[self.offset..].starts_with(b"---")
                    && self.at_blank_or_end(self.offset + 3)
                    && self.source.column(self.offset) == 0 =>
                {
                    self.offset += 3;
                    return;
                }
                _ => return,
            }
        }
    }

    /// Steps over `...`, and gives where the document ended.
    pub(super) fn document_end(&mut self) {
        self.skip_trivia();
        if self.bytes[self.offset..].starts_with(b"...") {
            self.offset += 3;
        }
        self.skip_trivia();
    }

    fn skip_line(&mut self) {
        self.offset = self.source.next_line_start(self.source.line_of(self.offset));
    }

    /// Steps over the anchor and the tag that the event announced.
    pub(super) fn properties(&mut self, anchor: bool, tag: bool) -> Scanned<Option<Properties>> {
        if !anchor && !tag {
            return Ok(None);
        }
        self.skip_trivia();
        let mut properties = Properties { start: self.offset, ..Properties::default() };
        for _ in 0..usize::from(anchor) + usize::from(tag) {
            self.skip_trivia();
            let start = self.offset;
            let is_anchor = self.peek() == Some(b'&');
            if !is_anchor && self.peek() != Some(b'!') {
                return Err(Mismatch);
            }
            self.skip_while(|byte| {
                !matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b'[' | b']' | b'{' | b'}')
            });
            let text = self.source.slice(Span::new(start, self.offset));
            if is_anchor {
                properties.anchor = Some(text[1..].to_owned());
            } else {
                properties.tag = Some(text.to_owned());
            }
        }
        Ok(Some(properties))
    }

    /// Steps over `*name`.
    pub(super) fn alias(&mut self) -> Scanned<Span> {
        let start = self.offset;
        self.expect(b'*')?;
        self.skip_while(|byte| {
            !matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b'[' | b']' | b'{' | b'}')
        });
        Ok(Span::new(start, self.offset))
    }

    /// Steps over a scalar of this style and value; `indent` is the column of the block collection
    /// that it stands in.
    pub(super) fn scalar(
        &mut self,
        style: Style,
        value: &str,
        indent: Option<usize>,
    ) -> Scanned<Span> {
        let start = self.offset;
        match style {
            Style::Plain => self.plain(value)?,
            Style::SingleQuoted => self.quoted(b'\'')?,
            Style::DoubleQuoted => self.quoted(b'"')?,
            Style::Literal => return self.block_scalar(b'|', value, indent),
            Style::Folded => return self.block_scalar(b'>', value, indent),
        }
        Ok(Span::new(start, self.offset))
    }

    /// A plain scalar ends where its value is used up. Each run of line breaks with the blanks
    /// around it was folded: into a blank where it was one break, else into one break fewer.
    fn plain(&mut self, value: &str) -> Scanned<()> {
        let mut rest = value.as_bytes();
        while let Some(&next) = rest.first() {
            if matches!(next, b' ' | b'\n') && self.breaks_here() {
                let breaks = self.skip_breaks();
                let folded = if breaks == 1 { 1 } else { breaks - 1 };
                let expected: &[u8] = if breaks == 1 { b" " } else { b"\n" };
                for _ in 0..folded {
                    rest = rest.strip_prefix(expected).ok_or(Mismatch)?;
                }
                continue;
            }
            self.expect(next)?;
            rest = &rest[1..];
        }
        Ok(())
    }

    fn breaks_here(&self) -> bool {
        let next = self.bytes[self.offset..].iter().find(|byte| !matches!(byte, b' ' | b'\t'));
        matches!(next, Some(b'\n' | b'\r'))
    }

    fn skip_breaks(&mut self) -> usize {
        let start = self.offset;
        self.skip_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
        self.bytes[start..self.offset].iter().filter(|&&byte| byte == b'\n').count()
    }

    fn quoted(&mut self, quote: u8) -> Scanned<()> {
        self.expect(quote)?;
        loop {
            match self.peek().ok_or(Mismatch)? {
                b'\\' if quote == b'"' => self.offset += 2,
                byte if byte == quote => {
                    self.offset += 1;
                    if quote == b'"' || !self.accept(quote) {
                        return Ok(());
                    }
                }
                _ => self.offset += 1,
            }
        }
    }

    /// The header, then every line at the content's indentation. Blank lines at the end belong to
    /// the scalar only where its header keeps them (`+`).
    fn block_scalar(&mut self, indicator: u8, value: &str, parent: Option<usize>) -> Scanned<Span> {
        let start = self.offset;
        self.expect(indicator)?;
        let header = self.offset;
        self.skip_while(|byte| matches!(byte, b'+' | b'-' | b'0'..=b'9'));
        let indicators = self.source.slice(Span::new(header, self.offset));
        let keep = indicators.contains('+');
        let digit = indicators.bytes().find(u8::is_ascii_digit).map(|digit| digit - b'0');
        let mut end = self.offset;
        self.skip_blanks();
        if self.peek() == Some(b'#') {
            self.note_comment();
        }
        let first = self.source.line_of(start) + 1;
        let lines = first..self.source.line_count();
        let indent_of = |line: usize| {
            let content = self.source.slice(self.source.line(line));
            let blanks = content.len() - content.trim_start_matches(' ').len();
            (blanks < content.len()).then_some(blanks)
        };
        let content_indent = match digit {
            Some(digit) => Some(parent.unwrap_or(0) + usize::from(digit)),
            None => lines
                .clone()
                .find_map(indent_of)
                .filter(|&indent| parent.is_none_or(|parent| indent > parent)),
        };
        let mut content = Vec::new();
        for line in lines {
            let span = self.source.line(line);
            match indent_of(line) {
                Some(indent) if content_indent.is_some_and(|content| indent >= content) => {
                    end = span.end;
                    content.push(span);
                }
                // A line of blanks that reach beyond the indentation is content, too.
                None if content_indent.is_some_and(|content| span.end - span.start > content) => {
                    end = span.end;
                }
                None if span.start < self.bytes.len() => {
                    if keep {
                        end = span.end;
                    }
                }
                _ => break,
            }
        }
        let text = content.iter().flat_map(|&line| self.source.slice(line).chars());
        let visible = |character: &char| !character.is_whitespace();
        if !text.filter(visible).eq(value.chars().filter(visible)) {
            return Err(Mismatch);
        }
        self.offset = end.max(self.offset);
        Ok(Span::new(start, end))
    }
}
