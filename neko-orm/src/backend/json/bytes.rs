//! The values of a column of bytes as one: an array of their lengths in JSON, and all bytes after it. In JSON, bytes would be twice as long.

use std::ops::Range;

use memchr::memchr;

use super::{Element, JsonArray, inexact, memory, values};
use crate::error::Mismatch;

/// Bytes that are taken one value after the other.
#[derive(Debug)]
pub(in crate::backend) struct BytesArray {
    lengths: JsonArray,
    bytes: Vec<u8>,
    /// Where the value is in the bytes.
    value: Range<usize>,
}

impl BytesArray {
    pub(in crate::backend) fn new(bytes: Vec<u8>) -> Result<Self, Mismatch> {
        let end = memchr(b']', &bytes).ok_or_else(inexact)? + 1;
        memory::keep_for(bytes.len());
        let lengths = std::str::from_utf8(&bytes[..end]).map_err(|_| inexact())?;
        Ok(Self { lengths: JsonArray::new(lengths.to_owned()), bytes, value: end..end })
    }

    pub(in crate::backend) fn lengths(&self) -> &JsonArray {
        &self.lengths
    }

    pub(in crate::backend) fn advance(&mut self) -> bool {
        let is_value = self.lengths.advance();
        self.value = self.value.end..self.value.end.saturating_add(self.length().unwrap_or(0));
        is_value
    }

    fn length(&self) -> Option<usize> {
        self.lengths.element().number()
    }

    /// The value, if it is one that `T` has exactly.
    pub(in crate::backend) fn get<T: 'static>(&self) -> Result<T, Mismatch> {
        values::read(self.element()).ok_or_else(inexact)
    }

    fn element(&self) -> Element<'_> {
        match self.lengths.element() {
            Element::Null => Element::Null,
            Element::Integer(0..) => self.bytes.get(self.value.clone()).map_or(Element::Other, Element::Bytes),
            _ => Element::Other,
        }
    }
}
