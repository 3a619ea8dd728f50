//! What requests are for.

use serde_json::Value;

use crate::server::Request;

/// What a request is for.
pub(crate) enum Operation {
    Query(String),
    Mutation(String),
    Rest(String),
    /// Something about actions.
    Actions,
}

impl Operation {
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Query(name) | Self::Mutation(name) | Self::Rest(name) => name.clone(),
            Self::Actions => "actions".to_owned(),
        }
    }
}

pub(crate) fn operation(request: &Request) -> Operation {
    if let Some(route) = request.path().strip_prefix("/api/v3") {
        return Operation::Rest(format!("{} {route}", request.method));
    }
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let query = body["query"].as_str().unwrap_or_default();
    let name = |kind: &str| {
        let rest = query.strip_prefix(kind)?.strip_prefix(' ')?;
        Some(rest.split('(').next()?.to_owned()).filter(|name| !name.contains([' ', '{']))
    };
    match (name("query"), name("mutation")) {
        (Some(name), _) => Operation::Query(name),
        (_, Some(name)) => Operation::Mutation(name),
        _ => Operation::Actions,
    }
}
