//! The ways of relations: by which columns rows of one table lead to those of another.

use std::marker::PhantomData;

use super::foreign_key::{PairNames, Pairs};
use super::load::numbering::{Keys, Numbering};
use super::load::numbers::Side;
use super::reference::{Count, OnDelete, Reference};
use super::replace::OnReplace;
use crate::backend::Value;
use crate::field::Nullability;
use crate::node::{Alias, Hop, HopPair, Node, Pick};
use crate::query::Repeats;

/// How rows of `S` lead to rows of `T`.
pub trait Way<S, T>: Send + Sync + 'static {
    /// The steps from the source's table to the target's.
    #[doc(hidden)]
    fn hops(&self) -> Vec<Hop>;

    /// What the columns of the first step equal for a source; `None` where it leads nowhere.
    #[doc(hidden)]
    fn starts(&self, source: &S) -> Option<Vec<Node>>;

    /// What becomes of a target to which several rows between lead from one source.
    #[doc(hidden)]
    fn repeats(&self) -> Repeats {
        Repeats::LeftOut
    }

    /// Numbers for the keys of sources.
    #[doc(hidden)]
    fn keys(&self) -> Box<dyn Keys<S, T>>;

    /// The foreign keys that the relation of this name implies, on whichever side they are.
    #[doc(hidden)]
    fn references(&self, name: &'static str) -> Vec<Reference>;
}

/// The targets hold the foreign key: `has_many` and `has_one`.
pub struct InTarget<S: 'static, T: 'static> {
    pub(super) pairs: Pairs<S, T>,
    pub(super) on_replace: OnReplace,
    on_delete: OnDelete,
    count: Count,
    pick: Option<fn() -> Pick>,
}

/// The source holds the foreign key, of which `NULLABLE` says whether it may be NULL: `belongs_to`.
pub struct InSource<S: 'static, T: 'static, const NULLABLE: bool> {
    pub(super) pairs: Pairs<T, S>,
    on_delete: OnDelete,
    nullability: PhantomData<Nullability<NULLABLE>>,
}

impl<S, T> InTarget<S, T> {
    /// By these pairs of the source's key and the foreign key in the target.
    #[must_use]
    pub const fn new(pairs: Pairs<S, T>) -> Self {
        Self { pairs, on_replace: OnReplace::Refuse, on_delete: OnDelete::Unsaid, count: Count::Many, pick: None }
    }

    /// Says what becomes of targets that `set` replaces.
    #[must_use]
    pub const fn on_replace(self, on_replace: OnReplace) -> Self {
        Self { on_replace, ..self }
    }

    /// Says that at most one target refers to a source.
    #[must_use]
    pub const fn one(self) -> Self {
        Self { count: Count::One, ..self }
    }

    /// Says what becomes of the targets when their source is deleted.
    #[must_use]
    pub const fn on_delete(self, on_delete: OnDelete) -> Self {
        Self { on_delete, ..self }
    }

    /// Leads to one of the targets only.
    #[must_use]
    pub const fn pick(self, pick: fn() -> Pick) -> Self {
        Self { pick: Some(pick), ..self }
    }
}

impl<S, T, const NULLABLE: bool> InSource<S, T, NULLABLE> {
    /// By these pairs of the target's key and the foreign key in the source.
    #[must_use]
    pub const fn new(pairs: Pairs<T, S>) -> Self {
        Self { pairs, on_delete: OnDelete::Unsaid, nullability: PhantomData }
    }

    /// Says what becomes of the source when its target is deleted.
    #[must_use]
    pub const fn on_delete(self, on_delete: OnDelete) -> Self {
        Self { on_delete, ..self }
    }
}

impl<S, T> Way<S, T> for InTarget<S, T> {
    fn hops(&self) -> Vec<Hop> {
        picked(down(self.pairs), self.pick)
    }

    fn starts(&self, source: &S) -> Option<Vec<Node>> {
        starts(self.pairs, Side::Parent(source))
    }

    fn keys(&self) -> Box<dyn Keys<S, T>> {
        Box::new(Numbering::down(self.pairs))
    }

    fn references(&self, name: &'static str) -> Vec<Reference> {
        Reference::of(self.pairs, self.on_delete).map(|reference| reference.down(name, self.count)).collect()
    }
}

impl<S, T, const NULLABLE: bool> Way<S, T> for InSource<S, T, NULLABLE> {
    fn hops(&self) -> Vec<Hop> {
        picked(up(self.pairs), None)
    }

    fn starts(&self, source: &S) -> Option<Vec<Node>> {
        starts(self.pairs, Side::Child(source))
    }

    fn keys(&self) -> Box<dyn Keys<S, T>> {
        Box::new(Numbering::up(self.pairs))
    }

    fn references(&self, name: &'static str) -> Vec<Reference> {
        Reference::of(self.pairs, self.on_delete).map(|reference| reference.up(name)).collect()
    }
}

/// The values of a row's columns, in the order of the pairs; `None` where the row refers to nothing.
pub(super) fn starts<P, C>(pairs: Pairs<P, C>, row: Side<'_, P, C>) -> Option<Vec<Node>> {
    let mut starts = Vec::with_capacity(pairs.len());
    for pair in pairs {
        if !pair.admits(row) {
            return None;
        }
        if pair.tag().is_none() {
            add_start(&mut starts, pair.argument(row))?;
        }
    }
    Some(starts)
}

// Not generic over the models: compiled once.
fn add_start(starts: &mut Vec<Node>, argument: Option<&dyn Value>) -> Option<()> {
    starts.push(Node::Any(argument?.boxed()));
    Some(())
}

// Not generic over the models: compiled once.
fn picked(hop: Hop, pick: Option<fn() -> Pick>) -> Vec<Hop> {
    vec![Hop { pick: pick.map(|pick| pick()), ..hop }]
}

/// The step from parents to children.
pub(super) fn down<P, C>(pairs: Pairs<P, C>) -> Hop {
    step(pairs, Towards::Children)
}

/// The step from children to parents.
pub(super) fn up<P, C>(pairs: Pairs<P, C>) -> Hop {
    step(pairs, Towards::Parents)
}

#[derive(Clone, Copy)]
enum Towards {
    Children,
    Parents,
}

fn step<P, C>(pairs: Pairs<P, C>, towards: Towards) -> Hop {
    let mut hop = Hop::default();
    for pair in pairs {
        add_pair(&mut hop, pair.names(), pair.tag(), towards);
    }
    hop
}

// Not generic over the models: compiled once.
fn add_pair(hop: &mut Hop, names: PairNames, tag: Option<&'static str>, towards: Towards) {
    let (key, foreign_key) = ((names.target_table, names.target_column), (names.table, names.column));
    let (from, to) = match towards {
        Towards::Children => (key, foreign_key),
        Towards::Parents => (foreign_key, key),
    };
    (hop.from, hop.table) = (from.0, to.0);
    let condition = match towards {
        Towards::Children => &mut hop.condition,
        Towards::Parents => &mut hop.from_condition,
    };
    match tag {
        Some(tag) => condition.narrow(tagged(names, tag)),
        None => hop.pairs.push(HopPair { from: from.1, to: to.1, column_type: names.column_type }),
    }
}

/// That a child has the tag of its parent's model.
fn tagged(names: PairNames, tag: &'static str) -> Node {
    let column = Node::Column(Alias::TABLE, names.table, names.column);
    column.equals(Node::Any(Box::new(tag.to_owned())))
}
