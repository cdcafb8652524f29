//! Relations of a model to itself, followed over any number of steps.

use std::fmt;
use std::sync::Arc;

use super::{InSource, InTarget, RelatedTo, Relation, Way as _, default_order, hops, show};
use crate::Model;
use crate::expr::{Expr, PerRow};
use crate::key::KeyColumns as _;
use crate::node::{Alias, Node, Term};
use crate::query::{Everything, Origin, Query, Scope, Scoped, Scoping, Selected, Walk};

/// The origin of a query for the rows that a relation of a model to itself leads to from a source, over any number of steps.
pub struct Tree<'s, R: Relation> {
    source: &'s R::Source,
    max_depth: Option<u64>,
}

/// A query that reads each row of a tree with its depth.
pub type WithDepth<M> = Query<M, Everything, Selected<(M, i64)>>;

/// A relation whose targets are those of the same model that refer to the source.
#[diagnostic::on_unimplemented(
    message = "`descendants()` is for `has_many` relations of a model to itself",
    label = "this relation is another one",
    note = "a `belongs_to` relation of a model to itself has `ancestors()`"
)]
pub trait Downwards {}

impl<M: 'static> Downwards for InTarget<M, M> {}

/// A relation whose target is the one of the same model that the source refers to.
#[diagnostic::on_unimplemented(
    message = "`ancestors()` is for `belongs_to` relations of a model to itself",
    label = "this relation is another one",
    note = "a `has_many` relation of a model to itself has `descendants()`"
)]
pub trait Upwards {}

impl<M: 'static, const NULLABLE: bool> Upwards for InSource<M, M, NULLABLE> {}

impl<'s, R: Relation<Target: Model>, K> Query<R::Target, RelatedTo<'s, R, K>> {
    /// The targets, their targets, and so on: all rows below the source, which is not among them. The order, unless
    /// [`order_by`](Query::order_by) says otherwise, is by depth and then by key.
    ///
    /// It is a query like others and is read in one statement, with a recursive subquery. Each row comes once, also where the
    /// rows refer to each other in a circle. A row that the scope of the relation or of the model leaves out hides those below it.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// #[derive(Debug, Clone, PartialEq, Model)]
    /// #[model(table = "categories")]
    /// #[belongs_to(Category as parent)]
    /// #[has_many(Category as children, id = "parent_id")]
    /// struct Category { id: i64, parent_id: Option<i64>, name: String }
    ///
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Category>(&db).await?;
    /// let animals = Category::create().name("animals").insert(&db).await?;
    /// let cats = animals.children().create().name("cats").insert(&db).await?;
    /// let lions = cats.children().create().name("lions").insert(&db).await?;
    /// assert_eq!(animals.children().descendants().to_vec(&db).await?, [cats, lions]);
    /// # Ok(()) }
    /// ```
    pub fn descendants(self) -> Query<R::Target, Tree<'s, R>>
    where
        R::Way: Downwards,
    {
        Query::from_origin(Tree { source: self.origin.source, max_depth: None })
    }

    /// The target, its target, and so on: all rows above the source, which is not among them, the nearest first unless
    /// [`order_by`](Query::order_by) says otherwise. Otherwise as [`descendants`](Self::descendants).
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[model(table = "categories")]
    /// # #[belongs_to(Category as parent)] #[has_many(Category as children, id = "parent_id")]
    /// # struct Category { id: i64, parent_id: Option<i64>, name: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Category>(&db).await?;
    /// # let animals = Category::create().name("animals").insert(&db).await?;
    /// # let cats = animals.children().create().name("cats").insert(&db).await?;
    /// # let lions = cats.children().create().name("lions").insert(&db).await?;
    /// let path: Vec<String> = lions.parent().ancestors().select(|c| c.name).to_vec(&db).await?;
    /// assert_eq!(path, ["cats", "animals"]);
    /// # Ok(()) }
    /// ```
    pub fn ancestors(self) -> Query<R::Target, Tree<'s, R>>
    where
        R::Way: Upwards,
    {
        Query::from_origin(Tree { source: self.origin.source, max_depth: None })
    }
}

impl<'s, R: Relation<Target: Model>> Query<R::Target, Tree<'s, R>> {
    /// Only the rows that at most so many steps lead to: 1 are those that the relation itself leads to. The last depth counts.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[model(table = "categories")]
    /// # #[has_many(Category as children, id = "parent_id")]
    /// # struct Category { id: i64, parent_id: Option<i64>, name: String }
    /// # async fn example(category: Category, db: sqlx::SqlitePool) -> neko_orm::Result<()> {
    /// let near: Vec<Category> = category.children().descendants().max_depth(2).to_vec(&db).await?;
    /// # Ok(()) }
    /// ```
    pub fn max_depth(mut self, steps: u64) -> Self {
        self.origin.max_depth = Some(steps);
        self
    }

    /// Reads each row with its depth: how many steps lead there, counted from 1; where several ways do, the least number. Can be filtered,
    /// ordered and limited like other queries, and streamed.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[model(table = "categories")]
    /// # #[has_many(Category as children, id = "parent_id")]
    /// # struct Category { id: i64, parent_id: Option<i64>, name: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Category>(&db).await?;
    /// # let animals = Category::create().name("animals").insert(&db).await?;
    /// # let cats = animals.children().create().name("cats").insert(&db).await?;
    /// # cats.children().create().name("lions").insert(&db).await?;
    /// let below: Vec<(Category, i64)> = animals.children().descendants().with_depth().to_vec(&db).await?;
    /// let depths: Vec<_> = below.iter().map(|(category, depth)| (category.name.as_str(), *depth)).collect();
    /// assert_eq!(depths, [("cats", 1), ("lions", 2)]);
    /// # Ok(()) }
    /// ```
    pub fn with_depth(self) -> WithDepth<R::Target> {
        self.and_select(Expr::<i64, PerRow>::from_node(Walk::depth()))
    }
}

impl<R: Relation<Target: Model>> Origin<R::Target> for Tree<'_, R> {
    fn scope(&self) -> Scope {
        let starts = R::WAY.starts(self.source).filter(|_| self.max_depth != Some(0));
        let (Some(starts), Some(hop)) = (starts, hops::<R>(Scoping::Unscoped).pop()) else {
            return Scope { condition: Node::Constant(false), ..Scope::everything() };
        };
        let key = self.source.key();
        let start = R::Source::KEY.arguments(&key).into_iter().map(|part| Node::Any(part.boxed())).collect();
        let walk = Walk {
            hop,
            default_scope: <R::Target as Scoped>::scope,
            key: R::Target::TABLE.key_names().collect(),
            starts,
            start,
            max_depth: self.max_depth,
        };
        let mut order = vec![Term::ascending(Walk::depth())];
        order.extend(default_order::<R>(Scoping::Unscoped));
        let key = R::Target::TABLE.key_names();
        order.extend(key.map(|key| Term::ascending(Node::Column(Alias::TABLE, R::Target::TABLE.name, key))));
        Scope { order, joined: Some(Arc::new(walk.join())), ..Scope::everything() }
    }
}

impl<R: Relation> fmt::Debug for Tree<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::<R>(self.source, f)
    }
}

impl<R: Relation> Clone for Tree<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Relation> Copy for Tree<'_, R> {}
