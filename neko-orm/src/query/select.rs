//! The text of a `SELECT`.

use std::borrow::Cow;

use super::parts::{Join, JoinSource, Source};
use super::{Equal, Parts};
use crate::backend::{Dialect, Statement};
use crate::column::{Facts, Table};
use crate::error::{Error, Result};
use crate::key;
use crate::node::{Alias, Node, Term};
use crate::sql::Sql;

// The derive refuses names that start like this.
/// The rows of a query within.
const ROWS: &str = "neko rows";

/// `SELECT` of the columns that this writes.
pub(crate) fn select(dialect: Dialect, table: &'static Table, columns: impl FnOnce(&mut Sql, &'static Table)) -> Sql {
    let mut sql = Sql::new(dialect, table.model);
    sql.push("SELECT ");
    columns(&mut sql, table);
    sql.push(" FROM ").name(table.name);
    sql
}

/// The model's columns, in the order in which they are declared.
pub(crate) fn columns(sql: &mut Sql, table: &Table) {
    sql.columns(table.name, table.columns.iter().map(|column| column.name));
}

/// Writes conditions on the table.
pub(crate) fn equals(sql: &mut Sql, table: &Table, conditions: &[Equal]) {
    sql.equals(table.name, conditions.iter().map(|Equal { column, value }| (*column, &**value)));
}

impl Parts {
    /// The rows.
    pub(crate) fn rows(&self, dialect: Dialect, table: &'static Table) -> Result<Statement> {
        let mut sql = Sql::new(dialect, table.model);
        self.write(&mut sql, table)?;
        sql.finish()
    }

    /// How many rows there are.
    pub(super) fn count(&self, dialect: Dialect, table: &'static Table) -> Result<Statement> {
        if self.has_keys() && !self.has_range() {
            return self.aggregate(&[Node::Sql("COUNT(*)")], dialect, table);
        }
        let mut sql = Sql::new(dialect, table.model);
        sql.push("SELECT COUNT(*) FROM (");
        self.write_all(&mut sql, table)?;
        sql.push(") AS ").name(ROWS);
        sql.finish()
    }

    /// Whether there is any row.
    pub(super) fn exists(&self, dialect: Dialect, table: &'static Table) -> Result<Statement> {
        let mut sql = Sql::new(dialect, table.model);
        sql.push("SELECT EXISTS(");
        if self.has_keys() {
            self.write_all(&mut sql, table)?;
        } else {
            // SQLite takes no notice of a DISTINCT directly in EXISTS.
            sql.push("SELECT 1 FROM (");
            self.write_all(&mut sql, table)?;
            sql.push(") AS ").name(ROWS);
        }
        sql.push(")");
        sql.finish()
    }

    /// Aggregates over the rows.
    pub(super) fn aggregate(&self, of: &[Node], dialect: Dialect, table: &'static Table) -> Result<Statement> {
        let mut sql = Sql::new(dialect, table.model);
        sql.push("SELECT ").list(of, |sql, node| node.write(sql));
        self.from(&mut sql, table)?;
        self.matching(&mut sql, table)?;
        sql.finish()
    }

    /// All rows, whatever their order and, where each has its key, whatever is read of them.
    fn write_all(&self, sql: &mut Sql, table: &'static Table) -> Result<()> {
        match self.has_keys() {
            true => self.write_unordered(&[Node::Sql("1")], sql, table)?,
            false => self.write_unordered(&self.named(table), sql, table)?,
        }
        self.range(sql);
        Ok(())
    }

    /// What is read of each row, each under a name of its own.
    fn named(&self, table: &'static Table) -> Vec<Node> {
        let column = |facts: &Facts| Node::Column(Alias::TABLE, table.name, facts.name);
        let nodes = match &self.selected[..] {
            [] => table.columns.iter().map(column).collect(),
            selected => selected.to_vec(),
        };
        nodes.into_iter().enumerate().map(|(index, node)| Node::Named(Box::new(node), index)).collect()
    }

    /// The names under which [`write_named`](Self::write_named) reads what is read of each row.
    pub(super) fn names(&self, table: &'static Table) -> Vec<Cow<'static, str>> {
        match &self.selected[..] {
            [] => table.columns.iter().map(|column| Cow::Borrowed(column.name)).collect(),
            selected => (0..selected.len()).map(|index| Cow::Owned(Node::name_of(index))).collect(),
        }
    }

    /// As [`write`](Self::write), for a statement around this one.
    pub(super) fn write_named(&self, sql: &mut Sql, table: &'static Table) -> Result<()> {
        match &self.selected[..] {
            [] => self.write(sql, table),
            _ => self.write_selected(&self.named(table), sql, table),
        }
    }

    pub(super) fn write(&self, sql: &mut Sql, table: &'static Table) -> Result<()> {
        self.write_selected(&self.selected, sql, table)
    }

    fn write_selected(&self, selected: &[Node], sql: &mut Sql, table: &'static Table) -> Result<()> {
        self.write_unordered(selected, sql, table)?;
        // Which rows are within a range must not be left to chance.
        match (self.has_range() && !self.is_in_raw_order()) || self.after.is_some() {
            true => write_order(sql, &self.total_order(table)),
            false => write_order(sql, &self.order),
        }
        self.range(sql);
        Ok(())
    }

    fn write_unordered(&self, selected: &[Node], sql: &mut Sql, table: &'static Table) -> Result<()> {
        if !self.has_keys() {
            sql.share_placeholders();
        }
        sql.push(if self.is_distinct { "SELECT DISTINCT " } else { "SELECT " });
        match selected {
            [] => columns(sql, table),
            selected => {
                sql.list(selected, |sql, node| node.write(sql));
            }
        }
        let names = if self.having.is_no_filter() { &[] } else { sql.dialect().spelling().group_names };
        for (node, name) in self.group.iter().zip(names).filter(|(node, _)| node.has_subquery()) {
            sql.push(", ");
            node.write(sql);
            sql.push(" AS ").push(name);
        }
        self.from(sql, table)?;
        self.matching(sql, table)?;
        if !self.group.is_empty() {
            // SQLite 3.51 takes the order of a query within for that of the groups, unless they are no columns of it.
            let no_column = if self.source.is_some() { sql.dialect().spelling().not_a_column } else { "" };
            sql.push(" GROUP BY ").list(&self.group, |sql, node| {
                sql.push(no_column);
                node.write(sql);
            });
        }
        if !self.having.is_no_filter() {
            sql.push(" HAVING ");
            self.having.clone().with_named_keys(names).write(sql);
        }
        Ok(())
    }

    fn from(&self, sql: &mut Sql, table: &'static Table) -> Result<()> {
        sql.push(" FROM ");
        match self.source.as_deref() {
            None => {}
            Some(Source::Raw(fragment)) => {
                match self.is_in_raw_order() {
                    true => fragment.write_in_order(sql),
                    false => fragment.write(sql),
                }
                sql.push(" AS ");
            }
            Some(Source::Query(parts)) => {
                sql.push("(");
                parts.write(sql, table)?;
                sql.push(") AS ");
            }
        }
        sql.name(table.name);
        if let Some(Join { source, on, .. }) = self.joined.as_deref() {
            sql.push(" JOIN ");
            match source {
                JoinSource::Walk(walk) => walk.write(self.scoping, sql),
                JoinSource::Table(table) => {
                    sql.name(table);
                }
            }
            sql.push(" ON ");
            on.write(sql);
        }
        Ok(())
    }

    /// Writes the condition, with that of the place after which the query goes on.
    pub(super) fn matching(&self, sql: &mut Sql, table: &'static Table) -> Result<()> {
        let beyond = match &self.after {
            None => Node::Absent,
            Some(after) => {
                let order = if self.has_keys() { self.total_order(table) } else { Vec::new() };
                let beyond = super::keyset::beyond(&order, after, table);
                beyond.ok_or(Error::NoPlace { table: table.name })?
            }
        };
        let conditions: Vec<_> = [&self.condition, &beyond].into_iter().filter(|node| !node.is_no_filter()).collect();
        if !conditions.is_empty() {
            sql.push(" WHERE ").separated(" AND ", conditions, |sql, condition| condition.write(sql));
        }
        Ok(())
    }

    fn range(&self, sql: &mut Sql) {
        if self.has_range() {
            let limit = self.limit.map_or(i64::MAX, bound);
            sql.push(" LIMIT ");
            match usize::try_from(limit) {
                Ok(number) if number < sql.dialect().spelling().limits_in_text => sql.number(number),
                _ => sql.bind_any(&limit),
            };
        }
        if self.offset > 0 {
            sql.push(" OFFSET ").bind(&bound(self.offset));
        }
    }

    /// The keys of the rows, for a statement that changes them.
    pub(super) fn keys(&self, sql: &mut Sql, table: &'static Table) -> Result<()> {
        sql.push("(");
        key::columns(sql, table);
        sql.push(") IN (");
        let key = table.key_names().map(|key| Node::Column(Alias::TABLE, table.name, key));
        Self { selected: key.collect(), ..self.clone() }.write(sql, table)?;
        sql.push(")");
        Ok(())
    }
}

pub(super) fn write_order(sql: &mut Sql, order: &[Term]) {
    if !order.is_empty() {
        sql.push(" ORDER BY ").list(order, |sql, term| term.write(sql));
    }
}

pub(super) fn bound(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
