//! A statement that fails where it changes some of the rows that it is meant for, and not all. A statement that fails leaves nothing of what it has
//! written: this one needs no transaction, nor the messages that begin and end one.

use crate::backend::{Lease, Row, Statement};
use crate::error::{Error, Mismatch, Result};

/// What makes the check fail, and is in the database's message then.
const SOME: &str = "neko_orm: some rows and not all";

/// The rules of a table may be such that PostgreSQL has no statement on it within another.
const NOT_SUPPORTED: &str = "0A000";

/// Runs a statement that is meant for so many rows, and tells how many of them it has changed: all or none. `None` where it cannot be run so.
pub(crate) async fn execute(lease: &mut Lease<'_>, statement: Statement, count: u64) -> Result<Option<u64>> {
    match lease.rows(checked(statement, count)?).await {
        Ok(rows) => changed(&rows).map(Some),
        Err(error) => match refusal(&error) {
            Some(refusal) if refusal.message().contains(SOME) => Ok(Some(0)),
            Some(refusal) if refusal.code().as_deref() == Some(NOT_SUPPORTED) => Ok(None),
            _ => Err(error),
        },
    }
}

/// Makes a statement count what it changes. Compared with the count, an argument: there is one text for any number of rows.
fn checked(mut statement: Statement, count: u64) -> Result<Statement> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    statement.arguments.push(&count).map_err(sqlx::Error::Encode)?;
    statement.sent.sql = format!(
        r#"WITH "neko changed" AS ({} RETURNING 1) SELECT COUNT(*), CAST(CASE WHEN COUNT(*) = 0 OR COUNT(*) >= ${} THEN '0' ELSE '{SOME}' END AS INTEGER) FROM "neko changed""#,
        statement.sent.sql,
        statement.arguments.len(),
    )
    .into();
    Ok(statement)
}

fn changed(rows: &[Row]) -> Result<u64> {
    let count = rows.first().map_or(Ok(0), |row| row.value::<i64>(0));
    count.map(i64::cast_unsigned).map_err(Mismatch::of_no_field)
}

fn refusal(error: &Error) -> Option<&dyn sqlx::error::DatabaseError> {
    match error {
        Error::Statement(error) => error.driver_error().as_database_error(),
        _ => None,
    }
}
