//! Numbers for the keys that rows belong together by, so that what is loaded is sorted by small numbers, whatever the keys' types.

use std::collections::HashMap;

use super::foreign_key::{Pair, Pairs};
use crate::Model;
use crate::backend::{Row, Value};
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

/// The numbers of the values of a pair's columns.
pub(super) struct PairNumbers<P: Model, C: Model, K: 'static, F: 'static> {
    pair: &'static Pair<P, C, K, F>,
    numbers: HashMap<K, u32>,
}

impl<P: Model, C: Model, K, F> PairNumbers<P, C, K, F> {
    pub(super) fn new(pair: &'static Pair<P, C, K, F>) -> Self {
        Self { pair, numbers: HashMap::new() }
    }
}

impl<P: Model, C: Model, K: KeyField, F: ForeignKey<K>> Numbers<P, C> for PairNumbers<P, C, K, F> {
    fn insert(&mut self, row: Side<'_, P, C>) -> Option<u32> {
        let value = self.pair.value(row)?;
        if let Some(&number) = self.numbers.get(value) {
            return Some(number);
        }
        let number = next(&self.numbers);
        self.numbers.insert(value.clone(), number);
        Some(number)
    }

    fn find(&self, row: Side<'_, P, C>) -> Option<u32> {
        self.numbers.get(self.pair.value(row)?).copied()
    }

    fn read(&self, index: usize, row: &Row) -> Result<Option<u32>> {
        let foreign_key = self.pair.read(index, row)?;
        Ok(foreign_key.key().and_then(|key| self.numbers.get(key)).copied())
    }
}

/// The numbers of keys of one or several columns.
pub(super) struct Numbering<P: 'static, C: 'static> {
    pub(super) pairs: Pairs<P, C>,
    columns: Vec<Box<dyn Numbers<P, C>>>,
    /// The numbers of keys of several columns, by those of their parts.
    combined: HashMap<Vec<u32>, u32>,
}

impl<P, C> Numbering<P, C> {
    pub(super) fn new(pairs: Pairs<P, C>) -> Self {
        let columns = pairs.iter().map(|pair| pair.numbers()).collect();
        Self { pairs, columns, combined: HashMap::new() }
    }

    pub(super) fn insert(&mut self, row: Side<'_, P, C>) -> Option<u32> {
        if let [column] = &mut self.columns[..] {
            return column.insert(row);
        }
        let parts: Vec<_> = self.columns.iter_mut().map(|column| column.insert(row)).collect::<Option<_>>()?;
        let number = next(&self.combined);
        Some(*self.combined.entry(parts).or_insert(number))
    }

    pub(super) fn find(&self, row: Side<'_, P, C>) -> Option<u32> {
        if let [column] = &self.columns[..] {
            return column.find(row);
        }
        let parts: Vec<_> = self.columns.iter().map(|column| column.find(row)).collect::<Option<_>>()?;
        self.combined.get(&parts).copied()
    }

    /// The number of the foreign key in a row that starts with its columns.
    pub(super) fn read(&self, row: &Row) -> Result<Option<u32>> {
        let mut parts = Vec::with_capacity(self.columns.len());
        for (index, column) in self.columns.iter().enumerate() {
            match column.read(index, row)? {
                Some(part) => parts.push(part),
                None => return Ok(None),
            }
        }
        match parts[..] {
            [part] => Ok(Some(part)),
            _ => Ok(self.combined.get(&parts).copied()),
        }
    }

    /// The key of a row as arguments, in the order of the pairs.
    pub(super) fn arguments<'r>(&self, row: Side<'r, P, C>) -> Vec<&'r dyn Value> {
        self.pairs.iter().filter_map(|pair| pair.argument(row)).collect()
    }
}

fn next<K>(numbers: &HashMap<K, u32>) -> u32 {
    // No machine holds as many keys as there are numbers.
    numbers.len() as u32
}
