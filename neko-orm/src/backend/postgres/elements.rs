//! The values of a column in one array.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use sqlx::postgres::{PgRow, PgTypeKind, PgValueFormat};
use sqlx::{Decode, Postgres, Row as _, Type, TypeInfo, ValueRef};

use super::decode::check_type;
use crate::backend::Field;
use crate::error::Mismatch;

/// An array in a row, whose elements are taken one after the other.
#[derive(Debug)]
pub(crate) struct Elements {
    row: Arc<PgRow>,
    index: usize,
    count: usize,
    /// How many have been taken.
    taken: usize,
    /// All of them, once their type is known: a `Vec<T>`.
    decoded: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl Elements {
    /// The array at `index`; NULL, where an aggregate has had no rows.
    pub(crate) fn new(row: &Arc<PgRow>, index: usize) -> Result<Self, Mismatch> {
        let value = row.try_get_raw(index).map_err(|error| Mismatch::Row(Box::new(error)))?;
        let count = match value.is_null() {
            true => Some(0),
            false => count(value.as_bytes().map_err(Mismatch::Value)?),
        };
        match count.filter(|_| value.format() == PgValueFormat::Binary) {
            Some(count) => Ok(Self { row: Arc::clone(row), index, count, taken: 0, decoded: OnceLock::new() }),
            None => Err(Mismatch::Value("the values of a column are no array".into())),
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Goes to the next element, if there is one.
    pub(crate) fn advance(&mut self) -> bool {
        self.taken += 1;
        self.taken <= self.count
    }

    /// The element, if it is one that `T` has exactly.
    pub(crate) fn get<T: Field>(&self) -> Result<T, Mismatch> {
        let decoded = match self.decoded.get() {
            Some(decoded) => decoded,
            None => {
                let elements = self.decode::<T>()?;
                self.decoded.get_or_init(|| Box::new(elements))
            }
        };
        let element = decoded.downcast_ref::<Vec<T>>().and_then(|elements| elements.get(self.taken.checked_sub(1)?));
        element.cloned().ok_or_else(|| Mismatch::Value("an array has no such element".into()))
    }

    fn decode<T: Field>(&self) -> Result<Vec<T>, Mismatch> {
        let value = self.row.try_get_raw(self.index).map_err(|error| Mismatch::Row(Box::new(error)))?;
        match value.type_info().kind() {
            PgTypeKind::Array(element) => check_type::<T>(element)?,
            _ => return Err(Mismatch::Value("the values of a column are no array".into())),
        }
        <Vec<T> as Decode<'_, Postgres>>::decode(value).map_err(Mismatch::Value)
    }
}

/// How many elements an array of one dimension has, in PostgreSQL's binary form: the number of dimensions, whether there are NULLs, the type,
/// and the number of elements, each in four bytes.
fn count(array: &[u8]) -> Option<usize> {
    let number = |index: usize| Some(i32::from_be_bytes(array.get(index * 4..(index + 1) * 4)?.try_into().ok()?));
    match number(0)? {
        0 => Some(0),
        1 => usize::try_from(number(3)?).ok(),
        _ => None,
    }
}

/// Whether a value of the type is the same when it comes back in an array: one that is no array itself, nor stored as a type that it is not
/// decoded from.
pub(crate) fn is_exact<T: Field>() -> bool {
    let ty = <T as Type<Postgres>>::type_info();
    !ty.name().ends_with("[]") && ty.name() != "\"CHAR\""
}
