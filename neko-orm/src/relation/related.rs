//! Relations in the closures of queries.

use std::fmt;
use std::marker::PhantomData;

use super::foreign_key::Pairs;
use super::{BelongsToRelation, HasManyRelation, Relation};
use crate::Model;
use crate::expr::{Condition, IntoCondition};
use crate::node::{Alias, Exists, Node};

/// A relation in the closure of a query: [`RelatedMany`] or [`RelatedOne`].
pub struct Related<R, K>(Alias, PhantomData<fn() -> (R, K)>);

/// A `has_many` relation in the closure of a query.
pub type RelatedMany<R> = Related<R, Many>;

/// A `belongs_to` relation in the closure of a query.
pub type RelatedOne<R> = Related<R, One>;

/// The relation leads to any number of rows.
#[derive(Debug)]
pub struct Many;

/// The relation leads to at most one row.
#[derive(Debug)]
pub struct One;

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

impl<R: HasManyRelation> RelatedMany<R>
where
    R::Target: Model,
{
    /// Whether any of the targets meets the condition: `EXISTS (SELECT ..)`. With `|_| true`, whether there is any target.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment)] struct Post { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Comment { id: i64, post_id: i64, body: String }
    /// let discussed = Post::query().filter(|p| p.comments.any(|c| c.body.ne("")));
    /// ```
    pub fn any<C: IntoCondition>(self, condition: impl FnOnce(<R::Target as Model>::Columns) -> C) -> Condition {
        let inner = self.0.inner();
        let condition = condition(R::Target::columns(inner)).into_condition();
        exists::<R::Target>(inner, join(R::PAIRS, self.0, inner), condition)
    }

    /// Whether none of the targets meets the condition: `NOT (EXISTS (SELECT ..))`.
    pub fn none<C: IntoCondition>(self, condition: impl FnOnce(<R::Target as Model>::Columns) -> C) -> Condition {
        !self.any(condition)
    }
}

impl<R: BelongsToRelation> RelatedOne<R>
where
    R::Target: Model,
{
    /// Whether the target meets the condition: `EXISTS (SELECT ..)`. Without a target it does not.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Post { id: i64, title: String }
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[belongs_to(Post)] struct Comment { id: i64, post_id: i64 }
    /// let on_cats = Comment::query().filter(|c| c.post.is(|p| p.title.contains("cat")));
    /// ```
    pub fn is<C: IntoCondition>(self, condition: impl FnOnce(<R::Target as Model>::Columns) -> C) -> Condition {
        let inner = self.0.inner();
        let condition = condition(R::Target::columns(inner)).into_condition();
        let join = join(R::PAIRS, inner, self.0).into_iter().map(|[child, parent]| [parent, child]);
        exists::<R::Target>(inner, join.collect(), condition)
    }
}

/// The foreign key and the key that it refers to, for each pair.
fn join<P, C>(pairs: Pairs<P, C>, parent: Alias, child: Alias) -> Vec<[Node; 2]> {
    pairs.iter().map(|pair| pair.join(parent, child)).collect()
}

fn exists<M: Model>(alias: Alias, join: Vec<[Node; 2]>, condition: Condition) -> Condition {
    let exists = Exists { table: M::TABLE.name, alias, join, condition: condition.into_node() };
    Condition::from_node(Node::Exists(Box::new(exists)))
}
