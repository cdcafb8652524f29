//! The methods that take the database and change all rows of a query.

use futures_core::future::BoxFuture;

use super::change::Change;
use super::run::{failed, ready};
use super::{Leasing, Origin, Query};
use crate::Model;
use crate::backend::Statement;
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::expr::{Assignment, Assignments};
use crate::node::Alias;
use crate::sql::Sql;

impl<M: Model, O: Origin<M>> Query<M, O> {
    /// Sets columns in all of the rows, and returns how many there were. Sends one `UPDATE`.
    ///
    /// The closure is given the model's columns; a column is set to a value, or to an expression over the row as it was. A limit counts;
    /// structs that were read before are left as they are.
    ///
    /// # Errors
    /// [`Error::Unfiltered`] where the query has no filter (a filter that turned out to be `None` is none) and does not say
    /// [`all_rows`](Self::all_rows): nothing is sent then. A violation if a constraint refuses the values, and no row is changed.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Post { id: i64, title: String, rating: i32 }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Post>(&db).await?;
    /// # Post::create().title("a").rating(0).insert(&db).await?;
    /// let n: u64 = Post::query().filter(|p| p.rating.lt(1)).update(|p| p.rating.set(1), &db).await?;
    /// let all: u64 = Post::query().all_rows().update(|p| (p.title.set("New"), p.rating.set(p.rating + 1)), &db).await?;
    /// assert_eq!((n, all), (1, 1));
    /// # Ok(()) }
    /// ```
    pub fn update<'c, A, E>(&self, set: impl FnOnce(M::Columns) -> A, db: E) -> BoxFuture<'c, Result<u64>>
    where
        A: Assignments<M>,
        E: Executor<'c>,
    {
        let assignments = distinct(set(M::columns(Alias::TABLE)).into_assignments());
        if assignments.is_empty() {
            return ready(0);
        }
        self.change(db, &Change::Set(&assignments))
    }

    /// Deletes all of the rows, and returns how many there were. Sends one `DELETE`.
    ///
    /// # Errors
    /// [`Error::Unfiltered`] as for [`update`](Self::update); [`Error::ForeignKeyViolation`] if rows still refer to one of them, and none is
    /// deleted then.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment)] struct Post { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Comment { id: i64, post_id: i64, is_spam: bool }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Comment)>(&db).await?;
    /// # let post = Post::create().insert(&db).await?;
    /// let n: u64 = post.comments().filter(|c| c.is_spam.eq(true)).delete(&db).await?;
    /// assert!(Comment::query().delete(&db).await.is_err());
    /// # Ok(()) }
    /// ```
    pub fn delete<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<u64>> {
        self.change(db, &Change::Delete)
    }

    fn change<'c, E: Executor<'c>>(&self, db: E, change: &Change<'_, M>) -> BoxFuture<'c, Result<u64>> {
        let own = self.parts.clone().scoped(self.origin.scope());
        if own.is_every_row() && !own.is_for_all_rows {
            return failed(Error::Unfiltered { table: M::TABLE.name });
        }
        let Some(parts) = self.resolved() else { return ready(0) };
        let mut sql = Sql::new(db.dialect(), M::TABLE.model);
        let statement = change.write(&parts, M::TABLE, &mut sql).and_then(|()| sql.finish());
        execute(statement, db.lease())
    }
}

/// The last assignment to each column.
pub(super) fn distinct<M>(assignments: Vec<Assignment<M>>) -> Vec<Assignment<M>> {
    let mut distinct: Vec<Assignment<M>> = Vec::new();
    for assignment in assignments {
        distinct.retain(|earlier| earlier.column != assignment.column);
        distinct.push(assignment);
    }
    distinct
}

fn execute<'c>(statement: Result<Statement>, leasing: Leasing<'c>) -> BoxFuture<'c, Result<u64>> {
    Box::pin(async move {
        let (statement, mut lease) = (statement?, leasing.await?);
        Ok(lease.execute_atomic(statement, 0).await?.rows)
    })
}
