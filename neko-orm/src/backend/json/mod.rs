//! The values of a column as one JSON array.

mod bytes;
mod memory;
#[cfg(any(feature = "chrono", feature = "time"))]
mod moments;
mod values;

use memchr::{memchr, memchr_iter, memchr2};

use crate::error::Mismatch;
pub(super) use bytes::BytesArray;
use values::Element;
pub(super) use values::{is_exact, is_exact_column, is_exact_key};

/// A JSON array, whose values are taken one after the other.
#[derive(Debug)]
pub(super) struct JsonArray {
    /// The array, without any white space.
    array: String,
    /// Where the value starts.
    start: usize,
    value: Value,
}

/// A value of an array.
#[derive(Debug, Clone, Copy)]
struct Value {
    /// Where it ends: at a comma or a bracket.
    end: usize,
    kind: Kind,
    /// What it is, if it is an integer: beside the kind, since an enum of both is written in parts and read as a whole, for which processors wait.
    integer: i64,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Null,
    Integer,
    Text,
    /// A text of which letters are escaped.
    Escaped,
    Other,
}

impl JsonArray {
    pub(super) fn new(array: String) -> Self {
        memory::keep_for(array.len());
        Self { array, start: 0, value: Value { end: 0, kind: Kind::Other, integer: 0 } }
    }

    pub(super) fn length(&self) -> usize {
        self.array.len()
    }

    /// How many values there are.
    pub(super) fn count(&self) -> usize {
        let array = self.array.as_bytes();
        match memchr(b'"', array) {
            None if array == b"[]" => 0,
            None => memchr_iter(b',', array).count() + 1,
            // Texts can have commas, too.
            Some(_) => self.values().count(),
        }
    }

    /// The first of so many numbers, if these follow each other.
    pub(super) fn sequence(&self, count: usize) -> Option<i64> {
        let mut numbers = self.values().map(|value| (value.kind == Kind::Integer).then_some(value.integer));
        let first = numbers.next()??;
        let (mut last, mut read) = (first, 1);
        for number in numbers {
            last = number.filter(|number| last.checked_add(1) == Some(*number))?;
            read += 1;
        }
        (read == count).then_some(first)
    }

    fn values(&self) -> impl Iterator<Item = Value> {
        let array = self.array.as_bytes();
        std::iter::successors(value_at(array, 1), |value| value_at(array, value.end + 1))
    }

    /// Goes to the next value, if there is one.
    pub(super) fn advance(&mut self) -> bool {
        self.start = self.value.end + 1;
        let Some(value) = value_at(self.array.as_bytes(), self.start) else { return false };
        self.value = value;
        true
    }

    /// The value, if it is one that `T` has exactly.
    pub(super) fn get<T: 'static>(&self) -> Result<T, Mismatch> {
        values::read(self.element()).ok_or_else(inexact)
    }

    // Called for each value, from where the type is known.
    #[inline]
    fn element(&self) -> Element<'_> {
        let text = || self.array.get(self.start + 1..self.value.end - 1);
        match self.value.kind {
            Kind::Null => Element::Null,
            Kind::Integer => Element::Integer(self.value.integer),
            Kind::Text => text().map_or(Element::Other, Element::Text),
            Kind::Escaped => text().map_or(Element::Other, Element::Escaped),
            Kind::Other => Element::Other,
        }
    }
}

/// An integer as a value that `T` has exactly, as if it were in an array; nothing where there is none.
pub(super) fn of_integer<T: 'static>(value: Option<i64>) -> Result<T, Mismatch> {
    values::read(value.map_or(Element::Other, Element::Integer)).ok_or_else(inexact)
}

fn inexact() -> Mismatch {
    Mismatch::Value("the value is another in JSON".into())
}

/// The value that starts there, if one does.
#[inline]
fn value_at(array: &[u8], start: usize) -> Option<Value> {
    let value = array.get(start..)?;
    let (length, kind, integer) = match value {
        [] | [b']', ..] => return None,
        [b'"', text @ ..] => match text_length(text) {
            Some((length, kind)) => (length + 2, kind, 0),
            None => (value.len(), Kind::Other, 0),
        },
        _ => match short_integer(value) {
            Some((length, integer)) => (length, Kind::Integer, integer),
            None => number_or_null(value),
        },
    };
    Some(Value { end: start + length, kind, integer })
}

/// An integer of so few digits that it cannot overflow, and how long it is: nearly all of them, in one pass.
#[inline]
fn short_integer(value: &[u8]) -> Option<(usize, i64)> {
    const DIGITS: usize = 18;
    let sign = usize::from(value.first() == Some(&b'-'));
    let (mut integer, mut length) = (0_i64, sign);
    for byte in &value[sign..] {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        integer = integer.wrapping_mul(10).wrapping_add(digit.into());
        length += 1;
    }
    let is_short = (1..=DIGITS).contains(&(length - sign)) && matches!(value.get(length), Some(b',' | b']'));
    is_short.then_some((length, if sign == 0 { integer } else { -integer }))
}

fn number_or_null(value: &[u8]) -> (usize, Kind, i64) {
    let length = value.iter().position(|byte| matches!(byte, b',' | b']')).unwrap_or(value.len());
    let json = &value[..length];
    if json == b"null" {
        return (length, Kind::Null, 0);
    }
    match std::str::from_utf8(json).ok().and_then(|json| json.parse().ok()) {
        Some(integer) => (length, Kind::Integer, integer),
        None => (length, Kind::Other, 0),
    }
}

/// How long a text is up to the quote that ends it, and whether anything in it is escaped.
#[inline]
fn text_length(text: &[u8]) -> Option<(usize, Kind)> {
    let mut length = 0;
    let mut kind = Kind::Text;
    while let Some(found) = memchr2(b'"', b'\\', &text[length..]) {
        length += found;
        if text[length] == b'"' {
            return Some((length, kind));
        }
        kind = Kind::Escaped;
        length = text.len().min(length + 2);
    }
    None
}
