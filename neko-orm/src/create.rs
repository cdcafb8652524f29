//! New rows: the builder's state in its type, and the statements that insert.

use futures_core::future::BoxFuture;

use crate::Model;
use crate::backend::{Connection, Dialect, Statement};
use crate::column::AnyColumn;
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::query;
use crate::sql::Sql;

/// A required column that is set.
#[derive(Debug)]
pub struct Provided;

/// A required column that is still missing.
#[derive(Debug)]
pub struct Missing;

/// The state of the required column `C`, once it is set.
#[diagnostic::on_unimplemented(
    message = "the required column `{C}` is missing",
    label = "set the column before this, with the method of its name",
    note = "a column can be left out if its field is an `Option` or has `#[column(default)]`"
)]
pub trait IsSet<C> {}

#[diagnostic::do_not_recommend]
impl<C> IsSet<C> for Provided {}

/// The builder of a new row, whichever columns are set.
pub trait Builder: Sized {
    /// The model of which a row is built.
    type Model: Model;

    /// A builder that goes on from the given values.
    #[doc(hidden)]
    fn from_values(values: <Self::Model as Model>::Values) -> Self;
}

/// A builder in which every required column is set.
///
/// [`Model::insert_all`] takes these; a builder with a missing column is refused with the column's name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a new row",
    label = "expected what `create()` returns, with every required column set",
    note = "start a new row with `Model::create()`"
)]
pub trait Complete: Builder {
    /// The values that are set.
    #[doc(hidden)]
    fn into_values(self) -> <Self::Model as Model>::Values;
}

/// What relations must know of a column of another model: found on the model's builder by a hash of the field's name.
pub trait ColumnNamed<const HASH: u64> {
    /// Whether the column can be NULL.
    type Nullability;
    /// The builder, once this column is set.
    type Provided: Builder;
}

/// Inserts one row and returns it as the database stored it, in one `INSERT .. RETURNING`.
pub fn insert<'c, B: Complete, E: Executor<'c>>(builder: B, db: E) -> BoxFuture<'c, Result<B::Model>> {
    let mut row = builder.into_values();
    let columns = columns_of::<B::Model>(&mut row);
    let statement = statement::<B::Model>(db.dialect(), &columns, &mut [row]);
    let inserted = query::optional(statement, db.lease());
    Box::pin(async move { inserted.await?.ok_or_else(|| not_inserted::<B::Model>(1, 0)) })
}

/// Inserts all rows or none.
pub(crate) fn insert_all<'c, M: Model, E: Executor<'c>>(
    mut rows: Vec<M::Values>,
    db: E,
) -> BoxFuture<'c, Result<Vec<M>>> {
    if rows.is_empty() {
        return Box::pin(std::future::ready(Ok(Vec::new())));
    }
    let statements = statements::<M>(db.dialect(), &mut rows);
    let (lease, count) = (db.lease(), rows.len());
    Box::pin(async move {
        let statements = statements?;
        let mut inserted = Vec::with_capacity(count);
        let mut lease = lease.await?;
        // Even a single statement needs the transaction: `RAISE(FAIL)` in a trigger keeps the rows before it.
        let mut transaction = lease.begin().await?;
        for statement in statements {
            returning(&mut transaction.connection(), statement, &mut inserted).await?;
        }
        if inserted.len() != count {
            transaction.rollback().await?;
            return Err(not_inserted::<M>(count, inserted.len()));
        }
        transaction.commit().await?;
        Ok(inserted)
    })
}

fn not_inserted<M: Model>(given: usize, inserted: usize) -> Error {
    Error::NotInserted { table: M::TABLE.name, given, inserted }
}

async fn returning<M: Model>(
    connection: &mut Connection<'_>,
    statement: Statement,
    inserted: &mut Vec<M>,
) -> Result<()> {
    let mut on_row = |row: &crate::backend::Row| {
        inserted.push(M::from_row(row)?);
        Ok(())
    };
    connection.fetch(statement, &mut on_row).await
}

type Columns<M> = Vec<&'static dyn AnyColumn<M>>;

/// The columns that a new row sets; the others are left to the database's defaults.
fn columns_of<M: Model>(row: &mut M::Values) -> Columns<M> {
    M::TABLE.columns.iter().copied().filter(|column| column.of_values(row).is_some()).collect()
}

/// The statements for these rows: as few as the limit on arguments and the rows' sets of columns allow.
fn statements<M: Model>(dialect: Dialect, mut rows: &mut [M::Values]) -> Result<Vec<Statement>> {
    let mut statements = Vec::new();
    while let Some(first) = rows.first_mut() {
        let columns = columns_of::<M>(first);
        let limit = dialect.argument_limit().checked_div(columns.len()).unwrap_or(1).min(rows.len());
        let alike = rows[..limit].iter_mut().position(|row| !sets::<M>(row, &columns)).unwrap_or(limit);
        let (chunk, rest) = rows.split_at_mut(alike);
        statements.push(statement(dialect, &columns, chunk)?);
        rows = rest;
    }
    Ok(statements)
}

/// Whether the row sets exactly these columns.
fn sets<M: Model>(row: &mut M::Values, columns: &Columns<M>) -> bool {
    let mut expected = columns.iter().map(|column| column.facts().index).peekable();
    M::TABLE.columns.iter().all(|column| {
        let is_expected = expected.next_if_eq(&column.facts().index).is_some();
        column.of_values(row).is_some() == is_expected
    })
}

/// `INSERT` of rows that all set the same columns.
fn statement<M: Model>(dialect: Dialect, columns: &Columns<M>, rows: &mut [M::Values]) -> Result<Statement> {
    let mut sql = Sql::new(dialect);
    if rows.len() != 1 {
        // Each number of rows has a text of its own, and the driver keeps few.
        sql.once();
    }
    sql.push("INSERT INTO ").name(M::TABLE.name);
    if columns.is_empty() {
        sql.push(" DEFAULT VALUES");
    } else {
        sql.push(" (").list(columns, |sql, column| {
            sql.name(column.facts().name);
        });
        sql.push(") VALUES ").list(&mut *rows, |sql, row| {
            sql.push("(").list(columns, |sql, column| {
                column.of_values(row).map(|value| sql.bind(value));
            });
            sql.push(")");
        });
    }
    sql.push(" RETURNING ");
    query::columns::<M>(&mut sql);
    sql.finish()
}
