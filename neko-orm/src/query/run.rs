//! Running a `SELECT` and reading its rows.

use futures_core::future::BoxFuture;
use futures_util::StreamExt;

use super::ahead::Ahead;
use super::alone::{Collect as _, Collected};
use super::reader::{ahead_of, may_be_of_arrays};
use super::{Fetched, Loader, Parts, Reader, Rows, Shape};
use crate::Model;
use crate::backend::{Connection, Field, Lease, Row, Statement};
use crate::error::{Error, Mismatch, Result};
use crate::executor::{Executor, Reads};

/// A connection on its way.
pub(crate) type Leasing<'c> = BoxFuture<'c, Result<Lease<'c>>>;

pub(crate) fn ready<'c, T: Send + 'c>(value: T) -> BoxFuture<'c, Result<T>> {
    Box::pin(std::future::ready(Ok(value)))
}

pub(super) fn failed<'c, T: Send + 'c>(error: Error) -> BoxFuture<'c, Result<T>> {
    Box::pin(std::future::ready(Err(error)))
}

/// The rows of a query, with what is loaded for them.
pub(super) fn all<'c, M: Model, S: Shape<M>, E: Executor<'c>>(
    parts: Parts,
    shape: S,
    db: E,
) -> BoxFuture<'c, Result<Vec<S::Item>>> {
    let (dialect, reads) = (db.dialect(), db.reads());
    let ahead = match reads {
        Reads::Ahead => shape.ahead(&parts, dialect),
        Reads::RowByRow => None,
    };
    let leasing = if is_complete(&ahead) { db.lease() } else { S::lease(db) };
    match ahead {
        Some(ahead) => all_ahead(ahead, parts, shape, leasing),
        None => all_by_rows(parts.rows(dialect, M::TABLE), shape, reads, leasing),
    }
}

/// Whether one statement reads all, which sees one state of the database by itself.
fn is_complete(ahead: &Option<Ahead>) -> bool {
    ahead.as_ref().is_some_and(|ahead| ahead.is_complete)
}

fn all_by_rows<'c, M: Model, S: Shape<M>>(
    statement: Result<Statement>,
    shape: S,
    reads: Reads,
    leasing: Leasing<'c>,
) -> BoxFuture<'c, Result<Vec<S::Item>>> {
    Box::pin(async move {
        let statement = statement?;
        let mut lease = leasing.await?;
        let items = read(statement, &shape, &mut Reader::new(lease.connection(), reads)).await?;
        lease.end().await?;
        Ok(items)
    })
}

fn all_ahead<'c, M: Model, S: Shape<M>>(
    ahead: Ahead,
    parts: Parts,
    shape: S,
    leasing: Leasing<'c>,
) -> BoxFuture<'c, Result<Vec<S::Item>>> {
    Box::pin(async move {
        let mut lease = leasing.await?;
        let items = match read_ahead(ahead, &shape, &mut |_| (), &mut lease.connection()).await {
            Err(error) if may_be_of_arrays(&error, lease.after_failure()) => {
                lease = lease.into_snapshot().await?;
                let statement = parts.rows(lease.dialect(), M::TABLE)?;
                read(statement, &shape, &mut Reader::new(lease.connection(), Reads::RowByRow)).await?
            }
            items => items?,
        };
        lease.end().await?;
        Ok(items)
    })
}

/// The rows of a statement, with what is loaded for them.
pub(super) async fn read<M: Model, S: Shape<M>>(
    statement: Statement,
    shape: &S,
    reader: &mut Reader<'_>,
) -> Result<Vec<S::Item>> {
    let rows = rows(statement, shape, reader).await?;
    shape.load(rows, reader).await
}

/// The rows of a statement, without what is loaded for them.
pub(super) async fn rows<M: Model, S: Shape<M>>(
    statement: Statement,
    shape: &S,
    reader: &mut Reader<'_>,
) -> Result<Vec<S::Row>> {
    let mut collected = Collected::new(|row: &Row| shape.read(row));
    reader.connection().each(statement, &mut |row| collected.add(&row)).await?;
    collected.rows
}

/// The rows of a query, with what is loaded for them, by one statement. The rows are shown before more is loaded.
pub(super) async fn read_ahead<M: Model, S: Shape<M>>(
    ahead: Ahead,
    shape: &S,
    show: &mut (dyn FnMut(&[S::Row]) + Send),
    connection: &mut Connection<'_>,
) -> Result<Vec<S::Item>> {
    let mut read = ahead.read(connection).await?;
    let rows = match read.beside() {
        Some(rows) => rows.iter().map(|row| shape.read(row)).collect::<Result<_>>()?,
        None => {
            let first = read.first().ok_or(sqlx::Error::RowNotFound)?;
            read_rows(first.into(), shape)?
        }
    };
    show(&rows);
    let mut reader = Reader::with(connection.reborrow(), read);
    let items = shape.load(rows, &mut reader).await?;
    reader.end().map(|()| items)
}

fn read_rows<M: Model, S: Shape<M>>(mut rows: Fetched, shape: &S) -> Result<Vec<S::Row>> {
    let mut read = Vec::with_capacity(rows.count());
    while let Some(row) = rows.next() {
        read.push(shape.read(row)?);
    }
    Ok(read)
}

/// The value of a statement that returns one.
pub(super) fn scalar<'c, T: Field>(statement: Result<Statement>, leasing: Leasing<'c>) -> BoxFuture<'c, Result<T>> {
    Box::pin(async move {
        let statement = statement?;
        value(statement, &mut leasing.await?.connection()).await
    })
}

pub(super) async fn value<T: Field>(statement: Statement, connection: &mut Connection<'_>) -> Result<T> {
    match connection.row(statement).await? {
        Some(row) => row.value(0).map_err(Mismatch::of_no_field),
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
pub(crate) fn load<'c, M: Model, L: Loader<M>, E: Executor<'c>>(
    rows: Vec<&'c M>,
    loader: L,
    db: E,
) -> BoxFuture<'c, Result<Vec<L::Output>>> {
    if rows.is_empty() {
        return ready(Vec::new());
    }
    let reads = db.reads();
    let ahead = match reads {
        Reads::Ahead => ahead_of(&loader, &rows, db.dialect()),
        Reads::RowByRow => None,
    };
    let leasing = if is_complete(&ahead) { db.lease() } else { db.snapshot() };
    Box::pin(async move {
        let mut lease = leasing.await?;
        let mut reader = Reader::new(lease.connection(), reads);
        let loaded = match ahead {
            None => loader.load(&rows, &mut reader).await?,
            Some(ahead) => match reader.load_ahead(ahead, &loader, &rows).await {
                Err(error) if may_be_of_arrays(&error, lease.after_failure()) => {
                    lease = lease.into_snapshot().await?;
                    loader.load(&rows, &mut Reader::new(lease.connection(), Reads::RowByRow)).await?
                }
                loaded => loaded?,
            },
        };
        lease.end().await?;
        Ok(loaded)
    })
}
