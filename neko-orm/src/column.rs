//! A column as the derive describes it: its facts, and how to read and write the field it belongs to.

use std::borrow::Cow;
use std::fmt;

use crate::Model;
use crate::backend::{self, ArrayColumn, ArrayForm, Dialect, Field, Known, Null, Row, Value};
use crate::error::{DecodeError, Error, Mismatch};
use crate::node::{Alias, Node};

/// What is known of a column apart from the model and the type it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// The position among the model's columns, and so in every row that is read.
    pub index: usize,
    /// The name in the database.
    pub name: &'static str,
    /// Whether the field is an `Option`.
    pub null: Null,
    /// Where the value comes from when a new row does not set it.
    pub default: Default,
    /// The declared type in a table.
    pub column_type: fn(Dialect) -> Cow<'static, str>,
    /// Whether its values are the same when they come back in an array.
    pub is_exact_in: fn(ArrayForm) -> bool,
    /// As [`is_exact_in`](Self::is_exact_in), where values that are equal are so to the database, too.
    pub is_exact_key_in: fn(ArrayForm) -> bool,
}

impl Facts {
    /// A column that new rows must set, unless the field is an `Option`.
    #[must_use]
    pub const fn new(index: usize, name: &'static str, null: Null) -> Self {
        let (column_type, is_exact): (fn(_) -> _, fn(_) -> _) = (|_| Cow::Borrowed(""), |_| false);
        Self {
            index,
            name,
            null,
            default: Default::None,
            column_type,
            is_exact_in: is_exact,
            is_exact_key_in: is_exact,
        }
    }

    /// Whether the column can be NULL.
    #[must_use]
    pub const fn is_nullable(&self) -> bool {
        matches!(self.null, Null::Allowed)
    }

    /// The column as one of which an array is made.
    pub(crate) fn in_array(&self, dialect: Dialect) -> ArrayColumn {
        let known = if self.default == Default::Generated { Known::Keys } else { Known::Nothing };
        ArrayColumn { name: self.name.into(), column_type: (self.column_type)(dialect), known }
    }

    /// The same column, whose values the database numbers.
    #[must_use]
    pub const fn generated(self) -> Self {
        self.with_default(Default::Generated)
    }

    /// The same column, whose value may come from the database.
    #[must_use]
    pub const fn with_default(self, default: Default) -> Self {
        Self { default, ..self }
    }
}

/// Where a column's value comes from when a new row does not set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Default {
    /// NULL where the field is an `Option`; otherwise the column must be set.
    None,
    /// The database numbers the rows.
    Generated,
    /// The database has a default; what it is, is not known here.
    Database,
    /// The database's default is this SQL expression.
    Expression(&'static str),
}

/// A column of the model `M` whose field is a `T`.
pub struct Column<M: Model, T: 'static> {
    alias: Alias,
    pub(crate) stored: Stored<T>,
    pub(crate) get: fn(&M) -> &T,
    pub(crate) get_mut: fn(&mut M) -> &mut T,
    pub(crate) values: fn(&mut M::Values) -> &mut Option<T>,
}

/// What a column holds, whatever the model: its methods are compiled once for each type of field.
pub struct Stored<T: 'static> {
    pub(crate) facts: Facts,
    codec: &'static dyn Codec<T>,
}

impl<M: Model, T> Column<M, T> {
    /// Made by the derive, which writes the accessors where private fields can be named.
    pub const fn new(
        alias: Alias,
        facts: Facts,
        get: fn(&M) -> &T,
        get_mut: fn(&mut M) -> &mut T,
        values: fn(&mut M::Values) -> &mut Option<T>,
    ) -> Self
    where
        T: Field,
    {
        let facts = Facts {
            column_type: Dialect::column_type::<T>,
            is_exact_in: backend::is_exact_column::<T>,
            is_exact_key_in: backend::is_exact_key::<T>,
            ..facts
        };
        Self { alias, stored: Stored { facts, codec: &Native }, get, get_mut, values }
    }

    /// What it holds.
    pub const fn stored(self) -> Stored<T> {
        self.stored
    }

    /// What is known of the column.
    pub const fn facts(&self) -> Facts {
        self.stored.facts
    }

    /// The column in an expression.
    pub(crate) fn node(self) -> Node {
        Node::Column(self.alias, M::TABLE.name, self.stored.facts.name)
    }

    pub(crate) fn get<'m>(&self, model: &'m M) -> &'m T {
        (self.get)(model)
    }

    pub(crate) fn get_mut<'m>(&self, model: &'m mut M) -> &'m mut T {
        (self.get_mut)(model)
    }

    pub(crate) fn values<'v>(&self, values: &'v mut M::Values) -> &'v mut Option<T> {
        (self.values)(values)
    }

    /// The value as a statement's argument.
    pub(crate) fn argument<'v>(&self, value: &'v T) -> &'v dyn Value {
        self.stored.argument(value)
    }

    /// Reads the column's value out of any row that has it at `index`.
    pub(crate) fn read_at(&self, index: usize, row: &Row) -> Result<T, Error> {
        self.stored.read_at(index, row, M::TABLE)
    }

    pub(crate) const fn null(&self) -> Null {
        self.stored.facts.null
    }

    /// Whether the column can be NULL.
    pub(crate) const fn is_nullable(&self) -> bool {
        self.stored.facts.is_nullable()
    }
}

impl<T> Stored<T> {
    /// What is known of the column.
    pub const fn facts(&self) -> Facts {
        self.facts
    }

    /// The value as a statement's argument.
    pub fn argument<'v>(&self, value: &'v T) -> &'v dyn Value {
        self.codec.argument(value)
    }

    /// The value of a new row as an argument, if it is set.
    pub fn new_argument<'v>(&self, value: &'v Option<T>) -> Option<&'v dyn Value> {
        self.argument_if_any(value.as_ref())
    }

    pub(crate) fn argument_if_any<'v>(&self, value: Option<&'v T>) -> Option<&'v dyn Value> {
        match value {
            Some(value) => Some(self.codec.argument(value)),
            None => None,
        }
    }

    /// Reads the value out of a row in which the columns of the model's table start at `first`.
    ///
    /// # Errors
    /// The value does not fit the field.
    pub fn read(&self, row: &Row, first: usize, table: &'static Table) -> Result<T, Error> {
        self.read_at(first + self.facts.index, row, table)
    }

    /// Reads the value out of any row that has it at `index`.
    pub(crate) fn read_at(&self, index: usize, row: &Row, table: &'static Table) -> Result<T, Error> {
        match self.codec.decode(row, index, self.facts.null) {
            Ok(value) => Ok(value),
            Err(mismatch) => Err(misfit(table.name, self.facts.name, std::any::type_name::<T>(), mismatch)),
        }
    }
}

impl<T> Clone for Stored<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Stored<T> {}

impl<T> fmt::Debug for Stored<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.facts.name)
    }
}

#[cold]
pub(crate) fn misfit(table: &'static str, column: &'static str, field_type: &'static str, mismatch: Mismatch) -> Error {
    DecodeError { table, column, field_type, mismatch }.into()
}

/// What the runtime knows of a model's table.
#[derive(Debug)]
pub struct Table {
    /// The model's name.
    pub model: &'static str,
    /// The table's name.
    pub name: &'static str,
    /// The columns in the order of declaration.
    pub columns: &'static [Facts],
    /// The positions of the key's columns.
    pub key: &'static [usize],
}

impl Table {
    /// Whether all values are the same when they come back in arrays.
    pub(crate) fn is_exact_in(&self, form: ArrayForm) -> bool {
        self.columns.iter().all(|column| (column.is_exact_in)(form))
    }

    /// The columns as those of which arrays are made.
    pub(crate) fn in_arrays(&self, dialect: Dialect) -> Vec<ArrayColumn> {
        self.columns.iter().map(|column| column.in_array(dialect)).collect()
    }

    /// The position of the key, where the database numbers it.
    pub(crate) fn numbered_key(&self) -> Option<usize> {
        match self.key[..] {
            [key] if self.columns[key].default == Default::Generated => Some(key),
            _ => None,
        }
    }

    /// The column of this name.
    pub(crate) fn column(&self, name: &str) -> Option<&'static Facts> {
        self.columns.iter().find(|column| column.name == name)
    }

    pub(crate) fn key_names(&self) -> impl Iterator<Item = &'static str> {
        self.key.iter().filter_map(|&index| self.columns.get(index)).map(|column| column.name)
    }
}

impl<M: Model, T> Clone for Column<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Model, T> Copy for Column<M, T> {}

impl<M: Model, T> fmt::Debug for Column<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", M::TABLE.name, self.stored.facts.name)
    }
}

/// How a `T` gets into a statement and out of a row. The bound `T: Field` is asked for where the codec is chosen and
/// nowhere else, so that a field that cannot be stored is one error.
trait Codec<T>: Send + Sync {
    fn decode(&self, row: &Row, index: usize, null: Null) -> Result<T, Mismatch>;
    fn argument<'v>(&self, value: &'v T) -> &'v dyn Value;
}

/// The codec of everything that sqlx can store.
struct Native;

impl<T: Field> Codec<T> for Native {
    fn decode(&self, row: &Row, index: usize, null: Null) -> Result<T, Mismatch> {
        row.get(index, null)
    }

    fn argument<'v>(&self, value: &'v T) -> &'v dyn Value {
        value
    }
}
