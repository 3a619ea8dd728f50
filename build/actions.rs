//! What is known of single actions, from `data/actions/` to the statics of
//! `src/actions/knowledge.rs`.

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;

use super::needs::{Doubt, Need, Texts, Token, condition_source, token_source};
use super::uploads::{Upload, destination_source, uploads_source};
use super::{Fault, line, optional, read, slice, table};

const FOLDER: &str = "data/actions";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Actions {
    action: Vec<toml::Spanned<Action>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Action {
    uses: String,
    title: Option<String>,
    source: Texts,
    token: Option<Token>,
    #[serde(default)]
    needs: Vec<Need>,
    #[serde(default)]
    doubts: Vec<Doubt>,
    #[serde(default)]
    defaults: BTreeMap<String, String>,
    #[serde(default)]
    runs: Vec<String>,
    #[serde(default)]
    uploads: Vec<Upload>,
    builds: Option<BTreeMap<String, Texts>>,
    mints: Option<String>,
    npm_registry: Option<String>,
    checkout: Option<Checkout>,
    registry: Option<Registry>,
    ref_is_input: Option<RefIsInput>,
    keep_tag: Option<Reason>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Checkout {
    persist: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Registry {
    address: String,
    password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RefIsInput {
    input: String,
    values: Option<Vec<String>>,
    pin_to: PinTo,
    step_wins: Vec<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PinTo {
    Branch(String),
    NewestRelease,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    reason: String,
    source: String,
}

/// The source of the statics: all entries, by owner, name and path in lower case.
pub(super) fn source() -> Result<String, Fault> {
    let mut entries = BTreeMap::new();
    for file in files()? {
        let text = read(&file)?;
        let parsed: Actions = super::toml(&file, &text)?;
        let mut previous = String::new();
        for action in parsed.action {
            let at = line(&text, action.span().start);
            let fault = |fault: Fault| format!("{file}:{at}: {fault}");
            let action = action.into_inner();
            let key = action.uses.to_ascii_lowercase();
            let owner = key.split('/').next().unwrap_or_default();
            if key.split('/').count() < 2 || key.contains('@') {
                return Err(fault(format!(
                    "`{}` is not owner/name or owner/name/path",
                    action.uses
                )));
            }
            if file != format!("{FOLDER}/{owner}.toml") {
                return Err(fault(format!("`{}` belongs into {FOLDER}/{owner}.toml", action.uses)));
            }
            if key <= previous {
                return Err(fault(format!("`{}` is there twice, or not in order", action.uses)));
            }
            previous.clone_from(&key);
            entries.insert(sort_key(&key), entry_source(&action).map_err(fault)?);
        }
    }
    Ok(table("ENTRIES", "Entry", &entries.into_values().collect::<Vec<_>>()))
}

fn files() -> Result<Vec<String>, Fault> {
    let entries = fs::read_dir(FOLDER).map_err(|error| format!("{FOLDER}: {error}"))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut files: Vec<_> = names.map(|name| format!("{FOLDER}/{name}")).collect();
    files.sort();
    Ok(files)
}

/// What the program searches by: the parts apart, so that `/` sorts before anything else.
fn sort_key(key: &str) -> (String, String, String) {
    let [owner, name, path] = parts(key).map(str::to_owned);
    (owner, name, path)
}

/// Owner, name and path; the path is empty where there is none.
fn parts(uses: &str) -> [&str; 3] {
    let mut parts = uses.splitn(3, '/');
    [(); 3].map(|()| parts.next().unwrap_or_default())
}

fn entry_source(action: &Action) -> Result<String, Fault> {
    let [owner, name, path] = parts(&action.uses);
    if action.source.is_empty() {
        return Err("an entry has a `source`".to_owned());
    }
    if action.title.is_some() && !path.is_empty() {
        return Err("only the action at the top of its repository is known by a title".to_owned());
    }
    let needs = action
        .needs
        .iter()
        .map(|need| need.source(action.token.as_ref()))
        .collect::<Result<Vec<_>, _>>()?;
    let doubts = action.doubts.iter().map(Doubt::source).collect::<Result<Vec<_>, _>>()?;
    let mints = action.mints.as_deref().map(destination_source).transpose()?;
    let defaults = action.defaults.iter().map(|(input, value)| format!("({input:?}, {value:?})"));
    Ok(format!(
        "Entry {{ owner: {owner:?}, name: {name:?}, path: {path:?}, title: {:?}, source: {}, token: {}, needs: {}, \
         doubts: {}, defaults: {}, runs: &{:?}, uploads: {}, builds: {}, mints: {}, \
         npm_registry: {:?}, checkout: {}, registry: {}, ref_is_input: {}, \
         keep_tag: {} }}",
        action.title,
        action.source.source(),
        token_source(action.token.as_ref())?,
        slice(needs),
        slice(doubts),
        slice(defaults),
        action.runs,
        uploads_source(&action.uploads)?,
        optional(action.builds.as_ref(), condition_of_inputs),
        optional(mints.as_ref(), Clone::clone),
        action.npm_registry,
        optional(action.checkout.as_ref(), |it| format!("{:?}", it.persist)),
        optional(action.registry.as_ref(), |it| format!(
            "Registry {{ address: {:?}, password: {:?} }}",
            it.address, it.password
        )),
        optional(action.ref_is_input.as_ref(), ref_is_input_source),
        optional(action.keep_tag.as_ref(), reason_source),
    ))
}

fn condition_of_inputs(when: &BTreeMap<String, Texts>) -> String {
    condition_source(when, &BTreeMap::new(), &[])
}

fn ref_is_input_source(fact: &RefIsInput) -> String {
    let values = fact
        .values
        .as_ref()
        .map_or_else(|| "Values::Tags".to_owned(), |globs| format!("Values::Globs(&{globs:?})"));
    let pin_to = match &fact.pin_to {
        PinTo::Branch(name) => format!("PinTo::Branch({name:?})"),
        PinTo::NewestRelease => "PinTo::NewestRelease".to_owned(),
    };
    format!(
        "RefIsInput {{ input: {:?}, values: {values}, pin_to: {pin_to}, step_wins: &{:?}, source: {:?} }}",
        fact.input, fact.step_wins, fact.source
    )
}

fn reason_source(fact: &Reason) -> String {
    format!("Reason {{ reason: {:?}, source: {:?} }}", fact.reason, fact.source)
}
