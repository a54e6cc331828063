//! The example, the schema and the reader.

use super::*;

/// The keys of a section of the example, by path, as far as they are fixed.
fn keys_of(node: &yaml::Node, path: &str, keys: &mut Vec<String>) {
    if let yaml::Value::Map(pairs) = &node.value {
        for pair in pairs {
            let path = format!("{path}/{}", pair.key);
            if path != "/timeboxes/presets" {
                keys_of(&pair.node, &path, keys);
            }
            keys.push(path);
        }
    }
}

fn schema_keys(schema: &serde_json::Value, path: &str, keys: &mut Vec<String>) {
    if let Some(properties) = schema["properties"].as_object() {
        assert_eq!(schema["additionalProperties"], false, "{path}");
        for (key, section) in properties {
            let path = format!("{path}/{key}");
            schema_keys(section, &path, keys);
            keys.push(path);
        }
    }
}

#[test]
fn example_and_schema_know_the_same_keys() {
    let (example, _) = yaml::read(EXAMPLE, Written::ForUs).expect("the example is YAML");
    let (mut in_example, mut in_schema) = (Vec::new(), Vec::new());
    keys_of(&example.expect("the example has keys"), "", &mut in_example);
    let mut schema = schema();
    for free in ["guards", "labels"] {
        schema["properties"][free] = serde_json::Value::Null;
    }
    schema["properties"]["timeboxes"]["properties"]["presets"] = serde_json::Value::Null;
    schema["properties"]["lifecycle"]["properties"]["gates"] = serde_json::Value::Null;
    schema_keys(&schema, "", &mut in_schema);
    in_example.sort();
    in_schema.sort();
    assert_eq!(in_example, in_schema);
}
