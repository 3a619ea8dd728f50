//! Our trees against those of another parser, PyYAML, over real files: values, nesting, and where
//! each node starts and ends.
#![allow(clippy::unwrap_used)]

mod support;

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use spec8_fix::yaml::{Document, Flow, NodeId, Style};

const DUMP: &str = r#"
import sys, yaml
def show(depth, node, seen, out):
    s, e = node.start_mark, node.end_mark
    here = f"{depth} {s.line + 1}:{s.column + 1}"
    if id(node) in seen:
        out.append(f"{depth} again"); return
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        block = node.style in ("|", ">")
        end = "" if block else f" {e.line + 1}:{e.column + 1}"
        out.append(f"{here}{end} {node.value!a}" if node.value or node.style else f"{depth} empty")
    elif isinstance(node, yaml.MappingNode):
        out.append(f"{here} mapping {len(node.value)}")
        for k, v in node.value:
            show(depth + 1, k, seen, out); show(depth + 1, v, seen, out)
    else:
        flow = f" {e.line + 1}:{e.column + 1}" if node.flow_style else ""
        out.append(f"{here}{flow} sequence {len(node.value)}")
        for v in node.value:
            show(depth + 1, v, seen, out)
for name in sys.stdin.read().splitlines():
    out = []
    try:
        node = yaml.compose(open(name, encoding="utf-8-sig", newline="").read(), Loader=yaml.BaseLoader)
        if node is not None:
            show(0, node, set(), out)
    except yaml.YAMLError:
        out = ["refused"]
    print("\n".join(["\x01" + name] + out))
"#;

#[test]
fn trees_are_those_of_another_parser() {
    let files = support::corpus_files();
    let available =
        Command::new("python3").args(["-c", "import yaml"]).stderr(Stdio::null()).status();
    if files.is_empty() || !available.is_ok_and(|status| status.success()) {
        println!("skipped: needs the corpus and python3 with PyYAML");
        return;
    }
    let mut python = Command::new("python3")
        .args(["-c", DUMP])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let names: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
    let mut stdin = python.stdin.take().unwrap();
    let input = names.join("\n");
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()).unwrap());
    let output = String::from_utf8(python.wait_with_output().unwrap().stdout).unwrap();
    writer.join().unwrap();

    let mut compared = 0;
    for theirs in output.split('\u{1}').filter(|part| !part.is_empty()) {
        let (name, theirs) = theirs.split_once('\n').unwrap();
        let text = std::fs::read_to_string(name).unwrap();
        let ours = match Document::parse(text) {
            Ok(document) => dump(&document),
            Err(error) => format!("refused {} {error}\n", error.position),
        };
        if theirs.trim() == "refused" {
            println!(
                "{name}: refused by PyYAML; ours: {}",
                ours.lines().next().unwrap_or_default()
            );
            continue;
        }
        let difference = ours.lines().zip(theirs.lines()).find(|(ours, theirs)| ours != theirs);
        assert!(difference.is_none(), "{name}: ours and theirs: {difference:?}");
        assert_eq!(ours.lines().count(), theirs.lines().count(), "{name}");
        compared += 1;
    }
    println!("{compared} of {} files compared", files.len());
    assert!(compared * 100 >= files.len() * 99);
}

fn dump(document: &Document) -> String {
    let mut out = String::new();
    if let Some(root) = document.root() {
        show(document, 0, root, &mut out);
    }
    out
}

fn show(document: &Document, depth: usize, node: NodeId, out: &mut String) {
    let source = document.source();
    let start = source.position(document.outer_start(node));
    let end = source.position(document.span(node).end);
    if document.is_alias(node) {
        writeln!(out, "{depth} again").unwrap();
    } else if let Some(value) = document.scalar(node) {
        let style = document.style(node).unwrap();
        if value.is_empty() && style == Style::Plain {
            writeln!(out, "{depth} empty").unwrap();
        } else {
            // Parsers differ on whether a block scalar cut off by the end of the text ends its line.
            let cut_off = style.is_block() && document.span(node).end == document.text().len();
            let value = if cut_off { value.trim_end_matches('\n') } else { value };
            let end = if style.is_block() { String::new() } else { format!(" {end}") };
            writeln!(out, "{depth} {start}{end} {}", python_ascii(value)).unwrap();
        }
    } else if document.is_mapping(node) {
        let entries = document.entries(node);
        writeln!(out, "{depth} {start} mapping {}", entries.len()).unwrap();
        for entry in entries {
            show(document, depth + 1, entry.key, out);
            show(document, depth + 1, entry.value, out);
        }
    } else {
        let items = document.items(node);
        let flow = document.flow(node) == Some(Flow::Flow);
        let end = if flow { format!(" {end}") } else { String::new() };
        writeln!(out, "{depth} {start}{end} sequence {}", items.len()).unwrap();
        for &item in items {
            show(document, depth + 1, item, out);
        }
    }
}

/// A text as Python's `ascii` shows it.
fn python_ascii(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            other if other == quote => {
                out.push('\\');
                out.push(other);
            }
            ' '..='~' => out.push(character),
            other if u32::from(other) < 0x100 => {
                write!(out, "\\x{:02x}", u32::from(other)).unwrap();
            }
            other if u32::from(other) < 0x10000 => {
                write!(out, "\\u{:04x}", u32::from(other)).unwrap();
            }
            other => write!(out, "\\U{:08x}", u32::from(other)).unwrap(),
        }
    }
    out.push(quote);
    out
}
