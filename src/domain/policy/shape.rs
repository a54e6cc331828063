//! What a value of a policy may be, as JSON Schema says it.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Policy;

/// What a value may be, what it is for and what it is where nothing is said.
pub(super) struct Shape(Map<String, Value>);

/// A section that has these keys.
pub(super) fn keys<'a>(keys: impl IntoIterator<Item = (&'a str, Shape)>) -> Shape {
    let of = |(key, shape): (&str, Shape)| (key.to_owned(), shape.into_json());
    let properties: Map<String, Value> = keys.into_iter().map(of).collect();
    one(json!({
        "type": ["object", "null"],
        "additionalProperties": false,
        "properties": properties
    }))
}

/// A section of the team's own keys, as far as they match; each may be nothing too.
pub(super) fn free_keys(pattern: &str, value: Shape) -> Shape {
    one(json!({
        "type": ["object", "null"],
        "propertyNames": { "pattern": pattern },
        "additionalProperties": value.into_json()
    }))
}

/// What is defined once.
pub(super) fn named(definition: &str) -> Shape {
    one(json!({ "$ref": format!("#/$defs/{definition}") }))
}

/// A list of what is defined once.
pub(super) fn list_of(items: Shape) -> Shape {
    one(json!({ "type": ["array", "null"], "items": items.into_json() }))
}

/// A text that matches.
pub(super) fn text(pattern: &str) -> Shape {
    one(json!({ "type": "string", "pattern": pattern }))
}

/// One of these words, or nothing.
pub(super) fn words(words: impl IntoIterator<Item = &'static str>) -> Shape {
    let mut all: Vec<Value> = words.into_iter().map(Value::from).collect();
    // YAML reads `off` as a truth value in some editors.
    if all.contains(&json!("off")) {
        all.push(json!(false));
    }
    all.push(Value::Null);
    one(json!({ "enum": all }))
}

/// Any of these, or nothing.
pub(super) fn any_of(shapes: impl IntoIterator<Item = Shape>) -> Shape {
    let mut all: Vec<Value> = shapes.into_iter().map(Shape::into_json).collect();
    all.push(json!({ "type": "null" }));
    one(json!({ "anyOf": all }))
}

/// A shape as JSON Schema writes it.
pub(super) fn one(schema: Value) -> Shape {
    match schema {
        Value::Object(map) => Shape(map),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Shape(Map::new())
        }
    }
}

impl Shape {
    /// As JSON.
    pub(super) fn into_json(self) -> Value {
        Value::Object(self.0)
    }

    /// What an editor shows beside it.
    pub(super) fn says(self, description: &str) -> Self {
        self.with("description", json!(description))
    }

    /// What it is in the policy of a team that says nothing.
    pub(super) fn usually<V: Serialize>(self, of: impl FnOnce(&Policy) -> V) -> Self {
        self.with("default", json!(of(&Policy::default())))
    }

    /// An example.
    pub(super) fn such_as(self, example: Value) -> Self {
        self.with("examples", Value::Array(vec![example]))
    }

    /// Another bound.
    pub(super) fn with(mut self, key: &str, value: Value) -> Self {
        self.0.insert(key.to_owned(), value);
        self
    }
}
