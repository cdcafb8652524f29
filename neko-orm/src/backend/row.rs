//! Rows as the drivers return them.

use super::columns::ColumnRow;
use super::{Field, Null, on_backend};
use crate::error::Mismatch;

/// A row as the driver returned it.
#[derive(Debug)]
pub enum Row {
    /// From SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(sqlx::sqlite::SqliteRow),
    /// From PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(sqlx::postgres::PgRow),
    /// From MySQL.
    #[cfg(feature = "mysql")]
    MySql(sqlx::mysql::MySqlRow),
    /// One of those of which a statement returned each column as an array.
    Columns(ColumnRow),
}

impl Row {
    /// Decodes the value at `index`, refusing what `T` cannot hold exactly.
    pub(crate) fn get<T: Field>(&self, index: usize, null: Null) -> Result<T, Mismatch> {
        on_backend!(self, Self(row) => driver::decode(row, index, null), Self::Columns(row) => row.get(index, null))
    }

    /// As [`get`](Self::get), where only the type says whether there may be a NULL: it may if the value it is read as is one.
    pub(crate) fn value<T: Field>(&self, index: usize) -> Result<T, Mismatch> {
        let value: T = self.get(index, Null::Allowed)?;
        let is_null =
            on_backend!(self, Self(row) => holds_null(row, index), Self::Columns(row) => row.holds_null(index));
        if is_null && !super::Value::is_null(&value) { Err(Mismatch::Null) } else { Ok(value) }
    }
}

fn holds_null<R: sqlx::Row>(row: &R, index: usize) -> bool
where
    usize: sqlx::ColumnIndex<R>,
{
    row.try_get_raw(index).is_ok_and(|value| sqlx::ValueRef::is_null(&value))
}
