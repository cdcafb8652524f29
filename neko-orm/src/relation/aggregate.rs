//! Aggregates over the rows that a relation leads to.

use std::marker::PhantomData;

use futures_core::future::BoxFuture;

use super::related::{Many, Maybe, One, ToMany};
use super::{Cardinality, Related, Relation, Selection, load};
use crate::Model;
use crate::backend::Field;
use crate::error::Result;
use crate::expr::{self, Expr, Expression, Kind, Number, PerRow, Scalar, ValueFor};
use crate::node::{Alias, Node, Subquery};
use crate::query::{self, Loader, ReadAhead, Reader, Start, Whole};
use crate::words::Direction;

/// An expression has a value for each row: an aggregate over the rows that the relation `R` leads to from there.
///
/// In a filter, an order or a selection it is a subquery; in `with`, it is loaded for all rows by one statement.
#[derive(Debug)]
pub struct OfRelated<R>(PhantomData<fn() -> R>);

impl<R: 'static> Kind for OfRelated<R> {
    type Compared = PerRow;
}

impl<R> ValueFor<PerRow> for OfRelated<R> {}

/// A relation to several rows, all of them.
#[diagnostic::on_unimplemented(
    message = "there are no aggregates over some of the rows that a relation leads to",
    label = "this relation has a limit or an offset",
    note = "count first, as in `p.comments.count()`, or narrow the relation by `filter`"
)]
pub trait Unlimited {}

impl Unlimited for Many {}
// These have another mistake than a limit: see `ToMany`.
impl Unlimited for One {}
impl Unlimited for Maybe {}

macro_rules! aggregates {
    ($ty:ty) => {
        impl<R: Relation<Target: Model>, K: Cardinality> $ty {
            /// How many targets each row has.
            ///
            /// ```
            /// # use neko_orm::Model;
            /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment)] struct Post { id: i64 }
            /// # #[derive(Debug, Clone, PartialEq, Model)] struct Comment { id: i64, post_id: i64, likes: i32 }
            /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
            /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
            /// # neko_orm::schema::create::<(Post, Comment)>(&db).await?;
            /// let loved: Vec<(Post, (i64, i64))> = Post::query()
            ///     .filter(|p| p.comments.filter(|c| c.likes.gt(0)).count().ge(3))
            ///     .order_by(|p| p.comments.count().desc())
            ///     .with(|p| (p.comments.count(), p.comments.sum(|c| c.likes)))
            ///     .to_vec(&db).await?;
            /// # Ok(()) }
            /// ```
            pub fn count(self) -> Expr<i64, OfRelated<R>>
            where
                K: ToMany + Unlimited,
            {
                let selection = self.selection();
                let subquery = selection.subquery(Node::Sql("COUNT(*)"));
                Expr::from_node(Node::Scalar(Box::new(subquery)))
            }

            /// Whether each row has any target.
            pub fn exists(self) -> Expr<bool, OfRelated<R>>
            where
                K: ToMany + Unlimited,
            {
                let subquery = self.selection().subquery(Node::Sql("1"));
                Expr::from_node(Node::Exists(Box::new(subquery)))
            }

            /// The sum of a column over each row's targets; the sum of no values is 0.
            pub fn sum<X: Expression<Type: Number>>(
                self,
                of: impl FnOnce(<R::Target as Model>::Columns) -> X,
            ) -> Expr<<X::Type as Number>::Sum, OfRelated<R>>
            where
                K: ToMany + Unlimited,
            {
                over(self.selection(), of, expr::sum)
            }

            /// The least value of a column among each row's targets, or `None`.
            pub fn min<X: Expression<Type: Scalar>>(
                self,
                of: impl FnOnce(<R::Target as Model>::Columns) -> X,
            ) -> Expr<Option<<X::Type as Scalar>::Value>, OfRelated<R>>
            where
                K: ToMany + Unlimited,
            {
                over(self.selection(), of, |value| expr::first(Direction::Ascending, value))
            }

            /// The greatest value of a column among each row's targets, or `None`.
            pub fn max<X: Expression<Type: Scalar>>(
                self,
                of: impl FnOnce(<R::Target as Model>::Columns) -> X,
            ) -> Expr<Option<<X::Type as Scalar>::Value>, OfRelated<R>>
            where
                K: ToMany + Unlimited,
            {
                over(self.selection(), of, |value| expr::first(Direction::Descending, value))
            }

            /// The mean of a column over each row's targets, or `None`.
            pub fn avg<X: Expression<Type: Number>>(
                self,
                of: impl FnOnce(<R::Target as Model>::Columns) -> X,
            ) -> Expr<Option<f64>, OfRelated<R>>
            where
                K: ToMany + Unlimited,
            {
                over(self.selection(), of, expr::mean)
            }
        }
    };
}

aggregates!(Related<R, K>);
aggregates!(Selection<R, K, Whole>);

impl<R: Relation<Target: Model>, K> Selection<R, K> {
    /// `of` over the rows that the relation leads to.
    fn subquery(self, of: Node) -> Subquery {
        let join = self.related(of);
        Subquery { condition: self.parts.condition, scoping: self.parts.scoping, ..join }
    }
}

fn over<R, K, X, T>(
    selection: Selection<R, K>,
    of: impl FnOnce(<R::Target as Model>::Columns) -> X,
    aggregate: impl FnOnce(Expr<X::Type>) -> Node,
) -> Expr<T, OfRelated<R>>
where
    R: Relation<Target: Model>,
    X: Expression,
{
    let inner = selection.alias.inner();
    let value = of_row::<R, _>(of(R::Target::columns(inner)).into_expr(), inner);
    Expr::from_node(Node::Scalar(Box::new(selection.subquery(aggregate(value)))))
}

/// The value as one of the rows that the relation leads to. SQL takes an aggregate over nothing but columns of the query around
/// it for an aggregate of that query.
fn of_row<R: Relation<Target: Model>, X>(value: Expr<X>, inner: Alias) -> Expr<X> {
    if value.as_node().mentions(inner) {
        return value;
    }
    let key = R::Target::TABLE.key_names().next();
    let key = key.map_or(Node::Constant(true), |key| Node::Column(inner, R::Target::TABLE.name, key));
    let whenever = key.compare(" IS NOT NULL THEN ", value.into_node());
    Expr::from_node(Node::Around("CASE WHEN ", Box::new(whenever), " END"))
}

impl<R, T> Loader<R::Source> for Expr<T, OfRelated<R>>
where
    R: Relation<Target: Model>,
    T: Field + Default,
{
    type Output = T;

    fn is_one(&self) -> bool {
        true
    }

    fn read_ahead(&self, start: Start<'_, R::Source>, ahead: &mut ReadAhead) {
        match self.as_node() {
            Node::Scalar(subquery) => load::aggregate_ahead::<R, T>(&subquery.of, subquery, start, ahead),
            Node::Exists(subquery) => load::aggregate_ahead::<R, T>(&Node::Constant(true), subquery, start, ahead),
            _ => {}
        }
    }

    fn load<'l>(&'l self, sources: &'l [&'l R::Source], reader: &'l mut Reader<'_>) -> BoxFuture<'l, Result<Vec<T>>> {
        match self.as_node() {
            Node::Scalar(subquery) => load::aggregate::<R, T>(&subquery.of, subquery, sources, reader),
            Node::Exists(subquery) => load::aggregate::<R, T>(&Node::Constant(true), subquery, sources, reader),
            // No other node is made with this kind.
            _ => query::ready(vec![T::default(); sources.len()]),
        }
    }
}
