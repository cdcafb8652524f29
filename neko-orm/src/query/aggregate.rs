//! The methods that take the database and read one value of all rows.

use futures_core::future::BoxFuture;

use super::alone::{Alone, alone};
use super::run::{ready, scalar};
use super::{Origin, Parts, Query, Select};
use crate::Model;
use crate::backend::Field;
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::expr::{Expression, Number, PerGroup, Scalar};
use crate::node::Alias;

impl<M: Model, O: Origin<M>, S> Query<M, O, S> {
    /// How many rows there are. Sends one `SELECT COUNT(*)`.
    ///
    /// # Errors
    /// [`Error::NoPlace`](crate::Error::NoPlace) as for [`after`](Self::after), or the database fails.
    pub fn count<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<i64>> {
        match self.resolved() {
            Some(parts) => scalar(parts.count(db.dialect(), M::TABLE), db.lease()),
            None => ready(0),
        }
    }

    /// Whether there is any row. Sends one `SELECT EXISTS`.
    ///
    /// # Errors
    /// As for [`count`](Self::count).
    pub fn exists<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<bool>> {
        match self.resolved() {
            Some(parts) => scalar(parts.exists(db.dialect(), M::TABLE), db.lease()),
            None => ready(false),
        }
    }
}

impl<M: Model, O: Origin<M>> Query<M, O> {
    /// The sum of a column's values, or of an expression's; the sum of no values is 0, and NULLs are left out.
    /// Integers add up to an `i64`, floats to an `f64`. Sends one `SELECT SUM(..)`.
    ///
    /// # Errors
    /// The sum does not fit, or the database fails.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Item { id: i64, price: i32, amount: Option<i32> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Item>(&db).await?;
    /// # Item::create().price(3).amount(2).insert(&db).await?;
    /// let total: i64 = Item::query().sum(|i| i.price * i.amount, &db).await?;
    /// let dearest: Option<i32> = Item::query().max(|i| i.price, &db).await?;
    /// let mean: Option<f64> = Item::query().avg(|i| i.price, &db).await?;
    /// assert_eq!((total, dearest, mean), (6, Some(3), Some(3.0)));
    /// # Ok(()) }
    /// ```
    pub fn sum<'c, X, E>(
        &self,
        of: impl FnOnce(M::Columns) -> X,
        db: E,
    ) -> BoxFuture<'c, Result<<X::Type as Number>::Sum>>
    where
        X: Expression<Type: Number>,
        E: Executor<'c>,
    {
        self.one_aggregate(|columns| of(columns).into_expr().sum(), db)
    }

    /// The least value, or `None` where there is none. Sends one `SELECT MIN(..)`; otherwise as [`sum`](Self::sum).
    ///
    /// # Errors
    /// The database fails.
    pub fn min<'c, X, E>(&self, of: impl FnOnce(M::Columns) -> X, db: E) -> BoxFuture<'c, Result<Option<Value<X>>>>
    where
        X: Expression<Type: Scalar<Value: Field>>,
        E: Executor<'c>,
    {
        self.one_aggregate(|columns| of(columns).into_expr().min(), db)
    }

    /// The greatest value, or `None` where there is none. Sends one `SELECT MAX(..)`; otherwise as [`sum`](Self::sum).
    ///
    /// # Errors
    /// The database fails.
    pub fn max<'c, X, E>(&self, of: impl FnOnce(M::Columns) -> X, db: E) -> BoxFuture<'c, Result<Option<Value<X>>>>
    where
        X: Expression<Type: Scalar<Value: Field>>,
        E: Executor<'c>,
    {
        self.one_aggregate(|columns| of(columns).into_expr().max(), db)
    }

    /// The mean of the values, or `None` where there is none. Sends one `SELECT AVG(..)`; otherwise as [`sum`](Self::sum).
    ///
    /// # Errors
    /// The database fails.
    pub fn avg<'c, X, E>(&self, of: impl FnOnce(M::Columns) -> X, db: E) -> BoxFuture<'c, Result<Option<f64>>>
    where
        X: Expression<Type: Number>,
        E: Executor<'c>,
    {
        self.one_aggregate(|columns| of(columns).into_expr().avg(), db)
    }

    /// Several aggregates over the rows, as a tuple. Sends one `SELECT`.
    ///
    /// # Errors
    /// As for [`sum`](Self::sum).
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Item { id: i64, price: i32 }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Item>(&db).await?;
    /// let (items, cheapest, total): (i64, Option<i32>, i64) =
    ///     Item::query().aggregate(|i| (i.id.count(), i.price.min(), i.price.sum()), &db).await?;
    /// assert_eq!((items, cheapest, total), (0, None, 0));
    /// # Ok(()) }
    /// ```
    pub fn aggregate<'c, T, E>(&self, of: impl FnOnce(M::Columns) -> T, db: E) -> BoxFuture<'c, Result<T::Output>>
    where
        T: Select<M, PerGroup>,
        E: Executor<'c>,
    {
        aggregate::<M, T, E>(self.applied(), of, db)
    }

    /// One aggregate, whose value over no rows is known.
    fn one_aggregate<'c, T, E>(&self, of: impl FnOnce(M::Columns) -> T, db: E) -> BoxFuture<'c, Result<T::Output>>
    where
        T: Select<M, PerGroup, Output: Default>,
        E: Executor<'c>,
    {
        match self.resolved() {
            Some(parts) => aggregate::<M, T, E>(parts, of, db),
            None => ready(T::Output::default()),
        }
    }
}

fn aggregate<'c, M, T, E>(parts: Parts, of: impl FnOnce(M::Columns) -> T, db: E) -> BoxFuture<'c, Result<T::Output>>
where
    M: Model,
    T: Select<M, PerGroup>,
    E: Executor<'c>,
{
    let (selection, mut nodes) = (of(M::columns(Alias::TABLE)), Vec::new());
    selection.nodes(&mut nodes);
    let statement = parts.without_range().aggregate(&nodes, db.dialect(), M::TABLE);
    let rows = alone(Alone::One(statement), move |row| selection.read(&mut 0, row), db.lease());
    Box::pin(async move { rows.await?.pop().ok_or(Error::NoRow { table: M::TABLE.name }) })
}

/// The type of an expression's values, without `Option`.
type Value<X> = <<X as Expression>::Type as Scalar>::Value;
