//! `+`, `-` and `*` on columns and expressions of numbers.

use std::ops::{Add, Mul, Sub};

use super::{Expr, Kind, Number, Operand};
use crate::Model;
use crate::column::Column;
use crate::node::Node;

/// The result has the type of the left operand. As in SQL, it is NULL where an operand is.
macro_rules! arithmetic {
    ($($trait:ident $method:ident $operator:literal),*) => {$(
        impl<M: Model, T: Number, O: Operand<T>> $trait<O> for Column<M, T> {
            type Output = Expr<T>;

            fn $method(self, other: O) -> Expr<T> {
                combine($operator, self.node(), other)
            }
        }

        impl<T: Number, K: Kind, O: Operand<T, K::Compared>> $trait<O> for Expr<T, K> {
            type Output = Expr<T, K::Compared>;

            fn $method(self, other: O) -> Self::Output {
                combine($operator, self.into_node(), other)
            }
        }
    )*};
}

arithmetic!(Add add " + ", Sub sub " - ", Mul mul " * ");

fn combine<T, K>(operator: &'static str, left: Node, right: impl Operand<T, K>) -> Expr<T, K> {
    let operands = [left.atom(), right.into_operand().into_node().atom()];
    Expr::from_node(Node::Compare(operator, Box::new(operands)))
}
