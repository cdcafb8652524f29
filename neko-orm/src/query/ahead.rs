//! Reading ahead: rows, and all that relations lead to from them, in one statement that returns each column as one JSON array.
//!
//! sqlx hands rows of SQLite from thread to thread one by one, which costs more than to find them. A few long values instead of many rows are
//! twice as fast, where every column is one whose values are the same when they come back from JSON.

use std::collections::VecDeque;

use super::Parts;
use crate::backend::{Connection, Dialect, Form, JsonRow, Row, Statement};
use crate::column::Table;
use crate::error::{Mismatch, Result};
use crate::node::Node;
use crate::sql::Sql;

/// So few rows alone come no faster as arrays.
const FEW: u64 = 4;

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
    array: Form,
    /// The names of the columns of each level.
    levels: Vec<Vec<String>>,
    /// Where each relation is read, in the order in which they are loaded.
    relations: Vec<Option<Level>>,
}

impl ReadAhead {
    /// For the model of this name, where the database is one that is read like this.
    pub(crate) fn new(dialect: Dialect, model: &'static str) -> Option<Self> {
        let array = dialect.spelling().column_array?;
        Some(Self { sql: Sql::new(dialect, model), array, levels: Vec::new(), relations: Vec::new() })
    }

    /// Starts with the rows of a query.
    pub(super) fn of_query(parts: &Parts, dialect: Dialect, table: &'static Table) -> Option<(Self, Level)> {
        let mut ahead = Self::new(dialect, table.model).filter(|_| table.is_exact_in_json())?;
        let names = table.columns.iter().map(|column| column.name.to_owned()).collect();
        let mut written = Ok(());
        let level = ahead.level(names, |sql| written = parts.write(sql, table));
        written.ok().map(|()| (ahead, level))
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.sql.dialect()
    }

    /// Adds rows with these columns.
    pub(crate) fn level(&mut self, columns: Vec<String>, write: impl FnOnce(&mut Sql)) -> Level {
        let level = Level(self.levels.len());
        self.sql.push(if self.levels.is_empty() { "WITH " } else { ", " }).name(&level.name()).push(" (");
        self.sql.list(&columns, |sql, column| {
            sql.name(column);
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
        let width = widths.iter().max().copied().unwrap_or(0);
        self.sql.push(" ");
        // The last level first, for which the others are read: the reader is woken once all is there, and not for each level.
        self.sql.separated(" UNION ALL ", self.levels.iter().enumerate().rev(), |sql, (level, names)| {
            let rows = Level(level).name();
            sql.push("SELECT ").number(level);
            for index in 0..width {
                sql.push(", ");
                match names.get(index) {
                    Some(name) => sql.within(self.array, |sql| {
                        sql.column(&rows, name);
                    }),
                    None => sql.push("NULL"),
                };
            }
            sql.push(" FROM ").name(&rows);
        });
        let is_complete = self.relations.iter().all(Option::is_some);
        Some(Ahead { statement: self.sql.finish().ok()?, widths, relations: self.relations, is_complete })
    }
}

/// A statement that reads ahead.
pub struct Ahead {
    statement: Statement,
    widths: Vec<usize>,
    relations: Vec<Option<Level>>,
    /// Whether no other statement is needed.
    pub(super) is_complete: bool,
}

impl Ahead {
    /// The rows of a query for which nothing is loaded, and whose values are exact in JSON.
    pub(super) fn of_rows(parts: &Parts, dialect: Dialect, table: &'static Table) -> Option<Self> {
        let is_few = parts.limit.is_some_and(|limit| limit <= FEW);
        let array = dialect.spelling().column_array.filter(|_| !is_few && parts.has_keys())?;
        let names = parts.names(table);
        let mut sql = Sql::new(dialect, table.model);
        sql.push("SELECT 0, ").list(&names, |sql, name| {
            sql.within(array, |sql| {
                sql.column(table.name, name);
            });
        });
        sql.push(" FROM (");
        parts.write_named(&mut sql, table).ok()?;
        sql.push(") AS ").name(table.name);
        let widths = vec![names.len()];
        Some(Self { statement: sql.finish().ok()?, widths, relations: Vec::new(), is_complete: true })
    }

    pub(super) async fn read(self, connection: &mut Connection<'_>) -> Result<ReadRows> {
        let rows = connection.rows(self.statement).await?;
        let levels = rows.iter().rev().zip(self.widths).enumerate();
        let levels = levels.map(|(level, (row, width))| rows_of(level, row, width));
        let levels: Result<_, Mismatch> = levels.collect();
        let levels = levels.map_err(|mismatch| sqlx::Error::Decode(mismatch.into()))?;
        Ok(ReadRows { levels, relations: self.relations.into() })
    }
}

fn rows_of(level: usize, row: &Row, width: usize) -> Result<Option<JsonRow>, Mismatch> {
    let found: i64 = row.value(0)?;
    let arrays: Result<_, _> = (1..=width).map(|index| row.value(index)).collect();
    match usize::try_from(found) {
        Ok(found) if found == level => Ok(Some(JsonRow::new(arrays?))),
        _ => Err(Mismatch::Value("a level is not in its place".into())),
    }
}

/// What a statement has read ahead.
pub(super) struct ReadRows {
    levels: Vec<Option<JsonRow>>,
    relations: VecDeque<Option<Level>>,
}

impl ReadRows {
    /// The rows of the query that the statement starts with.
    pub(super) fn first(&mut self) -> Option<JsonRow> {
        self.levels.first_mut()?.take()
    }

    /// The rows of the next relation.
    pub(super) fn next(&mut self) -> Option<JsonRow> {
        let level = self.relations.pop_front()??;
        self.levels.get_mut(level.0)?.take()
    }
}
