//! Inserting any number of rows that do not come back.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use futures_core::future::BoxFuture;
use futures_util::future::join;

use super::nested::{ModelOf, ValuesOf};
use super::statements::{Back, Insertion};
use super::{NewRow, insertions, not_inserted};
use crate::Model;
use crate::backend::{Connection, Dialect};
use crate::column::Table;
use crate::error::Result;
use crate::executor::Executor;
use crate::query;

/// Inserts all rows, or none, as they come, and returns how many.
pub(crate) fn import_all<'c, N, E>(
    rows: impl IntoIterator<Item = N, IntoIter: Send + 'c>,
    db: E,
) -> BoxFuture<'c, Result<u64>>
where
    N: NewRow<Nested = ()>,
    E: Executor<'c>,
{
    let (dialect, mut rows) = (db.dialect(), rows.into_iter().fuse());
    let Some(first) = Batch::next(&mut rows, dialect).transpose() else { return query::ready(0) };
    let lease = db.lease();
    Box::pin(async move {
        let (mut first, mut lease) = (first?, lease.await?);
        if first.is_only(dialect)
            && let Some(only) = first.insertions.pop()
        {
            let written = lease.execute_atomic(only.statement, first.count).await?;
            return all_of(first.count, written.rows, ModelOf::<N>::TABLE);
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
            inserted = all_of(given, inserted + written?, ModelOf::<N>::TABLE)?;
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
    fn next<N: NewRow<Nested = ()>>(rows: &mut impl Iterator<Item = N>, dialect: Dialect) -> Result<Option<Self>> {
        let most = dialect.spelling().import_rows;
        let mut values: Vec<ValuesOf<N>> = Vec::with_capacity(rows.size_hint().0.min(most));
        for row in rows.take(most) {
            values.push(row.into_parts().0);
        }
        if values.is_empty() {
            return Ok(None);
        }
        let insertions = insertions::<ModelOf<N>>(dialect, &values, Back::Nothing)?;
        Ok(Some(Self { insertions, count: values.len() as u64 }))
    }

    /// Whether one statement inserts all rows that there are.
    fn is_only(&self, dialect: Dialect) -> bool {
        self.insertions.len() == 1 && self.count < dialect.spelling().import_rows as u64
    }
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
