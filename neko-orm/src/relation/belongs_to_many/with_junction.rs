//! Targets of a many-to-many relation with the rows of the junction that link them.

use std::fmt;
use std::sync::Arc;

use futures_core::future::BoxFuture;

use crate::Model;
use crate::error::Result;
use crate::expr::{IntoCondition, Orders};
use crate::node::{Alias, Hop, Node};
use crate::query::{
    self, Equal, Everything, LinkedRows, Loader, Origin, Query, Reader, Scope, Scoping, Selected, WholeRow,
};
use crate::relation::belongs_to_many::{BelongsToManyRelation, ManyToMany, OverJunction as _, RowOf};
use crate::relation::foreign_key::foreign_key_to;
use crate::relation::load::numbering::Numbering;
use crate::relation::related::Many;
use crate::relation::{Related, RelatedTo, Relation, Selection, default_order, hops, load};
use crate::sql::ValueRows;

impl<'s, R: BelongsToManyRelation<Target: Model>> Query<R::Target, RelatedTo<'s, R, ManyToMany>>
where
    RowOf<R>: Model,
{
    /// Reads each target with the row of the junction that links it: one item for each link. The query can be filtered and ordered by columns
    /// of both. Comes first: `post.tags().with_junction().filter(..)`.
    ///
    /// Sends one `SELECT` from both tables.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[belongs_to_many(Tag, through = PostTag)] struct Post { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Tag { id: i64, name: String }
    /// # #[derive(Debug, Clone, PartialEq, Model)]
    /// # struct PostTag { #[key] post_id: i64, #[key] tag_id: i64, position: i32 }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Tag, PostTag)>(&db).await?;
    /// # let post = Post::create().insert(&db).await?;
    /// let tags: Vec<(Tag, PostTag)> = post.tags().with_junction()
    ///     .filter_junction(|link| link.position.gt(0))
    ///     .order_by_junction(|link| link.position.asc())
    ///     .to_vec(&db).await?;
    /// # Ok(()) }
    /// ```
    pub fn with_junction(self) -> LinkedQuery<R> {
        let query = Query::<R::Target, _>::from_origin(Links::<R>(self.origin.source));
        let query = if self.is_scoped() { query } else { query.unscoped() };
        query.and_select(WholeRow::<RowOf<R>>::new())
    }
}

/// A query that reads each target with the row of the junction that links it.
pub type LinkedQuery<R> = Query<<R as Relation>::Target, Everything, Selected<(<R as Relation>::Target, RowOf<R>)>>;

/// The origin of a query for the targets of a source, beside the rows that link them.
struct Links<'s, R: Relation>(&'s R::Source);

impl<R: BelongsToManyRelation<Target: Model>> Origin<R::Target> for Links<'_, R>
where
    RowOf<R>: Model,
{
    fn scope(&self) -> Scope {
        let (from, _) = R::WAY.pairs();
        let column = |name| Node::Column(Alias::TABLE, RowOf::<R>::TABLE.name, name);
        let source = foreign_key_to(from, self.0).into_iter();
        let source = source.map(|Equal { column: name, value }| column(name).equals(Node::Any(value)));
        let mut condition = source.fold(Node::Absent, Node::and);
        let hops = hops::<R>(Scoping::Unscoped);
        hops.iter().for_each(|hop| condition.narrow(hop.condition.clone()));
        let joined = hops.last().map(|last| Arc::new(query::join(last, RowOf::<R>::TABLE)));
        Scope { condition, order: default_order::<R>(Scoping::Unscoped), joined }
    }
}

/// Targets to load with the rows of the junction that link them; made by [`with_junction`](Related::with_junction).
#[must_use = "a relation does nothing before it is part of a query"]
pub struct WithJunction<R>(Selection<R, Many>);

impl<R: BelongsToManyRelation<Target: Model>> Related<R, Many>
where
    RowOf<R>: Model,
{
    /// Loads each target with the row of the junction that links it: a list of pairs.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[belongs_to_many(Tag, through = PostTag)] struct Post { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Tag { id: i64, name: String }
    /// # #[derive(Debug, Clone, PartialEq, Model)]
    /// # struct PostTag { #[key] post_id: i64, #[key] tag_id: i64, position: i32 }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Tag, PostTag)>(&db).await?;
    /// let posts: Vec<(Post, Vec<(Tag, PostTag)>)> = Post::query()
    ///     .with(|p| p.tags.with_junction().order_by_junction(|link| link.position.asc()))
    ///     .to_vec(&db).await?;
    /// # Ok(()) }
    /// ```
    pub fn with_junction(self) -> WithJunction<R> {
        WithJunction(self.selection())
    }
}

impl<R: BelongsToManyRelation<Target: Model>> Selection<R, Many>
where
    RowOf<R>: Model,
{
    /// Loads each target with the row of the junction that links it: a list of pairs.
    pub fn with_junction(self) -> WithJunction<R> {
        WithJunction(self)
    }
}

impl<R: BelongsToManyRelation<Target: Model>> WithJunction<R>
where
    RowOf<R>: Model,
{
    /// Only the links for which the condition holds. The closure is given the columns of the junction.
    pub fn filter_junction<C: IntoCondition>(
        mut self,
        condition: impl FnOnce(<RowOf<R> as Model>::Columns) -> C,
    ) -> Self {
        let condition = condition(RowOf::<R>::columns(Alias::TABLE)).into_condition().into_node();
        self.0.parts.condition.narrow(condition);
        self
    }

    /// At most so many links **for each row**, by a window function.
    pub fn limit(mut self, rows: u64) -> Self {
        self.0.parts.limit = Some(rows);
        self
    }

    /// Without the first so many links **of each row**.
    pub fn offset(mut self, rows: u64) -> Self {
        self.0.parts.offset = rows;
        self
    }

    /// The links of each row in this order of the junction's columns, after the orders given earlier.
    pub fn order_by_junction<T: Orders>(mut self, order: impl FnOnce(<RowOf<R> as Model>::Columns) -> T) -> Self {
        self.0.parts.order.extend(order(RowOf::<R>::columns(Alias::TABLE)).into_terms());
        self
    }
}

impl<R> Clone for WithJunction<R> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<R: Relation> fmt::Debug for WithJunction<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<R: BelongsToManyRelation<Target: Model>> Loader<R::Source> for WithJunction<R>
where
    RowOf<R>: Model,
{
    type Output = Vec<(R::Target, RowOf<R>)>;

    fn load<'l>(
        &'l self,
        sources: &'l [&'l R::Source],
        reader: &'l mut Reader<'_>,
    ) -> BoxFuture<'l, Result<Vec<Self::Output>>> {
        let mut parts = self.0.parts.clone();
        if parts.order.is_empty() {
            parts.order = default_order::<R>(parts.scoping);
        }
        let (from, _) = R::WAY.pairs();
        let dialect = reader.dialect();
        let Ok(hops) = <[Hop; 2]>::try_from(hops::<R>(parts.scoping)) else { return query::ready(Vec::new()) };
        let width = R::Target::TABLE.columns.len();
        let (table, junction) = (R::Target::TABLE, RowOf::<R>::TABLE);
        let statements =
            move |keys: ValueRows<'_>| LinkedRows { parts: &parts, hops: &hops, table, junction, dialect }.rows(keys);
        load::pairs(R::NAME, Box::new(Numbering::down(from)), statements, width, sources, reader)
    }
}
