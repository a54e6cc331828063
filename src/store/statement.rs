//! Statements whose length depends on how many rows there are.

use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, Arguments, AssertSqlSafe, Encode, Type};

use super::int;
use super::key::Key;

/// A statement that is put together piece by piece. Its parameters are `$1`, `$2`…, which both
/// databases understand; sqlx's own builder writes `?` for [`Any`].
pub(super) struct Statement {
    text: String,
    arguments: AnyArguments,
}

impl Statement {
    /// It begins so.
    pub(super) fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            arguments: AnyArguments::default(),
        }
    }

    /// It goes on so.
    pub(super) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// It goes on with a value.
    pub(super) fn bind<T>(&mut self, value: T) -> &mut Self
    where
        T: for<'q> Encode<'q, Any> + Type<Any>,
    {
        // Encoding fails for values of custom types alone.
        let added = self.arguments.add(value);
        debug_assert!(added.is_ok(), "{added:?}");
        self.text.push('$');
        self.text.push_str(&self.arguments.len().to_string());
        self
    }

    /// Rows in brackets with commas between them; `row` writes the inside of one.
    pub(super) fn rows<T>(
        &mut self,
        of: impl IntoIterator<Item = T>,
        mut row: impl FnMut(&mut Row<'_>, T),
    ) -> &mut Self {
        for (place, one) in of.into_iter().enumerate() {
            self.push(if place == 0 { "(" } else { ", (" });
            let mut inside = Row {
                statement: self,
                first: true,
            };
            row(&mut inside, one);
            self.push(")");
        }
        self
    }

    /// As sqlx runs it.
    pub(super) fn build(self) -> Query<'static, Any, AnyArguments> {
        sqlx::query_with(AssertSqlSafe(self.text), self.arguments)
    }
}

/// One row of values.
pub(super) struct Row<'a> {
    statement: &'a mut Statement,
    first: bool,
}

impl Row<'_> {
    /// The four values of a key.
    pub(super) fn key(&mut self, key: Key) -> &mut Self {
        self.bind(int(key.installation.0))
            .bind(int(key.repo.0))
            .bind(key.kind.word().to_owned())
            .bind(int(key.number))
    }

    /// The next value.
    pub(super) fn bind<T>(&mut self, value: T) -> &mut Self
    where
        T: for<'q> Encode<'q, Any> + Type<Any>,
    {
        if !std::mem::take(&mut self.first) {
            self.statement.push(", ");
        }
        self.statement.bind(value);
        self
    }
}
