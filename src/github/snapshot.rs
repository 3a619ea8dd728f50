//! The files of a commit that rules look at, read through the API.
//!
//! All of `.github` comes with one query, with the texts of its files, and with it what the repository
//! has at its top of the files that rules know, and the names of others that may matter. Local actions
//! that lie elsewhere, and pages that may have a section on releases, take another one. Each text is held
//! against the ID of its blob: what the API gives as text may have been cut off, or taken for another
//! encoding.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::about::{About, parts};
use super::{Client, Problem, blob};
use crate::load::surroundings;
use crate::packages::Packages;
use crate::resolve::Failure;

/// How many folders deep `.github` is read: `.github/actions/GROUP/NAME/action.yml`.
const DEPTH: usize = 4;

/// The definitions of actions.
const ACTIONS: [&str; 2] = ["action.yml", "action.yaml"];

/// Pages at the top that most repositories have one or two of: with them another query is spared.
const PAGES: [&str; 4] = ["CONTRIBUTING.md", "CONTRIBUTING.rst", "README.md", "README.rst"];

/// How many files one query asks for.
const BATCH: usize = 50;

/// How often files are asked for that others lead to.
const ROUNDS: usize = 3;

/// The mode of a file whose content is where it leads to.
const LINK: u32 = 0o120_000;

/// That of a folder.
const FOLDER: u32 = 0o040_000;

const BLOB: &str = "... on Blob { oid isBinary isTruncated text }";

/// The files of a commit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshot {
    /// Those that the rules look at, by path from the root.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// Others, of which the rules want to know that they are there: some with their texts.
    around: BTreeMap<String, Vec<u8>>,
}

/// An object of git, as far as it was asked for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    #[serde(default)]
    oid: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    is_truncated: Option<bool>,
    #[serde(default)]
    entries: Option<Vec<Entry>>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    name: String,
    mode: u32,
    object: Option<Object>,
}

#[derive(Deserialize)]
struct Answer {
    repository: Option<BTreeMap<String, Option<Object>>>,
}

/// A file that was listed.
struct Listed {
    path: String,
    /// What its content goes by; `None` where only its name was asked for.
    oid: Option<String>,
    /// Its text if the API gave it whole.
    text: Option<String>,
}

/// Reads the files of the head of a branch.
pub(crate) async fn snapshot(client: &Client, about: &About) -> Result<Snapshot, Problem> {
    match read(client, about, Extent::All).await {
        // A repository may have more files than GitHub lists in the time that it gives a query.
        Err(Failure::TooSlow(_) | Failure::Passing(_)) => read(client, about, Extent::Github).await,
        read => read,
    }
    .map_err(|failure| Problem::failed(&about.name, &failure))
}

/// What a query asks for, beside single files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Nothing.
    Files,
    /// All of `.github`.
    Github,
    /// Also the names of files at the top, and where pages for maintainers are.
    All,
}

async fn read(client: &Client, about: &About, extent: Extent) -> Result<Snapshot, Failure> {
    let mut snapshot = Snapshot::default();
    let at_the_top = ACTIONS.into_iter().chain(Packages::FILES).chain(PAGES);
    let mut known: BTreeSet<String> = at_the_top.map(str::to_owned).collect();
    let mut wanted: Vec<String> = known.iter().cloned().collect();
    let mut extent = extent;
    for _ in 0..ROUNDS {
        let mut found = Vec::new();
        for batch in wanted.chunks(BATCH) {
            found.extend(ask(client, about, batch, extent).await?);
            extent = Extent::Files;
        }
        for listed in found {
            snapshot.put(client, about, listed).await?;
        }
        let mut next = named_actions(&snapshot.files);
        next.extend(snapshot.pages_to_read().take(BATCH));
        wanted = next.into_iter().filter(|path| known.insert(path.clone())).collect();
        if wanted.is_empty() {
            break;
        }
    }
    Ok(snapshot)
}

/// Asks for these files, and for what else is wanted.
async fn ask(
    client: &Client,
    about: &About,
    paths: &[String],
    extent: Extent,
) -> Result<Vec<Listed>, Failure> {
    let (owner, name) = parts(&about.name);
    let mut variables = Map::new();
    variables.insert("owner".to_owned(), owner.into());
    variables.insert("name".to_owned(), name.into());
    for (alias, path) in aliases(paths, extent) {
        variables.insert(alias, format!("{}:{path}", about.commit).into());
    }
    let query = query(paths.len(), extent);
    let answer: Answer = client.query(&query, &Value::Object(variables)).await?;
    let mut objects = answer.repository.ok_or(Failure::NotFound)?;
    let mut listed = Vec::new();
    for (alias, path) in aliases(paths, extent) {
        if let Some(Some(object)) = objects.remove(&alias) {
            list(path, object, &mut listed);
        }
    }
    Ok(listed)
}

/// The folders outside `.github` whose files are listed: the first is the top.
fn folders() -> impl Iterator<Item = &'static str> {
    let pages = surroundings::FOLDERS.iter().copied();
    std::iter::once("").chain(pages.filter(|folder| !folder.starts_with(".github")))
}

/// The alias of each path.
fn aliases(paths: &[String], extent: Extent) -> impl Iterator<Item = (String, String)> {
    let github = (extent != Extent::Files).then(|| ("github".to_owned(), ".github".to_owned()));
    let folders = folders().enumerate().filter(move |_| extent == Extent::All);
    let folders = folders.map(|(n, path)| (format!("folder{n}"), path.to_owned()));
    let paths = paths.iter().enumerate().map(|(n, path)| (format!("file{n}"), path.clone()));
    github.into_iter().chain(folders).chain(paths)
}

/// A query for so many files.
pub(super) fn query(files: usize, extent: Extent) -> String {
    let mut parameters = String::new();
    let mut fields = String::new();
    let mut add = |alias: &str, selection: &str| {
        let _ = write!(parameters, ", ${alias}: String!");
        let _ = writeln!(fields, "    {alias}: object(expression: ${alias}) {selection}");
    };
    if extent != Extent::Files {
        let mut folder = format!("{{ {BLOB} }}");
        for _ in 0..DEPTH {
            folder =
                format!("{{ {BLOB} ... on Tree {{ entries {{ name mode object {folder} }} }} }}");
        }
        add("github", &folder);
    }
    if extent == Extent::All {
        let top = "{ ... on Tree { entries { name mode } } }";
        let mut below = top.to_owned();
        for _ in 0..DEPTH {
            below = format!("{{ ... on Tree {{ entries {{ name mode object {below} }} }} }}");
        }
        for n in 0..folders().count() {
            add(&format!("folder{n}"), if n == 0 { top } else { &below });
        }
    }
    for n in 0..files {
        add(&format!("file{n}"), &format!("{{ {BLOB} }}"));
    }
    format!(
        "query files($owner: String!, $name: String!{parameters}) {{\n  \
         repository(owner: $owner, name: $name) {{\n{fields}  }}\n}}\n"
    )
}

/// Lists the files in an object of this path.
fn list(path: String, object: Object, listed: &mut Vec<Listed>) {
    if let Some(entries) = object.entries {
        for Entry { name, mode, object } in entries {
            // What git would not take for a name is no file to write either.
            let is_name = !matches!(name.as_str(), "" | "." | "..")
                && !name.contains(['/', '\\', '\0'])
                && !name.eq_ignore_ascii_case(".git");
            if !is_name || mode & 0o170_000 == LINK {
                continue;
            }
            let path = if path.is_empty() { name } else { format!("{path}/{name}") };
            match object {
                Some(object) if object.oid.is_some() || object.entries.is_some() => {
                    list(path, object, listed);
                }
                _ if mode & 0o170_000 == FOLDER => {}
                _ => listed.push(Listed { path, oid: None, text: None }),
            }
        }
    } else if let Some(oid) = object.oid {
        let text = object.text.filter(|_| object.is_truncated != Some(true));
        listed.push(Listed { path, oid: Some(oid), text });
    }
}

fn is_yaml(path: &str) -> bool {
    let extension = Path::new(path).extension();
    extension.is_some_and(|extension| extension == "yml" || extension == "yaml")
}

/// The content of a blob.
async fn blob(client: &Client, about: &About, path: &str, oid: &str) -> Result<Vec<u8>, Failure> {
    #[derive(Deserialize)]
    struct Blob {
        content: String,
    }
    let route = format!("/repos/{}/git/blobs/{oid}", about.name);
    let blob: Blob = client.get(&route).await?;
    let encoded: String = blob.content.split_whitespace().collect();
    STANDARD
        .decode(encoded)
        .ok()
        .filter(|content| blob::id(content) == oid)
        .ok_or_else(|| Failure::Malformed(format!("{path} could not be read whole")))
}

/// The definitions that local actions may have which the files name, from wherever in the repository.
fn named_actions(files: &BTreeMap<String, Vec<u8>>) -> BTreeSet<String> {
    let texts = files.iter().filter(|(path, _)| is_yaml(path));
    let lines = texts.flat_map(|(_, text)| text.split(|&byte| byte == b'\n'));
    let folders = lines.filter_map(|line| {
        let line = std::str::from_utf8(line).ok()?;
        let (_, uses) = line.split_once("uses:")?;
        let uses = uses.trim().trim_start_matches(['"', '\'']);
        let end = uses.find([' ', '"', '\'', ',', '}']).unwrap_or(uses.len());
        crate::workflow::local_path(&uses[..end])
    });
    let inside = folders.filter(|folder| {
        !folder.starts_with(".github")
            && !is_yaml(folder)
            && !folder.split('/').any(|it| it == "..")
    });
    inside
        .flat_map(|folder| {
            ACTIONS.map(|file| {
                if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") }
            })
        })
        .collect()
}

impl Snapshot {
    /// Puts a file where it belongs, with its content if that matters.
    async fn put(&mut self, client: &Client, about: &About, file: Listed) -> Result<(), Failure> {
        let Listed { path, oid, text } = file;
        match oid {
            Some(oid) if is_yaml(&path) => {
                let content = match text.filter(|text| blob::id(text.as_bytes()) == oid) {
                    Some(text) => text.into_bytes(),
                    None => blob(client, about, &path, &oid).await?,
                };
                self.files.insert(path, content);
            }
            Some(_) => drop(self.around.insert(path, text.unwrap_or_default().into_bytes())),
            None => drop(self.around.entry(path).or_default()),
        }
        Ok(())
    }

    /// The pages that may have a section on releases: nobody has to read them where a whole page is on
    /// that.
    fn pages_to_read(&self) -> impl Iterator<Item = String> {
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let is_told = self.around.keys().any(|path| surroundings::is_release_page(&name(path)));
        let pages = self.around.keys().filter(move |path| {
            !is_told && !path.starts_with(".github/") && surroundings::is_other_page(&name(path))
        });
        pages.cloned()
    }

    /// What the packages are called.
    pub(crate) fn packages(&self) -> Packages {
        let text = |file: &str| String::from_utf8(self.around.get(file)?.clone()).ok();
        Packages::read(text)
    }

    /// Lays the files out in an empty folder, as a clone would.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    pub(crate) fn lay_out(&self, folder: &Path) -> io::Result<()> {
        std::fs::create_dir(folder.join(".github"))?;
        for (path, content) in self.around.iter().chain(&self.files) {
            let location = folder.join(path);
            if let Some(parent) = location.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(location, content)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_actions_are_looked_for_where_they_are_named() {
        let text = "steps:\n- uses: ./tools/setup\n- {uses: \"./\", x: 1}\n- uses: actions/checkout@v4\n\
                    - uses: ./.github/actions/a\n- uses: ./../other\n";
        let files = BTreeMap::from([(".github/workflows/a.yml".to_owned(), text.into())]);
        let named: Vec<_> = named_actions(&files).into_iter().collect();
        let expected =
            ["action.yaml", "action.yml", "tools/setup/action.yaml", "tools/setup/action.yml"];
        assert_eq!(named, expected);
    }

    #[test]
    fn names_that_lead_elsewhere_are_no_files() {
        let file = |name: &str, mode| {
            let object = Object {
                oid: Some("0".repeat(40)),
                text: Some(String::new()),
                is_truncated: None,
                entries: None,
            };
            Entry { name: name.to_owned(), mode, object: Some(object) }
        };
        let entries = vec![
            file("..", 0o100_644),
            file("a/../../b", 0o100_644),
            file("link.yml", LINK),
            file(".GIT", 0o100_644),
            file("good.yml", 0o100_755),
        ];
        let folder = Object { oid: None, text: None, is_truncated: None, entries: Some(entries) };
        let mut listed = Vec::new();
        list(".github".to_owned(), folder, &mut listed);
        let paths: Vec<_> = listed.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(paths, [".github/good.yml"]);
    }
}
