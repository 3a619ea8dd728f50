//! Whether commits are in the history of a repository's tags and branches.
//!
//! Asked by the `fetch` command of version 2, <https://git-scm.com/docs/protocol-v2#_fetch>, as if to
//! fetch the commits into a clone that has all tags and branches already. What the server would send
//! is what their history lacks: nothing where it holds them. How many objects that are is said at
//! the start of the pack, and no more of it is read.
//!
//! A server gives any object that it keeps, those of forks included; one that it does not keep it
//! calls "not our ref".

use std::collections::BTreeSet;

use reqwest::Client;

use super::pkt_line::{self, Packet, Packets, cut_off, malformed};
use crate::actions::{Commit, Standing};
use crate::resolve::endpoints::BaseUrl;
use crate::resolve::failure::Failure;

/// What a pack starts with: its signature, its version, and the number of its objects,
/// <https://git-scm.com/docs/gitformat-pack>.
const PACK_HEADER: usize = 12;

/// Tells where commits stand in a repository that has these tags and branches: contained, outside
/// or missing.
pub(in crate::resolve) async fn standings(
    client: &Client,
    server: &BaseUrl,
    repository: &str,
    refs: &BTreeSet<Commit>,
    commits: &[Commit],
) -> Result<Vec<(Commit, Standing)>, Failure> {
    let base = format!("{server}/{repository}.git");
    // Mostly all are contained, and one request says so.
    if commits.len() > 1 && ask(client, &base, refs, commits).await? == Standing::Contained {
        return Ok(commits.iter().map(|&commit| (commit, Standing::Contained)).collect());
    }
    let mut standings = Vec::new();
    for &commit in commits {
        standings.push((commit, ask(client, &base, refs, &[commit]).await?));
    }
    Ok(standings)
}

/// Asks about commits together: the worst of what they are.
async fn ask(
    client: &Client,
    base: &str,
    refs: &BTreeSet<Commit>,
    commits: &[Commit],
) -> Result<Standing, Failure> {
    // Of commits alone, for their files would only be counted in vain.
    let mut arguments = vec!["no-progress".to_owned(), "filter tree:0".to_owned()];
    arguments.extend(commits.iter().map(|commit| format!("want {commit}")));
    arguments.extend(refs.iter().map(|commit| format!("have {commit}")));
    arguments.push("done".to_owned());
    let request = pkt_line::request("fetch", &arguments);
    let is_told = |answer: &[u8]| read(answer).is_ok();
    let (answer, _) = super::post(client, base, &request, is_told).await?;
    read(&answer.success()?)
}

/// Reads the start of an answer.
fn read(answer: &[u8]) -> Result<Standing, Failure> {
    let mut packets = Packets::new(answer);
    let Some(Packet::Data(first)) = packets.next().transpose()? else { return Err(cut_off()) };
    match pkt_line::line(first) {
        b"packfile" => {}
        line if line.starts_with(b"ERR upload-pack: not our ref") => return Ok(Standing::Missing),
        _ => return Err(malformed("it is no pack")),
    }
    let mut pack = Vec::new();
    while pack.len() < PACK_HEADER {
        match packets.next().transpose()? {
            Some(Packet::Data([1, data @ ..])) => pack.extend_from_slice(data),
            // What the server has to say of its progress.
            Some(Packet::Data([2, ..])) => {}
            Some(_) => return Err(malformed("it is no pack")),
            None => return Err(cut_off()),
        }
    }
    match pack[..PACK_HEADER] {
        [b'P', b'A', b'C', b'K', _, _, _, _, 0, 0, 0, 0] => Ok(Standing::Contained),
        [b'P', b'A', b'C', b'K', ..] => Ok(Standing::Outside),
        _ => Err(malformed("it is no pack")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packets(lines: &[&[u8]]) -> Vec<u8> {
        let packet = |line: &&[u8]| [format!("{:04x}", line.len() + 4).as_bytes(), line].concat();
        lines.iter().flat_map(packet).collect()
    }

    #[test]
    fn reads_how_many_objects_there_are() {
        for (count, expected) in [(0, Standing::Contained), (10, Standing::Outside)] {
            let pack = [&b"\x01PACK\0\0\0\x02\0\0\0"[..], &[count]].concat();
            let whole = packets(&[b"packfile\n", b"\x02Counting\n", &pack]);
            assert_eq!(read(&whole), Ok(expected));
            let halves = packets(&[b"packfile\n", &pack[..5], &[b"\x01", &pack[5..]].concat()]);
            assert_eq!(read(&halves), Ok(expected));
            assert!(read(&whole[..whole.len() - 1]).is_err());
        }
    }

    #[test]
    fn tells_what_is_no_pack() {
        let missing = packets(&[b"ERR upload-pack: not our ref 1234"]);
        assert_eq!(read(&missing), Ok(Standing::Missing));
        for other in [
            &b""[..],
            b"<html>",
            &packets(&[b"ERR access denied"]),
            &packets(&[b"packfile\n", b"\x03fatal: out of memory"]),
            &packets(&[b"packfile\n", b"\x01not a pack"]),
        ] {
            assert!(read(other).is_err(), "{other:?}");
        }
    }
}
