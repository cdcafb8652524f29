//! What an expression can be compared with.

use super::Expr;
use crate::Model;
use crate::backend::Field;
use crate::column::Column;
use crate::node::Node;

/// What a column or an expression of type `T` can be compared with: a value, or a column or an expression of the same type.
/// Text is compared with `&str` too, and whether either side is an `Option` does not matter.
#[diagnostic::on_unimplemented(
    message = "a column of type `{T}` cannot be compared with `{Self}`",
    label = "expected a value or a column of type `{T}`"
)]
pub trait Operand<T> {
    /// The operand's expression.
    #[doc(hidden)]
    fn into_operand(self) -> Expr<T>;
}

fn value<T>(value: impl Field) -> Expr<T> {
    Expr::from_node(Node::Value(Box::new(value)))
}

impl<T: Field> Operand<T> for T {
    fn into_operand(self) -> Expr<T> {
        value(self)
    }
}

impl<T: Field> Operand<Option<T>> for T {
    fn into_operand(self) -> Expr<Option<T>> {
        value(self)
    }
}

impl Operand<String> for &str {
    fn into_operand(self) -> Expr<String> {
        value(self.to_owned())
    }
}

impl Operand<Option<String>> for &str {
    fn into_operand(self) -> Expr<Option<String>> {
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

impl<T> Operand<T> for Expr<T> {
    fn into_operand(self) -> Expr<T> {
        self
    }
}

impl<T> Operand<Option<T>> for Expr<T> {
    fn into_operand(self) -> Expr<Option<T>> {
        Expr::from_node(self.into_node())
    }
}

impl<T> Operand<T> for Expr<Option<T>> {
    fn into_operand(self) -> Expr<T> {
        Expr::from_node(self.into_node())
    }
}
