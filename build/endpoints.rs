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
        let asks = asks_source(needs)?;
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
        entries.push(format!("Mutation {{ name: {name:?}, asks: {} }}", asks_source(needs)?));
        Ok(())
    })?;
    Ok(table("MUTATIONS", "Mutation", &entries))
}

/// What is asked for: `-`, `unavailable`, or `scope:level` with `|` between alternatives and `,` between
/// what is needed together.
pub(super) fn asks_source(text: &str) -> Result<String, Fault> {
    let together = |text: &str| {
        let grants = text.split(',').map(|grant| {
            let (scope, level) =
                grant.split_once(':').ok_or_else(|| format!("`{grant}` is not scope:level"))?;
            grant_source(scope, level)
        });
        Ok::<_, Fault>(slice(grants.collect::<Result<Vec<_>, _>>()?))
    };
    Ok(match text {
        "-" => "Asks::Nothing".to_owned(),
        "unavailable" => "Asks::Unavailable".to_owned(),
        text => {
            let alternatives = text.split('|').map(together).collect::<Result<Vec<_>, _>>()?;
            format!("Asks::AnyOf({})", slice(alternatives))
        }
    })
}
