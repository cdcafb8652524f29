//! Numbers for keys of one or several columns.

use std::collections::HashMap;

use super::foreign_key::Pairs;
use super::numbers::{Numbers, Side, next};
use crate::backend::{Row, Value};
use crate::error::Result;

/// The numbers of keys of one or several columns.
pub(super) struct Numbering<P: 'static, C: 'static> {
    pairs: Pairs<P, C>,
    columns: Vec<Box<dyn Numbers<P, C>>>,
    /// The numbers of keys of several columns, by those of their parts.
    combined: HashMap<Vec<u32>, u32>,
}

impl<P, C> Numbering<P, C> {
    pub(super) fn new(pairs: Pairs<P, C>) -> Self {
        let mut columns = Vec::with_capacity(pairs.len());
        for pair in pairs {
            columns.push(pair.numbers());
        }
        Self { pairs, columns, combined: HashMap::new() }
    }

    pub(super) fn insert(&mut self, row: Side<'_, P, C>) -> Option<u32> {
        if let [column] = &mut self.columns[..] {
            return column.insert(row);
        }
        let mut parts = Vec::with_capacity(self.columns.len());
        for column in &mut self.columns {
            parts.push(column.insert(row)?);
        }
        let number = next(&self.combined);
        Some(*self.combined.entry(parts).or_insert(number))
    }

    pub(super) fn find(&self, row: Side<'_, P, C>) -> Option<u32> {
        if let [column] = &self.columns[..] {
            return column.find(row);
        }
        let mut parts = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            parts.push(column.find(row)?);
        }
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
        let mut arguments = Vec::with_capacity(self.pairs.len());
        for pair in self.pairs {
            arguments.extend(pair.argument(row));
        }
        arguments
    }
}
