//! The text of a `SELECT`.

use super::{Equal, Parts};
use crate::Model;
use crate::backend::{Dialect, Statement};
use crate::error::Result;
use crate::expr::Node;
use crate::key;
use crate::sql::Sql;

/// `SELECT` of all columns of the model, in the order in which they are declared.
pub(crate) fn select<M: Model>(dialect: Dialect) -> Sql {
    let mut sql = Sql::new(dialect);
    sql.push("SELECT ");
    columns::<M>(&mut sql);
    sql.push(" FROM ").name(M::TABLE.name);
    sql
}

/// The model's columns, in the order in which they are declared.
pub(crate) fn columns<M: Model>(sql: &mut Sql) {
    sql.list(M::TABLE.columns, |sql, column| {
        sql.column(M::TABLE.name, column.facts().name);
    });
}

/// Writes conditions on the table of `M`.
pub(crate) fn equals<M: Model>(sql: &mut Sql, conditions: &[Equal]) {
    sql.separated(" AND ", conditions, |sql, Equal { column, value }| {
        sql.column(M::TABLE.name, column).push(" = ").bind(&**value);
    });
}

/// The rows that meet all of the conditions.
pub(crate) fn select_equal<M: Model>(dialect: Dialect, conditions: &[Equal]) -> Result<Statement> {
    let mut sql = select::<M>(dialect);
    sql.push(" WHERE ");
    equals::<M>(&mut sql, conditions);
    sql.finish()
}

impl Parts {
    /// The rows.
    pub(crate) fn rows<M: Model>(&self, dialect: Dialect) -> Result<Statement> {
        let mut sql = select::<M>(dialect);
        self.filter(&mut sql);
        self.order(&mut sql);
        self.range(&mut sql);
        sql.finish()
    }

    /// The first row, with the key deciding between rows that are alike to the order.
    pub(super) fn first<M: Model>(&self, dialect: Dialect) -> Result<Statement> {
        let mut sql = select::<M>(dialect);
        self.filter(&mut sql);
        self.order(&mut sql);
        sql.push(if self.order.is_empty() { " ORDER BY " } else { ", " });
        key::columns::<M>(&mut sql);
        let limit = Some(self.limit.map_or(1, |limit| limit.min(1)));
        Self { limit, offset: self.offset, ..Self::default() }.range(&mut sql);
        sql.finish()
    }

    /// How many rows there are.
    pub(super) fn count<M: Model>(&self, dialect: Dialect) -> Result<Statement> {
        let mut sql = Sql::new(dialect);
        if self.limit.is_none() && self.offset == 0 {
            sql.push("SELECT COUNT(*) FROM ").name(M::TABLE.name);
            self.filter(&mut sql);
        } else {
            sql.push("SELECT COUNT(*) FROM (");
            self.ones::<M>(&mut sql);
            sql.push(")");
        }
        sql.finish()
    }

    /// Whether there is any row.
    pub(super) fn exists<M: Model>(&self, dialect: Dialect) -> Result<Statement> {
        let mut sql = Sql::new(dialect);
        sql.push("SELECT EXISTS(");
        self.ones::<M>(&mut sql);
        sql.push(")");
        sql.finish()
    }

    fn ones<M: Model>(&self, sql: &mut Sql) {
        sql.push("SELECT 1 FROM ").name(M::TABLE.name);
        self.filter(sql);
        self.range(sql);
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

    fn range(&self, sql: &mut Sql) {
        let bound = |rows: u64| i64::try_from(rows).unwrap_or(i64::MAX);
        match (self.limit, self.offset) {
            (None, 0) => {}
            (limit, 0) => {
                sql.push(" LIMIT ").bind(&limit.map_or(i64::MAX, bound));
            }
            (limit, offset) => {
                sql.push(" LIMIT ").bind(&limit.map_or(i64::MAX, bound)).push(" OFFSET ").bind(&bound(offset));
            }
        }
    }
}
