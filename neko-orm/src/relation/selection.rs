//! Relations in the closures of queries, narrowed and ordered, and with relations of their own.

use std::fmt;
use std::marker::PhantomData;

use super::related::{Many, Maybe, One, Ranged};
use super::{Related, Relation};
use crate::Model;
use crate::expr::{IntoCondition, Orders};
use crate::node::Alias;
use crate::query::{Loader, Parts, Scoping, Whole, With};

/// A relation in the closure of a query, narrowed, ordered, or with relations of its own to load.
///
/// `K` says how many rows it leads to, and `S` what is read of each.
#[must_use = "a relation does nothing before it is part of a query"]
pub struct Selection<R, K, S = Whole> {
    pub(super) alias: Alias,
    pub(super) parts: Parts,
    pub(super) shape: S,
    relation: PhantomData<fn() -> (R, K)>,
}

/// The first of the rows that a relation leads to, for each row; made by [`first`](Related::first).
#[must_use = "a relation does nothing before it is part of a query"]
pub struct First<R, S = Whole>(pub(super) Selection<R, Ranged, S>);

/// How many rows a relation leads to: [`Many`], [`Ranged`], [`One`] or [`Maybe`].
pub trait Cardinality: 'static {
    /// The same, once a filter has been added.
    type Filtered: Cardinality;
}

/// A relation that leads to several rows, which can be ordered and limited.
#[diagnostic::on_unimplemented(
    message = "a relation to one row can neither be ordered nor limited",
    label = "this relation leads to at most one row"
)]
pub trait Listed: Cardinality {
    /// The same, once a limit or an offset has been added.
    type Limited: Listed;
    /// What [`first`](Related::first) makes of it.
    type First<R, S>: From<First<R, S>>;
}

impl Cardinality for Many {
    type Filtered = Self;
}

impl Cardinality for Ranged {
    type Filtered = Self;
}

impl Cardinality for One {
    type Filtered = Maybe;
}

impl Cardinality for Maybe {
    type Filtered = Self;
}

impl Listed for Many {
    type Limited = Ranged;
    type First<R, S> = First<R, S>;
}

impl Listed for Ranged {
    type Limited = Self;
    type First<R, S> = First<R, S>;
}

impl<R, K, S> Selection<R, K, S> {
    /// The same rows, seen as another number of them.
    fn cast<L>(self) -> Selection<R, L, S> {
        Selection { alias: self.alias, parts: self.parts, shape: self.shape, relation: PhantomData }
    }

    pub(super) fn selection(self) -> Self {
        self
    }
}

impl<R, K> Related<R, K> {
    pub(super) fn selection(self) -> Selection<R, K> {
        Selection { alias: self.0, parts: Parts::default(), shape: Whole, relation: PhantomData }
    }
}

impl<R, K, S: Clone> Clone for Selection<R, K, S> {
    fn clone(&self) -> Self {
        Self { alias: self.alias, parts: self.parts.clone(), shape: self.shape.clone(), relation: PhantomData }
    }
}

impl<R, S: Clone> Clone for First<R, S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<R: Relation, K, S> fmt::Debug for Selection<R, K, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", R::Source::TABLE.name, R::NAME)
    }
}

impl<R: Relation, S> fmt::Debug for First<R, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A relation and what is narrowed from it have the same methods, each documented once, here.
macro_rules! narrowing {
    ($($generic:ident)?; $ty:ty, $shape:ty) => {
        impl<R: Relation<Target: Model>, K: Cardinality, $($generic)?> $ty {
            /// Only the targets for which the condition holds, in addition to earlier ones. A target that there must be
            /// becomes an `Option`.
            pub fn filter<C: IntoCondition>(
                self,
                condition: impl FnOnce(<R::Target as Model>::Columns) -> C,
            ) -> Selection<R, K::Filtered, $shape> {
                let mut selection = self.selection();
                let columns = R::Target::columns(selection.alias.inner());
                selection.parts.condition.narrow(condition(columns).into_condition().into_node());
                selection.cast()
            }

            /// Also the targets that their model's default scope leaves out. The scope of the relation stays.
            pub fn unscoped(self) -> Selection<R, K, $shape> {
                let mut selection = self.selection();
                selection.parts.scoping = Scoping::Unscoped;
                selection
            }

            /// The targets of each row in this order, after the orders given earlier.
            pub fn order_by<T: Orders>(
                self,
                order: impl FnOnce(<R::Target as Model>::Columns) -> T,
            ) -> Selection<R, K, $shape>
            where
                K: Listed,
            {
                let mut selection = self.selection();
                let columns = R::Target::columns(selection.alias.inner());
                selection.parts.order.extend(order(columns).into_terms());
                selection
            }

            /// At most so many targets **for each row**, by a window function. The key decides between targets that are alike
            /// to the order.
            pub fn limit(self, rows: u64) -> Selection<R, K::Limited, $shape>
            where
                K: Listed,
            {
                let mut selection = self.selection();
                selection.parts.limit = Some(rows);
                selection.cast()
            }

            /// Without the first so many targets **of each row**.
            pub fn offset(self, rows: u64) -> Selection<R, K::Limited, $shape>
            where
                K: Listed,
            {
                let mut selection = self.selection();
                selection.parts.offset = rows;
                selection.cast()
            }

            /// The first target of each row in the given order, as an `Option`. The key decides between targets that are alike to
            /// the order, and is the order where none is given.
            pub fn first(self) -> K::First<R, $shape>
            where
                K: Listed,
            {
                let selection = self.selection();
                let limit = selection.parts.limit.map_or(1, |limit| limit.min(1));
                First(selection.limit(limit).cast()).into()
            }
        }
    };
}

narrowing!(; Related<R, K>, Whole);
narrowing!(S; Selection<R, K, S>, S);

/// Loading with a relation's targets what leads on from them.
macro_rules! loading {
    ($ty:ty) => {
        impl<R: Relation<Target: Model>, K: Cardinality> $ty {
            /// Loads with each target what relations lead to from there, as [`Query::with`](crate::Query::with) does.
            pub fn with<L: Loader<R::Target>>(
                self,
                load: impl FnOnce(<R::Target as Model>::Relations) -> L,
            ) -> Selection<R, K, With<R::Target, L::Output>> {
                let Selection { alias, parts, .. } = self.selection();
                Selection { alias, parts, shape: With::new(load(R::Target::RELATIONS)), relation: PhantomData }
            }
        }
    };
}

loading!(Related<R, K>);
loading!(Selection<R, K>);
