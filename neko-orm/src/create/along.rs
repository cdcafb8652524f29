//! Inserting many rows and reading them as JSON, in one message to the connection's thread: it hands over a few long values sooner than many
//! rows.
//!
//! The rows are those whose keys end with the one that was numbered last. They are new ones if they come after the last key that there was, and
//! they are those that were given if none lies between, or if nothing but them was written: a trigger can insert others. Where none of this is
//! so, or the numbers do not follow each other, the rows must be inserted again by statements that return them.

use super::read_back::numbered_key;
use super::statements::NewValues;
use crate::backend::{Dialect, JsonRow, Row, Statement};
use crate::column::Table;
use crate::error::{Mismatch, Result};
use crate::query::Fetched;
use crate::sql::Sql;

/// Fewer rows are returned sooner by their `INSERT`.
const LEAST: usize = 16;

/// What is rolled back to before rows are inserted again. Released by the transaction around it.
pub(super) const SAVEPOINT: &str = "SAVEPOINT neko_orm_rows";
const UNDO: &str = "ROLLBACK TO neko_orm_rows";

/// Whether it can be done for these rows, which set the same columns.
pub(super) fn is_faster(dialect: Dialect, table: &'static Table, rows: &[NewValues<'_>]) -> bool {
    rows.len() >= LEAST
        && dialect.spelling().column_array.is_some()
        && table.is_exact_in_json()
        && numbered_key(table).is_some()
        && rows.iter().all(|row| row.key(table).is_none())
}

/// Appends the last key, what `insert` writes, and the columns of as many rows as that inserts; with how many rows were written before and after.
pub(super) fn write(sql: &mut Sql, table: &'static Table, rows: usize, insert: impl FnOnce(&mut Sql)) {
    let (key, array) = (table.key_names().next().unwrap_or_default(), sql.dialect().spelling().column_array);
    sql.push("SELECT MAX(").column(table.name, key).push("), total_changes() FROM ").name(table.name).push("; ");
    insert(sql);
    sql.push("; SELECT total_changes(), ").list(table.columns, |sql, column| {
        sql.within(array.unwrap_or_default(), |sql| {
            sql.column(table.name, column.name);
        });
    });
    sql.push(" FROM ").name(table.name).push(" WHERE ").column(table.name, key);
    sql.push(" BETWEEN last_insert_rowid() - ").number(rows - 1).push(" AND last_insert_rowid()");
}

/// The rows in what the statement has returned.
pub(super) fn read(returned: &[Row], table: &'static Table, rows: usize) -> Result<Fetched> {
    let read = || {
        let [before, after] = returned else { return Err(unexpected()) };
        let (last, written): (Option<i64>, i64) = (before.value(0)?, before.value(1)?);
        let written = after.value::<i64>(0)?.wrapping_sub(written);
        let arrays: Result<_, _> = (1..=table.columns.len()).map(|column| after.value(column)).collect();
        let row = JsonRow::new(arrays?);
        let first = numbered_key(table).and_then(|key| row.sequence(key, rows)).ok_or_else(unexpected)?;
        let after_last = first.checked_sub(last.unwrap_or(0)).ok_or_else(unexpected)?;
        match after_last == 1 || after_last > 1 && usize::try_from(written) == Ok(rows) {
            true => Ok(row),
            false => Err(unexpected()),
        }
    };
    let row = read().map_err(|mismatch| sqlx::Error::Decode(mismatch.into()))?;
    Ok(Fetched::Json(Row::Json(row)))
}

fn unexpected() -> Mismatch {
    Mismatch::Value("the rows after the last one are not those that were inserted".into())
}

/// Undoes what was inserted since [`SAVEPOINT`].
pub(super) fn undo(dialect: Dialect, table: &'static Table) -> Result<Statement> {
    let mut sql = Sql::new(dialect, table.model);
    sql.push(UNDO).once();
    sql.finish()
}
