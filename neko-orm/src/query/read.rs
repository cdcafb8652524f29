//! The methods that take the database and read.

use futures_core::future::BoxFuture;
use futures_util::StreamExt;

use super::run::{all, optional, ready, scalar};
use super::{Origin, Query, Rows};
use crate::Model;
use crate::error::Result;
use crate::executor::Executor;

impl<M: Model, O: Origin<M>> Query<M, O> {
    /// All the rows; without [`order_by`](Self::order_by), in no particular order. Sends one `SELECT`.
    ///
    /// # Errors
    /// A value does not fit its field, or the database fails.
    pub fn to_vec<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<Vec<M>>> {
        match self.resolved() {
            Some(parts) => all(parts.rows(db.dialect(), M::TABLE), db.lease()),
            None => ready(Vec::new()),
        }
    }

    /// The rows one at a time: memory stays bounded whatever their number. Sends one `SELECT`, when the first row is
    /// asked for.
    ///
    /// The connection is in use until the stream ends or is dropped.
    pub fn stream<'c, E: Executor<'c>>(&self, db: E) -> Rows<'c, M> {
        let Some(parts) = self.resolved() else {
            return Rows(futures_util::stream::empty().boxed());
        };
        match parts.rows(db.dialect(), M::TABLE) {
            Ok(statement) => Rows(db.stream(statement).map(|row| M::from_row(&row?)).boxed()),
            Err(error) => Rows(futures_util::stream::once(std::future::ready(Err(error))).boxed()),
        }
    }

    /// The first row in the given order, or `None`; the key decides between rows that are alike to the order, and is the
    /// order where none is given. Sends one `SELECT .. LIMIT`.
    ///
    /// # Errors
    /// As for [`to_vec`](Self::to_vec).
    pub fn first<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<Option<M>>> {
        match self.resolved() {
            Some(parts) => optional(parts.first(db.dialect(), M::TABLE), db.lease()),
            None => ready(None),
        }
    }

    /// How many rows there are. Sends one `SELECT COUNT(*)`.
    ///
    /// # Errors
    /// The database fails.
    pub fn count<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<i64>> {
        match self.resolved() {
            Some(parts) => scalar(parts.count(db.dialect(), M::TABLE), db.lease()),
            None => ready(0),
        }
    }

    /// Whether there is any row. Sends one `SELECT EXISTS`.
    ///
    /// # Errors
    /// The database fails.
    pub fn exists<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<bool>> {
        match self.resolved() {
            Some(parts) => scalar(parts.exists(db.dialect(), M::TABLE), db.lease()),
            None => ready(false),
        }
    }
}
