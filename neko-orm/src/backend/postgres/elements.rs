//! The values of a column in one array.

use std::any::Any;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgRow, PgTypeInfo, PgTypeKind, PgValueFormat};
use sqlx::{Decode, Postgres, Row as _, Type, TypeInfo, ValueRef};

use super::decode::{check_type, plain_of_bytes};
use crate::backend::{Field, Null};
use crate::error::Mismatch;

/// An array in a row, whose elements are taken one after the other.
#[derive(Debug)]
pub(crate) struct Elements {
    row: Arc<PgRow>,
    index: usize,
    /// A copy, which takes less than to ask the row for each element.
    array: Vec<u8>,
    element_type: Option<Oid>,
    count: usize,
    /// How many have been taken.
    taken: usize,
    /// Where the last one of these is, unless it is NULL.
    place: Option<Range<usize>>,
    /// Where the next one starts, with its length.
    next: usize,
    /// All of them, where each is not read by itself, once their type is known: a `Vec<T>`.
    decoded: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl Elements {
    /// The array at `index`; NULL, where an aggregate has had no rows.
    pub(crate) fn new(row: &Arc<PgRow>, index: usize) -> Result<Self, Mismatch> {
        let value = row.try_get_raw(index).map_err(|error| Mismatch::Row(Box::new(error)))?;
        let array = match value.is_null() {
            true => Vec::new(),
            false => value.as_bytes().map_err(Mismatch::Value)?.to_vec(),
        };
        let count = if value.is_null() { Some(0) } else { count(&array) };
        let count = count.filter(|_| value.format() == PgValueFormat::Binary).ok_or_else(no_array)?;
        let element_type = match value.type_info().kind() {
            PgTypeKind::Array(element) => element.oid(),
            _ => None,
        };
        let (row, decoded) = (Arc::clone(row), OnceLock::new());
        Ok(Self { row, index, array, element_type, count, taken: 0, place: None, next: HEADER, decoded })
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Goes to the next element, if there is one.
    pub(crate) fn advance(&mut self) -> bool {
        self.taken += 1;
        if self.taken > self.count {
            return false;
        }
        let place = place(&self.array, self.next);
        self.next = place.as_ref().map_or(self.next + LENGTH, |place| place.end);
        self.place = place;
        true
    }

    /// Whether the element is NULL.
    pub(crate) fn is_null(&self) -> bool {
        self.place.is_none()
    }

    /// The element, if it is one that `T` has exactly.
    pub(crate) fn get<T: Field>(&self, null: Null) -> Result<T, Mismatch> {
        if null == Null::Refused && self.is_null() {
            return Err(Mismatch::Null);
        }
        if let Some(plain) = self.plain() {
            return Ok(plain);
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

    /// The element, if it is of a type that is read without sqlx.
    fn plain<T: Field>(&self) -> Option<T> {
        let bytes = match &self.place {
            Some(place) => Some(self.array.get(place.clone())?),
            None => None,
        };
        plain_of_bytes(self.element_type?, bytes)
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

// PostgreSQL's binary form of an array of one dimension is, in four bytes each, the number of dimensions, whether there are NULLs, the type, the number of
// elements and that of the first; then each element after its length, which is -1 for NULL.
const HEADER: usize = 20;
const LENGTH: usize = 4;

fn number(array: &[u8], at: usize) -> Option<i32> {
    Some(i32::from_be_bytes(array.get(at..at + LENGTH)?.try_into().ok()?))
}

/// How many elements an array has, if it is of one dimension, and all are there.
fn count(array: &[u8]) -> Option<usize> {
    let dimensions = number(array, 0)?;
    if dimensions == 0 {
        return Some(0);
    }
    let count = usize::try_from(number(array, 12)?).ok().filter(|_| dimensions == 1)?;
    let mut at = HEADER;
    for _ in 0..count {
        at += LENGTH + usize::try_from(number(array, at)?).unwrap_or(0);
    }
    (at == array.len()).then_some(count)
}

/// Where the element is whose length is at this position; nowhere, if it is NULL.
fn place(array: &[u8], at: usize) -> Option<Range<usize>> {
    let start = at + LENGTH;
    Some(start..start + usize::try_from(number(array, at)?).ok()?)
}

/// Whether a value of the type is the same when it comes back in an array: one that is no array itself, nor stored as a type that it is not
/// decoded from.
pub(crate) fn is_exact<T: Field>() -> bool {
    let ty = <T as Type<Postgres>>::type_info();
    let is_array = ty.name().ends_with("[]") || ty.name().starts_with('_');
    !is_array && ty.name() != "\"CHAR\""
}
