//! New values as text.

use super::document::Style;
use super::layout::Layout;
use super::scalar::write_string;
use super::value::{Value, ValueEntry};

/// Lines of an entry in block style, from column 0.
pub(super) fn block_entry(entry: &ValueEntry, layout: &Layout) -> Vec<String> {
    let mut lines = vec![format!("{}:", write_string(&entry.key, Style::Plain, false))];
    push_value(&mut lines, &entry.value, layout);
    if let Some(comment) = entry.comment.as_deref().and_then(comment) {
        lines[0].push_str(&" ".repeat(layout.comment_gap));
        lines[0].push_str(&comment);
    }
    lines
}

/// Lines of a sequence item in block style, its dash at column 0.
pub(super) fn block_item(value: &Value, layout: &Layout) -> Vec<String> {
    if !is_block_collection(value) {
        let mut lines = vec!["-".to_owned()];
        push_value(&mut lines, value, layout);
        return lines;
    }
    let pads = std::iter::once("- ").chain(std::iter::repeat("  "));
    block_children(value, layout).iter().zip(pads).map(|(line, pad)| indented(line, pad)).collect()
}

/// Lines of the entries of a mapping, or of the items of a sequence, from column 0.
pub(super) fn block_children(value: &Value, layout: &Layout) -> Vec<String> {
    match value {
        Value::Mapping(entries) => {
            entries.iter().flat_map(|entry| block_entry(entry, layout)).collect()
        }
        Value::Sequence(items) => items.iter().flat_map(|item| block_item(item, layout)).collect(),
        _ => Vec::new(),
    }
}

/// Whether a value goes on the lines below its key rather than behind it.
pub(super) fn is_block_collection(value: &Value) -> bool {
    match value {
        Value::Mapping(entries) => !entries.is_empty(),
        Value::Sequence(items) => !items.is_empty(),
        _ => false,
    }
}

/// Columns from a key to the collection below it.
pub(super) fn indent_below(value: &Value, layout: &Layout) -> usize {
    if matches!(value, Value::Sequence(_)) { layout.sequence_indent } else { layout.indent }
}

/// Puts a value behind the key or dash that ends the last line.
fn push_value(lines: &mut Vec<String>, value: &Value, layout: &Layout) {
    if is_block_collection(value) {
        let pad = " ".repeat(indent_below(value, layout));
        lines.extend(block_children(value, layout).iter().map(|line| indented(line, &pad)));
        return;
    }
    let last = lines.len() - 1;
    if let Value::String(text) = value
        && let Some((header, content)) = literal(text)
    {
        lines[last].push_str(header);
        let pad = " ".repeat(layout.indent);
        lines.extend(content.map(|line| indented(line, &pad)));
        return;
    }
    lines[last].push(' ');
    lines[last].push_str(&flow(value, false));
}

/// A text of several lines as a literal block: its header and its lines.
fn literal(text: &str) -> Option<(&'static str, std::str::Lines<'_>)> {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let fits = body.contains('\n')
        && !body.starts_with([' ', '\n', '\t'])
        && !body.ends_with('\n')
        && !body.chars().any(|character| character.is_control() && character != '\n');
    fits.then(|| (if body.len() < text.len() { " |" } else { " |-" }, body.lines()))
}

/// A value on one line. `in_flow`: inside brackets or braces, where more has to be quoted.
pub(super) fn flow(value: &Value, in_flow: bool) -> String {
    match value {
        Value::String(text) => write_string(text, Style::Plain, in_flow),
        Value::Styled(style, text) => write_string(text, *style, in_flow),
        Value::Boolean(truth) => truth.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Mapping(entries) => {
            let entries: Vec<_> = entries.iter().map(flow_entry).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Sequence(items) => {
            let items: Vec<_> = items.iter().map(|item| flow(item, true)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// An entry inside braces.
pub(super) fn flow_entry(entry: &ValueEntry) -> String {
    format!("{}: {}", write_string(&entry.key, Style::Plain, true), flow(&entry.value, true))
}

/// A line behind `pad`; an empty one stays empty.
fn indented(line: &str, pad: &str) -> String {
    if line.is_empty() { String::new() } else { format!("{pad}{line}") }
}

/// Lines, each behind `column` blanks.
pub(super) fn indent(lines: &[String], column: usize) -> Vec<String> {
    let pad = " ".repeat(column);
    lines.iter().map(|line| indented(line, &pad)).collect()
}

/// A comment with this text; `None` where the text cannot be one.
pub(super) fn comment(text: &str) -> Option<String> {
    let fits = !text.contains(|character: char| character.is_control() && character != '\t');
    fits.then(|| format!("# {text}").trim_end().to_owned())
}
