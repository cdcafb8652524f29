//! The statements that insert rows.

use super::along::Along;
use super::read_back::ReadBack;
use crate::Model;
use crate::backend::{Dialect, Inserted, Statement, Value};
use crate::column::Table;
use crate::error::Result;
use crate::query;
use crate::sql::{Sql, ValueRow, common_size, most_rows};

/// The values of a new row as arguments, as far as they are set.
pub type NewArguments<'v> = Vec<Option<&'v dyn Value>>;

/// The values of new rows, row by row, in one place for all of them.
pub(super) struct NewTable<'v> {
    values: NewArguments<'v>,
    width: usize,
}

impl<'v> NewTable<'v> {
    /// Of rows of a model.
    pub(super) fn of<M: Model>(rows: &'v [M::Values]) -> Self {
        let width = M::TABLE.columns.len();
        let mut values = Vec::with_capacity(rows.len() * width);
        for row in rows {
            values.append(&mut M::new_arguments(row));
        }
        Self { values, width }
    }

    pub(super) fn rows(&self) -> Vec<NewValues<'_>> {
        self.values.chunks(self.width.max(1)).map(NewValues).collect()
    }
}

/// The values of a new row, by the positions of their columns. Those that are not set are left to the database's defaults.
pub(super) struct NewValues<'v>(pub(super) &'v [Option<&'v dyn Value>]);

impl NewValues<'_> {
    /// The positions of the columns that are set.
    pub(super) fn columns(&self) -> Vec<usize> {
        let set = self.0.iter().enumerate().filter(|(_, value)| value.is_some());
        set.map(|(position, _)| position).collect()
    }

    /// The values of the columns that are set.
    fn values(&self) -> ValueRow<'_> {
        self.0.iter().flatten().copied().collect()
    }

    /// The key, if all of it is set.
    pub(super) fn key(&self, table: &Table) -> Option<Vec<Box<dyn Value>>> {
        table.key.iter().map(|index| Some((*self.0.get(*index)?)?.boxed())).collect()
    }

    /// Whether exactly the same columns are set.
    fn is_like(&self, other: &Self) -> bool {
        self.0.iter().map(Option::is_some).eq(other.0.iter().map(Option::is_some))
    }
}

/// What becomes of rows that are inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Back {
    /// They come back as JSON where that is faster, and as rows otherwise.
    Fastest,
    /// They come back as rows.
    AsRows,
    /// They do not come back.
    Nothing,
}

/// How the rows of a statement come back.
pub(super) enum Rows {
    /// Not at all.
    Nothing,
    /// From the statement itself.
    Returned,
    /// As JSON, from the statement's message.
    Along(Along),
    /// By statements that read them.
    ReadBack(ReadBack),
}

/// A statement that inserts rows, and how these come back.
pub(super) struct Insertion {
    pub(super) statement: Statement,
    pub(super) rows: Rows,
}

impl Insertion {
    /// Of rows that all set the same columns.
    pub(super) fn new(dialect: Dialect, table: &'static Table, rows: &[NewValues<'_>], back: Back) -> Result<Self> {
        let mut sql = Sql::new(dialect, table.model);
        let insert = |sql: &mut Sql| insert(sql, table, rows);
        let rows = rows_back(dialect, table, rows, back)?;
        match &rows {
            Rows::Along(along) => along.write(&mut sql, table, insert),
            Rows::Nothing | Rows::ReadBack(_) => insert(&mut sql),
            Rows::Returned => {
                insert(&mut sql);
                sql.push(" RETURNING ");
                query::columns(&mut sql, table);
            }
        }
        Ok(Self { statement: sql.finish()?, rows })
    }

    /// Of any rows: as few as the limit on arguments and the rows' sets of columns allow.
    pub(super) fn all(
        dialect: Dialect,
        table: &'static Table,
        mut rows: &[NewValues<'_>],
        back: Back,
    ) -> Result<Vec<Self>> {
        let mut insertions = Vec::new();
        while let Some(first) = rows.first() {
            let values = first.values();
            let most = if values.is_empty() { 1 } else { most_rows(dialect, &values, || 0).min(rows.len()) };
            let alike = rows[..most].iter().position(|row| !row.is_like(first)).unwrap_or(most);
            let (chunk, rest) = rows.split_at(common_size(dialect, alike));
            insertions.push(Self::new(dialect, table, chunk, back)?);
            rows = rest;
        }
        Ok(insertions)
    }
}

fn rows_back(dialect: Dialect, table: &'static Table, rows: &[NewValues<'_>], back: Back) -> Result<Rows> {
    match (back, dialect.spelling().inserted) {
        (Back::Nothing, _) => Ok(Rows::Nothing),
        (_, Inserted::Read) => Ok(Rows::ReadBack(ReadBack::new(table, rows)?)),
        (Back::Fastest, Inserted::Returned) => Ok(Along::new(dialect, table, rows).map_or(Rows::Returned, Rows::Along)),
        (Back::AsRows, Inserted::Returned) => Ok(Rows::Returned),
    }
}

/// Appends the `INSERT` of rows that all set the same columns.
fn insert(sql: &mut Sql, table: &'static Table, rows: &[NewValues<'_>]) {
    let columns = rows.first().map(NewValues::columns).unwrap_or_default();
    sql.push("INSERT INTO ").name(table.name).push(" ");
    if columns.is_empty() {
        sql.push(sql.dialect().spelling().no_values);
        return;
    }
    let values: ValueRow<'_> = rows.iter().flat_map(|row| row.0).flatten().copied().collect();
    let rows: Vec<_> = values.chunks(columns.len()).collect();
    sql.push("(").list(columns, |sql, column| {
        sql.name(table.columns[column].name);
    });
    sql.push(") ").new_rows(&rows);
}
