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
        let _ = styled(&mut self.out, style, text);
    }

    /// Writes for people in a style.
    pub(super) fn say(&mut self, style: Style, text: &str) {
        self.message(|err| styled(err, style, text));
    }

    /// Whether what is written for people has colours.
    pub(super) fn is_coloured(&self) -> bool {
        self.err.get_ref().current_choice() != ColorChoice::Never
    }

    /// Writes a line to standard output.
    pub(super) fn print_line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{text}");
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

    /// Lets everything be seen.
    pub(super) fn flush(&mut self) {
        let _ = self.out.flush();
        let _ = self.err.flush();
    }
}

fn styled(stream: &mut (impl Write + ?Sized), style: Style, text: &str) -> io::Result<()> {
    if style == Style::new() {
        return stream.write_all(text.as_bytes());
    }
    // The line ending stays outside, so that no terminal paints the next line.
    let line = text.trim_end_matches(['\r', '\n']);
    write!(stream, "{style}{line}{style:#}{}", &text[line.len()..])
}
