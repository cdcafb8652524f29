//! Decoding that refuses what a field cannot hold exactly.

use std::any::Any;

use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgRow, PgTypeInfo, PgValueFormat, PgValueRef};
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
    if let Some(plain) = plain::<T>(&value) {
        return Ok(plain);
    }
    check_type::<T>(&value.type_info())?;
    match small::<T>(row, index) {
        Some(small) => small,
        None => <T as Decode<'_, Postgres>>::decode(value).map_err(Mismatch::Value),
    }
}

/// Refuses what `T` is not read from.
pub(super) fn check_type<T: Field>(found: &PgTypeInfo) -> Result<(), Mismatch> {
    let expected = <T as Type<Postgres>>::type_info();
    match <T as Type<Postgres>>::compatible(found) || (is_integer(&expected) && is_integer(found)) {
        true => Ok(()),
        false => Err(Mismatch::Type { expected: expected.name().to_owned(), found: found.name().to_owned() }),
    }
}

/// What is stored in just the type that it is read as, for the most common ones: sqlx compares each value's type with all that it could be read from,
/// which takes longer than reading it. Whatever this leaves, sqlx reads or refuses.
fn plain<T: Field>(value: &PgValueRef<'_>) -> Option<T> {
    match value.format() {
        PgValueFormat::Binary => plain_of_bytes(value.type_info().oid()?, Some(value.as_bytes().ok()?)),
        PgValueFormat::Text => None,
    }
}

/// As [`plain`], of a value's binary form; of NULL without one.
pub(super) fn plain_of_bytes<T: Field>(Oid(oid): Oid, bytes: Option<&[u8]>) -> Option<T> {
    match oid {
        INT8 => as_field(bytes, |bytes| Some(i64::from_be_bytes(bytes.try_into().ok()?))),
        INT4 => as_field(bytes, |bytes| Some(i32::from_be_bytes(bytes.try_into().ok()?))),
        BOOL => as_field(bytes, |bytes| bytes.first().filter(|_| bytes.len() == 1).map(|byte| *byte != 0)),
        FLOAT8 => as_field(bytes, |bytes| Some(f64::from_be_bytes(bytes.try_into().ok()?))),
        TEXT | VARCHAR => as_field(bytes, |bytes| Some(str::from_utf8(bytes).ok()?.to_owned())),
        _ => None,
    }
}

// The numbers of types that come with PostgreSQL, as its `pg_type.dat` has them.
const BOOL: u32 = 16;
const INT8: u32 = 20;
const INT4: u32 = 23;
const TEXT: u32 = 25;
const FLOAT8: u32 = 701;
const VARCHAR: u32 = 1043;

/// The value, if the field is of its type or an `Option` of it, which alone takes NULL.
fn as_field<V: 'static, T: 'static>(bytes: Option<&[u8]>, read: impl FnOnce(&[u8]) -> Option<V>) -> Option<T> {
    let mut field: Option<T> = None;
    let place: &mut dyn Any = &mut field;
    if let Some(place) = place.downcast_mut::<Option<V>>() {
        *place = bytes.and_then(read);
    } else if let Some(place) = place.downcast_mut::<Option<Option<V>>>() {
        *place = bytes.map_or(Some(None), |bytes| read(bytes).map(Some));
    }
    field
}

/// sqlx reads integers of any size and refuses those that do not fit.
fn is_integer(ty: &PgTypeInfo) -> bool {
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
