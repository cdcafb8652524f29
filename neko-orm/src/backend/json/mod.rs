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
    value: Value,
}

/// A value of an array. Its parts are written and read each by itself: processors wait for what was written in parts and is read as a whole.
#[derive(Debug, Clone, Copy)]
struct Value {
    start: usize,
    /// Where it ends: at a comma or a bracket.
    end: usize,
    kind: Kind,
    /// What it is, if it is an integer.
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
        Self { array, value: Value::BEFORE_FIRST }
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
        let mut value = Value::BEFORE_FIRST;
        std::iter::from_fn(move || value.advance(self.array.as_bytes()).then_some(value))
    }

    /// Goes to the next value, if there is one.
    pub(super) fn advance(&mut self) -> bool {
        self.value.advance(self.array.as_bytes())
    }

    /// The value, if it is one that `T` has exactly.
    #[inline]
    pub(super) fn get<T: 'static>(&self) -> Result<T, Mismatch> {
        values::read(self.element()).ok_or_else(inexact)
    }

    // Called for each value, from where the type is known.
    #[inline]
    fn element(&self) -> Element<'_> {
        let text = || self.array.get(self.value.start + 1..self.value.end - 1);
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

impl Value {
    const BEFORE_FIRST: Self = Self { start: 0, end: 0, kind: Kind::Other, integer: 0 };

    /// Goes to the next value of the array, if there is one.
    fn advance(&mut self, array: &[u8]) -> bool {
        self.start = self.end + 1;
        let Some(value) = array.get(self.start..) else { return false };
        let length = match value {
            [] | [b']', ..] => return false,
            [b'"', text @ ..] => self.text(text) + 1,
            _ => match short_integer(value) {
                Some((length, integer)) => {
                    (self.kind, self.integer) = (Kind::Integer, integer);
                    length
                }
                None => self.number_or_null(value),
            },
        };
        self.end = self.start + length;
        true
    }

    /// Takes a text, and tells how long it is with the quote that ends it.
    fn text(&mut self, text: &[u8]) -> usize {
        let mut length = 0;
        self.kind = Kind::Text;
        while let Some(found) = memchr2(b'"', b'\\', &text[length..]) {
            length += found;
            if text[length] == b'"' {
                return length + 1;
            }
            self.kind = Kind::Escaped;
            length = text.len().min(length + 2);
        }
        self.kind = Kind::Other;
        text.len()
    }

    fn number_or_null(&mut self, value: &[u8]) -> usize {
        let length = value.iter().position(|byte| matches!(byte, b',' | b']')).unwrap_or(value.len());
        let json = &value[..length];
        self.kind = if json == b"null" { Kind::Null } else { Kind::Other };
        if let Some(integer) = std::str::from_utf8(json).ok().and_then(|json| json.parse().ok()) {
            (self.kind, self.integer) = (Kind::Integer, integer);
        }
        length
    }
}

/// An integer of up to seven digits, and how long it is: nearly all of them, without a branch for each digit, of which processors foresee none. There
/// must be eight bytes from the first digit on.
#[inline]
fn short_integer(value: &[u8]) -> Option<(usize, i64)> {
    let is_negative = value.first() == Some(&b'-');
    let sign = usize::from(is_negative);
    let word = u64::from_le_bytes(*value.get(sign..)?.first_chunk()?);
    let digits = digits(word);
    if !(1..8).contains(&digits) || !matches!(value.get(sign + digits), Some(b',' | b']')) {
        return None;
    }
    let integer = eight_digits(word << (64 - 8 * digits)) as i64;
    Some((sign + digits, if is_negative { -integer } else { integer }))
}

/// How many of the bytes, from the lowest on, are digits.
#[inline]
fn digits(word: u64) -> usize {
    const HIGH: u64 = 0xF0F0_F0F0_F0F0_F0F0;
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    // From '0' to '?', and up to '9' if six more stays there.
    let others = ((word & HIGH) ^ ZEROS) | ((word.wrapping_add(0x0606_0606_0606_0606) & HIGH) ^ ZEROS);
    others.trailing_zeros() as usize / 8
}

/// The number of which the lowest byte is the first digit, where zeros stand for digits before it. From Daniel Lemire, "Quickly parsing eight digits".
#[inline]
fn eight_digits(word: u64) -> u64 {
    let pairs = (word & 0x0F0F_0F0F_0F0F_0F0F).wrapping_mul((10 << 8) + 1) >> 8;
    let fours = (pairs & 0x00FF_00FF_00FF_00FF).wrapping_mul((100 << 16) + 1) >> 16;
    (fours & 0x0000_FFFF_0000_FFFF).wrapping_mul((10_000 << 32) + 1) >> 32
}
