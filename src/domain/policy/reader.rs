//! Reading one layer: sections by tables of keys, and every mistake noted at its place instead of
//! stopping at the first.

use super::error::{PolicyError, nearest};
use super::shape::{Shape, keys};
use crate::domain::yaml::{Node, Pair, Place, Value, shown};

/// A key of a section.
pub(super) struct Key<T> {
    pub(super) name: &'static str,
    /// What its value may be, for the schema.
    pub(super) shape: fn() -> Shape,
    /// What reads its value.
    pub(super) read: fn(&mut T, &Node, &mut Reader<'_>),
}

/// A row of a section's table.
pub(super) const fn key<T>(
    name: &'static str,
    shape: fn() -> Shape,
    read: fn(&mut T, &Node, &mut Reader<'_>),
) -> Key<T> {
    Key { name, shape, read }
}

/// A row whose value is a section with a table of its own, and what an editor says of it.
macro_rules! part {
    ($name:literal, $table:ident $(, $says:literal)?) => {
        key(
            $name,
            || section($table)$(.says($says))?,
            |to, node, reader| reader.section(to, node, $table),
        )
    };
}
pub(super) use part;

/// More mistakes than anybody mends at once; GitHub takes 50 annotations in a request.
const MOST_ERRORS: usize = 50;

/// The shape of a section with such a table.
pub(super) fn section<T>(table: &[Key<T>]) -> Shape {
    keys(table.iter().map(|key| (key.name, (key.shape)())))
}

/// Notes mistakes in one file.
pub(super) struct Reader<'a> {
    origin: &'a str,
    errors: Vec<PolicyError>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(origin: &'a str) -> Self {
        Self {
            origin,
            errors: Vec::new(),
        }
    }

    /// All mistakes in the order of their places.
    pub(super) fn into_errors(mut self) -> Vec<PolicyError> {
        self.errors.sort_by_key(|error| (error.line, error.column));
        self.errors
    }

    /// How many mistakes are noted, so that what only follows from one can be kept quiet.
    pub(super) fn noted(&self) -> usize {
        self.errors.len()
    }

    /// No more mistakes are noted, and none need be looked into.
    fn is_full(&self) -> bool {
        self.noted() >= MOST_ERRORS
    }

    /// Notes a mistake; `None` for the value that is not there, so that a reader can end with it.
    pub(super) fn wrong<T>(
        &mut self,
        at: Place,
        message: impl Into<String>,
        nearest: Option<String>,
    ) -> Option<T> {
        if !self.is_full() {
            self.errors.push(PolicyError {
                origin: self.origin.to_owned(),
                line: at.line,
                column: at.column,
                message: message.into(),
                nearest,
            });
        }
        None
    }

    /// Notes that a value is not what is expected there.
    pub(super) fn expected<T>(&mut self, node: &Node, what: &str) -> Option<T> {
        let message = match &node.value {
            Value::Word(text) if text.trim().is_empty() => {
                format!("here belongs {what}, not an empty text")
            }
            Value::Word(text) => format!("{} is not {what}", shown(text)),
            Value::Nothing => format!("here belongs {what}, not nothing"),
            Value::List(_) => format!("here belongs {what}, not a list"),
            Value::Map(_) => format!("here belongs {what}, not a section of keys"),
        };
        self.wrong(node.at, message, None)
    }

    /// Notes that a word is none of those that are possible.
    pub(super) fn none_of<'c, T>(
        &mut self,
        node: &Node,
        what: &str,
        candidates: impl IntoIterator<Item = &'c str>,
    ) -> Option<T> {
        let Value::Word(word) = &node.value else {
            return self.expected(node, what);
        };
        let message = format!("{} is not {what}", shown(word));
        self.wrong(node.at, message, nearest(word, candidates))
    }

    /// Notes a key that does not exist.
    pub(super) fn unknown_key<'c>(
        &mut self,
        pair: &Pair,
        what: &str,
        candidates: impl IntoIterator<Item = &'c str>,
    ) {
        if self.is_full() {
            return;
        }
        let message = format!("unknown {what} {}", shown(&pair.key));
        let nearest = nearest(&pair.key, candidates);
        self.wrong::<()>(pair.key_at, message, nearest);
    }

    /// The pairs of a map of free keys; an empty section has none.
    pub(super) fn pairs<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Pair] {
        match &node.value {
            Value::Nothing => &[],
            Value::Map(pairs) => pairs,
            Value::Word(word) => {
                let message = format!("here belongs {what}, not {}", shown(word));
                self.wrong::<()>(node.at, message, None);
                &[]
            }
            Value::List(_) => {
                self.expected::<()>(node, what);
                &[]
            }
        }
    }

    /// Reads a section whose keys are known; an empty section says nothing.
    pub(super) fn section<T>(&mut self, target: &mut T, node: &Node, keys: &[Key<T>]) {
        for pair in self.pairs(node, "a section of keys") {
            match keys.iter().find(|key| key.name == pair.key) {
                Some(key) => (key.read)(target, &pair.node, self),
                None => self.unknown_key(pair, "key", keys.iter().map(|key| key.name)),
            }
        }
    }

    /// Sets one value: `~` means labhand's default, and a wrong one changes nothing.
    pub(super) fn set<T>(
        &mut self,
        target: &mut T,
        node: &Node,
        default: T,
        read: impl FnOnce(&Node, &mut Self) -> Option<T>,
    ) {
        if node.value == Value::Nothing {
            *target = default;
        } else if let Some(value) = read(node, self) {
            *target = value;
        }
    }
}
