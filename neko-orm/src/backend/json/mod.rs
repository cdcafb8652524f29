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
    /// Where it ends: at a comma or a bracket.
    end: usize,
    kind: Kind,
}

/// What a value is.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Null,
    Integer(i64),
    Text { is_escaped: bool },
    Other,
}

impl JsonArray {
    pub(super) fn new(array: String) -> Self {
        memory::keep_for(array.len());
        Self { array, start: 0, end: 0, kind: Kind::Other }
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
            Some(_) => self.kinds().count(),
        }
    }

    /// The first of so many numbers, if these follow each other.
    pub(super) fn sequence(&self, count: usize) -> Option<i64> {
        let mut numbers = self.kinds().map(|kind| if let Kind::Integer(number) = kind { Some(number) } else { None });
        let first = numbers.next()??;
        let (mut last, mut read) = (first, 1);
        for number in numbers {
            last = number.filter(|number| last.checked_add(1) == Some(*number))?;
            read += 1;
        }
        (read == count).then_some(first)
    }

    /// What each of the values is.
    fn kinds(&self) -> impl Iterator<Item = Kind> {
        let array = self.array.as_bytes();
        let values = std::iter::successors(value_at(array, 1), |(end, _)| value_at(array, end + 1));
        values.map(|(_, kind)| kind)
    }

    /// Goes to the next value, if there is one.
    pub(super) fn advance(&mut self) -> bool {
        self.start = self.end + 1;
        let Some((end, kind)) = value_at(self.array.as_bytes(), self.start) else { return false };
        (self.end, self.kind) = (end, kind);
        true
    }

    /// The value, if it is one that `T` has exactly.
    pub(super) fn get<T: 'static>(&self) -> Result<T, Mismatch> {
        values::read(self.element()).ok_or_else(inexact)
    }

    // Called for each value, from where the type is known.
    #[inline]
    fn element(&self) -> Element<'_> {
        match self.kind {
            Kind::Null => Element::Null,
            Kind::Integer(integer) => Element::Integer(integer),
            Kind::Text { is_escaped } => match self.array.get(self.start + 1..self.end - 1) {
                Some(json) => Element::Text { json, is_escaped },
                None => Element::Other,
            },
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

/// Where the value that starts there ends, if one does, and what it is.
#[inline]
fn value_at(array: &[u8], start: usize) -> Option<(usize, Kind)> {
    let value = array.get(start..)?;
    let (length, kind) = match value {
        [] | [b']', ..] => return None,
        [b'"', text @ ..] => match text_length(text) {
            Some((length, is_escaped)) => (length + 2, Kind::Text { is_escaped }),
            None => (value.len(), Kind::Other),
        },
        _ => short_integer(value).unwrap_or_else(|| number_or_null(value)),
    };
    Some((start + length, kind))
}

/// An integer of so few digits that it cannot overflow, and how long it is: nearly all of them, in one pass.
#[inline]
fn short_integer(value: &[u8]) -> Option<(usize, Kind)> {
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
    is_short.then(|| (length, Kind::Integer(if sign == 0 { integer } else { -integer })))
}

fn number_or_null(value: &[u8]) -> (usize, Kind) {
    let length = value.iter().position(|byte| matches!(byte, b',' | b']')).unwrap_or(value.len());
    let kind = match &value[..length] {
        b"null" => Kind::Null,
        json => std::str::from_utf8(json).ok().and_then(|json| json.parse().ok()).map_or(Kind::Other, Kind::Integer),
    };
    (length, kind)
}

/// How long a text is up to the quote that ends it, and whether anything in it is escaped.
fn text_length(text: &[u8]) -> Option<(usize, bool)> {
    let mut length = 0;
    let mut is_escaped = false;
    while let Some(found) = memchr2(b'"', b'\\', &text[length..]) {
        length += found;
        if text[length] == b'"' {
            return Some((length, is_escaped));
        }
        is_escaped = true;
        length = text.len().min(length + 2);
    }
    None
}
