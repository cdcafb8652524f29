//! The statements that insert the rows of a junction.

use super::linking::{Linking, NewLink};
use super::plan::Given;
use crate::Model;
use crate::backend::{Connection, Dialect, Duplicates, Statement, Value};
use crate::error::{Error, Result};
use crate::key;
use crate::sql::{KeySet, Sql, ValueRows, column_of_rows, common_size, most_rows};

impl<T: Model, J> Linking<T, J> {
    /// Inserts the rows, except those that are there already.
    pub(in crate::relation) async fn insert(&self, rows: &[NewLink], connection: &mut Connection<'_>) -> Result<()> {
        let dialect = connection.dialect();
        let mut rest = rows;
        while let Some(first) = rest.first() {
            let (chunk, others) = rest.split_at(count_of_next(dialect, first, rest));
            self.insert_alike(chunk, columns(first).collect(), connection).await?;
            rest = others;
        }
        Ok(())
    }

    /// The statement that links the source with the targets of these keys, where the rows differ in nothing but these and the database takes
    /// them as one argument.
    pub(super) fn insert_of_keys(&self, given: &Given<T>, dialect: Dialect) -> Option<Result<Statement>> {
        let of_target = self.columns_of_key()?;
        let ([column], [_], [_, _, ..]) = (&of_target[..], self.to, &given.keys[..]) else { return None };
        let columns: Vec<_> = self.source.iter().map(|equal| equal.column).chain([*column]).collect();
        if !given.extras.iter().all(Vec::is_empty) || !self.are_key(&columns) {
            return None;
        }
        let keys = key::arguments::<T>(&given.keys);
        let keys = KeySet::of(dialect, &keys)?;
        let mut sql = self.insert_into(&columns, dialect);
        sql.new_rows_of_keys(self.source.iter().map(|equal| &*equal.value), &keys);
        self.unless_conflicting(&mut sql, &columns);
        Some(sql.finish())
    }

    /// The statement that inserts the rows, where no other is needed, whatever becomes of it.
    pub(super) fn only_insert(&self, rows: &[NewLink], dialect: Dialect) -> Option<Result<Statement>> {
        let first = rows.first()?;
        let is_only =
            dialect.spelling().duplicates == Duplicates::Skipped && count_of_next(dialect, first, rows) == rows.len();
        is_only.then(|| {
            let values: Vec<_> = rows.iter().flat_map(values).collect();
            self.statement(ValueRows::new(&values, first.len()), &columns(first).collect::<Vec<_>>(), dialect)
        })
    }

    fn statement(&self, rows: ValueRows<'_>, columns: &[&'static str], dialect: Dialect) -> Result<Statement> {
        match self.are_key(columns) {
            true => self.conflicting(rows, columns, dialect),
            false => self.absent(rows, columns, dialect),
        }
    }

    /// Inserts rows of these columns.
    async fn insert_alike(
        &self,
        rows: &[NewLink],
        columns: Vec<&'static str>,
        connection: &mut Connection<'_>,
    ) -> Result<()> {
        let dialect = connection.dialect();
        let values: Vec<_> = rows.iter().flat_map(values).collect();
        let rows = ValueRows::new(&values, columns.len());
        let result = connection.execute(self.statement(rows, &columns, dialect)?).await;
        let is_updated = dialect.spelling().duplicates == Duplicates::Updated;
        if is_updated && matches!(result, Err(Error::Statement(_) | Error::UniqueViolation(_))) {
            // Either another row is in the way, and the database says so now, or the same rows have come from elsewhere in the meantime.
            return connection.execute(self.absent(rows, &columns, dialect)?).await.map(drop);
        }
        result.map(drop)
    }

    /// Whether a row that is there already conflicts with the same row, and is a link: one outside of the scope is none.
    fn are_key(&self, columns: &[&'static str]) -> bool {
        let count = columns.iter().filter(|column| self.is_reference(column)).count();
        let is_key = |key: &Vec<&str>| key.len() == count && key.iter().all(|column| self.is_reference(column));
        self.key.as_ref().is_none_or(is_key) && self.scope.is_no_filter()
    }

    /// Inserts the rows, of which some may conflict with those that are there.
    fn conflicting(&self, rows: ValueRows<'_>, columns: &[&'static str], dialect: Dialect) -> Result<Statement> {
        let mut sql = self.insert_into(columns, dialect);
        sql.new_rows_of_one(rows);
        self.unless_conflicting(&mut sql, columns);
        sql.finish()
    }

    fn unless_conflicting(&self, sql: &mut Sql, columns: &[&'static str]) {
        let references: Vec<_> = columns.iter().filter(|column| self.is_reference(column)).collect();
        match sql.dialect().spelling().duplicates {
            Duplicates::Skipped => {
                // With the columns, so that no other violation passes for a link that is there.
                sql.push(" ON CONFLICT (").list(references, |sql, column| {
                    sql.name(column);
                });
                sql.push(") DO NOTHING");
            }
            Duplicates::Updated => self.update_to_itself(sql, &references),
        }
    }

    /// Writes that a row in the way stays as it is. The sum is too large for any number: it fails where that row is another one.
    fn update_to_itself(&self, sql: &mut Sql, references: &[&&'static str]) {
        let Some(first) = references.first() else { return };
        sql.push(" ON DUPLICATE KEY UPDATE ").name(first).push(" = IF(");
        sql.separated(" AND ", references, |sql, column| {
            sql.column(self.table(), column).push(" = VALUES(").name(column).push(")");
        });
        sql.push(", ").column(self.table(), first).push(", ~0 + (1 + LENGTH(VALUES(").name(first).push("))))");
    }

    /// Inserts those of the rows that are not there.
    fn absent(&self, rows: ValueRows<'_>, columns: &[&'static str], dialect: Dialect) -> Result<Statement> {
        const NEW: &str = "neko new";
        let mut sql = self.insert_into(columns, dialect);
        sql.push("SELECT * FROM ")
            .rows_as(rows, NEW)
            .push(" WHERE NOT EXISTS (SELECT 1 FROM ")
            .name(self.table())
            .push(" WHERE ");
        let references = columns.iter().enumerate().filter(|(_, name)| self.is_reference(name));
        sql.separated(" AND ", references, |sql, (index, name)| {
            sql.column(self.table(), name).push(" = ").column(NEW, &column_of_rows(index));
        });
        self.in_scope(&mut sql);
        sql.push(")");
        sql.finish()
    }

    fn insert_into(&self, columns: &[&'static str], dialect: Dialect) -> Sql {
        let mut sql = Sql::new(dialect, self.model);
        sql.push("INSERT INTO ").name(self.table()).push(" (").list(columns, |sql, name| {
            sql.name(name);
        });
        sql.push(") ");
        sql
    }
}

/// How many of the rows go into the next statement.
fn count_of_next(dialect: Dialect, first: &NewLink, rows: &[NewLink]) -> usize {
    let most = most_rows(dialect, &values(first).collect::<Vec<_>>(), || 0).min(rows.len());
    let alike = rows[..most].iter().position(|row| !columns(row).eq(columns(first))).unwrap_or(most);
    common_size(dialect, alike)
}

fn columns(row: &NewLink) -> impl Iterator<Item = &'static str> {
    row.iter().map(|(column, _)| *column)
}

fn values(row: &NewLink) -> impl Iterator<Item = &dyn Value> {
    row.iter().map(|(_, value)| &**value)
}
