//! Keys of one or several columns: taking them from models, binding them, and naming sets of them in SQL.

use std::collections::HashSet;
use std::hash::Hash;

use foldhash::fast::RandomState;

use crate::Model;
use crate::backend::{Dialect, KeySets, Row, Value};
use crate::column::{Column, Table};
use crate::error::Result;
use crate::field::KeyField;
use crate::node::{HopPair, Node};
use crate::query::Level;
use crate::sql::{KeySet, Sql, ValueRows, most_rows, takes_arrays};

/// The type of a model's key: that of the key's field, or a tuple for several.
pub type KeyOf<M> = <<M as Model>::KeyColumns as KeyColumns<M>>::Key;

/// The columns of a key: a [`Column`], or a tuple of them.
pub trait KeyColumns<M: Model> {
    /// The key's value: the field's type, or a tuple.
    type Key: KeyField;

    /// The key of `model`.
    fn key_of(&self, model: &M) -> Self::Key;

    /// The key in a row of the key's columns alone.
    ///
    /// # Errors
    /// A value does not fit its field.
    fn read(&self, row: &Row) -> Result<Self::Key>;

    /// Adds the key's parts to arguments, in the order of the columns.
    fn add_arguments<'k>(&self, key: &'k Self::Key, arguments: &mut Vec<&'k dyn Value>);

    /// The key's parts as arguments, in the order of the columns.
    fn arguments<'k>(&self, key: &'k Self::Key) -> Vec<&'k dyn Value> {
        let mut arguments = Vec::with_capacity(M::TABLE.key.len());
        self.add_arguments(key, &mut arguments);
        arguments
    }
}

impl<M: Model, T: KeyField> KeyColumns<M> for Column<M, T> {
    type Key = T;

    fn key_of(&self, model: &M) -> T {
        self.get(model).clone()
    }

    fn read(&self, row: &Row) -> Result<T> {
        self.read_at(0, row)
    }

    fn add_arguments<'k>(&self, key: &'k T, arguments: &mut Vec<&'k dyn Value>) {
        arguments.push(self.argument(key));
    }
}

macro_rules! composite {
    ($($part:ident $index:tt),+) => {
        impl<M: Model, $($part: KeyField),+> KeyColumns<M> for ($(Column<M, $part>,)+) {
            type Key = ($($part,)+);

            fn key_of(&self, model: &M) -> Self::Key {
                ($(self.$index.get(model).clone(),)+)
            }

            fn read(&self, row: &Row) -> Result<Self::Key> {
                Ok(($(self.$index.read_at($index, row)?,)+))
            }

            fn add_arguments<'k>(&self, key: &'k Self::Key, arguments: &mut Vec<&'k dyn Value>) {
                arguments.extend([$(self.$index.argument(&key.$index)),+]);
            }
        }
    };
}

composite!(A 0, B 1);
composite!(A 0, B 1, C 2);
composite!(A 0, B 1, C 2, D 3);
composite!(A 0, B 1, C 2, D 3, E 4);
composite!(A 0, B 1, C 2, D 3, E 4, F 5);

/// Writes `"table"."key" = ?` for each column of the key.
pub(crate) fn equals(sql: &mut Sql, table: &Table, key: &[&dyn Value]) {
    sql.equals(table.name, table.key_names().zip(key.iter().copied()));
}

/// Writes the key's columns.
pub(crate) fn columns(sql: &mut Sql, table: &Table) {
    sql.columns(table.name, table.key_names());
}

/// A list of keys in the form in which the database takes it, cut into as many statements as it needs.
///
/// A list of keys never becomes one placeholder for each where the database can take it as a whole: the text is the
/// same for any number of keys. Otherwise each statement has its keys padded to a power of two, so that few texts occur.
pub(crate) enum KeyList<'k> {
    /// A single key.
    One(&'k [&'k dyn Value]),
    /// Of one column, as one argument.
    Set(KeySet<'k>),
    /// An array for each of several columns.
    Arrays(ValueRows<'k>),
    /// One by one.
    Rows(ValueRows<'k>),
    /// Those of rows that the statement reads.
    OfLevel(LevelKeys<'k>),
    /// Those of all rows of a table.
    OfTable,
}

/// The keys of rows that the same statement reads.
#[derive(Clone, Copy)]
pub(crate) struct LevelKeys<'k> {
    pub(crate) level: Level,
    /// The table that the rows are of.
    pub(crate) table: &'static str,
    pub(crate) columns: &'k [HopPair],
    /// What the rows must meet.
    pub(crate) condition: &'k Node,
}

impl<'k> KeyList<'k> {
    /// The lists of as few statements as possible, where each has so many `others` as further arguments: asked for only where it matters.
    pub(crate) fn statements(dialect: Dialect, keys: ValueRows<'k>, others: impl FnOnce() -> usize) -> Vec<Self> {
        let Some(first) = keys.first() else { return Vec::new() };
        if keys.len() == 1 {
            return vec![Self::One(first)];
        }
        if let Some(set) = keys.single().and_then(|keys| KeySet::of(dialect, keys)) {
            return vec![Self::Set(set)];
        }
        if takes_arrays(dialect, first) {
            return vec![Self::Arrays(keys)];
        }
        let fit = most_rows(dialect, first, others);
        // The greatest power of two that fits: padding never goes beyond it.
        keys.chunks(1 << fit.ilog2()).map(Self::Rows).collect()
    }

    /// Whether it is known to be of one key.
    pub(crate) fn is_one(&self) -> bool {
        match self {
            Self::One(_) => true,
            Self::OfLevel(keys) => keys.is_constant(),
            _ => false,
        }
    }

    /// Writes that these columns of the table are in the list.
    pub(crate) fn contains(&self, sql: &mut Sql, table: &str, columns: impl Iterator<Item = &'static str>) {
        if let Self::One(key) = self {
            sql.equals(table, columns.zip(key.iter().copied()));
            return;
        }
        sql.push("(").columns(table, columns).push(")");
        match self {
            Self::One(_) => {}
            Self::OfLevel(keys) => keys.write(sql),
            Self::OfTable => {
                sql.push(" IS NOT NULL");
            }
            // Another text: the driver would take a statement that it has kept.
            Self::Set(KeySet::Array(keys)) if keys.len() > MANY => {
                sql.once().push(" = ANY (").bind_key_array(keys).push(")");
            }
            Self::Set(set) => {
                sql.among(set);
            }
            Self::Arrays(keys) => {
                sql.push(" IN (SELECT * FROM unnest(").bind_arrays(*keys).push("))");
            }
            Self::Rows(keys) => {
                let padding = keys.len().next_power_of_two() - keys.len();
                let rows = keys.iter().chain(keys.iter().next_back().into_iter().cycle().take(padding));
                let takes_lists = sql.dialect().spelling().key_sets == KeySets::Lists;
                sql.push(if takes_lists { " IN (" } else { " IN (VALUES " }).bind_rows(rows).push(")");
            }
        }
    }
}

/// From its sixth time on, PostgreSQL plans a statement that is kept for any keys: without an index, it compares each row with each key then.
const MANY: usize = 1000;

impl LevelKeys<'_> {
    /// Whether all of the rows have one key.
    fn is_constant(&self) -> bool {
        self.columns.iter().map(|pair| Some(pair.from)).eq([self.level.constant])
    }

    fn write(&self, sql: &mut Sql) {
        // PostgreSQL plans sets well, and SQLite fills a table of one.
        let is_value = self.is_constant() && sql.dialect().spelling().key_sets == KeySets::Json;
        sql.push(if is_value { " = (SELECT " } else { " IN (SELECT " })
            .columns(self.table, self.columns.iter().map(|pair| pair.from));
        sql.push(" FROM ").name(&self.level.name()).push(" AS ").name(self.table);
        if !self.condition.is_no_filter() {
            sql.push(" WHERE ");
            self.condition.write(sql);
        }
        sql.push(")");
    }
}

/// The parts of keys, key by key.
pub(crate) fn arguments<'k, M: Model>(keys: impl IntoIterator<Item = &'k KeyOf<M>>) -> Vec<&'k dyn Value> {
    let keys = keys.into_iter();
    let mut arguments = Vec::with_capacity(keys.size_hint().0 * M::TABLE.key.len());
    for key in keys {
        M::KEY.add_arguments(key, &mut arguments);
    }
    arguments
}

/// Keys whose parts these are.
pub(crate) fn rows<'k, M: Model>(arguments: &'k [&'k dyn Value]) -> ValueRows<'k> {
    ValueRows::new(arguments, M::TABLE.key.len())
}

/// A copy of a key that outlives the model it was taken from.
pub(crate) fn owned(key: &[&dyn Value]) -> Vec<Box<dyn Value>> {
    key.iter().map(|part| part.boxed()).collect()
}

/// Without repetitions, in the order of first appearance.
pub(crate) fn distinct<K: Clone + Eq + Hash>(keys: impl IntoIterator<Item = K>) -> Vec<K> {
    let keys = keys.into_iter();
    let mut seen = HashSet::with_capacity_and_hasher(keys.size_hint().0, RandomState::default());
    keys.filter(|key| seen.insert(key.clone())).collect()
}

/// A key as an error names it: its value, or a tuple.
pub(crate) fn describe<'k>(key: impl Iterator<Item = &'k dyn Value>) -> String {
    let parts: Vec<_> = key.map(|part| format!("{part:?}")).collect();
    match &parts[..] {
        [part] => part.clone(),
        _ => format!("({})", parts.join(", ")),
    }
}

/// Keys as an error names them: the key itself, or the first few of several.
pub(crate) fn display(keys: &[String]) -> String {
    const SHOWN: usize = 10;
    match keys {
        [key] => key.clone(),
        _ if keys.len() <= SHOWN => format!("[{}]", keys.join(", ")),
        _ => format!("[{}] and {} more", keys[..SHOWN].join(", "), keys.len() - SHOWN),
    }
}
