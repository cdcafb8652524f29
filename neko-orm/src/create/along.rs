//! Inserting many rows and reading them as JSON, in one message to the connection's thread: it hands over a few long values sooner than many
//! rows.
//!
//! The rows are those whose keys end with the one that was numbered last, without a gap. They are new ones if they come after the last key that
//! there was. They are those that were given if none of these was left out, and if none lies between the last key and them or nothing else was
//! written: a trigger can insert others. Where it is not so, the rows must be inserted again by statements that return them.

use super::returning::Columns;
use super::statements::NewRows;
use crate::backend::{ArrayColumn, ArrayForm, ColumnArray, ColumnRow, Dialect, Row, Statement};
use crate::column::{Facts, Table};
use crate::error::{Mismatch, Result};
use crate::query::Fetched;
use crate::sql::Sql;

/// Fewer rows are returned sooner by their `INSERT`.
const LEAST: usize = 16;

/// What is rolled back to before rows are inserted again. Released by the transaction around it.
pub(super) const SAVEPOINT: &str = "SAVEPOINT neko_orm_rows";
const UNDO: &str = "ROLLBACK TO neko_orm_rows";

/// Rows that are read along.
pub(super) struct Along {
    /// Their key, which the database numbers.
    key: &'static str,
    /// Where it is among the columns.
    place_of_key: usize,
    count: usize,
    array: ColumnArray,
    columns: Vec<ArrayColumn>,
}

impl Along {
    /// For these rows, where it can be done and is faster.
    pub(super) fn new(dialect: Dialect, table: &'static Table, rows: NewRows<'_>, columns: Columns) -> Option<Self> {
        let (key, array) = (table.numbered_key()?, dialect.spelling().column_array?);
        let facts = columns.of(table);
        let is_exact =
            array.form == ArrayForm::Json && facts.iter().all(|column| (column.is_exact_in)(ArrayForm::Json));
        // Those that are too long for an array would be inserted twice.
        let is_bytes = |column: &&Facts| (column.column_type)(dialect) == dialect.column_type::<Vec<u8>>();
        let can_be = is_exact && !facts.iter().any(is_bytes) && rows.count >= LEAST && !rows.sets(key);
        can_be.then(|| Self {
            key: table.columns[key].name,
            place_of_key: columns.place_of_key(key),
            count: rows.count,
            array,
            columns: facts.iter().map(|column| column.in_array(dialect)).collect(),
        })
    }

    /// Appends the last key, what `insert` writes, and the columns of as many rows as that inserts; with how many rows were written before, by it,
    /// and in all.
    pub(super) fn write(&self, sql: &mut Sql, table: &'static Table, insert: impl FnOnce(&mut Sql)) {
        let key = self.key;
        // Changes nothing, and takes the right to write: a transaction that reads first does not wait for it, whatever the timeout.
        sql.push("UPDATE ").name(table.name).push(" SET ").name(key).push(" = ").column(table.name, key);
        sql.push(" WHERE 0; SELECT MAX(").column(table.name, key).push("), total_changes() FROM ").name(table.name);
        sql.push("; ");
        insert(sql);
        sql.push("; SELECT changes(), total_changes(), ").arrays(self.array, table.name, &self.columns);
        sql.push(" FROM ").name(table.name).push(" WHERE ").column(table.name, key);
        sql.push(" BETWEEN last_insert_rowid() - ").bind(&(self.count as i64 - 1)).push(" AND last_insert_rowid()");
    }

    /// The rows in what the statement has returned.
    pub(super) fn read(&self, returned: &[Row]) -> Result<Fetched> {
        Ok(self.rows(returned).map_err(Mismatch::of_no_field)?.into())
    }

    fn rows(&self, returned: &[Row]) -> Result<ColumnRow, Mismatch> {
        let [before, after] = returned else { return Err(unexpected()) };
        let (last, total_before): (Option<i64>, i64) = (before.value(0)?, before.value(1)?);
        let (inserted, total): (i64, i64) = (after.value(0)?, after.value(1)?);
        let row = ColumnRow::of_json(after, 2, &self.columns)?;
        let first = row.sequence(self.place_of_key, self.count).ok_or_else(unexpected)?;
        let after_last = first.checked_sub(last.unwrap_or(0)).ok_or_else(unexpected)?;
        let is_complete = usize::try_from(inserted) == Ok(self.count);
        let is_alone = total.wrapping_sub(total_before) == inserted;
        match is_complete && (after_last == 1 || after_last > 1 && is_alone) {
            true => Ok(row),
            false => Err(unexpected()),
        }
    }
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
