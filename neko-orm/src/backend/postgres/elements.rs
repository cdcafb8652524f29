//! The values of a column in one array.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use sqlx::postgres::{PgRow, PgTypeInfo, PgTypeKind, PgValueFormat};
use sqlx::{Decode, Postgres, Row as _, Type, TypeInfo, ValueRef};

use super::decode::check_type;
use crate::backend::{Field, Null};
use crate::error::Mismatch;

/// An array in a row, whose elements are taken one after the other.
#[derive(Debug)]
pub(crate) struct Elements {
    row: Arc<PgRow>,
    index: usize,
    /// Which elements are NULL.
    nulls: Vec<bool>,
    /// How many have been taken.
    taken: usize,
    /// All of them, once their type is known: a `Vec<T>`.
    decoded: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl Elements {
    /// The array at `index`; NULL, where an aggregate has had no rows.
    pub(crate) fn new(row: &Arc<PgRow>, index: usize) -> Result<Self, Mismatch> {
        let value = row.try_get_raw(index).map_err(|error| Mismatch::Row(Box::new(error)))?;
        let nulls = match value.is_null() {
            true => Some(Vec::new()),
            false => nulls(value.as_bytes().map_err(Mismatch::Value)?),
        };
        match nulls.filter(|_| value.format() == PgValueFormat::Binary) {
            Some(nulls) => Ok(Self { row: Arc::clone(row), index, nulls, taken: 0, decoded: OnceLock::new() }),
            None => Err(no_array()),
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.nulls.len()
    }

    /// Goes to the next element, if there is one.
    pub(crate) fn advance(&mut self) -> bool {
        self.taken += 1;
        self.taken <= self.count()
    }

    /// Whether the element is NULL.
    pub(crate) fn is_null(&self) -> bool {
        self.taken.checked_sub(1).and_then(|index| self.nulls.get(index)).is_some_and(|is_null| *is_null)
    }

    /// The element, if it is one that `T` has exactly.
    pub(crate) fn get<T: Field>(&self, null: Null) -> Result<T, Mismatch> {
        if null == Null::Refused && self.is_null() {
            return Err(Mismatch::Null);
        }
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
            PgTypeKind::Array(element) => check_type::<T>(base(element))?,
            _ => return Err(no_array()),
        }
        <Vec<T> as Decode<'_, Postgres>>::decode(value).map_err(Mismatch::Value)
    }
}

fn no_array() -> Mismatch {
    Mismatch::Value("the values of a column are no array of one dimension".into())
}

/// The type of which a domain has some values: of a column, PostgreSQL tells that one.
fn base(element: &PgTypeInfo) -> &PgTypeInfo {
    match element.kind() {
        PgTypeKind::Domain(inner) => base(inner),
        _ => element,
    }
}

/// Which elements of an array of one dimension are NULL. In PostgreSQL's binary form, that is in four bytes each the number of dimensions, whether there
/// are NULLs, the type, the number of elements and that of the first; then each element after its length, which is -1 for NULL.
fn nulls(array: &[u8]) -> Option<Vec<bool>> {
    const HEADER: usize = 20;
    let number = |at: usize| Some(i32::from_be_bytes(array.get(at..at + 4)?.try_into().ok()?));
    let (dimensions, has_nulls) = (number(0)?, number(4)? != 0);
    if dimensions == 0 {
        return Some(Vec::new());
    }
    let mut nulls = vec![false; usize::try_from(number(12)?).ok().filter(|_| dimensions == 1)?];
    let mut at = HEADER;
    for is_null in nulls.iter_mut().filter(|_| has_nulls) {
        let length = number(at)?;
        *is_null = length < 0;
        at += 4 + usize::try_from(length).unwrap_or(0);
    }
    Some(nulls)
}

/// Whether a value of the type is the same when it comes back in an array: one that is no array itself, nor stored as a type that it is not
/// decoded from.
pub(crate) fn is_exact<T: Field>() -> bool {
    let ty = <T as Type<Postgres>>::type_info();
    let is_array = ty.name().ends_with("[]") || ty.name().starts_with('_');
    !is_array && ty.name() != "\"CHAR\""
}
