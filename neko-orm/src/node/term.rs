//! An order by one expression.

use super::{Alias, Node};
use crate::sql::Sql;
use crate::words::{Direction, Nulls};

/// An order by one expression, whatever it orders.
#[derive(Debug, Clone)]
pub struct Term {
    pub(crate) node: Node,
    pub(crate) direction: Direction,
    pub(crate) nulls: Option<Nulls>,
}

impl Term {
    pub(crate) fn ascending(node: Node) -> Self {
        Self { node, direction: Direction::Ascending, nulls: None }
    }

    /// An order of the statement's own table as one of the table of this alias.
    pub(crate) fn at(self, table: Alias) -> Self {
        Self { node: self.node.at(table), ..self }
    }

    pub(crate) fn write(&self, sql: &mut Sql) {
        self.node.write(sql);
        sql.push(match self.direction {
            Direction::Ascending => " ASC",
            Direction::Descending => " DESC",
        });
        sql.push(match self.nulls {
            None => "",
            Some(Nulls::First) => " NULLS FIRST",
            Some(Nulls::Last) => " NULLS LAST",
        });
    }
}
