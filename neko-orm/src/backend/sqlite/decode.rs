//! Decoding that refuses what a field cannot hold exactly.

use std::any::TypeId;

use sqlx::sqlite::SqliteRow;
use sqlx::{Database, Decode, Row as _, Sqlite, Type, TypeInfo, ValueRef};

use crate::backend::{Field, Null};
use crate::error::Mismatch;

/// Decodes by position. sqlx itself reads a NULL as `0`, `""` or `false` where the field is not an `Option`.
pub(crate) fn decode<T: Field>(row: &SqliteRow, index: usize, null: Null) -> Result<T, Mismatch> {
    let value = row.try_get_raw(index).map_err(|error| Mismatch::Row(Box::new(error)))?;
    if value.is_null() {
        if null == Null::Refused {
            return Err(Mismatch::Null);
        }
    } else {
        check_storage::<T>(row, index, &value.type_info())?;
    }
    <T as Decode<'_, Sqlite>>::decode(value).map_err(|error| match integer(row, index) {
        Ok(value) => Mismatch::Value(format!("{value}: {error}").into()),
        Err(_) => Mismatch::Value(error),
    })
}

/// Refuses values whose storage class the field would change or round: sqlx takes text for bytes and any integer for a
/// `bool`, and refuses a whole number in a REAL column, which SQLite stores as an integer.
fn check_storage<T: Field>(
    row: &SqliteRow,
    index: usize,
    found: &<Sqlite as Database>::TypeInfo,
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
        ("BLOB", "TEXT") if is_bytes::<T>() => Err(mismatch()),
        _ if <T as Type<Sqlite>>::compatible(found) => Ok(()),
        _ => Err(mismatch()),
    }
}

fn is_bytes<T: Field>() -> bool {
    TypeId::of::<T>() == TypeId::of::<Vec<u8>>() || TypeId::of::<T>() == TypeId::of::<Option<Vec<u8>>>()
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
