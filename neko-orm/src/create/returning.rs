//! What comes back of rows that were inserted: all of each row, or its key.

use crate::Model;
use crate::backend::Row;
use crate::column::{Facts, Table};
use crate::error::Result;
use crate::key::{self, KeyColumns as _, KeyOf};
use crate::query;
use crate::sql::Sql;

/// Which columns come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Columns {
    All,
    Key,
}

impl Columns {
    pub(super) fn of(self, table: &'static Table) -> Vec<&'static Facts> {
        match self {
            Self::All => table.columns.iter().collect(),
            Self::Key => table.key.iter().filter_map(|&index| table.columns.get(index)).collect(),
        }
    }

    /// Where among them the column at this position of the table is, if it is the only one of the key.
    pub(super) fn place_of_key(self, key: usize) -> usize {
        match self {
            Self::All => key,
            Self::Key => 0,
        }
    }

    /// Writes them.
    pub(super) fn write(self, sql: &mut Sql, table: &'static Table) {
        match self {
            Self::All => query::columns(sql, table),
            Self::Key => key::columns(sql, table),
        }
    }
}

/// What is made of the columns that come back.
pub(super) trait Returning<M: Model> {
    const COLUMNS: Columns;
    type Output: Send;

    /// Reads it from a row of the columns.
    fn read(row: &Row) -> Result<Self::Output>;

    /// The key of the row.
    fn key_of(output: &Self::Output) -> KeyOf<M>;
}

/// Whole rows.
pub(super) enum Whole {}

/// Keys alone.
pub(super) enum Keys {}

impl<M: Model> Returning<M> for Whole {
    const COLUMNS: Columns = Columns::All;
    type Output = M;

    fn read(row: &Row) -> Result<M> {
        M::from_row(row, 0)
    }

    fn key_of(output: &M) -> KeyOf<M> {
        output.key()
    }
}

impl<M: Model> Returning<M> for Keys {
    const COLUMNS: Columns = Columns::Key;
    type Output = KeyOf<M>;

    fn read(row: &Row) -> Result<KeyOf<M>> {
        M::KEY.read(row)
    }

    fn key_of(output: &KeyOf<M>) -> KeyOf<M> {
        output.clone()
    }
}
