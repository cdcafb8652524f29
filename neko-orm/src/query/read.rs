//! The methods that take the database and read.

use futures_core::future::BoxFuture;

use super::{Origin, Parts, Query, Rows, Shape};
use crate::Model;
use crate::backend::{Dialect, Statement};
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::node::{Alias, Node};

impl<M: Model, O: Origin<M>, S> Query<M, O, S> {
    /// The `SELECT` of the keys of the rows; `None` where no row can match.
    pub(crate) fn keys(&self, dialect: Dialect) -> Option<Result<Statement>> {
        let key = M::TABLE.key_names().map(|key| Node::Column(Alias::TABLE, M::TABLE.name, key));
        let parts = Parts { selected: key.collect(), ..self.resolved()? };
        Some(parts.rows(dialect, M::TABLE))
    }
}

impl<M: Model, O: Origin<M>, S: Shape<M>> Query<M, O, S> {
    /// All the rows; without [`order_by`](Self::order_by), in no particular order. Sends one `SELECT`, and those of
    /// [`with`](Query::with).
    ///
    /// On SQLite, the `SELECT` is within another that returns each column as one JSON array, where [JSON holds the columns
    /// exactly](crate::guide::eager_loading#in-one-statement), the rows are neither groups nor `distinct`, and the limit, if there is one, is
    /// more than four: many rows then take a fifth of the time. The arrays are in memory next to what is made of them, about three times as much in
    /// all, and a call that is dropped keeps the connection until they are made. [`RowByRow`](crate::RowByRow) asks for rows.
    ///
    /// # Errors
    /// A value does not fit its field, [`Error::NoPlace`] as for [`after`](Self::after), [`Error::MissingTarget`],
    /// [`Error::SeveralTargets`] and [`Error::UnequalKeys`] as for [`with`](Query::with), or the database fails.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Post { id: i64 }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Post>(&db).await?;
    /// let posts: Vec<Post> = Post::query().order_by(|p| p.id.desc()).to_vec(&db).await?;
    /// let first: Option<Post> = Post::query().first(&db).await?;
    /// assert_eq!((posts, first), (vec![], None));
    /// # Ok(()) }
    /// ```
    pub fn to_vec<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<Vec<S::Item>>> {
        self.shape.all(self.resolved(), db)
    }

    /// The rows one at a time: memory stays bounded whatever their number. Sends one `SELECT`, when the first row is
    /// asked for.
    ///
    /// With [`with`](Query::with), the rows are read in chunks of 1000, each with one `SELECT` and those of the relations. They are found
    /// by keyset, as in [`after`](Self::after); by offset, where the order is not one of columns.
    ///
    /// More than 100 rows of a table of SQLite, all or the first, in no other order than that of a key that the database numbers, are read in chunks, too,
    /// which takes a third of the time: one `SELECT` for the first 100 rows, and one for each 1000 that follow, or fewer where they are long. Each returns
    /// arrays, where these hold the columns exactly ([`eager_loading`](crate::guide::eager_loading#in-one-statement)). They see one state of the
    /// database, in a savepoint that ends with the stream. A `SELECT` before them asks how the table is keyed: a view is read by one statement.
    ///
    /// The connection is in use until the stream ends or is dropped: other calls on a pool of one connection, as that of a database in memory,
    /// wait for it. Errors are those of [`to_vec`](Self::to_vec), each in its place; one of a statement is the last item.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Post { id: i64 }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Post>(&db).await?;
    /// let mut rows = Post::query().stream(&db);
    /// while let Some(post) = rows.try_next().await? {
    ///     println!("{}", post.id);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn stream<'c, E: Executor<'c>>(&self, db: E) -> Rows<'c, S::Item> {
        match self.resolved() {
            Some(parts) => self.shape.stream(parts, db),
            None => Rows::none(),
        }
    }

    /// The first row in the given order, or `None`; the key decides between rows that are alike to the order, and is the
    /// order where none is given. Sends one `SELECT .. LIMIT`, and those of [`with`](Query::with).
    ///
    /// # Errors
    /// As for [`to_vec`](Self::to_vec).
    pub fn first<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<Option<S::Item>>> {
        let rows = self.at_most(1, db);
        Box::pin(async move { Ok(rows.await?.pop()) })
    }

    /// The only row. Sends one `SELECT .. LIMIT`, and those of [`with`](Query::with).
    ///
    /// # Errors
    /// [`Error::NoRow`] where there is none, [`Error::SeveralRows`] where there are several; otherwise as for
    /// [`to_vec`](Self::to_vec).
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct User { id: i64, email: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<User>(&db).await?;
    /// # User::create().email("ann@example.org").insert(&db).await?;
    /// let ann = User::query().filter(|u| u.email.eq("ann@example.org")).one(&db).await?;
    /// assert_eq!(ann.id, 1);
    /// # Ok(()) }
    /// ```
    pub fn one<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<S::Item>> {
        let rows = self.at_most(2, db);
        Box::pin(async move {
            let mut rows = rows.await?;
            let row = rows.pop().ok_or(Error::NoRow { table: M::TABLE.name })?;
            if rows.is_empty() { Ok(row) } else { Err(Error::SeveralRows { table: M::TABLE.name }) }
        })
    }

    fn at_most<'c, E: Executor<'c>>(&self, most: u64, db: E) -> BoxFuture<'c, Result<Vec<S::Item>>> {
        self.shape.all(self.resolved().map(|parts| parts.at_most(most)), db)
    }
}
