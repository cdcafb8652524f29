//! Expressions over columns: what filters, orders and selections are made of.

mod aggregate;
mod arithmetic;
mod assignment;
mod condition;
mod number;
mod operand;
mod operators;
mod order;

pub use aggregate::Expression;
pub(crate) use aggregate::{first, mean, sum};
pub use assignment::{Assignment, Assignments};
pub use condition::IntoCondition;
pub use number::{Number, Scalar};
pub use operand::Operand;
pub use operators::Text;
pub use order::{Order, Orders};

use std::fmt;
use std::marker::PhantomData;

use crate::node::Node;

/// An expression of type `T` over the columns of a model, such as `p.title.lower()` or `p.rating + 1`.
///
/// It has the same methods as a column. `K` says what it has a value for: each row ([`PerRow`]), or each group of rows
/// ([`PerGroup`]), such as `p.id.count()`; the two do not mix.
pub struct Expr<T, K = PerRow> {
    node: Node,
    ty: PhantomData<fn() -> (T, K)>,
}

/// A condition on rows, to be combined by `&`, `|` and `!`.
///
/// As in SQL, a comparison with a NULL is neither true nor false: neither it nor its negation selects the row.
pub type Condition = Expr<bool>;

/// An expression has a value for each row.
#[derive(Debug)]
pub struct PerRow;

/// An expression has a value for each group of rows: aggregates, and what the rows are grouped by.
#[derive(Debug)]
pub struct PerGroup;

/// What an expression has a value for.
pub trait Kind: ValueFor<Self::Compared> + 'static {
    /// What a comparison of such an expression has a value for.
    type Compared: Kind;
}

/// An expression of this kind can be used where each `K` has a value.
#[diagnostic::on_unimplemented(
    message = "an expression `{Self}` cannot be used where one `{K}` is expected",
    label = "aggregates have a value for each group of rows, columns for each row",
    note = "aggregates such as `p.id.count()` belong into the closures of `group_by(..)`, and there only they and what the rows are grouped by"
)]
pub trait ValueFor<K> {}

impl Kind for PerRow {
    type Compared = Self;
}

impl Kind for PerGroup {
    type Compared = Self;
}

impl ValueFor<Self> for PerRow {}
impl ValueFor<Self> for PerGroup {}

impl<T, K> Expr<T, K> {
    pub(crate) fn from_node(node: Node) -> Self {
        Self { node, ty: PhantomData }
    }

    pub(crate) fn into_node(self) -> Node {
        self.node
    }

    pub(crate) fn as_node(&self) -> &Node {
        &self.node
    }
}

impl<T, K> Clone for Expr<T, K> {
    fn clone(&self) -> Self {
        Self::from_node(self.node.clone())
    }
}

impl<T, K> fmt::Debug for Expr<T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}
