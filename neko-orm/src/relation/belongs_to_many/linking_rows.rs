//! The statements that insert the rows of a junction.

use super::linking::{Linking, NewLink};
use crate::Model;
use crate::backend::{Connection, Dialect, Duplicates, Statement};
use crate::error::{Error, Result};
use crate::sql::{Sql, ValueRow, column_of_rows, most_rows};

impl<T: Model, J> Linking<T, J> {
    /// Inserts the rows, except those that are there already.
    pub(in crate::relation) async fn insert(&self, rows: &[NewLink], connection: &mut Connection<'_>) -> Result<()> {
        let dialect = connection.dialect();
        let mut rest = rows;
        while let Some(first) = rest.first() {
            let most = most_rows(dialect, &values(first), || 0).min(rest.len());
            let alike = rest[..most].iter().position(|row| !columns(row).eq(columns(first))).unwrap_or(most);
            let (chunk, others) = rest.split_at(alike);
            self.insert_alike(chunk, columns(first).collect(), connection).await?;
            rest = others;
        }
        Ok(())
    }

    /// Inserts rows of these columns.
    async fn insert_alike(
        &self,
        rows: &[NewLink],
        columns: Vec<&'static str>,
        connection: &mut Connection<'_>,
    ) -> Result<()> {
        let dialect = connection.dialect();
        let rows: Vec<_> = rows.iter().map(values).collect();
        if !self.are_key(&columns) {
            return connection.execute(self.absent(&rows, &columns, dialect)?).await.map(drop);
        }
        let mut result = connection.execute(self.conflicting(&rows, &columns, dialect)?).await;
        if dialect.spelling().duplicates == Duplicates::Refused {
            // Once more, since others may insert the same rows between reading and writing.
            for _ in 0..2 {
                if matches!(result, Err(Error::UniqueViolation(_))) {
                    result = connection.execute(self.absent(&rows, &columns, dialect)?).await;
                }
            }
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
    fn conflicting(&self, rows: &[ValueRow<'_>], columns: &[&'static str], dialect: Dialect) -> Result<Statement> {
        let mut sql = self.insert_into(columns, dialect);
        sql.new_rows(rows);
        if dialect.spelling().duplicates == Duplicates::Skipped {
            let references = columns.iter().filter(|column| self.is_reference(column));
            // With the columns, so that no other violation passes for a link that is there.
            sql.push(" ON CONFLICT (").list(references, |sql, column| {
                sql.name(column);
            });
            sql.push(") DO NOTHING");
        }
        sql.finish()
    }

    /// Inserts those of the rows that are not there.
    fn absent(&self, rows: &[ValueRow<'_>], columns: &[&'static str], dialect: Dialect) -> Result<Statement> {
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

fn columns(row: &NewLink) -> impl Iterator<Item = &'static str> {
    row.iter().map(|(column, _)| *column)
}

fn values(row: &NewLink) -> ValueRow<'_> {
    row.iter().map(|(_, value)| &**value).collect()
}
