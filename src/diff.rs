//! Unified diffs that `git apply` takes.

use similar::{Algorithm, ChangeTag, TextDiff, TextDiffConfig};

/// Lines of context around a change, as git shows.
const CONTEXT: usize = 3;

/// One line of a diff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `--- a/…`, `+++ b/…` and what git says of a missing newline.
    Header,
    /// `@@ … @@`
    Hunk,
    /// Unchanged.
    Context,
    /// It goes.
    Removed,
    /// It comes.
    Added,
}

/// The difference between two versions of a file, line by line, each with its line ending. The path
/// is that from the root of the repository. Without an old version the file is new: the patch makes
/// it, and taken back removes it.
pub fn unified(path: &str, old: Option<&str>, new: &str) -> Vec<(Kind, String)> {
    let before = old.map_or("/dev/null".to_owned(), |_| quoted("a/", path));
    let old = old.unwrap_or_default();
    // Lines end at a line feed only: a carriage return before it is content, as it is to git.
    let (old_lines, new_lines) = (lines(old), lines(new));
    let diff: TextDiff<'_, '_, str> = TextDiffConfig::default()
        .algorithm(Algorithm::Histogram)
        .diff_slices(&old_lines, &new_lines);
    let mut out = vec![
        (Kind::Header, format!("--- {before}\n")),
        (Kind::Header, format!("+++ {}\n", quoted("b/", path))),
    ];
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        out.push((Kind::Hunk, format!("{}\n", hunk.header())));
        for change in hunk.iter_changes() {
            let (kind, sign) = match change.tag() {
                ChangeTag::Equal => (Kind::Context, ' '),
                ChangeTag::Delete => (Kind::Removed, '-'),
                ChangeTag::Insert => (Kind::Added, '+'),
            };
            let line = change.value();
            if line.ends_with('\n') {
                out.push((kind, format!("{sign}{line}")));
            } else {
                out.push((kind, format!("{sign}{line}\n")));
                out.push((Kind::Header, "\\ No newline at end of file\n".to_owned()));
            }
        }
    }
    out
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// A path as git writes it: in quotes where it holds what could be misread.
fn quoted(side: &str, path: &str) -> String {
    let path = path.trim_start_matches('/');
    let is_odd = |byte: u8| !(b' '..0x7f).contains(&byte) || matches!(byte, b'"' | b'\\');
    if !path.bytes().any(is_odd) {
        // A tab ends a name with a blank in it, as git does.
        let end = if path.contains(' ') { "\t" } else { "" };
        return format!("{side}{path}{end}");
    }
    let mut out = format!("\"{side}");
    for byte in path.bytes() {
        match byte {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(char::from(byte));
            }
            byte if is_odd(byte) => out.push_str(&format!("\\{byte:03o}")),
            byte => out.push(char::from(byte)),
        }
    }
    out.push('"');
    out
}
