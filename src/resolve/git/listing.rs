//! Listings of refs, as versions 2 and 0 of the protocol write them.

use super::pkt_line::{self, Packet, Packets, cut_off, malformed};
use crate::actions::{Commit, Ref, RefKind};
use crate::resolve::failure::{Failure, one_line};

/// What a repository lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Listing {
    /// Its tags and branches. Annotated tags are peeled.
    pub(super) refs: Vec<Ref>,
    /// The branch that its `HEAD` is.
    pub(super) default_branch: Option<String>,
    /// The objects of annotated tags, each with the commit that it stands for.
    pub(super) tag_objects: Vec<(Commit, Commit)>,
}

impl Listing {
    /// Reads the answer to `ls-refs`; `None` where it is none, for the server did not take the
    /// request as one of version 2.
    pub(super) fn version_2(answer: &[u8]) -> Result<Option<Self>, Failure> {
        let mut listing = Self::default();
        let mut first = true;
        for packet in Packets::new(answer) {
            let line = match packet? {
                Packet::Flush => return Ok(Some(listing)),
                Packet::Data(line) => text(line)?,
                Packet::Delimiter | Packet::ResponseEnd => {
                    return Err(malformed("a part too many"));
                }
            };
            let mut fields = line.split(' ');
            let (object, name) = (fields.next().unwrap_or_default(), fields.next());
            let Some(name) = name.filter(|_| object == "unborn" || is_object(object)) else {
                return if first { Ok(None) } else { Err(refused(line)) };
            };
            first = false;
            let (mut peeled, mut target) = (None, None);
            for attribute in fields {
                match attribute.split_once(':') {
                    Some(("peeled", object)) => peeled = Some(object),
                    Some(("symref-target", name)) => target = Some(name),
                    _ => {}
                }
            }
            if name == "HEAD" {
                listing.head_is(target);
            } else if object != "unborn" {
                listing.push(name, peeled.unwrap_or(object))?;
                if let Some(peeled) = peeled {
                    listing.tag_objects.push((commit(object)?, commit(peeled)?));
                }
            }
        }
        if first { Ok(None) } else { Err(cut_off()) }
    }

    /// Reads the advertisement of a server that knows no other version than 0.
    pub(super) fn version_0(answer: &[u8]) -> Result<Self, Failure> {
        let mut packets = Packets::new(answer);
        match (packets.next().transpose()?, packets.next().transpose()?) {
            (Some(Packet::Data(data)), Some(Packet::Flush))
                if pkt_line::line(data) == b"# service=git-upload-pack" => {}
            _ => return Err(malformed("it is no listing of refs")),
        }
        let mut listing = Self::default();
        for packet in packets {
            let line = match packet? {
                Packet::Flush => return Ok(listing),
                Packet::Data(line) => text(line)?,
                Packet::Delimiter | Packet::ResponseEnd => {
                    return Err(malformed("a part too many"));
                }
            };
            // The first line carries what the server can do, behind a NUL.
            let (line, capabilities) = line.split_once('\0').unwrap_or((line, ""));
            let heads = capabilities.split(' ').filter_map(|it| it.strip_prefix("symref=HEAD:"));
            heads.for_each(|target| listing.head_is(Some(target)));
            let Some((object, name)) = line.split_once(' ') else { return Err(refused(line)) };
            match name.strip_suffix("^{}") {
                // The line before names the tag object, this one what it stands for.
                Some(tag) => {
                    let commit = commit(object)?;
                    if let Some(entry) = listing.refs.last_mut()
                        && tag.strip_prefix("refs/tags/") == Some(&entry.name)
                    {
                        listing.tag_objects.push((entry.commit, commit));
                        entry.commit = commit;
                    }
                }
                None => listing.push(name, object)?,
            }
        }
        Err(cut_off())
    }

    fn head_is(&mut self, target: Option<&str>) {
        if let Some(branch) = target.and_then(|target| target.strip_prefix("refs/heads/")) {
            self.default_branch = Some(branch.to_owned());
        }
    }

    /// Adds a tag or branch; anything else is not wanted.
    fn push(&mut self, name: &str, object: &str) -> Result<(), Failure> {
        let (kind, name) = if let Some(name) = name.strip_prefix("refs/tags/") {
            (RefKind::Tag, name)
        } else if let Some(name) = name.strip_prefix("refs/heads/") {
            (RefKind::Branch, name)
        } else {
            return Ok(());
        };
        let commit = commit(object)?;
        let name = name.to_owned().into();
        self.refs.push(Ref { name, kind, commit, date: None, listed: true });
        Ok(())
    }
}

fn text(data: &[u8]) -> Result<&str, Failure> {
    str::from_utf8(pkt_line::line(data)).map_err(|_| malformed("a line that is not UTF-8"))
}

fn is_object(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn commit(object: &str) -> Result<Commit, Failure> {
    object.parse().map_err(|error| malformed(&format!("{error}")))
}

/// A line that is no ref: the server may say with it what is wrong.
fn refused(line: &str) -> Failure {
    match line.strip_prefix("ERR ") {
        Some(words) => Failure::Malformed(format!("the git server says: {}", one_line(words))),
        None => malformed("a line that is no ref"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    /// Lines with their lengths; an empty one is a flush.
    fn packets(lines: &[&str]) -> Vec<u8> {
        let packet = |line: &&str| match *line {
            "" => "0000".to_owned(),
            line => format!("{:04x}{line}\n", line.len() + 5),
        };
        lines.iter().map(packet).collect::<String>().into_bytes()
    }

    fn told(listing: &Listing) -> Vec<(&str, RefKind, char)> {
        let initial = |entry: &Ref| entry.commit.to_string().chars().next().unwrap();
        listing.refs.iter().map(|entry| (entry.name.as_ref(), entry.kind, initial(entry))).collect()
    }

    #[test]
    fn both_versions_say_the_same() {
        let second = packets(&[
            &format!("{A} HEAD symref-target:refs/heads/main"),
            &format!("{A} refs/heads/main"),
            &format!("{A} refs/pull/1/head"),
            &format!("{A} refs/tags/v1"),
            &format!("{B} refs/tags/v1.0.0 peeled:{A}"),
            "",
        ]);
        let zeroth = packets(&[
            "# service=git-upload-pack",
            "",
            &format!("{A} HEAD\0multi_ack symref=HEAD:refs/heads/main agent=git/2"),
            &format!("{A} refs/heads/main"),
            &format!("{A} refs/pull/1/head"),
            &format!("{A} refs/tags/v1"),
            &format!("{B} refs/tags/v1.0.0"),
            &format!("{A} refs/tags/v1.0.0^{{}}"),
            "",
        ]);
        let listing = Listing::version_2(&second).unwrap().unwrap();
        assert_eq!(listing, Listing::version_0(&zeroth).unwrap());
        assert_eq!(listing.tag_objects, [(B.parse().unwrap(), A.parse().unwrap())]);
        assert_eq!(listing.default_branch.as_deref(), Some("main"));
        assert_eq!(
            told(&listing),
            [
                ("main", RefKind::Branch, 'a'),
                ("v1", RefKind::Tag, 'a'),
                ("v1.0.0", RefKind::Tag, 'a')
            ]
        );
    }

    #[test]
    fn repositories_may_be_empty() {
        let unborn = packets(&["unborn HEAD symref-target:refs/heads/main", ""]);
        for answer in [&packets(&[""]), &unborn] {
            assert_eq!(Listing::version_2(answer).unwrap().unwrap().refs, []);
        }
        let zeros = "0".repeat(40);
        let none = packets(&[
            "# service=git-upload-pack",
            "",
            &format!("{zeros} capabilities^{{}}\0x"),
            "",
        ]);
        assert_eq!(Listing::version_0(&none), Ok(Listing::default()));
    }

    #[test]
    fn tells_other_answers_apart() {
        // Nothing, or a word of version 0: the server did not understand.
        for other in [&b""[..], b"0008NAK\n", &packets(&["ERR unknown object"])] {
            assert_eq!(Listing::version_2(other), Ok(None));
        }
        let line = format!("{A} refs/heads/main");
        for (lines, passes) in
            [(&[&*line][..], true), (&[&line, "ERR access denied\x1b[31m"], false)]
        {
            let failure = Listing::version_2(&packets(lines)).unwrap_err();
            assert_eq!(failure.may_pass(), passes, "{failure}");
            assert!(!failure.to_string().contains('\x1b'), "{failure}");
        }
        assert!(Listing::version_0(b"<html>").is_err());
        let sha256 = format!("{} refs/heads/main", "a".repeat(64));
        assert!(Listing::version_2(&packets(&[&sha256, ""])).is_err());
    }

    proptest! {
        #[test]
        fn survives_anything(lines: Vec<String>) {
            let lines: Vec<_> = lines.iter().map(String::as_str).collect();
            let _ = Listing::version_2(&packets(&lines));
            let _ = Listing::version_0(&packets(&lines));
        }
    }
}
