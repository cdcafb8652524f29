//! The databases behind one face: what differs between them is decided here and in the modules below, nowhere else.

mod dialect;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
pub(crate) mod statement;
mod value;

use futures_core::stream::BoxStream;

pub use dialect::Dialect;
pub(crate) use dialect::Within;
pub(crate) use statement::Statement;
pub use value::{Field, Null, Value};

use crate::error::{Mismatch, Result};

/// The arguments of a statement, encoded for its database.
#[derive(Debug)]
pub enum Arguments {
    /// For SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(Box<sqlx::sqlite::SqliteArguments>),
}

impl Arguments {
    pub(crate) fn push<T: Field>(&mut self, value: &T) -> Result<(), sqlx::error::BoxDynError> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(arguments) => sqlite::push(arguments, value),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(arguments) => sqlx::Arguments::len(&**arguments),
        }
    }
}

/// A row as the driver returned it.
#[derive(Debug)]
pub enum Row {
    /// From SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(sqlx::sqlite::SqliteRow),
}

impl Row {
    /// Decodes the value at `index`, refusing what `T` cannot hold exactly.
    pub(crate) fn get<T: Field>(&self, index: usize, null: Null) -> Result<T, Mismatch> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(row) => sqlite::decode(row, index, null),
        }
    }

    /// As [`get`](Self::get), where only the type says whether there may be a NULL: it may if the value it is read as is one.
    pub(crate) fn value<T: Field>(&self, index: usize) -> Result<T, Mismatch> {
        let value: T = self.get(index, Null::Allowed)?;
        let is_null = match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(row) => sqlite::holds_null(row, index),
        };
        if is_null && !value.is_null() { Err(Mismatch::Null) } else { Ok(value) }
    }
}

/// The stream of a statement's rows.
pub(crate) type RowStream<'c> = BoxStream<'c, Result<Row>>;

/// A connection, held for the length of one call.
pub enum Lease<'c> {
    /// To SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(Held<'c, sqlx::Sqlite>),
}

/// A connection of a pool, or one that the caller lent.
pub enum Held<'c, DB: sqlx::Database> {
    /// Taken from a pool, to which it goes back.
    Pooled(sqlx::pool::PoolConnection<DB>),
    /// Lent by the caller.
    Borrowed(&'c mut DB::Connection),
    /// Taken from a pool, and in a transaction that sees one state of the database.
    Snapshot(sqlx::Transaction<'static, DB>),
}

impl<DB: sqlx::Database> Held<'_, DB> {
    fn connection(&mut self) -> &mut DB::Connection {
        match self {
            Self::Pooled(connection) => connection,
            Self::Borrowed(connection) => connection,
            Self::Snapshot(transaction) => transaction,
        }
    }
}

impl Lease<'_> {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Dialect::Sqlite,
        }
    }

    /// The connection, for single statements.
    pub(crate) fn connection(&mut self) -> Connection<'_> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(held) => Connection::Sqlite(held.connection()),
        }
    }

    /// Ends the call. A snapshot that is dropped instead ends as well, and later.
    pub(crate) async fn end(self) -> Result<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(Held::Snapshot(transaction)) => {
                statement::log("COMMIT");
                Ok(transaction.commit().await?)
            }
            _ => Ok(()),
        }
    }

    /// Starts a transaction, or a savepoint where the caller's connection is in a transaction already.
    pub(crate) async fn begin(&mut self) -> Result<Transaction<'_>> {
        statement::log("BEGIN");
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(held) => Ok(Transaction::Sqlite(sqlite::Transaction::begin(held).await?)),
        }
    }
}

/// A connection on which statements can be run.
pub enum Connection<'c> {
    /// To SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(&'c mut sqlx::SqliteConnection),
}

impl Connection<'_> {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Dialect::Sqlite,
        }
    }

    /// Runs a statement and returns the number of rows it wrote.
    pub(crate) async fn execute(&mut self, statement: Statement) -> Result<u64> {
        statement.log();
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(connection) => sqlite::execute(connection, statement).await,
        }
    }

    /// Runs a statement and returns its rows.
    pub(crate) async fn rows(&mut self, statement: Statement) -> Result<Vec<Row>> {
        statement.log();
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(connection) => sqlite::rows(connection, statement).await,
        }
    }
}

/// A transaction or a savepoint; rolled back when dropped.
pub(crate) enum Transaction<'c> {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::Transaction<'c>),
}

impl Transaction<'_> {
    pub(crate) fn connection(&mut self) -> Connection<'_> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(transaction) => Connection::Sqlite(transaction.connection()),
        }
    }

    pub(crate) async fn commit(self) -> Result<()> {
        statement::log("COMMIT");
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(transaction) => transaction.commit().await,
        }
    }

    pub(crate) async fn rollback(self) -> Result<()> {
        statement::log("ROLLBACK");
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(transaction) => transaction.rollback().await,
        }
    }
}
