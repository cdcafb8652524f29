//! Rows to read: of a whole table, or those that a relation leads to.

mod aggregate;
mod ahead;
mod alone;
mod beside;
mod build;
mod change;
mod chunks;
mod group;
mod junction;
mod keyset;
pub(crate) mod made;
pub(crate) mod one;
mod page;
mod parts;
mod read;
mod reader;
mod related;
mod rows;
mod run;
mod scope;
mod select;
mod selected;
mod shape;
mod sweep;
mod walk;
mod write;

pub(crate) use ahead::{Level, ReadAhead, Start};
pub use group::{GroupKeys, Groups};
pub(crate) use junction::{LinkedRows, WholeRow, join};
pub use page::Page;
pub(crate) use parts::Parts;
pub(crate) use reader::{Fetched, Reader, may_be_of_arrays};
pub(crate) use related::Repeats;
pub(crate) use related::{Keys, RelatedRows};
pub use rows::Rows;
pub(crate) use run::{Leasing, load, ready};
pub use scope::ScopeFn;
pub(crate) use scope::Scoping;
pub(crate) use scope::{Scope, ScopeMaker, Scoped};
pub(crate) use select::{columns, equals, select};
pub use selected::{Select, Selected};
pub use shape::{Loader, OfRows, Shape, Undecided, Whole, With};
pub(crate) use walk::Walk;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::Model;
use crate::backend::Value;
use crate::node::Node;
use crate::raw::Raw;

/// Rows of the model `M`, to be read by one of the methods that take the database.
///
/// `O` is where the rows come from: all of the table ([`Model::query`]), or a relation of a model, such as
/// [`HasMany`](crate::HasMany) and [`BelongsTo`](crate::BelongsTo), which add the verbs of that relation.
/// `S` is what is read of each row: the row ([`Whole`]), the row with others that relations lead to ([`With`]), or the values of some
/// columns ([`Selected`]).
///
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
pub struct Query<M, O = Everything, S = Whole> {
    pub(crate) origin: O,
    parts: Parts,
    shape: S,
    model: PhantomData<fn() -> M>,
}

/// The origin of a query for all rows of a table.
#[derive(Debug, Clone, Copy)]
pub struct Everything;

/// Where the rows of a query come from.
pub trait Origin<M> {
    /// Which rows of the table of `M` these are. Where the condition is false for all, nothing is sent.
    #[doc(hidden)]
    fn scope(&self) -> Scope;
}

impl<M> Origin<M> for Everything {
    fn scope(&self) -> Scope {
        Scope::everything()
    }
}

/// The condition that a column equals a value, which is never NULL.
#[derive(Debug)]
pub(crate) struct Equal {
    pub(crate) column: &'static str,
    pub(crate) value: Box<dyn Value>,
}

impl<M, O> Query<M, O> {
    pub(crate) fn from_origin(origin: O) -> Self {
        Self { origin, parts: Parts::default(), shape: Whole, model: PhantomData }
    }
}

impl<M> Query<M> {
    /// The rows that the user's own `SELECT` returns.
    pub(crate) fn from_raw(select: Raw) -> Self {
        let mut query = Self::from_origin(Everything);
        query.parts.source = Some(Arc::new(parts::Source::Raw(select.into_node())));
        query
    }
}

impl<M, O: Clone, S: Clone> Clone for Query<M, O, S> {
    fn clone(&self) -> Self {
        Self { origin: self.origin.clone(), parts: self.parts.clone(), shape: self.shape.clone(), model: PhantomData }
    }
}

impl<M, O: fmt::Debug, S> fmt::Debug for Query<M, O, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query").field("origin", &self.origin).finish()
    }
}

impl<M, O, S> Query<M, O, S> {
    /// Whether the model's default scope counts.
    pub(crate) fn is_scoped(&self) -> bool {
        self.parts.scoping == Scoping::Scoped
    }
}

impl<M: Model, O: Origin<M>, S> Query<M, O, S> {
    /// The parts with the scope of the origin, and with that of the model unless the query is without.
    fn applied(&self) -> Parts {
        self.parts.applied(self.origin.scope(), M::MADE_BY)
    }

    /// That a row is one of these.
    pub(crate) fn condition(&self) -> Node {
        self.applied().condition
    }

    /// The parts to run, or `None` where no row can match.
    fn resolved(&self) -> Option<Parts> {
        self.applied().resolved()
    }

    /// The same rows, whose origin is a condition like others, and what is to be read of each.
    fn detached(self) -> (Parts, S) {
        (self.parts.scoped(self.origin.scope()), self.shape)
    }

    /// The same rows with other parts.
    fn with_parts(self, change: impl FnOnce(&mut Parts)) -> Query<M, Everything, S> {
        let (mut parts, shape) = self.detached();
        change(&mut parts);
        Query { origin: Everything, parts, shape, model: PhantomData }
    }

    /// The same rows, of which something else is read.
    fn with_shape<T>(self, shape: T) -> Query<M, Everything, T> {
        let (parts, _) = self.detached();
        Query { origin: Everything, parts, shape, model: PhantomData }
    }
}
