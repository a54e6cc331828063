//! GraphQL: what REST does not tell, such as which issues a pull request closes and who edited a
//! comment. The query is really read, and only what it asks for is answered.

mod fields;
mod query;

use serde_json::{Map, Value, json};

use super::super::refusal::{Did, Refusal};
use super::super::world::World;
use super::{Ask, Caller, Reply};
use fields::{Held, Thing, field};
use query::{Document, Field, Selection, read};

/// How deep fragments are followed: one that names itself would have no end.
const SPREADS: usize = 16;

/// Answers a query. GitHub answers 200 also where it has errors to tell.
pub(super) fn ask(world: &mut World, ask: &Ask) -> Did<Reply> {
    if ask.caller == Caller::App {
        return Err(Refusal::new(403, "Resource not accessible by integration"));
    }
    let null = Value::Null;
    let variables = ask.body.get("variables").unwrap_or(&null);
    let document = match read(ask.text("query").unwrap_or(""), variables) {
        Ok(document) => document,
        Err(message) => return Ok(Reply::ok(json!({ "errors": [{ "message": message }] }))),
    };
    let mut answering = Answering {
        world,
        caller: ask.caller,
        document: &document,
        path: Vec::new(),
        spreads: 0,
        errors: Vec::new(),
    };
    let data = answering.object(&Thing::Query, &document.selections);
    let errors = answering.errors;
    let unknown = errors
        .iter()
        .any(|error| error["extensions"]["code"] == "undefinedField");
    Ok(Reply::ok(if unknown {
        // GitHub refuses the whole query then.
        json!({ "errors": errors })
    } else if errors.is_empty() {
        json!({ "data": data })
    } else {
        json!({ "data": data, "errors": errors })
    }))
}

struct Answering<'a> {
    world: &'a World,
    caller: Caller,
    document: &'a Document,
    path: Vec<Value>,
    spreads: usize,
    errors: Vec<Value>,
}

impl Answering<'_> {
    fn object(&mut self, thing: &Thing, selections: &[Selection]) -> Value {
        let mut out = Map::new();
        self.fill(&mut out, thing, selections);
        Value::Object(out)
    }

    fn fill(&mut self, out: &mut Map<String, Value>, thing: &Thing, selections: &[Selection]) {
        let kinds = thing.kinds(self.world);
        for selection in selections {
            match selection {
                Selection::On(kind, inner) => {
                    if kind.as_ref().is_none_or(|k| kinds.contains(&k.as_str())) {
                        self.fill(out, thing, inner);
                    }
                }
                Selection::Spread(name) => {
                    if let Some((kind, inner)) = self.document.fragments.get(name)
                        && kinds.contains(&kind.as_str())
                        && self.spreads < SPREADS
                    {
                        self.spreads += 1;
                        self.fill(out, thing, inner);
                        self.spreads -= 1;
                    }
                }
                Selection::Field(wanted) => {
                    self.path.push(json!(wanted.alias));
                    let held = field(
                        self.world,
                        self.caller,
                        thing,
                        &wanted.name,
                        &wanted.arguments,
                    );
                    let value = match held {
                        Ok(Held::Value(value)) => value,
                        Ok(Held::Thing(inner)) => self.maybe(inner, &wanted.inner),
                        Ok(Held::Things(list)) => {
                            self.tell_of_missing(&list, wanted);
                            list.into_iter()
                                .map(|inner| self.maybe(inner, &wanted.inner))
                                .collect()
                        }
                        Err(trouble) => {
                            self.errors.push(json!({
                                "type": trouble.kind,
                                "path": self.path,
                                "extensions": { "code": trouble.kind },
                                "locations": [{ "line": 1, "column": 1 }],
                                "message": trouble.message
                            }));
                            Value::Null
                        }
                    };
                    self.path.pop();
                    out.insert(wanted.alias.clone(), value);
                }
            }
        }
    }

    /// Each node that is not there is an error as well as a `null` in the list.
    fn tell_of_missing(&mut self, list: &[Option<Thing>], wanted: &Field) {
        for (place, _) in list.iter().enumerate().filter(|(_, thing)| thing.is_none()) {
            let id = wanted.arguments["ids"][place].as_str().unwrap_or("");
            let trouble = fields::no_node(id);
            self.errors.push(json!({
                "type": trouble.kind,
                "path": [wanted.alias, place],
                "locations": [{ "line": 1, "column": 1 }],
                "message": trouble.message
            }));
        }
    }

    fn maybe(&mut self, thing: Option<Thing>, selections: &[Selection]) -> Value {
        thing.map_or(Value::Null, |thing| self.object(&thing, selections))
    }
}
