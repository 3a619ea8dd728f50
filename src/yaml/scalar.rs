//! What a scalar's text means, and how a text is written as a scalar.

use super::document::Style;

/// What a plain scalar means by the core schema of YAML 1.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarKind {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// Anything else.
    String,
}

impl ScalarKind {
    /// The meaning of an unquoted text.
    pub fn of_plain(text: &str) -> Self {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Self::Null,
            "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Self::Boolean,
            _ if is_number(text) => Self::Number,
            _ => Self::String,
        }
    }
}

fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let all = |digits: &str, is_digit: fn(&u8) -> bool| {
        !digits.is_empty() && digits.as_bytes().iter().all(is_digit)
    };
    if let Some(hexadecimal) = text.strip_prefix("0x") {
        return all(hexadecimal, u8::is_ascii_hexdigit);
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return all(octal, |byte| matches!(byte, b'0'..=b'7'));
    }
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let exponent_fits = exponent.is_none_or(|exponent| {
        all(exponent.strip_prefix(['-', '+']).unwrap_or(exponent), u8::is_ascii_digit)
    });
    let digits = mantissa.replacen('.', "", 1);
    exponent_fits && all(&digits, u8::is_ascii_digit)
}

/// Writes a text as a scalar on one line, in `preferred` style where that can carry it, so that it
/// reads back as this very string. `in_flow`: inside brackets or braces.
pub(super) fn write_string(text: &str, preferred: Style, in_flow: bool) -> String {
    let printable = !text.chars().any(char::is_control);
    match preferred {
        Style::Plain if is_plain(text, in_flow) => text.to_owned(),
        Style::DoubleQuoted => double_quoted(text),
        _ if printable => format!("'{}'", text.replace('\'', "''")),
        _ => double_quoted(text),
    }
}

fn double_quoted(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            other if other.is_control() => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(other));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// Whether a text can stand without quotes, be it a key or a value, and still be this string.
pub(super) fn is_plain(text: &str, in_flow: bool) -> bool {
    let mut characters = text.chars();
    let Some(first) = characters.next() else { return false };
    let starts_well = match first {
        '-' | '?' | ':' => characters.next().is_some_and(|second| {
            !second.is_whitespace() && second != '-' && !(in_flow && is_flow_indicator(second))
        }),
        ',' | '[' | ']' | '{' | '}' | '#' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%'
        | '@' | '`' => false,
        _ => !text.starts_with("..."),
    };
    starts_well
        && text.trim() == text
        && !text.chars().any(|character| character.is_control() || character == '\u{feff}')
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with(':')
        && !(in_flow && text.contains(is_flow_indicator))
        && ScalarKind::of_plain(text) == ScalarKind::String
}

fn is_flow_indicator(character: char) -> bool {
    matches!(character, ',' | '[' | ']' | '{' | '}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_means_what_the_core_schema_says() {
        for (text, kind) in [
            ("", ScalarKind::Null),
            ("~", ScalarKind::Null),
            ("true", ScalarKind::Boolean),
            ("on", ScalarKind::String),
            ("yes", ScalarKind::String),
            ("1.70", ScalarKind::Number),
            ("1.70.0", ScalarKind::String),
            ("0x1F", ScalarKind::Number),
            ("1e3", ScalarKind::Number),
            (".5", ScalarKind::Number),
            ("-", ScalarKind::String),
            (".", ScalarKind::String),
            ("v4", ScalarKind::String),
        ] {
            assert_eq!(ScalarKind::of_plain(text), kind, "{text:?}");
        }
    }

    #[test]
    fn text_is_quoted_only_where_it_must_be() {
        for (text, in_flow, written) in [
            ("read", false, "read"),
            ("1.70", false, "'1.70'"),
            ("a: b", false, "'a: b'"),
            ("a,b", false, "a,b"),
            ("a,b", true, "'a,b'"),
            ("it's #1", false, "'it''s #1'"),
            ("-x", false, "-x"),
            ("- x", false, "'- x'"),
            ("two\nlines", false, "\"two\\nlines\""),
            ("", false, "''"),
            ("true", false, "'true'"),
        ] {
            assert_eq!(write_string(text, Style::Plain, in_flow), written, "{text:?}");
        }
    }
}
