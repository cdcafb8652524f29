//! Transactions for calls of several statements, and those that SQLite ends by itself.

use futures_util::FutureExt;
use sqlx::{Connection as _, Executor as _, Sqlite, SqliteConnection};

use crate::backend::connection::Held;
pub(super) use crate::backend::own_transaction::not_committed;
use crate::error::Result;

/// A transaction of a call's own, or a savepoint in the caller's; undone when dropped before [`commit`](Self::commit).
pub(crate) enum Transaction<'c> {
    /// Begun here.
    Own(sqlx::Transaction<'c, Sqlite>),
    /// On a connection that the caller has lent.
    Savepoint(Savepoint<'c>),
}

/// A savepoint that sqlx does not count. Dropping sqlx's own while it is being set rolls back twice: the savepoint, and
/// then the caller's transaction.
pub(crate) struct Savepoint<'c> {
    pub(super) connection: &'c mut SqliteConnection,
    is_open: bool,
}

impl<'c> Transaction<'c> {
    /// On a connection of a pool, takes the right to write at once: a transaction that starts by reading fails with BUSY
    /// under load, whatever the timeout. On a connection that was lent, sets a savepoint, which works whether or not the
    /// lender has begun a transaction, by sqlx or by hand.
    pub(crate) async fn begin(held: &'c mut Held<'_, Sqlite>) -> Result<Self> {
        match held {
            Held::Pooled(connection) => Ok(Self::Own(connection.begin_with("BEGIN IMMEDIATE").await?)),
            lent => Ok(Self::Savepoint(Savepoint::set(lent.connection()).await?)),
        }
    }

    /// The savepoint that the next statement sets before it runs, and the text that does so.
    pub(crate) fn begin_with_next(connection: &'c mut SqliteConnection) -> (Self, &'static str) {
        (Self::Savepoint(Savepoint::around(connection)), SET)
    }

    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Own(transaction) => transaction,
            Self::Savepoint(savepoint) => savepoint.connection,
        }
    }

    pub(crate) async fn commit(self) -> Result<()> {
        let committed = match self {
            Self::Own(transaction) => transaction.commit().await,
            Self::Savepoint(savepoint) => savepoint.release().await,
        };
        committed.map_err(not_committed)
    }

    pub(crate) async fn rollback(self) -> Result<()> {
        match self {
            Self::Own(transaction) => Ok(transaction.rollback().await?),
            Self::Savepoint(savepoint) => Ok(savepoint.undo().await?),
        }
    }
}

pub(crate) const SET: &str = "SAVEPOINT neko_orm";
const UNDO: &str = "ROLLBACK TO neko_orm";
pub(super) const RELEASE: &str = "RELEASE neko_orm";

impl<'c> Savepoint<'c> {
    /// The savepoint that what is run on the connection sets and releases by itself; undone unless it is forgotten.
    pub(super) fn around(connection: &'c mut SqliteConnection) -> Self {
        Self { connection, is_open: true }
    }

    pub(super) fn forget(mut self) {
        self.is_open = false;
    }

    async fn set(connection: &'c mut SqliteConnection) -> sqlx::Result<Self> {
        let savepoint = Self::around(connection);
        savepoint.connection.execute(sqlx::raw_sql(SET)).await?;
        Ok(savepoint)
    }

    async fn release(mut self) -> sqlx::Result<()> {
        self.connection.execute(sqlx::raw_sql(RELEASE)).await?;
        self.is_open = false;
        Ok(())
    }

    pub(super) async fn undo(mut self) -> sqlx::Result<()> {
        self.connection.execute(sqlx::raw_sql(UNDO)).await?;
        self.connection.execute(sqlx::raw_sql(RELEASE)).await?;
        self.is_open = false;
        Ok(())
    }
}

impl Drop for Savepoint<'_> {
    fn drop(&mut self) {
        if self.is_open {
            send(self.connection, UNDO);
            release(self.connection);
        }
    }
}

/// Releases the savepoint without waiting.
pub(crate) fn release(connection: &mut SqliteConnection) {
    send(connection, RELEASE);
}

/// One poll sends the command. The connection's thread runs commands in order, whether or not somebody waits for the answer.
fn send(connection: &mut SqliteConnection, sql: &'static str) {
    let _ = connection.execute(sqlx::raw_sql(sql)).now_or_never();
}

/// sqlx's own savepoints. It tells whether it has begun a transaction, and not how deep: one too many does no harm, since
/// it goes with the next outer one.
const SQLX_SAVEPOINTS: [&str; 8] = [
    "SAVEPOINT _sqlx_savepoint_1",
    "SAVEPOINT _sqlx_savepoint_2",
    "SAVEPOINT _sqlx_savepoint_3",
    "SAVEPOINT _sqlx_savepoint_4",
    "SAVEPOINT _sqlx_savepoint_5",
    "SAVEPOINT _sqlx_savepoint_6",
    "SAVEPOINT _sqlx_savepoint_7",
    "SAVEPOINT _sqlx_savepoint_8",
];

/// Begins the caller's transaction again if the database has ended it, and says whether it had.
///
/// Some failures (a full disk, `RAISE(ROLLBACK)`) end SQLite's transaction behind sqlx's back: later statements on the
/// same `sqlx::Transaction` would each commit on their own, and its rollback would fail for ever. `BEGIN` succeeds only
/// then, and with sqlx's savepoints it puts the connection back into a state that can be rolled back.
pub(super) async fn restore(connection: &mut SqliteConnection) -> bool {
    if !connection.is_in_transaction() || connection.execute(sqlx::raw_sql("BEGIN")).await.is_err() {
        return false;
    }
    for set in SQLX_SAVEPOINTS {
        if connection.execute(sqlx::raw_sql(set)).await.is_err() {
            break;
        }
    }
    true
}
