//! Lines with their length in front: <https://git-scm.com/docs/protocol-common#_pkt_line_format>.

use crate::resolve::failure::Failure;
use crate::resolve::transport::USER_AGENT;

/// The longest line, its length included.
const MAX_LENGTH: usize = 65520;

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packet<'a> {
    /// `0000`, the end of a message.
    Flush,
    /// `0001`, between the parts of a message.
    Delimiter,
    /// `0002`, the end of a response.
    ResponseEnd,
    /// Data.
    Data(&'a [u8]),
}

/// A line of text without its last line feed, which means nothing.
pub(super) fn line(data: &[u8]) -> &[u8] {
    data.strip_suffix(b"\n").unwrap_or(data)
}

/// The lines of a text, up to its end or the first fault.
#[derive(Clone, Debug)]
pub(super) struct Packets<'a> {
    rest: &'a [u8],
}

impl<'a> Packets<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { rest: text }
    }

    fn read(&mut self) -> Result<Packet<'a>, Failure> {
        let (digits, rest) = self.rest.split_first_chunk::<4>().ok_or_else(cut_off)?;
        let length = length(*digits)?;
        let special = match length {
            0 => Packet::Flush,
            1 => Packet::Delimiter,
            2 => Packet::ResponseEnd,
            3 | MAX_LENGTH.. => return Err(malformed(&format!("a line of length {length}"))),
            _ => {
                let (data, rest) = rest.split_at_checked(length - 4).ok_or_else(cut_off)?;
                self.rest = rest;
                return Ok(Packet::Data(data));
            }
        };
        self.rest = rest;
        Ok(special)
    }
}

impl<'a> Iterator for Packets<'a> {
    type Item = Result<Packet<'a>, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let packet = self.read();
        if packet.is_err() {
            self.rest = &[];
        }
        Some(packet)
    }
}

fn length(digits: [u8; 4]) -> Result<usize, Failure> {
    digits.iter().try_fold(0, |length, &digit| {
        let value = char::from(digit).to_digit(16).ok_or_else(|| malformed("no length"))?;
        Ok(length << 4 | value as usize)
    })
}

/// An answer that breaks off may come whole the next time.
pub(super) fn cut_off() -> Failure {
    Failure::Passing("the git server's answer breaks off".to_owned())
}

pub(super) fn malformed(what: &str) -> Failure {
    Failure::Malformed(format!("the git server's answer cannot be read: {what}"))
}

/// A version 2 request: a command and its arguments.
pub(super) fn request<T: AsRef<str>>(command: &str, arguments: &[T]) -> Vec<u8> {
    let packet = |line: &str| format!("{:04x}{line}\n", line.len() + 5);
    let agent = format!("agent={USER_AGENT}");
    let head = [&format!("command={command}"), &agent, "object-format=sha1"].map(packet);
    let arguments = arguments.iter().map(|argument| packet(argument.as_ref()));
    let middle = ["0001".to_owned()];
    let lines = head.into_iter().chain(middle).chain(arguments).chain(["0000".to_owned()]);
    lines.collect::<String>().into_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &[u8]) -> Result<Vec<Packet<'_>>, Failure> {
        Packets::new(text).collect()
    }

    #[test]
    fn reads_lines() {
        let expected = [
            Packet::Data(b"a\n"),
            Packet::Delimiter,
            Packet::Data(b"bc"),
            Packet::Data(b""),
            Packet::Flush,
            Packet::ResponseEnd,
        ];
        assert_eq!(read(b"0006a\n00010006bc0004" as &[u8]).unwrap(), expected[..4]);
        assert_eq!(read(b"0006a\n00010006bc000400000002").unwrap(), expected);
        assert_eq!(read(b"").unwrap(), []);
        assert_eq!([line(b"a\n"), line(b"a"), line(b"")], [&b"a"[..], b"a", b""]);
    }

    #[test]
    fn refuses_what_is_none() {
        for text in ["0003", "00zz", "+001", "fff1", "<html>"] {
            assert!(matches!(read(text.as_bytes()), Err(Failure::Malformed(_))), "{text}");
        }
        for text in ["0", "000", "0006a", "00060000a"] {
            let text = text.as_bytes();
            let result = read(text);
            assert!(matches!(result, Err(Failure::Passing(_))) || text.len() == 9, "{result:?}");
        }
    }

    #[test]
    fn writes_what_it_reads() {
        let request = request("ls-refs", &["peel"]);
        assert!(request.starts_with(b"0014command=ls-refs\n"));
        assert!(request.ends_with(b"0017object-format=sha1\n00010009peel\n0000"));
    }

    proptest! {
        #[test]
        fn survives_anything(text: Vec<u8>) {
            let _ = read(&text);
        }
    }
}
