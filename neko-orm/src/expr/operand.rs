//! What an expression can be compared with.

use super::{Expr, PerRow, ValueFor};
use crate::Model;
use crate::backend::Field;
use crate::column::Column;
use crate::node::Node;

/// What a column or an expression of type `T` can be compared with: a value, or a column or an expression of the same type.
/// Text is compared with `&str` too, and whether either side is an `Option` does not matter.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used where a value of type `{T}` is expected",
    label = "expected a value or a column of type `{T}`"
)]
pub trait Operand<T, K = PerRow> {
    /// The operand's expression.
    #[doc(hidden)]
    fn into_operand(self) -> Expr<T, K>;
}

fn value<T, K>(value: impl Field) -> Expr<T, K> {
    Expr::from_node(Node::Value(Box::new(value)))
}

impl<T: Field, K> Operand<T, K> for T {
    fn into_operand(self) -> Expr<T, K> {
        value(self)
    }
}

impl<T: Field, K> Operand<Option<T>, K> for T {
    fn into_operand(self) -> Expr<Option<T>, K> {
        value(self)
    }
}

impl<T: Field, K> Operand<T, K> for &T {
    fn into_operand(self) -> Expr<T, K> {
        value(self.clone())
    }
}

impl<T: Field, K> Operand<Option<T>, K> for &T {
    fn into_operand(self) -> Expr<Option<T>, K> {
        value(self.clone())
    }
}

impl<K> Operand<String, K> for &str {
    fn into_operand(self) -> Expr<String, K> {
        value(self.to_owned())
    }
}

impl<K> Operand<Option<String>, K> for &str {
    fn into_operand(self) -> Expr<Option<String>, K> {
        value(self.to_owned())
    }
}

impl<M: Model, T> Operand<T> for Column<M, T> {
    fn into_operand(self) -> Expr<T> {
        Expr::from_node(self.node())
    }
}

impl<M: Model, T> Operand<Option<T>> for Column<M, T> {
    fn into_operand(self) -> Expr<Option<T>> {
        Expr::from_node(self.node())
    }
}

impl<M: Model, T> Operand<T> for Column<M, Option<T>> {
    fn into_operand(self) -> Expr<T> {
        Expr::from_node(self.node())
    }
}

/// Expressions are compared with those that have a value for the same: each row, or each group.
impl<T, G, K: ValueFor<G>> Operand<T, G> for Expr<T, K> {
    fn into_operand(self) -> Expr<T, G> {
        Expr::from_node(self.into_node())
    }
}

impl<T, G, K: ValueFor<G>> Operand<Option<T>, G> for Expr<T, K> {
    fn into_operand(self) -> Expr<Option<T>, G> {
        Expr::from_node(self.into_node())
    }
}

impl<T, G, K: ValueFor<G>> Operand<T, G> for Expr<Option<T>, K> {
    fn into_operand(self) -> Expr<T, G> {
        Expr::from_node(self.into_node())
    }
}
