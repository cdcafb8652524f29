//! Orders of rows.

use std::fmt;
use std::marker::PhantomData;

use super::{PerRow, ValueFor};
use crate::backend::Null;
use crate::node::{Node, Term};
use crate::words::{Direction, Nulls};

/// An order of rows, or of groups, by one expression: made by `asc()` and `desc()`.
pub struct Order<K = PerRow> {
    term: Term,
    kind: PhantomData<fn() -> K>,
}

impl<K> Order<K> {
    pub(super) fn new(node: Node, direction: Direction, null: Null) -> Self {
        Self { term: Term { node, direction, nulls: None, null }, kind: PhantomData }
    }

    /// `NULLS FIRST`
    #[must_use]
    pub fn nulls_first(mut self) -> Self {
        self.term.nulls = Some(Nulls::First);
        self
    }

    /// `NULLS LAST`
    #[must_use]
    pub fn nulls_last(mut self) -> Self {
        self.term.nulls = Some(Nulls::Last);
        self
    }
}

impl<K> Clone for Order<K> {
    fn clone(&self) -> Self {
        Self { term: self.term.clone(), kind: PhantomData }
    }
}

impl<K> fmt::Debug for Order<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.term.fmt(f)
    }
}

/// What the closure of an order may return: one order, a tuple of up to six, a `Vec`, or an `Option`, where `None` is no order.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an order",
    label = "expected an order",
    note = "say in which direction, as in `p.rating.desc()`; for several, return a tuple"
)]
pub trait Orders<K = PerRow> {
    /// The orders, the first being the most significant.
    #[doc(hidden)]
    fn into_terms(self) -> Vec<Term>;
}

impl<G, K: ValueFor<G>> Orders<G> for Order<K> {
    fn into_terms(self) -> Vec<Term> {
        vec![self.term]
    }
}

impl<K, O: Orders<K>> Orders<K> for Option<O> {
    fn into_terms(self) -> Vec<Term> {
        self.map_or_else(Vec::new, O::into_terms)
    }
}

impl<G, K: ValueFor<G>> Orders<G> for Vec<Order<K>> {
    fn into_terms(self) -> Vec<Term> {
        self.into_iter().map(|order| order.term).collect()
    }
}

macro_rules! tuples {
    ($first:ident $($rest:ident)*) => {
            impl<K, $first: Orders<K>, $($rest: Orders<K>),*> Orders<K> for ($first, $($rest,)*) {
            fn into_terms(self) -> Vec<Term> {
                #[allow(non_snake_case)]
                let ($first, $($rest,)*) = self;
                let orders = [$first.into_terms(), $($rest.into_terms()),*];
                orders.into_iter().flatten().collect()
            }
        }
        tuples!($($rest)*);
    };
    () => {};
}

tuples!(A B C D E F);
