//! Many-to-1: the source holds the foreign key.

use std::fmt;

use futures_core::future::BoxFuture;

use super::foreign_key::{KeyPair, Reference, foreign_key_to, is_linked, key_from, link, not_associated, unlink};
use super::update::ForeignKeyUpdate;
use super::{Relation, show};
use crate::Model;
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::field::{Nullability, Nullable};
use crate::key::{self, KeyColumns as _, KeyOf};
use crate::query::{self, Equal, Origin, Query};

/// A relation declared by `#[belongs_to(..)]`.
#[diagnostic::on_unimplemented(
    message = "this relation leads to several rows, not to one",
    label = "this is about relations to one row",
    note = "ask a `has_many` relation with `any(..)` or `none(..)`, or with `count()` and other aggregates"
)]
pub trait BelongsToRelation: Relation {
    /// Whether the source may refer to nothing.
    type Nullability: Found;
    /// The target's key and the foreign key in the source.
    #[doc(hidden)]
    const PAIRS: &'static [&'static dyn KeyPair<Self::Target, Self::Source>];
}

/// What `get` returns: `Option<T>` where the foreign key can be NULL, otherwise `T`.
pub trait Found {
    /// The result for targets of type `T`.
    type Of<T: Send>: Send;

    /// The result, or the error if there must be a target.
    #[doc(hidden)]
    fn found<T: Send>(target: Option<T>, missing: impl FnOnce() -> Error) -> Result<Self::Of<T>>;
}

impl Found for Nullability<true> {
    type Of<T: Send> = Option<T>;

    fn found<T: Send>(target: Option<T>, _missing: impl FnOnce() -> Error) -> Result<Option<T>> {
        Ok(target)
    }
}

impl Found for Nullability<false> {
    type Of<T: Send> = T;

    fn found<T: Send>(target: Option<T>, missing: impl FnOnce() -> Error) -> Result<T> {
        target.ok_or_else(missing)
    }
}

/// The target of a source: the handle that a `#[belongs_to(..)]` method returns.
///
/// It is a [`Query`] of at most one row, and has [`get`](Query::get).
pub type BelongsTo<'s, R> = Query<<R as Relation>::Target, SourceOf<'s, R>>;

/// The origin of a query for the row that a source refers to.
pub struct SourceOf<'s, R: Relation>(&'s R::Source);

/// The handle for the row that `source` refers to; called by generated code.
pub fn belongs_to<R: Relation>(source: &R::Source) -> BelongsTo<'_, R> {
    Query::from_origin(SourceOf(source))
}

/// The foreign key of the relation; called by way of generated code.
#[must_use]
pub fn belongs_to_reference<R: BelongsToRelation>() -> Option<Reference> {
    Reference::of(R::PAIRS)
}

impl<R: Relation> fmt::Debug for SourceOf<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::<R>(self.0, f)
    }
}

impl<R: Relation> Clone for SourceOf<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Relation> Copy for SourceOf<'_, R> {}

impl<R: BelongsToRelation> Origin<R::Target> for SourceOf<'_, R> {
    fn conditions(&self) -> Option<Vec<Equal>> {
        key_from(R::PAIRS, self.0)
    }
}

impl<'s, R: BelongsToRelation> Query<R::Target, SourceOf<'s, R>>
where
    R::Target: Model,
{
    /// The target: `Option<T>` where the foreign key is an `Option`, otherwise `T`.
    ///
    /// Sends one `SELECT`, and nothing where the foreign key is NULL.
    ///
    /// # Errors
    /// [`Error::MissingTarget`] where the foreign key is not an `Option` and refers to a row that does not exist;
    /// [`Error::SeveralTargets`] where the columns it refers to are not unique.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Post { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[belongs_to(Post)] struct Comment { id: i64, post_id: Option<i64> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Comment)>(&db).await?;
    /// # let comment = Comment::create().insert(&db).await?;
    /// let post: Option<Post> = comment.post().get(&db).await?;
    /// assert_eq!(post, None);
    /// # Ok(()) }
    /// ```
    pub fn get<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<<R::Nullability as Found>::Of<R::Target>>> {
        let conditions = self.origin.conditions();
        let source_key = self.origin.0.key();
        let targets = match &conditions {
            Some(conditions) => {
                query::values(query::select_equal(db.dialect(), R::Target::TABLE, conditions), db.lease())
            }
            None => query::ready(Vec::new()),
        };
        Box::pin(async move {
            let mut targets: Vec<R::Target> = targets.await?;
            let target = targets.pop();
            if !targets.is_empty() {
                return Err(several::<R>(&source_key));
            }
            R::Nullability::found(target, || missing::<R>(&source_key, &conditions.unwrap_or_default()))
        })
    }
}

/// The relation's handle for changes. No type has it: see the methods that ask for it.
#[diagnostic::on_unimplemented(
    message = "this handle only reads the relation",
    label = "use the handle whose name ends in `_mut`, as in `comment.post_mut().associate(&post, &db)`"
)]
pub trait Changes {}

/// What those find who have forgotten `_mut`.
#[doc(hidden)]
impl<R: BelongsToRelation> Query<R::Target, SourceOf<'_, R>> {
    pub fn associate<T, E>(&self, _target: T, _db: E) -> BoxFuture<'static, Result<()>>
    where
        Self: Changes,
    {
        query::ready(())
    }

    pub fn dissociate<T, E>(&self, _target: T, _db: E) -> BoxFuture<'static, Result<()>>
    where
        Self: Changes,
    {
        query::ready(())
    }

    pub fn unlink<E>(&self, _db: E) -> BoxFuture<'static, Result<()>>
    where
        Self: Changes,
    {
        query::ready(())
    }
}

#[cold]
pub(super) fn missing<R: BelongsToRelation>(source_key: &KeyOf<R::Source>, conditions: &[Equal]) -> Error
where
    R::Target: Model,
{
    Error::MissingTarget {
        relation: R::NAME,
        source_table: R::Source::TABLE.name,
        source_key: format!("{source_key:?}"),
        target_table: R::Target::TABLE.name,
        target_key: key::describe(conditions.iter().map(|condition| &*condition.value)),
    }
}

#[cold]
pub(super) fn several<R: BelongsToRelation>(source_key: &KeyOf<R::Source>) -> Error
where
    R::Target: Model,
{
    let (source_table, target_table) = (R::Source::TABLE.name, R::Target::TABLE.name);
    Error::SeveralTargets { relation: R::NAME, source_table, source_key: format!("{source_key:?}"), target_table }
}

/// Changes which target a source refers to: what a `.._mut()` method of `#[belongs_to(..)]` returns.
///
/// Each verb changes the source and leaves the target alone.
#[must_use = "a handle does nothing by itself"]
pub struct BelongsToMut<'s, R: Relation>(&'s mut R::Source);

impl<R: Relation> fmt::Debug for BelongsToMut<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::<R>(self.0, f)
    }
}

/// The handle that changes which row `source` refers to; called by generated code.
pub fn belongs_to_mut<R: Relation>(source: &mut R::Source) -> BelongsToMut<'_, R> {
    BelongsToMut(source)
}

impl<'s, R: BelongsToRelation> BelongsToMut<'s, R>
where
    R::Target: Model,
{
    /// Lets the source refer to `target`. Sends one `UPDATE` that writes the foreign key only; the struct changes once
    /// the row has.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the source has no row; [`Error::ForeignKeyViolation`] if the target has none.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Post { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[belongs_to(Post)] struct Comment { id: i64, post_id: Option<i64> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Comment)>(&db).await?;
    /// # let mut comment = Comment::create().insert(&db).await?;
    /// # let post = Post::create().insert(&db).await?;
    /// comment.post_mut().associate(&post, &db).await?;
    /// assert_eq!(comment.post_id, Some(post.id));
    /// # Ok(()) }
    /// ```
    pub fn associate<'e: 's, E: Executor<'e>>(self, target: &'s R::Target, db: E) -> BoxFuture<'s, Result<()>> {
        let new = Some(foreign_key_to(R::PAIRS, target));
        self.write(new, Vec::new(), move |source| link(R::PAIRS, target, source), db)
    }

    /// Changes the struct as [`associate`](Self::associate) does, and sends nothing: save it yourself.
    pub fn associate_in_memory(self, target: &R::Target) {
        link(R::PAIRS, target, self.0);
    }

    /// Sets the foreign key to NULL, if it refers to `target`. Sends one `UPDATE`; no row is deleted.
    ///
    /// # Errors
    /// [`Error::NotAssociated`] if the source's row does not refer to `target`.
    #[doc(alias = "dessociate")]
    pub fn dissociate<'e: 's, E: Executor<'e>>(self, target: &R::Target, db: E) -> BoxFuture<'s, Result<()>>
    where
        R::Nullability: Nullable,
    {
        self.write(None, foreign_key_to(R::PAIRS, target), |source| unlink(R::PAIRS, source), db)
    }

    /// Changes the struct as [`dissociate`](Self::dissociate) does, and sends nothing: save it yourself.
    ///
    /// # Errors
    /// [`Error::NotAssociated`] if the source does not refer to `target`.
    #[doc(alias = "dessociate_in_memory")]
    pub fn dissociate_in_memory(self, target: &R::Target) -> Result<()>
    where
        R::Nullability: Nullable,
    {
        if !is_linked(R::PAIRS, target, self.0) {
            return Err(not_associated::<R::Source>(R::NAME, &[self.0.key()]));
        }
        unlink(R::PAIRS, self.0);
        Ok(())
    }

    /// Sets the foreign key to NULL, whatever it refers to. Sends one `UPDATE`; no row is deleted.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the source has no row.
    pub fn unlink<'e: 's, E: Executor<'e>>(self, db: E) -> BoxFuture<'s, Result<()>>
    where
        R::Nullability: Nullable,
    {
        self.write(None, Vec::new(), |source| unlink(R::PAIRS, source), db)
    }

    /// Changes the struct as [`unlink`](Self::unlink) does, and sends nothing: save it yourself.
    pub fn unlink_in_memory(self)
    where
        R::Nullability: Nullable,
    {
        unlink(R::PAIRS, self.0);
    }

    fn write<'e: 's, E: Executor<'e>>(
        self,
        new: Option<Vec<Equal>>,
        old: Vec<Equal>,
        change: impl FnOnce(&mut R::Source) + Send + 's,
        db: E,
    ) -> BoxFuture<'s, Result<()>> {
        let update = ForeignKeyUpdate::new(R::NAME, R::PAIRS, new, old);
        let lease = db.lease();
        Box::pin(async move {
            let key = self.0.key();
            let arguments = [R::Source::KEY.arguments(&key)];
            update.run(lease, &arguments).await?;
            change(self.0);
            Ok(())
        })
    }
}
