//! Aggregates: one value for a group of rows.

use super::{Expr, Number, PerGroup, PerRow, Scalar, ValueFor};
use crate::Model;
use crate::column::Column;
use crate::node::{Computation, Node};
use crate::words::Direction;

/// A column, or an expression over the columns of one row.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a column", label = "expected a column or an expression")]
pub trait Expression {
    /// The type of its values.
    type Type;

    /// The expression.
    #[doc(hidden)]
    fn into_expr(self) -> Expr<Self::Type>;
}

impl<M: Model, T> Expression for Column<M, T> {
    type Type = T;

    fn into_expr(self) -> Expr<T> {
        Expr::from_node(self.node())
    }
}

impl<T, K: ValueFor<PerRow>> Expression for Expr<T, K> {
    type Type = T;

    fn into_expr(self) -> Expr<T> {
        Expr::from_node(self.into_node())
    }
}

/// The sum, which is 0 where there is nothing to add up.
pub(crate) fn sum<X: Expression<Type: Number>>(of: X) -> Node {
    computed(<X::Type as Number>::SUM, of)
}

/// The least or the greatest value.
pub(crate) fn first<X: Expression<Type: Scalar>>(direction: Direction, of: X) -> Node {
    computed(Computation::First(direction, <X::Type as Scalar>::SORTED), of)
}

pub(crate) fn mean(of: impl Expression) -> Node {
    computed(Computation::Mean, of)
}

fn computed(computation: Computation, of: impl Expression) -> Node {
    Node::Computed(computation, Box::new(of.into_expr().into_node()))
}

/// A call of a function that every database has.
fn call(function: &'static str, of: impl Expression) -> Node {
    Node::Around(function, Box::new(of.into_expr().into_node()), ")")
}

macro_rules! aggregates {
    ($($generics:ident: $bound:path),*; $ty:ty) => {
        impl<T, $($generics: $bound),*> $ty {
            /// `COUNT(..)`: how many values of the group are not NULL. With a column of the key, how many rows.
            pub fn count(self) -> Expr<i64, PerGroup> {
                Expr::from_node(call("COUNT(", self))
            }

            /// `COUNT(DISTINCT ..)`: how many different values, apart from NULL.
            pub fn count_distinct(self) -> Expr<i64, PerGroup> {
                Expr::from_node(call("COUNT(DISTINCT ", self))
            }

            /// `SUM(..)`, where the sum of no values is 0. NULLs are left out.
            pub fn sum(self) -> Expr<T::Sum, PerGroup>
            where
                T: Number,
            {
                Expr::from_node(sum(self))
            }

            /// `MIN(..)`: `None` where there is no value.
            pub fn min(self) -> Expr<Option<T::Value>, PerGroup>
            where
                T: Scalar,
            {
                Expr::from_node(first(Direction::Ascending, self))
            }

            /// `MAX(..)`: `None` where there is no value.
            pub fn max(self) -> Expr<Option<T::Value>, PerGroup>
            where
                T: Scalar,
            {
                Expr::from_node(first(Direction::Descending, self))
            }

            /// `AVG(..)`: `None` where there is no value. NULLs are left out.
            pub fn avg(self) -> Expr<Option<f64>, PerGroup>
            where
                T: Number,
            {
                Expr::from_node(mean(self))
            }
        }
    };
}

aggregates!(M: Model; Column<M, T>);
aggregates!(K: ValueFor<PerRow>; Expr<T, K>);
