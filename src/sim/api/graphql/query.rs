//! Reading a GraphQL query, as much of the language as a client's queries use: operations with
//! variables, aliases, arguments, inline and named fragments. Directives are not read.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// How deep selections may stand in each other.
const DEPTH: usize = 32;

/// One entry of a selection.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Selection {
    /// A field.
    Field(Field),
    /// `... on Kind { … }`.
    On(Option<String>, Vec<Selection>),
    /// `...Name`.
    Spread(String),
}

/// A field that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    /// What it is called in the answer.
    pub alias: String,
    /// Its name.
    pub name: String,
    /// Its arguments, with the variables put in.
    pub arguments: Map<String, Value>,
    /// What is asked of it.
    pub inner: Vec<Selection>,
}

/// A query that was read.
#[derive(Debug, Clone, Default)]
pub(super) struct Document {
    /// What the first operation asks.
    pub selections: Vec<Selection>,
    /// Named fragments: the kind they are on, and what they ask.
    pub fragments: HashMap<String, (String, Vec<Selection>)>,
}

/// Reads a query; an error says where it went wrong.
pub(super) fn read(text: &str, variables: &Value) -> Result<Document, String> {
    let mut reader = Reader {
        tokens: tokens(text)?,
        at: 0,
        variables,
        defaults: Map::new(),
    };
    let mut document = Document::default();
    while let Some(token) = reader.next() {
        match token.as_str() {
            "{" => document.selections = reader.selections(0)?,
            "query" => {
                reader.skip_to_variables()?;
                document.selections = reader.selections(0)?;
            }
            "fragment" => {
                let name = reader.word()?;
                reader.expect("on")?;
                let kind = reader.word()?;
                reader.expect("{")?;
                let inner = reader.selections(0)?;
                document.fragments.insert(name, (kind, inner));
            }
            other => return Err(format!("Expected a query, actual: {other}")),
        }
    }
    if document.selections.is_empty() {
        return Err("A query attribute must be specified and must be a string.".to_owned());
    }
    Ok(document)
}

/// Strings keep their opening quote, so that they differ from names.
fn tokens(text: &str) -> Result<Vec<String>, String> {
    let mut out = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '#' => while rest.next_if(|c| *c != '\n').is_some() {},
            '"' => {
                let mut token = String::from('"');
                loop {
                    match rest.next() {
                        Some('"') => break,
                        Some('\\') => token.extend(rest.next()),
                        Some(c) => token.push(c),
                        None => return Err("Unterminated string".to_owned()),
                    }
                }
                out.push(token);
            }
            '.' => {
                while rest.next_if_eq(&'.').is_some() {}
                out.push("...".to_owned());
            }
            c if c.is_alphanumeric() || matches!(c, '_' | '-') => {
                let mut token = String::from(c);
                while let Some(c) = rest.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    token.push(c);
                }
                out.push(token);
            }
            c if c.is_whitespace() || matches!(c, ',' | '\u{feff}') => {}
            c => out.push(c.to_string()),
        }
    }
    Ok(out)
}

struct Reader<'a> {
    tokens: Vec<String>,
    at: usize,
    variables: &'a Value,
    defaults: Map<String, Value>,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<String> {
        let token = self.tokens.get(self.at)?.clone();
        self.at += 1;
        Some(token)
    }

    fn next_if(&mut self, wanted: &str) -> bool {
        let there = self.tokens.get(self.at).is_some_and(|t| t == wanted);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, wanted: &str) -> Result<(), String> {
        match self.next() {
            Some(token) if token == wanted => Ok(()),
            other => Err(format!("Expected {wanted}, actual: {other:?}")),
        }
    }

    fn word(&mut self) -> Result<String, String> {
        self.next()
            .filter(|token| token.starts_with(|c: char| c.is_alphabetic() || c == '_'))
            .ok_or_else(|| "Expected a name".to_owned())
    }

    /// Reads `Name($a: T! = 1, …) {`; the types are not looked at.
    fn skip_to_variables(&mut self) -> Result<(), String> {
        let mut name = None;
        loop {
            match self.next().as_deref() {
                Some("{") => return Ok(()),
                Some("$") => name = Some(self.word()?),
                Some("=") => {
                    let value = self.value()?;
                    if let Some(name) = name.take() {
                        self.defaults.insert(name, value);
                    }
                }
                Some(_) => {}
                None => return Err("Unexpected end of document".to_owned()),
            }
        }
    }

    /// Reads up to the closing brace; the opening one is read already.
    fn selections(&mut self, depth: usize) -> Result<Vec<Selection>, String> {
        if depth > DEPTH {
            return Err("The query is too deep".to_owned());
        }
        let mut out = Vec::new();
        while !self.next_if("}") {
            if self.next_if("...") {
                out.push(self.fragment(depth)?);
            } else {
                out.push(Selection::Field(self.field(depth)?));
            }
        }
        Ok(out)
    }

    fn fragment(&mut self, depth: usize) -> Result<Selection, String> {
        if self.next_if("{") {
            return Ok(Selection::On(None, self.selections(depth + 1)?));
        }
        if self.next_if("on") {
            let kind = self.word()?;
            self.expect("{")?;
            return Ok(Selection::On(Some(kind), self.selections(depth + 1)?));
        }
        Ok(Selection::Spread(self.word()?))
    }

    fn field(&mut self, depth: usize) -> Result<Field, String> {
        let mut alias = self.word()?;
        let mut name = alias.clone();
        if self.next_if(":") {
            name = self.word()?;
        } else {
            alias.clone_from(&name);
        }
        let mut arguments = Map::new();
        if self.next_if("(") {
            while !self.next_if(")") {
                let argument = self.word()?;
                self.expect(":")?;
                let value = self.value()?;
                arguments.insert(argument, value);
            }
        }
        let inner = if self.next_if("{") {
            self.selections(depth + 1)?
        } else {
            Vec::new()
        };
        Ok(Field {
            alias,
            name,
            arguments,
            inner,
        })
    }

    fn value(&mut self) -> Result<Value, String> {
        let token = self
            .next()
            .ok_or_else(|| "Unexpected end of document".to_owned())?;
        match token.as_str() {
            "$" => {
                let name = self.word()?;
                let given = self.variables.get(&name).cloned();
                Ok(given
                    .or_else(|| self.defaults.get(&name).cloned())
                    .unwrap_or(Value::Null))
            }
            "[" => {
                let mut list = Vec::new();
                while !self.next_if("]") {
                    list.push(self.value()?);
                }
                Ok(Value::Array(list))
            }
            "null" => Ok(Value::Null),
            "true" | "false" => Ok(Value::Bool(token == "true")),
            _ => Ok(match token.strip_prefix('"') {
                Some(text) => Value::String(text.to_owned()),
                None => token
                    .parse::<i64>()
                    .map_or_else(|_| Value::String(token.clone()), Value::from),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn variables_aliases_and_fragments_are_read() {
        let text = "query Q($id: ID!, $n: Int = 5) { it: node(id: $id) { ... on Issue { list(first: $n) { x } } ...Rest } } fragment Rest on Issue { title }";
        let document = read(text, &json!({ "id": "I_1" })).unwrap();
        let [Selection::Field(field)] = document.selections.as_slice() else {
            panic!("one field");
        };
        assert_eq!((field.alias.as_str(), field.name.as_str()), ("it", "node"));
        assert_eq!(field.arguments["id"], "I_1");
        let Selection::On(Some(kind), inner) = &field.inner[0] else {
            panic!("a fragment");
        };
        assert_eq!(kind, "Issue");
        let Selection::Field(list) = &inner[0] else {
            panic!("a field");
        };
        assert_eq!(list.arguments["first"], 5);
        assert!(document.fragments.contains_key("Rest"));
    }

    #[test]
    fn what_is_no_query_is_told() {
        assert!(read("mutation { x }", &json!({})).is_err());
        assert!(read("{ a { b }", &json!({})).is_err());
        assert!(read("", &json!({})).is_err());
    }
}
