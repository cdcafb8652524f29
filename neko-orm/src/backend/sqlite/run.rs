//! Running statements, and what their failures mean.

use futures_util::StreamExt;
use sqlx::{Executor as _, Sqlite, SqliteConnection};

use super::transaction;
use crate::backend::{Row, RowStream, Statement};
use crate::error::{Error, Result, Sent, StatementError};

pub(crate) async fn execute(connection: &mut SqliteConnection, statement: Statement) -> Result<u64> {
    let sent = statement.sent.clone();
    match connection.execute(query(statement)).await {
        Ok(result) => Ok(result.rows_affected()),
        Err(error) => Err(failure(connection, sent, error).await),
    }
}

pub(crate) async fn rows(connection: &mut SqliteConnection, statement: Statement) -> Result<Vec<Row>> {
    let sent = statement.sent.clone();
    // Not row by row: decoding between two receives costs a tenth of a large read.
    match connection.fetch_all(query(statement)).await {
        Ok(rows) => Ok(rows.into_iter().map(Row::Sqlite).collect()),
        Err(error) => Err(failure(connection, sent, error).await),
    }
}

pub(crate) fn stream<'c, E>(executor: E, statement: Statement) -> RowStream<'c>
where
    E: sqlx::Executor<'c, Database = Sqlite>,
{
    let sent = statement.sent.clone();
    let mut rows = executor.fetch(query(statement));
    let mut unsent = Some(sent.clone());
    futures_util::stream::poll_fn(move |context| {
        if let Some(sent) = unsent.take() {
            crate::backend::statement::log(&sent.sql);
        }
        rows.poll_next_unpin(context).map_ok(Row::Sqlite).map_err(|error| sorted(sent.clone(), error))
    })
    .boxed()
}

fn query(statement: Statement) -> sqlx::query::Query<'static, Sqlite, sqlx::sqlite::SqliteArguments> {
    let sql = statement.sql();
    let crate::backend::Arguments::Sqlite(arguments) = statement.arguments;
    sqlx::query_with(sql, *arguments).persistent(statement.persistent)
}

/// What has gone wrong, and with it the transaction if the database has ended it.
async fn failure(connection: &mut SqliteConnection, sent: Sent, error: sqlx::Error) -> Error {
    if transaction::restore(connection).await {
        return Error::TransactionLost(StatementError::new(sent, error));
    }
    sorted(sent, error)
}

/// SQLite reports `ON DELETE RESTRICT` as a failed trigger.
fn sorted(sent: Sent, error: sqlx::Error) -> Error {
    const TRIGGER: &str = "1811";
    let is_restricted = error.as_database_error().is_some_and(|error| {
        error.code().as_deref() == Some(TRIGGER) && error.message() == "FOREIGN KEY constraint failed"
    });
    if is_restricted {
        return Error::ForeignKeyViolation(StatementError::new(sent, error));
    }
    Error::from_statement(sent, error)
}
