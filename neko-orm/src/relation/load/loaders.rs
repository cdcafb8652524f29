//! What relations load in `with`: lists, targets, and the first of a list.

use futures_core::future::BoxFuture;

use crate::Model;
use crate::error::Result;
use crate::query::{Loader, ReadAhead, Reader, Shape, Start};
use crate::relation::belongs_to::{BelongsToRelation, Found, NullabilityOf, missing, several, target_key};
use crate::relation::load;
use crate::relation::related::{Many, Maybe, One, Ranged};
use crate::relation::{Cardinality, First, Related, Relation, Selection};

/// What a selection loads for each row of `M`.
pub trait Loads<M> {
    /// What is loaded for each row.
    type Output: Send + 'static;

    /// Adds what it loads to what one statement reads.
    fn reading_ahead(self, start: Start<'_, M>, ahead: &mut ReadAhead);

    /// Loads it for all of the rows, in their order.
    fn loading<'l>(self, sources: &'l [&'l M], reader: &'l mut Reader<'_>) -> Loading<'l, Self::Output>;
}

/// What is loaded, on its way.
type Loading<'l, T> = BoxFuture<'l, Result<Vec<T>>>;

impl<R, K, S> Loader<R::Source> for Selection<R, K, S>
where
    R: Relation,
    K: 'static,
    S: Clone + Send + Sync + 'static,
    Self: Loads<R::Source>,
{
    type Output = <Self as Loads<R::Source>>::Output;

    fn read_ahead(&self, start: Start<'_, R::Source>, ahead: &mut ReadAhead) {
        self.clone().reading_ahead(start, ahead);
    }

    fn load<'l>(&'l self, sources: &'l [&'l R::Source], reader: &'l mut Reader<'_>) -> Loading<'l, Self::Output> {
        self.clone().loading(sources, reader)
    }
}

impl<R, K> Loader<R::Source> for Related<R, K>
where
    R: Relation,
    K: Cardinality,
    Selection<R, K>: Loads<R::Source>,
{
    type Output = <Selection<R, K> as Loads<R::Source>>::Output;

    fn is_one(&self) -> bool {
        true
    }

    fn read_ahead(&self, start: Start<'_, R::Source>, ahead: &mut ReadAhead) {
        self.selection().reading_ahead(start, ahead);
    }

    fn load<'l>(&'l self, sources: &'l [&'l R::Source], reader: &'l mut Reader<'_>) -> Loading<'l, Self::Output> {
        self.selection().loading(sources, reader)
    }
}

impl<R, S> Loader<R::Source> for First<R, S>
where
    R: Relation<Target: Model>,
    S: Shape<R::Target, Row = R::Target>,
{
    type Output = Option<S::Item>;

    fn read_ahead(&self, start: Start<'_, R::Source>, ahead: &mut ReadAhead) {
        self.0.clone().reading_ahead(start, ahead);
    }

    fn load<'l>(&'l self, sources: &'l [&'l R::Source], reader: &'l mut Reader<'_>) -> Loading<'l, Self::Output> {
        many(self.0.clone(), sources, reader, |lists| {
            let mut first = Vec::with_capacity(lists.len());
            for mut targets in lists {
                first.push(targets.pop());
            }
            Ok(first)
        })
    }
}

/// What a relation loads for each source: `$output`.
macro_rules! loads {
    ($($kind:ident: $way:ident, $output:ty, |$selection:ident, $sources:ident, $reader:ident| $loading:expr;)*) => {$(
        impl<R, S> Loads<R::Source> for Selection<R, $kind, S>
        where
            R: $way<Target: Model>,
            S: Shape<R::Target, Row = R::Target>,
        {
            type Output = $output;

            fn reading_ahead(self, start: Start<'_, R::Source>, ahead: &mut ReadAhead) {
                load::read_ahead::<R, S>(self.parts, &self.shape, start, ahead);
            }

            fn loading<'l>(
                self,
                $sources: &'l [&'l R::Source],
                $reader: &'l mut Reader<'_>,
            ) -> Loading<'l, Self::Output> {
                let $selection = self;
                $loading
            }
        }
    )*};
}

loads! {
    Many: Relation, Vec<S::Item>, |selection, sources, reader| many(selection, sources, reader, Ok);
    Ranged: Relation, Vec<S::Item>, |selection, sources, reader| many(selection, sources, reader, Ok);
    One: BelongsToRelation, <NullabilityOf<R> as Found>::Of<S::Item>, |selection, sources, reader| {
        one(selection, sources, reader, |source, target| {
            NullabilityOf::<R>::found(target, || missing::<R>(&source.key(), &target_key::<R>(source)))
        })
    };
    Maybe: Relation, Option<S::Item>, |selection, sources, reader| {
        one(selection, sources, reader, |_, target| Ok(target))
    };
}

fn many<'l, R, K, S, O>(
    selection: Selection<R, K, S>,
    sources: &'l [&'l R::Source],
    reader: &'l mut Reader<'_>,
    finish: impl FnOnce(Vec<Vec<S::Item>>) -> Result<Vec<O>> + Send + 'l,
) -> Loading<'l, O>
where
    R: Relation<Target: Model>,
    S: Shape<R::Target, Row = R::Target>,
{
    load::related::<R, S, O>(selection.parts, selection.shape, sources, reader, finish)
}

fn one<'l, R, K, S, O>(
    selection: Selection<R, K, S>,
    sources: &'l [&'l R::Source],
    reader: &'l mut Reader<'_>,
    finish: fn(&R::Source, Option<S::Item>) -> Result<O>,
) -> Loading<'l, O>
where
    R: Relation<Target: Model>,
    S: Shape<R::Target, Row = R::Target>,
    O: Send + 'l,
{
    load::related::<R, S, O>(selection.parts, selection.shape, sources, reader, move |lists| {
        let (mut outputs, mut lists) = (Vec::with_capacity(sources.len()), lists.into_iter());
        for source in sources {
            let mut targets = lists.next().unwrap_or_default();
            let target = targets.pop();
            if !targets.is_empty() {
                return Err(several::<R>(&source.key()));
            }
            outputs.push(finish(source, target)?);
        }
        Ok(outputs)
    })
}
