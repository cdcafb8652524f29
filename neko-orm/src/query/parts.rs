//! What narrows and orders the rows of a query, whatever the model.

use std::sync::Arc;

use super::{Scope, ScopeMaker, Scoping, Walk};
use crate::backend::Value;
use crate::column::Table;
use crate::node::{Alias, Node, Term};

/// The clauses of a `SELECT`.
#[derive(Debug, Clone)]
pub struct Parts {
    /// What stands in place of the table.
    pub(crate) source: Option<Arc<Source>>,
    /// What stands beside the table.
    pub(crate) joined: Option<Arc<Join>>,
    /// What is read of each row; all columns of the model where it is empty.
    pub(crate) selected: Vec<Node>,
    pub(crate) is_distinct: bool,
    pub(crate) condition: Node,
    pub(crate) group: Vec<Node>,
    pub(crate) having: Node,
    pub(crate) order: Vec<Term>,
    /// The order where the query has none of its own.
    pub(crate) default_order: Vec<Term>,
    /// Whether the model's default scope counts.
    pub(crate) scoping: Scoping,
    /// The columns of the row after which the query goes on.
    pub(crate) after: Option<Arc<[Box<dyn Value>]>>,
    pub(crate) limit: Option<u64>,
    pub(crate) offset: u64,
    /// Whether every row may be changed.
    pub(crate) is_for_all_rows: bool,
}

/// Rows that a statement reads as if they were those of the table.
#[derive(Debug)]
pub(crate) enum Source {
    /// The user's own `SELECT`.
    Raw(Node),
    /// A query of the same model.
    Query(Box<Parts>),
}

/// Rows that are joined to those of the table where a condition holds.
#[derive(Debug)]
pub(crate) struct Join {
    pub(crate) source: JoinSource,
    pub(crate) on: Node,
    /// What tells rows apart that are joined to one row of the table.
    pub(crate) key: Vec<Node>,
}

/// Rows that can be joined. Their columns are known by the names of the table that they are.
#[derive(Debug)]
pub(crate) enum JoinSource {
    /// The rows that a repeated step leads to.
    Walk(Box<Walk>),
    /// Those of a table.
    Table(&'static str),
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            source: None,
            joined: None,
            selected: Vec::new(),
            is_distinct: false,
            condition: Node::Absent,
            group: Vec::new(),
            having: Node::Absent,
            order: Vec::new(),
            default_order: Vec::new(),
            scoping: Scoping::Scoped,
            after: None,
            limit: None,
            offset: 0,
            is_for_all_rows: false,
        }
    }
}

impl Parts {
    /// The parts within a scope.
    pub(super) fn scoped(mut self, scope: Scope) -> Self {
        let own = std::mem::replace(&mut self.condition, Node::Absent);
        self.condition = scope.condition.and(own);
        if self.default_order.is_empty() {
            self.default_order = scope.order;
        }
        self.joined = self.joined.or(scope.joined);
        self
    }

    /// The parts within the scope of their origin, and within the model's unless the query is without.
    pub(super) fn applied(&self, origin: Scope, model: Option<ScopeMaker>) -> Self {
        let mut parts = self.clone().scoped(origin);
        match parts.scoping {
            Scoping::Scoped => parts.scoped(Scope::made_by(model)),
            Scoping::Unscoped => {
                parts.condition.settle(|_| Node::Absent);
                parts
            }
        }
    }

    /// The parts to run, or `None` where no row can match.
    pub(super) fn resolved(self) -> Option<Self> {
        match self.is_empty() {
            true => None,
            false => Some(self.ordered()),
        }
    }

    /// Whether the query only filters and orders.
    pub(super) fn is_scope(&self) -> bool {
        let is_plain = self.is_table() && self.selected.is_empty() && self.after.is_none();
        is_plain && self.has_keys() && !self.has_range() && self.scoping == Scoping::Scoped
    }

    /// Whether the rows are read from the table, and from nothing else.
    pub(super) fn is_table(&self) -> bool {
        self.source.is_none() && self.joined.is_none()
    }

    /// Whether nothing narrows the rows of the table but a limit.
    pub(super) fn starts_with_the_first(&self) -> bool {
        self.condition.is_no_filter() && self.is_table() && self.after.is_none() && self.offset == 0
    }

    /// Whether nothing narrows the rows.
    pub(super) fn is_every_row(&self) -> bool {
        self.starts_with_the_first() && self.limit.is_none()
    }

    /// Whether all rows of the table are read, whatever their order.
    pub(super) fn is_whole_table(&self) -> bool {
        self.is_every_row() && self.has_keys() && self.selected.is_empty()
    }

    /// Leaves out so many rows, which are read: those up to the one of these columns, or just as many.
    pub(super) fn leave_out(&mut self, read: u64, last: Option<Arc<[Box<dyn Value>]>>) {
        self.limit = self.limit.map(|limit| limit.saturating_sub(read));
        match last {
            Some(last) => (self.offset, self.after) = (0, Some(last)),
            None => self.offset += read,
        }
    }

    /// Whether no row can match.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self.condition, Node::Constant(false))
    }

    /// Whether only some of the rows are meant, of however many there are.
    pub(crate) fn has_range(&self) -> bool {
        self.limit.is_some() || self.offset > 0
    }

    /// How many rows there are at most, where that can be told.
    pub(super) fn bound(&self, table: &Table) -> Option<u64> {
        let is_one = table.key_names().all(|key| self.pins(table, key));
        if is_one { Some(1) } else { self.limit }
    }

    /// The key, if the condition asks for one value of it.
    pub(super) fn constant(&self, table: &Table) -> Option<&'static str> {
        table.key_names().next().filter(|key| self.pins(table, key))
    }

    /// Whether the condition asks for one value of a column.
    pub(super) fn pins(&self, table: &Table, column: &str) -> bool {
        self.is_table() && self.condition.pins(table.name, column)
    }

    /// The first of the rows, as many as `most`.
    pub(super) fn at_most(self, most: u64) -> Self {
        let limit = Some(self.limit.map_or(most, |limit| limit.min(most)));
        Self { limit, ..self }
    }

    /// The same rows without a range: a limit that comes before an aggregate counts for the rows, not for the result.
    pub(super) fn without_range(self) -> Self {
        match self.has_range() || self.after.is_some() {
            true => Self {
                scoping: self.scoping,
                source: Some(Arc::new(Source::Query(Box::new(self.ordered())))),
                ..Self::default()
            },
            false => self,
        }
    }

    /// The same rows in the default order, where there is no other.
    pub(super) fn ordered(mut self) -> Self {
        if self.order.is_empty() && self.has_keys() && !self.is_in_raw_order() {
            self.order = std::mem::take(&mut self.default_order);
        }
        self
    }

    /// Whether the rows are those of the table, each with its key.
    pub(super) fn has_keys(&self) -> bool {
        self.group.is_empty() && !self.is_distinct
    }

    /// Whether the rows come in the order of the user's own `SELECT`.
    pub(super) fn is_in_raw_order(&self) -> bool {
        self.order.is_empty() && self.group.is_empty() && matches!(self.source.as_deref(), Some(Source::Raw(_)))
    }

    /// The order with the key's columns at its end, which decide between rows that are alike to it; of groups, what the rows are grouped
    /// by; of distinct values, the values.
    pub(crate) fn total_order(&self, table: &Table) -> Vec<Term> {
        let mut order = self.order.clone();
        if !self.has_keys() {
            let last = if self.group.is_empty() { &self.selected } else { &self.group };
            order.extend(last.iter().cloned().map(Term::ascending));
            return order;
        }
        for key in table.key_names() {
            let is_key = |term: &Term| term.node.own_column(table.name) == Some(key);
            if !order.iter().any(is_key) {
                order.push(Term::ascending(Node::Column(Alias::TABLE, table.name, key)));
            }
        }
        let joined = self.joined.iter().flat_map(|join| &join.key);
        order.extend(joined.cloned().map(Term::ascending));
        order
    }
}
