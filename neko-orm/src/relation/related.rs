//! Relations in the closures of queries.

use std::fmt;
use std::marker::PhantomData;

use super::{Cardinality, Relation, Selection, Unlimited, hops};
use crate::Model;
use crate::expr::{Condition, Expr, Expression, IntoCondition, Scalar};
use crate::node::{Alias, Node, Subquery, reached_from};

/// A relation in the closure of a query: [`RelatedMany`] or [`RelatedOne`].
pub struct Related<R, K>(pub(super) Alias, PhantomData<fn() -> (R, K)>);

/// A relation to several rows in the closure of a query.
pub type RelatedMany<R> = Related<R, Many>;

/// A `belongs_to` relation in the closure of a query.
pub type RelatedOne<R> = Related<R, One>;

/// A relation to at most one row in the closure of a query.
pub type RelatedMaybe<R> = Related<R, Maybe>;

/// The relation leads to any number of rows.
#[derive(Debug)]
pub struct Many;

/// The relation leads to some of the rows, within a limit or an offset.
#[derive(Debug)]
pub struct Ranged;

/// The relation leads to one row, or to none where the foreign key is an `Option`.
#[derive(Debug)]
pub struct One;

/// The relation leads to at most one row, which may not meet a filter.
#[derive(Debug)]
pub struct Maybe;

impl<R, K> Related<R, K> {
    /// The relation of a table in a statement; called by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(alias: Alias) -> Self {
        Self(alias, PhantomData)
    }
}

impl<R, K> Clone for Related<R, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, K> Copy for Related<R, K> {}

impl<R: Relation, K> fmt::Debug for Related<R, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", R::Source::TABLE.name, R::NAME)
    }
}

/// A relation that leads to several rows.
#[diagnostic::on_unimplemented(
    message = "this relation leads to one row, not to several",
    label = "this is about relations to several rows",
    note = "ask a relation to one row with `is(..)`, and read across it with `map(..)`"
)]
pub trait ToMany {}

impl ToMany for Many {}
// These have another mistake than to lead to one row: see `Unlimited`.
impl ToMany for Ranged {}

/// A relation that leads to one row at most.
#[diagnostic::on_unimplemented(
    message = "this relation leads to several rows, not to one",
    label = "this is about relations to one row",
    note = "ask a relation to several rows with `any(..)` or `none(..)`, or with `count()` and other aggregates"
)]
pub trait ToOne {}

impl ToOne for One {}
impl ToOne for Maybe {}

/// A relation and what is narrowed from it are asked by the same methods, each documented once, here.
macro_rules! asking {
    ($ty:ty) => {
        impl<R: Relation<Target: Model>, K: Cardinality> $ty {
            /// Whether any of the targets meets the condition: `EXISTS (SELECT ..)`. With `|_| true`, whether there is any target. The
            /// condition may also name the columns of the row that it is asked for:
            /// `p.comments.any(|c| c.author_id.eq(p.author_id))`.
            ///
            /// ```
            /// # use neko_orm::Model;
            /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment)] struct Post { id: i64 }
            /// # #[derive(Debug, Clone, PartialEq, Model)] struct Comment { id: i64, post_id: i64, body: String }
            /// let discussed = Post::query().filter(|p| p.comments.any(|c| c.body.ne("")));
            /// ```
            pub fn any<C: IntoCondition>(self, condition: impl FnOnce(<R::Target as Model>::Columns) -> C) -> Condition
            where
                K: ToMany + Unlimited,
            {
                exists(self.selection(), condition)
            }

            /// Whether none of the targets meets the condition: `NOT (EXISTS (SELECT ..))`.
            pub fn none<C: IntoCondition>(self, condition: impl FnOnce(<R::Target as Model>::Columns) -> C) -> Condition
            where
                K: ToMany + Unlimited,
            {
                !self.any(condition)
            }

            /// Whether the target meets the condition: `EXISTS (SELECT ..)`. Without a target it does not.
            ///
            /// ```
            /// # use neko_orm::Model;
            /// # #[derive(Debug, Clone, PartialEq, Model)] struct Post { id: i64, title: String }
            /// # #[derive(Debug, Clone, PartialEq, Model)] #[belongs_to(Post)] struct Comment { id: i64, post_id: i64 }
            /// let on_cats = Comment::query().filter(|c| c.post.is(|p| p.title.contains("cat")));
            /// ```
            pub fn is<C: IntoCondition>(self, condition: impl FnOnce(<R::Target as Model>::Columns) -> C) -> Condition
            where
                K: ToOne,
            {
                exists(self.selection(), condition)
            }

            /// A column of the target, or an expression over its columns, as a value of the source: `(SELECT .. )`. It is NULL
            /// without a target, and can lead on: `track.map(|t| t.genre.map(|g| g.name))`.
            ///
            /// ```
            /// # use neko_orm::Model;
            /// # #[derive(Debug, Clone, PartialEq, Model)] struct Post { id: i64, title: String }
            /// # #[derive(Debug, Clone, PartialEq, Model)] #[belongs_to(Post)] struct Comment { id: i64, post_id: i64 }
            /// let by_post = Comment::query().order_by(|c| c.post.map(|p| p.title).asc());
            /// ```
            pub fn map<X: Expression<Type: Scalar>>(
                self,
                value: impl FnOnce(<R::Target as Model>::Columns) -> X,
            ) -> Expr<Option<<X::Type as Scalar>::Value>>
            where
                K: ToOne,
            {
                let selection = self.selection();
                let value = value(R::Target::columns(selection.alias.inner())).into_expr().into_node();
                let mut subquery = selection.related(value);
                subquery.condition = selection.parts.condition;
                Expr::from_node(Node::Scalar(Box::new(subquery)))
            }
        }
    };
}

asking!(Related<R, K>);
asking!(Selection<R, K>);

fn exists<R: Relation<Target: Model>, K, C: IntoCondition>(
    selection: Selection<R, K>,
    condition: impl FnOnce(<R::Target as Model>::Columns) -> C,
) -> Condition {
    let condition = condition(R::Target::columns(selection.alias.inner())).into_condition().into_node();
    if matches!(condition, Node::Absent) {
        return Condition::from_node(Node::Absent);
    }
    let mut subquery = selection.related(Node::Sql("1"));
    subquery.condition = selection.parts.condition.and(condition);
    Condition::from_node(Node::exists(subquery))
}

impl<R: Relation<Target: Model>, K, S> Selection<R, K, S> {
    /// `of` over the rows that the relation leads to from its table.
    pub(super) fn related(&self, of: Node) -> Subquery {
        let inner = self.alias.inner();
        let join = reached_from(&hops::<R>(self.parts.scoping), self.alias, inner);
        Subquery::new(of, R::Target::TABLE.name, inner, join)
    }
}
