//! Orders of rows.

use crate::node::Node;
use crate::sql::Sql;

/// An order of rows by one expression: made by `asc()` and `desc()`.
#[derive(Debug, Clone)]
pub struct Order {
    node: Node,
    direction: &'static str,
    nulls: &'static str,
}

impl Order {
    pub(super) fn new(node: Node, direction: &'static str) -> Self {
        Self { node, direction, nulls: "" }
    }

    /// `NULLS FIRST`
    #[must_use]
    pub fn nulls_first(self) -> Self {
        Self { nulls: " NULLS FIRST", ..self }
    }

    /// `NULLS LAST`
    #[must_use]
    pub fn nulls_last(self) -> Self {
        Self { nulls: " NULLS LAST", ..self }
    }

    pub(crate) fn write(&self, sql: &mut Sql) {
        self.node.write(sql);
        sql.push(self.direction).push(self.nulls);
    }
}

/// What the closure of an order may return: one order, a tuple of up to six, or a `Vec`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an order",
    label = "expected an order",
    note = "say in which direction, as in `p.rating.desc()`; for several, return a tuple"
)]
pub trait Orders {
    /// The orders, the first being the most significant.
    #[doc(hidden)]
    fn into_orders(self) -> Vec<Order>;
}

impl Orders for Order {
    fn into_orders(self) -> Vec<Order> {
        vec![self]
    }
}

impl Orders for Vec<Order> {
    fn into_orders(self) -> Vec<Order> {
        self
    }
}

macro_rules! tuples {
    ($first:ident $($rest:ident)*) => {
        impl<$first: Orders, $($rest: Orders),*> Orders for ($first, $($rest,)*) {
            fn into_orders(self) -> Vec<Order> {
                #[allow(non_snake_case)]
                let ($first, $($rest,)*) = self;
                let orders = [$first.into_orders(), $($rest.into_orders()),*];
                orders.into_iter().flatten().collect()
            }
        }
        tuples!($($rest)*);
    };
    () => {};
}

tuples!(A B C D E F);
