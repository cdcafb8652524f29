//! Which types can be compared and added up by the database.

use crate::backend::Field;

/// A type of which the database knows the least and the greatest value; `Value` is the type without `Option`.
///
/// Implemented for integers, floats, `bool`, `String`, `Vec<u8>`, the types of the features `chrono`, `time` and `uuid`, and
/// `Option` of all of them. For a type of your own, one line:
///
/// ```
/// # struct Celsius(f64);
/// impl neko_orm::Scalar for Celsius { type Value = Self; }
/// ```
#[diagnostic::on_unimplemented(
    message = "the database does not know the order of `{Self}`",
    label = "expected a number, a text, or another type with an order",
    note = "for a type of your own, write `impl neko_orm::Scalar for {Self} {{ type Value = Self; }}`"
)]
pub trait Scalar {
    /// The type without `Option`.
    type Value;
}

#[diagnostic::do_not_recommend]
impl<T: Scalar<Value = T>> Scalar for Option<T> {
    type Value = T;
}

/// A type that the database can add up; the type of the sum is wider than it.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a number", label = "expected a column of numbers")]
pub trait Number {
    /// The type of a sum: `i64` or `f64`.
    type Sum: Field + Default;
    /// The type as a float: `f64`, or `Option<f64>`.
    type Float;
    /// What the sum of no values is, in SQL.
    #[doc(hidden)]
    const ZERO: &'static str;
}

#[diagnostic::do_not_recommend]
impl<T: Number> Number for Option<T> {
    type Sum = T::Sum;
    type Float = Option<f64>;
    const ZERO: &'static str = T::ZERO;
}

macro_rules! scalars {
    ($($ty:ty),*) => {
        $(impl Scalar for $ty { type Value = Self; })*
    };
}

macro_rules! numbers {
    ($sum:ty, $zero:literal: $($ty:ty),*) => {
        scalars!($($ty),*);
        $(impl Number for $ty {
            type Sum = $sum;
            type Float = f64;
            const ZERO: &'static str = $zero;
        })*
    };
}

numbers!(i64, "), 0)": i8, i16, i32, i64, u8, u16, u32);
numbers!(f64, "), 0.0)": f32, f64);
scalars!(bool, String, Vec<u8>);

#[cfg(feature = "chrono")]
scalars!(
    sqlx::types::chrono::NaiveDate,
    sqlx::types::chrono::NaiveTime,
    sqlx::types::chrono::NaiveDateTime,
    sqlx::types::chrono::DateTime<sqlx::types::chrono::Utc>
);
#[cfg(feature = "time")]
scalars!(
    sqlx::types::time::Date,
    sqlx::types::time::Time,
    sqlx::types::time::PrimitiveDateTime,
    sqlx::types::time::OffsetDateTime
);
#[cfg(feature = "uuid")]
scalars!(sqlx::types::Uuid);
