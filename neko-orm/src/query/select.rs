//! The text of a `SELECT`.

use super::{Equal, Parts};
use crate::backend::{Dialect, Statement};
use crate::column::Table;
use crate::error::Result;
use crate::key;
use crate::node::Node;
use crate::sql::Sql;

/// `SELECT` of all columns of the model, in the order in which they are declared.
pub(crate) fn select(dialect: Dialect, table: &Table) -> Sql {
    let mut sql = Sql::new(dialect);
    sql.push("SELECT ");
    columns(&mut sql, table);
    sql.push(" FROM ").name(table.name);
    sql
}

/// The model's columns, in the order in which they are declared.
pub(crate) fn columns(sql: &mut Sql, table: &Table) {
    sql.list(table.columns, |sql, column| {
        sql.column(table.name, column.name);
    });
}

/// Writes conditions on the table.
pub(crate) fn equals(sql: &mut Sql, table: &Table, conditions: &[Equal]) {
    sql.separated(" AND ", conditions, |sql, Equal { column, value }| {
        sql.column(table.name, column).push(" = ").bind(&**value);
    });
}

/// The rows that meet all of the conditions.
pub(crate) fn select_equal(dialect: Dialect, table: &Table, conditions: &[Equal]) -> Result<Statement> {
    let mut sql = select(dialect, table);
    sql.push(" WHERE ");
    equals(&mut sql, table, conditions);
    sql.finish()
}

impl Parts {
    /// The rows.
    pub(crate) fn rows(&self, dialect: Dialect, table: &Table) -> Result<Statement> {
        let mut sql = select(dialect, table);
        self.filter(&mut sql);
        self.order(&mut sql);
        range(&mut sql, self.limit, self.offset);
        sql.finish()
    }

    /// The first row, with the key deciding between rows that are alike to the order.
    pub(super) fn first(&self, dialect: Dialect, table: &Table) -> Result<Statement> {
        let mut sql = select(dialect, table);
        self.filter(&mut sql);
        self.order(&mut sql);
        sql.push(if self.order.is_empty() { " ORDER BY " } else { ", " });
        key::columns(&mut sql, table);
        range(&mut sql, Some(self.limit.map_or(1, |limit| limit.min(1))), self.offset);
        sql.finish()
    }

    /// How many rows there are.
    pub(super) fn count(&self, dialect: Dialect, table: &Table) -> Result<Statement> {
        let mut sql = Sql::new(dialect);
        if self.limit.is_none() && self.offset == 0 {
            sql.push("SELECT COUNT(*) FROM ").name(table.name);
            self.filter(&mut sql);
        } else {
            sql.push("SELECT COUNT(*) FROM (");
            self.ones(&mut sql, table);
            sql.push(")");
        }
        sql.finish()
    }

    /// Whether there is any row.
    pub(super) fn exists(&self, dialect: Dialect, table: &Table) -> Result<Statement> {
        let mut sql = Sql::new(dialect);
        sql.push("SELECT EXISTS(");
        self.ones(&mut sql, table);
        sql.push(")");
        sql.finish()
    }

    fn ones(&self, sql: &mut Sql, table: &Table) {
        sql.push("SELECT 1 FROM ").name(table.name);
        self.filter(sql);
        range(sql, self.limit, self.offset);
    }

    fn filter(&self, sql: &mut Sql) {
        if !matches!(self.condition, Node::Constant(true)) {
            sql.push(" WHERE ");
            self.condition.write(sql);
        }
    }

    fn order(&self, sql: &mut Sql) {
        if !self.order.is_empty() {
            sql.push(" ORDER BY ").list(&self.order, |sql, order| order.write(sql));
        }
    }
}

fn range(sql: &mut Sql, limit: Option<u64>, offset: u64) {
    let bound = |rows: u64| i64::try_from(rows).unwrap_or(i64::MAX);
    if limit.is_some() || offset > 0 {
        sql.push(" LIMIT ").bind(&limit.map_or(i64::MAX, bound));
    }
    if offset > 0 {
        sql.push(" OFFSET ").bind(&bound(offset));
    }
}
