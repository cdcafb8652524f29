//! What relations load in `with`: lists, targets, and the first of a list.

use futures_core::future::BoxFuture;

use super::belongs_to::{missing, several};
use super::foreign_key::key_from;
use super::load::{self, Route};
use super::numbers::Side;
use super::related::{Many, Maybe, One, Ranged};
use super::{BelongsToRelation, Cardinality, First, Found, HasManyRelation, Related, Relation, Selection};
use crate::Model;
use crate::backend::Connection;
use crate::error::Result;
use crate::query::{Loader, Parts, Shape};

/// What a relation loads for each source: `$output`.
macro_rules! loaders {
    ($($kind:ident: $relation:ident, $output:ty, $load:ident;)*) => {$(
        impl<R, S> Loader<R::Source> for Selection<R, $kind, S>
        where
            R: $relation<Target: Model>,
            S: Shape<R::Target, Row = R::Target>,
        {
            type Output = $output;

            fn load<'l>(
                &'l self,
                sources: &'l [&'l R::Source],
                connection: &'l mut Connection<'_>,
            ) -> BoxFuture<'l, Result<Vec<Self::Output>>> {
                Box::pin($load::<R, S>(&self.parts, &self.shape, sources, connection))
            }
        }
    )*};
}

loaders! {
    Many: HasManyRelation, Vec<S::Item>, many;
    Ranged: HasManyRelation, Vec<S::Item>, many;
    One: BelongsToRelation, <R::Nullability as Found>::Of<S::Item>, one;
    Maybe: BelongsToRelation, Option<S::Item>, maybe;
}

async fn many<R, S>(
    parts: &Parts,
    shape: &S,
    sources: &[&R::Source],
    connection: &mut Connection<'_>,
) -> Result<Vec<Vec<S::Item>>>
where
    R: HasManyRelation<Target: Model>,
    S: Shape<R::Target, Row = R::Target>,
{
    let route = Route {
        relation: R::NAME,
        pairs: R::PAIRS,
        source: |source| Side::Parent(source),
        target: |target| Side::Child(target),
        column: |pair| pair.foreign_key(),
    };
    load::related(route, parts, shape, sources, connection).await
}

async fn maybe<R, S>(
    parts: &Parts,
    shape: &S,
    sources: &[&R::Source],
    connection: &mut Connection<'_>,
) -> Result<Vec<Option<S::Item>>>
where
    R: BelongsToRelation<Target: Model>,
    S: Shape<R::Target, Row = R::Target>,
{
    let route = Route {
        relation: R::NAME,
        pairs: R::PAIRS,
        source: |source| Side::Child(source),
        target: |target| Side::Parent(target),
        column: |pair| pair.key_name(),
    };
    let found = load::related(route, parts, shape, sources, connection).await?;
    let at_most_one = |(source, mut targets): (&&R::Source, Vec<S::Item>)| {
        let target = targets.pop();
        if targets.is_empty() { Ok(target) } else { Err(several::<R>(&source.key())) }
    };
    sources.iter().zip(found).map(at_most_one).collect()
}

async fn one<R, S>(
    parts: &Parts,
    shape: &S,
    sources: &[&R::Source],
    connection: &mut Connection<'_>,
) -> Result<Vec<<R::Nullability as Found>::Of<S::Item>>>
where
    R: BelongsToRelation<Target: Model>,
    S: Shape<R::Target, Row = R::Target>,
{
    let found = maybe::<R, S>(parts, shape, sources, connection).await?;
    let must = |(source, target): (&&R::Source, Option<S::Item>)| {
        let key = || key_from(R::PAIRS, source).unwrap_or_default();
        R::Nullability::found(target, || missing::<R>(&source.key(), &key()))
    };
    sources.iter().zip(found).map(must).collect()
}

impl<R, K> Loader<R::Source> for Related<R, K>
where
    R: Relation,
    K: Cardinality,
    Selection<R, K>: Loader<R::Source>,
{
    type Output = <Selection<R, K> as Loader<R::Source>>::Output;

    fn load<'l>(
        &'l self,
        sources: &'l [&'l R::Source],
        connection: &'l mut Connection<'_>,
    ) -> BoxFuture<'l, Result<Vec<Self::Output>>> {
        let selection = self.selection();
        Box::pin(async move { selection.load(sources, connection).await })
    }
}

impl<R, S> Loader<R::Source> for First<R, S>
where
    R: HasManyRelation<Target: Model>,
    S: Shape<R::Target, Row = R::Target>,
{
    type Output = Option<S::Item>;

    fn load<'l>(
        &'l self,
        sources: &'l [&'l R::Source],
        connection: &'l mut Connection<'_>,
    ) -> BoxFuture<'l, Result<Vec<Self::Output>>> {
        Box::pin(async move {
            let first = self.0.load(sources, connection).await?;
            Ok(first.into_iter().map(|mut targets| targets.pop()).collect())
        })
    }
}
