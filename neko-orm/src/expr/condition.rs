//! Conditions: combining them, and leaving them out.

use std::ops::{BitAnd, BitOr, Not};

use super::{Expr, Kind, PerRow, ValueFor};
use crate::Model;
use crate::column::Column;
use crate::node::Node;

/// What the closure of a filter may return: a condition, a column of `bool`, `true` or `false`; a `Vec` of these, which must all hold; or an
/// `Option`, where `None` is no condition: it filters nothing, whatever it is combined with.
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
        self.map_or_else(|| Expr::from_node(Node::Absent), C::into_condition)
    }
}

/// For places that must be a condition: every row, or none.
impl<K> From<bool> for Expr<bool, K> {
    fn from(value: bool) -> Self {
        Self::from_node(Node::Constant(value))
    }
}

impl<K, C: IntoCondition<K>> IntoCondition<K> for Vec<C> {
    fn into_condition(self) -> Expr<bool, K> {
        let conditions = self.into_iter().map(|condition| condition.into_condition().into_node());
        Expr::from_node(conditions.fold(Node::Absent, Node::and))
    }
}

impl<M: Model, G> IntoCondition<G> for Column<M, bool>
where
    PerRow: ValueFor<G>,
{
    fn into_condition(self) -> Expr<bool, G> {
        Expr::from_node(self.node())
    }
}

impl<M: Model, O: IntoCondition> BitAnd<O> for Column<M, bool> {
    type Output = Expr<bool>;

    fn bitand(self, other: O) -> Expr<bool> {
        let condition: Expr<bool> = self.into_condition();
        condition & other
    }
}

impl<M: Model, O: IntoCondition> BitOr<O> for Column<M, bool> {
    type Output = Expr<bool>;

    fn bitor(self, other: O) -> Expr<bool> {
        let condition: Expr<bool> = self.into_condition();
        condition | other
    }
}

impl<M: Model> Not for Column<M, bool> {
    type Output = Expr<bool>;

    fn not(self) -> Expr<bool> {
        let condition: Expr<bool> = self.into_condition();
        !condition
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
        Expr::from_node(self.into_node().or(other.into_condition().into_node()))
    }
}

impl<K: Kind> Not for Expr<bool, K> {
    type Output = Expr<bool, K::Compared>;

    fn not(self) -> Self::Output {
        Expr::from_node(self.into_node().not())
    }
}
