//! Rows to read: of a whole table, or those that a relation leads to.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};

use crate::Model;
use crate::backend::{Dialect, Field, Lease, Null, Row, Statement, Value};
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::key;
use crate::sql::Sql;

/// Rows of the model `M`, to be read by one of the methods that take the database.
///
/// `O` is where the rows come from: all of the table ([`Model::query`]), or a relation of a model, such as
/// [`HasMany`](crate::HasMany) and [`BelongsTo`](crate::BelongsTo), which add the verbs of that relation.
/// A query is a description: nothing is sent before a method takes the database, and it can be run any number of times.
///
/// ```
/// # #[derive(Debug, Clone, PartialEq, neko_orm::Model)] struct Post { id: i64, title: String }
/// # use neko_orm::Model;
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
/// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
/// # neko_orm::schema::create::<Post>(&db).await?;
/// let posts = Post::query();
/// assert_eq!(posts.count(&db).await?, 0);
/// assert_eq!(posts.to_vec(&db).await?, []);
/// # Ok(()) }
/// ```
#[must_use = "a query does nothing before it is run"]
pub struct Query<M, O = Everything> {
    pub(crate) origin: O,
    model: PhantomData<fn() -> M>,
}

/// The origin of a query for all rows of a table.
#[derive(Debug, Clone, Copy)]
pub struct Everything;

/// Where the rows of a query come from.
pub trait Origin<M> {
    /// The conditions on the table of `M`, or `None` where no row can match: then nothing is sent.
    #[doc(hidden)]
    fn conditions(&self) -> Option<Vec<Equal>>;
}

impl<M> Origin<M> for Everything {
    fn conditions(&self) -> Option<Vec<Equal>> {
        Some(Vec::new())
    }
}

/// The condition that a column equals a value, which is never NULL.
#[derive(Debug)]
pub struct Equal {
    pub(crate) column: &'static str,
    pub(crate) value: Box<dyn Value>,
}

impl<M, O> Query<M, O> {
    pub(crate) fn from_origin(origin: O) -> Self {
        Self { origin, model: PhantomData }
    }
}

impl<M, O: Clone> Clone for Query<M, O> {
    fn clone(&self) -> Self {
        Self::from_origin(self.origin.clone())
    }
}

impl<M, O: fmt::Debug> fmt::Debug for Query<M, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query").field("origin", &self.origin).finish()
    }
}

impl<M: Model, O: Origin<M>> Query<M, O> {
    /// All the rows, in no particular order. Sends one `SELECT`.
    ///
    /// # Errors
    /// A value does not fit its field, or the database fails.
    pub fn to_vec<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<Vec<M>>> {
        match self.origin.conditions() {
            Some(conditions) => all(select_where::<M>(db.dialect(), &conditions).finish(), db.lease()),
            None => ready(Vec::new()),
        }
    }

    /// The rows one at a time: memory stays bounded whatever their number. Sends one `SELECT`, when the first row is
    /// asked for.
    ///
    /// The connection is in use until the stream ends or is dropped.
    pub fn stream<'c, E: Executor<'c>>(&self, db: E) -> Rows<'c, M> {
        let Some(conditions) = self.origin.conditions() else {
            return Rows(futures_util::stream::empty().boxed());
        };
        match select_where::<M>(db.dialect(), &conditions).finish() {
            Ok(statement) => Rows(db.stream(statement).map(|row| M::from_row(&row?)).boxed()),
            Err(error) => Rows(futures_util::stream::once(std::future::ready(Err(error))).boxed()),
        }
    }

    /// The row with the least key, or `None`. Sends one `SELECT .. LIMIT 1`.
    ///
    /// # Errors
    /// As for [`to_vec`](Self::to_vec).
    pub fn first<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<Option<M>>> {
        let Some(conditions) = self.origin.conditions() else {
            return ready(None);
        };
        let mut sql = select_where::<M>(db.dialect(), &conditions);
        sql.push(" ORDER BY ");
        key::columns::<M>(&mut sql);
        sql.push(" LIMIT 1");
        optional(sql.finish(), db.lease())
    }

    /// How many rows there are. Sends one `SELECT COUNT(*)`.
    ///
    /// # Errors
    /// The database fails.
    pub fn count<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<i64>> {
        let Some(conditions) = self.origin.conditions() else {
            return ready(0);
        };
        let mut sql = Sql::new(db.dialect());
        sql.push("SELECT COUNT(*) FROM ").name(M::TABLE.name);
        filter::<M>(&mut sql, &conditions);
        scalar(sql.finish(), db.lease())
    }

    /// Whether there is any row. Sends one `SELECT EXISTS`.
    ///
    /// # Errors
    /// The database fails.
    pub fn exists<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<bool>> {
        let Some(conditions) = self.origin.conditions() else {
            return ready(false);
        };
        let mut sql = Sql::new(db.dialect());
        sql.push("SELECT EXISTS(SELECT 1 FROM ").name(M::TABLE.name);
        filter::<M>(&mut sql, &conditions);
        sql.push(")");
        scalar(sql.finish(), db.lease())
    }
}

/// Rows as they come from the database; made by [`Query::stream`].
///
/// Also a [`Stream`], for the adapters of the futures crates.
#[must_use = "a stream does nothing before its rows are asked for"]
pub struct Rows<'c, M>(BoxStream<'c, Result<M>>);

impl<M> Rows<'_, M> {
    /// The next row, or `None` after the last.
    ///
    /// # Errors
    /// A value of the row does not fit its field, or the database fails.
    pub async fn try_next(&mut self) -> Result<Option<M>> {
        TryStreamExt::try_next(&mut self.0).await
    }
}

impl<M> Stream for Rows<'_, M> {
    type Item = Result<M>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(context)
    }
}

impl<M> fmt::Debug for Rows<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").finish_non_exhaustive()
    }
}

/// `SELECT` of all columns of the model, in the order in which they are declared.
pub(crate) fn select<M: Model>(dialect: Dialect) -> Sql {
    let mut sql = Sql::new(dialect);
    sql.push("SELECT ");
    columns::<M>(&mut sql);
    sql.push(" FROM ").name(M::TABLE.name);
    sql
}

/// The model's columns, in the order in which they are declared.
pub(crate) fn columns<M: Model>(sql: &mut Sql) {
    sql.list(M::TABLE.columns, |sql, column| {
        sql.column(M::TABLE.name, column.facts().name);
    });
}

pub(crate) fn select_where<M: Model>(dialect: Dialect, conditions: &[Equal]) -> Sql {
    let mut sql = select::<M>(dialect);
    filter::<M>(&mut sql, conditions);
    sql
}

fn filter<M: Model>(sql: &mut Sql, conditions: &[Equal]) {
    if !conditions.is_empty() {
        sql.push(" WHERE ");
        equals::<M>(sql, conditions);
    }
}

/// Writes conditions on the table of `M`.
pub(crate) fn equals<M: Model>(sql: &mut Sql, conditions: &[Equal]) {
    sql.separated(" AND ", conditions, |sql, Equal { column, value }| {
        sql.column(M::TABLE.name, column).push(" = ").bind(&**value);
    });
}

pub(crate) type Leasing<'c> = BoxFuture<'c, Result<Lease<'c>>>;

pub(crate) fn ready<'c, T: Send + 'c>(value: T) -> BoxFuture<'c, Result<T>> {
    Box::pin(std::future::ready(Ok(value)))
}

pub(crate) fn all<'c, M: Model>(statement: Result<Statement>, lease: Leasing<'c>) -> BoxFuture<'c, Result<Vec<M>>> {
    Box::pin(async move {
        let mut models = Vec::new();
        each(statement?, lease, &mut |row| {
            models.push(M::from_row(row)?);
            Ok(())
        })
        .await?;
        Ok(models)
    })
}

/// The only row of a statement that returns at most one.
pub(crate) fn optional<'c, M: Model>(
    statement: Result<Statement>,
    lease: Leasing<'c>,
) -> BoxFuture<'c, Result<Option<M>>> {
    Box::pin(async move {
        let mut found = None;
        each(statement?, lease, &mut |row| {
            found = Some(M::from_row(row)?);
            Ok(())
        })
        .await?;
        Ok(found)
    })
}

fn scalar<'c, T: Field + Default>(statement: Result<Statement>, lease: Leasing<'c>) -> BoxFuture<'c, Result<T>> {
    Box::pin(async move {
        let mut value = T::default();
        each(statement?, lease, &mut |row| {
            value = row.get(0, Null::Refused).map_err(|mismatch| sqlx::Error::Decode(mismatch.into()))?;
            Ok(())
        })
        .await?;
        Ok(value)
    })
}

async fn each(
    statement: Statement,
    lease: Leasing<'_>,
    on_row: &mut (dyn FnMut(&Row) -> Result<(), Error> + Send),
) -> Result<()> {
    lease.await?.connection().fetch(statement, on_row).await
}
