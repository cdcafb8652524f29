//! Streams of rows with what is loaded for them: chunk by chunk on one connection, so that memory stays bounded.

use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::reader::may_be_of_arrays;
use super::{Leasing, Parts, Reader, Rows, Shape, run};
use crate::Model;
use crate::backend::Lease;
use crate::error::{Error, Result};
use crate::executor::{Executor, Reads};

/// How many rows are read at a time. A chunk costs one statement for each relation; beyond a thousand rows, that no longer shows.
const CHUNK: u64 = 1000;

/// The rows that are still to be read.
struct Chunks<'c, M, S> {
    leasing: Option<Leasing<'c>>,
    lease: Option<Lease<'c>>,
    reads: Reads,
    parts: Parts,
    is_keyset: bool,
    shape: S,
    model: PhantomData<fn() -> M>,
}

pub(super) fn stream<'c, M, S, E>(mut parts: Parts, shape: S, db: E) -> Rows<'c, S::Item>
where
    M: Model,
    S: Shape<M, Row = M>,
    E: Executor<'c>,
{
    let is_keyset =
        parts.source.is_none() && parts.order.iter().all(|term| term.node.own_column(M::TABLE.name).is_some());
    if !parts.is_in_raw_order() {
        parts.order = parts.total_order(M::TABLE);
    }
    let (reads, leasing) = (db.reads(), Some(S::lease(db)));
    let chunks = Chunks { leasing, lease: None, reads, parts, is_keyset, shape, model: PhantomData };
    let chunks = stream::try_unfold(chunks, |mut chunks| async move {
        let items = chunks.next().await?;
        Ok::<_, Error>(items.map(|items| (stream::iter(items).map(Ok), chunks)))
    });
    Rows(chunks.try_flatten().boxed())
}

impl<M: Model, S: Shape<M, Row = M>> Chunks<'_, M, S> {
    async fn next(&mut self) -> Result<Option<Vec<S::Item>>> {
        if let Some(leasing) = self.leasing.take() {
            self.lease = Some(leasing.await?);
        }
        let Some(mut lease) = self.lease.take() else { return Ok(None) };
        let size = self.parts.limit.map_or(CHUNK, |limit| limit.min(CHUNK));
        let chunk = Parts { limit: Some(size), ..self.parts.clone() };
        let items = self.read(&chunk, &mut lease).await?;
        match (items.len() as u64) < CHUNK {
            true => lease.end().await?,
            false => self.lease = Some(lease),
        }
        Ok(Some(items))
    }

    async fn read(&mut self, chunk: &Parts, lease: &mut Lease<'_>) -> Result<Vec<S::Item>> {
        let before = (self.parts.limit, self.parts.offset);
        if self.reads == Reads::Ahead
            && let Some(ahead) = self.shape.ahead(chunk, lease.dialect())
        {
            let shape = self.shape.clone();
            let show = &mut |rows: &[M]| self.advance(rows);
            match run::read_ahead(ahead, &shape, show, &mut lease.connection()).await {
                Err(error) if may_be_of_arrays(&error, lease.after_failure()) => self.reads = Reads::RowByRow,
                items => return items,
            }
        }
        (self.parts.limit, self.parts.offset) = before;
        let statement = chunk.rows(lease.dialect(), M::TABLE)?;
        let mut reader = Reader::new(lease.connection(), self.reads);
        let rows = run::rows(statement, &self.shape, &mut reader).await?;
        self.advance(&rows);
        match rows.is_empty() {
            true => Ok(Vec::new()),
            false => self.shape.load(rows, &mut reader).await,
        }
    }

    /// Leaves out the rows that are read.
    fn advance(&mut self, rows: &[M]) {
        let last = rows.last().filter(|_| self.is_keyset).map(values);
        self.parts.leave_out(rows.len() as u64, last);
    }
}

/// The columns of a row, as values that outlive it.
pub(super) fn values<M: Model>(row: &M) -> Arc<[Box<dyn crate::backend::Value>]> {
    row.arguments().into_iter().map(|value| value.boxed()).collect()
}
