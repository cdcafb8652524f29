//! Sending the statements that insert rows, and taking what comes back of these.

use super::along;
use super::read_back::ReadBack;
use super::statements::{Insertion, Rows};
use crate::backend::{Connection, Row, Written};
use crate::column::Table;
use crate::error::Result;
use crate::query::{self, Fetched};

/// How statements that insert have run.
pub(super) enum Ran {
    Done,
    /// Rows that were read along are not what was inserted, and none is inserted.
    Undone,
}

type Add<'a> = dyn FnMut(Fetched, Option<ReadBack>) -> Result<()> + Send + 'a;

/// Inserts rows and hands them over. Not generic over the model: it is compiled once.
pub(super) async fn run_all(
    mut insertions: Vec<Insertion>,
    table: &'static Table,
    connection: &mut Connection<'_>,
    add: &mut Add<'_>,
) -> Result<Ran> {
    let read_along = insertions.iter().any(|insertion| matches!(insertion.rows, Rows::Along(_)));
    if let Some(first) = insertions.first_mut().filter(|_| read_along) {
        first.statement.run_after(along::SAVEPOINT);
    }
    for insertion in insertions {
        let added = run(insertion, table, connection).await.and_then(|(rows, read_back)| add(rows, read_back));
        match added {
            Err(error) if read_along && query::may_be_of_arrays(&error, connection.after_failure()) => {
                connection.execute(along::undo(connection.dialect(), table)?).await?;
                return Ok(Ran::Undone);
            }
            added => added?,
        }
    }
    Ok(Ran::Done)
}

/// Inserts and returns rows.
pub(super) async fn run(
    insertion: Insertion,
    table: &'static Table,
    connection: &mut Connection<'_>,
) -> Result<(Fetched, Option<ReadBack>)> {
    let returned = match insertion.rows {
        Rows::Nothing | Rows::Returned(_) => connection.rows(insertion.statement).await?,
        Rows::Along(along) => return Ok((along.read(&connection.rows(insertion.statement).await?)?, None)),
        Rows::ReadBack(read_back) => {
            let written = connection.execute(insertion.statement).await?;
            let rows = read(&read_back, written, table, connection).await?;
            return Ok((Fetched::Rows(rows, 0), Some(read_back)));
        }
    };
    Ok((Fetched::Rows(returned, 0), None))
}

/// The rows that a statement has inserted, where it did not return them.
async fn read(
    read_back: &ReadBack,
    written: Written,
    table: &'static Table,
    connection: &mut Connection<'_>,
) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for statement in read_back.statements(written, connection.dialect(), table)? {
        rows.extend(connection.rows(statement).await?);
    }
    Ok(rows)
}
