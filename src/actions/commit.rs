//! Git commits, by their SHA-1.

use std::fmt;
use std::str::FromStr;

/// The full SHA-1 of a commit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Commit(pub [u8; 20]);

impl Commit {
    /// Whether the SHA starts with these hexadecimal digits, upper or lower case, as git
    /// abbreviates it.
    pub fn starts_with(&self, digits: &str) -> bool {
        let digits = digits.as_bytes();
        digits.len() <= 40
            && digits.iter().enumerate().all(|(position, &digit)| {
                let byte = self.0[position / 2];
                let nibble = if position % 2 == 0 { byte >> 4 } else { byte & 0xf };
                nibble_of(digit) == Some(nibble)
            })
    }
}

fn nibble_of(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

impl fmt::Display for Commit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Commit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Commit({self})")
    }
}

/// The text is not forty hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACommit;

impl fmt::Display for NotACommit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a commit SHA has 40 hexadecimal digits")
    }
}

impl std::error::Error for NotACommit {}

impl FromStr for Commit {
    type Err = NotACommit;

    fn from_str(text: &str) -> Result<Self, NotACommit> {
        let digits = text.as_bytes();
        if digits.len() != 40 {
            return Err(NotACommit);
        }
        let mut sha = [0; 20];
        for (byte, pair) in sha.iter_mut().zip(digits.chunks_exact(2)) {
            let (Some(high), Some(low)) = (nibble_of(pair[0]), nibble_of(pair[1])) else {
                return Err(NotACommit);
            };
            *byte = high << 4 | low;
        }
        Ok(Self(sha))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "11d5960a326750d5838078e36cf38b85af677262";

    #[test]
    fn reads_and_prints() {
        let commit: Commit = SHA.parse().unwrap();
        assert_eq!(commit.to_string(), SHA);
        assert_eq!(SHA.to_uppercase().parse(), Ok(commit));
        for wrong in
            ["", "11d5960", &SHA[1..], &format!("{SHA}0"), &SHA.replace('d', "g"), &"é".repeat(20)]
        {
            assert_eq!(wrong.parse::<Commit>(), Err(NotACommit), "{wrong}");
        }
    }

    #[test]
    fn matches_abbreviations() {
        let commit: Commit = SHA.parse().unwrap();
        for prefix in ["", "1", "11d5960", "11D5960", SHA] {
            assert!(commit.starts_with(prefix), "{prefix}");
        }
        for other in ["2", "11d5961", "main", &format!("{SHA}0")] {
            assert!(!commit.starts_with(other), "{other}");
        }
    }
}
