//! The JSON Schema of policy files, for editors: made of the tables that the reader reads by, the
//! vocabularies and the defaults. It names the usual spellings; the reader also takes others.

use serde_json::{Value, json};

use super::parse::POLICY;
use super::reader::section;
use super::shape::named;
use super::values::{MOST_TITLE_CHARS, OFF, ON};

/// The schema of `.github/labhand.yml`, draft 2020-12.
pub fn schema() -> Value {
    section(POLICY)
        .says("A team's policy for labhand: .github/labhand.yml. Every key is optional.")
        .with(
            "$schema",
            json!("https://json-schema.org/draft/2020-12/schema"),
        )
        .with("title", json!("labhand policy"))
        .with("$defs", definitions())
        .into_json()
}

/// What many keys share.
fn definitions() -> Value {
    let title = json!({
        "type": "string", "minLength": 1, "maxLength": MOST_TITLE_CHARS, "not": named("off").into_json()
    });
    let mut off = spelt(&OFF);
    off.push(json!(false));
    let mut flag = vec![json!(true), json!(false), Value::Null];
    flag.extend(spelt(&ON).into_iter().chain(spelt(&OFF)));
    json!({
        "off": { "enum": off },
        "flag": { "enum": flag },
        "percent": {
            "oneOf": [
                { "type": "integer", "minimum": 0 },
                { "type": "string", "pattern": "^[0-9]+ *%?$" },
                { "type": "null" }
            ]
        },
        "span": {
            "type": "string",
            "description": "Working time, such as 90m, 4h, 2d or 1w 2d.",
            "pattern": "^\\s*([0-9]+\\s*[A-Za-z]+[\\s,]*)+$"
        },
        "slug": { "type": "string", "pattern": "^[A-Za-z0-9-]{1,40}$" },
        "title": title,
        "member": {
            "type": "string",
            "description": "A login, or a GitHub team as org/team.",
            "pattern": "^@?[A-Za-z0-9_-]+(\\[bot\\])?(/[A-Za-z0-9._-]+)?$"
        }
    })
}

/// As these words are usually spelt: YAML reads some of them as truth values, and some not.
fn spelt(words: &[&str]) -> Vec<Value> {
    let spellings = words.iter().flat_map(|word| {
        let (first, rest) = word.split_at(1);
        let title = format!("{}{rest}", first.to_uppercase());
        [(*word).to_owned(), title, word.to_uppercase()]
    });
    spellings.map(Value::String).collect()
}
