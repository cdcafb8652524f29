//! The steps of a relation in SQL: from the rows of one table to those of the next.

use super::{Alias, Node, Subquery, Term};
use crate::backend::Dialect;
use std::borrow::Cow;

/// A step from the rows of a table to those of another.
#[derive(Debug, Clone)]
pub struct Hop {
    /// The table that the step starts from.
    pub(crate) from: &'static str,
    /// The table that it leads to.
    pub(crate) table: &'static str,
    /// The columns that are equal.
    pub(crate) pairs: Vec<HopPair>,
    /// What the rows that it starts from must meet, as a condition on a statement's own table.
    pub(crate) from_condition: Node,
    /// What the rows that it leads to must meet, as a condition on a statement's own table.
    pub(crate) condition: Node,
    /// Which one of the rows it leads to from each, if not to all.
    pub(crate) pick: Option<Pick>,
}

/// A column of the table that a step starts from, and the column of the next table that equals it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HopPair {
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) column_type: fn(Dialect) -> Cow<'static, str>,
}

/// The first row in an order that ends with the table's key.
#[derive(Debug, Clone)]
pub struct Pick {
    /// The order, of a statement's own table.
    pub(crate) order: Vec<Term>,
    /// The table's key.
    pub(crate) key: Vec<&'static str>,
}

/// That the row of the last step's table is one that the steps lead to, where `starts` equal the columns of the first step.
pub(crate) fn reached(hops: &[Hop], starts: Vec<Node>, target: Alias) -> Node {
    let Some((last, earlier)) = hops.split_last() else { return Node::Absent };
    let Some(before) = earlier.last() else {
        let picked = last.pick(starts.clone(), target);
        return last.arrives(starts, target).and(picked);
    };
    let inner = target.inner();
    let starts_of_last: Vec<_> = last.pairs.iter().map(|pair| Node::Column(inner, before.table, pair.from)).collect();
    if let Some(Pick { key, .. }) = &last.pick
        && let [key] = key[..]
    {
        // The picked row of each row before: asked for once for each of these, and not for each row to choose from.
        let picked = last.first(starts_of_last, inner.inner());
        let join = reached(earlier, starts, inner).and(last.from_condition.clone().at(inner));
        let rows = Subquery::new(picked, before.table, inner, join);
        return Node::Column(target, last.table, key).compare(" IN ", Node::Scalar(Box::new(rows)));
    }
    let join = reached(earlier, starts, inner).and(last.from_condition.clone().at(inner));
    let rows = Subquery::new(Node::List(starts_of_last), before.table, inner, join);
    let reached: Vec<_> = last.pairs.iter().map(|pair| Node::Column(target, last.table, pair.to)).collect();
    let reached = Node::row(reached).compare(" IN ", Node::Scalar(Box::new(rows)));
    reached.and(last.condition.clone().at(target)).and(last.own_pick(target))
}

/// That the row of the last step's table is one that the steps lead to from a table in the statement.
pub(crate) fn reached_from(hops: &[Hop], source: Alias, target: Alias) -> Node {
    let Some(first) = hops.first() else { return Node::Absent };
    reached(hops, first.starts(source), target).and(first.from_condition.clone().at(source))
}

impl Hop {
    /// The columns that the step starts from, of a table of this alias.
    pub(crate) fn starts(&self, table: Alias) -> Vec<Node> {
        self.pairs.iter().map(|pair| Node::Column(table, self.from, pair.from)).collect()
    }

    /// That a row is one of those that the step leads to.
    fn arrives(&self, starts: Vec<Node>, target: Alias) -> Node {
        let equal =
            self.pairs.iter().zip(starts).map(|(pair, start)| Node::Column(target, self.table, pair.to).equals(start));
        equal.fold(Node::Absent, Node::and).and(self.condition.clone().at(target))
    }

    /// That a row is the first of those that the step leads to from where the row itself came.
    pub(crate) fn own_pick(&self, target: Alias) -> Node {
        self.pick(self.pairs.iter().map(|pair| Node::Column(target, self.table, pair.to)).collect(), target)
    }

    /// That a row is the one that the step picks, if it does.
    pub(crate) fn pick(&self, starts: Vec<Node>, target: Alias) -> Node {
        match &self.pick {
            Some(pick) => {
                let key = pick.key.iter().map(|key| Node::Column(target, self.table, key)).collect();
                Node::row(key).equals(self.first(starts, target.inner()))
            }
            None => Node::Absent,
        }
    }

    /// The key of the first row that the step leads to.
    fn first(&self, starts: Vec<Node>, inner: Alias) -> Node {
        let Some(pick) = &self.pick else { return Node::Absent };
        let key = pick.key.iter().map(|key| Node::Column(inner, self.table, key)).collect();
        let mut first = Subquery::new(Node::List(key), self.table, inner, self.arrives(starts, inner));
        first.first = pick.order.iter().map(|term| term.clone().at(inner)).collect();
        Node::Scalar(Box::new(first))
    }
}

impl Default for Hop {
    fn default() -> Self {
        let nothing = Node::Absent;
        Self { from: "", table: "", pairs: Vec::new(), from_condition: nothing.clone(), condition: nothing, pick: None }
    }
}
