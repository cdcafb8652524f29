//! The column that says of which model the row is that a polymorphic relation's row refers to.

use std::fmt;
use std::marker::PhantomData;

use super::foreign_key::{KeyPair, PairNames};
use super::numbers::{Numbers, Side};
use crate::Model;
use crate::backend::{Dialect, Value};
use crate::column::Column;
use crate::field::ForeignKey;

/// A column of the child `C` that says that a row refers to a row of `P`.
pub struct Tag<P: Model, C: Model, F: 'static> {
    column: Column<C, F>,
    parent: PhantomData<fn() -> P>,
}

impl<P: Model, C: Model, F> Tag<P, C, F> {
    /// Made by the derive. That the column holds a text is asked for where it becomes a [`KeyPair`], and only there.
    pub const fn new(column: Column<C, F>) -> Self {
        Self { column, parent: PhantomData }
    }
}

impl<P: Model, C: Model, F> fmt::Debug for Tag<P, C, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} = {:?}", self.column, P::MORPH)
    }
}

/// The names of a column that holds the tag of `P`.
pub(super) fn names<P: Model>(table: &'static str, column: &'static str) -> PairNames {
    PairNames {
        table,
        column,
        target_table: P::TABLE.name,
        target_column: "",
        target_key: &[],
        target_index: 0,
        column_type: Dialect::column_type::<String>,
    }
}

impl<P: Model, C: Model, F: ForeignKey<String> + Send + Sync> KeyPair<P, C> for Tag<P, C, F> {
    fn names(&self) -> PairNames {
        names::<P>(C::TABLE.name, self.foreign_key())
    }

    fn foreign_key(&self) -> &'static str {
        self.column.facts().name
    }

    fn is_nullable(&self) -> bool {
        F::nothing().is_some()
    }

    fn tag(&self) -> Option<&'static str> {
        Some(P::MORPH)
    }

    fn admits(&self, row: Side<'_, P, C>) -> bool {
        match row {
            Side::Parent(_) => true,
            Side::Child(child) => self.column.get(child).key().is_some_and(|tag| tag == P::MORPH),
        }
    }

    fn argument<'r>(&self, _row: Side<'r, P, C>) -> Option<&'r dyn Value> {
        None
    }

    fn numbers(&self) -> Option<Box<dyn Numbers<P, C>>> {
        None
    }

    fn link(&self, _parent: &P, child: &mut C) {
        *self.column.get_mut(child) = F::refer_to(P::MORPH.to_owned());
    }

    fn unlink(&self, child: &mut C) {
        if let Some(nothing) = F::nothing() {
            *self.column.get_mut(child) = nothing;
        }
    }

    fn is_linked(&self, _parent: &P, child: &C) -> bool {
        self.admits(Side::Child(child))
    }

    fn fill(&self, _parent: &P, child: &mut C::Values) {
        *self.column.values(child) = Some(F::refer_to(P::MORPH.to_owned()));
    }
}

/// The column of a source that says which model its row refers to.
pub trait TagColumn<S>: Send + Sync {
    /// What it holds, if anything.
    fn tag<'s>(&self, source: &'s S) -> Option<&'s str>;
}

impl<S: Model, F: ForeignKey<String>> TagColumn<S> for Column<S, F> {
    fn tag<'s>(&self, source: &'s S) -> Option<&'s str> {
        self.get(source).key().map(String::as_str)
    }
}

/// Refuses, while compiling, foreign keys of which only one of the two columns can be NULL.
pub const fn both_or_neither(key: bool, tag: bool) {
    assert!(
        key == tag,
        "the two columns of a polymorphic foreign key are set and cleared together: make both an `Option`, or neither"
    );
}

/// Refuses, while compiling, models that one text stands for.
pub const fn distinct_tags(tags: &[&str]) {
    let mut first = 0;
    while first < tags.len() {
        let mut second = first + 1;
        while second < tags.len() {
            assert!(
                !is_equal(tags[first].as_bytes(), tags[second].as_bytes()),
                "one text stands for two of these models: give one another, as in `#[model(morph = \"other\")]`"
            );
            second += 1;
        }
        first += 1;
    }
}

const fn is_equal(left: &[u8], right: &[u8]) -> bool {
    let mut position = 0;
    while position < left.len() && position < right.len() {
        if left[position] != right[position] {
            return false;
        }
        position += 1;
    }
    left.len() == right.len()
}
