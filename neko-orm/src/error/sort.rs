//! Sorting the failures of statements by what the database refused.

use sqlx::error::{DatabaseError, ErrorKind};

use super::{Error, Sent, StatementError};

impl Error {
    /// Sorts the failure of a statement by what the database refused.
    pub(crate) fn from_statement(sent: Sent, source: sqlx::Error) -> Self {
        let sort = match &source {
            sqlx::Error::Io(_) => Self::ConnectionLost,
            sqlx::Error::Database(error) => sort(&**error),
            _ => Self::Statement,
        };
        sort(StatementError::new(sent, source))
    }
}

type Sort = fn(StatementError) -> Error;

fn sort(error: &dyn DatabaseError) -> Sort {
    match error.kind() {
        ErrorKind::UniqueViolation => Error::UniqueViolation,
        ErrorKind::ForeignKeyViolation => Error::ForeignKeyViolation,
        ErrorKind::NotNullViolation => Error::NotNullViolation,
        ErrorKind::CheckViolation => Error::CheckViolation,
        _ => sqlite(error).or_else(|| postgres(error)).or_else(|| mysql(error)).unwrap_or(Error::Statement),
    }
}

/// <https://sqlite.org/rescode.html>, with the extended codes.
fn sqlite(error: &dyn DatabaseError) -> Option<Sort> {
    #[cfg(feature = "sqlite")]
    if let (Some(_), Some(code)) = (error.try_downcast_ref::<sqlx::sqlite::SqliteError>(), error.code()) {
        return match &*code {
            // SQLITE_BUSY_SNAPSHOT: what was read is no longer so.
            "517" => Some(Error::SerializationFailure),
            // SQLITE_BUSY, SQLITE_LOCKED, SQLITE_BUSY_RECOVERY, SQLITE_LOCKED_SHAREDCACHE, SQLITE_BUSY_TIMEOUT
            "5" | "6" | "261" | "262" | "773" => Some(Error::LockTimeout),
            _ => None,
        };
    }
    let _ = error;
    None
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn postgres(error: &dyn DatabaseError) -> Option<Sort> {
    #[cfg(feature = "postgres")]
    if let Some(error) = error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
        return match error.code() {
            "40001" => Some(Error::SerializationFailure),
            "40P01" => Some(Error::Deadlock),
            "55P03" => Some(Error::LockTimeout),
            // An earlier statement has failed, and nothing but a rollback is left to do.
            "25P02" => Some(Error::TransactionLost),
            // ON DELETE RESTRICT, since PostgreSQL 18.
            "23001" => Some(Error::ForeignKeyViolation),
            // The server shuts down, or has been told to end the connection.
            "57P01" | "57P02" | "57P03" | "57P05" => Some(Error::ConnectionLost),
            code if code.starts_with("08") => Some(Error::ConnectionLost),
            _ => None,
        };
    }
    let _ = error;
    None
}

/// <https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html> and <https://mariadb.com/kb/en/mariadb-error-codes/>
fn mysql(error: &dyn DatabaseError) -> Option<Sort> {
    #[cfg(feature = "mysql")]
    if let Some(error) = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
        return match error.number() {
            // ER_LOCK_DEADLOCK
            1213 => Some(Error::Deadlock),
            // ER_LOCK_WAIT_TIMEOUT, ER_LOCK_NOWAIT
            1205 | 3572 => Some(Error::LockTimeout),
            // ER_CHECKREAD: MariaDB's snapshot isolation; TiDB's write conflict
            1020 | 9007 => Some(Error::SerializationFailure),
            // ER_SERVER_SHUTDOWN, ER_NEW_ABORTING_CONNECTION, ER_CONNECTION_KILLED, ER_CLIENT_INTERACTION_TIMEOUT
            1053 | 1184 | 1927 | 4031 => Some(Error::ConnectionLost),
            _ => None,
        };
    }
    let _ = error;
    None
}
