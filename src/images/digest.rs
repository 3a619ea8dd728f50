//! What an image is by its content.

use std::fmt;
use std::str::FromStr;

use ring::digest::SHA256;

/// The SHA-256 of a manifest, which names every layer of an image by its own:
/// <https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests>. No registry is
/// known to use another algorithm for manifests.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of these bytes.
    pub fn of(content: &[u8]) -> Self {
        let mut sha = [0; 32];
        sha.copy_from_slice(ring::digest::digest(&SHA256, content).as_ref());
        Self(sha)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// The text is not `sha256:` and 64 hexadecimal digits in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADigest;

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let digits = text.strip_prefix("sha256:").ok_or(NotADigest)?.as_bytes();
        let value = |digit: u8| match digit {
            b'0'..=b'9' => Ok(digit - b'0'),
            b'a'..=b'f' => Ok(digit - b'a' + 10),
            _ => Err(NotADigest),
        };
        if digits.len() != 64 {
            return Err(NotADigest);
        }
        let mut sha = [0; 32];
        for (byte, pair) in sha.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = value(pair[0])? << 4 | value(pair[1])?;
        }
        Ok(Self(sha))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF_NOTHING: &str =
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn reads_and_prints() {
        assert_eq!(Digest::of(b"").to_string(), OF_NOTHING);
        assert_eq!(OF_NOTHING.parse(), Ok(Digest::of(b"")));
        assert_ne!(Digest::of(b"a"), Digest::of(b""));
        for wrong in [
            "",
            "sha256:",
            &OF_NOTHING[7..],
            &OF_NOTHING[..70],
            &OF_NOTHING.replace("sha256", "sha512"),
            &OF_NOTHING.replace("e3b0", "E3B0"),
            &OF_NOTHING.replace("e3b0", "g3b0"),
        ] {
            assert_eq!(wrong.parse::<Digest>(), Err(NotADigest), "{wrong}");
        }
    }
}
