//! Rows to read: of a whole table, or those that a relation leads to.

mod read;
mod rows;
mod run;
mod select;

pub use rows::Rows;
pub(crate) use run::{Leasing, all, optional, ready};
pub(crate) use select::{columns, equals, select, select_equal};

use std::fmt;
use std::marker::PhantomData;

use crate::Model;
use crate::backend::{Dialect, Value};
use crate::column::Table;
use crate::expr::{IntoCondition, Order, Orders};
use crate::node::{Alias, Node};

/// Rows of the model `M`, to be read by one of the methods that take the database.
///
/// `O` is where the rows come from: all of the table ([`Model::query`]), or a relation of a model, such as
/// [`HasMany`](crate::HasMany) and [`BelongsTo`](crate::BelongsTo), which add the verbs of that relation.
/// A query is a description: nothing is sent before a method takes the database, and it can be run any number of times.
///
/// ```
/// # #[derive(Debug, Clone, PartialEq, neko_orm::Model)] struct Post { id: i64, title: String }
/// # use neko_orm::Model;
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
/// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
/// # neko_orm::schema::create::<Post>(&db).await?;
/// let posts = Post::query();
/// assert_eq!(posts.count(&db).await?, 0);
/// assert_eq!(posts.to_vec(&db).await?, []);
/// # Ok(()) }
/// ```
#[must_use = "a query does nothing before it is run"]
pub struct Query<M, O = Everything> {
    pub(crate) origin: O,
    parts: Parts,
    model: PhantomData<fn() -> M>,
}

/// What narrows and orders the rows of a query.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    condition: Node,
    order: Vec<Order>,
    limit: Option<u64>,
    offset: u64,
}

impl Default for Parts {
    fn default() -> Self {
        Self { condition: Node::Constant(true), order: Vec::new(), limit: None, offset: 0 }
    }
}

/// The origin of a query for all rows of a table.
#[derive(Debug, Clone, Copy)]
pub struct Everything;

/// Where the rows of a query come from.
pub trait Origin<M> {
    /// The conditions on the table of `M`, or `None` where no row can match: then nothing is sent.
    #[doc(hidden)]
    fn conditions(&self) -> Option<Vec<Equal>>;
}

impl<M> Origin<M> for Everything {
    fn conditions(&self) -> Option<Vec<Equal>> {
        Some(Vec::new())
    }
}

/// The condition that a column equals a value, which is never NULL.
#[derive(Debug)]
pub struct Equal {
    pub(crate) column: &'static str,
    pub(crate) value: Box<dyn Value>,
}

impl Parts {
    /// The parts with the conditions of an origin, or `None` where no row can match.
    fn from(&self, origin: Vec<Equal>, table: &Table) -> Option<Self> {
        let origin = origin.into_iter().map(|condition| condition.node(table)).reduce(Node::and);
        match origin.unwrap_or(Node::Constant(true)).and(self.condition.clone()) {
            Node::Constant(false) => None,
            condition => Some(Self { condition, order: self.order.clone(), limit: self.limit, offset: self.offset }),
        }
    }
}

impl<M, O> Query<M, O> {
    pub(crate) fn from_origin(origin: O) -> Self {
        Self { origin, parts: Parts::default(), model: PhantomData }
    }
}

impl<M, O: Clone> Clone for Query<M, O> {
    fn clone(&self) -> Self {
        Self { origin: self.origin.clone(), parts: self.parts.clone(), model: PhantomData }
    }
}

impl<M, O: fmt::Debug> fmt::Debug for Query<M, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query").field("origin", &self.origin).finish()
    }
}

impl Equal {
    /// The condition in an expression on the table.
    fn node(self, table: &Table) -> Node {
        let column = Node::Column(Alias::TABLE, table.name, self.column);
        Node::Compare(" = ", Box::new([column, Node::Value(self.value)]))
    }
}

impl<M: Model, O: Origin<M>> Query<M, O> {
    /// The parts with the origin's conditions, or `None` where no row can match.
    fn resolved(&self) -> Option<Parts> {
        self.parts.from(self.origin.conditions()?, M::TABLE)
    }

    /// The same rows, whose origin is a condition like others.
    fn detached(self) -> Query<M> {
        let never = || Parts { condition: Node::Constant(false), ..Parts::default() };
        let parts = self.resolved().unwrap_or_else(never);
        Query { origin: Everything, parts, model: PhantomData }
    }

    /// Only the rows for which the condition holds, in addition to earlier ones.
    ///
    /// The closure is given the model's columns and relations. It may also return a `bool`, or an `Option` that is `None`
    /// to filter nothing. Sends nothing.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment)]
    /// # struct Post { id: i64, title: String, rating: Option<i32> }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Comment { id: i64, post_id: i64, body: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Comment)>(&db).await?;
    /// let least: Option<i32> = None;
    /// let posts = Post::query()
    ///     .filter(|p| p.title.like("%rust%") | p.rating.is_null())
    ///     .filter(|p| p.comments.any(|c| c.body.ne("")))
    ///     .filter(|p| least.map(|least| p.rating.ge(least)))
    ///     .to_vec(&db).await?;
    /// # assert!(posts.is_empty());
    /// # Ok(()) }
    /// ```
    pub fn filter<C: IntoCondition>(self, condition: impl FnOnce(M::Columns) -> C) -> Query<M> {
        let condition = condition(M::columns(Alias::TABLE)).into_condition().into_node();
        let mut query = self.detached();
        query.parts.condition = query.parts.condition.and(condition);
        query
    }

    /// The rows in this order, after the orders given earlier. Sends nothing.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Post { id: i64, rating: Option<i32> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Post>(&db).await?;
    /// let best = Post::query().order_by(|p| (p.rating.desc().nulls_last(), p.id.asc())).limit(10).to_vec(&db).await?;
    /// # assert!(best.is_empty());
    /// # Ok(()) }
    /// ```
    pub fn order_by<T: Orders>(self, order: impl FnOnce(M::Columns) -> T) -> Query<M> {
        let mut query = self.detached();
        query.parts.order.extend(order(M::columns(Alias::TABLE)).into_orders());
        query
    }

    /// At most so many rows; the last limit counts. Without an order, which rows they are is left to the database.
    pub fn limit(self, rows: u64) -> Query<M> {
        let mut query = self.detached();
        query.parts.limit = Some(rows);
        query
    }

    /// Without the first so many rows; the last offset counts.
    pub fn offset(self, rows: u64) -> Query<M> {
        let mut query = self.detached();
        query.parts.offset = rows;
        query
    }

    /// The statement that [`to_vec`](Self::to_vec) sends, with placeholders for the values; empty where no row can match,
    /// and so nothing is sent.
    ///
    /// # Errors
    /// A value cannot be encoded.
    pub fn to_sql(&self, dialect: Dialect) -> crate::Result<String> {
        match self.resolved() {
            Some(parts) => Ok(parts.rows(dialect, M::TABLE)?.text.to_string()),
            None => Ok(String::new()),
        }
    }
}
