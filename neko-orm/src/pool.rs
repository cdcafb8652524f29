//! A database that the URL chooses when the program runs.

use std::fmt;

use futures_core::future::BoxFuture;

use crate::backend::{Dialect, Lease, OwnTransaction, RowStream, Statement, on_backend};
use crate::error::{Error, Result};
use crate::executor::{Executor, Streaming, sealed};

/// A pool of connections to whichever enabled database its URL names: the same program runs on another one when the URL changes.
///
/// It is one of sqlx's pools, which can be had and made by `From`: where the database is known when the program is compiled, pass that pool
/// itself.
///
/// ```
/// # use neko_orm::Model;
/// # #[derive(Debug, Clone, PartialEq, Model)] struct Post { id: i64, title: String }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
/// let url = std::env::var("BLOG_DATABASE_URL").unwrap_or("sqlite::memory:".to_owned());
/// let db = neko_orm::Pool::connect(&url).await?;
/// neko_orm::schema::create::<Post>(&db).await?;
/// let mut transaction = db.begin().await?;
/// Post::create().title("Hello").insert(&mut transaction).await?;
/// transaction.commit().await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum Pool {
    /// To SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(sqlx::SqlitePool),
    /// To PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(sqlx::PgPool),
    /// To MySQL or MariaDB.
    #[cfg(feature = "mysql")]
    MySql(sqlx::MySqlPool),
}

impl Pool {
    /// Connects to the database of this URL: `sqlite:`, `postgres:` (or `postgresql:`), `mysql:` (or `mariadb:`), as the `connect` of that
    /// database's module does.
    ///
    /// # Errors
    /// No enabled feature is for such a URL, or the database cannot be reached.
    pub async fn connect(url: &str) -> Result<Self> {
        let scheme = url.split_once(':').map_or(url, |(scheme, _)| scheme);
        match scheme {
            #[cfg(feature = "sqlite")]
            "sqlite" => Ok(Self::Sqlite(crate::sqlite::connect(url).await?)),
            #[cfg(feature = "postgres")]
            "postgres" | "postgresql" => Ok(Self::Postgres(crate::postgres::connect(url).await?)),
            #[cfg(feature = "mysql")]
            "mysql" | "mariadb" => Ok(Self::MySql(crate::mysql::connect(url).await?)),
            _ => {
                let message = match scheme {
                    "postgres" | "postgresql" => "enable the feature `postgres` of neko-orm for this URL",
                    "mysql" | "mariadb" => "enable the feature `mysql` of neko-orm for this URL",
                    "sqlite" => "enable the feature `sqlite` of neko-orm for this URL",
                    _ => "the URL of a database starts with `sqlite:`, `postgres:` or `mysql:`",
                };
                Err(Error::Driver(sqlx::Error::Configuration(message.into())))
            }
        }
    }

    /// Begins a transaction on a connection of the pool. On SQLite it takes the right to write at once (`BEGIN IMMEDIATE`): one that takes it later
    /// fails where another has written in between. Dropped before it is ready, a connection to a server is closed.
    ///
    /// # Errors
    /// The pool has no connection to give, [`Error::LockTimeout`] if SQLite's writer takes too long, or the database fails.
    pub async fn begin(&self) -> Result<Transaction> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(pool) => {
                let connection = pool.acquire().await?;
                Ok(Transaction::Sqlite(OwnTransaction::begin(connection, Some("BEGIN IMMEDIATE")).await?))
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(pool) => {
                Ok(Transaction::Postgres(OwnTransaction::begin(pool.acquire().await?, None).await?))
            }
            #[cfg(feature = "mysql")]
            Self::MySql(pool) => Ok(Transaction::MySql(OwnTransaction::begin(pool.acquire().await?, None).await?)),
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        on_backend!(self, Self(pool) => pool.fmt(f))
    }
}

impl sealed::Sealed for &Pool {}

impl<'c> Executor<'c> for &'c Pool {
    fn dialect(&self) -> Dialect {
        on_backend!(self, Pool(_) => driver::DIALECT)
    }

    fn lease(self) -> BoxFuture<'c, Result<Lease<'c>>> {
        on_backend!(self, Pool(pool) => pool.lease())
    }

    fn stream(self, statement: Statement) -> RowStream<'c> {
        on_backend!(self, Pool(pool) => Executor::stream(pool, statement))
    }

    fn stream_or_lease(self, question: Statement, statement: Statement) -> BoxFuture<'c, Result<Streaming<'c>>> {
        on_backend!(self, Pool(pool) => pool.stream_or_lease(question, statement))
    }
}

/// A transaction of a [`Pool`]: rolled back when it is dropped before [`commit`](Self::commit).
///
/// Each variant lends sqlx's connection, for statements by hand and for savepoints by `sqlx::Connection::begin`.
#[non_exhaustive]
pub enum Transaction {
    /// On SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(OwnTransaction<sqlx::Sqlite>),
    /// On PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(OwnTransaction<sqlx::Postgres>),
    /// On MySQL or MariaDB.
    #[cfg(feature = "mysql")]
    MySql(OwnTransaction<sqlx::MySql>),
}

impl Transaction {
    /// Makes what was done in the transaction last. Dropped before it is ready, it may have done so or not.
    ///
    /// # Errors
    /// A deferred constraint is violated, or the connection fails.
    pub async fn commit(self) -> Result<()> {
        on_backend!(self, Self(transaction) => transaction.commit().await)
    }

    /// Undoes what was done in the transaction.
    ///
    /// # Errors
    /// The connection fails; the database undoes all of it then, too.
    pub async fn rollback(self) -> Result<()> {
        on_backend!(self, Self(transaction) => transaction.rollback().await)
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").finish_non_exhaustive()
    }
}

impl sealed::Sealed for &mut Transaction {}

impl<'c> Executor<'c> for &'c mut Transaction {
    fn dialect(&self) -> Dialect {
        on_backend!(self, Transaction(_) => driver::DIALECT)
    }

    fn lease(self) -> BoxFuture<'c, Result<Lease<'c>>> {
        on_backend!(self, Transaction(transaction) => Executor::lease(&mut **transaction))
    }

    fn stream(self, statement: Statement) -> RowStream<'c> {
        on_backend!(self, Transaction(transaction) => Executor::stream(&mut **transaction, statement))
    }

    fn stream_or_lease(self, question: Statement, statement: Statement) -> BoxFuture<'c, Result<Streaming<'c>>> {
        on_backend!(self, Transaction(transaction) => (&mut **transaction).stream_or_lease(question, statement))
    }
}

impl sealed::Sealed for &mut &mut Transaction {}

impl<'c> Executor<'c> for &'c mut &mut Transaction {
    fn dialect(&self) -> Dialect {
        on_backend!(self, Transaction(_) => driver::DIALECT)
    }

    fn lease(self) -> BoxFuture<'c, Result<Lease<'c>>> {
        Executor::lease(&mut **self)
    }

    fn stream(self, statement: Statement) -> RowStream<'c> {
        Executor::stream(&mut **self, statement)
    }

    fn stream_or_lease(self, question: Statement, statement: Statement) -> BoxFuture<'c, Result<Streaming<'c>>> {
        (&mut **self).stream_or_lease(question, statement)
    }
}

/// A pool of sqlx's is one of whichever database.
macro_rules! from {
    ($feature:literal, $variant:ident, $pool:ident) => {
        #[cfg(feature = $feature)]
        impl From<sqlx::$pool> for Pool {
            fn from(pool: sqlx::$pool) -> Self {
                Self::$variant(pool)
            }
        }
    };
}

from!("sqlite", Sqlite, SqlitePool);
from!("postgres", Postgres, PgPool);
from!("mysql", MySql, MySqlPool);
