//! Conditions: combining them, and leaving them out.

use std::ops::{BitAnd, BitOr, Not};

use super::Condition;
use crate::node::Node;

/// What the closure of a filter may return: a condition, `true` or `false`, or an `Option` of these, where `None` filters
/// nothing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition",
    label = "expected a condition",
    note = "compare columns by methods, as in `p.rating.gt(3)`, and combine conditions by `&`, `|` and `!`"
)]
pub trait IntoCondition {
    /// The condition.
    fn into_condition(self) -> Condition;
}

impl IntoCondition for Condition {
    fn into_condition(self) -> Condition {
        self
    }
}

impl IntoCondition for bool {
    fn into_condition(self) -> Condition {
        Condition::from_node(Node::Constant(self))
    }
}

impl<C: IntoCondition> IntoCondition for Option<C> {
    fn into_condition(self) -> Condition {
        self.map_or_else(|| true.into_condition(), C::into_condition)
    }
}

impl BitAnd for Condition {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self::from_node(self.into_node().and(other.into_node()))
    }
}

impl BitOr for Condition {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self::from_node(Node::Or(Box::new([self.into_node(), other.into_node()])))
    }
}

impl Not for Condition {
    type Output = Self;

    fn not(self) -> Self {
        Self::from_node(Node::Around("NOT (", Box::new(self.into_node()), ")"))
    }
}
