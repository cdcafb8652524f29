//! Transactions of calls that write by several statements, on servers; undone when dropped, wherever they are.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::future::BoxFuture;
use sqlx::Executor as _;
use sqlx_core::transaction::TransactionManager as _;

use super::connection::Held;
use super::own_transaction::{begin, not_committed};
use super::run::Driver;
use super::statement::trusted;
use crate::error::Result;

/// A transaction of a call's own, or a savepoint in the caller's; undone when dropped before [`commit`](Self::commit).
pub(crate) struct Transaction<'c, DB: Driver>
where
    for<'e> &'e mut DB::Connection: sqlx::Executor<'e, Database = DB>,
{
    connection: &'c mut DB::Connection,
    level: Level,
    is_open: bool,
}

/// What undoes the statements.
#[derive(Clone, Copy)]
enum Level {
    /// A transaction, which sqlx counts.
    Own,
    /// A savepoint, which sqlx counts, by its number.
    Savepoint(usize),
    /// A savepoint in a transaction that the caller has begun by hand.
    ByHand,
}

impl<'c, DB: Driver> Transaction<'c, DB>
where
    for<'e> &'e mut DB::Connection: sqlx::Executor<'e, Database = DB>,
{
    /// On a connection outside of a transaction, begins one; in one, sets a savepoint.
    pub(crate) async fn begin(held: &'c mut Held<'_, DB>) -> Result<Self> {
        let depth = depth::<DB>(held.connection());
        if depth > 0 {
            let connection = held.connection();
            // sqlx would roll the caller's transaction back if this were dropped half-way. Forgotten, it leaves a savepoint behind,
            // which goes with the transaction.
            Forgotten(Some(Box::pin(DB::TransactionManager::begin(connection, None)))).await?;
            return Ok(Self { connection: held.connection(), level: Level::Savepoint(depth), is_open: true });
        }
        let is_lent = matches!(held, Held::Lent(_) | Held::Borrowed(_));
        if is_lent && run::<DB>(held.connection(), SET).await.is_ok() {
            return Ok(Self { connection: held.connection(), level: Level::ByHand, is_open: true });
        }
        match held {
            Held::Pooled(connection) => begin(connection, None).await?,
            Held::Lent(connection) => begin(connection, None).await?,
            Held::Borrowed(connection) => DB::TransactionManager::begin(connection, None).await?,
            Held::Snapshot(_) => {}
        }
        Ok(Self { connection: held.connection(), level: Level::Own, is_open: true })
    }

    pub(crate) fn connection(&mut self) -> &mut DB::Connection {
        self.connection
    }

    pub(crate) async fn commit(mut self) -> Result<()> {
        match self.level {
            Level::Own => DB::TransactionManager::commit(self.connection).await.map_err(not_committed)?,
            Level::ByHand => run::<DB>(self.connection, RELEASE).await?,
            Level::Savepoint(number) => return self.keep(number).await,
        }
        self.is_open = false;
        Ok(())
    }

    /// Takes the savepoint back, and with it sqlx's count of it. sqlx lowers the count only by what may not be dropped half-way, or by
    /// rolling back to the savepoint without waiting: so there is a new one of the same name first, to which nothing is undone.
    async fn keep(mut self, number: usize) -> Result<()> {
        let name = format!("_sqlx_savepoint_{number}");
        run_trusted::<DB>(self.connection, format!("RELEASE SAVEPOINT {name}; SAVEPOINT {name}")).await?;
        self.is_open = false;
        DB::TransactionManager::start_rollback(self.connection);
        Ok(run_trusted::<DB>(self.connection, format!("RELEASE SAVEPOINT {name}")).await?)
    }

    /// Ends with the result of the only statement.
    pub(super) async fn end<T>(self, result: Result<T>) -> Result<T> {
        match result {
            Ok(_) => self.commit().await?,
            Err(_) => self.rollback().await?,
        }
        result
    }

    pub(crate) async fn rollback(mut self) -> Result<()> {
        self.is_open = false;
        match self.level {
            Level::Own => Ok(DB::TransactionManager::rollback(self.connection).await?),
            Level::ByHand => Ok(run::<DB>(self.connection, UNDO).await?),
            Level::Savepoint(number) => {
                DB::TransactionManager::start_rollback(self.connection);
                Ok(run_trusted::<DB>(self.connection, format!("RELEASE SAVEPOINT _sqlx_savepoint_{number}")).await?)
            }
        }
    }
}

impl<DB: Driver> Drop for Transaction<'_, DB>
where
    for<'e> &'e mut DB::Connection: sqlx::Executor<'e, Database = DB>,
{
    fn drop(&mut self) {
        if self.is_open && matches!(self.level, Level::ByHand) {
            // One poll sends it, unless a statement was under way.
            let _ = futures_util::FutureExt::now_or_never(run::<DB>(self.connection, UNDO));
        } else if self.is_open {
            // Queued, and sent before whatever the connection does next. Of a transaction begun by hand, sqlx knows nothing.
            DB::TransactionManager::start_rollback(self.connection);
        }
    }
}

// Fails outside of a transaction: PostgreSQL has no savepoints there, and MySQL forgets them.
const SET: &str = "SAVEPOINT neko_orm; ROLLBACK TO SAVEPOINT neko_orm";
const UNDO: &str = "ROLLBACK TO SAVEPOINT neko_orm; RELEASE SAVEPOINT neko_orm";
const RELEASE: &str = "RELEASE SAVEPOINT neko_orm";

/// A future that is forgotten instead of dropped before it is ready.
struct Forgotten<'f, T>(Option<BoxFuture<'f, T>>);

impl<T> Future for Forgotten<'_, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let Some(future) = &mut self.0 else { return Poll::Pending };
        let output = std::task::ready!(future.as_mut().poll(context));
        self.0 = None;
        Poll::Ready(output)
    }
}

impl<T> Drop for Forgotten<'_, T> {
    fn drop(&mut self) {
        std::mem::forget(self.0.take());
    }
}

pub(super) fn is_in_transaction<DB: sqlx::Database>(held: &Held<'_, DB>) -> bool {
    let connection: &DB::Connection = match held {
        Held::Pooled(connection) => connection,
        Held::Lent(connection) => connection,
        Held::Borrowed(connection) => connection,
        Held::Snapshot(snapshot) => snapshot,
    };
    depth::<DB>(connection) > 0
}

/// How many transactions and savepoints sqlx counts.
fn depth<DB: sqlx::Database>(connection: &DB::Connection) -> usize {
    DB::TransactionManager::get_transaction_depth(connection)
}

async fn run<DB: sqlx::Database>(connection: &mut DB::Connection, sql: &'static str) -> sqlx::Result<()>
where
    for<'e> &'e mut DB::Connection: sqlx::Executor<'e, Database = DB>,
{
    connection.execute(sqlx::raw_sql(sql)).await.map(drop)
}

async fn run_trusted<DB: sqlx::Database>(connection: &mut DB::Connection, sql: String) -> sqlx::Result<()>
where
    for<'e> &'e mut DB::Connection: sqlx::Executor<'e, Database = DB>,
{
    connection.execute(sqlx::raw_sql(trusted(sql))).await.map(drop)
}
