//! The text of an `UPDATE` or a `DELETE` of all rows of a query.

use super::Parts;
use crate::backend::Changes;
use crate::column::Table;
use crate::error::Result;
use crate::expr::Assignment;
use crate::node::{Alias, Node};
use crate::sql::Sql;

/// What becomes of the rows.
pub(super) enum Change<'a, M> {
    Set(&'a [Assignment<M>]),
    Delete,
}

// The derive refuses names that start like this.
/// The keys of the rows, and their new values.
const CHANGED: &str = "neko changed";

impl<M> Change<'_, M> {
    pub(super) fn write(&self, parts: &Parts, table: &'static Table, sql: &mut Sql) -> Result<()> {
        if sql.dialect().spelling().changes == Changes::ByJoin && !self.is_direct(parts) {
            return self.write_joined(parts, table, sql);
        }
        match self {
            Self::Set(assignments) => {
                sql.push("UPDATE ").name(table.name).push(" SET ").list(*assignments, |sql, assignment| {
                    sql.name(assignment.column).push(" = ");
                    assignment.value.write(sql);
                });
                if assignments.iter().any(|assignment| assignment.value.has_subquery()) {
                    let read_first = sql.dialect().spelling().read_before_write;
                    sql.push(read_first);
                }
            }
            Self::Delete => {
                sql.push("DELETE FROM ").name(table.name);
            }
        }
        parts.choose(sql, table)
    }

    /// Whether MySQL does the same as the others: it neither reads the table that it writes, nor a column as it was before an earlier
    /// assignment.
    fn is_direct(&self, parts: &Parts) -> bool {
        let is_plain = parts.is_table() && !parts.has_range() && parts.after.is_none();
        is_plain
            && !parts.condition.has_subquery()
            && match self {
                Self::Delete => true,
                Self::Set([Assignment { value, .. }]) => !value.has_subquery(),
                Self::Set(assignments) => !assignments.iter().any(|assignment| assignment.value.reads()),
            }
    }

    /// With the rows and their new values in a table of their own, which the database must compute before it writes.
    fn write_joined(&self, parts: &Parts, table: &'static Table, sql: &mut Sql) -> Result<()> {
        let column = |name| Node::Column(Alias::TABLE, table.name, name);
        let values = match self {
            Self::Set(assignments) => assignments.iter().map(|assignment| assignment.value.clone()).collect(),
            Self::Delete => Vec::new(),
        };
        let named = table.key_names().map(column).chain(values).enumerate();
        let selected = named.map(|(index, node)| Node::Named(Box::new(node), index)).collect();
        // Without a limit, the table could be merged with the one that is written.
        let limit = Some(parts.limit.unwrap_or(u64::MAX));
        match self {
            Self::Set(_) => sql.push("UPDATE ").name(table.name),
            Self::Delete => sql.push("DELETE ").name(table.name).push(" FROM ").name(table.name),
        };
        sql.push(" JOIN (");
        Parts { selected, limit, ..parts.clone() }.write(sql, table)?;
        sql.push(") AS ").name(CHANGED).push(" ON ");
        sql.separated(" AND ", table.key_names().enumerate(), |sql, (index, key)| {
            sql.column(table.name, key).push(" = ").column(CHANGED, &Node::name_of(index));
        });
        if let Self::Set(assignments) = self {
            let first = table.key.len();
            sql.push(" SET ").list(assignments.iter().enumerate(), |sql, (index, assignment)| {
                sql.column(table.name, assignment.column).push(" = ").column(CHANGED, &Node::name_of(first + index));
            });
        }
        Ok(())
    }
}

impl Parts {
    /// Writes which rows of the table are meant.
    fn choose(&self, sql: &mut Sql, table: &'static Table) -> Result<()> {
        if !self.has_range() && self.is_table() {
            return self.matching(sql, table);
        }
        sql.push(" WHERE ");
        self.keys(sql, table)
    }
}
