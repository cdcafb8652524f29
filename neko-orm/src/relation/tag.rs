//! The column that says of which model the row is that a polymorphic relation's row refers to.

use std::fmt;
use std::marker::PhantomData;

use super::foreign_key::{KeyPair, PairNames};
use super::load::numbers::{Numbers, Side};
use crate::Model;
use crate::backend::{Dialect, Value};
use crate::column::Column;
use crate::field::ForeignKey;

/// That a column of the child `C` says that a row refers to a row of `P`.
pub struct Tag<P: 'static, C: 'static> {
    column: &'static dyn TagColumn<C>,
    parent: PhantomData<fn() -> P>,
}

impl<P, C> Tag<P, C> {
    /// Made by the derive.
    #[must_use]
    pub const fn new(column: &'static dyn TagColumn<C>) -> Self {
        Self { column, parent: PhantomData }
    }
}

impl<P: Model, C> fmt::Debug for Tag<P, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {:?}", self.column.name(), P::MORPH)
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

impl<P: Model, C: Model> KeyPair<P, C> for Tag<P, C> {
    fn names(&self) -> PairNames {
        names::<P>(C::TABLE.name, self.foreign_key())
    }

    fn foreign_key(&self) -> &'static str {
        self.column.name()
    }

    fn is_nullable(&self) -> bool {
        self.column.is_nullable()
    }

    fn tag(&self) -> Option<&'static str> {
        Some(P::MORPH)
    }

    fn admits(&self, row: Side<'_, P, C>) -> bool {
        match row {
            Side::Parent(_) => true,
            Side::Child(child) => self.column.tag(child).is_some_and(|tag| tag == P::MORPH),
        }
    }

    fn argument<'r>(&self, _row: Side<'r, P, C>) -> Option<&'r dyn Value> {
        None
    }

    fn numbers(&self) -> Option<Box<dyn Numbers<P, C>>> {
        None
    }

    fn link(&self, _parent: &P, child: &mut C) {
        self.column.set(child, P::MORPH);
    }

    fn unlink(&self, child: &mut C) {
        self.column.clear(child);
    }

    fn is_linked(&self, _parent: &P, child: &C) -> bool {
        self.admits(Side::Child(child))
    }

    fn fill(&self, _parent: &P, child: &mut C::Values) {
        self.column.fill(child, P::MORPH);
    }
}

/// The column of a row that says which model it refers to.
pub trait TagColumn<C>: Send + Sync {
    /// The column's name.
    fn name(&self) -> &'static str;

    /// Whether it can be NULL.
    fn is_nullable(&self) -> bool;

    /// What it holds, if anything.
    fn tag<'c>(&self, child: &'c C) -> Option<&'c str>;

    /// Lets it hold this.
    fn set(&self, child: &mut C, tag: &str);

    /// Lets it hold nothing, where it can.
    fn clear(&self, child: &mut C);

    /// Lets it hold this in a new row.
    fn fill(&self, child: &mut C::Values, tag: &str)
    where
        C: Model;
}

/// The type of such a column.
#[diagnostic::on_unimplemented(
    message = "a column of type `{Self}` cannot say which model a row refers to",
    label = "the column of the type holds a text",
    note = "its field is a `String`, or an `Option<String>` where a row may refer to nothing"
)]
pub trait TagField: ForeignKey<String> + Send + Sync {}

#[diagnostic::do_not_recommend]
impl<F: ForeignKey<String> + Send + Sync> TagField for F {}

impl<C: Model, F: TagField> TagColumn<C> for Column<C, F> {
    fn name(&self) -> &'static str {
        self.facts().name
    }

    fn is_nullable(&self) -> bool {
        F::nothing().is_some()
    }

    fn tag<'c>(&self, child: &'c C) -> Option<&'c str> {
        self.get(child).key().map(String::as_str)
    }

    fn set(&self, child: &mut C, tag: &str) {
        *self.get_mut(child) = F::refer_to(tag.to_owned());
    }

    fn clear(&self, child: &mut C) {
        if let Some(nothing) = F::nothing() {
            *self.get_mut(child) = nothing;
        }
    }

    fn fill(&self, child: &mut C::Values, tag: &str) {
        *self.values(child) = Some(F::refer_to(tag.to_owned()));
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
