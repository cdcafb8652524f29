//! Decoding that refuses what a field cannot hold exactly.

use std::any::TypeId;

use sqlx::mysql::{MySqlRow, MySqlValueRef};
use sqlx::{Decode, MySql, Row as _, Type, TypeInfo, ValueRef};

use crate::backend::{Field, Null};
use crate::error::Mismatch;

/// Decodes by position.
pub(crate) fn decode<T: Field>(row: &MySqlRow, index: usize, null: Null) -> Result<T, Mismatch> {
    let value = row.try_get_raw(index).map_err(|error| Mismatch::Row(Box::new(error)))?;
    if value.is_null() {
        if null == Null::Refused {
            return Err(Mismatch::Null);
        }
    } else {
        check_type::<T>(&value)?;
    }
    match <T as Type<MySql>>::type_info().name() {
        _ if value.is_null() => {}
        "BOOLEAN" => check_bool(value.clone())?,
        "FLOAT" if value.type_info().name() == "DOUBLE" => check_float(value.clone())?,
        _ => {}
    }
    <T as Decode<'_, MySql>>::decode(value).map_err(Mismatch::Value)
}

/// Refuses values that the field would change. sqlx takes a text for bytes, refuses unsigned integers where the field is none, and the texts
/// of an enum where they are not in an `ENUM`.
fn check_type<T: Field>(value: &MySqlValueRef<'_>) -> Result<(), Mismatch> {
    let (expected, found) = (<T as Type<MySql>>::type_info(), value.type_info());
    if found.name().ends_with(" UNSIGNED") && <i64 as Type<MySql>>::compatible(&expected) {
        return check_unsigned(value.clone(), found.name());
    }
    let is_text = <String as Type<MySql>>::compatible(&found);
    let is_compatible = <T as Type<MySql>>::compatible(&found) || (expected.name() == "ENUM" && is_text);
    if !is_compatible || (is_bytes::<T>() && is_text) {
        return Err(Mismatch::Type { expected: expected.name().to_owned(), found: found.name().to_owned() });
    }
    Ok(())
}

/// sqlx reads an unsigned integer as if it were a signed one of as many bytes.
fn check_unsigned(value: MySqlValueRef<'_>, found: &str) -> Result<(), Mismatch> {
    let greatest = match found {
        "TINYINT UNSIGNED" => i64::from(i8::MAX),
        "SMALLINT UNSIGNED" => i64::from(i16::MAX),
        "MEDIUMINT UNSIGNED" | "INT UNSIGNED" => i64::from(i32::MAX),
        _ => i64::MAX,
    };
    let value = <u64 as Decode<'_, MySql>>::decode(value).map_err(Mismatch::Value)?;
    match i64::try_from(value) {
        Ok(value) if value <= greatest => Ok(()),
        _ => Err(Mismatch::Value(format!("{value} of {found} is out of the range of a signed integer").into())),
    }
}

/// sqlx takes a text for bytes.
fn is_bytes<T: Field>() -> bool {
    [TypeId::of::<Vec<u8>>(), TypeId::of::<Option<Vec<u8>>>()].contains(&TypeId::of::<T>())
}

/// sqlx takes any integer for a `bool`.
fn check_bool(value: MySqlValueRef<'_>) -> Result<(), Mismatch> {
    match <i64 as Decode<'_, MySql>>::decode(value).map_err(Mismatch::Value)? {
        0 | 1 => Ok(()),
        other => Err(Mismatch::Value(format!("{other} is neither 0 (false) nor 1 (true)").into())),
    }
}

/// sqlx makes infinity of what an `f32` cannot hold.
fn check_float(value: MySqlValueRef<'_>) -> Result<(), Mismatch> {
    let value = <f64 as Decode<'_, MySql>>::decode(value).map_err(Mismatch::Value)?;
    if value.abs() > f64::from(f32::MAX) {
        return Err(Mismatch::Value(format!("{value} is out of the range of `f32`").into()));
    }
    Ok(())
}
