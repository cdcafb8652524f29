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
        let found = value.type_info();
        if !<T as Type<MySql>>::compatible(&found) || (is_bytes::<T>() && <String as Type<MySql>>::compatible(&found)) {
            let expected = <T as Type<MySql>>::type_info().name().to_owned();
            return Err(Mismatch::Type { expected, found: found.name().to_owned() });
        }
    }
    match <T as Type<MySql>>::type_info().name() {
        _ if value.is_null() => {}
        "BOOLEAN" => check_bool(value.clone())?,
        "FLOAT" if value.type_info().name() == "DOUBLE" => check_float(value.clone())?,
        _ => {}
    }
    <T as Decode<'_, MySql>>::decode(value).map_err(Mismatch::Value)
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
