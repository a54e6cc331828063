//! How things look on the wire. Every required field of GitHub's own description is there, so that
//! answers can be held against it; what is not required and not used is left out.

mod accounts;
mod checks;
mod issues;
mod pulls;
mod releases;
mod repos;

pub(super) use accounts::REACTIONS;

use jiff::Timestamp;
use serde_json::{Value, json};

/// A node id as GraphQL uses it. The kind and the number can be read back from it, which GitHub's
/// own form promises nobody.
pub(super) fn node_id(kind: &str, id: u64) -> String {
    format!("{kind}_kwDO{id:012X}")
}

/// The kind and number that [`node_id`] put in.
pub(super) fn of_node_id(node: &str) -> Option<(&str, u64)> {
    let (kind, number) = node.split_once("_kwDO")?;
    Some((kind, u64::from_str_radix(number, 16).ok()?))
}

/// An instant as GitHub writes it.
pub(super) fn time(at: Timestamp) -> Value {
    json!(at.to_string())
}

/// An instant that may be missing.
pub(super) fn maybe_time(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, time)
}

/// Adds the fields of one object to another.
pub(super) fn with(mut object: Value, more: Value) -> Value {
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    object
}
