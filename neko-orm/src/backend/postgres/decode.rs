//! Decoding that refuses what a field cannot hold exactly.

use std::any::Any;

use sqlx::postgres::PgRow;
use sqlx::{Decode, Postgres, Row as _, Type, TypeInfo, ValueRef};

use crate::backend::{Field, Null};
use crate::error::Mismatch;

/// Decodes by position.
pub(crate) fn decode<T: Field>(row: &PgRow, index: usize, null: Null) -> Result<T, Mismatch> {
    let value = row.try_get_raw(index).map_err(|error| Mismatch::Row(Box::new(error)))?;
    if value.is_null() {
        if null == Null::Refused {
            return Err(Mismatch::Null);
        }
        return <T as Decode<'_, Postgres>>::decode(value).map_err(Mismatch::Value);
    }
    let (expected, found) = (<T as Type<Postgres>>::type_info(), value.type_info());
    let is_compatible = <T as Type<Postgres>>::compatible(&found) || (is_integer(&expected) && is_integer(&found));
    if !is_compatible {
        return Err(Mismatch::Type { expected: expected.name().to_owned(), found: found.name().to_owned() });
    }
    match small::<T>(row, index) {
        Some(small) => small,
        None => <T as Decode<'_, Postgres>>::decode(value).map_err(Mismatch::Value),
    }
}

/// sqlx reads integers of any size and refuses those that do not fit.
fn is_integer(ty: &sqlx::postgres::PgTypeInfo) -> bool {
    matches!(ty.name(), "INT2" | "INT4" | "INT8" | "\"CHAR\"")
}

/// An `i8`, which is stored as the least integer that PostgreSQL has.
fn small<T: Field>(row: &PgRow, index: usize) -> Option<Result<T, Mismatch>> {
    let mut value: Option<T> = None;
    let place: &mut dyn Any = &mut value;
    let stored = || -> Result<i8, Mismatch> {
        let value = row.try_get_raw(index).map_err(|error| Mismatch::Row(Box::new(error)))?;
        let stored = <i64 as Decode<'_, Postgres>>::decode(value).map_err(Mismatch::Value)?;
        i8::try_from(stored).map_err(|error| Mismatch::Value(format!("{stored}: {error}").into()))
    };
    let read = if let Some(place) = place.downcast_mut::<Option<i8>>() {
        stored().map(|stored| *place = Some(stored))
    } else if let Some(place) = place.downcast_mut::<Option<Option<i8>>>() {
        stored().map(|stored| *place = Some(Some(stored)))
    } else {
        return None;
    };
    match (read, value) {
        (Err(mismatch), _) => Some(Err(mismatch)),
        (Ok(()), value) => value.map(Ok),
    }
}
