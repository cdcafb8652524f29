//! Decoding that refuses what a field cannot hold exactly.

use sqlx::mysql::MySqlRow;
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
        if !<T as Type<MySql>>::compatible(&found) {
            let expected = <T as Type<MySql>>::type_info().name().to_owned();
            return Err(Mismatch::Type { expected, found: found.name().to_owned() });
        }
    }
    <T as Decode<'_, MySql>>::decode(value).map_err(Mismatch::Value)
}
