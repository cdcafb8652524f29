//! Going on after a row: a condition on the columns of the order, so that the database finds the place by an index instead of
//! counting the rows before it.

use crate::backend::{Null, Value};
use crate::column::{Facts, Table};
use crate::node::{Alias, Node, Subquery, Term};
use crate::words::{Direction, Nulls};

/// A column of the order, and its value in the row after which the query goes on.
struct Place<'a> {
    column: &'a Node,
    facts: &'a Facts,
    value: &'a dyn Value,
    row: Row<'a>,
    direction: Direction,
    nulls: Nulls,
}

/// That a row comes after the one with these columns, or `None` where the order is not one of columns.
pub(super) fn beyond(order: &[Term], after: &[Box<dyn Value>], table: &'static Table) -> Option<Node> {
    let places: Option<Vec<_>> = order.iter().map(|term| Place::of(term, after, table)).collect();
    let places = places?;
    let [first, rest @ ..] = &places[..] else { return None };
    if places.iter().all(|place| place.is_always_there() && place.direction == first.direction) {
        return Some(
            first.operand(&places, Place::node).compare(first.operator(), first.operand(&places, Place::bound)),
        );
    }
    let either =
        places.iter().rev().fold(Node::Constant(false), |later, place| place.after().or(place.equal().and(later)));
    if first.is_always_there() && !rest.is_empty() {
        // Says nothing new, and lets an index on the first column find the place.
        return Some(first.node().compare(first.operator_or_equal(), first.bound()).and(either));
    }
    Some(either)
}

/// The row after which the query goes on.
#[derive(Clone, Copy)]
struct Row<'a> {
    table: &'static Table,
    values: &'a [Box<dyn Value>],
}

impl Row<'_> {
    /// The column as the database has it, as long as the row is there.
    fn stored(self, column: &'static str) -> Node {
        let inner = Alias::TABLE.inner();
        let key =
            self.table.key.iter().filter_map(|&index| Some((self.table.columns.get(index)?, self.values.get(index)?)));
        let table = self.table.name;
        let equal = key.map(|(key, value)| Node::Column(inner, table, key.name).equals(Node::Any(value.boxed())));
        let join = equal.fold(Node::Absent, Node::and);
        Node::Scalar(Box::new(Subquery::new(Node::Column(inner, table, column), table, inner, join)))
    }
}

impl<'a> Place<'a> {
    fn of(term: &'a Term, after: &'a [Box<dyn Value>], table: &'static Table) -> Option<Self> {
        let name = term.node.own_column(table.name)?;
        let facts = table.columns.iter().find(|facts| facts.name == name)?;
        let value = &**after.get(facts.index)?;
        let nulls = term.nulls();
        let row = Row { table, values: after };
        Some(Self { column: &term.node, facts, value, row, direction: term.direction, nulls })
    }

    fn is_always_there(&self) -> bool {
        self.facts.null == Null::Refused
    }

    fn node(&self) -> Node {
        self.column.clone()
    }

    /// The value to compare with. One that the database may hold in several forms is compared in the form that it has there; where the row
    /// is gone, in the form in which it would be written.
    fn bound(&self) -> Node {
        let value = Node::Any(self.value.boxed());
        if self.value.is_exact() {
            return value;
        }
        let forms = Node::Row(vec![self.row.stored(self.facts.name), value]);
        Node::Around("COALESCE", Box::new(forms), "")
    }

    /// One operand, or a row of them.
    fn operand(&self, places: &[Self], node: fn(&Self) -> Node) -> Node {
        match places {
            [_] => node(self),
            _ => Node::Row(places.iter().map(node).collect()),
        }
    }

    fn operator(&self) -> &'static str {
        match self.direction {
            Direction::Ascending => " > ",
            Direction::Descending => " < ",
        }
    }

    fn operator_or_equal(&self) -> &'static str {
        match self.direction {
            Direction::Ascending => " >= ",
            Direction::Descending => " <= ",
        }
    }

    fn equal(&self) -> Node {
        match self.value.is_null() {
            true => self.node().then(" IS NULL"),
            false => self.node().compare(" = ", self.bound()),
        }
    }

    fn after(&self) -> Node {
        match (self.value.is_null(), self.nulls) {
            (true, Nulls::First) => self.node().then(" IS NOT NULL"),
            (true, Nulls::Last) => Node::Constant(false),
            (false, Nulls::Last) if !self.is_always_there() => {
                self.node().compare(self.operator(), self.bound()).or(self.node().then(" IS NULL"))
            }
            (false, _) => self.node().compare(self.operator(), self.bound()),
        }
    }
}
