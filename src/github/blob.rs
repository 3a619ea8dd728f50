//! The names that git gives to contents.

use std::fmt::Write as _;

use ring::digest;

/// The ID of a blob with this content: the SHA-1 of its kind, its length and itself, as in
/// <https://git-scm.com/book/en/v2/Git-Internals-Git-Objects>.
pub(super) fn id(content: &[u8]) -> String {
    let mut context = digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY);
    context.update(format!("blob {}\0", content.len()).as_bytes());
    context.update(content);
    let mut text = String::new();
    for byte in context.finish().as_ref() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::id;

    #[test]
    fn contents_have_the_names_that_git_gives_them() {
        assert_eq!(id(b""), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        assert_eq!(id(b"test content\n"), "d670460b4b4aece5915caf5c68d12f560a9fe3e4");
    }
}
