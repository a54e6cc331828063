//! How GitHub says no.

use serde_json::{Value, json};

/// A refused act or call, with the status and the words that GitHub has for it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    pub status: u16,
    pub message: String,
    pub errors: Vec<Value>,
}

/// What an act yields.
pub(super) type Did<T> = Result<T, Refusal>;

impl Refusal {
    /// 404: not there, or not for you; GitHub does not say which.
    pub fn not_found() -> Self {
        Self::new(404, "Not Found")
    }

    /// A status with a message.
    pub fn new(status: u16, message: &str) -> Self {
        Self {
            status,
            message: message.to_owned(),
            errors: Vec::new(),
        }
    }

    /// 422 for one field.
    pub fn invalid(resource: &str, field: &str, code: &str) -> Self {
        Self {
            status: 422,
            message: "Validation Failed".to_owned(),
            errors: vec![json!({ "resource": resource, "code": code, "field": field })],
        }
    }

    /// 422 with a sentence, as GitHub words what is too long.
    pub fn unprocessable(resource: &str, field: &str, sentence: &str) -> Self {
        Self {
            status: 422,
            message: "Validation Failed".to_owned(),
            errors: vec![json!({
                "resource": resource, "code": "custom", "field": field, "message": sentence
            })],
        }
    }

    /// The body of the answer.
    pub fn body(&self) -> Value {
        let mut out = json!({
            "message": self.message,
            "documentation_url": "https://docs.github.com/rest",
            "status": self.status.to_string()
        });
        if let (Value::Object(out), false) = (&mut out, self.errors.is_empty()) {
            out.insert("errors".to_owned(), json!(self.errors));
        }
        out
    }
}
