//! Numbers for the keys that rows belong together by, so that what is loaded is sorted by small numbers, whatever the keys' types.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::Model;
use crate::backend::Row;
use crate::column::{Column, Stored, Table};
use crate::error::Result;
use crate::field::{ForeignKey, KeyField};

/// A row on one of the two sides of a pair of columns.
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

/// Which of the two columns of a pair a row of a statement has.
#[derive(Debug, Clone, Copy)]
pub enum Reads {
    /// The key.
    Key,
    /// The foreign key.
    ForeignKey,
}

/// The numbers of one column's values, in order of first appearance.
pub trait Numbers<P, C>: Send + Sync {
    /// Makes room for the values of so many rows.
    fn reserve(&mut self, count: usize);

    /// The number of the row's value, which gets one if it has none; `None` for a row that refers to nothing.
    fn insert(&mut self, row: Side<'_, P, C>) -> Option<u32>;

    /// The number of the row's value, if it has one.
    fn find(&self, row: Side<'_, P, C>) -> Option<u32>;

    /// The number of the value at `index`, if it has one.
    ///
    /// # Errors
    /// The value does not fit the field.
    fn read(&self, reads: Reads, index: usize, row: &Row) -> Result<Option<u32>>;
}

/// Values and their numbers.
pub(in crate::relation) struct Numbered<K>(HashMap<K, u32, RandomState>);

impl<K: KeyField> Numbered<K> {
    pub(in crate::relation) fn new() -> Self {
        Self(HashMap::default())
    }

    pub(in crate::relation) fn reserve(&mut self, count: usize) {
        self.0.reserve(count);
    }

    pub(in crate::relation) fn insert(&mut self, value: Option<&K>) -> Option<u32> {
        let value = value?;
        if let Some(&number) = self.0.get(value) {
            return Some(number);
        }
        // No machine holds as many keys as there are numbers.
        let number = self.0.len() as u32;
        self.0.insert(value.clone(), number);
        Some(number)
    }

    pub(in crate::relation) fn find(&self, value: Option<&K>) -> Option<u32> {
        self.0.get(value?).copied()
    }
}

/// The numbers of the values of a key's column and of the column that refers to it.
pub(in crate::relation) struct KeyNumbers<P: Model, C: Model, K: 'static, F: 'static> {
    key: Column<P, K>,
    foreign_key: Column<C, F>,
    numbers: Numbered<K>,
}

impl<P: Model, C: Model, K: KeyField, F: ForeignKey<K>> KeyNumbers<P, C, K, F> {
    pub(in crate::relation) fn new(key: Column<P, K>, foreign_key: Column<C, F>) -> Self {
        Self { key, foreign_key, numbers: Numbered::new() }
    }
}

/// The number of a value that a row has in one of the columns. Not generic over the models: compiled once for each pair of types.
fn read<K: KeyField, F: ForeignKey<K>>(
    numbers: &Numbered<K>,
    (key, parent): (&Stored<K>, &'static Table),
    (foreign_key, child): (&Stored<F>, &'static Table),
    (reads, index, row): (Reads, usize, &Row),
) -> Result<Option<u32>> {
    match reads {
        Reads::Key => Ok(numbers.find(Some(&key.read_at(index, row, parent)?))),
        Reads::ForeignKey => Ok(numbers.find(foreign_key.read_at(index, row, child)?.key())),
    }
}

/// The value of the row's column, unless it refers to nothing.
pub(in crate::relation) fn value<'r, P: Model, C: Model, K, F: ForeignKey<K>>(
    key: &Column<P, K>,
    foreign_key: &Column<C, F>,
    row: Side<'r, P, C>,
) -> Option<&'r K> {
    match row {
        Side::Parent(parent) => Some((key.get)(parent)),
        Side::Child(child) => (foreign_key.get)(child).key(),
    }
}

impl<P: Model, C: Model, K: KeyField, F: ForeignKey<K>> Numbers<P, C> for KeyNumbers<P, C, K, F> {
    fn reserve(&mut self, count: usize) {
        self.numbers.reserve(count);
    }

    fn insert(&mut self, row: Side<'_, P, C>) -> Option<u32> {
        self.numbers.insert(value(&self.key, &self.foreign_key, row))
    }

    fn find(&self, row: Side<'_, P, C>) -> Option<u32> {
        self.numbers.find(value(&self.key, &self.foreign_key, row))
    }

    fn read(&self, reads: Reads, index: usize, row: &Row) -> Result<Option<u32>> {
        let (key, foreign_key) = ((&self.key.stored, P::TABLE), (&self.foreign_key.stored, C::TABLE));
        read(&self.numbers, key, foreign_key, (reads, index, row))
    }
}
