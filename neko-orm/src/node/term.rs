//! An order by one expression.

use super::{Alias, Node};
use crate::backend::{Null, NullOrder};
use crate::sql::Sql;
use crate::words::{Direction, Nulls};

/// An order by one expression, whatever it orders.
#[derive(Debug, Clone)]
pub struct Term {
    pub(crate) node: Node,
    pub(crate) direction: Direction,
    pub(crate) nulls: Option<Nulls>,
    /// Whether there may be rows without a value.
    pub(crate) null: Null,
}

impl Term {
    /// By an expression that always has a value.
    pub(crate) fn ascending(node: Node) -> Self {
        Self { node, direction: Direction::Ascending, nulls: None, null: Null::Refused }
    }

    /// An order of the statement's own table as one of the table of this alias.
    pub(crate) fn at(self, table: Alias) -> Self {
        Self { node: self.node.at(table), ..self }
    }

    /// Where the rows without a value come: NULL is less than any value, unless the order says something else.
    pub(crate) fn nulls(&self) -> Nulls {
        self.nulls.unwrap_or(self.nulls_as_least())
    }

    fn nulls_as_least(&self) -> Nulls {
        match self.direction {
            Direction::Ascending => Nulls::First,
            Direction::Descending => Nulls::Last,
        }
    }

    pub(crate) fn write(&self, sql: &mut Sql) {
        let order = sql.dialect().spelling().nulls;
        if order == NullOrder::AlwaysLeast && self.nulls() != self.nulls_as_least() {
            self.node.write(sql);
            sql.push(if self.nulls() == Nulls::First { " IS NULL DESC, " } else { " IS NULL ASC, " });
        }
        self.node.write(sql);
        sql.push(match self.direction {
            Direction::Ascending => " ASC",
            Direction::Descending => " DESC",
        });
        let is_said = match order {
            NullOrder::Least => self.nulls.is_some(),
            // Not of a column that always has a value: an index on it would not have that order.
            NullOrder::Greatest => self.nulls.is_some() || self.null == Null::Allowed,
            NullOrder::AlwaysLeast => false,
        };
        if is_said {
            sql.push(match self.nulls() {
                Nulls::First => " NULLS FIRST",
                Nulls::Last => " NULLS LAST",
            });
        }
    }
}
