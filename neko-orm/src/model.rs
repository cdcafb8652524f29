//! The trait that the derive implements: the facts of a model, and the verbs on one row.

use futures_core::future::BoxFuture;

use crate::backend::{Row, Value};
use crate::column::Table;
use crate::create::{self, Builder, Complete, NewArguments, NewRow};
use crate::error::Result;
use crate::executor::Executor;
use crate::expr::Assignments;
use crate::field::IntoField;
use crate::key::{KeyColumns, KeyOf};
use crate::node::Alias;
use crate::query::{self, Loader, Query, ScopeFn, Scoped as _, made, one};
use crate::raw::Raw;
use crate::relation::References;

/// A struct that is a row of a table, with its relations: made by [`#[derive(Model)]`](derive@crate::Model).
///
/// Each call takes the database as its last argument: `&pool`, `&mut connection` or `&mut transaction`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "add `#[derive(Model)]` to `{Self}`"
)]
pub trait Model: Sized + Send + Sync + 'static {
    /// The columns and relations, by the names of their fields and methods.
    #[doc(hidden)]
    type Columns: 'static;
    /// The relations, by the names of their methods: what the closures of `with` are given.
    #[doc(hidden)]
    type Relations: 'static;
    /// The values of a new row, as far as they are set.
    #[doc(hidden)]
    type Values: Send + 'static;
    /// The columns of the key; [`KeyOf`] is the type of its values.
    #[doc(hidden)]
    type KeyColumns: KeyColumns<Self>;
    /// The builder of a new row, with no column set.
    type Create: Builder<Model = Self>;

    #[doc(hidden)]
    const COLUMNS: Self::Columns;
    #[doc(hidden)]
    const KEY: Self::KeyColumns;
    #[doc(hidden)]
    const TABLE: &'static Table;
    #[doc(hidden)]
    const COLUMNS_AT: fn(Alias) -> Self::Columns;
    #[doc(hidden)]
    const RELATIONS: Self::Relations;
    /// The values of a new row of which nothing is set.
    #[doc(hidden)]
    const UNSET: Self::Values;
    /// The default scope.
    #[doc(hidden)]
    const SCOPE: Option<ScopeFn<Self>> = None;
    /// What says in a polymorphic relation that a row refers to this model.
    #[doc(hidden)]
    const MORPH: &'static str;
    /// The foreign keys that the relations of this model imply, on whichever side they are.
    #[doc(hidden)]
    const REFERENCES: References;

    /// The columns and relations of a table in a statement: what the closures of queries are given.
    #[doc(hidden)]
    fn columns(alias: Alias) -> Self::Columns {
        (Self::COLUMNS_AT)(alias)
    }

    /// Reads all columns in the order of declaration, of which the first is at `first` in the row.
    #[doc(hidden)]
    fn from_row(row: &Row, first: usize) -> Result<Self>;

    /// The fields as arguments, in the order of declaration.
    #[doc(hidden)]
    fn arguments(&self) -> Vec<&dyn Value>;

    /// Adds the values of a new row as arguments, as far as they are set.
    #[doc(hidden)]
    fn new_arguments<'v>(new: &'v Self::Values, to: &mut NewArguments<'v>);

    /// The key of this row.
    ///
    /// ```
    /// # #[derive(Debug, Clone, PartialEq, neko_orm::Model)] struct Post { id: i64, title: String }
    /// # use neko_orm::Model;
    /// assert_eq!(Post { id: 3, title: "Hello".into() }.key(), 3);
    /// ```
    fn key(&self) -> KeyOf<Self> {
        Self::KEY.key_of(self)
    }

    /// Starts a new row: set its columns, then `.insert(&db)`. A required column that is not set does not compile.
    ///
    /// Sends nothing. Required are all columns except those of an `Option`, those with `#[column(default)]`, and a
    /// single integer key, which the database generates.
    ///
    /// ```
    /// # #[derive(Debug, Clone, PartialEq, neko_orm::Model)] struct Post { id: i64, title: String }
    /// # use neko_orm::Model;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Post>(&db).await?;
    /// let post = Post::create().title("Hello").insert(&db).await?;
    /// assert_eq!(post, Post { id: 1, title: "Hello".into() });
    /// # Ok(()) }
    /// ```
    fn create() -> Self::Create {
        Self::Create::from_values(Self::UNSET)
    }

    /// Inserts all of the given new rows, or none, and returns them in the given order.
    ///
    /// Sends one `INSERT` with as many rows as the database's limit on arguments allows (and no more than 65,536), in a transaction or savepoint
    /// of its own; rows that leave other columns to the database's defaults than their predecessor start a new
    /// statement. Nothing is sent for no rows. Rows that are given [`with`](crate::CreateWith) others are returned with them, in one statement
    /// for each relation and level. [`insert_all_returning_keys`](Self::insert_all_returning_keys) returns less, and
    /// [`import_all`](Self::import_all) inserts rows that need not come back, in less time and bounded memory.
    ///
    /// SQLite hands over many rows one by one, and slowly: 16 and more that it numbers itself are read as JSON, where JSON holds the values of all
    /// columns exactly, by a `SELECT` in the same message as their `INSERT`. Other rows, and these
    /// where triggers add further ones, come from `INSERT .. RETURNING`. That is told apart only by what triggers change `AFTER` the `INSERT`, which
    /// `RETURNING` does not see; [`refresh`](Self::refresh) reads a row as it is.
    ///
    /// # Errors
    /// As for a single insert; no row is inserted then.
    ///
    /// ```
    /// # #[derive(Debug, Clone, PartialEq, neko_orm::Model)] struct Post { id: i64, title: String }
    /// # use neko_orm::Model;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Post>(&db).await?;
    /// let posts = Post::insert_all(["a", "b"].map(|title| Post::create().title(title)), &db).await?;
    /// assert_eq!(posts[1], Post { id: 2, title: "b".into() });
    /// # Ok(()) }
    /// ```
    fn insert_all<'c, N, E>(rows: impl IntoIterator<Item = N>, db: E) -> BoxFuture<'c, Result<Vec<N::Inserted>>>
    where
        N: NewRow<Builder: Complete<Model = Self>>,
        E: Executor<'c>,
    {
        create::insert_all(rows, db)
    }

    /// Inserts a new row and returns its key alone: for a row that is at hand already, or too large to come back.
    ///
    /// Sends what `insert` on the row sends, one `INSERT .. RETURNING` with the columns of the key; or a `SELECT` of these after the `INSERT`, in a
    /// transaction. A row that is given [`with`](crate::CreateWith) others comes back with [`insert`](crate::CreateWith::insert).
    ///
    /// # Errors
    /// As for a single insert, but for columns that do not fit their fields: these are not read.
    ///
    /// ```
    /// # #[derive(Debug, Clone, PartialEq, neko_orm::Model)] struct Post { id: i64, body: String }
    /// # use neko_orm::Model;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Post>(&db).await?;
    /// let id: i64 = Post::insert_returning_key(Post::create().body("x".repeat(1_000_000)), &db).await?;
    /// assert_eq!(id, 1);
    /// # Ok(()) }
    /// ```
    fn insert_returning_key<'c, B, E>(row: B, db: E) -> BoxFuture<'c, Result<KeyOf<Self>>>
    where
        B: Complete<Model = Self>,
        E: Executor<'c>,
    {
        create::insert_returning_key(row, db)
    }

    /// Inserts all of the given new rows, or none, and returns their keys in the given order: as [`insert_all`](Self::insert_all), of whose statements
    /// the columns of the key come back.
    ///
    /// # Errors
    /// As for [`insert_all`](Self::insert_all), but for columns that do not fit their fields: these are not read.
    ///
    /// ```
    /// # #[derive(Debug, Clone, PartialEq, neko_orm::Model)] struct Post { id: i64, body: String }
    /// # use neko_orm::Model;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Post>(&db).await?;
    /// let posts = ["a", "b"].map(|body| Post::create().body(body));
    /// let ids: Vec<i64> = Post::insert_all_returning_keys(posts, &db).await?;
    /// assert_eq!(ids, [1, 2]);
    /// # Ok(()) }
    /// ```
    fn insert_all_returning_keys<'c, B, E>(
        rows: impl IntoIterator<Item = B>,
        db: E,
    ) -> BoxFuture<'c, Result<Vec<KeyOf<Self>>>>
    where
        B: Complete<Model = Self>,
        E: Executor<'c>,
    {
        create::insert_all_returning_keys(rows, db)
    }

    /// Inserts all of the given new rows, or none, and returns how many there were: for rows that need not come back.
    ///
    /// Takes 4096 rows at a time from `rows` (1024 on SQLite), the first ones when it is called, and the next ones while the database inserts those
    /// before: any number of them needs the memory of twice as many. Sends the `INSERT`s of [`insert_all`](Self::insert_all) without `RETURNING`,
    /// at least one each time, in one transaction or savepoint; for a single row on a server, its `INSERT` alone, and nothing for no rows. The connection is
    /// kept until the last rows are there.
    ///
    /// Rows that are given [`with`](crate::CreateWith) others are inserted with them, in one statement for each relation and level of the rows that are taken at
    /// a time; the next ones are taken after that. Those come back that others refer to, and no more. All of them are counted.
    ///
    /// # Errors
    /// As for [`insert_all`](Self::insert_all); no row is inserted then, and no more rows are taken but the next ones.
    ///
    /// ```
    /// # #[derive(Debug, Clone, PartialEq, neko_orm::Model)] struct Post { id: i64, title: String }
    /// # use neko_orm::Model;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Post>(&db).await?;
    /// let lines = "first\nsecond\nthird".lines();
    /// let inserted: u64 = Post::import_all(lines.map(|line| Post::create().title(line)), &db).await?;
    /// assert_eq!((inserted, Post::query().count(&db).await?), (3, 3));
    /// # Ok(()) }
    /// ```
    fn import_all<'c, N, E>(rows: impl IntoIterator<Item = N, IntoIter: Send + 'c>, db: E) -> BoxFuture<'c, Result<u64>>
    where
        N: NewRow<Builder: Complete<Model = Self>>,
        E: Executor<'c>,
    {
        N::import(rows.into_iter(), db)
    }

    /// All rows; also what a relation handle is, narrowed to the related rows. See [`Query`].
    ///
    /// Sends nothing by itself.
    fn query() -> Query<Self> {
        Query::from_origin(query::Everything)
    }

    /// The rows that a `SELECT` of your own returns, to be narrowed, ordered and read like any other query.
    ///
    /// The statement must return all of the model's columns by their names, in any order. It becomes a subquery:
    /// `SELECT .. FROM (your select) AS "posts"`. An order within it is kept where the query adds none.
    ///
    /// ```
    /// # #[derive(Debug, Clone, PartialEq, neko_orm::Model)] struct Post { id: i64, title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Post>(&db).await?;
    /// use neko_orm::{Model, sql};
    ///
    /// let select = sql("SELECT * FROM posts WHERE length(title) > ?").bind(3);
    /// let posts: Vec<Post> = Post::query_sql(select).order_by(|p| p.id.asc()).to_vec(&db).await?;
    /// # Ok(()) }
    /// ```
    fn query_sql(select: Raw) -> Query<Self> {
        Query::from_raw(select)
    }

    /// What relations lead to from rows at hand (`&posts`, or any references to them): one entry for each row, in their order. The closure is that of
    /// [`Query::with`], and so are the statements; for no rows, nothing is sent.
    ///
    /// # Errors
    /// As for [`Query::with`].
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment)] struct Post { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Comment { id: i64, post_id: i64 }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Comment)>(&db).await?;
    /// let posts = Post::query().to_vec(&db).await?;
    /// let lists: Vec<Vec<Comment>> = Post::load(&posts, |p| p.comments, &db).await?;
    /// assert_eq!(lists.len(), posts.len());
    /// # Ok(()) }
    /// ```
    fn load<'c, L: Loader<Self>, E: Executor<'c>>(
        rows: impl IntoIterator<Item = &'c Self>,
        load: impl FnOnce(Self::Relations) -> L,
        db: E,
    ) -> BoxFuture<'c, Result<Vec<L::Output>>> {
        query::load(rows.into_iter().collect(), load(Self::RELATIONS), db)
    }

    /// The row with this key, or `None`, also where the model's default scope leaves it out. Sends one `SELECT`.
    ///
    /// # Errors
    /// A value of the row does not fit its field, or the database fails.
    ///
    /// ```
    /// # #[derive(Debug, Clone, PartialEq, neko_orm::Model)] struct Post { id: i64, title: String }
    /// # use neko_orm::Model;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Post>(&db).await?;
    /// assert_eq!(Post::find(1, &db).await?, None);
    /// # Ok(()) }
    /// ```
    fn find<'c, E: Executor<'c>>(key: impl IntoField<KeyOf<Self>>, db: E) -> BoxFuture<'c, Result<Option<Self>>> {
        let key = key.into_field();
        let row = one::find(db.dialect(), Self::TABLE, Self::KEY.arguments(&key), Self::MADE_BY, db.lease());
        made::made(row, made::found)
    }

    /// The row with this key. Sends one `SELECT`.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound) if there is none; otherwise as for [`find`](Model::find).
    fn get<'c, E: Executor<'c>>(key: impl IntoField<KeyOf<Self>>, db: E) -> BoxFuture<'c, Result<Self>> {
        let key = key.into_field();
        let row = one::get(db.dialect(), Self::TABLE, Self::KEY.arguments(&key), Self::MADE_BY, db.lease());
        made::made(row, made::row)
    }

    /// Writes every column of this row. Sends one `UPDATE`, and never inserts.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound) if there is no row with this key; a violation if a constraint refuses the values.
    ///
    /// ```
    /// # #[derive(Debug, Clone, PartialEq, neko_orm::Model)] struct Post { id: i64, title: String }
    /// # use neko_orm::Model;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Post>(&db).await?;
    /// let mut post = Post::create().title("Hello").insert(&db).await?;
    /// post.title = "New".into();
    /// post.save(&db).await?;
    /// # Ok(()) }
    /// ```
    fn save<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<()>> {
        let key = self.key();
        one::save(db.dialect(), Self::TABLE, self.arguments(), Self::KEY.arguments(&key), db.lease())
    }

    /// Sets columns of this row, and the same fields of the struct to what the database has stored; other columns and fields are
    /// left as they are. Sends one `UPDATE .. RETURNING`.
    ///
    /// # Errors
    /// As for [`save`](Model::save); the struct is left as it was then.
    ///
    /// ```
    /// # #[derive(Debug, Clone, PartialEq, neko_orm::Model)] struct Post { id: i64, title: String, rating: i32 }
    /// # use neko_orm::Model;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Post>(&db).await?;
    /// let mut post = Post::create().title("Hello").rating(4).insert(&db).await?;
    /// post.update(|p| (p.title.set("New"), p.rating.set(p.rating + 1)), &db).await?;
    /// assert_eq!(post, Post { id: 1, title: "New".into(), rating: 5 });
    /// # Ok(()) }
    /// ```
    fn update<'c, 'e: 'c, A: Assignments<Self>, E: Executor<'e>>(
        &'c mut self,
        set: impl FnOnce(Self::Columns) -> A,
        db: E,
    ) -> BoxFuture<'c, Result<()>> {
        let assignments = set(Self::columns(Alias::TABLE)).into_assignments();
        one::update_columns(self, assignments, db.dialect(), db.lease())
    }

    /// Reads this row again, also one that the model's default scope leaves out. Sends one `SELECT`.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound) if the row is gone; the struct is left as it was then.
    fn refresh<'c, 'e: 'c, E: Executor<'e>>(&'c mut self, db: E) -> BoxFuture<'c, Result<()>> {
        let key = self.key();
        let arguments = Self::KEY.arguments(&key);
        let row = one::get(db.dialect(), Self::TABLE, arguments, None, db.lease());
        made::made(row, |row| {
            *self = Self::from_row(&row, 0)?;
            Ok(())
        })
    }

    /// Deletes this row. Sends one `DELETE`.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound) if the row is gone already; [`Error::ForeignKeyViolation`](crate::Error::ForeignKeyViolation) if rows still refer to it.
    fn delete<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<()>> {
        let key = self.key();
        one::delete(db.dialect(), Self::TABLE, Self::KEY.arguments(&key), db.lease())
    }
}
