//! Reading ahead: rows, and all that relations lead to from them, in one statement that returns each column as one array.
//!
//! sqlx hands rows of SQLite from thread to thread one by one, which costs more than to find them. A few long values instead of many rows are
//! twice as fast, where every column is one whose values are the same when they come back from JSON. A server makes rows sooner than arrays, but each
//! statement is a message each way: arrays are for few sources there.

use std::collections::VecDeque;

use super::Parts;
use crate::backend::{self, ArrayColumn, ArrayForm, ColumnArray, ColumnRow, Connection, Dialect, Row, Statement};
use crate::column::{Facts, Table};
use crate::error::{Mismatch, Result};
use crate::node::Node;
use crate::sql::Sql;

/// So few rows alone come no faster as arrays.
const FEW: u64 = 4;

/// From more sources, arrays cost a server more than the messages that they save.
const FEW_SOURCES: u64 = 50;

/// PostgreSQL returns so many columns: its `MaxTupleAttributeNumber`.
const MOST_COLUMNS: usize = 1664;

/// The rows from which relations are read ahead.
pub enum Start<'s, M> {
    /// Rows at hand.
    Rows(&'s [&'s M]),
    /// Those that the same statement reads.
    Level(Level),
}

impl<M> Clone for Start<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Start<'_, M> {}

/// Rows that the statement reads: a common table expression.
#[derive(Debug, Clone, Copy)]
pub struct Level(usize);

impl Level {
    // The derive refuses names that start like this.
    pub(crate) fn name(self) -> String {
        Node::name_of(self.0)
    }
}

/// A statement that reads ahead, in the making.
pub struct ReadAhead {
    sql: Sql,
    array: ColumnArray,
    /// The columns of each level.
    levels: Vec<Vec<ArrayColumn>>,
    /// Where each relation is read, in the order in which they are loaded.
    relations: Vec<Option<Level>>,
}

impl ReadAhead {
    /// From so many rows of the model of this name, where the database is one that is read sooner like this.
    pub(super) fn new(dialect: Dialect, model: &'static str, sources: u64) -> Option<Self> {
        let array = dialect.spelling().column_array?;
        let is_sooner = array.form == ArrayForm::Json || sources <= FEW_SOURCES;
        is_sooner.then(|| Self { sql: Sql::new(dialect, model), array, levels: Vec::new(), relations: Vec::new() })
    }

    /// Starts with the rows of a query.
    pub(super) fn of_query(parts: &Parts, dialect: Dialect, table: &'static Table) -> Option<(Self, Level)> {
        let sources = parts.bound(table).unwrap_or(u64::MAX);
        let mut ahead = Self::new(dialect, table.model, sources).filter(|ahead| table.is_exact_in(ahead.form()))?;
        let mut written = Ok(());
        let level = ahead.level(table.in_arrays(dialect), |sql| written = parts.write(sql, table));
        written.ok().map(|()| (ahead, level))
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.sql.dialect()
    }

    pub(crate) fn form(&self) -> ArrayForm {
        self.array.form
    }

    /// Adds rows with these columns.
    pub(crate) fn level(&mut self, columns: Vec<ArrayColumn>, write: impl FnOnce(&mut Sql)) -> Level {
        let level = Level(self.levels.len());
        self.sql.push(if self.levels.is_empty() { "WITH " } else { ", " }).name(&level.name()).push(" (");
        self.sql.list(&columns, |sql, column| {
            sql.name(&column.name);
        });
        self.sql.push(") AS (");
        write(&mut self.sql);
        self.sql.push(")");
        self.levels.push(columns);
        level
    }

    /// Notes where the next relation is read; by a statement of its own where that is nowhere here.
    pub(crate) fn relation(&mut self, level: Option<Level>) {
        self.relations.push(level);
    }

    /// `None` where nothing is read ahead, or the statement cannot be made.
    pub(super) fn finish(mut self) -> Option<Ahead> {
        self.relations.iter().flatten().next()?;
        let widths: Vec<_> = self.levels.iter().map(Vec::len).collect();
        match self.array.form {
            ArrayForm::Json => self.write_rows(),
            ArrayForm::Native if widths.iter().sum::<usize>() > MOST_COLUMNS => return None,
            ArrayForm::Native => self.write_row(),
        }
        let is_complete = self.relations.iter().all(Option::is_some);
        let form = self.array.form;
        Some(Ahead { statement: self.sql.finish().ok()?, form, widths, relations: self.relations, is_complete })
    }

    /// All arrays in one row: their types differ.
    fn write_row(&mut self) {
        self.sql.push(" SELECT * FROM ");
        self.sql.separated(" CROSS JOIN ", self.levels.iter().enumerate(), |sql, (level, columns)| {
            let rows = Level(level).name();
            sql.push("(SELECT ").arrays(self.array, &rows, columns);
            sql.push(" FROM ").name(&rows).push(") AS ").name(&rows);
        });
    }

    /// The arrays of each level in a row.
    fn write_rows(&mut self) {
        let width = self.levels.iter().map(Vec::len).max().unwrap_or(0);
        self.sql.push(" ");
        // The last level first, for which the others are read: the reader is woken once all is there, and not for each level.
        self.sql.separated(" UNION ALL ", self.levels.iter().enumerate().rev(), |sql, (level, columns)| {
            let rows = Level(level).name();
            sql.push("SELECT ").number(level);
            for index in 0..width {
                sql.push(", ");
                match columns.get(index) {
                    Some(column) => sql.array(self.array, &rows, column),
                    None => sql.push("NULL"),
                };
            }
            sql.push(" FROM ").name(&rows);
        });
    }
}

/// A statement that reads ahead.
pub struct Ahead {
    statement: Statement,
    form: ArrayForm,
    widths: Vec<usize>,
    relations: Vec<Option<Level>>,
    /// Whether no other statement is needed.
    pub(super) is_complete: bool,
}

impl Ahead {
    /// The rows of a query for which nothing is loaded, of which these columns are read.
    pub(super) fn of_rows(parts: &Parts, dialect: Dialect, table: &'static Table, columns: &[Facts]) -> Option<Self> {
        let is_few = parts.limit.is_some_and(|limit| limit <= FEW);
        let array = dialect.spelling().column_array?;
        let form = array.form;
        let is_exact = columns.iter().all(|column| (column.is_exact_in)(form));
        if form != ArrayForm::Json || !is_exact || is_few || !parts.has_keys() {
            return None;
        }
        let names = parts.names(table).into_iter().zip(columns);
        let columns: Vec<_> = names.map(|(name, facts)| ArrayColumn { name, ..facts.in_array(dialect) }).collect();
        let mut sql = Sql::new(dialect, table.model);
        sql.push("SELECT 0, ").arrays(array, table.name, &columns).push(" FROM (");
        parts.write_named(&mut sql, table).ok()?;
        sql.push(") AS ").name(table.name);
        let widths = vec![columns.len()];
        Some(Self { statement: sql.finish().ok()?, form, widths, relations: Vec::new(), is_complete: true })
    }

    pub(super) async fn read(self, connection: &mut Connection<'_>) -> Result<ReadRows> {
        let rows = connection.rows(self.statement).await?;
        let levels = match self.form {
            ArrayForm::Json => levels_of_rows(&rows, &self.widths),
            ArrayForm::Native => backend::levels_of_row(rows, &self.widths),
        };
        let levels = levels.map_err(|mismatch| sqlx::Error::Decode(mismatch.into()))?;
        Ok(ReadRows { levels: levels.into_iter().map(Some).collect(), relations: self.relations.into() })
    }
}

/// The rows of each level, of which the last came first.
fn levels_of_rows(rows: &[Row], widths: &[usize]) -> Result<Vec<ColumnRow>, Mismatch> {
    let levels = rows.iter().rev().zip(widths).enumerate();
    levels.map(|(level, (row, width))| level_of_row(level, row, *width)).collect()
}

fn level_of_row(level: usize, row: &Row, width: usize) -> Result<ColumnRow, Mismatch> {
    let found: i64 = row.value(0)?;
    match usize::try_from(found) {
        Ok(found) if found == level => ColumnRow::of_json(row, 1..width + 1),
        _ => Err(Mismatch::Value("a level is not in its place".into())),
    }
}

/// What a statement has read ahead.
pub(super) struct ReadRows {
    levels: Vec<Option<ColumnRow>>,
    relations: VecDeque<Option<Level>>,
}

impl ReadRows {
    /// The rows of the query that the statement starts with.
    pub(super) fn first(&mut self) -> Option<ColumnRow> {
        self.levels.first_mut()?.take()
    }

    /// The rows of the next relation.
    pub(super) fn next(&mut self) -> Option<ColumnRow> {
        let level = self.relations.pop_front()??;
        self.levels.get_mut(level.0)?.take()
    }
}
