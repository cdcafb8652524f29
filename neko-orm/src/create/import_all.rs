//! Inserting any number of rows that do not come back.

use futures_core::future::BoxFuture;

use super::nested::{ModelOf, ValuesOf};
use super::statements::{Back, Insertion};
use super::{NewRow, insertions, not_inserted};
use crate::Model;
use crate::backend::Connection;
use crate::column::Table;
use crate::error::Result;
use crate::executor::Executor;
use crate::query;

/// How many rows are taken at a time: more are no faster.
const BATCH: usize = 4096;

/// Inserts all rows, or none, as they come, and returns how many.
pub(crate) fn import_all<'c, N, E>(
    rows: impl IntoIterator<Item = N, IntoIter: Send + 'c>,
    db: E,
) -> BoxFuture<'c, Result<u64>>
where
    N: NewRow<Nested = ()>,
    E: Executor<'c>,
{
    let mut rows = rows.into_iter().fuse();
    let mut batch = next::<N>(&mut rows);
    if batch.is_empty() {
        return query::ready(0);
    }
    let lease = db.lease();
    Box::pin(async move {
        let mut lease = lease.await?;
        if batch.len() < BATCH {
            let mut insertions = insertions::<ModelOf<N>>(lease.dialect(), &batch, Back::Nothing)?;
            if let (1, Some(only)) = (insertions.len(), insertions.pop()) {
                let written = lease.execute_atomic(only.statement, batch.len() as u64).await?;
                return all_of(batch.len() as u64, written.rows, ModelOf::<N>::TABLE);
            }
        }
        let mut transaction = lease.begin().await?;
        let (mut given, mut inserted) = (0, 0);
        while !batch.is_empty() {
            let mut connection = transaction.connection();
            let insertions = insertions::<ModelOf<N>>(connection.dialect(), &batch, Back::Nothing)?;
            given += batch.len() as u64;
            inserted += write(insertions, &mut connection).await?;
            all_of(given, inserted, ModelOf::<N>::TABLE)?;
            batch = next::<N>(&mut rows);
        }
        transaction.commit().await?;
        Ok(inserted)
    })
}

/// How many rows were inserted, if none of those that were given was left out.
fn all_of(given: u64, inserted: u64, table: &'static Table) -> Result<u64> {
    match inserted >= given {
        true => Ok(inserted),
        false => Err(not_inserted(table, given as usize, inserted as usize)),
    }
}

fn next<N: NewRow<Nested = ()>>(rows: &mut impl Iterator<Item = N>) -> Vec<ValuesOf<N>> {
    let mut batch = Vec::with_capacity(rows.size_hint().0.min(BATCH));
    for row in rows.take(BATCH) {
        batch.push(row.into_parts().0);
    }
    batch
}

/// Inserts rows and returns how many. Not generic over the model: it is compiled once.
async fn write(insertions: Vec<Insertion>, connection: &mut Connection<'_>) -> Result<u64> {
    let mut written = 0;
    for insertion in insertions {
        written += connection.execute(insertion.statement).await?.rows;
    }
    Ok(written)
}
