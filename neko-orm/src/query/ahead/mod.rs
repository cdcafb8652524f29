//! Reading ahead: rows, and all that relations lead to from them, in one statement that returns each column as one array.
//!
//! sqlx hands rows of SQLite from thread to thread one by one, which costs more than to find them. A few long values instead of many rows are
//! twice as fast, where every column is one whose values are the same when they come back from JSON. A server makes rows sooner than arrays, but each
//! statement is a message each way, and arrays take less to read than many rows. What only counts, sums and the like comes beside all rows of a table.

mod read;

use super::Parts;
use super::beside::Beside;
use crate::backend::{ArrayColumn, ArrayForm, ColumnArray, Dialect};
use crate::column::Table;
use crate::node::Node;
use crate::sql::Sql;
use read::Layout;
pub(super) use read::{Ahead, ReadRows};

/// So few rows alone come no faster as arrays.
pub(super) const FEW: u64 = 4;

/// What relations lead to from more rows, a server had better not hold all at once.
const MANY_SOURCES: u64 = 1000;

/// From fewer rows, one relation alone comes no sooner as an array.
const FEW_SOURCES: u64 = 10;

/// A query for at most so many rows is in one statement with its relations. PostgreSQL plans for their number, which is part of the text; for more, it
/// would sooner read a table of some size than look so many keys up.
const PAGE: u64 = 30;

/// From more rows of a query, PostgreSQL expects so many on the way that it reads whole tables of some size for what relations lead on to. From the keys
/// of rows at hand it does so unless it is one, which is no array.
const FEW_TO_LEAD_ON: u64 = 4;

/// PostgreSQL returns so many columns: its `MaxTupleAttributeNumber`.
const MOST_COLUMNS: usize = 1664;

/// The rows from which relations are read ahead.
pub enum Start<'s, M> {
    /// Rows at hand.
    Rows(&'s [&'s M]),
    /// Those that the same statement reads.
    Level(Level),
    /// All of a table, beside which the same statement reads.
    Table,
}

impl<M> Clone for Start<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Start<'_, M> {}

/// Rows that the statement reads: a common table expression.
#[derive(Debug, Clone, Copy)]
pub struct Level {
    position: usize,
    /// The column of which all of its rows have one value.
    pub(crate) constant: Option<&'static str>,
}

impl Level {
    // The derive refuses names that start like this.
    pub(crate) fn name(self) -> String {
        level_name(self.position)
    }
}

/// What the level at this position is called.
pub(super) fn level_name(position: usize) -> String {
    Node::name_of(position)
}

/// A statement that reads ahead, in the making.
pub struct ReadAhead {
    sql: Sql,
    array: ColumnArray,
    /// The rows beside which is read, instead of rows that come as arrays.
    beside: Option<Beside>,
    /// The columns of each level.
    levels: Vec<Vec<ArrayColumn>>,
    /// The column of which all rows of the first level have one value.
    constant: Option<&'static str>,
    /// Where each relation is read, in the order in which they are loaded.
    relations: Vec<Option<Level>>,
    /// Whether what relations lead on to is read, too.
    leads_on: bool,
    /// From how many keys of rows at hand.
    keys: u64,
    /// Whether what is added now is below what the statement reads.
    is_below: bool,
    /// Whether no other statement is needed.
    is_complete: bool,
}

impl ReadAhead {
    /// From so many rows of the model of this name, where the database is one that is read sooner like this.
    pub(super) fn of_rows(dialect: Dialect, model: &'static str, sources: u64) -> Option<Self> {
        let array = Self::array(dialect, sources, MANY_SOURCES)?;
        Some(Self::new(None, array, Sql::new(dialect, model)).leading_on(sources, 1))
    }

    /// Whether what one relation leads to from so few rows comes no sooner.
    pub(super) fn is_little(dialect: Dialect, sources: u64) -> bool {
        let form = dialect.spelling().column_array.map(|array| array.form);
        form == Some(ArrayForm::Native) && sources < FEW_SOURCES
    }

    /// An array of the database's own for what so many rows lead to, if these are not too many.
    fn array(dialect: Dialect, sources: u64, most: u64) -> Option<ColumnArray> {
        dialect.spelling().column_array.filter(|array| array.form == ArrayForm::Json || sources <= most)
    }

    fn new(beside: Option<Beside>, array: ColumnArray, sql: Sql) -> Self {
        let (levels, relations) = (Vec::new(), Vec::new());
        let (leads_on, keys, is_below, is_complete) = (array.form == ArrayForm::Json, 0, false, true);
        let (sql, constant) = (sql.long(), None);
        Self { sql, array, beside, levels, constant, relations, leads_on, keys, is_below, is_complete }
    }

    /// Reads what relations lead on to, too, where they start from so few rows.
    fn leading_on(self, sources: u64, most: u64) -> Self {
        Self { leads_on: self.leads_on || sources <= most, ..self }
    }

    /// Starts with the rows of a query.
    pub(super) fn of_query(parts: &Parts, dialect: Dialect, table: &'static Table) -> Option<Self> {
        let array = dialect.spelling().column_array?;
        if let Some(beside) = Beside::of(parts, array.form, table) {
            return Some(Self::new(Some(beside), array, Sql::new(dialect, table.model)));
        }
        let sources = parts.bound(table).unwrap_or(u64::MAX);
        let array = Self::array(dialect, sources, PAGE).filter(|array| table.is_exact_in(array.form))?;
        let mut ahead = Self::new(None, array, Sql::new(dialect, table.model)).leading_on(sources, FEW_TO_LEAD_ON);
        ahead.constant = parts.constant(table);
        let (mut columns, mut written) = (table.in_arrays(dialect), Ok(()));
        array.mark_constants(&mut columns, |column| parts.pins(table, column));
        ahead.level(columns, |sql| written = parts.write(sql, table));
        written.ok().map(|()| ahead)
    }

    /// The rows of the query that this starts with.
    pub(super) fn start<'s, M>(&self) -> Start<'s, M> {
        match &self.beside {
            Some(_) => Start::Table,
            None => Start::Level(Level { position: 0, constant: self.constant }),
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.sql.dialect()
    }

    pub(crate) fn form(&self) -> ArrayForm {
        self.array.form
    }

    /// Adds rows with these columns.
    pub(crate) fn level(&mut self, columns: Vec<ArrayColumn>, write: impl FnOnce(&mut Sql)) -> Level {
        let level = Level { position: self.levels.len(), constant: None };
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

    /// As [`level`](Self::level), with an aggregate as the last column, and before it the keys by which it is joined to these columns of the table.
    pub(crate) fn joined(
        &mut self,
        columns: Vec<ArrayColumn>,
        on: Vec<&'static str>,
        write: impl FnOnce(&mut Sql),
    ) -> Option<Level> {
        self.beside.as_mut()?.join(on);
        Some(self.level(columns, write))
    }

    /// Notes where the next relation is read; by a statement of its own where that is nowhere here.
    pub(crate) fn relation(&mut self, level: Option<Level>) {
        self.is_complete &= level.is_some();
        if !self.is_below {
            self.relations.push(level);
        }
    }

    /// Whether what is added now is below what the statement reads.
    pub(crate) fn is_below(&self) -> bool {
        self.is_below
    }

    /// Adds what a relation that was added leads on to, or leaves it to statements of its own.
    pub(crate) fn lead_on(&mut self, add: impl FnOnce(&mut Self)) {
        let before = self.is_below;
        self.is_below |= !self.leads_on;
        add(self);
        self.is_below = before;
    }

    /// Tells how many keys of rows at hand a relation starts from.
    pub(crate) fn starts_from(&mut self, keys: usize) {
        self.keys = self.keys.max(keys as u64);
    }

    /// Notes that something is read by a statement of its own which does not ask whether it has been read.
    pub(super) fn apart(&mut self) {
        self.is_complete = false;
    }

    /// `None` where nothing is read ahead, or the statement cannot be made.
    pub(super) fn finish(mut self) -> Option<Ahead> {
        self.relations.iter().flatten().next()?;
        if self.levels.len() == 1 && self.beside.is_none() && Self::is_little(self.dialect(), self.keys) {
            return None;
        }
        let layout = self.write()?;
        let Self { levels, relations, leads_on, is_complete, .. } = self;
        Some(Ahead { statement: self.sql.finish().ok()?, layout, levels, relations, leads_on, is_complete })
    }

    /// Writes what is read of the levels.
    fn write(&mut self) -> Option<Layout> {
        if let Some(beside) = &self.beside {
            // Rows that are read first tell how many there are: what they lead to may be one statement then, whatever it is.
            let is_whole = self.is_complete && beside.width() <= MOST_COLUMNS;
            return is_whole.then(|| {
                beside.write(&self.levels, &mut self.sql);
                Layout::Beside(beside.rows())
            });
        }
        let columns: usize = self.levels.iter().map(Vec::len).sum();
        match self.array.form {
            ArrayForm::Json if self.levels.len() > 1 => Some(self.write_rows()),
            ArrayForm::Native if columns > MOST_COLUMNS => None,
            _ => Some(self.write_row()),
        }
    }

    /// All arrays in one row: their types differ.
    fn write_row(&mut self) -> Layout {
        self.sql.push(" SELECT * FROM ");
        self.sql.separated(" CROSS JOIN ", self.levels.iter().enumerate(), |sql, (level, columns)| {
            let rows = level_name(level);
            sql.push("(SELECT ").arrays(self.array, &rows, columns);
            sql.push(" FROM ").name(&rows).push(") AS ").name(&rows);
        });
        Layout::Row(self.array.form)
    }

    /// The arrays of each level in a row.
    fn write_rows(&mut self) -> Layout {
        let width = self.levels.iter().map(Vec::len).max().unwrap_or(0);
        self.sql.push(" ");
        // The last level first, for which the others are read: the reader wakes up while these are made.
        self.sql.separated(" UNION ALL ", self.levels.iter().enumerate().rev(), |sql, (level, columns)| {
            let rows = level_name(level);
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
        Layout::Rows
    }
}
