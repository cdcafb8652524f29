//! The tree of an expression, whatever its type.

mod computation;
mod hop;
mod term;
mod write;

use std::sync::Arc;

pub(crate) use computation::Computation;
pub(crate) use hop::{Hop, Pick};
pub(crate) use hop::{HopPair, reached, reached_from};
pub(crate) use term::Term;

use crate::backend::Value;
use crate::words::Part;

/// Which of the tables in a statement a column belongs to.
///
/// The statement's own table goes by its name. The table in a relation's predicate goes by the number of predicates around
/// it, so that a model can be related to itself at any depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alias(u16);

impl Alias {
    /// Not in the statement: the rows for which others are loaded.
    pub const LOADED: Self = Self(0);

    /// The statement's own table.
    pub const TABLE: Self = Self::LOADED.inner();

    /// The table of a predicate on this one's relations.
    pub(crate) const fn inner(self) -> Self {
        Self(self.0 + 1)
    }
}

/// The tree of an expression.
#[derive(Debug, Clone)]
pub enum Node {
    /// A column of a table.
    Column(Alias, &'static str, &'static str),
    /// A value to bind.
    Value(Box<dyn Value>),
    /// A value to bind, where one plan is for all.
    Any(Box<dyn Value>),
    /// SQL of the crate's own.
    Sql(&'static str),
    /// SQL of the user's own, with an operand for each placeholder.
    Raw(&'static str, Vec<Node>),
    /// `left operator right`, where both bind more tightly.
    Compare(&'static str, Box<[Node; 2]>),
    /// Flat, so that a long chain is no deep tree.
    And(Vec<Node>),
    Or(Vec<Node>),
    /// `before operand after`
    Around(&'static str, Box<Node>, &'static str),
    /// What is computed of the operand.
    Computed(Computation, Box<Node>),
    Between(Box<[Node; 3]>),
    /// The operand, which must be within a least and a greatest value.
    Within(Box<[Node; 3]>),
    /// Whether a text is within the operand.
    Text(Part, Box<Node>, String),
    /// `operand LIKE pattern`
    Like(Box<Node>, String),
    In(Box<Node>, Arc<[Box<dyn Value>]>),
    /// `(node, node, ..)`
    Row(Vec<Node>),
    /// What rows are grouped by, at this position.
    Key(usize, Box<Node>),
    /// `node AS "neko index"`
    Named(Box<Node>, usize),
    /// `node, node, ..`
    List(Vec<Node>),
    /// `EXISTS (SELECT 1 .. LIMIT 1)`
    Exists(Box<Subquery>),
    /// `(SELECT node ..)`
    Scalar(Box<Subquery>),
    Constant(bool),
    /// What a default scope asks for: it may turn out that it does not count.
    Default(Box<Node>),
    /// Keeps the statement from being sent.
    Mistake(&'static str),
    /// No condition: what an `Option` that is `None` is.
    Absent,
}

/// Whether the default scope of a model counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scoping {
    /// It does.
    Scoped,
    /// It does not.
    Unscoped,
}

/// `SELECT of FROM table AS alias WHERE join AND condition ORDER BY first LIMIT 1`
#[derive(Debug, Clone)]
pub struct Subquery {
    pub(crate) of: Node,
    pub(crate) table: &'static str,
    pub(crate) alias: Alias,
    /// What the rows have to do with the tables outside.
    pub(crate) join: Node,
    pub(crate) condition: Node,
    /// Whether the default scope of the table's model is part of `join`.
    pub(crate) scoping: Scoping,
    /// The order of which only the first row is meant; empty where all are.
    pub(crate) first: Vec<Term>,
}

impl Node {
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Absent, node) | (node, Self::Absent) => node,
            (Self::Constant(true), node) | (node, Self::Constant(true)) => node,
            (Self::Constant(false), _) | (_, Self::Constant(false)) => Self::Constant(false),
            (Self::And(mut nodes), node) => {
                nodes.push(node);
                Self::And(nodes)
            }
            (left, right) => Self::And(vec![left, right]),
        }
    }

    /// Adds a condition to this one.
    pub(crate) fn narrow(&mut self, condition: Self) {
        let earlier = std::mem::replace(self, Self::Absent);
        *self = earlier.and(condition);
    }

    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Absent, node) | (node, Self::Absent) => node,
            (Self::Constant(false), node) | (node, Self::Constant(false)) => node,
            (Self::Constant(true), _) | (_, Self::Constant(true)) => Self::Constant(true),
            (Self::Or(mut nodes), node) => {
                nodes.push(node);
                Self::Or(nodes)
            }
            (left, right) => Self::Or(vec![left, right]),
        }
    }

    pub(crate) fn not(self) -> Self {
        match self {
            Self::Absent => Self::Absent,
            Self::Constant(value) => Self::Constant(!value),
            node => Self::Around("NOT (", Box::new(node), ")"),
        }
    }

    /// `EXISTS`, unless there is no condition to meet.
    pub(crate) fn exists(subquery: Subquery) -> Self {
        match subquery.condition {
            Self::Absent => Self::Absent,
            Self::Constant(false) => Self::Constant(false),
            _ => Self::Exists(Box::new(subquery)),
        }
    }

    /// Whether every row meets the condition.
    pub(crate) fn is_no_filter(&self) -> bool {
        matches!(self, Self::Absent | Self::Constant(true))
    }

    pub(crate) fn compare(self, operator: &'static str, other: Self) -> Self {
        Self::Compare(operator, Box::new([self, other]))
    }

    /// The node itself, or a row of several.
    pub(crate) fn row(mut nodes: Vec<Self>) -> Self {
        match (nodes.pop(), nodes.is_empty()) {
            (Some(node), true) => node,
            (last, _) => {
                nodes.extend(last);
                Self::Row(nodes)
            }
        }
    }

    pub(crate) fn equals(self, other: Self) -> Self {
        self.compare(" = ", other)
    }

    /// The node, in parentheses unless it binds as tightly as a column.
    pub(crate) fn atom(self) -> Self {
        match &self {
            Self::Compare(..)
            | Self::And(_)
            | Self::Between(_)
            | Self::Text(..)
            | Self::Like(..)
            | Self::In(..)
            | Self::Constant(_)
            | Self::Absent => {}
            Self::Around(before, ..) if before.is_empty() || before.starts_with("NOT") => {}
            _ => return self,
        }
        Self::Around("(", Box::new(self), ")")
    }

    /// The nodes that this one is made of.
    fn children(&self) -> Vec<&Self> {
        match self {
            Self::Column(..) | Self::Value(_) | Self::Any(_) | Self::Sql(_) => Vec::new(),
            Self::Constant(_) | Self::Mistake(_) | Self::Absent => Vec::new(),
            Self::Raw(_, nodes) | Self::Row(nodes) | Self::List(nodes) | Self::And(nodes) | Self::Or(nodes) => {
                nodes.iter().collect()
            }
            Self::Compare(_, nodes) => nodes.iter().collect(),
            Self::Between(nodes) | Self::Within(nodes) => nodes.iter().collect(),
            Self::Around(_, node, _) | Self::Computed(_, node) | Self::Named(node, _) => vec![node],
            Self::In(node, _) | Self::Default(node) | Self::Key(_, node) => vec![node],
            Self::Text(_, node, _) | Self::Like(node, _) => vec![node],
            Self::Exists(subquery) | Self::Scalar(subquery) => {
                let order = subquery.first.iter().map(|term| &term.node);
                order.chain([&subquery.of, &subquery.join, &subquery.condition]).collect()
            }
        }
    }

    fn children_mut(&mut self) -> Vec<&mut Self> {
        match self {
            Self::Column(..) | Self::Value(_) | Self::Any(_) | Self::Sql(_) => Vec::new(),
            Self::Constant(_) | Self::Mistake(_) | Self::Absent => Vec::new(),
            Self::Raw(_, nodes) | Self::Row(nodes) | Self::List(nodes) | Self::And(nodes) | Self::Or(nodes) => {
                nodes.iter_mut().collect()
            }
            Self::Compare(_, nodes) => nodes.iter_mut().collect(),
            Self::Between(nodes) | Self::Within(nodes) => nodes.iter_mut().collect(),
            Self::Around(_, node, _) | Self::Computed(_, node) | Self::Named(node, _) => vec![node],
            Self::In(node, _) | Self::Default(node) | Self::Key(_, node) => vec![node],
            Self::Text(_, node, _) | Self::Like(node, _) => vec![node],
            Self::Exists(subquery) | Self::Scalar(subquery) => {
                let Subquery { of, join, condition, first, .. } = &mut **subquery;
                first.iter_mut().map(|term| &mut term.node).chain([of, join, condition]).collect()
            }
        }
    }

    /// Settles whether default scopes count, which `counted` makes of what they ask for.
    pub(crate) fn settle(&mut self, counted: fn(Self) -> Self) {
        if let Self::Default(scope) = self {
            *self = counted(std::mem::replace(scope, Self::Absent));
        }
        self.children_mut().into_iter().for_each(|node| node.settle(counted));
    }

    /// The expression with what is grouped by under these names.
    pub(crate) fn with_named_keys(mut self, names: &[&'static str]) -> Self {
        match &self {
            Self::Key(index, _) => names.get(*index).map_or(self.clone(), |name| Self::Sql(name)),
            _ => {
                for node in self.children_mut() {
                    *node = std::mem::replace(node, Self::Absent).with_named_keys(names);
                }
                self
            }
        }
    }

    /// An expression on the statement's own table as one on the table of this alias.
    pub(crate) fn at(mut self, table: Alias) -> Self {
        if table != Alias::TABLE {
            // Of rows that are not in the statement, backwards.
            self.shift(table.0.wrapping_sub(Alias::TABLE.0));
        }
        self
    }

    fn shift(&mut self, by: u16) {
        match self {
            Self::Column(alias, ..) => alias.0 = alias.0.wrapping_add(by),
            Self::Exists(subquery) | Self::Scalar(subquery) => subquery.alias.0 = subquery.alias.0.wrapping_add(by),
            _ => {}
        }
        self.children_mut().into_iter().for_each(|node| node.shift(by));
    }

    /// The name of the column, if the node is one of the statement's own table.
    pub(crate) fn own_column(&self, own: &str) -> Option<&'static str> {
        match self {
            Self::Column(Alias::TABLE, table, column) if *table == own => Some(column),
            _ => None,
        }
    }

    /// Whether the condition asks that a column of the statement's own table equals a value.
    pub(crate) fn pins(&self, own: &str, column: &str) -> bool {
        match self {
            Self::Compare(" = ", nodes) => {
                matches!(&**nodes, [left, Self::Value(_) | Self::Any(_)] if left.own_column(own) == Some(column))
            }
            Self::And(nodes) => nodes.iter().any(|node| node.pins(own, column)),
            _ => false,
        }
    }

    /// Whether a column of this table is in the expression.
    pub(crate) fn mentions(&self, table: Alias) -> bool {
        matches!(self, Self::Column(alias, ..) if *alias == table)
            || self.children().into_iter().any(|node| node.mentions(table))
    }

    /// Whether any column is in the expression, or other rows.
    pub(crate) fn reads(&self) -> bool {
        matches!(self, Self::Column(..)) || self.has_subquery() || self.children().into_iter().any(Self::reads)
    }

    /// What a node is called that is named by this index.
    pub(crate) fn name_of(index: usize) -> String {
        format!("neko {index}")
    }

    /// Whether other rows are in the expression.
    pub(crate) fn has_subquery(&self) -> bool {
        matches!(self, Self::Exists(_) | Self::Scalar(_) | Self::Raw(..))
            || self.children().into_iter().any(Self::has_subquery)
    }

    /// The node with SQL after it.
    pub(crate) fn then(self, after: &'static str) -> Self {
        Self::Around("", Box::new(self), after)
    }
}

impl Subquery {
    /// The rows that have to do with the tables outside.
    pub(crate) fn new(of: Node, table: &'static str, alias: Alias, join: Node) -> Self {
        Self { of, table, alias, join, condition: Node::Absent, scoping: Scoping::Scoped, first: Vec::new() }
    }
}
