//! SQLite: how it spells what differs, and the modules that connect, keep transactions and decode.

mod array;
pub(super) mod atomic;
mod connect;
mod decode;
mod spelling;
mod text;
mod transaction;

pub use connect::connect;
pub(super) use decode::decode;
pub(super) use spelling::SPELLING;
pub(crate) use transaction::{SET, Transaction, release};

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use futures_core::future::BoxFuture;
use sqlx::sqlite::{SqliteArguments, SqliteQueryResult, SqliteRow};
use sqlx::{Sqlite, SqliteConnection, Type, TypeInfo};

use super::run::{Driver, Written};
use super::value::is_float_that;
use super::{Arguments, Dialect, Field, Row};
use crate::error::{Error, Sent, StatementError};

pub(super) type Db = Sqlite;

pub(crate) const DIALECT: Dialect = Dialect::Sqlite;

impl Driver for Sqlite {
    const UNDOES_DROPPED_BEGIN: bool = true;

    fn arguments(arguments: Arguments) -> Option<SqliteArguments> {
        match arguments {
            Arguments::Sqlite(arguments) => Some(*arguments),
            #[allow(unreachable_patterns)]
            _ => None,
        }
    }

    fn row(row: SqliteRow) -> Row {
        Row::Sqlite(row)
    }

    fn written(result: SqliteQueryResult) -> Written {
        Written { rows: result.rows_affected(), first_key: 0 }
    }

    /// SQLite reports `ON DELETE RESTRICT` as a failed trigger.
    fn sort(sent: Sent, error: sqlx::Error) -> Error {
        const TRIGGER: &str = "1811";
        let is_restricted = error.as_database_error().is_some_and(|error| {
            error.code().as_deref() == Some(TRIGGER) && error.message() == "FOREIGN KEY constraint failed"
        });
        if is_restricted {
            return Error::ForeignKeyViolation(StatementError::new(sent, error));
        }
        Error::from_statement(sent, error)
    }

    fn failure(connection: &mut SqliteConnection, sent: Sent, error: sqlx::Error) -> BoxFuture<'_, Error> {
        Box::pin(async move {
            if transaction::restore(connection).await {
                return Error::TransactionLost(StatementError::new(sent, error));
            }
            Self::sort(sent, error)
        })
    }
}

/// Adds a value to a statement's arguments. SQLite would store NaN as NULL.
pub(super) fn push<T: Field>(arguments: &mut SqliteArguments, value: &T) -> Result<(), sqlx::error::BoxDynError> {
    if is_float_that(value, f64::is_nan) {
        return Err("NaN cannot be stored in SQLite, which would make it NULL".into());
    }
    match (value as &dyn Any).downcast_ref::<String>() {
        // In one piece: sqlx would copy it into two, which the connection's thread frees.
        Some(text) => sqlx::Arguments::add(arguments, Arc::<str>::from(text.as_str())),
        None => sqlx::Arguments::add(arguments, value),
    }
}

/// The declared type of a field's column in a STRICT table.
pub(super) fn column_type<T: Field>() -> Cow<'static, str> {
    Cow::Borrowed(match <T as Type<Sqlite>>::type_info().name() {
        "INTEGER" | "BOOLEAN" => "INTEGER",
        "REAL" => "REAL",
        "TEXT" | "DATE" | "TIME" | "DATETIME" => "TEXT",
        "BLOB" => "BLOB",
        _ => "ANY",
    })
}
