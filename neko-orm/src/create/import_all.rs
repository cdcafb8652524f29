//! Inserting any number of rows that do not come back.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use futures_core::future::BoxFuture;
use futures_util::future::join;

use super::statements::{Back, Insertion};
use super::{Builder, NewRow, insert_rows, insertions, not_inserted};
use crate::Model;
use crate::backend::{Connection, Dialect};
use crate::column::Table;
use crate::error::Result;
use crate::executor::Executor;
use crate::query;

/// Inserts all rows, or none, as they come, and returns how many.
pub(super) fn rows<'c, B, E>(rows: impl Iterator<Item = B> + Send + 'c, db: E) -> BoxFuture<'c, Result<u64>>
where
    B: Builder + Send + 'static,
    E: Executor<'c>,
{
    let (dialect, mut rows) = (db.dialect(), rows.fuse());
    let Some(first) = Batch::next(&mut rows, dialect).transpose() else { return query::ready(0) };
    let lease = db.lease();
    Box::pin(async move {
        let (mut first, mut lease) = (first?, lease.await?);
        if first.is_only(dialect)
            && let Some(only) = first.insertions.pop()
        {
            let written = lease.execute_atomic(only.statement, first.count).await?;
            return all_of(first.count, written.rows, B::Model::TABLE);
        }
        let mut transaction = lease.begin().await?;
        let mut connection = transaction.connection();
        let (mut given, mut inserted, mut batch) = (0, 0, Some(first));
        while let Some(Batch { insertions, count }) = batch {
            // The next rows are prepared while the database inserts these. A panic goes on once it has: before, nothing could be taken back.
            let next = async { catch_unwind(AssertUnwindSafe(|| Batch::next(&mut rows, dialect))) };
            let (written, next) = join(write(insertions, &mut connection), next).await;
            let next = next.unwrap_or_else(|panic| resume_unwind(panic));
            given += count;
            inserted = all_of(given, inserted + written?, B::Model::TABLE)?;
            batch = next?;
        }
        transaction.commit().await?;
        Ok(inserted)
    })
}

/// Rows that are inserted at a time.
struct Batch {
    insertions: Vec<Insertion>,
    count: u64,
}

impl Batch {
    /// Of the next rows, if there are more.
    fn next<B: Builder>(rows: &mut impl Iterator<Item = B>, dialect: Dialect) -> Result<Option<Self>> {
        let most = dialect.spelling().import_rows;
        let mut values = Vec::with_capacity(rows.size_hint().0.min(most));
        for row in rows.take(most) {
            values.push(row.into_values());
        }
        if values.is_empty() {
            return Ok(None);
        }
        let insertions = insertions::<B::Model>(dialect, &values, Back::Nothing)?;
        Ok(Some(Self { insertions, count: values.len() as u64 }))
    }

    /// Whether one statement inserts all rows that there are.
    fn is_only(&self, dialect: Dialect) -> bool {
        self.insertions.len() == 1 && self.count < dialect.spelling().import_rows as u64
    }
}

/// As [`rows`], for rows with those of their relations: these refer to them, so that they must come back, but not further.
pub(super) fn graphs<'c, N, E>(rows: impl Iterator<Item = N> + Send + 'c, db: E) -> BoxFuture<'c, Result<u64>>
where
    N: NewRow,
    E: Executor<'c>,
{
    let (most, mut rows) = (db.dialect().spelling().import_rows, rows.fuse());
    let mut batch: Vec<_> = rows.by_ref().take(most).collect();
    if batch.is_empty() {
        return query::ready(0);
    }
    let lease = db.lease();
    Box::pin(async move {
        let mut lease = lease.await?;
        let (mut transaction, mut begin) = lease.begin_with_next().await?;
        let mut inserted = 0;
        while !batch.is_empty() {
            inserted += N::import_at(batch, First(begin.take()), &mut transaction.connection()).await?;
            batch = rows.by_ref().take(most).collect();
        }
        transaction.commit().await?;
        Ok(inserted)
    })
}

/// Where new rows of `M` belong: to sources that are stored already, or to none.
pub trait Place<M: Model>: Send {
    /// Inserts rows, which come back.
    #[doc(hidden)]
    fn insert<'l>(self, rows: Vec<M::Values>, connection: &'l mut Connection<'_>) -> BoxFuture<'l, Result<Vec<M>>>
    where
        Self: 'l;

    /// Inserts rows and returns how many.
    #[doc(hidden)]
    fn import<'l>(self, rows: Vec<M::Values>, connection: &'l mut Connection<'_>) -> BoxFuture<'l, Result<u64>>
    where
        Self: 'l;
}

/// The first rows of graphs, with what begins their transaction.
struct First(Option<&'static str>);

impl<M: Model> Place<M> for First {
    fn insert<'l>(self, rows: Vec<M::Values>, connection: &'l mut Connection<'_>) -> BoxFuture<'l, Result<Vec<M>>>
    where
        Self: 'l,
    {
        insert_rows(rows, self.0, connection)
    }

    fn import<'l>(self, rows: Vec<M::Values>, connection: &'l mut Connection<'_>) -> BoxFuture<'l, Result<u64>>
    where
        Self: 'l,
    {
        import_rows::<M>(rows, self.0, connection)
    }
}

/// Inserts rows that do not come back, on a connection that is in a transaction, or will be once the first statement has begun it.
pub(crate) fn import_rows<'l, M: Model>(
    rows: Vec<M::Values>,
    begin: Option<&'static str>,
    connection: &'l mut Connection<'_>,
) -> BoxFuture<'l, Result<u64>> {
    let insertions = insertions::<M>(connection.dialect(), &rows, Back::Nothing);
    Box::pin(async move {
        let mut insertions = insertions?;
        if let Some(first) = insertions.first_mut() {
            first.statement.begin = begin;
        }
        let inserted = write(insertions, connection).await?;
        all_of(rows.len() as u64, inserted, M::TABLE)
    })
}

/// How many rows were inserted, if none of those that were given was left out.
fn all_of(given: u64, inserted: u64, table: &'static Table) -> Result<u64> {
    match inserted >= given {
        true => Ok(inserted),
        false => Err(not_inserted(table, given as usize, inserted as usize)),
    }
}

/// Inserts rows and returns how many. Not generic over the model: it is compiled once.
async fn write(insertions: Vec<Insertion>, connection: &mut Connection<'_>) -> Result<u64> {
    let mut written = 0;
    for insertion in insertions {
        written += connection.execute(insertion.statement).await?.rows;
    }
    Ok(written)
}
