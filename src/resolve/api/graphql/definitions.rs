//! The definitions of actions and reusable workflows: the texts of many files in one query.

use serde::Deserialize;
use std::collections::HashMap;
use std::fmt::Write as _;

use super::query::quoted;
use super::{BATCH, in_parts, post, read};
use crate::actions::Definition;
use crate::resolve::api::Api;
use crate::resolve::definition::Source;
use crate::resolve::failure::Failure;
use crate::resolve::patience::Patience;

/// What is asked about every file.
const FRAGMENT: &str = "\
fragment file on GitObject {
  ... on Blob { text isTruncated isBinary }
}
";

/// A file. What is no file has none of it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Blob {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    is_truncated: bool,
    #[serde(default)]
    is_binary: Option<bool>,
}

/// The alias of a definition's repository in a query.
fn repository_alias(position: usize) -> String {
    format!("d{position}")
}

/// The alias of a file that a definition may be.
fn file_alias(position: usize) -> String {
    format!("f{position}")
}

/// The query for the texts of these definitions, in whichever of its files each is.
///
/// An object is named as git names it, <https://git-scm.com/docs/gitrevisions>: `REF:PATH`.
pub fn definitions_query(definitions: &[&Definition]) -> String {
    let mut text = String::from("query {\n");
    for (position, definition) in definitions.iter().enumerate() {
        let alias = repository_alias(position);
        let (owner, name) = (quoted(&definition.owner), quoted(&definition.name));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {alias}: repository(owner: {owner}, name: {name}) {{");
        for (position, file) in definition.files().iter().enumerate() {
            let alias = file_alias(position);
            let expression = quoted(&format!("{}:{file}", definition.git_ref));
            let _ = writeln!(text, "    {alias}: object(expression: {expression}) {{ ...file }}");
        }
        text.push_str("  }\n");
    }
    text.push_str("}\n");
    text.push_str(FRAGMENT);
    text
}

/// Asks for definitions, and gives what came of each in the same order.
///
/// # Errors
///
/// Where the API did not answer.
pub(in crate::resolve) async fn ask_definitions(
    api: &Api,
    patience: &Patience,
    definitions: &[&Definition],
) -> Result<Vec<Result<Source, Failure>>, Failure> {
    let mut found = Vec::new();
    for batch in definitions.chunks(BATCH) {
        let send = async |part: &[&Definition]| send(api, part).await;
        found.extend(in_parts(patience, batch, &send).await?);
    }
    Ok(found)
}

async fn send(
    api: &Api,
    definitions: &[&Definition],
) -> Result<Vec<Result<Source, Failure>>, Failure> {
    let mut body = post(api, &definitions_query(definitions)).await?;
    let mut data = body.data.take().unwrap_or_default();
    let answers = definitions.iter().enumerate().map(|(position, definition)| {
        let alias = repository_alias(position);
        if let Some(error) = body.errors.iter().find(|error| error.concerns(&alias)) {
            return Err(api.without_token(error.failure()));
        }
        let answer: HashMap<String, Option<Blob>> =
            read(data.remove(&alias).unwrap_or_default())?.ok_or(Failure::NotFound)?;
        source(definition, answer)
    });
    Ok(answers.collect())
}

/// The first file that is there.
fn source(
    definition: &Definition,
    mut answer: HashMap<String, Option<Blob>>,
) -> Result<Source, Failure> {
    for (position, file) in definition.files().into_iter().enumerate() {
        match answer.remove(&file_alias(position)).flatten() {
            Some(Blob { is_truncated: true, .. }) => {
                return Err(Failure::Malformed("it is too long".to_owned()));
            }
            Some(Blob { is_binary: Some(true), .. }) => {
                return Err(Failure::Malformed("it is no text".to_owned()));
            }
            Some(Blob { text: Some(text), .. }) => return Ok(Source { file, text }),
            _ => {}
        }
    }
    Err(Failure::NotFound)
}
