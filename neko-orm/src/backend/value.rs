//! What can be stored in a column: [`Field`]; and a value on its way there: [`Value`].

use std::fmt::Debug;

use super::Arguments;
#[cfg(feature = "sqlite")]
use super::sqlite::SqliteField;

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
pub trait Field: Storable + Clone + Debug + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Storable + Clone + Debug + Send + Sync + 'static> Field for T {}

/// The storage that each enabled backend asks for; see [`Field`].
#[cfg(feature = "sqlite")]
#[doc(hidden)]
pub trait Storable: SqliteField {}

#[cfg(feature = "sqlite")]
#[diagnostic::do_not_recommend]
impl<T: SqliteField> Storable for T {}

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
}

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
        #[cfg(feature = "sqlite")]
        super::sqlite::is_null(self)
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
