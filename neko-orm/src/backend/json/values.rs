//! The types whose values are the same when they come back from JSON, and how they are read.

use std::any::{Any, TypeId};

use memchr::memchr;

#[cfg(feature = "chrono")]
use sqlx::types::chrono;
#[cfg(feature = "time")]
use sqlx::types::time;

/// A value of an array.
#[derive(Debug, Clone, Copy)]
pub(super) enum Element<'a> {
    Null,
    Integer(i64),
    /// Between the quotes.
    Text(&'a str),
    /// Between the quotes, as JSON writes it: letters are escaped.
    Escaped(&'a str),
    Bytes(&'a [u8]),
    /// What no type has.
    Other,
}

/// SQLite multiplies floats beyond 9.2e-83 and 9.2e118 by powers of ten that are not exact to the last of their digits: it writes another float.
const EXACT_DIGITS: std::ops::Range<f64> = 1e-80..1e110;

impl<'a> Element<'a> {
    fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.to_owned()),
            Self::Escaped(json) => unescaped(json),
            _ => None,
        }
    }

    /// A text that is written as it is.
    pub(super) fn plain_text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn number<T: TryFrom<i64>>(self) -> Option<T> {
        match self {
            Self::Integer(integer) => integer.try_into().ok(),
            _ => None,
        }
    }

    /// Databases without a type for it have numbers.
    fn truth(self) -> Option<bool> {
        match self {
            Self::Integer(0) => Some(false),
            Self::Integer(1) => Some(true),
            _ => None,
        }
    }

    /// A float comes as a text of all its digits, an integer in its place as it is.
    fn float(self, exact_integers: u64) -> Option<f64> {
        if let Some(digits) = self.plain_text() {
            let float: f64 = digits.parse().ok()?;
            return (float == 0.0 || EXACT_DIGITS.contains(&float.abs())).then_some(float);
        }
        let integer: i64 = self.number()?;
        (integer.unsigned_abs() <= exact_integers).then_some(integer as f64)
    }

    fn double(self) -> Option<f64> {
        self.float(1 << f64::MANTISSA_DIGITS)
    }

    fn single(self) -> Option<f32> {
        let value = self.float(1 << f32::MANTISSA_DIGITS)?;
        (value.abs() <= f64::from(f32::MAX)).then_some(value as f32)
    }

    fn bytes(self) -> Option<&'a [u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    fn document(self) -> Option<serde_json::Value> {
        serde_json::from_str(&self.text()?).ok()
    }
}

/// A text of which letters are escaped. serde_json, which knows all of these, takes four times as long: it does not know how long a text becomes.
fn unescaped(json: &str) -> Option<String> {
    let mut rest = json;
    let mut text = String::with_capacity(rest.len());
    while let Some(position) = memchr(b'\\', rest.as_bytes()) {
        text.push_str(rest.get(..position)?);
        text.push(match rest.as_bytes().get(position + 1)? {
            letter @ (b'"' | b'\\') => char::from(*letter),
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            _ => return serde_json::from_str(&format!("\"{json}\"")).ok(),
        });
        rest = rest.get(position + 2..)?;
    }
    text.push_str(rest);
    Some(text)
}

/// Groups of types, with how a value of each, or of an `Option` of it, is read.
macro_rules! exact {
    ($($(#[$doc:meta])* $group:ident { $($(#[$cfg:meta])* $ty:ty: |$value:ident| $parse:expr;)* })*) => {
        $(
            $(#[$doc])*
            fn $group<T: 'static>() -> bool {
                let ty = TypeId::of::<T>();
                $($(#[$cfg])* {
                    if ty == TypeId::of::<$ty>() || ty == TypeId::of::<Option<$ty>>() {
                        return true;
                    }
                })*
                false
            }
        )*

        /// The value, if it is one that `T` has exactly. All but one of the types are left out where this is compiled.
        pub(super) fn read<T: 'static>(value: Element<'_>) -> Option<T> {
            let mut read: Option<T> = None;
            let slot: &mut dyn Any = &mut read;
            $($($(#[$cfg])* {
                let parse = |$value: Element<'_>| -> Option<$ty> { $parse };
                if let Some(slot) = slot.downcast_mut::<Option<$ty>>() {
                    *slot = parse(value);
                } else if let Some(slot) = slot.downcast_mut::<Option<Option<$ty>>>() {
                    *slot = if let Element::Null = value { Some(None) } else { parse(value).map(Some) };
                }
            })*)*
            read
        }
    };
}

exact! {
    /// Of which the database has one form for each value, and JSON the same.
    is_plain {
        i64: |value| value.number();
        i32: |value| value.number();
        i16: |value| value.number();
        i8: |value| value.number();
        u32: |value| value.number();
        u16: |value| value.number();
        u8: |value| value.number();
        bool: |value| value.truth();
        String: |value| value.text();
    }
    /// Which the database has as texts, several of them for a value.
    is_text {
        serde_json::Value: |value| value.document();
        #[cfg(feature = "chrono")]
        chrono::NaiveDate: |value| value.date();
        #[cfg(feature = "chrono")]
        chrono::NaiveTime: |value| value.time();
        #[cfg(feature = "chrono")]
        chrono::NaiveDateTime: |value| value.date_time();
        #[cfg(feature = "chrono")]
        chrono::DateTime<chrono::FixedOffset>: |value| value.moment();
        #[cfg(feature = "chrono")]
        chrono::DateTime<chrono::Utc>: |value| Some(value.moment()?.with_timezone(&chrono::Utc));
        #[cfg(feature = "chrono")]
        chrono::DateTime<chrono::Local>: |value| Some(value.moment()?.with_timezone(&chrono::Local));
        #[cfg(feature = "time")]
        time::Date: |value| value.calendar_date();
        #[cfg(feature = "time")]
        time::Time: |value| value.clock_time();
        #[cfg(feature = "time")]
        time::PrimitiveDateTime: |value| value.primitive_date_time();
        #[cfg(feature = "time")]
        time::OffsetDateTime: |value| value.offset_date_time();
    }
    /// Whose columns are written in a way of their own, equal values alike.
    is_bytes {
        Vec<u8>: |value| value.bytes().map(<[u8]>::to_vec);
        #[cfg(feature = "uuid")]
        sqlx::types::Uuid: |value| sqlx::types::Uuid::from_slice(value.bytes()?).ok();
    }
    /// Whose columns are written in a way of their own.
    is_float {
        f64: |value| value.double();
        f32: |value| value.single();
    }
}

/// Whether a value of the type is the same when it comes back from JSON, whatever expression it is the value of.
pub(in crate::backend) fn is_exact<T: 'static>() -> bool {
    is_plain::<T>() || is_text::<T>()
}

/// As [`is_exact`], of a column of a table.
pub(in crate::backend) fn is_exact_column<T: 'static>() -> bool {
    is_exact::<T>() || is_float::<T>() || is_bytes::<T>()
}

/// As [`is_exact_column`], where values that are equal are so to the database, too.
pub(in crate::backend) fn is_exact_key<T: 'static>() -> bool {
    is_plain::<T>() || is_bytes::<T>()
}
