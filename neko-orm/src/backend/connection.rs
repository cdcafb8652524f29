//! Connections, held for the length of one call.

use super::run::{self, Driver, Written};
#[cfg(any(feature = "postgres", feature = "mysql"))]
use super::savepoint;
use super::{Dialect, OwnTransaction, Row, Statement, on_backend, statement};
use crate::error::Result;

/// What a statement that has failed leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterFailure {
    /// A connection on which others can follow.
    GoesOn,
    /// Maybe a transaction in which the database refuses all others.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code))]
    MayHaveEnded,
}

/// A connection, held for the length of one call.
pub enum Lease<'c> {
    /// To SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(Held<'c, sqlx::Sqlite>),
    /// To PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(Held<'c, sqlx::Postgres>),
    /// To MySQL.
    #[cfg(feature = "mysql")]
    MySql(Held<'c, sqlx::MySql>),
}

/// A connection of a pool, or one that the caller lent.
pub enum Held<'c, DB: sqlx::Database> {
    /// Taken from a pool, to which it goes back.
    Pooled(sqlx::pool::PoolConnection<DB>),
    /// Taken from a pool by the caller, and lent.
    Lent(&'c mut sqlx::pool::PoolConnection<DB>),
    /// Lent by the caller.
    Borrowed(&'c mut DB::Connection),
    /// Taken from a pool, and in a transaction that sees one state of the database.
    Snapshot(OwnTransaction<DB>),
}

impl<DB: Driver> Held<'_, DB> {
    async fn into_snapshot(self, begin: Option<&'static str>) -> Result<Self> {
        match self {
            Self::Pooled(connection) => {
                statement::log("BEGIN");
                Ok(Self::Snapshot(OwnTransaction::begin(connection, begin).await?))
            }
            held => Ok(held),
        }
    }
}

impl<DB: sqlx::Database> Held<'_, DB> {
    pub(super) fn connection(&mut self) -> &mut DB::Connection {
        match self {
            Self::Pooled(connection) => connection,
            Self::Lent(connection) => connection,
            Self::Borrowed(connection) => connection,
            Self::Snapshot(snapshot) => snapshot,
        }
    }
}

impl Lease<'_> {
    pub(crate) fn dialect(&self) -> Dialect {
        on_backend!(self, Self(_) => driver::DIALECT)
    }

    /// Whether statements can follow one that has failed.
    pub(crate) fn after_failure(&self) -> AfterFailure {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(held) if !matches!(held, Held::Pooled(_)) => AfterFailure::MayHaveEnded,
            _ => AfterFailure::GoesOn,
        }
    }

    /// The connection, for statements that read.
    pub(crate) fn connection(&mut self) -> Connection<'_> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(held) => Connection::Sqlite(held.connection()),
            #[cfg(feature = "postgres")]
            Self::Postgres(held) => Connection::Postgres(held.connection()),
            #[cfg(feature = "mysql")]
            Self::MySql(held) => Connection::MySql(held.connection()),
        }
    }

    /// Runs the only statement of a call that writes. One that fails leaves the caller's transaction as it was.
    pub(crate) async fn execute(&mut self, statement: Statement) -> Result<Written> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(held) if savepoint::is_in_transaction(held) => {
                statement.log();
                let mut guard = savepoint::Transaction::begin(held).await?;
                let result = run::execute::<sqlx::Postgres>(guard.connection(), statement).await;
                guard.end(result).await
            }
            #[allow(unreachable_patterns)]
            _ => self.connection().execute(statement).await,
        }
    }

    /// As [`execute`](Self::execute), for a statement that returns rows.
    pub(crate) async fn rows(&mut self, statement: Statement) -> Result<Vec<Row>> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(held) if savepoint::is_in_transaction(held) => {
                statement.log();
                let mut guard = savepoint::Transaction::begin(held).await?;
                let result = run::rows::<sqlx::Postgres>(guard.connection(), statement).await;
                guard.end(result).await
            }
            #[allow(unreachable_patterns)]
            _ => self.connection().rows(statement).await,
        }
    }

    /// The same connection; one of a pool in a transaction whose statements see one state of the database.
    pub(crate) async fn into_snapshot(self) -> Result<Self> {
        Ok(match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(held) => Self::Sqlite(held.into_snapshot(None).await?),
            #[cfg(feature = "postgres")]
            Self::Postgres(held) => Self::Postgres(held.into_snapshot(super::postgres::SNAPSHOT).await?),
            #[cfg(feature = "mysql")]
            Self::MySql(held) => Self::MySql(held.into_snapshot(super::mysql::SNAPSHOT).await?),
        })
    }

    /// As [`begin`](Self::begin). Where there is a text, the next statement must [begin](Statement::begin) with it, in one message.
    pub(crate) async fn begin_with_next(&mut self) -> Result<(Transaction<'_>, Option<&'static str>)> {
        #[cfg(feature = "sqlite")]
        if let Self::Sqlite(held @ (Held::Lent(_) | Held::Borrowed(_))) = self {
            statement::log("BEGIN");
            let (transaction, begin) = super::sqlite::Transaction::begin_with_next(held.connection());
            return Ok((Transaction::Sqlite(transaction), Some(begin)));
        }
        Ok((self.begin().await?, None))
    }

    /// Runs the only statement of a call that writes several rows, all of it or nothing: nothing also where it would change fewer rows than
    /// `least`. Tells how many it changed or would have.
    pub(crate) async fn execute_atomic(&mut self, statement: Statement, least: u64) -> Result<Written> {
        // Where one row is too few, none was changed.
        if least <= 1 && self.dialect().spelling().undoes_failures {
            return self.execute(statement).await;
        }
        #[cfg(feature = "sqlite")]
        if let Self::Sqlite(held @ (Held::Lent(_) | Held::Borrowed(_))) = self {
            statement::log("BEGIN");
            return super::sqlite::atomic::execute(held.connection(), statement, least).await;
        }
        let mut transaction = self.begin().await?;
        let written = transaction.connection().execute(statement).await?;
        match written.rows < least {
            true => transaction.rollback().await?,
            false => transaction.commit().await?,
        }
        Ok(written)
    }

    /// As [`execute_atomic`](Self::execute_atomic), for a statement that changes so many rows where each is there: in one message where that is
    /// possible, and `None` where it turns out not to be.
    pub(crate) async fn execute_on_all(&mut self, statement: Statement, count: u64) -> Result<Option<u64>> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => super::postgres::atomic::execute(self, statement, count).await,
            #[allow(unreachable_patterns)]
            _ => Ok(Some(self.execute_atomic(statement, count).await?.rows)),
        }
    }

    /// Ends the call. A snapshot that is dropped instead ends as well, and later.
    pub(crate) async fn end(self) -> Result<()> {
        on_backend!(self, Self(held) => match held {
            Held::Snapshot(snapshot) => {
                statement::log("COMMIT");
                snapshot.end().await
            }
            _ => Ok(()),
        })
    }

    /// Starts a transaction, or a savepoint where the caller's connection is in a transaction already.
    pub(crate) async fn begin(&mut self) -> Result<Transaction<'_>> {
        statement::log("BEGIN");
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(held) => Ok(Transaction::Sqlite(super::sqlite::Transaction::begin(held).await?)),
            #[cfg(feature = "postgres")]
            Self::Postgres(held) => Ok(Transaction::Postgres(savepoint::Transaction::begin(held).await?)),
            #[cfg(feature = "mysql")]
            Self::MySql(held) => Ok(Transaction::MySql(savepoint::Transaction::begin(held).await?)),
        }
    }
}

/// A connection on which statements can be run.
pub enum Connection<'c> {
    /// To SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(&'c mut sqlx::SqliteConnection),
    /// To PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(&'c mut sqlx::PgConnection),
    /// To MySQL.
    #[cfg(feature = "mysql")]
    MySql(&'c mut sqlx::MySqlConnection),
}

impl Connection<'_> {
    /// The same connection, for a shorter time.
    pub(crate) fn reborrow(&mut self) -> Connection<'_> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(connection) => Connection::Sqlite(connection),
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => Connection::Postgres(connection),
            #[cfg(feature = "mysql")]
            Self::MySql(connection) => Connection::MySql(connection),
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        on_backend!(self, Self(_) => driver::DIALECT)
    }

    /// Whether statements can follow one that has failed.
    pub(crate) fn after_failure(&self) -> AfterFailure {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => AfterFailure::MayHaveEnded,
            #[allow(unreachable_patterns)]
            _ => AfterFailure::GoesOn,
        }
    }

    /// Runs a statement that writes.
    pub(crate) async fn execute(&mut self, statement: Statement) -> Result<Written> {
        statement.log();
        on_backend!(self, Self(connection) => run::execute::<driver::Db>(connection, statement).await)
    }

    /// Runs a statement and returns its rows.
    pub(crate) async fn rows(&mut self, statement: Statement) -> Result<Vec<Row>> {
        statement.log();
        on_backend!(self, Self(connection) => run::rows::<driver::Db>(connection, statement).await)
    }

    /// Runs a statement that reads and returns its first row, as a rule the only one.
    pub(crate) async fn row(&mut self, statement: Statement) -> Result<Option<Row>> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(connection) => {
                statement.log();
                run::row(connection, statement).await
            }
            #[allow(unreachable_patterns)]
            _ => Ok(self.rows(statement).await?.into_iter().next()),
        }
    }

    /// Whether a statement returns a row. One that fails does not.
    pub(crate) async fn answers(&mut self, question: Statement) -> bool {
        self.row(question).await.is_ok_and(|row| row.is_some())
    }

    /// Runs a statement and hands over its rows: as they come, where another thread makes the next ones meanwhile. A server's are received
    /// first: decoding between two receives costs a tenth of a large read.
    pub(crate) async fn each(&mut self, statement: Statement, take: &mut (dyn FnMut(Row) + Send)) -> Result<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(connection) => {
                statement.log();
                run::each::<sqlx::Sqlite>(connection, statement, take).await
            }
            #[allow(unreachable_patterns)]
            _ => {
                self.rows(statement).await?.into_iter().for_each(take);
                Ok(())
            }
        }
    }
}

/// A transaction or a savepoint; rolled back when dropped.
pub(crate) enum Transaction<'c> {
    #[cfg(feature = "sqlite")]
    Sqlite(super::sqlite::Transaction<'c>),
    #[cfg(feature = "postgres")]
    Postgres(savepoint::Transaction<'c, sqlx::Postgres>),
    #[cfg(feature = "mysql")]
    MySql(savepoint::Transaction<'c, sqlx::MySql>),
}

impl Transaction<'_> {
    pub(crate) fn connection(&mut self) -> Connection<'_> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(transaction) => Connection::Sqlite(transaction.connection()),
            #[cfg(feature = "postgres")]
            Self::Postgres(transaction) => Connection::Postgres(transaction.connection()),
            #[cfg(feature = "mysql")]
            Self::MySql(transaction) => Connection::MySql(transaction.connection()),
        }
    }

    pub(crate) async fn commit(self) -> Result<()> {
        statement::log("COMMIT");
        on_backend!(self, Self(transaction) => transaction.commit().await)
    }

    pub(crate) async fn rollback(self) -> Result<()> {
        statement::log("ROLLBACK");
        on_backend!(self, Self(transaction) => transaction.rollback().await)
    }
}
