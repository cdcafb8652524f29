//! What a call reads by: its connection, and what one statement has read ahead on it.

use super::ahead::{Ahead, ReadAhead, ReadRows, Start};
use super::shape::Loader;
use crate::Model;
use crate::backend::{AfterFailure, ColumnRow, Connection, Dialect, Field, Row, Statement};
use crate::error::{Error, Result};
use crate::executor::Reads;

/// Reads what relations lead to.
pub struct Reader<'c> {
    connection: Connection<'c>,
    reads: Reads,
    ahead: Option<ReadRows>,
}

/// Rows that were read, one at a time.
pub(crate) enum Fetched {
    /// As the database returned them, from the position of the next one on.
    Rows(Vec<Row>, usize),
    /// The row before the next one.
    Columns(Row),
}

impl From<ColumnRow> for Fetched {
    fn from(row: ColumnRow) -> Self {
        Self::Columns(Row::Columns(row))
    }
}

impl Fetched {
    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Rows(rows, _) => rows.len(),
            Self::Columns(Row::Columns(row)) => row.count(),
            Self::Columns(_) => 0,
        }
    }

    pub(crate) fn next(&mut self) -> Option<&Row> {
        match self {
            Self::Rows(rows, next) => {
                *next += 1;
                rows.get(*next - 1)
            }
            Self::Columns(row) => {
                let is_row = match row {
                    Row::Columns(columns) => columns.advance(),
                    _ => false,
                };
                is_row.then_some(&*row)
            }
        }
    }
}

impl<'c> Reader<'c> {
    pub(crate) fn new(connection: Connection<'c>, reads: Reads) -> Self {
        Self { connection, reads, ahead: None }
    }

    pub(super) fn with(connection: Connection<'c>, ahead: ReadRows) -> Self {
        Self { connection, reads: Reads::Ahead, ahead: Some(ahead) }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.connection.dialect()
    }

    pub(crate) fn connection(&mut self) -> &mut Connection<'c> {
        &mut self.connection
    }

    /// The rows of the next relation, if they have been read ahead. Asked once by each relation, in the order in which they are loaded.
    pub(crate) fn next(&mut self) -> Option<ColumnRow> {
        self.ahead.as_mut()?.next()
    }

    /// Whether it has been read ahead, too, what relations lead on to that have been.
    pub(crate) fn leads_on(&self) -> bool {
        self.ahead.as_ref().is_some_and(|ahead| ahead.leads_on)
    }

    /// The next aggregate for each source, if it has been read beside them. Asked as [`next`](Self::next) is.
    pub(crate) fn values<T: Field + Default>(&mut self) -> Option<Result<Vec<T>>> {
        self.ahead.as_mut()?.values()
    }

    /// The rows that have been read ahead, or those of statements.
    pub(crate) async fn fetch(
        &mut self,
        ahead: Option<ColumnRow>,
        statements: Result<Vec<Statement>>,
    ) -> Result<Fetched> {
        if let Some(row) = ahead {
            return Ok(row.into());
        }
        let mut rows = Vec::new();
        for statement in statements? {
            let more = self.connection.rows(statement).await?;
            if rows.is_empty() { rows = more } else { rows.extend(more) }
        }
        Ok(Fetched::Rows(rows, 0))
    }

    /// For what a relation leads on to that was not read ahead.
    pub(crate) fn apart(&mut self) -> Reader<'_> {
        Reader { connection: self.connection.reborrow(), reads: self.reads, ahead: None }
    }

    /// What relations lead to from rows at hand, read ahead where that is possible and has not been done.
    pub(super) async fn load<M: Model, T: Send + 'static>(
        &mut self,
        loader: &dyn Loader<M, Output = T>,
        sources: &[&M],
    ) -> Result<Vec<T>> {
        if self.ahead.is_none()
            && self.reads == Reads::Ahead
            && let Some(ahead) = ahead_of(loader, sources, self.dialect())
        {
            match self.load_ahead(ahead, loader, sources).await {
                Err(error) if may_be_of_arrays(&error, self.connection.after_failure()) => self.reads = Reads::RowByRow,
                loaded => return loaded,
            }
        }
        loader.load(sources, self).await
    }

    pub(super) async fn load_ahead<M: Model, T: Send + 'static>(
        &mut self,
        ahead: Ahead,
        loader: &dyn Loader<M, Output = T>,
        sources: &[&M],
    ) -> Result<Vec<T>> {
        let mut connection = self.connection.reborrow();
        let read = ahead.read(&mut connection).await?;
        let mut reader = Reader::with(connection, read);
        let loaded = loader.load(sources, &mut reader).await?;
        reader.end().map(|()| loaded)
    }

    /// Fails where something was read ahead that nothing has asked for.
    pub(super) fn end(&self) -> Result<()> {
        self.ahead.as_ref().map_or(Ok(()), ReadRows::end)
    }
}

/// What is read ahead for the relations of rows at hand, if anything is.
pub(super) fn ahead_of<M: Model, T: Send + 'static>(
    loader: &dyn Loader<M, Output = T>,
    sources: &[&M],
    dialect: Dialect,
) -> Option<Ahead> {
    let count = sources.len() as u64;
    if loader.is_one() && ReadAhead::is_little(dialect, count) {
        return None;
    }
    let mut ahead = ReadAhead::of_rows(dialect, M::TABLE.model, count)?;
    loader.read_ahead(Start::Rows(sources), &mut ahead);
    ahead.finish()
}

/// Whether reading row by row may succeed after this, or fail in a way that tells more: what rows say is what counts.
pub(crate) fn may_be_of_arrays(error: &Error, after: AfterFailure) -> bool {
    use Error::{ConnectionLost, Deadlock, LockTimeout, SerializationFailure, TransactionLost};
    match error {
        ConnectionLost(_) | TransactionLost(_) | LockTimeout(_) | SerializationFailure(_) | Deadlock(_) => false,
        error => after == AfterFailure::GoesOn || !error.is_of_statement(),
    }
}
