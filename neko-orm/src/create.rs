//! New rows: the builder's state in its type, and the statements that insert.

use futures_core::future::BoxFuture;

use crate::Model;
use crate::backend::{Dialect, Row, Statement, Value};
use crate::column::Table;
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::query::{self, Leasing};
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
    let values = builder.into_values();
    let row = NewRow(B::Model::new_arguments(&values));
    let statement = statement(db.dialect(), B::Model::TABLE, &row.columns(), &[row]);
    let inserted = query::optional(statement, db.lease());
    Box::pin(async move { inserted.await?.ok_or_else(|| not_inserted(B::Model::TABLE, 1, 0)) })
}

/// Inserts all rows or none.
pub(crate) fn insert_all<'c, M: Model, E: Executor<'c>>(rows: Vec<M::Values>, db: E) -> BoxFuture<'c, Result<Vec<M>>> {
    if rows.is_empty() {
        return query::ready(Vec::new());
    }
    let new: Vec<_> = rows.iter().map(|values| NewRow(M::new_arguments(values))).collect();
    let statements = statements(db.dialect(), M::TABLE, &new);
    let (lease, count) = (db.lease(), rows.len());
    Box::pin(async move {
        let mut inserted = Vec::with_capacity(count);
        let mut on_row = |row: &Row| {
            inserted.push(M::from_row(row, 0)?);
            Ok(())
        };
        run_all(statements?, lease, M::TABLE, count, &mut on_row).await?;
        Ok(inserted)
    })
}

/// Runs the statements in one transaction, which is committed if they have returned `count` rows.
async fn run_all(
    statements: Vec<Statement>,
    lease: Leasing<'_>,
    table: &'static Table,
    count: usize,
    on_row: &mut (dyn FnMut(&Row) -> Result<()> + Send),
) -> Result<()> {
    let (mut lease, mut inserted) = (lease.await?, 0);
    // Even a single statement needs the transaction: `RAISE(FAIL)` in a trigger keeps the rows before it.
    let mut transaction = lease.begin().await?;
    for statement in statements {
        let rows = transaction.connection().rows(statement).await?;
        inserted += rows.len();
        rows.iter().try_for_each(&mut *on_row)?;
    }
    if inserted != count {
        transaction.rollback().await?;
        return Err(not_inserted(table, count, inserted));
    }
    transaction.commit().await
}

fn not_inserted(table: &'static Table, given: usize, inserted: usize) -> Error {
    Error::NotInserted { table: table.name, given, inserted }
}

/// The values of a new row as arguments, as far as they are set.
pub type NewArguments<'v> = Vec<Option<&'v dyn Value>>;

/// The values of a new row, by the positions of their columns. Those that are not set are left to the database's defaults.
struct NewRow<'v>(NewArguments<'v>);

impl NewRow<'_> {
    /// The positions of the columns that are set.
    fn columns(&self) -> Vec<usize> {
        let set = self.0.iter().enumerate().filter(|(_, value)| value.is_some());
        set.map(|(position, _)| position).collect()
    }

    /// Whether exactly the same columns are set.
    fn is_like(&self, other: &Self) -> bool {
        self.0.iter().map(Option::is_some).eq(other.0.iter().map(Option::is_some))
    }
}

/// The statements for these rows: as few as the limit on arguments and the rows' sets of columns allow.
fn statements(dialect: Dialect, table: &'static Table, mut rows: &[NewRow<'_>]) -> Result<Vec<Statement>> {
    let mut statements = Vec::new();
    while let Some(first) = rows.first() {
        let columns = first.columns();
        let most = dialect.argument_limit().checked_div(columns.len()).unwrap_or(1).min(rows.len());
        let alike = rows[..most].iter().position(|row| !row.is_like(first)).unwrap_or(most);
        let (chunk, rest) = rows.split_at(alike);
        statements.push(statement(dialect, table, &columns, chunk)?);
        rows = rest;
    }
    Ok(statements)
}

/// `INSERT` of rows that all set the same columns.
fn statement(dialect: Dialect, table: &'static Table, columns: &[usize], rows: &[NewRow<'_>]) -> Result<Statement> {
    // Each number of rows has a text of its own, and the driver keeps a hundred: a few rows are common, and to prepare many
    // anew costs a tenth of the call; between them, a text is hardly worth its place.
    const FEW: usize = 8;
    const MANY: usize = 100;
    let mut sql = Sql::new(dialect, table.model);
    if (FEW + 1..MANY).contains(&rows.len()) {
        sql.once();
    }
    sql.push("INSERT INTO ").name(table.name);
    if columns.is_empty() {
        sql.push(" DEFAULT VALUES");
    } else {
        sql.push(" (").list(columns, |sql, &column| {
            sql.name(table.columns[column].name);
        });
        sql.push(") VALUES ").list(rows, |sql, row| {
            sql.push("(").list(row.0.iter().flatten(), |sql, value| {
                sql.bind(*value);
            });
            sql.push(")");
        });
    }
    sql.push(" RETURNING ");
    query::columns(&mut sql, table);
    sql.finish()
}
