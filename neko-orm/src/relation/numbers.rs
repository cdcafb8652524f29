//! Numbers for the keys that rows belong together by, so that what is loaded is sorted by small numbers, whatever the keys' types.

use std::collections::HashMap;

use crate::Model;
use crate::backend::Row;
use crate::column::Column;
use crate::error::Result;
use crate::field::{ForeignKey, KeyField};

/// A row on one of the two sides of a relation.
pub enum Side<'r, P, C> {
    /// The row with the key.
    Parent(&'r P),
    /// The row with the foreign key.
    Child(&'r C),
}

impl<P, C> Clone for Side<'_, P, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, C> Copy for Side<'_, P, C> {}

/// The numbers of one column's values, in order of first appearance.
pub trait Numbers<P, C>: Send + Sync {
    /// The number of the row's value, which gets one if it has none; `None` for a row that refers to nothing.
    fn insert(&mut self, row: Side<'_, P, C>) -> Option<u32>;

    /// The number of the row's value, if it has one.
    fn find(&self, row: Side<'_, P, C>) -> Option<u32>;

    /// The number of the foreign key at `index`, if it has one.
    ///
    /// # Errors
    /// The value does not fit the field.
    fn read(&self, index: usize, row: &Row) -> Result<Option<u32>>;
}

/// The numbers of the values of a key's column and of the column that refers to it.
pub(super) struct KeyNumbers<P: Model, C: Model, K: 'static, F: 'static> {
    key: Column<P, K>,
    foreign_key: Column<C, F>,
    numbers: HashMap<K, u32>,
}

impl<P: Model, C: Model, K: KeyField, F: ForeignKey<K>> KeyNumbers<P, C, K, F> {
    pub(super) fn new(key: Column<P, K>, foreign_key: Column<C, F>) -> Self {
        Self { key, foreign_key, numbers: HashMap::new() }
    }

    fn value<'r>(&self, row: Side<'r, P, C>) -> Option<&'r K> {
        value(&self.key, &self.foreign_key, row)
    }
}

/// The value of the row's column, unless it refers to nothing.
pub(super) fn value<'r, P: Model, C: Model, K, F: ForeignKey<K>>(
    key: &Column<P, K>,
    foreign_key: &Column<C, F>,
    row: Side<'r, P, C>,
) -> Option<&'r K> {
    match row {
        Side::Parent(parent) => Some(key.get(parent)),
        Side::Child(child) => foreign_key.get(child).key(),
    }
}

impl<P: Model, C: Model, K: KeyField, F: ForeignKey<K>> Numbers<P, C> for KeyNumbers<P, C, K, F> {
    fn insert(&mut self, row: Side<'_, P, C>) -> Option<u32> {
        let value = self.value(row)?;
        if let Some(&number) = self.numbers.get(value) {
            return Some(number);
        }
        let number = next(&self.numbers);
        self.numbers.insert(value.clone(), number);
        Some(number)
    }

    fn find(&self, row: Side<'_, P, C>) -> Option<u32> {
        self.numbers.get(self.value(row)?).copied()
    }

    fn read(&self, index: usize, row: &Row) -> Result<Option<u32>> {
        let foreign_key = self.foreign_key.read_at(index, row)?;
        Ok(foreign_key.key().and_then(|key| self.numbers.get(key)).copied())
    }
}

pub(super) fn next<K>(numbers: &HashMap<K, u32>) -> u32 {
    // No machine holds as many keys as there are numbers.
    numbers.len() as u32
}
