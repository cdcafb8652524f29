//! The trait that the derive implements: the facts of a model, and the verbs on one row.

use futures_core::future::BoxFuture;

use crate::backend::{Dialect, Row, Statement, Value};
use crate::column::Table;
use crate::create::{self, Builder, Complete};
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::field::IntoField;
use crate::key::{self, KeyColumns, KeyOf};
use crate::node::Alias;
use crate::query::{self, Leasing, Query};
use crate::relation::Reference;
use crate::sql::Sql;

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

    /// The columns and relations of a table in a statement: what the closures of queries are given.
    #[doc(hidden)]
    fn columns(alias: Alias) -> Self::Columns;

    /// Reads a row of all columns in the order of declaration.
    #[doc(hidden)]
    fn from_row(row: &Row) -> Result<Self>;

    /// The fields as arguments, in the order of declaration.
    #[doc(hidden)]
    fn arguments(&self) -> Vec<&dyn Value>;

    /// The values of a new row of which nothing is set.
    #[doc(hidden)]
    fn unset() -> Self::Values;

    /// The values of a new row as arguments, as far as they are set.
    #[doc(hidden)]
    fn new_arguments(values: &Self::Values) -> Vec<Option<&dyn Value>>;

    /// The foreign keys that the relations of this model imply, on whichever side they are.
    #[doc(hidden)]
    fn references() -> Vec<Reference>;

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
        Self::Create::from_values(Self::unset())
    }

    /// Inserts all of the given new rows, or none, and returns them in the given order.
    ///
    /// Sends one `INSERT` with as many rows as the database's limit on arguments allows, in a transaction or savepoint
    /// of its own; rows that leave other columns to the database's defaults than their predecessor start a new
    /// statement. Nothing is sent for no rows.
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
    fn insert_all<'c, B, E>(rows: impl IntoIterator<Item = B>, db: E) -> BoxFuture<'c, Result<Vec<Self>>>
    where
        B: Complete<Model = Self>,
        E: Executor<'c>,
    {
        create::insert_all(rows.into_iter().map(Complete::into_values).collect(), db)
    }

    /// All rows; also what a relation handle is, narrowed to the related rows. See [`Query`].
    ///
    /// Sends nothing by itself.
    fn query() -> Query<Self> {
        Query::from_origin(query::Everything)
    }

    /// The row with this key, or `None`. Sends one `SELECT`.
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
        let statement = select_one(db.dialect(), Self::TABLE, &Self::KEY.arguments(&key));
        query::optional(statement, db.lease())
    }

    /// The row with this key. Sends one `SELECT`.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none; otherwise as for [`find`](Model::find).
    fn get<'c, E: Executor<'c>>(key: impl IntoField<KeyOf<Self>>, db: E) -> BoxFuture<'c, Result<Self>> {
        let key = key.into_field();
        let arguments = Self::KEY.arguments(&key);
        let found = query::optional(select_one(db.dialect(), Self::TABLE, &arguments), db.lease());
        let key = key::owned(&arguments);
        Box::pin(async move { found.await?.ok_or_else(|| not_found(Self::TABLE, &key)) })
    }

    /// Writes every column of this row. Sends one `UPDATE`, and never inserts.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no row with this key; a violation if a constraint refuses the values.
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
        let key = Self::KEY.arguments(&key);
        write_one(update(db.dialect(), Self::TABLE, &self.arguments(), &key), Self::TABLE, &key, db.lease())
    }

    /// Reads this row again. Sends one `SELECT`.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the row is gone; the struct is left as it was then.
    fn refresh<'c, 'e: 'c, E: Executor<'e>>(&'c mut self, db: E) -> BoxFuture<'c, Result<()>> {
        let fresh = Self::get(self.key(), db);
        Box::pin(async move {
            *self = fresh.await?;
            Ok(())
        })
    }

    /// Deletes this row. Sends one `DELETE`.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the row is gone already; [`Error::ForeignKeyViolation`] if rows still refer to it.
    fn delete<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<()>> {
        let key = self.key();
        let key = Self::KEY.arguments(&key);
        write_one(delete(db.dialect(), Self::TABLE, &key), Self::TABLE, &key, db.lease())
    }
}

fn not_found(table: &'static Table, key: &[Box<dyn Value>]) -> Error {
    Error::NotFound { table: table.name, key: key::display(&[key::describe(key.iter().map(|part| &**part))]) }
}

fn select_one(dialect: Dialect, table: &'static Table, key: &[&dyn Value]) -> Result<Statement> {
    let mut sql = query::select(dialect, table);
    sql.push(" WHERE ");
    key::equals(&mut sql, table, key);
    sql.finish()
}

/// Sets all columns but the key's; or those, where there are no others, since whether the row is there must be found out
/// all the same.
fn update(dialect: Dialect, table: &'static Table, arguments: &[&dyn Value], key: &[&dyn Value]) -> Result<Statement> {
    let mut sql = Sql::new(dialect);
    let is_only_key = table.key.len() == table.columns.len();
    let written =
        table.columns.iter().zip(arguments).filter(|(column, _)| is_only_key || !table.key.contains(&column.index));
    sql.push("UPDATE ").name(table.name).push(" SET ").list(written, |sql, (column, value)| {
        sql.name(column.name).push(" = ").bind(*value);
    });
    sql.push(" WHERE ");
    key::equals(&mut sql, table, key);
    sql.finish()
}

fn delete(dialect: Dialect, table: &'static Table, key: &[&dyn Value]) -> Result<Statement> {
    let mut sql = Sql::new(dialect);
    sql.push("DELETE FROM ").name(table.name).push(" WHERE ");
    key::equals(&mut sql, table, key);
    sql.finish()
}

/// Runs a statement that must write the row with this key.
fn write_one<'c>(
    statement: Result<Statement>,
    table: &'static Table,
    key: &[&dyn Value],
    lease: Leasing<'c>,
) -> BoxFuture<'c, Result<()>> {
    let key = key::owned(key);
    Box::pin(async move {
        let statement = statement?;
        match lease.await?.connection().execute(statement).await? {
            0 => Err(not_found(table, &key)),
            _ => Ok(()),
        }
    })
}
