//! SQLite: connecting, running statements, and decoding that refuses what a field cannot hold.

use std::any::TypeId;
use std::str::FromStr;
use std::time::Duration;

use futures_util::StreamExt;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{
    Connection as _, Decode, Encode, Executor as _, Row as _, Sqlite, SqliteConnection, Type, TypeInfo, ValueRef,
};

use super::{Null, OnRow, Row, RowStream};
use crate::error::{Error, Mismatch, Result, StatementError};
use crate::field::Field;
use crate::sql::Statement;

/// SQLite's default `SQLITE_MAX_VARIABLE_NUMBER` since 3.32.
pub(super) const ARGUMENT_LIMIT: usize = 32_766;

/// What SQLite asks of a [`Field`].
#[diagnostic::on_unimplemented(message = "sqlx cannot store `{Self}` in SQLite")]
pub trait SqliteField: Type<Sqlite> + for<'q> Encode<'q, Sqlite> + for<'r> Decode<'r, Sqlite> {}

#[diagnostic::do_not_recommend]
impl<T: Type<Sqlite> + for<'q> Encode<'q, Sqlite> + for<'r> Decode<'r, Sqlite>> SqliteField for T {}

/// Connects to a SQLite database and returns sqlx's pool, configured for an application.
///
/// `url` is `sqlite::memory:`, or `sqlite:path/to/file.db`, optionally with sqlx's parameters (`?mode=ro`). A file that
/// does not exist is created, unless the URL has a `mode`.
///
/// Each connection has foreign keys on, the write-ahead log with `synchronous = NORMAL` (except read-only ones), a busy
/// timeout of 5 seconds and a row buffer of 1024 rows. A database in memory is one connection without idle or lifetime
/// limits, since it is gone with its last connection: inside a transaction on it, pass the transaction on, not the pool.
///
/// Use [`SqlitePoolOptions`] directly for anything else: every call takes a pool of your own as it is.
///
/// # Errors
/// The URL cannot be parsed, or the file cannot be opened.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
/// let db: sqlx::SqlitePool = neko_orm::sqlite::connect("sqlite::memory:").await?;
/// # Ok(()) }
/// ```
pub async fn connect(url: &str) -> Result<SqlitePool> {
    let in_memory = url.contains(":memory:") || url.contains("mode=memory");
    let read_only = url.contains("mode=ro") || url.contains("immutable=");
    let mut options = SqliteConnectOptions::from_str(url)?
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .row_buffer_size(1024);
    if !url.contains("mode=") {
        options = options.create_if_missing(true);
    }
    if !read_only {
        options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal);
    }
    let mut pool = SqlitePoolOptions::new().test_before_acquire(false);
    if in_memory {
        pool = pool.max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
    }
    Ok(pool.connect_with(options).await?)
}

/// Starts a write transaction at once: one that starts by reading fails with BUSY under load, whatever the timeout.
pub(super) async fn begin(connection: &mut SqliteConnection) -> Result<sqlx::Transaction<'_, Sqlite>> {
    if connection.is_in_transaction() {
        return Ok(connection.begin().await?);
    }
    Ok(connection.begin_with("BEGIN IMMEDIATE").await?)
}

pub(super) async fn execute(connection: &mut SqliteConnection, statement: Statement) -> Result<u64> {
    let text = statement.text.clone();
    match connection.execute(query(statement)).await {
        Ok(result) => Ok(result.rows_affected()),
        Err(error) => Err(failure(connection, &text, error).await),
    }
}

pub(super) async fn fetch(connection: &mut SqliteConnection, statement: Statement, on_row: OnRow<'_>) -> Result<()> {
    let text = statement.text.clone();
    // Not row by row: decoding between two receives costs a tenth of a large read.
    match connection.fetch_all(query(statement)).await {
        Ok(rows) => rows.into_iter().try_for_each(|row| on_row(&Row::Sqlite(row))),
        Err(error) => Err(failure(connection, &text, error).await),
    }
}

pub(crate) fn stream<'c, E>(executor: E, statement: Statement) -> RowStream<'c>
where
    E: sqlx::Executor<'c, Database = Sqlite>,
{
    let text = statement.text.clone();
    executor
        .fetch(query(statement))
        .map(move |row| match row {
            Ok(row) => Ok(Row::Sqlite(row)),
            Err(error) => Err(Error::from_statement(text.to_string(), error)),
        })
        .boxed()
}

fn query(statement: Statement) -> sqlx::query::Query<'static, Sqlite, sqlx::sqlite::SqliteArguments> {
    let sql = statement.sql();
    let super::Arguments::Sqlite(arguments) = statement.arguments;
    sqlx::query_with(sql, *arguments).persistent(statement.persistent)
}

/// Some failures (a full disk, `RAISE(ROLLBACK)`) end SQLite's transaction behind sqlx's back: later statements on the
/// same `Transaction` would each commit on their own, and its rollback would fail for ever. `BEGIN` succeeds only then,
/// and puts the connection back into a transaction that can be rolled back.
async fn failure(connection: &mut SqliteConnection, text: &str, error: sqlx::Error) -> Error {
    if connection.is_in_transaction() && connection.execute(sqlx::raw_sql("BEGIN")).await.is_ok() {
        return Error::TransactionLost(StatementError::new(text.to_owned(), error));
    }
    Error::from_statement(text.to_owned(), error)
}

/// Decodes by position. sqlx itself reads a NULL as `0`, `""` or `false` where the field is not an `Option`.
pub(super) fn decode<T: Field>(row: &SqliteRow, index: usize, null: Null) -> Result<T, Mismatch> {
    let value = row.try_get_raw(index).map_err(|error| Mismatch::Row(Box::new(error)))?;
    if value.is_null() {
        if null == Null::Refused {
            return Err(Mismatch::Null);
        }
    } else {
        check_storage::<T>(row, index, &value.type_info())?;
    }
    T::decode(value).map_err(Mismatch::Value)
}

/// Refuses values whose storage class the field would change or round: sqlx takes text for bytes and any integer for a
/// `bool`, and refuses a whole number in a REAL column, which SQLite stores as an integer.
fn check_storage<T: Field>(
    row: &SqliteRow,
    index: usize,
    found: &<Sqlite as sqlx::Database>::TypeInfo,
) -> Result<(), Mismatch> {
    let expected = <T as Type<Sqlite>>::type_info();
    if *found == expected && !is_f32::<T>() {
        return Ok(());
    }
    let mismatch = || Mismatch::Type { expected: expected.name().to_owned(), found: found.name().to_owned() };
    match (expected.name(), found.name()) {
        ("BOOLEAN", "INTEGER") => match integer(row, index)? {
            0 | 1 => Ok(()),
            other => Err(Mismatch::Value(format!("{other} is neither 0 (false) nor 1 (true)").into())),
        },
        ("REAL", "INTEGER") => exact_float(integer(row, index)?, if is_f32::<T>() { 1 << 24 } else { 1 << 53 }),
        ("REAL", "REAL") => float_in_range(row, index),
        ("BLOB", "TEXT") => Err(mismatch()),
        _ if T::compatible(found) => Ok(()),
        _ => Err(mismatch()),
    }
}

pub(super) fn is_null<T: Field>(value: &T) -> bool {
    let mut buffer = <Sqlite as sqlx::Database>::ArgumentBuffer::default();
    matches!(<T as Encode<'_, Sqlite>>::encode_by_ref(value, &mut buffer), Ok(sqlx::encode::IsNull::Yes))
}

fn is_f32<T: Field>() -> bool {
    TypeId::of::<T>() == TypeId::of::<f32>() || TypeId::of::<T>() == TypeId::of::<Option<f32>>()
}

fn integer(row: &SqliteRow, index: usize) -> Result<i64, Mismatch> {
    row.try_get::<i64, _>(index).map_err(|error| Mismatch::Row(Box::new(error)))
}

fn exact_float(value: i64, limit: u64) -> Result<(), Mismatch> {
    if value.unsigned_abs() <= limit {
        return Ok(());
    }
    Err(Mismatch::Value(format!("{value} is not exact as a floating-point number").into()))
}

fn float_in_range(row: &SqliteRow, index: usize) -> Result<(), Mismatch> {
    let value: f64 = row.try_get(index).map_err(|error| Mismatch::Row(Box::new(error)))?;
    if value.is_finite() && value.abs() > f64::from(f32::MAX) {
        return Err(Mismatch::Value(format!("{value} is out of the range of `f32`").into()));
    }
    Ok(())
}

/// The declared type of a field's column in a STRICT table.
pub(super) fn column_type<T: Field>() -> &'static str {
    match <T as Type<Sqlite>>::type_info().name() {
        "INTEGER" | "BOOLEAN" => "INTEGER",
        "REAL" => "REAL",
        "TEXT" | "DATE" | "TIME" | "DATETIME" => "TEXT",
        "BLOB" => "BLOB",
        _ => "ANY",
    }
}
