//! The table between two models, as a model of its own or not.

use std::marker::PhantomData;

use crate::Model;
use crate::backend::{Row, Value};
use crate::column::Column;
use crate::error::Result;
use crate::field::KeyField;
use crate::node::{Hop, Node};
use crate::query::{Repeats, Scope, ScopeMaker, Scoped};
use crate::relation::Way;
use crate::relation::foreign_key::{KeyPair, PairNames, Pairs};
use crate::relation::load::numbering::{Keys, Linked, Numbering};
use crate::relation::load::numbers::{Numbered, Numbers, Reads, Side};
use crate::relation::reference::{Count, Holder, OnDelete, Reference};
use crate::relation::tag;
use crate::relation::way::{down, starts, up};

/// Over the rows of the junction `J`: `belongs_to_many`.
pub struct Junction<S: 'static, T: 'static, J: 'static> {
    pub(in crate::relation) from: Pairs<S, J>,
    pub(in crate::relation) to: Pairs<T, J>,
    scope: fn() -> Scope,
    on_delete: OnDelete,
    holder: Holder,
    /// The columns of the junction's key, where they are known.
    key: fn() -> Option<Vec<&'static str>>,
}

impl<S, T, J: JunctionRow> Junction<S, T, J> {
    /// By the junction's foreign keys to the source and to the target.
    #[must_use]
    pub const fn new(from: Pairs<S, J>, to: Pairs<T, J>) -> Self {
        Self { from, to, scope: J::scope, on_delete: J::ON_DELETE, holder: J::HOLDER, key: J::key }
    }
}

/// The rows of a junction: a model, or [`JunctionWithoutModel`].
pub trait JunctionRow: Scoped {
    /// What becomes of a row when one that it refers to is deleted.
    #[doc(hidden)]
    const ON_DELETE: OnDelete;

    #[doc(hidden)]
    const HOLDER: Holder;

    /// The columns of the table's key, where they are known.
    #[doc(hidden)]
    fn key() -> Option<Vec<&'static str>>;
}

impl<J: Model> JunctionRow for J {
    // The rows may hold more than the link: that they go is for the model to say.
    const ON_DELETE: OnDelete = OnDelete::Unsaid;
    const HOLDER: Holder = Holder::Model;

    fn key() -> Option<Vec<&'static str>> {
        Some(J::TABLE.key_names().collect())
    }
}

/// A row of a junction that is no model: it holds nothing but the two foreign keys.
#[derive(Debug)]
pub struct JunctionWithoutModel;

impl Scoped for JunctionWithoutModel {
    const MADE_BY: Option<ScopeMaker> = None;
}

impl JunctionRow for JunctionWithoutModel {
    const ON_DELETE: OnDelete = OnDelete::Cascade;
    const HOLDER: Holder = Holder::Junction;

    fn key() -> Option<Vec<&'static str>> {
        None
    }
}

impl<S, T, J> Junction<S, T, J> {
    /// Whether at most one row links a source with a target; a table without a model is taken for one that is made for that.
    fn links_once(&self) -> bool {
        let from = self.from.iter().map(|pair| pair.foreign_key());
        let columns: Vec<_> = from.chain(self.to.iter().map(|pair| pair.foreign_key())).collect();
        (self.key)().is_none_or(|key| key.iter().all(|column| columns.contains(column)))
    }
}

// Whatever the types are: that one of them is no model is reported where the columns are named, and only there.
impl<S, T, J> Way<S, T> for Junction<S, T, J> {
    fn hops(&self) -> Vec<Hop> {
        let (mut first, mut second) = (down(self.from), up(self.to));
        first.condition.narrow((self.scope)().condition);
        // Both are about the junction's rows.
        first.condition.narrow(std::mem::replace(&mut second.from_condition, Node::Absent));
        vec![first, second]
    }

    fn starts(&self, source: &S) -> Option<Vec<Node>> {
        starts(self.from, Side::Parent(source))
    }

    fn repeats(&self) -> Repeats {
        match refers_to_key(self.to) && self.links_once() {
            true => Repeats::Returned,
            false => Repeats::LeftOut,
        }
    }

    fn keys(&self) -> Box<dyn Keys<S, T>> {
        let linked = Linked::new(Box::new(Numbering::down(self.from)));
        Box::new(match self.repeats() {
            Repeats::Returned => linked.telling_apart(Box::new(Numbering::down(self.to))),
            Repeats::LeftOut => linked,
        })
    }

    fn references(&self, name: &'static str) -> Vec<Reference> {
        let from = Reference::of(self.from, self.on_delete).map(|reference| reference.down(name, Count::Many));
        let references = from.chain(Reference::of(self.to, self.on_delete));
        references.map(|reference| Reference { holder: self.holder, ..reference }).collect()
    }
}

/// Whether the columns that are referred to are the key of their table, of which no two rows have the same.
fn refers_to_key<P, C>(pairs: Pairs<P, C>) -> bool {
    let names: Vec<_> = pairs.iter().filter(|pair| pair.tag().is_none()).map(|pair| pair.names()).collect();
    let is_of_key =
        |pair: &PairNames| pair.target_key.len() == names.len() && pair.target_key.contains(&pair.target_index);
    !names.is_empty() && names.iter().all(is_of_key)
}

/// A key of the model `P`, and the column of a table that refers to it.
#[derive(Debug)]
pub struct TableKey<P: Model, K: 'static> {
    key: Column<P, K>,
    table: &'static str,
    column: &'static str,
}

impl<P: Model, K> TableKey<P, K> {
    /// Made by the derive.
    ///
    /// # Panics
    /// While compiling, if the key can be NULL.
    pub const fn new(key: Column<P, K>, table: &'static str, column: &'static str) -> Self {
        assert!(!key.is_nullable(), "a junction cannot refer to a column that is an `Option`: remove the `Option`");
        Self { key, table, column }
    }
}

impl<P: Model, K: KeyField> KeyPair<P, JunctionWithoutModel> for TableKey<P, K> {
    fn names(&self) -> PairNames {
        let key = self.key.facts();
        PairNames {
            table: self.table,
            column: self.column,
            target_table: P::TABLE.name,
            target_column: key.name,
            target_key: P::TABLE.key,
            target_index: key.index,
            column_type: key.column_type,
        }
    }

    fn foreign_key(&self) -> &'static str {
        self.column
    }

    fn is_nullable(&self) -> bool {
        false
    }

    fn argument<'r>(&self, row: Side<'r, P, JunctionWithoutModel>) -> Option<&'r dyn Value> {
        match row {
            Side::Parent(parent) => Some(self.key.argument(self.key.get(parent))),
            Side::Child(JunctionWithoutModel) => None,
        }
    }

    fn numbers(&self) -> Option<Box<dyn Numbers<P, JunctionWithoutModel>>> {
        Some(Box::new(TableNumbers { key: self.key, numbers: Numbered::new() }))
    }

    fn link(&self, _parent: &P, _child: &mut JunctionWithoutModel) {}

    fn unlink(&self, _child: &mut JunctionWithoutModel) {}

    fn is_linked(&self, _parent: &P, _child: &JunctionWithoutModel) -> bool {
        false
    }
}

/// The numbers of a key's values, which a table without a model refers to.
struct TableNumbers<P: Model, K: 'static> {
    key: Column<P, K>,
    numbers: Numbered<K>,
}

impl<P: Model, K: KeyField> Numbers<P, JunctionWithoutModel> for TableNumbers<P, K> {
    fn reserve(&mut self, count: usize) {
        self.numbers.reserve(count);
    }

    fn insert(&mut self, row: Side<'_, P, JunctionWithoutModel>) -> Option<u32> {
        match row {
            Side::Parent(parent) => self.numbers.insert(Some(self.key.get(parent))),
            Side::Child(JunctionWithoutModel) => None,
        }
    }

    fn find(&self, row: Side<'_, P, JunctionWithoutModel>) -> Option<u32> {
        match row {
            Side::Parent(parent) => self.numbers.find(Some(self.key.get(parent))),
            Side::Child(JunctionWithoutModel) => None,
        }
    }

    fn read(&self, _reads: Reads, index: usize, row: &Row) -> Result<Option<u32>> {
        Ok(self.numbers.find(Some(&self.key.read_at(index, row)?)))
    }
}

/// A column of a table that says that a row refers to a row of `P`.
#[derive(Debug)]
pub struct TableTag<P> {
    table: &'static str,
    column: &'static str,
    parent: PhantomData<fn() -> P>,
}

impl<P: Model> TableTag<P> {
    /// Made by the derive.
    #[must_use]
    pub const fn new(table: &'static str, column: &'static str) -> Self {
        Self { table, column, parent: PhantomData }
    }
}

impl<P: Model> KeyPair<P, JunctionWithoutModel> for TableTag<P> {
    fn names(&self) -> PairNames {
        tag::names::<P>(self.table, self.column)
    }

    fn foreign_key(&self) -> &'static str {
        self.column
    }

    fn is_nullable(&self) -> bool {
        false
    }

    fn tag(&self) -> Option<&'static str> {
        Some(P::MORPH)
    }

    fn argument<'r>(&self, _row: Side<'r, P, JunctionWithoutModel>) -> Option<&'r dyn Value> {
        None
    }

    fn numbers(&self) -> Option<Box<dyn Numbers<P, JunctionWithoutModel>>> {
        None
    }

    fn link(&self, _parent: &P, _child: &mut JunctionWithoutModel) {}

    fn unlink(&self, _child: &mut JunctionWithoutModel) {}

    fn is_linked(&self, _parent: &P, _child: &JunctionWithoutModel) -> bool {
        false
    }
}
