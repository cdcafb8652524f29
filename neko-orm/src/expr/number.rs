//! Which types can be compared and added up by the database.

use crate::backend::Field;
use crate::node::Computation;
use crate::words::Sorted;

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
    /// How a database sorts the values that has no least of them.
    #[doc(hidden)]
    const SORTED: Sorted = Sorted::Plainly;
}

#[diagnostic::do_not_recommend]
impl<T: Scalar<Value = T>> Scalar for Option<T> {
    type Value = T;
    const SORTED: Sorted = T::SORTED;
}

/// A type that the database can add up; the type of the sum is wider than it.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a number", label = "expected a column of numbers")]
pub trait Number {
    /// The type of a sum: `i64` or `f64`.
    type Sum: Field + Default;
    /// The type as a float: `f64`, or `Option<f64>`.
    type Float;
    /// How the values are added up.
    #[doc(hidden)]
    const SUM: Computation;
}

#[diagnostic::do_not_recommend]
impl<T: Number> Number for Option<T> {
    type Sum = T::Sum;
    type Float = Option<f64>;
    const SUM: Computation = T::SUM;
}

macro_rules! scalars {
    ($sorted:ident: $($ty:ty),*) => {
        $(impl Scalar for $ty {
            type Value = Self;
            const SORTED: Sorted = Sorted::$sorted;
        })*
    };
}

macro_rules! numbers {
    ($sum:ty, $computation:ident: $($ty:ty),*) => {
        scalars!(Plainly: $($ty),*);
        $(impl Number for $ty {
            type Sum = $sum;
            type Float = f64;
            const SUM: Computation = Computation::$computation;
        })*
    };
}

numbers!(i64, Sum: i8, i16, i32, i64, u8, u16, u32);
numbers!(f64, FloatSum: f32, f64);
scalars!(Plainly: String);
scalars!(AsBool: bool);
scalars!(AsBytes: Vec<u8>);

#[cfg(feature = "chrono")]
scalars!(Plainly:
    sqlx::types::chrono::NaiveDate,
    sqlx::types::chrono::NaiveTime,
    sqlx::types::chrono::NaiveDateTime,
    sqlx::types::chrono::DateTime<sqlx::types::chrono::Utc>
);
#[cfg(feature = "time")]
scalars!(Plainly:
    sqlx::types::time::Date,
    sqlx::types::time::Time,
    sqlx::types::time::PrimitiveDateTime,
    sqlx::types::time::OffsetDateTime
);
#[cfg(feature = "uuid")]
scalars!(AsUuid: sqlx::types::Uuid);
// SQLite cannot store them.
#[cfg(all(feature = "decimal", not(feature = "sqlite")))]
numbers!(sqlx::types::Decimal, DecimalSum: sqlx::types::Decimal);
