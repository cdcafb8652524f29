//! All rows of a table, in the order of the key that the database numbers: chunk by chunk, where arrays of some rows come sooner than the rows.
//!
//! Only where nothing narrows the rows: each chunk is found by the key, and a database might look for those that meet a condition again for each.

use futures_core::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt, stream};

use super::ahead::{Ahead, FEW};
use super::reader::may_be_of_arrays;
use super::{Fetched, Parts, Rows, chunks};
use crate::Model;
use crate::backend::{ArrayForm, Dialect, Lease, Reading, Statement};
use crate::column::Table;
use crate::error::{Error, Result};
use crate::executor::{Executor, Reads, Streaming};
use crate::sql::Sql;

/// The first chunk has so many rows: somebody waits for the first of them.
const FIRST: u64 = 100;

/// Beyond, what a chunk costs no longer shows.
const MOST: usize = 1000;

/// About so long are the arrays of a chunk of long rows.
const BYTES: usize = 1 << 18;

/// The rows that are still to be read.
struct Sweep<'c> {
    reading: Option<Reading<'c>>,
    /// What the first statement must begin with.
    begin: Option<&'static str>,
    reads: Reads,
    parts: Parts,
    size: u64,
}

impl Sweep<'_> {
    /// The next rows: those before a failure of the statement, and that as the last.
    async fn next<M: Model>(&mut self) -> Result<Option<Vec<Result<M>>>> {
        let Some(mut reading) = self.reading.take() else { return Ok(None) };
        let size = self.parts.limit.map_or(self.size, |limit| limit.min(self.size));
        let chunk = Parts { limit: Some(size), ..self.parts.clone() };
        let rows = match self.read_ahead(&chunk, &mut reading).await? {
            Some(rows) => rows,
            None => self.read_rows(&chunk, &mut reading).await?,
        };
        let last = rows.last().and_then(|row| row.as_ref().ok()).map(chunks::values);
        self.parts.leave_out(rows.len() as u64, last);
        if rows.len() as u64 == size && self.parts.limit != Some(0) {
            self.reading = Some(reading);
        }
        Ok(Some(rows))
    }

    /// The rows by arrays; `None` where what rows say counts.
    async fn read_ahead<M: Model>(
        &mut self,
        chunk: &Parts,
        reading: &mut Reading<'_>,
    ) -> Result<Option<Vec<Result<M>>>> {
        if self.reads == Reads::RowByRow {
            return Ok(None);
        }
        let Some(ahead) = Ahead::of_rows(chunk, reading.dialect(), M::TABLE, M::TABLE.columns) else { return Ok(None) };
        let arrays = match ahead.beginning_with(self.begin.take()).read(&mut reading.connection()).await {
            Ok(mut read) => read.first(),
            Err(error) if may_be_of_arrays(&error, reading.after_failure()) => None,
            Err(error) => return Err(error),
        };
        let Some(arrays) = arrays else { return Ok(None) };
        let bytes = arrays.bytes();
        let mut fetched = Fetched::from(arrays);
        let mut rows = Vec::with_capacity(fetched.count());
        while let Some(row) = fetched.next() {
            match M::from_row(row, 0) {
                Ok(row) => rows.push(Ok(row)),
                Err(_) => return Ok(None),
            }
        }
        self.size = (rows.len() * BYTES / bytes.max(1)).clamp(FEW as usize + 1, MOST) as u64;
        Ok(Some(rows))
    }

    /// The rows one by one, each with its own error. Nothing follows a statement that fails.
    async fn read_rows<M: Model>(&mut self, chunk: &Parts, reading: &mut Reading<'_>) -> Result<Vec<Result<M>>> {
        (self.reads, self.size) = (Reads::RowByRow, FIRST);
        let statement = chunk.rows(reading.dialect(), M::TABLE)?;
        let mut rows = Vec::new();
        if let Err(error) = reading.connection().each(statement, &mut |row| rows.push(M::from_row(&row, 0))).await {
            rows.push(Err(error));
            self.parts.limit = Some(0);
        }
        Ok(rows)
    }
}

/// Whether the rows of a query are read like this.
pub(super) fn is_one(parts: &Parts, dialect: Dialect, reads: Reads, table: &'static Table) -> bool {
    let is_json = dialect.spelling().column_array.is_some_and(|array| array.form == ArrayForm::Json);
    is_json && reads == Reads::Ahead && table.is_exact_in(ArrayForm::Json) && parts.is_every_row_by_number(table)
}

impl Parts {
    /// Whether these are all rows of the table, or more of the first than a chunk has, in the order of a key that the database numbers.
    fn is_every_row_by_number(&self, table: &Table) -> bool {
        let Some(key) = table.numbered_key().and_then(|key| table.columns.get(key)) else { return false };
        let is_by_key = match &self.order[..] {
            [] => true,
            [term] => term.node.own_column(table.name) == Some(key.name),
            _ => false,
        };
        let is_many = self.limit.is_none_or(|limit| limit > FIRST);
        is_by_key && is_many && self.starts_with_the_first() && self.has_keys()
    }
}

/// The rows of a query; by one statement where the table is another than its model says.
pub(super) fn stream<'c, M: Model, E: Executor<'c>>(parts: Parts, db: E) -> Rows<'c, M> {
    let statements =
        parts.rows(db.dialect(), M::TABLE).and_then(|rows| Ok((is_numbered(db.dialect(), M::TABLE)?, rows)));
    let (is_numbered, rows) = match statements {
        Ok(statements) => statements,
        Err(error) => return Rows::failed(error),
    };
    let streaming = stream::once(db.stream_or_lease(is_numbered, rows)).map_ok(move |streaming| match streaming {
        Streaming::Rows(rows) => rows.map(|row| M::from_row(&row?, 0)).boxed(),
        Streaming::Lease(lease) => swept(parts.clone(), lease),
    });
    Rows(streaming.try_flatten().boxed())
}

fn swept<M: Model>(mut parts: Parts, lease: Lease<'_>) -> BoxStream<'_, Result<M>> {
    parts.order = parts.total_order(M::TABLE);
    let (reading, begin) = Reading::begin_with_next(lease);
    let sweep = Sweep { reading: Some(reading), begin, reads: Reads::Ahead, parts, size: FIRST };
    let chunks = stream::try_unfold(sweep, |mut sweep| async move {
        let rows = sweep.next::<M>().await?;
        Ok::<_, Error>(rows.map(|rows| (stream::iter(rows), sweep)))
    });
    chunks.try_flatten().boxed()
}

/// Returns a row where the key is one by which SQLite finds a row at once. A view has none, and might be computed for each chunk.
fn is_numbered(dialect: Dialect, table: &'static Table) -> Result<Statement> {
    let mut sql = Sql::new(dialect, table.model);
    let key = table.key_names().next().unwrap_or_default();
    sql.push("SELECT COUNT(*) FROM pragma_table_info(").bind(&table.name.to_owned());
    sql.push(") AS \"key\" WHERE \"key\".\"pk\" > 0 HAVING COUNT(*) = 1 AND MIN(\"key\".\"name\") = ")
        .bind(&key.to_owned());
    sql.push(" COLLATE NOCASE AND MIN(\"key\".\"type\") = 'INTEGER' COLLATE NOCASE");
    sql.finish()
}
