//! Paths over other relations: `#[has_many(User as commenters, through(comments, author))]`.

use std::marker::PhantomData;

use super::load::numbering::{Keys, Linked, SourceKeys};
use super::reference::Reference;
use super::{Related, RelatedTo, Relation, Way, hops, hops_of_handle};
use crate::Model;
use crate::node::{Hop, Node};
use crate::query::{Query, Scoping};

/// The targets over two relations: the handle that a `#[has_many(.., through(a, b))]` method returns.
///
/// It is a [`Query`] of the rows, each of them once, and changes nothing: change what it leads over.
pub type HasManyThrough<'s, R> = Query<<R as Relation>::Target, RelatedTo<'s, R, Through>>;

/// The kind of relation that leads over others.
#[derive(Debug)]
pub struct Through;

/// The handle for the rows that `source` leads to over others; called by generated code.
pub fn has_many_through<R: Relation>(source: &R::Source) -> HasManyThrough<'_, R> {
    Query::from_origin(RelatedTo::new(source))
}

/// A relation on a path, apart from its type.
pub struct Leg<S, T> {
    starts: fn(&S) -> Option<Vec<Node>>,
    keys: fn() -> Box<dyn SourceKeys<S>>,
    first: fn() -> Vec<Hop>,
    second: fn() -> Vec<Hop>,
    target: PhantomData<fn() -> T>,
}

/// A relation that leads from `S` to `T`.
#[diagnostic::on_unimplemented(
    message = "this relation does not lead from `{S}` to `{T}`",
    label = "expected a relation from `{S}` to `{T}`",
    note = "a path leads over a relation of its model, and on to its target; neither can be a `morph_to`"
)]
pub trait LeadsTo<S, T> {
    /// The relation as a part of a path.
    #[doc(hidden)]
    const LEG: Leg<S, T>;
}

#[diagnostic::do_not_recommend]
impl<R: Relation<Target: Model>, K> LeadsTo<R::Source, R::Target> for Related<R, K> {
    const LEG: Leg<R::Source, R::Target> = Leg {
        starts: |source| R::WAY.starts(source),
        keys: || R::WAY.keys(),
        first: || hops::<R>(Scoping::Scoped),
        // The scope of the path's target is up to the query.
        second: || hops_of_handle::<R>(),
        target: PhantomData,
    };
}

/// The relation as a part of a path; called by generated code.
#[must_use]
pub const fn leg<S, T, R: LeadsTo<S, T> + Copy>(_: R) -> Leg<S, T> {
    R::LEG
}

/// First one relation, then another.
pub struct Path<S, T> {
    starts: fn(&S) -> Option<Vec<Node>>,
    keys: fn() -> Box<dyn SourceKeys<S>>,
    first: fn() -> Vec<Hop>,
    second: fn() -> Vec<Hop>,
    target: PhantomData<fn() -> T>,
}

impl<S, T> Path<S, T> {
    /// Over the model `M`.
    #[must_use]
    pub const fn new<M>(first: Leg<S, M>, second: Leg<M, T>) -> Self {
        let Leg { starts, keys, first, .. } = first;
        Self { starts, keys, first, second: second.second, target: PhantomData }
    }
}

impl<S: 'static, T: 'static> Way<S, T> for Path<S, T> {
    fn hops(&self) -> Vec<Hop> {
        let mut hops = (self.first)();
        hops.extend((self.second)());
        hops
    }

    fn starts(&self, source: &S) -> Option<Vec<Node>> {
        (self.starts)(source)
    }

    fn keys(&self) -> Box<dyn Keys<S, T>> {
        Box::new(Linked::new((self.keys)()))
    }

    fn references(&self, _name: &'static str) -> Vec<Reference> {
        Vec::new()
    }
}
