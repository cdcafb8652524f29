//! Running a `SELECT` and reading its rows.

use futures_core::future::BoxFuture;
use futures_util::StreamExt;

use super::{Loader, Rows, Shape};
use crate::Model;
use crate::backend::{Connection, Field, Lease, Row, Statement};
use crate::error::{Error, Result};
use crate::executor::Executor;

/// A connection on its way.
pub(crate) type Leasing<'c> = BoxFuture<'c, Result<Lease<'c>>>;

pub(crate) fn ready<'c, T: Send + 'c>(value: T) -> BoxFuture<'c, Result<T>> {
    Box::pin(std::future::ready(Ok(value)))
}

pub(super) fn failed<'c, T: Send + 'c>(error: Error) -> BoxFuture<'c, Result<T>> {
    Box::pin(std::future::ready(Err(error)))
}

/// The rows of a statement, with what is loaded for them.
pub(super) fn all<'c, M: Model, S: Shape<M>>(
    statement: Result<Statement>,
    shape: S,
    leasing: Leasing<'c>,
) -> BoxFuture<'c, Result<Vec<S::Item>>> {
    Box::pin(async move {
        let statement = statement?;
        let mut lease = leasing.await?;
        let items = read(statement, &shape, &mut lease.connection()).await?;
        lease.end().await?;
        Ok(items)
    })
}

/// As [`all`], on a connection at hand.
pub(super) async fn read<M: Model, S: Shape<M>>(
    statement: Statement,
    shape: &S,
    connection: &mut Connection<'_>,
) -> Result<Vec<S::Item>> {
    let rows = rows(statement, shape, connection).await?;
    shape.load(rows, connection).await
}

/// The rows of a statement, without what is loaded for them.
pub(super) async fn rows<M: Model, S: Shape<M>>(
    statement: Statement,
    shape: &S,
    connection: &mut Connection<'_>,
) -> Result<Vec<S::Row>> {
    let mut read = Ok(Vec::new());
    // The statement is run to its end even if a row cannot be read: its own failure comes first.
    let read_one = &mut |row: Row| match (&mut read, shape.read(&row)) {
        (Ok(rows), Ok(row)) => rows.push(row),
        (Ok(_), Err(error)) => read = Err(error),
        (Err(_), _) => {}
    };
    connection.each(statement, read_one).await?;
    read
}

/// The only row of a statement that returns at most one.
pub(crate) fn optional<'c, M: Model>(
    statement: Result<Statement>,
    leasing: Leasing<'c>,
) -> BoxFuture<'c, Result<Option<M>>> {
    Box::pin(async move {
        let statement = statement?;
        let rows = leasing.await?.connection().rows(statement).await?;
        rows.last().map(|row| M::from_row(row, 0)).transpose()
    })
}

/// The value of a statement that returns one.
pub(super) fn scalar<'c, T: Field>(statement: Result<Statement>, leasing: Leasing<'c>) -> BoxFuture<'c, Result<T>> {
    Box::pin(async move {
        let statement = statement?;
        value(statement, &mut leasing.await?.connection()).await
    })
}

pub(super) async fn value<T: Field>(statement: Statement, connection: &mut Connection<'_>) -> Result<T> {
    match connection.rows(statement).await?.last() {
        Some(row) => Ok(row.value(0).map_err(|mismatch| sqlx::Error::Decode(mismatch.into()))?),
        None => Err(sqlx::Error::RowNotFound.into()),
    }
}

/// The rows of a statement one at a time.
pub(super) fn cursor<'c, E: Executor<'c>, T: 'c>(
    statement: Result<Statement>,
    read: impl Fn(&Row) -> Result<T> + Send + 'c,
    db: E,
) -> Rows<'c, T> {
    match statement {
        Ok(statement) => Rows(db.stream(statement).map(move |row| read(&row?)).boxed()),
        Err(error) => Rows::failed(error),
    }
}

/// What a relation leads to, for rows at hand.
pub(crate) fn load<'c, M: Model, L: Loader<M>>(
    rows: Vec<&'c M>,
    loader: L,
    leasing: Leasing<'c>,
) -> BoxFuture<'c, Result<Vec<L::Output>>> {
    if rows.is_empty() {
        return ready(Vec::new());
    }
    Box::pin(async move {
        let mut lease = leasing.await?;
        let loaded = loader.load(&rows, &mut lease.connection()).await?;
        lease.end().await?;
        Ok(loaded)
    })
}
