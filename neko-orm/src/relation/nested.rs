//! New targets that are inserted along with their sources.

use std::marker::PhantomData;

use futures_core::future::BoxFuture;

use super::load::lists;
use super::{ForeignKeyOf, InTarget, Many, Maybe, Related, Relation, Way};
use crate::Model;
use crate::backend::Connection;
use crate::create::{self, And, Builder, BuilderOf, Complete, ModelOf, Nested, NewRow, Place};
use crate::error::Result;

/// A relation of `M` whose new targets, given as `C`, can be inserted along with a row of `M`.
#[diagnostic::on_unimplemented(
    message = "rows of `{Self}` cannot be inserted along with one of `{M}`",
    label = "expected a relation of `{M}` whose targets refer to it, and new rows for it"
)]
pub trait Nests<M, C> {
    /// The new targets, with the relation that they belong to.
    type New;

    #[doc(hidden)]
    fn nest(targets: C) -> Self::New;
}

impl<R, C> Nests<R::Source, C> for Related<R, Many>
where
    R: Relation<Target: Model, Way: Inserts<R, Then<C::Item, R::Target, BuilderOf<C::Item>>, Create: Complete>>,
    C: IntoIterator<Item: NewRow>,
    ModelOf<C::Item>: Same<R::Target>,
{
    type New = NewTargets<Then<C::Item, R::Target, R>, Vec<C::Item>>;

    fn nest(targets: C) -> Self::New {
        NewTargets(targets.into_iter().collect(), PhantomData)
    }
}

impl<R, C> Nests<R::Source, C> for Related<R, Maybe>
where
    R: Relation<Target: Model, Way: Inserts<R, Then<C::Row, R::Target, BuilderOf<C::Row>>, Create: Complete>>,
    C: AtMostOne,
    ModelOf<C::Row>: Same<R::Target>,
{
    type New = NewTargets<Then<C::Row, R::Target, R>, C>;

    fn nest(targets: C) -> Self::New {
        NewTargets(targets, PhantomData)
    }
}

/// The model `M` itself.
#[diagnostic::on_unimplemented(
    message = "a new row of `{Self}` is not one of `{M}`",
    label = "expected new rows of `{M}`",
    note = "start a new row of the relation's target with `{M}::create()`"
)]
pub trait Same<M> {
    /// `X`. What is reached by way of this is unknown where the model is another, and no further mistakes are found in it.
    type Then<X>;
}

impl<M> Same<M> for M {
    type Then<X> = X;
}

/// `X`, if `N` is a new row of `M`.
type Then<N, M, X> = <ModelOf<N> as Same<M>>::Then<X>;

/// How new targets of the relation `R`, built by `B`, are inserted for sources that are stored already.
#[diagnostic::on_unimplemented(
    message = "rows of this relation cannot be inserted along with their source",
    label = "expected a `has_many` or `has_one` relation, and new rows of its target"
)]
pub trait Inserts<R: Relation<Target: Model>, B>: Way<R::Source, R::Target> {
    /// The builder, once what the relation provides is set.
    type Create: Builder;

    /// Inserts the targets, of which each is for the source at its position, with whatever lets the source lead to them.
    #[doc(hidden)]
    fn insert<'l>(
        &self,
        targets: Vec<<R::Target as Model>::Values>,
        positions: &'l [usize],
        sources: &'l [R::Source],
        connection: &'l mut Connection<'_>,
    ) -> BoxFuture<'l, Result<Vec<R::Target>>>;

    /// As [`insert`](Self::insert), for targets that need not come back. Returns how many there are.
    #[doc(hidden)]
    fn import<'l>(
        &self,
        targets: Vec<<R::Target as Model>::Values>,
        positions: &'l [usize],
        sources: &'l [R::Source],
        connection: &'l mut Connection<'_>,
    ) -> BoxFuture<'l, Result<u64>> {
        let inserted = self.insert(targets, positions, sources, connection);
        Box::pin(async move { Ok(inserted.await?.len() as u64) })
    }
}

impl<R, B, S, T> Inserts<R, B> for InTarget<S, T>
where
    R: Relation<Source = S, Target = T> + ForeignKeyOf<B>,
    B: Builder<Model = T>,
    S: Model,
    T: Model,
{
    type Create = R::Create;

    fn insert<'l>(
        &self,
        mut targets: Vec<T::Values>,
        positions: &'l [usize],
        sources: &'l [S],
        connection: &'l mut Connection<'_>,
    ) -> BoxFuture<'l, Result<Vec<T>>> {
        self.fill(&mut targets, positions, sources);
        create::insert_rows(targets, None, connection)
    }

    fn import<'l>(
        &self,
        mut targets: Vec<T::Values>,
        positions: &'l [usize],
        sources: &'l [S],
        connection: &'l mut Connection<'_>,
    ) -> BoxFuture<'l, Result<u64>> {
        self.fill(&mut targets, positions, sources);
        create::import_rows::<T>(targets, None, connection)
    }
}

impl<S, T: Model> InTarget<S, T> {
    /// Sets the foreign keys of new targets, of which each is for the source at its position.
    fn fill(&self, targets: &mut [T::Values], positions: &[usize], sources: &[S]) {
        for (target, &position) in targets.iter_mut().zip(positions) {
            for pair in self.pairs {
                pair.fill(&sources[position], target);
            }
        }
    }
}

/// New targets of the relation `R`, built by `B`, of which each is for the source at its position.
struct ForSources<'l, R: Relation, B> {
    positions: Vec<usize>,
    sources: &'l [R::Source],
    built_by: PhantomData<fn() -> B>,
}

impl<R, B> Place<R::Target> for ForSources<'_, R, B>
where
    R: Relation<Target: Model, Way: Inserts<R, B>>,
{
    fn insert<'l>(
        self,
        rows: Vec<<R::Target as Model>::Values>,
        connection: &'l mut Connection<'_>,
    ) -> BoxFuture<'l, Result<Vec<R::Target>>>
    where
        Self: 'l,
    {
        Box::pin(async move { R::WAY.insert(rows, &self.positions, self.sources, connection).await })
    }

    fn import<'l>(
        self,
        rows: Vec<<R::Target as Model>::Values>,
        connection: &'l mut Connection<'_>,
    ) -> BoxFuture<'l, Result<u64>>
    where
        Self: 'l,
    {
        Box::pin(async move { R::WAY.import(rows, &self.positions, self.sources, connection).await })
    }
}

/// New targets of the relation `R` for one source: many, one, or an `Option` of one.
#[derive(Debug)]
pub struct NewTargets<R, G>(G, PhantomData<fn() -> R>);

impl<R, G> Nested<R::Source> for NewTargets<R, G>
where
    R: Relation<Target = ModelOf<G::Row>, Way: Inserts<R, BuilderOf<G::Row>>>,
    G: Given,
{
    type Output = G::Inserted;

    fn insert<'l>(
        nested: Vec<Self>,
        sources: &'l [R::Source],
        connection: &'l mut Connection<'_>,
    ) -> BoxFuture<'l, Result<Vec<G::Inserted>>> {
        let (mut targets, mut below, mut positions) = (Vec::new(), Vec::new(), Vec::new());
        for (position, new) in nested.into_iter().enumerate() {
            for row in new.0.into_rows() {
                let (target, nested) = row.into_parts();
                targets.push(target);
                below.push(nested);
                positions.push(position);
            }
        }
        Box::pin(async move {
            let rows = R::WAY.insert(targets, &positions, sources, connection).await?;
            let inserted = G::Row::insert_nested(below, rows, connection).await?;
            let mut outputs = Vec::with_capacity(sources.len());
            for list in lists(sources.len(), positions, inserted) {
                outputs.extend(G::inserted(list));
            }
            Ok(outputs)
        })
    }

    fn import<'l>(
        nested: Vec<Self>,
        sources: &'l [R::Source],
        connection: &'l mut Connection<'_>,
    ) -> BoxFuture<'l, Result<u64>> {
        let (mut rows, mut positions) = (Vec::new(), Vec::new());
        for (position, new) in nested.into_iter().enumerate() {
            rows.extend(new.0.into_rows());
            positions.resize(rows.len(), position);
        }
        let place: ForSources<'_, R, BuilderOf<G::Row>> = ForSources { positions, sources, built_by: PhantomData };
        G::Row::import_at(rows, place, connection)
    }
}

impl<R, G, X> And<X> for NewTargets<R, G> {
    type With = (Self, X);

    fn and(self, more: X) -> Self::With {
        (self, more)
    }
}

/// New rows as they are given, and what comes back for them.
pub trait Given: Send + 'static {
    /// Each of the rows.
    type Row: NewRow;
    /// What comes back.
    type Inserted: Send + 'static;

    #[doc(hidden)]
    fn into_rows(self) -> Vec<Self::Row>;

    #[doc(hidden)]
    fn inserted(rows: Vec<<Self::Row as NewRow>::Inserted>) -> Option<Self::Inserted>;
}

impl<N: NewRow> Given for Vec<N> {
    type Row = N;
    type Inserted = Vec<N::Inserted>;

    fn into_rows(self) -> Self {
        self
    }

    fn inserted(rows: Vec<N::Inserted>) -> Option<Vec<N::Inserted>> {
        Some(rows)
    }
}

impl<N: NewRow> Given for Option<N> {
    type Row = N;
    type Inserted = Option<N::Inserted>;

    fn into_rows(self) -> Vec<N> {
        self.into_iter().collect()
    }

    fn inserted(mut rows: Vec<N::Inserted>) -> Option<Option<N::Inserted>> {
        Some(rows.pop())
    }
}

#[diagnostic::do_not_recommend]
impl<N: NewRow> Given for N {
    type Row = N;
    type Inserted = N::Inserted;

    fn into_rows(self) -> Vec<N> {
        vec![self]
    }

    fn inserted(mut rows: Vec<N::Inserted>) -> Option<N::Inserted> {
        rows.pop()
    }
}

/// A new row, or an `Option` of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a new row, nor an `Option` of one",
    label = "expected what `create()` returns, or an `Option` of it"
)]
pub trait AtMostOne: Given {}

impl<N: NewRow> AtMostOne for Option<N> {}
#[diagnostic::do_not_recommend]
impl<N: NewRow> AtMostOne for N {}
