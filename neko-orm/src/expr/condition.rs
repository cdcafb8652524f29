//! Conditions: combining them, and leaving them out.

use std::ops::{BitAnd, BitOr, Not};

use super::{Expr, Kind, PerRow, ValueFor};
use crate::node::Node;

/// What the closure of a filter may return: a condition, `true` or `false`, or an `Option` of these, where `None` filters
/// nothing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition",
    label = "expected a condition",
    note = "compare columns by methods, as in `p.rating.gt(3)`, and combine conditions by `&`, `|` and `!`"
)]
pub trait IntoCondition<K = PerRow> {
    /// The condition.
    fn into_condition(self) -> Expr<bool, K>;
}

impl<G, K: ValueFor<G>> IntoCondition<G> for Expr<bool, K> {
    fn into_condition(self) -> Expr<bool, G> {
        Expr::from_node(self.into_node())
    }
}

impl<K> IntoCondition<K> for bool {
    fn into_condition(self) -> Expr<bool, K> {
        Expr::from_node(Node::Constant(self))
    }
}

impl<K, C: IntoCondition<K>> IntoCondition<K> for Option<C> {
    fn into_condition(self) -> Expr<bool, K> {
        self.map_or_else(|| true.into_condition(), C::into_condition)
    }
}

impl<K: Kind, O: IntoCondition<K::Compared>> BitAnd<O> for Expr<bool, K> {
    type Output = Expr<bool, K::Compared>;

    fn bitand(self, other: O) -> Self::Output {
        Expr::from_node(self.into_node().and(other.into_condition().into_node()))
    }
}

impl<K: Kind, O: IntoCondition<K::Compared>> BitOr<O> for Expr<bool, K> {
    type Output = Expr<bool, K::Compared>;

    fn bitor(self, other: O) -> Self::Output {
        Expr::from_node(Node::Or(Box::new([self.into_node(), other.into_condition().into_node()])))
    }
}

impl<K: Kind> Not for Expr<bool, K> {
    type Output = Expr<bool, K::Compared>;

    fn not(self) -> Self::Output {
        Expr::from_node(Node::Around("NOT (", Box::new(self.into_node()), ")"))
    }
}
