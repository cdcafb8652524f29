//! Tables for models: enough to start, to test and to try things; an application that lives on uses migrations.

mod definition;
mod mermaid;
mod statements;

pub use definition::TableDefinition;
use futures_core::future::BoxFuture;
pub use mermaid::mermaid;

use crate::Model;
use crate::backend::Dialect;
use crate::error::Result;
use crate::executor::Executor;

/// The models of a schema: one model, or a tuple of up to sixteen.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of models",
    label = "expected a model, or a tuple of up to 16 models",
    note = "nest tuples for more than 16: `((A, B), (C, D))`"
)]
pub trait Schema {
    /// The tables of these models.
    #[doc(hidden)]
    fn tables(dialect: Dialect) -> Vec<TableDefinition>;
}

/// Creates the tables of the given models in one transaction, each with its key, its foreign keys and an index on each
/// foreign key.
///
/// Sends one `CREATE TABLE` for each model and one `CREATE INDEX` for each foreign key. Foreign keys are those that
/// relations declare on either side, as far as they refer to the key of their target; what becomes of a row when the one it refers to is
/// deleted is what `on_delete` says, and otherwise the database refuses. A many-to-many relation through a table without a model makes that
/// table too, of the two foreign keys, which are its key and go with either row; create both models in one call. On SQLite the tables
/// are `STRICT`, and generated keys are never used twice (`AUTOINCREMENT`). MySQL has no transactions for this: each `CREATE TABLE` ends the
/// one that it is in, and stays where a later one fails.
///
/// # Errors
/// A table exists already, two relations say different things of one foreign key, or `on_delete` is said of columns that refer to something
/// else than a key, which no database looks after; then none is created, but for MySQL.
///
/// ```
/// # use neko_orm::Model;
/// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment)] struct Post { id: i64 }
/// # #[derive(Debug, Clone, PartialEq, Model)] struct Comment { id: i64, post_id: Option<i64> }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
/// let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
/// neko_orm::schema::create::<(Post, Comment)>(&db).await?;
/// # Ok(()) }
/// ```
pub fn create<'c, S: Schema>(db: impl Executor<'c>) -> BoxFuture<'c, Result<()>> {
    let statements = statements::create(db.dialect(), &definition::complete(S::tables(db.dialect()), db.dialect()));
    let lease = db.lease();
    Box::pin(async move {
        let mut lease = lease.await?;
        if !lease.dialect().spelling().undoes_schema_changes {
            for statement in statements? {
                lease.connection().execute(statement).await?;
            }
            return Ok(());
        }
        let mut transaction = lease.begin().await?;
        for statement in statements? {
            transaction.connection().execute(statement).await?;
        }
        transaction.commit().await
    })
}

impl<M: Model> Schema for M {
    fn tables(dialect: Dialect) -> Vec<TableDefinition> {
        vec![TableDefinition::of::<M>(dialect)]
    }
}

macro_rules! tuples {
    ($first:ident $($rest:ident)*) => {
        impl<$first: Schema, $($rest: Schema),*> Schema for ($first, $($rest,)*) {
            fn tables(dialect: Dialect) -> Vec<TableDefinition> {
                let tables = [$first::tables(dialect), $($rest::tables(dialect)),*];
                tables.into_iter().flatten().collect()
            }
        }
        tuples!($($rest)*);
    };
    () => {};
}

tuples!(A B C D E F G H I J K L M N O P);
