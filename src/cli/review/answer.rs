//! A question, and the key that answers it.
//!
//! The look is dialoguer's, and so is the reading of keys. Its own prompts do not fit: they hide the
//! cursor, which stays hidden when Ctrl-C ends the program, and Ctrl-D is nothing to them.

use anstyle::Style;
use dialoguer::console::{self, Term};
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};

use super::Output;
use super::page::Page;

/// What can be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
    AllOfRule,
    NoneOfRule,
    AllOfFile,
    Explain,
    Quit,
    Interrupt,
}

impl Answer {
    fn words(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::AllOfRule => "all of this rule",
            Self::NoneOfRule => "none of this rule",
            Self::AllOfFile => "all of this file",
            Self::Explain => "explain",
            Self::Quit | Self::Interrupt => "quit",
        }
    }
}

/// A key that answers.
pub(super) struct Key {
    letter: char,
    /// What it does, with the letter in brackets; nothing where that is not worth showing.
    label: String,
    answer: Answer,
}

impl Key {
    pub(super) fn new(letter: char, label: impl Into<String>, answer: Answer) -> Self {
        Self { letter, label: label.into(), answer }
    }
}

/// Asks until one of the keys is pressed, or Enter for the default.
pub(super) fn ask(
    prompt: &str,
    default: Answer,
    keys: &[Key],
    page: &Page,
    output: &mut Output,
) -> Answer {
    let labels = keys.iter().map(|key| key.label.as_str()).filter(|label| !label.is_empty());
    let labels: Vec<_> = labels.collect();
    loop {
        page.choices(&labels, output);
        output.say(Style::new(), &asked(prompt, default, output.is_coloured()));
        output.flush();
        let answer = read(default, keys);
        output.say(Style::new(), &format!("{}\n", answer.map_or("?", Answer::words)));
        output.flush();
        if let Some(answer) = answer {
            return answer;
        }
    }
}

/// The question, as dialoguer shows it.
fn asked(prompt: &str, default: Answer, coloured: bool) -> String {
    console::set_colors_enabled_stderr(coloured);
    let colourful = ColorfulTheme::default();
    let theme: &dyn Theme = if coloured { &colourful } else { &SimpleTheme };
    let mut text = String::new();
    match theme.format_input_prompt(&mut text, prompt, Some(default.words())) {
        Ok(()) => text,
        Err(_) => format!("{prompt} [{}]: ", default.words()),
    }
}

/// The answer of the next key; `None` where it says nothing.
fn read(default: Answer, keys: &[Key]) -> Option<Answer> {
    match Term::stderr().read_key_raw() {
        Ok(console::Key::Enter) => Some(default),
        Ok(console::Key::CtrlC) => Some(Answer::Interrupt),
        // Ctrl-D; and a terminal that is gone.
        Ok(console::Key::Char('\u{4}')) | Err(_) => Some(Answer::Quit),
        Ok(console::Key::Char(letter)) => {
            let letter = letter.to_ascii_lowercase();
            keys.iter().find(|key| key.letter == letter).map(|key| key.answer)
        }
        Ok(_) => None,
    }
}
