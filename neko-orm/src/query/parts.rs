//! What narrows and orders the rows of a query, whatever the model.

use std::sync::Arc;

use super::Equal;
use crate::backend::Value;
use crate::column::Table;
use crate::expr::Term;
use crate::node::{Alias, Node};

/// The clauses of a `SELECT`.
#[derive(Debug, Clone)]
pub struct Parts {
    /// What stands in place of the table.
    pub(crate) source: Option<Arc<Source>>,
    /// What is read of each row; all columns of the model where it is empty.
    pub(crate) selected: Vec<Node>,
    pub(crate) is_distinct: bool,
    pub(crate) condition: Node,
    pub(crate) group: Vec<Node>,
    pub(crate) having: Node,
    pub(crate) order: Vec<Term>,
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
    Query(Parts),
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            source: None,
            selected: Vec::new(),
            is_distinct: false,
            condition: Node::Constant(true),
            group: Vec::new(),
            having: Node::Constant(true),
            order: Vec::new(),
            after: None,
            limit: None,
            offset: 0,
            is_for_all_rows: false,
        }
    }
}

impl Parts {
    /// The parts with the conditions of an origin, or `None` where no row can match.
    pub(super) fn at(&self, origin: Vec<Equal>, table: &Table) -> Option<Self> {
        let origin = origin.into_iter().map(|condition| condition.node(table)).reduce(Node::and);
        match origin.unwrap_or(Node::Constant(true)).and(self.condition.clone()) {
            Node::Constant(false) => None,
            condition => Some(Self { condition, ..self.clone() }),
        }
    }

    pub(crate) fn filter(&mut self, condition: Node) {
        let earlier = std::mem::replace(&mut self.condition, Node::Constant(true));
        self.condition = earlier.and(condition);
    }

    /// Whether only some of the rows are meant, of however many there are.
    pub(crate) fn has_range(&self) -> bool {
        self.limit.is_some() || self.offset > 0
    }

    /// The same rows without a range: a limit that comes before an aggregate counts for the rows, not for the result.
    pub(super) fn without_range(self) -> Self {
        match self.has_range() || self.after.is_some() {
            true => Self { source: Some(Arc::new(Source::Query(self))), ..Self::default() },
            false => self,
        }
    }

    /// Whether the rows are those of the table, each with its key.
    pub(super) fn has_keys(&self) -> bool {
        self.group.is_empty() && (self.selected.is_empty() || !self.is_distinct)
    }

    /// The order with the key's columns at its end, which decide between rows that are alike to it.
    pub(crate) fn total_order(&self, table: &Table) -> Vec<Term> {
        let mut order = self.order.clone();
        for key in table.key_names() {
            let is_key = |term: &Term| matches!(term.node, Node::Column(Alias::TABLE, _, column) if column == key);
            if !order.iter().any(is_key) {
                order.push(Term::ascending(Node::Column(Alias::TABLE, table.name, key)));
            }
        }
        order
    }
}
