//! Expressions over columns: what filters and orders are made of.

mod condition;
mod operand;
mod operators;
mod order;

pub use condition::IntoCondition;
pub use operand::Operand;
pub use operators::Text;
pub use order::{Order, Orders};

use std::fmt;
use std::marker::PhantomData;

use crate::node::Node;

/// An expression of type `T` over the columns of a model, such as `p.title.lower()`.
///
/// It has the same methods as a column.
pub struct Expr<T> {
    node: Node,
    ty: PhantomData<fn() -> T>,
}

/// A condition on rows, to be combined by `&`, `|` and `!`.
///
/// As in SQL, a comparison with a NULL is neither true nor false: neither it nor its negation selects the row.
pub type Condition = Expr<bool>;

impl<T> Expr<T> {
    pub(crate) fn from_node(node: Node) -> Self {
        Self { node, ty: PhantomData }
    }

    pub(crate) fn into_node(self) -> Node {
        self.node
    }
}

impl<T> Clone for Expr<T> {
    fn clone(&self) -> Self {
        Self::from_node(self.node.clone())
    }
}

impl<T> fmt::Debug for Expr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}
