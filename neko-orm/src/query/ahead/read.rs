//! What a statement has read ahead.

use std::collections::VecDeque;

use super::{FEW, Level};
use crate::backend::{ArrayColumn, ArrayForm, ColumnRow, Connection, Dialect, Field, Null, Row, Statement};
use crate::column::{Facts, Table};
use crate::error::{Mismatch, Result};
use crate::query::Parts;
use crate::query::beside::ReadBeside;
use crate::sql::Sql;

/// A statement that reads ahead.
pub struct Ahead {
    pub(super) statement: Statement,
    pub(super) layout: Layout,
    /// The columns of each level.
    pub(super) levels: Vec<Vec<ArrayColumn>>,
    pub(super) relations: Vec<Option<Level>>,
    /// Whether relations that were read lead on to what was, too.
    pub(super) leads_on: bool,
    /// Whether no other statement is needed.
    pub(in crate::query) is_complete: bool,
}

/// What the rows hold that the statement returns.
#[derive(Clone, Copy)]
pub(super) enum Layout {
    /// The arrays of all levels in one row.
    Row(ArrayForm),
    /// The arrays of each level in a row, those of the last one first.
    Rows,
    /// Rows, of so many columns, with aggregates beside them.
    Beside(usize),
}

impl Ahead {
    /// The rows of a query for which nothing is loaded, of which these columns are read.
    pub(in crate::query) fn of_rows(
        parts: &Parts,
        dialect: Dialect,
        table: &'static Table,
        columns: &[Facts],
    ) -> Option<Self> {
        let is_few = parts.limit.is_some_and(|limit| limit <= FEW);
        let array = dialect.spelling().column_array?;
        let is_exact = columns.iter().all(|column| (column.is_exact_in)(array.form));
        if array.form != ArrayForm::Json || !is_exact || is_few || !parts.has_keys() {
            return None;
        }
        let names = parts.names(table).into_iter().zip(columns);
        let mut columns: Vec<_> = names.map(|(name, facts)| ArrayColumn { name, ..facts.in_array(dialect) }).collect();
        if parts.selected.is_empty() {
            array.mark_constants(&mut columns, |column| parts.pins(table, column));
        }
        let mut sql = Sql::new(dialect, table.model);
        sql.push("SELECT ").arrays(array, table.name, &columns).push(" FROM (");
        parts.write_named(&mut sql, table).ok()?;
        sql.push(") AS ").name(table.name);
        let (statement, layout) = (sql.finish().ok()?, Layout::Row(array.form));
        let (levels, relations) = (vec![columns], Vec::new());
        Some(Self { statement, layout, levels, relations, leads_on: true, is_complete: true })
    }

    /// In one message with what begins the transaction that it is the first statement of.
    pub(in crate::query) fn beginning_with(mut self, begin: Option<&'static str>) -> Self {
        self.statement.begin = begin;
        self
    }

    /// Runs the statement.
    pub(in crate::query) async fn read(self, connection: &mut Connection<'_>) -> Result<ReadRows> {
        let Self { statement, layout, levels, relations, leads_on, .. } = self;
        let levels = match layout {
            Layout::Beside(columns) => {
                let beside = Some(ReadBeside::new(connection.rows(statement).await?, columns));
                return Ok(ReadRows { beside, levels: Vec::new(), relations: VecDeque::new(), leads_on: false });
            }
            Layout::Row(form) => {
                let row = connection.row(statement).await?.ok_or(sqlx::Error::RowNotFound)?;
                ColumnRow::levels(row, form, &levels)
            }
            Layout::Rows => levels_of_rows(&connection.rows(statement).await?, &levels),
        };
        let levels = levels.map_err(Mismatch::of_no_field)?.into_iter().map(Some).collect();
        Ok(ReadRows { beside: None, levels, relations: relations.into(), leads_on })
    }
}

/// The rows of each level, of which the last came first.
fn levels_of_rows(rows: &[Row], levels: &[Vec<ArrayColumn>]) -> Result<Vec<ColumnRow>, Mismatch> {
    let levels = rows.iter().rev().zip(levels).enumerate();
    levels.map(|(level, (row, columns))| level_of_row(level, row, columns)).collect()
}

fn level_of_row(level: usize, row: &Row, columns: &[ArrayColumn]) -> Result<ColumnRow, Mismatch> {
    let found: i64 = row.get(0, Null::Refused)?;
    match usize::try_from(found) {
        Ok(found) if found == level => ColumnRow::of_json(row, 1, columns),
        _ => Err(Mismatch::Value("a level is not in its place".into())),
    }
}

/// What a statement has read ahead.
pub(in crate::query) struct ReadRows {
    beside: Option<ReadBeside>,
    levels: Vec<Option<ColumnRow>>,
    relations: VecDeque<Option<Level>>,
    /// Whether relations that were read lead on to what was, too.
    pub(in crate::query) leads_on: bool,
}

impl ReadRows {
    /// The rows of the query that the statement starts with, where aggregates were read beside them.
    pub(in crate::query) fn beside(&self) -> Option<&[Row]> {
        self.beside.as_ref().map(|beside| &beside.rows[..])
    }

    /// The next aggregate for each of these rows, where it was read beside them.
    pub(in crate::query) fn values<T: Field + Default>(&mut self) -> Option<Result<Vec<T>>> {
        self.beside.as_mut().map(ReadBeside::values)
    }

    /// As [`beside`](Self::beside), where they came as arrays.
    pub(in crate::query) fn first(&mut self) -> Option<ColumnRow> {
        self.levels.first_mut()?.take()
    }

    /// Fails where something was read that no relation has asked for: then rows may have been taken for those of another one.
    pub(in crate::query) fn end(&self) -> Result<()> {
        match self.relations.is_empty() {
            true => Ok(()),
            false => Err(Mismatch::Value("a relation was read that none has asked for".into()).of_no_field()),
        }
    }

    /// The rows of the next relation.
    pub(in crate::query) fn next(&mut self) -> Option<ColumnRow> {
        let level = self.relations.pop_front()??;
        self.levels.get_mut(level.position)?.take()
    }
}
