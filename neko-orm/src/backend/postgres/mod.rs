//! PostgreSQL, and servers that speak its protocol: how they spell what differs, and the modules that connect and decode.

mod array;
pub(super) mod atomic;
mod connect;
mod decode;
mod elements;
mod spelling;

pub(crate) use array::Array;
pub(super) use array::has_arrays;
pub use connect::connect;
pub(super) use decode::decode;
pub(crate) use elements::{Elements, is_exact};
pub(super) use spelling::SPELLING;

use std::borrow::Cow;

use sqlx::encode::IsNull;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgQueryResult, PgRow};
use sqlx::{Postgres, Type, TypeInfo};

use super::run::{Driver, Written};
use super::{Arguments, Dialect, Field, Row};

pub(super) type Db = Postgres;

pub(crate) const DIALECT: Dialect = Dialect::Postgres;

/// Begins a transaction whose statements see one state of the database.
pub(crate) const SNAPSHOT: Option<&str> = Some("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");

impl Driver for Postgres {
    const UNDOES_DROPPED_BEGIN: bool = false;

    /// Where a statement has failed, PostgreSQL answers a `COMMIT` by rolling back, which sqlx takes for success.
    const BEFORE_COMMIT: Option<&'static str> = Some("SELECT 1");

    fn arguments(arguments: Arguments) -> Option<PgArguments> {
        match arguments {
            Arguments::Postgres(arguments) => Some(*arguments),
            #[allow(unreachable_patterns)]
            _ => None,
        }
    }

    fn row(row: PgRow) -> Row {
        Row::Postgres(row)
    }

    fn written(result: PgQueryResult) -> Written {
        Written { rows: result.rows_affected(), first_key: 0 }
    }
}

/// Adds a value to a statement's arguments. PostgreSQL has no integer of one byte, and sqlx takes an `i8` for a letter.
pub(super) fn push<T: Field>(arguments: &mut PgArguments, value: &T) -> Result<(), sqlx::error::BoxDynError> {
    match is_small::<T>() {
        true => sqlx::Arguments::add(arguments, small(value)),
        false => sqlx::Arguments::add(arguments, value),
    }
}

/// The bytes that are sent for a value; `None` for NULL.
pub(super) fn encoded<T: Field>(value: &T) -> Option<Vec<u8>> {
    let mut buffer = PgArgumentBuffer::default();
    match <T as sqlx::Encode<'_, Postgres>>::encode_by_ref(value, &mut buffer) {
        Ok(IsNull::No) => Some(std::mem::take(&mut *buffer)),
        _ => None,
    }
}

/// Whether it is an `i8`, or a type that is stored as one.
fn is_small<T: Field>() -> bool {
    <T as Type<Postgres>>::type_info().name() == "\"CHAR\""
}

/// A value of such a type as one of the least integer that PostgreSQL has.
fn small<T: Field>(value: &T) -> Option<i16> {
    encoded(value).and_then(|bytes| bytes.first().map(|byte| i16::from(byte.cast_signed())))
}

/// The declared type of a field's column. Texts are in the order of their letters' numbers, as on the other databases.
pub(super) fn column_type<T: Field>() -> Cow<'static, str> {
    Cow::Borrowed(match <T as Type<Postgres>>::type_info().name() {
        "BOOL" => "BOOLEAN",
        "\"CHAR\"" | "INT2" => "SMALLINT",
        "INT4" => "INTEGER",
        "INT8" => "BIGINT",
        "FLOAT4" => "REAL",
        "FLOAT8" => "DOUBLE PRECISION",
        "TEXT" | "VARCHAR" => "TEXT COLLATE \"C\"",
        other => return Cow::Owned(other.to_owned()),
    })
}
