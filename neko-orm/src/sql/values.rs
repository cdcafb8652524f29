//! Values of rows and of keys, on their way into a statement.

use crate::backend::{Dialect, KeySets, Value};

/// Rows of values, one after the other: all have as many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ValueRows<'v> {
    values: &'v [&'v dyn Value],
    width: usize,
}

impl<'v> ValueRows<'v> {
    pub(crate) const NONE: Self = Self { values: &[], width: 1 };

    /// Of so many values each; of one, where nothing is told.
    pub(crate) fn new(values: &'v [&'v dyn Value], width: usize) -> Self {
        Self { values, width: width.max(1) }
    }

    /// The keys, if each is one value.
    pub(crate) fn single(self) -> Option<&'v [&'v dyn Value]> {
        (self.width == 1).then_some(self.values)
    }

    pub(super) fn width(self) -> usize {
        self.width
    }

    pub(crate) fn len(self) -> usize {
        self.values.len() / self.width
    }

    pub(crate) fn iter(self) -> std::slice::ChunksExact<'v, &'v dyn Value> {
        self.values.chunks_exact(self.width)
    }

    pub(crate) fn first(self) -> Option<&'v [&'v dyn Value]> {
        self.values.get(..self.width)
    }

    pub(super) fn column(self, column: usize) -> impl Iterator<Item = &'v dyn Value> {
        self.iter().filter_map(move |row| row.get(column).copied())
    }

    /// In parts of at most so many.
    pub(crate) fn chunks(self, most: usize) -> impl Iterator<Item = Self> {
        self.values.chunks(most.saturating_mul(self.width)).map(move |values| Self { values, ..self })
    }
}

/// Keys of one column, as the one argument that the database takes them as.
pub(crate) enum KeySet<'k> {
    /// In JSON.
    Json(Vec<serde_json::Value>),
    /// As an array.
    Array(&'k [&'k dyn Value]),
}

impl<'k> KeySet<'k> {
    /// `None` where the database takes them one by one.
    pub(crate) fn of(dialect: Dialect, keys: &'k [&'k dyn Value]) -> Option<Self> {
        match dialect.spelling().key_sets {
            KeySets::Json => keys.iter().map(|key| key.to_json()).collect::<Option<_>>().map(Self::Json),
            KeySets::Arrays => keys.first().is_some_and(|key| key.has_arrays()).then_some(Self::Array(keys)),
            KeySets::Lists => None,
        }
    }
}
