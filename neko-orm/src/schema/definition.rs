//! Tables as the models declare them.

use std::borrow::Cow;

use crate::Model;
use crate::backend::{Dialect, Null};
use crate::column::{Default, Facts};
use crate::relation::{Holder, Reference};

/// A table to create.
#[derive(Debug)]
pub struct TableDefinition {
    pub(super) model: &'static str,
    pub(super) name: &'static str,
    pub(super) columns: Vec<ColumnDefinition>,
    pub(super) key: Vec<usize>,
    pub(super) references: Vec<Reference>,
}

#[derive(Debug)]
pub(super) struct ColumnDefinition {
    pub(super) facts: Facts,
    pub(super) column_type: Cow<'static, str>,
}

/// The tables of the models, with those of the junctions that are no models; each table has all of its foreign keys, whichever
/// relation they come from.
pub(super) fn complete(mut tables: Vec<TableDefinition>, dialect: Dialect) -> Vec<TableDefinition> {
    let mut references: Vec<Reference> = Vec::new();
    for reference in tables.iter_mut().flat_map(|table| std::mem::take(&mut table.references)) {
        match references.iter_mut().find(|earlier| earlier.is_like(&reference)) {
            Some(earlier) => earlier.merge(reference),
            None => references.push(reference),
        }
    }
    for reference in references {
        match tables.iter_mut().find(|table| table.name == reference.table) {
            Some(table) => table.refer(reference, dialect),
            None if reference.holder == Holder::Junction => {
                let mut table = TableDefinition::junction(&reference);
                table.refer(reference, dialect);
                tables.push(table);
            }
            None => {}
        }
    }
    for table in &mut tables {
        table.index_columns(dialect);
    }
    tables
}

impl TableDefinition {
    pub(super) fn of<M: Model>(dialect: Dialect) -> Self {
        let table = M::TABLE;
        let column = |facts: &Facts| ColumnDefinition { facts: *facts, column_type: (facts.column_type)(dialect) };
        Self {
            model: table.model,
            name: table.name,
            columns: table.columns.iter().map(column).collect(),
            key: table.key.to_vec(),
            references: M::REFERENCES.iter().flat_map(|references| references()).collect(),
        }
    }

    /// A junction without columns yet.
    fn junction(reference: &Reference) -> Self {
        Self { model: "", name: reference.table, columns: Vec::new(), key: Vec::new(), references: Vec::new() }
    }

    /// Whether the table is that of a junction without a model.
    pub(super) fn is_junction(&self) -> bool {
        self.model.is_empty()
    }

    fn refer(&mut self, reference: Reference, dialect: Dialect) {
        if self.is_junction() {
            for (name, column_type) in reference.columns.iter().zip(&reference.column_types) {
                if self.columns.iter().all(|column| column.facts.name != *name) {
                    let index = self.columns.len();
                    let facts = Facts::new(index, name, Null::Refused);
                    self.columns.push(ColumnDefinition { facts, column_type: column_type(dialect) });
                    self.key.push(index);
                }
            }
        }
        self.references.push(reference);
    }

    /// Gives the columns of keys and indexes a type that can be in one.
    fn index_columns(&mut self, dialect: Dialect) {
        let referring = self.references.iter().flat_map(|reference| reference.columns.iter().copied());
        let indexed: Vec<_> = self.key_names().chain(referring).collect();
        for column in self.columns.iter_mut().filter(|column| indexed.contains(&column.facts.name)) {
            column.column_type = (dialect.spelling().indexed)(std::mem::take(&mut column.column_type));
        }
    }

    pub(super) fn key_names(&self) -> impl Iterator<Item = &'static str> {
        self.key.iter().filter_map(|&index| self.columns.get(index)).map(|column| column.facts.name)
    }

    /// Whether these are the columns of the key, in any order.
    pub(super) fn is_key(&self, columns: &[&'static str]) -> bool {
        columns.len() == self.key.len() && self.key_names().all(|name| columns.contains(&name))
    }

    /// Whether the primary key's own index serves a search for these columns.
    pub(super) fn has_index(&self, columns: &[&'static str]) -> bool {
        self.key_names().take(columns.len()).eq(columns.iter().copied())
    }
}

impl ColumnDefinition {
    /// Whether the database numbers the rows, which it can do with integers only.
    pub(super) fn is_generated(&self, dialect: Dialect) -> bool {
        self.facts.default == Default::Generated && dialect.spelling().integers.contains(&&*self.column_type)
    }
}
