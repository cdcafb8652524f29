//! SQLite: what it asks of fields, and the modules that connect, run statements, keep transactions and decode.

mod connect;
mod decode;
mod run;
mod text;
mod transaction;

pub use connect::connect;
pub(super) use decode::{decode, holds_null};
pub(crate) use run::stream;
pub(super) use run::{execute, rows};
pub(super) use text::within;
pub(crate) use transaction::Transaction;

use sqlx::{Decode, Encode, Sqlite, Type, TypeInfo};

use super::Field;

/// SQLite's default `SQLITE_MAX_VARIABLE_NUMBER` since 3.32.
pub(super) const ARGUMENT_LIMIT: usize = 32_766;

/// What SQLite asks of a [`Field`].
#[diagnostic::on_unimplemented(message = "sqlx cannot store `{Self}` in SQLite")]
pub trait SqliteField: Type<Sqlite> + for<'q> Encode<'q, Sqlite> + for<'r> Decode<'r, Sqlite> {}

#[diagnostic::do_not_recommend]
impl<T: Type<Sqlite> + for<'q> Encode<'q, Sqlite> + for<'r> Decode<'r, Sqlite>> SqliteField for T {}

/// Adds a value to a statement's arguments. SQLite would store NaN as NULL.
pub(super) fn push<T: Field>(
    arguments: &mut sqlx::sqlite::SqliteArguments,
    value: &T,
) -> Result<(), sqlx::error::BoxDynError> {
    if is_nan(value) {
        return Err("NaN cannot be stored in SQLite, which would make it NULL".into());
    }
    sqlx::Arguments::add(arguments, value)
}

pub(super) fn is_null<T: Field>(value: &T) -> bool {
    let mut buffer = <Sqlite as sqlx::Database>::ArgumentBuffer::default();
    matches!(<T as Encode<'_, Sqlite>>::encode_by_ref(value, &mut buffer), Ok(sqlx::encode::IsNull::Yes))
}

fn is_nan(value: &dyn std::any::Any) -> bool {
    let double =
        value.downcast_ref::<f64>().copied().or_else(|| value.downcast_ref::<Option<f64>>().copied().flatten());
    let single =
        value.downcast_ref::<f32>().copied().or_else(|| value.downcast_ref::<Option<f32>>().copied().flatten());
    double.is_some_and(f64::is_nan) || single.is_some_and(f32::is_nan)
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
