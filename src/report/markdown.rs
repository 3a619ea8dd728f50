//! Text as GitHub renders it.

/// A text in which nothing but `code` means something to Markdown: no HTML, no mention of a user, no
/// reference to an issue, in one line.
pub fn inline(text: &str) -> String {
    let mut out = String::new();
    let mut in_code = false;
    // A code span that does not end would take all that follows with it.
    let has_pairs = text.matches('`').count().is_multiple_of(2);
    // An escape would be a part of an address.
    let mut in_address = false;
    for (at, c) in text.char_indices() {
        in_address = !c.is_whitespace() && (in_address || text[at..].starts_with("https://"));
        match c {
            '`' if has_pairs => {
                in_code = !in_code;
                out.push('`');
            }
            '\n' | '\r' => out.push(' '),
            c if in_code => out.push(c),
            '<' => out.push_str("&lt;"),
            c if in_address => out.push(c),
            '@' | '#' => {
                out.push(c);
                out.push_str("<!-- -->");
            }
            '*' | '_' | '[' | ']' | '\\' | '`' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// A text in a cell of a table.
pub fn cell(text: &str) -> String {
    inline(text).replace('|', "\\|")
}

/// A number of things.
pub fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_stays_text() {
        for (text, expected) in [
            ("`a@v1` is <b>", "`a@v1` is &lt;b>"),
            ("ask @octocat in #1", "ask @<!-- -->octocat in #<!-- -->1"),
            ("one ` only", "one \\` only"),
            ("see https://a.example/b_c#d_e", "see https://a.example/b_c#d_e"),
            ("see https://a.example/<b>", "see https://a.example/&lt;b>"),
            ("a_b\nc*", "a\\_b c\\*"),
        ] {
            assert_eq!(inline(text), expected);
        }
        assert_eq!(cell("a|b"), "a\\|b");
    }
}
