//! The statements that insert rows.

use super::along::Along;
use super::read_back::ReadBack;
use super::returning::Columns;
use crate::backend::{Dialect, Inserted, Statement, Value};
use crate::column::Table;
use crate::error::Result;
use crate::sql::{Sql, ValueRows, common_size, most_rows};

/// The values of a new row as arguments, as far as they are set.
#[derive(Debug, Default)]
pub struct NewArguments<'v>(Vec<Option<&'v dyn Value>>);

impl<'v> NewArguments<'v> {
    /// Adds the values of the next columns.
    pub fn add<const N: usize>(&mut self, values: [Option<&'v dyn Value>; N]) {
        self.0.extend(values);
    }

    /// The values that are set, with the positions of their columns.
    pub(crate) fn set(&self) -> impl Iterator<Item = (usize, &'v dyn Value)> {
        self.0.iter().enumerate().filter_map(|(position, value)| Some((position, (*value)?)))
    }
}

/// New rows one after the other that set the same columns. The others are left to the database's defaults.
pub(super) struct Alike<'v> {
    /// The positions of the columns that are set.
    columns: Vec<usize>,
    /// Their values, row by row.
    values: Vec<&'v dyn Value>,
    count: usize,
}

impl<'v> Alike<'v> {
    /// All of so many rows, in their order, of which each adds its values to a list.
    pub(super) fn all(count: usize, add: &dyn Fn(usize, &mut NewArguments<'v>)) -> Vec<Self> {
        let (mut all, mut row): (Vec<Self>, _) = (Vec::with_capacity(1), NewArguments::default());
        for position in 0..count {
            row.0.clear();
            add(position, &mut row);
            match all.last_mut() {
                Some(last) if last.is_like(&row) => last.push(&row),
                Some(_) => all.push(Self::new(&row, 1)),
                None => all.push(Self::new(&row, count)),
            }
        }
        all
    }

    /// One row, and place for as many as `count` in all.
    pub(super) fn new(row: &NewArguments<'v>, count: usize) -> Self {
        let columns: Vec<_> = row.set().map(|(position, _)| position).collect();
        let mut alike = Self { values: Vec::with_capacity(count * columns.len()), columns, count: 0 };
        alike.push(row);
        alike
    }

    fn push(&mut self, row: &NewArguments<'v>) {
        self.values.extend(row.set().map(|(_, value)| value));
        self.count += 1;
    }

    /// Whether the row sets the same columns.
    fn is_like(&self, row: &NewArguments<'_>) -> bool {
        row.set().map(|(position, _)| position).eq(self.columns.iter().copied())
    }

    pub(super) fn rows(&self) -> NewRows<'_> {
        NewRows { columns: &self.columns, values: &self.values, count: self.count }
    }
}

/// New rows that set the same columns.
#[derive(Clone, Copy)]
pub(super) struct NewRows<'r> {
    columns: &'r [usize],
    values: &'r [&'r dyn Value],
    pub(super) count: usize,
}

impl NewRows<'_> {
    /// The values of the rows.
    fn values(&self) -> ValueRows<'_> {
        ValueRows::new(self.values, self.columns.len())
    }

    /// The keys, if all of each is set.
    pub(super) fn keys(&self, table: &Table) -> Option<Vec<Vec<Box<dyn Value>>>> {
        let place = |index| self.columns.iter().position(|column| column == index);
        let places: Vec<_> = table.key.iter().map(place).collect::<Option<_>>()?;
        let key = |first: usize| places.iter().map(|place| self.values[first + place].boxed()).collect();
        Some((0..self.count).map(|row| key(row * self.columns.len())).collect())
    }

    /// Whether the column at this position is set.
    pub(super) fn sets(&self, column: usize) -> bool {
        self.columns.contains(&column)
    }

    /// How many of the rows one statement inserts.
    fn count_of_next(&self, dialect: Dialect) -> usize {
        let Some(first) = self.values.get(..self.columns.len()).filter(|first| !first.is_empty()) else { return 1 };
        common_size(dialect, most_rows(dialect, first, || 0).min(self.count))
    }

    fn split_at(&self, count: usize) -> (Self, Self) {
        let (values, rest) = self.values.split_at(count * self.columns.len());
        (Self { values, count, ..*self }, Self { values: rest, count: self.count - count, ..*self })
    }
}

/// What becomes of rows that are inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Back {
    /// These columns come back, as JSON where that is faster, and as rows otherwise.
    Fastest(Columns),
    /// These columns come back as rows.
    AsRows(Columns),
    /// They do not come back.
    Nothing,
}

/// How the rows of a statement come back.
pub(super) enum Rows {
    /// Not at all.
    Nothing,
    /// From the statement itself, with these columns.
    Returned(Columns),
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
    pub(super) fn new(dialect: Dialect, table: &'static Table, rows: NewRows<'_>, back: Back) -> Result<Self> {
        let mut sql = Sql::new(dialect, table.model);
        let insert = |sql: &mut Sql| insert(sql, table, rows);
        let rows = rows_back(dialect, table, rows, back)?;
        match &rows {
            Rows::Along(along) => along.write(&mut sql, table, insert),
            Rows::Nothing | Rows::ReadBack(_) => insert(&mut sql),
            Rows::Returned(columns) => {
                insert(&mut sql);
                columns.write(sql.push(" RETURNING "), table);
            }
        }
        Ok(Self { statement: sql.finish()?, rows })
    }

    /// Of any rows: as few as the limit on arguments and the rows' sets of columns allow.
    pub(super) fn all(dialect: Dialect, table: &'static Table, alike: &[Alike<'_>], back: Back) -> Result<Vec<Self>> {
        let mut insertions = Vec::new();
        for alike in alike {
            let mut rows = alike.rows();
            while rows.count > 0 {
                let (next, rest) = rows.split_at(rows.count_of_next(dialect));
                insertions.push(Self::new(dialect, table, next, back)?);
                rows = rest;
            }
        }
        Ok(insertions)
    }
}

fn rows_back(dialect: Dialect, table: &'static Table, rows: NewRows<'_>, back: Back) -> Result<Rows> {
    let (Back::Fastest(columns) | Back::AsRows(columns)) = back else { return Ok(Rows::Nothing) };
    if dialect.spelling().inserted == Inserted::Read {
        return Ok(Rows::ReadBack(ReadBack::new(table, rows, columns)?));
    }
    let along = match back {
        Back::Fastest(_) => Along::new(dialect, table, rows, columns),
        _ => None,
    };
    Ok(along.map_or(Rows::Returned(columns), Rows::Along))
}

/// Appends the `INSERT` of rows that all set the same columns.
fn insert(sql: &mut Sql, table: &'static Table, rows: NewRows<'_>) {
    sql.push("INSERT INTO ").name(table.name).push(" ");
    if rows.columns.is_empty() {
        sql.push(sql.dialect().spelling().no_values);
        return;
    }
    sql.push("(").list(rows.columns, |sql, column| {
        sql.name(table.columns[*column].name);
    });
    sql.push(") ").new_rows(rows.values());
}
