//! MySQL and MariaDB, and servers that speak their protocol: how they spell what differs, and the modules that connect and decode.

mod connect;
mod decode;
mod spelling;

pub use connect::{connect, pool_options};
pub(super) use decode::decode;
pub(super) use spelling::SPELLING;

#[cfg(feature = "uuid")]
use std::any::TypeId;
use std::borrow::Cow;

use futures_core::future::BoxFuture;
use sqlx::mysql::{MySqlArguments, MySqlQueryResult, MySqlRow};
use sqlx::{Executor as _, MySql, MySqlConnection, Type, TypeInfo};
use sqlx_core::transaction::TransactionManager as _;

use super::run::{Driver, Written};
use super::statement::trusted;
use super::value::is_float_that;
use super::{Arguments, Dialect, Field, Row};
use crate::error::{Error, Sent};

pub(super) type Db = MySql;

pub(crate) const DIALECT: Dialect = Dialect::MySql;

/// Begins a transaction whose statements see one state of the database.
pub(crate) const SNAPSHOT: Option<&str> =
    Some("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; START TRANSACTION READ ONLY");

impl Driver for MySql {
    const UNDOES_DROPPED_BEGIN: bool = false;
    const KEEPS_STATEMENTS: bool = true;

    fn arguments(arguments: Arguments) -> Option<MySqlArguments> {
        match arguments {
            Arguments::MySql(arguments) => Some(*arguments),
            #[allow(unreachable_patterns)]
            _ => None,
        }
    }

    fn row(row: MySqlRow) -> Row {
        Row::MySql(row)
    }

    fn written(result: MySqlQueryResult) -> Written {
        Written { rows: result.rows_affected(), first_key: result.last_insert_id() }
    }

    /// A deadlock ends the transaction behind sqlx's back: later statements would each commit on their own, and the savepoints are gone to which
    /// it goes back.
    fn failure(connection: &mut MySqlConnection, sent: Sent, error: sqlx::Error) -> BoxFuture<'_, Error> {
        Box::pin(async move {
            let error = Self::sort(sent, error);
            let depth = <MySql as sqlx::Database>::TransactionManager::get_transaction_depth(connection);
            if depth > 0 && matches!(error, Error::Deadlock(_) | Error::SerializationFailure(_)) {
                let savepoints = (1..depth).map(|number| format!("; SAVEPOINT _sqlx_savepoint_{number}"));
                let restore = std::iter::once("ROLLBACK; BEGIN".to_owned()).chain(savepoints).collect();
                // Where this fails, so will everything that follows.
                let _ = connection.execute(sqlx::raw_sql(trusted(restore))).await;
            }
            error
        })
    }
}

/// Adds a value to a statement's arguments. MySQL has neither NaN nor infinity.
pub(super) fn push<T: Field>(arguments: &mut MySqlArguments, value: &T) -> Result<(), sqlx::error::BoxDynError> {
    if is_float_that(value, |float| !float.is_finite()) {
        return Err("MySQL cannot store NaN or infinity".into());
    }
    match <T as Type<MySql>>::type_info().name() {
        #[cfg(any(feature = "chrono", feature = "time"))]
        "TIMESTAMP" => sqlx::Arguments::add(arguments, AsDatetime(value)),
        _ => sqlx::Arguments::add(arguments, value),
    }
}

/// A time with a zone, which sqlx sends in UTC as a `TIMESTAMP`: MariaDB makes NULL of one before 1970 or after 2038.
#[cfg(any(feature = "chrono", feature = "time"))]
struct AsDatetime<'v, T>(&'v T);

#[cfg(any(feature = "chrono", feature = "time"))]
impl<T> Type<MySql> for AsDatetime<'_, T> {
    fn type_info() -> sqlx::mysql::MySqlTypeInfo {
        #[cfg(feature = "chrono")]
        return <sqlx::types::chrono::NaiveDateTime as Type<MySql>>::type_info();
        #[cfg(not(feature = "chrono"))]
        return <sqlx::types::time::PrimitiveDateTime as Type<MySql>>::type_info();
    }
}

#[cfg(any(feature = "chrono", feature = "time"))]
impl<T: Field> sqlx::Encode<'_, MySql> for AsDatetime<'_, T> {
    fn encode_by_ref(&self, buffer: &mut Vec<u8>) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
        <T as sqlx::Encode<'_, MySql>>::encode_by_ref(self.0, buffer)
    }
}

/// The declared type of a field's column. A `TIMESTAMP` would end in 2038, and depend on the session's time zone.
pub(super) fn column_type<T: Field>() -> Cow<'static, str> {
    #[cfg(feature = "uuid")]
    if [TypeId::of::<sqlx::types::Uuid>(), TypeId::of::<Option<sqlx::types::Uuid>>()].contains(&TypeId::of::<T>()) {
        return Cow::Borrowed("BINARY(16)");
    }
    Cow::Borrowed(match <T as Type<MySql>>::type_info().name() {
        "BOOLEAN" => "BOOLEAN",
        // An `ENUM` would have to name its values, which sqlx does not tell.
        "TEXT" | "VARCHAR" | "CHAR" | "ENUM" => spelling::TEXT,
        "BLOB" | "VARBINARY" => "LONGBLOB",
        // What sqlx calls the type of its `Json`.
        "BINARY" | "JSON" => "JSON",
        "TIME" => "TIME(6)",
        "DATETIME" | "TIMESTAMP" => "DATETIME(6)",
        // 28 digits are what a `Decimal` has, on either side.
        "DECIMAL" => "DECIMAL(56, 28)",
        other => return Cow::Owned(other.to_owned()),
    })
}
