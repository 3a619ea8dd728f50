//! Requests held against GitHub's description of its REST API.

#![allow(dead_code, clippy::unwrap_used)]

use serde_json::Value;

use crate::server::Request;

/// What is wrong with a request, by the description of the API.
pub(crate) fn fault(operations: &[Value], request: &Request) -> Option<String> {
    let path = request.path().strip_prefix("/api/v3").unwrap();
    let is_meant =
        |operation: &&Value| operation["method"] == *request.method && fits(operation, path);
    // Of several the one with fewest placeholders, as a router takes it.
    let holes = |operation: &&Value| operation["path"].as_str().unwrap().matches('{').count();
    let Some(operation) = operations.iter().filter(is_meant).min_by_key(holes) else {
        return Some(format!("there is no {} {path}", request.method));
    };
    let parameters = operation["parameters"].as_array().unwrap();
    let given: Vec<_> = request.query().split('&').filter_map(|it| it.split_once('=')).collect();
    let mut known = parameters.iter().filter(|parameter| parameter["place"] == "query");
    let missing = known.find(|parameter| {
        let is_given = given.iter().any(|(name, _)| parameter["name"] == *name);
        parameter["required"] == true && !is_given
    });
    if let Some(parameter) = missing {
        return Some(format!("{path} needs {}", parameter["name"]));
    }
    if !request.body.is_empty() {
        let body = serde_json::from_slice(&request.body).unwrap_or_default();
        let Some(schema) = operation.get("body").filter(|schema| !schema.is_null()) else {
            return Some(format!("{path} takes no body"));
        };
        if let Some(fault) = body_fault(schema, &body) {
            return Some(format!("{path}: {fault}"));
        }
    }
    given.iter().find_map(|(name, value)| {
        let is_it = |it: &&Value| it["place"] == "query" && it["name"] == *name;
        let Some(parameter) = parameters.iter().find(is_it) else {
            return Some(format!("{path} knows no {name}"));
        };
        (!takes(&parameter["schema"], value)).then(|| format!("{path}: {name} is not {value}"))
    })
}

/// Whether a path is that of an operation.
fn fits(operation: &Value, path: &str) -> bool {
    let several = |hole: &str| {
        let name = hole.trim_matches(['{', '}']);
        let mut parameters = operation["parameters"].as_array().unwrap().iter();
        parameters.any(|it| it["name"] == name && it["several"] == true)
    };
    let template: Vec<_> = operation["path"].as_str().unwrap().split('/').collect();
    let parts: Vec<_> = path.split('/').collect();
    let same =
        |(hole, part): (&&str, &&str)| hole.starts_with('{') && !part.is_empty() || hole == part;
    let takes_rest = template.last().is_some_and(|last| several(last));
    let length =
        if takes_rest { parts.len() >= template.len() } else { parts.len() == template.len() };
    length && template.iter().zip(&parts).all(same)
}

/// Whether a value is of a schema, as far as queries go.
fn takes(schema: &Value, value: &str) -> bool {
    if let Some(choices) = schema["oneOf"].as_array() {
        return choices.iter().any(|choice| takes(choice, value));
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().any(|known| known == value);
    }
    let number = value.parse::<i64>().ok();
    let within = |bound: &str, holds: fn(&i64, &i64) -> bool| {
        schema[bound]
            .as_i64()
            .is_none_or(|bound| number.is_some_and(|number| holds(&number, &bound)))
    };
    match schema["type"].as_str() {
        Some("integer") => {
            number.is_some() && within("minimum", i64::ge) && within("maximum", i64::le)
        }
        Some("boolean") => matches!(value, "true" | "false"),
        _ => !value.is_empty(),
    }
}

/// What is wrong with a body, by its schema.
fn body_fault(schema: &Value, body: &Value) -> Option<String> {
    for several in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[several].as_array() {
            let faults: Vec<_> =
                choices.iter().map(|choice| body_fault(choice, body)).collect::<Option<_>>()?;
            return Some(faults.join("; or "));
        }
    }
    let is_it = match schema["type"].as_str() {
        Some("object") => body.is_object(),
        Some("array") => body.is_array(),
        Some("string") => body.is_string(),
        Some("boolean") => body.is_boolean(),
        Some("integer") => body.is_i64(),
        _ => true,
    };
    if !is_it {
        return Some(format!("{body} is no {}", schema["type"]));
    }
    let empty = serde_json::Map::new();
    let fields = body.as_object().unwrap_or(&empty);
    let mut required = schema["required"].as_array().into_iter().flatten();
    if let Some(missing) = required.find(|name| !fields.contains_key(name.as_str().unwrap())) {
        return Some(format!("{missing} is missing"));
    }
    let inside = fields.iter().find_map(|(name, value)| match schema["properties"].get(name) {
        Some(schema) => body_fault(schema, value),
        None => Some(format!("there is no {name}")),
    });
    let items = body.as_array().into_iter().flatten();
    inside.or_else(|| items.into_iter().find_map(|item| body_fault(&schema["items"], item)))
}

#[test]
fn bodies_are_held_against_their_schemas() {
    use serde_json::json;
    let schema = json!({ "oneOf": [
        { "type": "object", "required": ["labels"], "properties": { "labels": { "type": "array", "items": { "type": "string" } } } },
        { "type": "array", "items": { "type": "string" } },
    ] });
    assert_eq!(body_fault(&schema, &json!({ "labels": ["a"] })), None);
    assert_eq!(body_fault(&schema, &json!(["a"])), None);
    for wrong in
        [json!({ "label": ["a"] }), json!({}), json!([1]), json!({ "labels": [1] }), json!("a")]
    {
        assert!(body_fault(&schema, &wrong).is_some(), "{wrong}");
    }
}
