//! A column of values as one argument.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo};
use sqlx::{Encode, Postgres, Type, TypeInfo};

use super::{is_small, small};
use crate::backend::Field;

/// An array in PostgreSQL's binary form: its elements, each after its length.
#[derive(Debug, Default)]
pub struct Array {
    elements: PgArgumentBuffer,
    count: i32,
    has_null: bool,
    element_type: Option<PgTypeInfo>,
    /// Whether the elements are [small], which their type tells.
    are_small: Option<bool>,
}

impl Array {
    /// With room for so many elements that are as long as a number.
    pub(crate) fn with_capacity(count: usize) -> Self {
        let mut array = Self::default();
        array.elements.reserve(count.saturating_mul(size_of::<i32>() + size_of::<i64>()));
        array
    }

    /// Adds an element.
    pub(crate) fn push<T: Field>(&mut self, value: &T) -> Result<(), BoxDynError> {
        match self.are_small.get_or_insert_with(|| is_small::<T>()) {
            true => self.encode(&small(value)),
            false => self.encode(value),
        }
    }

    fn encode<T>(&mut self, value: &T) -> Result<(), BoxDynError>
    where
        T: Type<Postgres> + for<'q> Encode<'q, Postgres>,
    {
        self.count = self.count.checked_add(1).ok_or("too many values for an array")?;
        self.element_type.get_or_insert_with(|| type_of(value));
        let start = self.elements.len();
        self.elements.extend([0; 4]);
        let length = match value.encode_by_ref(&mut self.elements)? {
            IsNull::No => i32::try_from(self.elements.len() - start - 4)?,
            IsNull::Yes => {
                self.has_null = true;
                -1
            }
        };
        self.elements[start..start + 4].copy_from_slice(&length.to_be_bytes());
        Ok(())
    }

    /// The numbers of the element's type, and of the array's.
    fn oids(&self) -> Option<(Oid, Oid)> {
        oids(self.element_type.as_ref()?)
    }
}

/// Whether PostgreSQL knows arrays of such values without being asked for their number.
pub(crate) fn has_arrays<T: Field>(value: &T) -> bool {
    is_small::<T>() || oids(&type_of(value)).is_some()
}

fn type_of<T: Type<Postgres> + for<'q> Encode<'q, Postgres>>(value: &T) -> PgTypeInfo {
    value.produces().unwrap_or_else(T::type_info)
}

/// The numbers of the type, and of its arrays.
fn oids(element: &PgTypeInfo) -> Option<(Oid, Oid)> {
    Some((element.oid()?, Oid(array_oid(element.name())?)))
}

impl Type<Postgres> for Array {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("anyarray")
    }
}

impl Encode<'_, Postgres> for Array {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        const DIMENSIONS: i32 = 1;
        const LOWER_BOUND: i32 = 1;
        let (element, _) = self.oids().ok_or("there are no arrays of such values")?;
        buffer.extend(DIMENSIONS.to_be_bytes());
        buffer.extend(i32::from(self.has_null).to_be_bytes());
        buffer.extend(element.0.to_be_bytes());
        buffer.extend(self.count.to_be_bytes());
        buffer.extend(LOWER_BOUND.to_be_bytes());
        buffer.extend_from_slice(&self.elements);
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        self.oids().map(|(_, array)| PgTypeInfo::with_oid(array))
    }
}

/// The arrays of the types that come with PostgreSQL, as its `pg_type.dat` numbers them.
fn array_oid(element: &str) -> Option<u32> {
    Some(match element {
        "BOOL" => 1000,
        "BYTEA" => 1001,
        "INT2" => 1005,
        "INT4" => 1007,
        "INT8" => 1016,
        "FLOAT4" => 1021,
        "FLOAT8" => 1022,
        "TEXT" => 1009,
        "VARCHAR" => 1015,
        "DATE" => 1182,
        "TIME" => 1183,
        "TIMESTAMP" => 1115,
        "TIMESTAMPTZ" => 1185,
        "NUMERIC" => 1231,
        "UUID" => 2951,
        "JSON" => 199,
        "JSONB" => 3807,
        _ => return None,
    })
}
