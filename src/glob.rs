//! Patterns in which `*` stands for any characters and `?` for one.

/// Whether the text matches the pattern as a whole.
pub fn matches(glob: &str, text: &str) -> bool {
    let mut glob = glob.chars();
    match glob.next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = glob.as_str();
            matches(rest, text)
                || text.char_indices().any(|(at, c)| matches(rest, &text[at + c.len_utf8()..]))
        }
        Some(wanted) => {
            let mut text = text.chars();
            text.next().is_some_and(|c| wanted == '?' || wanted == c)
                && matches(glob.as_str(), text.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_patterns() {
        for (glob, text, expected) in [
            ("stable", "stable", true),
            ("stable", "stable2", false),
            ("1.?", "1.9", true),
            ("1.?", "1.70", false),
            ("1.*.*", "1.70.0", true),
            ("1.*.*", "1.70", false),
            ("*", "", true),
            ("a*é", "abé", true),
        ] {
            assert_eq!(matches(glob, text), expected, "{glob} {text}");
        }
    }
}
