//! A column as the derive describes it: its facts, and how to read and write the field it belongs to.

use std::borrow::Cow;
use std::fmt;

use crate::Model;
use crate::backend::{self, ArrayForm, Dialect, Field, Null, Row, Value};
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
}

impl Facts {
    /// A column that new rows must set, unless the field is an `Option`.
    #[must_use]
    pub const fn new(index: usize, name: &'static str, null: Null) -> Self {
        Self { index, name, null, default: Default::None, column_type: |_| Cow::Borrowed(""), is_exact_in: |_| false }
    }

    /// Whether the column can be NULL.
    #[must_use]
    pub const fn is_nullable(&self) -> bool {
        matches!(self.null, Null::Allowed)
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
    facts: Facts,
    codec: &'static dyn Codec<T>,
    get: fn(&M) -> &T,
    get_mut: fn(&mut M) -> &mut T,
    values: fn(&mut M::Values) -> &mut Option<T>,
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
        let facts = Facts { column_type: Dialect::column_type::<T>, is_exact_in: backend::is_exact::<T>, ..facts };
        Self { alias, facts, codec: &Native, get, get_mut, values }
    }

    /// What is known of the column.
    pub const fn facts(&self) -> Facts {
        self.facts
    }

    /// The column in an expression.
    pub(crate) fn node(self) -> Node {
        Node::Column(self.alias, M::TABLE.name, self.facts.name)
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
    pub fn argument<'v>(&self, value: &'v T) -> &'v dyn Value {
        self.codec.argument(value)
    }

    /// The value of a new row as an argument, if it is set.
    pub fn new_argument<'v>(&self, value: &'v Option<T>) -> Option<&'v dyn Value> {
        new_argument(self.codec, value)
    }

    /// Reads the column's value out of a row in which the model's columns start at `first`.
    ///
    /// # Errors
    /// The value does not fit the field.
    pub fn read(&self, row: &Row, first: usize) -> Result<T, Error> {
        self.read_at(first + self.facts.index, row)
    }

    /// Reads the column's value out of any row that has it at `index`.
    pub(crate) fn read_at(&self, index: usize, row: &Row) -> Result<T, Error> {
        decode(self.codec, row, index, M::TABLE.name, &self.facts)
    }

    pub(crate) const fn null(&self) -> Null {
        self.facts.null
    }

    /// Whether the column can be NULL.
    pub(crate) const fn is_nullable(&self) -> bool {
        self.facts.is_nullable()
    }
}

// Not generic over the model: compiled once for each type of field.
fn decode<T>(codec: &dyn Codec<T>, row: &Row, index: usize, table: &'static str, facts: &Facts) -> Result<T, Error> {
    match codec.decode(row, index, facts.null) {
        Ok(value) => Ok(value),
        Err(mismatch) => Err(misfit(table, facts.name, std::any::type_name::<T>(), mismatch)),
    }
}

fn new_argument<'v, T>(codec: &dyn Codec<T>, value: &'v Option<T>) -> Option<&'v dyn Value> {
    match value {
        Some(value) => Some(codec.argument(value)),
        None => None,
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
        write!(f, "{}.{}", M::TABLE.name, self.facts.name)
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
