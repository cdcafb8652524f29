//! Foreign keys as the schema declares them.

use super::foreign_key::{KeyPair, PairNames};
use super::{Relation, Way as _};
use crate::backend::Dialect;
use std::borrow::Cow;

/// A foreign key as the schema declares it.
#[derive(Debug, Clone)]
pub struct Reference {
    pub(crate) table: &'static str,
    pub(crate) columns: Vec<&'static str>,
    pub(crate) target_table: &'static str,
    pub(crate) target_columns: Vec<&'static str>,
    pub(crate) column_types: Vec<fn(Dialect) -> Cow<'static, str>>,
    pub(crate) on_delete: OnDelete,
    /// Whether the table has a model; the schema makes a table of its foreign keys where it has none.
    pub(crate) holder: Holder,
    /// Whether the columns referred to are the target's key: only then does a database accept the foreign key.
    pub(crate) to_key: bool,
    /// Whether the rows may refer to rows of another table instead.
    pub(crate) is_polymorphic: bool,
    /// The relations that lead from the rows that are referred to, and those that lead to them.
    pub(crate) names: Names,
    /// How many rows may refer to one.
    pub(crate) count: Option<Count>,
}

/// The names of the relations that rest on a foreign key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    pub(crate) down: Vec<&'static str>,
    pub(crate) up: Vec<&'static str>,
}

/// How many rows may refer to one, as a relation declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Count {
    /// `has_one`
    One,
    /// `has_many`, and all relations over a junction.
    Many,
}

/// What holds a foreign key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The table of a model.
    Model,
    /// A junction without a model.
    Junction,
}

/// What becomes of a row when the row that it refers to is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDelete {
    /// What the database does where nothing is said: it refuses.
    Unsaid,
    /// It is deleted too.
    Cascade,
    /// Its foreign key becomes NULL.
    SetNull,
    /// The other row cannot be deleted.
    Restrict,
    /// Two relations say different things.
    Disputed,
}

impl OnDelete {
    /// What two relations say of one foreign key.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unsaid, said) | (said, Self::Unsaid) => said,
            (left, right) if left == right => left,
            _ => Self::Disputed,
        }
    }
}

/// The functions that tell the foreign keys of a model's relations.
pub type References = &'static [fn() -> Vec<Reference>];

impl Reference {
    /// The foreign key of some pairs.
    pub(super) fn of<P, C>(pairs: &[&dyn KeyPair<P, C>], on_delete: OnDelete) -> impl Iterator<Item = Self> {
        let mut names = Vec::with_capacity(pairs.len());
        for pair in pairs {
            names.push((pair.names(), pair.tag().is_some()));
        }
        Self::from_names(names, on_delete).into_iter()
    }

    /// With the name of a relation that leads from the rows that are referred to.
    pub(super) fn down(self, name: &'static str, count: Count) -> Self {
        Self { names: Names { down: vec![name], up: Vec::new() }, count: Some(count), ..self }
    }

    /// With the name of a relation that leads to them.
    pub(super) fn up(self, name: &'static str) -> Self {
        Self { names: Names { down: Vec::new(), up: vec![name] }, ..self }
    }

    /// Whether both are the same foreign key, whatever is said of it.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let of = |it: &Self| (it.table, it.columns.clone(), it.target_table, it.target_columns.clone());
        of(self) == of(other)
    }

    /// Takes what another relation says of the same foreign key.
    pub(crate) fn merge(&mut self, other: Self) {
        self.on_delete = self.on_delete.and(other.on_delete);
        self.count = self.count.max(other.count);
        let names = [(&mut self.names.down, other.names.down), (&mut self.names.up, other.names.up)];
        for (names, others) in names {
            // A model that is given twice says everything twice.
            let new: Vec<_> = others.into_iter().filter(|name| !names.contains(name)).collect();
            names.extend(new);
        }
    }

    fn from_names(mut pairs: Vec<(PairNames, bool)>, on_delete: OnDelete) -> Option<Self> {
        // The two sides may declare the pairs in different orders, and mean one foreign key. MySQL wants that of the key.
        pairs.sort_by_key(|(pair, _)| {
            let position = pair.target_key.iter().position(|index| *index == pair.target_index);
            (position.unwrap_or(usize::MAX), pair.column)
        });
        let (first, _) = pairs.first()?;
        let is_tagged = pairs.iter().any(|(_, is_tag)| *is_tag);
        let indexes: Vec<_> = pairs.iter().map(|(pair, _)| pair.target_index).collect();
        let is_key = first.target_key.len() == indexes.len() && first.target_key.iter().all(|i| indexes.contains(i));
        Some(Self {
            table: first.table,
            columns: pairs.iter().map(|(pair, _)| pair.column).collect(),
            target_table: first.target_table,
            target_columns: pairs.iter().map(|(pair, _)| pair.target_column).collect(),
            column_types: pairs.iter().map(|(pair, _)| pair.column_type).collect(),
            on_delete,
            holder: Holder::Model,
            to_key: is_key && !is_tagged,
            is_polymorphic: is_tagged,
            names: Names::default(),
            count: None,
        })
    }
}

/// The foreign keys of a relation; called by way of generated code.
#[must_use]
pub fn references<R: Relation>() -> Vec<Reference> {
    R::WAY.references(R::NAME)
}
