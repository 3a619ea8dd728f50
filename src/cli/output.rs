//! The two streams: standard output holds what programs read, standard error what people do.

use std::io::{self, BufWriter, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

/// Where the program writes. A stream whose reader went away is written to no more.
pub(super) struct Output {
    out: BufWriter<AutoStream<io::StdoutLock<'static>>>,
    err: BufWriter<AutoStream<io::StderrLock<'static>>>,
}

impl Output {
    pub(super) fn new(color: ColorChoice) -> Self {
        Self {
            out: BufWriter::new(AutoStream::new(io::stdout().lock(), color)),
            err: BufWriter::new(AutoStream::new(io::stderr().lock(), color)),
        }
    }

    /// Writes to standard output in a style.
    pub(super) fn print(&mut self, style: Style, text: &str) {
        let _ = if style == Style::new() {
            self.out.write_all(text.as_bytes())
        } else {
            // The line ending stays outside, so that no terminal paints the next line.
            let line = text.trim_end_matches(['\r', '\n']);
            write!(self.out, "{style}{line}{style:#}{}", &text[line.len()..])
        };
    }

    /// Writes a message for people.
    pub(super) fn message(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        let _ = self.out.flush();
        let _ = write(&mut self.err);
    }

    /// Writes an error, in one line.
    pub(super) fn error(&mut self, message: &str) {
        let style = AnsiColor::Red.on_default().bold();
        self.message(|err| writeln!(err, "{style}error{style:#}: {message}"));
    }

    /// Writes what a person should know, in one line.
    pub(super) fn notice(&mut self, message: &str) {
        let style = AnsiColor::Yellow.on_default().bold();
        self.message(|err| writeln!(err, "{style}note{style:#}: {message}"));
    }

    pub(super) fn flush(&mut self) {
        let _ = self.out.flush();
        let _ = self.err.flush();
    }
}
