//! A statement as a connection takes it.

use std::sync::Arc;

use super::Arguments;
use crate::error::Sent;

/// A finished statement.
#[derive(Debug)]
pub struct Statement {
    pub(crate) sent: Sent,
    pub(crate) arguments: Arguments,
    /// Whether the driver should keep the prepared statement; not worth it for texts that will hardly come again.
    pub(crate) persistent: bool,
    /// What begins the transaction that it is the first statement of, in the same message.
    pub(crate) begin: Option<&'static str>,
}

impl Statement {
    /// Tells subscribers that the statement is sent: an event at level TRACE of the target `neko_orm::sql`.
    pub(crate) fn log(&self) {
        log(&self.sent.sql);
    }

    /// Runs it after another one, which has no arguments, in one message.
    pub(crate) fn run_after(&mut self, first: &'static str) {
        self.sent.sql = format!("{first}; {}", self.sent.sql).into();
    }

    /// The text as sqlx takes it. The only place that vouches for SQL: [`Sql`](crate::sql::Sql) builds it from the crate's own literals,
    /// from identifiers that the derive has checked, from placeholders, and from the literals that a program hands to [`sql`](crate::sql()).
    pub(crate) fn sql(&self) -> sqlx::AssertSqlSafe<Arc<String>> {
        sqlx::AssertSqlSafe(match self.begin {
            Some(begin) => format!("{begin}; {}", self.sent.sql).into(),
            None => Arc::clone(&self.sent.sql),
        })
    }
}

/// SQL that is made of nothing but the crate's own literals and numbers.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(super) fn trusted(sql: String) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(sql)
}

/// Tells subscribers that SQL is sent.
pub(crate) fn log(sql: &str) {
    tracing::trace!(target: "neko_orm::sql", statement = sql);
}
