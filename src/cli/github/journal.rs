//! What a run over many repositories has done, a line of JSON each: an interrupted one goes on there.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    /// The first: what the run is.
    Run(Value),
    /// What came of a repository.
    Done(Entry),
    /// The last: all of it is done.
    Finished,
}

/// What came of a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) repository: String,
    pub(super) ended: Ended,
    /// The rest of its line.
    pub(super) told: String,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Ended {
    /// There are changes to make.
    ToChange,
    /// The pull request was opened.
    Opened,
    /// The pull request was renewed.
    Refreshed,
    /// The pull request is as it should be.
    UpToDate,
    /// Somebody closed it.
    Declined,
    /// There is nothing to change.
    Fine,
    /// It was left out.
    Skipped,
    /// Something went wrong: it is tried again.
    Failed,
}

/// The journal of a run.
pub(super) struct Journal {
    file: File,
    /// What an interrupted run did.
    pub(super) done: BTreeMap<String, Entry>,
}

impl Journal {
    /// Opens a journal: one of the same run that was interrupted goes on, one that is finished starts
    /// anew.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read or written, or belongs to another run that is not finished.
    pub(super) fn open(path: &Path, run: &Value) -> io::Result<Self> {
        let mut done = BTreeMap::new();
        let (before, is_finished) = read(path, &mut done)?;
        let goes_on = before.as_ref() == Some(run) && !is_finished;
        if before.is_some() && !goes_on && !is_finished {
            return Err(io::Error::other(
                "it is of another run, which was interrupted: delete it, or name another with --journal",
            ));
        }
        let mut file = if goes_on {
            OpenOptions::new().append(true).open(path)?
        } else {
            done.clear();
            File::create(path)?
        };
        if goes_on {
            // The last line may be half of one.
            file.write_all(b"\n")?;
        }
        let mut journal = Self { file, done };
        if !goes_on {
            journal.write(&Line::Run(run.clone()))?;
        }
        Ok(journal)
    }

    /// Notes what came of a repository.
    pub(super) fn note(&mut self, entry: &Entry) -> io::Result<()> {
        self.write(&Line::Done(entry.clone()))
    }

    /// Notes that all is done.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.write(&Line::Finished)
    }

    fn write(&mut self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.file.write_all(&text)?;
        self.file.sync_data()
    }
}

/// Reads a journal: which run it is of, whether that is finished, and what was done without failure.
fn read(path: &Path, done: &mut BTreeMap<String, Entry>) -> io::Result<(Option<Value>, bool)> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((None, false)),
        Err(error) => return Err(error),
    };
    let (mut run, mut is_finished, mut lines) = (None, false, 0);
    for line in BufReader::new(file).lines() {
        let line = line?;
        lines += usize::from(!line.is_empty());
        match serde_json::from_str(&line) {
            Ok(Line::Run(of)) => run = Some(of),
            Ok(Line::Done(entry)) if entry.ended == Ended::Failed => {
                done.remove(&entry.repository);
            }
            Ok(Line::Done(entry)) => drop(done.insert(entry.repository.clone(), entry)),
            Ok(Line::Finished) => is_finished = true,
            Err(_) => {}
        }
    }
    if run.is_none() && lines > 0 {
        return Err(io::Error::other("it is no journal: name another with --journal"));
    }
    Ok((run, is_finished))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(name: &str, ended: Ended) -> Entry {
        Entry { repository: name.to_owned(), ended, told: String::new() }
    }

    #[test]
    fn an_interrupted_run_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let run = json!({ "org": "a" });
        let mut journal = Journal::open(&path, &run).unwrap();
        journal.note(&entry("a/b", Ended::Opened)).unwrap();
        journal.note(&entry("a/c", Ended::Failed)).unwrap();
        journal.file.write_all(b"{\"done\": {\"repos").unwrap();
        let mut again = Journal::open(&path, &run).unwrap();
        assert_eq!(again.done.keys().collect::<Vec<_>>(), ["a/b"]);
        again.note(&entry("a/c", Ended::Fine)).unwrap();
        assert!(Journal::open(&path, &json!({ "org": "other" })).is_err());
        assert_eq!(Journal::open(&path, &run).unwrap().done.len(), 2);
        again.finish().unwrap();
        assert!(Journal::open(&path, &json!({ "org": "other" })).unwrap().done.is_empty());
        std::fs::write(&path, "something else\n").unwrap();
        assert!(Journal::open(&path, &run).is_err());
    }
}
