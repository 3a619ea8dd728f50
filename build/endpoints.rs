//! Which permission each endpoint of the REST API and each mutation of the GraphQL API asks for, from
//! `data/endpoints.tsv` and `data/mutations.tsv` to the statics of `src/permissions/endpoint.rs` and
//! `src/permissions/graphql.rs`.

use super::needs::grant_source;
use super::{Fault, read, rows, slice, table};

const ENDPOINTS: &str = "data/endpoints.tsv";
const MUTATIONS: &str = "data/mutations.tsv";

/// The source of the endpoints, in the order of the table.
pub(super) fn source() -> Result<String, Fault> {
    let mut entries = Vec::new();
    rows(ENDPOINTS, &read(ENDPOINTS)?, |[method, path, octokit, needs, _]| {
        let of_item = ["{issue_number}", "{comment_id}", "{event_id}"];
        let asks = asks_source(needs, of_item.iter().any(|part| path.contains(part)))?;
        entries.push(format!(
            "Endpoint {{ method: {method:?}, path: {path:?}, octokit: {octokit:?}, asks: {asks} }}"
        ));
        Ok(())
    })?;
    Ok(table("ENDPOINTS", "Endpoint", &entries))
}

/// The source of the mutations, in the order of the table.
pub(super) fn mutations() -> Result<String, Fault> {
    let mut entries = Vec::new();
    rows(MUTATIONS, &read(MUTATIONS)?, |[name, needs]| {
        entries.push(format!("Mutation {{ name: {name:?}, asks: {} }}", asks_source(needs, true)?));
        Ok(())
    })?;
    Ok(table("MUTATIONS", "Mutation", &entries))
}

/// What is asked for: `-`, `unavailable`, or `scope:level` with `,` between what is needed together, and `|` between
/// what an issue and what a pull request asks for, `of_item` if it belongs to one of them, and not to the repository.
pub(super) fn asks_source(text: &str, of_item: bool) -> Result<String, Fault> {
    let together = |text: &str| {
        let grants = text.split(',').map(|grant| {
            let (scope, level) =
                grant.split_once(':').ok_or_else(|| format!("`{grant}` is not scope:level"))?;
            grant_source(scope, level)
        });
        Ok::<_, Fault>(slice(grants.collect::<Result<Vec<_>, _>>()?))
    };
    Ok(match (text, text.split_once('|')) {
        ("-", _) => "Asks::Nothing".to_owned(),
        ("unavailable", _) => "Asks::Unavailable".to_owned(),
        (text, None) => format!("Asks::All({})", together(text)?),
        (_, Some((issue, pull_request)))
            if issue.starts_with("issues:") && pull_request.starts_with("pull-requests:") =>
        {
            let (issue, pull_request) = (together(issue)?, together(pull_request)?);
            match text.contains(":write") {
                _ if of_item => {
                    format!("Asks::ByItem {{ issue: {issue}, pull_request: {pull_request} }}")
                }
                true => "Asks::Either(Level::Write)".to_owned(),
                false => "Asks::Either(Level::Read)".to_owned(),
            }
        }
        (text, _) => return Err(format!("`{text}` is not `issues:…|pull-requests:…`")),
    })
}
