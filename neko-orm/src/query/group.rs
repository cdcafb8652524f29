//! Groups of rows: what they have in common, and aggregates over them.

use std::fmt;

use super::scope::Scoping;
use super::selected::Selected;
use super::{Everything, Origin, Parts, Query, Select};
use crate::Model;
use crate::column::Column;
use crate::expr::{Expr, IntoCondition, Orders, PerGroup, PerRow, ValueFor};
use crate::node::{Alias, Node};

/// The rows of a query in groups; made by [`Query::group_by`].
///
/// The closures are given what the rows are grouped by (to be cloned where it is needed twice), and the model's columns for aggregates over them, such as `p.id.count()`.
#[must_use = "groups do nothing before they are selected"]
pub struct Groups<M: Model, G: GroupKeys> {
    query: Query<M>,
    keys: G::Keys,
}

/// What rows can be grouped by: a column, an expression, or a tuple of up to four.
#[diagnostic::on_unimplemented(
    message = "rows cannot be grouped by `{Self}`",
    label = "expected a column, an expression, or a tuple of these"
)]
pub trait GroupKeys {
    /// What the closures on groups are given.
    type Keys: Clone;

    #[doc(hidden)]
    fn keys(self, nodes: &mut Vec<Node>) -> Self::Keys;
}

impl<M: Model, T> GroupKeys for Column<M, T> {
    type Keys = Expr<T, PerGroup>;

    fn keys(self, nodes: &mut Vec<Node>) -> Self::Keys {
        nodes.push(self.node());
        Expr::from_node(self.node())
    }
}

impl<T, K: ValueFor<PerRow>> GroupKeys for Expr<T, K> {
    type Keys = Expr<T, PerGroup>;

    fn keys(self, nodes: &mut Vec<Node>) -> Self::Keys {
        nodes.push(self.as_node().clone());
        let node = self.into_node();
        Expr::from_node(match node.has_subquery() {
            true => Node::Key(nodes.len() - 1, Box::new(node.atom())),
            false => node,
        })
    }
}

macro_rules! tuples {
    ($($key:ident $index:tt),+) => {
        impl<$($key: GroupKeys),+> GroupKeys for ($($key,)+) {
            type Keys = ($($key::Keys,)+);

            fn keys(self, nodes: &mut Vec<Node>) -> Self::Keys {
                ($(self.$index.keys(nodes),)+)
            }
        }
    };
}

tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);

impl<M: Model, G: GroupKeys> Clone for Groups<M, G> {
    fn clone(&self) -> Self {
        Self { query: self.query.clone(), keys: self.keys.clone() }
    }
}

impl<M: Model, G: GroupKeys> fmt::Debug for Groups<M, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Groups").field("of", &self.query).finish()
    }
}

impl<M: Model, O: Origin<M>> Query<M, O> {
    /// The rows in groups that agree in a column, in an expression, or in each part of a tuple: `GROUP BY`. A limit given before counts
    /// for the rows, one given after [`select`](Groups::select) for the groups.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Post { id: i64, author_id: i64, rating: i32 }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Post>(&db).await?;
    /// # Post::insert_all([(1, 2), (1, 4), (2, 5)].map(|(a, r)| Post::create().author_id(a).rating(r)), &db).await?;
    /// let authors: Vec<(i64, i64, Option<i32>)> = Post::query()
    ///     .group_by(|p| p.author_id)
    ///     .having(|_, p| p.id.count().gt(1))
    ///     .order_by(|author, p| (p.rating.avg().desc(), author.asc()))
    ///     .select(|author, p| (author, p.id.count(), p.rating.max()))
    ///     .to_vec(&db).await?;
    /// assert_eq!(authors, [(1, 2, Some(4))]);
    /// # Ok(()) }
    /// ```
    pub fn group_by<G: GroupKeys>(self, by: impl FnOnce(M::Columns) -> G) -> Groups<M, G> {
        let parts = Parts { scoping: Scoping::Unscoped, ..self.applied() };
        let mut query = self.with_parts(|own| *own = parts.without_range());
        // An order of rows says nothing about groups of them.
        query.parts.order.clear();
        let keys = by(M::columns(Alias::TABLE)).keys(&mut query.parts.group);
        Groups { query, keys }
    }
}

impl<M: Model, G: GroupKeys> Groups<M, G> {
    /// Only the groups for which the condition holds, in addition to earlier ones: `HAVING`.
    pub fn having<C: IntoCondition<PerGroup>>(mut self, condition: impl FnOnce(G::Keys, M::Columns) -> C) -> Self {
        let condition = condition(self.keys.clone(), M::columns(Alias::TABLE)).into_condition().into_node();
        self.query.parts.having.narrow(condition);
        self
    }

    /// The groups in this order, after the orders given earlier.
    pub fn order_by<T: Orders<PerGroup>>(mut self, order: impl FnOnce(G::Keys, M::Columns) -> T) -> Self {
        self.query.parts.order.extend(order(self.keys.clone(), M::columns(Alias::TABLE)).into_terms());
        self
    }

    /// Reads one value of each group, or a tuple: what the rows are grouped by, and aggregates.
    pub fn select<C: Select<M, PerGroup>>(
        self,
        selection: impl FnOnce(G::Keys, M::Columns) -> C,
    ) -> Query<M, Everything, Selected<C::Output, PerGroup>> {
        let (shape, nodes) = Selected::new(selection(self.keys, M::columns(Alias::TABLE)));
        let mut query = self.query.with_shape(shape);
        query.parts.selected = nodes;
        query
    }
}
