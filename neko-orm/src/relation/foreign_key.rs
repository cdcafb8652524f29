//! The pairs of columns that a relation rests on.

use super::load::numbers::{KeyNumbers, Numbers, Side, value};
use crate::Model;
use crate::backend::{Dialect, Value};
use crate::column::{Column, Facts, Table};
use crate::error::Error;
use crate::field::{ForeignKey, KeyField};
use crate::key::{self, KeyColumns as _, KeyOf};
use crate::query::Equal;
use std::borrow::Cow;

/// A key of the model `P` (the parent) and the foreign key in `C` (the child) that refers to it, whatever their types.
pub trait KeyPair<P, C>: Send + Sync {
    /// The pair apart from the types.
    fn names(&self) -> PairNames;

    /// The name of the foreign key's column.
    fn foreign_key(&self) -> &'static str;

    /// Whether the foreign key can be NULL.
    fn is_nullable(&self) -> bool;

    /// What the foreign key's column must hold, where that is the same for all parents.
    fn tag(&self) -> Option<&'static str> {
        None
    }

    /// Whether the row may be on its side at all, whatever its key.
    fn admits(&self, _row: Side<'_, P, C>) -> bool {
        true
    }

    /// The value that both columns have where the rows belong together; `None` where a child refers to nothing.
    fn argument<'r>(&self, row: Side<'r, P, C>) -> Option<&'r dyn Value>;

    /// Numbers for the values of the two columns, unless they are all the same.
    fn numbers(&self) -> Option<Box<dyn Numbers<P, C>>>;

    /// Lets `child` refer to `parent`.
    fn link(&self, parent: &P, child: &mut C);

    /// Lets `child` refer to nothing, where the foreign key can be NULL.
    fn unlink(&self, child: &mut C);

    /// Whether `child` refers to `parent`.
    fn is_linked(&self, parent: &P, child: &C) -> bool;

    /// Lets a new child refer to `parent`. Rows without a model are not built.
    fn fill(&self, _parent: &P, _child: &mut C::Values)
    where
        C: Model,
    {
    }
}

/// A key's column and the column that refers to it.
#[derive(Debug, Clone, Copy)]
pub struct PairNames {
    pub(super) table: &'static str,
    pub(super) column: &'static str,
    pub(super) target_table: &'static str,
    pub(super) target_column: &'static str,
    pub(super) target_key: &'static [usize],
    pub(super) target_index: usize,
    pub(super) column_type: fn(Dialect) -> Cow<'static, str>,
}

/// A column of a key and the column that refers to it.
#[derive(Debug)]
pub struct Pair<P: Model, C: Model, K: 'static, F: 'static> {
    key: Column<P, K>,
    foreign_key: Column<C, F>,
}

impl<P: Model, C: Model, K, F> Pair<P, C, K, F> {
    /// Made by the derive. The compiler compares the two types where the pair becomes a [`KeyPair`], and only there.
    ///
    /// # Panics
    /// While compiling, if the key can be NULL: "refers to NULL" and "refers to nothing" would be the same.
    pub const fn new(key: Column<P, K>, foreign_key: Column<C, F>) -> Self {
        assert!(!key.is_nullable(), "a foreign key cannot refer to a column that is an `Option`: remove the `Option`");
        Self { key, foreign_key }
    }
}

impl<P: Model, C: Model, K: KeyField, F: ForeignKey<K>> KeyPair<P, C> for Pair<P, C, K, F> {
    fn names(&self) -> PairNames {
        names((P::TABLE, &self.key.stored.facts), (C::TABLE, &self.foreign_key.stored.facts))
    }

    fn foreign_key(&self) -> &'static str {
        self.foreign_key.stored.facts.name
    }

    fn is_nullable(&self) -> bool {
        is_nullable::<K, F>()
    }

    fn argument<'r>(&self, row: Side<'r, P, C>) -> Option<&'r dyn Value> {
        self.key.stored.argument_if_any(value(&self.key, &self.foreign_key, row))
    }

    fn numbers(&self) -> Option<Box<dyn Numbers<P, C>>> {
        Some(Box::new(KeyNumbers::new(self.key, self.foreign_key)))
    }

    fn link(&self, parent: &P, child: &mut C) {
        refer((self.key.get)(parent), (self.foreign_key.get_mut)(child));
    }

    fn unlink(&self, child: &mut C) {
        clear::<K, F>((self.foreign_key.get_mut)(child));
    }

    fn is_linked(&self, parent: &P, child: &C) -> bool {
        refers((self.key.get)(parent), (self.foreign_key.get)(child))
    }

    fn fill(&self, parent: &P, child: &mut C::Values) {
        fill((self.key.get)(parent), (self.foreign_key.values)(child));
    }
}

// The following are not generic over the models: compiled once, or once for each pair of types.

fn names((target, key): (&Table, &Facts), (table, foreign_key): (&Table, &Facts)) -> PairNames {
    PairNames {
        table: table.name,
        column: foreign_key.name,
        target_table: target.name,
        target_column: key.name,
        target_key: target.key,
        target_index: key.index,
        column_type: key.column_type,
    }
}

fn is_nullable<K, F: ForeignKey<K>>() -> bool {
    F::nothing().is_some()
}

fn refer<K: KeyField, F: ForeignKey<K>>(key: &K, foreign_key: &mut F) {
    *foreign_key = F::refer_to(key.clone());
}

fn clear<K, F: ForeignKey<K>>(foreign_key: &mut F) {
    if let Some(nothing) = F::nothing() {
        *foreign_key = nothing;
    }
}

fn refers<K: KeyField, F: ForeignKey<K>>(key: &K, foreign_key: &F) -> bool {
    foreign_key.key() == Some(key)
}

fn fill<K: KeyField, F: ForeignKey<K>>(key: &K, foreign_key: &mut Option<F>) {
    *foreign_key = Some(F::refer_to(key.clone()));
}

/// The key pairs of a relation.
pub type Pairs<P, C> = &'static [&'static dyn KeyPair<P, C>];

/// What the foreign key of a child that refers to `parent` holds.
pub(crate) fn foreign_key_to<P, C>(pairs: Pairs<P, C>, parent: &P) -> Vec<Equal> {
    let mut equals = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let value = match pair.tag() {
            Some(tag) => Box::new(tag.to_owned()),
            None => match pair.argument(Side::Parent(parent)) {
                Some(value) => value.boxed(),
                None => continue,
            },
        };
        equals.push(Equal { column: pair.foreign_key(), value });
    }
    equals
}

/// Lets `child` refer to `parent`.
pub(crate) fn link<P, C>(pairs: Pairs<P, C>, parent: &P, child: &mut C) {
    pairs.iter().for_each(|pair| pair.link(parent, child));
}

/// Lets `child` refer to nothing.
pub(crate) fn unlink<P, C>(pairs: Pairs<P, C>, child: &mut C) {
    pairs.iter().for_each(|pair| pair.unlink(child));
}

/// The error that rows with these keys are not associated by a relation.
pub(crate) fn not_associated<C: Model>(relation: &'static str, keys: &[KeyOf<C>]) -> Error {
    let keys: Vec<_> = keys.iter().map(|key| key::describe(C::KEY.arguments(key).into_iter())).collect();
    Error::NotAssociated { table: C::TABLE.name, relation, key: key::display(&keys) }
}

/// Whether `child` refers to `parent` by all of the pairs.
pub(crate) fn is_linked<P, C>(pairs: Pairs<P, C>, parent: &P, child: &C) -> bool {
    pairs.iter().all(|pair| pair.is_linked(parent, child))
}

/// Whether `child` holds a key, whichever model's it is.
pub(crate) fn has_key<P, C>(pairs: Pairs<P, C>, child: &C) -> bool {
    pairs.iter().filter(|pair| pair.tag().is_none()).all(|pair| pair.argument(Side::Child(child)).is_some())
}
