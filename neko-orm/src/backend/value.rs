//! What can be stored in a column: [`Field`]; and a value on its way there: [`Value`].

use std::fmt::Debug;

use super::{Arguments, Dialect};

/// A type that can be stored in a column of **every enabled backend**.
///
/// Implemented for all types that sqlx can encode and decode and that are `Clone + Debug + Send + Sync`: integers,
/// floats, `bool`, `String`, `Vec<u8>`, `Option` of them, and with the feature of that name the types of chrono, time,
/// uuid and json. There is nothing to implement by hand: derive `sqlx::Type` (sqlx's feature `derive`) on a newtype or an enum of your own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in a column",
    label = "not a type that sqlx can store in every enabled database",
    note = "a field is an integer that fits into an `i64`, a float, `bool`, `String`, `Vec<u8>`, or an `Option` of one of these",
    note = "for a type of your own, derive `sqlx::Type` (with sqlx's feature `derive`), `Clone` and `Debug`",
    note = "for structured data, use `sqlx::types::Json<{Self}>` (with sqlx's feature `json`)"
)]
#[cfg_attr(
    feature = "sqlite",
    diagnostic::on_unimplemented(
        note = "the feature `sqlite` is enabled: SQLite can store neither `u64` nor decimals; store these as texts"
    )
)]
#[cfg_attr(
    feature = "postgres",
    diagnostic::on_unimplemented(
        note = "the feature `postgres` is enabled: PostgreSQL cannot store unsigned integers; use `i16`, `i32` or `i64`"
    )
)]
#[cfg_attr(
    feature = "mysql",
    diagnostic::on_unimplemented(
        note = "the feature `mysql` is enabled: MySQL cannot store arrays or intervals; give them a table, or use JSON"
    )
)]
pub trait Field: Storable + Clone + Debug + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Storable + Clone + Debug + Send + Sync + 'static> Field for T {}

/// The storage that each enabled backend asks for; see [`Field`].
#[doc(hidden)]
pub trait Storable: SqliteField + PostgresField + MySqlField {}

#[diagnostic::do_not_recommend]
impl<T: SqliteField + PostgresField + MySqlField> Storable for T {}

/// What a backend asks of a [`Field`]; nothing where it is not enabled.
macro_rules! storage {
    ($feature:literal, $message:literal, $field:ident, $db:ident) => {
        /// What the backend asks of a [`Field`]; nothing where it is not enabled.
        #[cfg(feature = $feature)]
        #[doc(hidden)]
        #[diagnostic::on_unimplemented(message = $message)]
        pub trait $field:
            sqlx::Type<sqlx::$db> + for<'q> sqlx::Encode<'q, sqlx::$db> + for<'r> sqlx::Decode<'r, sqlx::$db>
        {
        }

        #[cfg(feature = $feature)]
        #[diagnostic::do_not_recommend]
        impl<T> $field for T where
            T: sqlx::Type<sqlx::$db> + for<'q> sqlx::Encode<'q, sqlx::$db> + for<'r> sqlx::Decode<'r, sqlx::$db>
        {
        }

        #[cfg(not(feature = $feature))]
        #[doc(hidden)]
        pub trait $field {}

        #[cfg(not(feature = $feature))]
        impl<T> $field for T {}
    };
}

storage!("sqlite", "`{Self}` cannot be stored in SQLite", SqliteField, Sqlite);
storage!("postgres", "`{Self}` cannot be stored in PostgreSQL", PostgresField, Postgres);
storage!("mysql", "`{Self}` cannot be stored in MySQL", MySqlField, MySql);

/// A value on its way to the database, whatever its type and whatever the database.
pub trait Value: Debug + Send + Sync {
    /// Adds the value to the statement's arguments.
    fn bind(&self, arguments: &mut Arguments) -> Result<(), sqlx::error::BoxDynError>;

    /// Whether the value is NULL in the database.
    fn is_null(&self) -> bool;

    /// A copy on the heap, for a condition that outlives the model it was taken from.
    fn boxed(&self) -> Box<dyn Value>;

    /// Whether the database can hold the value in one form only, so that it is equal to itself once it is sent again. Times are texts
    /// to SQLite, which may have been written in another form.
    fn is_exact(&self) -> bool;

    /// The value in JSON, for the types that SQLite reads back from JSON exactly.
    fn to_json(&self) -> Option<serde_json::Value>;

    /// The value as PostgreSQL is sent it; `None` without that backend.
    fn encoded(&self) -> Option<Encoded>;

    /// Whether PostgreSQL has arrays of such values.
    fn has_arrays(&self) -> bool;

    /// Adds the value to an array for PostgreSQL.
    #[cfg(feature = "postgres")]
    fn push_to(&self, array: &mut super::postgres::Array) -> Result<(), sqlx::error::BoxDynError>;
}

/// A value's type and bytes, without bytes for NULL: equal where the values are, whatever their type has for an equality.
pub(crate) type Encoded = (std::any::TypeId, Option<Vec<u8>>);

/// Whether the value is of one of the types, or an `Option` of it.
macro_rules! is_any_of {
    ($value:ident: $($ty:ty),*) => {
        $($value.is::<$ty>() || $value.is::<Option<$ty>>())||*
    };
}

impl<T: Field> Value for T {
    fn bind(&self, arguments: &mut Arguments) -> Result<(), sqlx::error::BoxDynError> {
        arguments.push(self)
    }

    fn is_null(&self) -> bool {
        // Which database is asked makes no difference.
        Dialect::first().is_null(self)
    }

    fn boxed(&self) -> Box<dyn Value> {
        Box::new(self.clone())
    }

    fn is_exact(&self) -> bool {
        let value: &dyn std::any::Any = self;
        is_any_of!(value: bool, i8, i16, i32, i64, u8, u16, u32, f64, String, Vec<u8>)
    }

    fn to_json(&self) -> Option<serde_json::Value> {
        exact_json(self)
    }

    fn encoded(&self) -> Option<Encoded> {
        #[cfg(feature = "postgres")]
        return Some((std::any::TypeId::of::<T>(), super::postgres::encoded(self)));
        #[cfg(not(feature = "postgres"))]
        return None;
    }

    fn has_arrays(&self) -> bool {
        #[cfg(feature = "postgres")]
        return super::postgres::has_arrays(self);
        #[cfg(not(feature = "postgres"))]
        return false;
    }

    #[cfg(feature = "postgres")]
    fn push_to(&self, array: &mut super::postgres::Array) -> Result<(), sqlx::error::BoxDynError> {
        array.push(self)
    }
}

impl Clone for Box<dyn Value> {
    fn clone(&self) -> Self {
        (**self).boxed()
    }
}

/// Integers and texts: what a list of keys can carry through SQLite's `json_each` unchanged.
fn exact_json(value: &dyn std::any::Any) -> Option<serde_json::Value> {
    macro_rules! integers {
        ($($int:ty),*) => {
            $(
                if let Some(&value) = value.downcast_ref::<$int>() {
                    return Some(value.into());
                }
                if let Some(&value) = value.downcast_ref::<Option<$int>>() {
                    return Some(value.into());
                }
            )*
        };
    }
    integers!(i64, i32, i16, i8, u32, u16, u8);
    let text = match value.downcast_ref::<Option<String>>() {
        Some(None) => return Some(serde_json::Value::Null),
        Some(Some(text)) => text,
        None => value.downcast_ref::<String>()?,
    };
    Some(text.as_str().into())
}

/// What a NULL in a column means for the field that it is read into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Null {
    /// The field is an `Option`.
    Allowed,
    /// The field holds a value always.
    Refused,
}

/// Whether the value is a float that is so: PostgreSQL has all of them, and the others do not.
#[cfg(any(feature = "sqlite", feature = "mysql"))]
#[inline]
pub(super) fn is_float_that(value: &dyn std::any::Any, is: fn(f64) -> bool) -> bool {
    let double =
        value.downcast_ref::<f64>().copied().or_else(|| value.downcast_ref::<Option<f64>>().copied().flatten());
    let single =
        value.downcast_ref::<f32>().copied().or_else(|| value.downcast_ref::<Option<f32>>().copied().flatten());
    double.or(single.map(f64::from)).is_some_and(is)
}
