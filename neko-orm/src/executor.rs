//! What a terminal call takes as its last argument: the database, as a pool, a connection or a transaction.

use futures_core::future::BoxFuture;

use crate::backend::{Dialect, Held, Lease, RowStream, Statement};
use crate::error::Result;

/// A database to run a call on: `&Pool`, `&mut Connection`, `&mut PoolConnection` or `&mut Transaction` of sqlx.
///
/// One call uses one connection: from a pool it is taken once and goes back when the call ends. A call that writes by
/// several statements runs them in a transaction of its own on a pool's connection, and in a savepoint on one that is lent. One that reads
/// by several statements has a transaction of its own on a pool's connection, and takes one that is lent as it is.
///
/// A call that is dropped before it is ready leaves the connection usable, and the caller's transaction as it was. Of a
/// call of several statements, all or nothing is done; whether a statement that was sent is done cannot be known:
/// "cancelled" means unknown.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a database to run this call on",
    label = "expected `&pool`, `&mut connection` or `&mut transaction`",
    note = "pass `&pool`, `&mut connection` or `&mut transaction` of an enabled backend"
)]
pub trait Executor<'c>: Send + Sized + sealed::Sealed {
    /// The SQL that the database speaks.
    #[doc(hidden)]
    fn dialect(&self) -> Dialect;

    /// Takes the connection for one call.
    #[doc(hidden)]
    fn lease(self) -> BoxFuture<'c, Result<Lease<'c>>>;

    /// Takes the connection for one call whose statements must see one state of the database. On a connection that is lent,
    /// that is up to the lender's transaction.
    #[doc(hidden)]
    fn snapshot(self) -> BoxFuture<'c, Result<Lease<'c>>> {
        self.lease()
    }

    /// Streams the rows of one statement.
    #[doc(hidden)]
    fn stream(self, statement: Statement) -> RowStream<'c>;
}

mod sealed {
    pub trait Sealed {}
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use sqlx::pool::PoolConnection;
    use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};

    use super::{BoxFuture, Dialect, Executor, Held, Lease, Result, RowStream, Statement, sealed};
    use crate::backend::{sqlite, statement};

    impl sealed::Sealed for &SqlitePool {}

    impl<'c> Executor<'c> for &'c SqlitePool {
        fn dialect(&self) -> Dialect {
            Dialect::Sqlite
        }

        fn lease(self) -> BoxFuture<'c, Result<Lease<'c>>> {
            Box::pin(async move { Ok(Lease::Sqlite(Held::Pooled(self.acquire().await?))) })
        }

        fn snapshot(self) -> BoxFuture<'c, Result<Lease<'c>>> {
            Box::pin(async move {
                statement::log("BEGIN");
                Ok(Lease::Sqlite(Held::Snapshot(self.begin().await?)))
            })
        }

        fn stream(self, statement: Statement) -> RowStream<'c> {
            sqlite::stream(self, statement)
        }
    }

    /// The three kinds of connections differ in how the bare connection is borrowed from them.
    macro_rules! connection {
        ($($type:ty),*) => {$(
            impl sealed::Sealed for &mut $type {}

            impl<'c> Executor<'c> for &'c mut $type {
                fn dialect(&self) -> Dialect {
                    Dialect::Sqlite
                }

                fn lease(self) -> BoxFuture<'c, Result<Lease<'c>>> {
                    let connection: &'c mut SqliteConnection = self;
                    Box::pin(std::future::ready(Ok(Lease::Sqlite(Held::Borrowed(connection)))))
                }

                fn stream(self, statement: Statement) -> RowStream<'c> {
                    let connection: &'c mut SqliteConnection = self;
                    sqlite::stream(connection, statement)
                }
            }
        )*};
    }

    connection!(SqliteConnection, PoolConnection<Sqlite>, Transaction<'_, Sqlite>);
    // A function that was lent one of them lends it on with `&mut` too.
    connection!(&mut SqliteConnection, &mut PoolConnection<Sqlite>, &mut Transaction<'_, Sqlite>);
}
