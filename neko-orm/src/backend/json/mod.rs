//! The values of a column as one JSON array.

mod bytes;
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
    is_escaped: bool,
}

impl JsonArray {
    pub(super) fn new(array: String) -> Self {
        Self { array, start: 0, end: 0, is_escaped: false }
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
            Some(_) => std::iter::successors(value_at(array, 1), |(end, _)| value_at(array, end + 1)).count(),
        }
    }

    /// The first of so many numbers, if these follow each other.
    pub(super) fn sequence(&self, count: usize) -> Option<i64> {
        let numbers: Vec<i64> = serde_json::from_str(&self.array).ok()?;
        let first = *numbers.first().filter(|_| numbers.len() == count)?;
        let follows = |pair: &[i64]| pair[0].checked_add(1) == Some(pair[1]);
        numbers.windows(2).all(follows).then_some(first)
    }

    /// Goes to the next value, if there is one.
    pub(super) fn advance(&mut self) -> bool {
        self.start = self.end + 1;
        let Some((end, is_escaped)) = value_at(self.array.as_bytes(), self.start) else { return false };
        (self.end, self.is_escaped) = (end, is_escaped);
        true
    }

    /// The value, if it is one that `T` has exactly.
    pub(super) fn get<T: 'static>(&self) -> Result<T, Mismatch> {
        self.element().and_then(values::read).ok_or_else(inexact)
    }

    // Called for each value, from where the type is known.
    #[inline]
    fn element(&self) -> Option<Element<'_>> {
        Some(Element { json: self.array.get(self.start..self.end)?, is_escaped: self.is_escaped, bytes: None })
    }
}

fn inexact() -> Mismatch {
    Mismatch::Value("the value is another in JSON".into())
}

/// Where the value that starts there ends, if one does, and whether anything in it is escaped.
#[inline]
fn value_at(array: &[u8], start: usize) -> Option<(usize, bool)> {
    match array.get(start..)? {
        [] | [b']', ..] => None,
        [b'"', text @ ..] => {
            let (length, is_escaped) = text_length(text);
            Some((start + length + 2, is_escaped))
        }
        rest => {
            let length = rest.iter().position(|byte| matches!(byte, b',' | b']'));
            Some((start + length.unwrap_or(rest.len()), false))
        }
    }
}

/// How long a text is up to the quote that ends it, and whether anything in it is escaped.
fn text_length(text: &[u8]) -> (usize, bool) {
    let mut length = 0;
    let mut is_escaped = false;
    while let Some(found) = memchr2(b'"', b'\\', &text[length..]) {
        length += found;
        if text[length] == b'"' {
            return (length, is_escaped);
        }
        is_escaped = true;
        length = text.len().min(length + 2);
    }
    (text.len(), is_escaped)
}
