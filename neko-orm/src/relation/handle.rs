//! The handle of a relation: a query for the rows that a row at hand leads to.

use std::fmt;
use std::marker::PhantomData;

use futures_core::future::BoxFuture;

use super::{Many, ManyToMany, OwnScope as _, Relation, Through, Way, scoped, show};
use crate::Model;
use crate::error::Result;
use crate::executor::Executor;
use crate::node::{Alias, Hop, Node, reached};
use crate::query::{self, Origin, Query, Scope, ScopeMaker, Scoped as _};

/// The origin of a query for the rows that a relation leads to from a source. `K` is the kind of the relation.
pub struct RelatedTo<'s, R: Relation, K> {
    pub(super) source: &'s R::Source,
    kind: PhantomData<fn() -> K>,
}

impl<'s, R: Relation, K> RelatedTo<'s, R, K> {
    pub(super) fn new(source: &'s R::Source) -> Self {
        Self { source, kind: PhantomData }
    }
}

impl<R: Relation, K> fmt::Debug for RelatedTo<'_, R, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::<R>(self.source, f)
    }
}

impl<R: Relation, K> Clone for RelatedTo<'_, R, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Relation, K> Copy for RelatedTo<'_, R, K> {}

impl<R: Relation<Target: Model>, K> Origin<R::Target> for RelatedTo<'_, R, K> {
    fn scope(&self) -> Scope {
        from_source(R::WAY.hops(), R::WAY.starts(self.source), R::OWN, R::Target::MADE_BY)
    }
}

// Not generic over the relation: compiled once.
fn from_source(
    hops: Vec<Hop>,
    starts: Option<Vec<Node>>,
    own: Option<ScopeMaker>,
    target: Option<ScopeMaker>,
) -> Scope {
    let own = Scope::made_by(own);
    let hops = scoped(hops, own.condition, target);
    let condition = match starts {
        Some(starts) => reached(&hops, starts, Alias::TABLE),
        None => Node::Constant(false),
    };
    Scope { condition, order: own.order, joined: None }
}

/// A handle of a relation to at most one row.
#[diagnostic::on_unimplemented(
    message = "this relation leads to several rows, not to one",
    label = "`get` is for relations to one row",
    note = "read all of them by `to_vec(..)`, or the first by `first(..)`"
)]
pub trait LeadsToOne {}

/// `get` has a message of its own where there are several rows: the bound is never met.
macro_rules! to_several {
    ($($kind:ty),*) => {
        $(
            #[doc(hidden)]
            impl<R: Relation<Target: Model>> Query<R::Target, RelatedTo<'_, R, $kind>> {
                pub fn get<'c, E: Executor<'c>>(&self, _db: E) -> BoxFuture<'c, Result<Option<R::Target>>>
                where
                    Self: LeadsToOne,
                {
                    query::ready(None)
                }
            }
        )*
    };
}

to_several!(Many, ManyToMany, Through);
