//! Aggregates over what relations lead to, read beside all rows of a table: each is joined to the rows in the statement that reads them.
//!
//! By a statement of its own for the keys of all rows, a server would read as much, and be sent a message more, and two that begin and end a
//! transaction. For some rows of a table, keys are better: they leave out what belongs to the others.

use super::Parts;
use super::ahead::level_name;
use super::select::{columns, write_order};
use crate::backend::{ArrayColumn, ArrayForm, Field, Null, Row};
use crate::column::Table;
use crate::error::{Mismatch, Result};
use crate::node::Term;
use crate::sql::Sql;

/// All rows of a table, to which aggregates are joined.
pub(super) struct Beside {
    table: &'static Table,
    order: Vec<Term>,
    /// What tells to which row each belongs: columns of the table.
    joins: Vec<Vec<&'static str>>,
}

impl Beside {
    /// The rows of a query, where these are all of the table. Where rows come sooner as JSON, aggregates come with them so.
    pub(super) fn of(parts: &Parts, form: ArrayForm, table: &'static Table) -> Option<Self> {
        let is_joined = form == ArrayForm::Native && parts.is_whole_table();
        is_joined.then(|| Self { table, order: parts.order.clone(), joins: Vec::new() })
    }

    pub(super) fn join(&mut self, columns: Vec<&'static str>) {
        self.joins.push(columns);
    }

    /// How many columns are read.
    pub(super) fn width(&self) -> usize {
        self.rows() + self.joins.len()
    }

    /// How many of them are the table's.
    pub(super) fn rows(&self) -> usize {
        self.table.columns.len()
    }

    /// Writes what reads the rows, each with the last column of the levels, whose first ones are keys.
    pub(super) fn write(&self, levels: &[Vec<ArrayColumn>], sql: &mut Sql) {
        sql.push(" SELECT ");
        columns(sql, self.table);
        let joined =
            || levels.iter().zip(&self.joins).enumerate().map(|(level, (names, on))| (level_name(level), names, on));
        for (level, names, _) in joined() {
            if let Some(aggregate) = names.last() {
                sql.push(", ").column(&level, &aggregate.name);
            }
        }
        sql.push(" FROM ").name(self.table.name);
        for (level, names, on) in joined() {
            sql.push(" LEFT JOIN ").name(&level).push(" ON ");
            sql.separated(" AND ", names.iter().zip(on), |sql, (key, column)| {
                sql.column(&level, &key.name).push(" = ").column(self.table.name, column);
            });
        }
        write_order(sql, &self.order);
    }
}

/// Rows that were read with aggregates beside them.
pub(super) struct ReadBeside {
    pub(super) rows: Vec<Row>,
    /// The column of the next aggregate.
    next: usize,
}

impl ReadBeside {
    pub(super) fn new(rows: Vec<Row>, first: usize) -> Self {
        Self { rows, next: first }
    }

    /// The next aggregate for each row; its default where the relation leads nowhere.
    pub(super) fn values<T: Field + Default>(&mut self) -> Result<Vec<T>> {
        let column = self.next;
        self.next += 1;
        let mut values = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            values.push(match row.get(column, Null::Refused) {
                Err(Mismatch::Null) => T::default(),
                value => value.map_err(Mismatch::of_no_field)?,
            });
        }
        Ok(values)
    }
}
