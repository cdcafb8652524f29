//! Transactions on connections of a pool.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use sqlx::pool::PoolConnection;
use sqlx_core::transaction::TransactionManager as _;

use super::run::Driver;
use crate::error::{Error, Result, Sent};

/// A transaction on a connection of a pool, which it gives back; rolled back when dropped.
pub struct OwnTransaction<DB: sqlx::Database> {
    connection: PoolConnection<DB>,
    is_open: bool,
}

impl<DB: Driver> OwnTransaction<DB> {
    /// `statement` begins the transaction. Dropped half-way, the connection is closed.
    pub(crate) async fn begin(mut connection: PoolConnection<DB>, statement: Option<&'static str>) -> Result<Self> {
        begin(&mut connection, statement).await?;
        Ok(Self { connection, is_open: true })
    }

    /// A transaction in which a statement has failed is not committed.
    pub(crate) async fn commit(mut self) -> Result<()>
    where
        for<'e> &'e mut DB::Connection: sqlx::Executor<'e, Database = DB>,
    {
        if let Some(check) = DB::BEFORE_COMMIT {
            sqlx::Executor::execute(&mut *self.connection, sqlx::raw_sql(check)).await.map_err(not_committed)?;
        }
        self.end().await
    }

    /// Commits where no statement has failed.
    pub(crate) async fn end(mut self) -> Result<()> {
        DB::TransactionManager::commit(&mut self.connection).await.map_err(not_committed)?;
        self.is_open = false;
        Ok(())
    }

    pub(crate) async fn rollback(mut self) -> Result<()> {
        DB::TransactionManager::rollback(&mut self.connection).await?;
        self.is_open = false;
        Ok(())
    }
}

impl<DB: sqlx::Database> Deref for OwnTransaction<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        &self.connection
    }
}

impl<DB: sqlx::Database> DerefMut for OwnTransaction<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        &mut self.connection
    }
}

impl<DB: sqlx::Database> Drop for OwnTransaction<DB> {
    fn drop(&mut self) {
        if self.is_open {
            DB::TransactionManager::start_rollback(&mut self.connection);
        }
    }
}

/// A deferred constraint fails only at the end.
pub(super) fn not_committed(error: sqlx::Error) -> Error {
    Error::from_statement(Sent { sql: Arc::new("COMMIT".to_owned()), model: "" }, error)
}

/// Begins a transaction on a connection of a pool. Dropped half-way, the connection to a server may be in a transaction of which sqlx does
/// not know: the pool must not have it back.
pub(super) async fn begin<DB: Driver>(
    connection: &mut PoolConnection<DB>,
    statement: Option<&'static str>,
) -> Result<()> {
    let mut closing = Closing { connection, is_armed: !DB::UNDOES_DROPPED_BEGIN };
    let statement = statement.map(sqlx::SqlSafeStr::into_sql_str);
    DB::TransactionManager::begin(closing.connection, statement).await?;
    closing.is_armed = false;
    Ok(())
}

/// Keeps a connection from going back to its pool.
struct Closing<'c, DB: sqlx::Database> {
    connection: &'c mut PoolConnection<DB>,
    is_armed: bool,
}

impl<DB: sqlx::Database> Drop for Closing<'_, DB> {
    fn drop(&mut self) {
        if self.is_armed {
            self.connection.close_on_drop();
        }
    }
}
