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
/// Of a call of several statements that is dropped before it is ready, all or nothing is done; whether a statement that was sent is done
/// cannot be known: "cancelled" means unknown. The pool that it was on, and the transaction of sqlx or of a [`Pool`](crate::Pool) that it was
/// lent, are as they were before, with these exceptions on servers: on MySQL, a transaction is to be dropped after a call on it has been; a bare
/// connection is to be closed that was lent outside of a transaction, or in one begun by hand (`BEGIN`), of which sqlx does not know.
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
        let leasing = self.lease();
        Box::pin(async move { leasing.await?.into_snapshot().await })
    }

    /// How what relations lead to is read.
    #[doc(hidden)]
    fn reads(&self) -> Reads {
        Reads::Ahead
    }

    /// Streams the rows of one statement.
    #[doc(hidden)]
    fn stream(self, statement: Statement) -> RowStream<'c>;

    /// Takes the connection for one call if a question returns a row there, and streams the rows of a statement if not.
    #[doc(hidden)]
    fn stream_or_lease(self, question: Statement, statement: Statement) -> BoxFuture<'c, Result<Streaming<'c>>>;
}

/// How rows are streamed.
pub enum Streaming<'c> {
    /// By one statement.
    Rows(RowStream<'c>),
    /// By several, on this connection.
    Lease(Lease<'c>),
}

/// How a call reads what relations lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// In one statement, where the database, the columns and the number of rows are such that it is faster.
    Ahead,
    /// As rows, by one statement for each relation.
    RowByRow,
}

/// A database whose rows are read one by one, and what relations lead to by one statement for each relation: `RowByRow(&db)`.
///
/// SQLite is read so anyway where a model has a column [whose values an array does not hold exactly](crate::guide::eager_loading#in-one-statement);
/// otherwise one statement returns all rows of a call to [`to_vec`](crate::Query::to_vec) or [`load`](crate::Model::load), and of what is loaded by
/// [`with`](crate::Query::with), each column as one JSON array, or as all its bytes.
/// The result is the same. That is faster; it also holds the whole of the arrays in memory, next to the rows that are made of them. On PostgreSQL, one
/// statement reads what is loaded for [few rows](crate::guide::eager_loading#in-one-statement), and a whole table with aggregates.
///
/// ```
/// # use neko_orm::Model;
/// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment)] struct Post { id: i64 }
/// # #[derive(Debug, Clone, PartialEq, Model)] struct Comment { id: i64, post_id: i64 }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
/// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
/// # neko_orm::schema::create::<(Post, Comment)>(&db).await?;
/// let query = Post::query().with(|p| p.comments);
/// assert_eq!(query.to_vec(&db).await?, query.to_vec(neko_orm::RowByRow(&db)).await?);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct RowByRow<E>(pub E);

impl<E> sealed::Sealed for RowByRow<E> {}

impl<'c, E: Executor<'c>> Executor<'c> for RowByRow<E> {
    fn dialect(&self) -> Dialect {
        self.0.dialect()
    }

    fn lease(self) -> BoxFuture<'c, Result<Lease<'c>>> {
        self.0.lease()
    }

    fn reads(&self) -> Reads {
        Reads::RowByRow
    }

    fn stream(self, statement: Statement) -> RowStream<'c> {
        self.0.stream(statement)
    }

    fn stream_or_lease(self, _question: Statement, statement: Statement) -> BoxFuture<'c, Result<Streaming<'c>>> {
        Box::pin(std::future::ready(Ok(Streaming::Rows(self.stream(statement)))))
    }
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// A pool, and the three kinds of connections, which differ in how they are borrowed from.
macro_rules! executors {
    ($feature:literal, $module:ident, $variant:ident, $db:ident, $connection:ident) => {
        #[cfg(feature = $feature)]
        mod $module {
            use sqlx::pool::PoolConnection;
            use sqlx::{$connection as Connection, $db, Pool, Transaction};

            use super::{BoxFuture, Dialect, Executor, Held, Lease, Result, RowStream, Statement, Streaming, sealed};
            use crate::backend;

            impl sealed::Sealed for &Pool<$db> {}

            impl<'c> Executor<'c> for &'c Pool<$db> {
                fn dialect(&self) -> Dialect {
                    Dialect::$variant
                }

                fn lease(self) -> BoxFuture<'c, Result<Lease<'c>>> {
                    Box::pin(async move { Ok(Lease::$variant(Held::Pooled(self.acquire().await?))) })
                }

                fn stream(self, statement: Statement) -> RowStream<'c> {
                    backend::stream(self, statement)
                }

                fn stream_or_lease(
                    self,
                    question: Statement,
                    statement: Statement,
                ) -> BoxFuture<'c, Result<Streaming<'c>>> {
                    Box::pin(async move {
                        let mut lease = self.lease().await?;
                        let is_answered = lease.connection().answers(question).await;
                        // A pool of one connection has no other.
                        let lease = is_answered.then_some(lease);
                        Ok(lease.map_or_else(|| Streaming::Rows(self.stream(statement)), Streaming::Lease))
                    })
                }
            }

            executors!(@connection $variant Borrowed(Connection): Connection);
            executors!(@connection $variant Borrowed(Connection): Transaction<'_, $db>);
            executors!(@connection $variant Lent(PoolConnection<$db>): PoolConnection<$db>);
            // A function that was lent one of them lends it on with `&mut` too.
            executors!(@connection $variant Borrowed(Connection): &mut Connection);
            executors!(@connection $variant Borrowed(Connection): &mut Transaction<'_, $db>);
            executors!(@connection $variant Lent(PoolConnection<$db>): &mut PoolConnection<$db>);
        }
    };
    (@connection $variant:ident $held:ident($held_type:ty): $type:ty) => {
        impl sealed::Sealed for &mut $type {}

        impl<'c> Executor<'c> for &'c mut $type {
            fn dialect(&self) -> Dialect {
                Dialect::$variant
            }

            fn lease(self) -> BoxFuture<'c, Result<Lease<'c>>> {
                let held: &'c mut $held_type = self;
                Box::pin(std::future::ready(Ok(Lease::$variant(Held::$held(held)))))
            }

            fn stream(self, statement: Statement) -> RowStream<'c> {
                let connection: &'c mut Connection = self;
                backend::stream(connection, statement)
            }

            fn stream_or_lease(
                self,
                question: Statement,
                statement: Statement,
            ) -> BoxFuture<'c, Result<Streaming<'c>>> {
                let held: &'c mut $held_type = self;
                Box::pin(async move {
                    let mut lease = Lease::$variant(Held::$held(&mut *held));
                    let is_answered = lease.connection().answers(question).await;
                    drop(lease);
                    Ok(match is_answered {
                        true => Streaming::Lease(Lease::$variant(Held::$held(held))),
                        false => {
                            let connection: &'c mut Connection = held;
                            Streaming::Rows(backend::stream(connection, statement))
                        }
                    })
                })
            }
        }
    };
}

executors!("sqlite", sqlite, Sqlite, Sqlite, SqliteConnection);
executors!("postgres", postgres, Postgres, Postgres, PgConnection);
executors!("mysql", mysql, MySql, MySql, MySqlConnection);
