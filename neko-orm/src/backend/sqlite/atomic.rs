//! A statement in a savepoint of its own, as one message to the connection's thread: each answer that is waited for costs more than a point read.

use futures_util::TryStreamExt;
use sqlx::{Either, Executor as _, Sqlite, SqliteConnection};

use super::transaction::{RELEASE, SET, Savepoint, not_committed};
use crate::backend::run::{Driver, Written, query};
use crate::backend::{Statement, statement};
use crate::error::Result;

/// Fails where the statement before has changed fewer rows than its argument says, and returns no row.
const CHECK: &str = "SELECT 1 WHERE abs(-9223372036854775807 - (changes() < ?)) < 0";
const FAILED_CHECK: &str = "integer overflow";

/// Runs a statement, all of it or nothing: nothing also where it would change fewer rows than `least`. Tells how many it changed or would have.
pub(crate) async fn execute(
    connection: &mut SqliteConnection,
    mut statement: Statement,
    least: u64,
) -> Result<Written> {
    statement.log();
    let sent = statement.sent.clone();
    statement.sent.sql = format!("{SET}; {}; {CHECK}; {RELEASE}", sent.sql).into();
    let least = i64::try_from(least).unwrap_or(i64::MAX);
    let bound = statement.arguments.push(&least).map_err(sqlx::Error::Encode);
    let savepoint = Savepoint::around(connection);
    let mut changed = Vec::with_capacity(4);
    let failure = match bound.and_then(|()| query::<Sqlite>(statement)) {
        Ok(query) => run(savepoint.connection, query, &mut changed).await.err(),
        Err(error) => Some(error),
    };
    match (failure, &changed[..]) {
        (None, [_, rows, ..]) => {
            statement::log("COMMIT");
            savepoint.forget();
            Ok(Written { rows: *rows, first_key: 0 })
        }
        (Some(error), [_]) => Err(Sqlite::failure(savepoint.connection, sent, error).await),
        (Some(error), [_, rows]) if is_failed_check(&error) => {
            statement::log("ROLLBACK");
            savepoint.undo().await?;
            Ok(Written { rows: *rows, first_key: 0 })
        }
        (Some(error), [_, _, _]) => Err(not_committed(error)),
        (failure, _) => Err(failure.unwrap_or(sqlx::Error::WorkerCrashed).into()),
    }
}

/// Runs statements and tells how many rows each of those has changed that did not fail.
async fn run(
    connection: &mut SqliteConnection,
    query: sqlx::query::Query<'_, Sqlite, sqlx::sqlite::SqliteArguments>,
    changed: &mut Vec<u64>,
) -> sqlx::Result<()> {
    let mut results = connection.fetch_many(query);
    while let Some(result) = results.try_next().await? {
        if let Either::Left(done) = result {
            changed.push(done.rows_affected());
        }
    }
    Ok(())
}

fn is_failed_check(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.message() == FAILED_CHECK)
}
