//! The statements that insert rows.

use crate::backend::{Dialect, Statement, Value};
use crate::column::Table;
use crate::error::Result;
use crate::query;
use crate::sql::Sql;

/// The values of a new row as arguments, as far as they are set.
pub type NewArguments<'v> = Vec<Option<&'v dyn Value>>;

/// The values of a new row, by the positions of their columns. Those that are not set are left to the database's defaults.
pub(super) struct NewValues<'v>(pub(super) NewArguments<'v>);

impl NewValues<'_> {
    /// The positions of the columns that are set.
    pub(super) fn columns(&self) -> Vec<usize> {
        let set = self.0.iter().enumerate().filter(|(_, value)| value.is_some());
        set.map(|(position, _)| position).collect()
    }

    /// Whether exactly the same columns are set.
    fn is_like(&self, other: &Self) -> bool {
        self.0.iter().map(Option::is_some).eq(other.0.iter().map(Option::is_some))
    }
}

/// The statements for these rows: as few as the limit on arguments and the rows' sets of columns allow.
pub(super) fn statements(
    dialect: Dialect,
    table: &'static Table,
    mut rows: &[NewValues<'_>],
) -> Result<Vec<Statement>> {
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
pub(super) fn statement(
    dialect: Dialect,
    table: &'static Table,
    columns: &[usize],
    rows: &[NewValues<'_>],
) -> Result<Statement> {
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
