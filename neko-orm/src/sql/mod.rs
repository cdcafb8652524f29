//! Statements in the making: text and arguments grow together, identifiers are quoted, values are bound.

mod rows;
mod values;

use std::sync::Arc;

use crate::backend::{Arguments, ArrayColumn, ColumnArray, Dialect, Encoded, Form, Statement, Value};
use crate::error::{Result, Sent, StatementError};
pub(crate) use rows::{column_of_rows, common_size, most_rows, takes_arrays};
pub(crate) use values::{KeySet, ValueRows};

/// Writes one statement.
pub(crate) struct Sql {
    dialect: Dialect,
    model: &'static str,
    text: String,
    arguments: Arguments,
    failure: Option<sqlx::Error>,
    persistent: bool,
    /// The values that have a placeholder, where equal ones share it.
    shared: Option<Vec<(Encoded, usize)>>,
}

impl Sql {
    /// A statement about the table of the model of this name.
    pub(crate) fn new(dialect: Dialect, model: &'static str) -> Self {
        Self {
            dialect,
            model,
            text: String::with_capacity(256),
            arguments: dialect.arguments(),
            failure: None,
            persistent: true,
            shared: None,
        }
    }

    /// The same, with room for a long text.
    pub(crate) fn long(mut self) -> Self {
        self.text.reserve(2048);
        self
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Appends SQL of the crate's own.
    pub(crate) fn push(&mut self, sql: &'static str) -> &mut Self {
        self.text.push_str(sql);
        self
    }

    /// Appends a number of the crate's own.
    pub(crate) fn number(&mut self, number: usize) -> &mut Self {
        self.text.push_str(&number.to_string());
        self
    }

    /// Appends SQL that the user wrote. A NUL would end the text for the driver, which then waits for the rest for ever.
    pub(crate) fn user_text(&mut self, sql: &str) -> &mut Self {
        if sql.contains('\0') {
            self.fail("SQL cannot contain NUL".to_owned());
        } else {
            self.text.push_str(sql);
        }
        self
    }

    /// Makes the statement one that cannot be sent.
    pub(crate) fn fail(&mut self, message: String) {
        self.failure.get_or_insert(sqlx::Error::InvalidArgument(message));
    }

    /// Appends an SQL expression that the user wrote in an attribute, where it becomes part of the schema.
    pub(crate) fn expression(&mut self, sql: &'static str) -> &mut Self {
        // The end of the line ends a comment, too.
        self.push("(").user_text(sql).push("\n)")
    }

    /// Appends the declared type of a column, as the backend tells it.
    pub(crate) fn column_type(&mut self, column_type: &str) -> &mut Self {
        self.user_text(column_type)
    }

    /// Appends a quoted identifier. One that the database would cut off makes the statement one that cannot be sent.
    pub(crate) fn name(&mut self, name: &str) -> &mut Self {
        if let Some(longest) = self.dialect.spelling().longest_name.filter(|longest| name.len() > *longest) {
            self.fail(format!("the name `{name}` is longer than the {longest} bytes that the database keeps of one"));
        }
        self.dialect.quote(name, &mut self.text);
        self
    }

    /// Appends `"table"."column"`. A quoted name that is not qualified is a string literal to SQLite when it is misspelt.
    pub(crate) fn column(&mut self, table: &str, column: &str) -> &mut Self {
        self.name(table).push(".").name(column)
    }

    /// Appends columns of a table, qualified, with commas between.
    pub(crate) fn columns<'n>(&mut self, table: &str, columns: impl IntoIterator<Item = &'n str>) -> &mut Self {
        self.list(columns, |sql, column| {
            sql.column(table, column);
        })
    }

    /// Appends an array of a column.
    pub(crate) fn array(&mut self, array: ColumnArray, table: &str, column: &ArrayColumn) -> &mut Self {
        for (position, text) in (array.around)(column).iter().enumerate() {
            if position > 0 {
                self.column(table, &column.name);
            }
            self.push(text);
        }
        self
    }

    /// Appends an array of each column, with commas between.
    pub(crate) fn arrays(&mut self, array: ColumnArray, table: &str, columns: &[ArrayColumn]) -> &mut Self {
        self.list(columns, |sql, column| {
            sql.array(array, table, column);
        })
    }

    /// Appends `"table"."column" = ?` for each column and its value, with AND between.
    pub(crate) fn equals<'n, 'v>(
        &mut self,
        table: &str,
        values: impl IntoIterator<Item = (&'n str, &'v dyn Value)>,
    ) -> &mut Self {
        self.separated(" AND ", values, |sql, (column, value)| {
            sql.column(table, column).push(" = ").bind_any(value);
        })
    }

    /// As [`bind`](Self::bind), for a statement whose plan is the same for any value.
    pub(crate) fn bind_any(&mut self, value: &dyn Value) -> &mut Self {
        self.push(self.dialect.spelling().any_value).bind(value)
    }

    /// Appends a placeholder and binds `value` to it.
    pub(crate) fn bind(&mut self, value: &dyn Value) -> &mut Self {
        let encoded = self.shared.as_ref().and_then(|_| value.encoded());
        let place = |(other, position): &(Encoded, usize)| (Some(other) == encoded.as_ref()).then_some(*position);
        if let Some(position) = self.shared.iter().flatten().find_map(place) {
            self.dialect.placeholder(position, &mut self.text);
            return self;
        }
        self.argument(value);
        if let (Some(shared), Some(encoded)) = (&mut self.shared, encoded) {
            shared.push((encoded, self.arguments.len()));
        }
        self.placeholder()
    }

    /// Adds an argument, whose placeholder is appended besides.
    fn argument(&mut self, value: &dyn Value) {
        if let Err(error) = value.bind(&mut self.arguments) {
            self.failure.get_or_insert(sqlx::Error::Encode(error));
        }
    }

    /// From here on, values that are equal share a placeholder where placeholders have numbers: PostgreSQL takes an expression that is grouped
    /// by, or whose values are distinct, for the same as one that is selected only if their placeholders are the same.
    pub(crate) fn share_placeholders(&mut self) {
        if self.dialect.spelling().numbers_placeholders {
            self.shared.get_or_insert_default();
        }
    }

    pub(crate) fn shares_placeholders(&self) -> bool {
        self.shared.is_some()
    }

    /// Appends the placeholder of the last argument.
    fn placeholder(&mut self) -> &mut Self {
        self.dialect.placeholder(self.arguments.len(), &mut self.text);
        self
    }

    /// Appends what `write` writes, within a form.
    pub(crate) fn within(&mut self, [before, after]: Form, write: impl FnOnce(&mut Self)) -> &mut Self {
        self.push(before);
        write(self);
        self.push(after)
    }

    /// Appends what `write` writes for each item, with commas between.
    pub(crate) fn list<T>(&mut self, items: impl IntoIterator<Item = T>, write: impl FnMut(&mut Self, T)) -> &mut Self {
        self.separated(", ", items, write)
    }

    /// Appends what `write` writes for each item, with `separator` between.
    pub(crate) fn separated<T>(
        &mut self,
        separator: &'static str,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        for (position, item) in items.into_iter().enumerate() {
            if position > 0 {
                self.push(separator);
            }
            write(self, item);
        }
        self
    }

    /// Keeps the driver from caching the prepared statement.
    pub(crate) fn once(&mut self) -> &mut Self {
        self.persistent = false;
        self
    }

    /// How many arguments the statement has so far.
    pub(crate) fn argument_count(&self) -> usize {
        self.arguments.len()
    }

    pub(crate) fn finish(self) -> Result<Statement> {
        let sent = Sent { sql: Arc::new(self.text), model: self.model };
        match self.failure {
            Some(error) => Err(crate::Error::Statement(StatementError::new(sent, error))),
            None => Ok(Statement { sent, arguments: self.arguments, persistent: self.persistent, begin: None }),
        }
    }
}
