//! Rows for which nothing is loaded.

use futures_core::future::BoxFuture;

use super::ahead::{Ahead, ReadRows};
use super::reader::may_be_of_arrays;
use super::{Fetched, Leasing, Parts};
use crate::backend::{Dialect, Row, Statement};
use crate::column::{Facts, Table};
use crate::error::Result;
use crate::executor::Reads;

/// A `SELECT` for whose rows nothing is loaded.
pub(super) enum Alone {
    /// None: no row can match.
    Nothing,
    /// Its rows one by one.
    Rows(Result<Statement>),
    /// The only row that it returns.
    One(Result<Statement>),
    /// Each column of them as one value, and what to read them from one by one where that fails.
    Ahead(Ahead, Box<Parts>, &'static Table),
}

impl Alone {
    /// These columns of the rows of a query.
    pub(super) fn of_query(
        parts: Option<Parts>,
        (dialect, reads): (Dialect, Reads),
        table: &'static Table,
        columns: &[Facts],
    ) -> Self {
        let Some(parts) = parts else { return Self::Nothing };
        let ahead = match reads {
            Reads::Ahead => Ahead::of_rows(&parts, dialect, table, columns),
            Reads::RowByRow => None,
        };
        match ahead {
            Some(ahead) => Self::Ahead(ahead, Box::new(parts), table),
            None if parts.limit == Some(1) => Self::One(parts.rows(dialect, table)),
            None => Self::Rows(parts.rows(dialect, table)),
        }
    }
}

/// The rows of a statement, for which nothing is loaded.
pub(super) fn alone<'c, T: Send + 'c>(
    select: Alone,
    read: impl Fn(&Row) -> Result<T> + Send + Sync + 'c,
    leasing: Leasing<'c>,
) -> BoxFuture<'c, Result<Vec<T>>> {
    Box::pin(async move {
        let mut collected = Collected::new(read);
        collect(select, leasing, &mut collected).await?;
        collected.rows
    })
}

/// Rows as they are read.
pub(super) struct Collected<T, F> {
    pub(super) rows: Result<Vec<T>>,
    read: F,
}

impl<T, F> Collected<T, F> {
    pub(super) fn new(read: F) -> Self {
        Self { rows: Ok(Vec::new()), read }
    }
}

/// What rows are read into.
pub(super) trait Collect: Send {
    /// Starts with no row, and with room for so many.
    fn start(&mut self, count: usize);

    /// Adds a row to those before it. A statement is run to its end even if a row cannot be read: its own failure comes first.
    fn add(&mut self, row: &Row);

    /// Whether all rows could be read.
    fn is_complete(&self) -> bool;
}

impl<T: Send, F: Fn(&Row) -> Result<T> + Send> Collect for Collected<T, F> {
    fn start(&mut self, count: usize) {
        self.rows = Ok(Vec::with_capacity(count));
    }

    fn add(&mut self, row: &Row) {
        if let Ok(rows) = &mut self.rows {
            match (self.read)(row) {
                Ok(row) => rows.push(row),
                Err(error) => self.rows = Err(error),
            }
        }
    }

    fn is_complete(&self) -> bool {
        self.rows.is_ok()
    }
}

// Not generic: compiled once.
async fn collect(select: Alone, leasing: Leasing<'_>, rows: &mut dyn Collect) -> Result<()> {
    let (statement, mut lease) = match select {
        Alone::Nothing => return Ok(()),
        Alone::Rows(statement) => (statement?, leasing.await?),
        Alone::One(statement) => {
            let statement = statement?;
            let row = leasing.await?.connection().row(statement).await?;
            row.iter().for_each(|row| rows.add(row));
            return Ok(());
        }
        Alone::Ahead(ahead, parts, table) => {
            let mut lease = leasing.await?;
            let is_read = match ahead.read(&mut lease.connection()).await {
                Ok(read) => collect_ahead(read, rows),
                Err(error) if may_be_of_arrays(&error, lease.after_failure()) => false,
                Err(error) => return Err(error),
            };
            if is_read {
                return Ok(());
            }
            (parts.rows(lease.dialect(), table)?, lease)
        }
    };
    rows.start(0);
    lease.connection().each(statement, &mut |row| rows.add(&row)).await
}

fn collect_ahead(mut read: ReadRows, rows: &mut dyn Collect) -> bool {
    let Some(first) = read.first() else { return false };
    let mut fetched = Fetched::from(first);
    rows.start(fetched.count());
    while let Some(row) = fetched.next().filter(|_| rows.is_complete()) {
        rows.add(row);
    }
    rows.is_complete()
}
