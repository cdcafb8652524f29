//! Relations in the closures of queries.

use std::fmt;
use std::marker::PhantomData;

use super::foreign_key::Pairs;
use super::{BelongsToRelation, HasManyRelation, Relation};
use crate::Model;
use crate::expr::{Condition, Expr, Expression, IntoCondition, Scalar};
use crate::node::{Alias, Node, Subquery};

/// A relation in the closure of a query: [`RelatedMany`] or [`RelatedOne`].
pub struct Related<R, K>(pub(super) Alias, PhantomData<fn() -> (R, K)>);

/// A `has_many` relation in the closure of a query.
pub type RelatedMany<R> = Related<R, Many>;

/// A `belongs_to` relation in the closure of a query.
pub type RelatedOne<R> = Related<R, One>;

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

impl<R: Relation<Target: Model>, K> Related<R, K> {
    /// Whether any of the targets meets the condition: `EXISTS (SELECT ..)`. With `|_| true`, whether there is any target. The condition may
    /// also name the columns of the row that it is asked for: `p.comments.any(|c| c.author_id.eq(p.author_id))`.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment)] struct Post { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Comment { id: i64, post_id: i64, body: String }
    /// let discussed = Post::query().filter(|p| p.comments.any(|c| c.body.ne("")));
    /// ```
    pub fn any<C: IntoCondition>(self, condition: impl FnOnce(<R::Target as Model>::Columns) -> C) -> Condition
    where
        R: HasManyRelation,
    {
        let inner = self.0.inner();
        let condition = condition(R::Target::columns(inner)).into_condition().into_node();
        let join = join(R::PAIRS, self.0, inner);
        Condition::from_node(Node::exists(subquery::<R::Target>(Node::Sql("1"), inner, join, condition)))
    }

    /// Whether none of the targets meets the condition: `NOT (EXISTS (SELECT ..))`.
    pub fn none<C: IntoCondition>(self, condition: impl FnOnce(<R::Target as Model>::Columns) -> C) -> Condition
    where
        R: HasManyRelation,
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
        R: BelongsToRelation,
    {
        let inner = self.0.inner();
        let condition = condition(R::Target::columns(inner)).into_condition().into_node();
        let join = self.join(inner);
        Condition::from_node(Node::exists(subquery::<R::Target>(Node::Sql("1"), inner, join, condition)))
    }

    /// A column of the target, or an expression over its columns, as a value of the source: `(SELECT .. )`. It is NULL without a target, and
    /// can lead on: `track.map(|t| t.genre.map(|g| g.name))`.
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
        R: BelongsToRelation,
    {
        let inner = self.0.inner();
        let value = value(R::Target::columns(inner)).into_expr().into_node();
        let subquery = subquery::<R::Target>(value, inner, self.join(inner), Node::Absent);
        Expr::from_node(Node::Scalar(Box::new(subquery)))
    }

    fn join(self, inner: Alias) -> Vec<[Node; 2]>
    where
        R: BelongsToRelation,
    {
        join(R::PAIRS, inner, self.0).into_iter().map(|[child, parent]| [parent, child]).collect()
    }
}

/// The foreign key and the key that it refers to, for each pair.
pub(super) fn join<P, C>(pairs: Pairs<P, C>, parent: Alias, child: Alias) -> Vec<[Node; 2]> {
    pairs.iter().map(|pair| pair.join(parent, child)).collect()
}

pub(super) fn subquery<M: Model>(of: Node, alias: Alias, join: Vec<[Node; 2]>, condition: Node) -> Subquery {
    Subquery { of, table: M::TABLE.name, alias, join, condition }
}
