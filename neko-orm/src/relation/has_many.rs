//! 1-to-many: the targets hold the foreign key.

use std::fmt;

use futures_core::future::BoxFuture;

use super::foreign_key::{KeyPair, Reference, foreign_key_to, is_linked, link, not_associated, unlink};
use super::update::ForeignKeyUpdate;
use super::{Relation, Targets, show};
use crate::Model;
use crate::create::Builder;
use crate::error::Result;
use crate::executor::Executor;
use crate::field::Nullable;
use crate::key::{self, KeyColumns as _};
use crate::query::{Equal, Origin, Query};

/// A relation declared by `#[has_many(..)]`.
#[diagnostic::on_unimplemented(
    message = "this relation leads to one row, not to several",
    label = "this is about relations to several rows",
    note = "ask a `belongs_to` relation with `is(..)`, and read across it with `map(..)`"
)]
pub trait HasManyRelation: Relation {
    /// The source's key and the foreign key in the target.
    #[doc(hidden)]
    const PAIRS: &'static [&'static dyn KeyPair<Self::Source, Self::Target>];
}

/// What a relation must know of the foreign key in its target `T`. Generic over the target, so that a missing column is
/// reported where the relation is declared and nowhere else.
pub trait ForeignKeyOf<T> {
    /// Whether the foreign key can be NULL.
    type Nullability;
    /// The target's builder with the foreign key set.
    type Create: Builder;
}

/// The targets of a source: the handle that a `#[has_many(..)]` method returns.
///
/// It is a [`Query`] of the related rows, and has the verbs that change them.
pub type HasMany<'s, R> = Query<<R as Relation>::Target, OwnerOf<'s, R>>;

/// The origin of a query for the rows that refer to a source.
pub struct OwnerOf<'s, R: Relation>(&'s R::Source);

/// The handle for the rows that refer to `source`; called by generated code.
pub fn has_many<R: Relation>(source: &R::Source) -> HasMany<'_, R> {
    Query::from_origin(OwnerOf(source))
}

/// The foreign key of the relation; called by way of generated code.
#[must_use]
pub fn has_many_reference<R: HasManyRelation>() -> Option<Reference> {
    Reference::of(R::PAIRS)
}

impl<R: Relation> fmt::Debug for OwnerOf<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::<R>(self.0, f)
    }
}

impl<R: Relation> Clone for OwnerOf<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Relation> Copy for OwnerOf<'_, R> {}

impl<R: HasManyRelation> Origin<R::Target> for OwnerOf<'_, R> {
    fn conditions(&self) -> Option<Vec<Equal>> {
        Some(foreign_key_to(R::PAIRS, self.0))
    }
}

impl<'s, R: HasManyRelation> Query<R::Target, OwnerOf<'s, R>>
where
    R::Target: Model,
{
    /// Starts a new target whose foreign key refers to the source already. Sends nothing.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment)] struct Post { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Comment { id: i64, post_id: Option<i64>, body: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Comment)>(&db).await?;
    /// # let post = Post::create().insert(&db).await?;
    /// let comment = post.comments().create().body("Nice").insert(&db).await?;
    /// assert_eq!(comment.post_id, Some(post.id));
    /// # Ok(()) }
    /// ```
    pub fn create(&self) -> R::Create
    where
        R: ForeignKeyOf<R::Target, Create: Builder<Model = R::Target>>,
    {
        let mut values = R::Target::UNSET;
        for pair in R::PAIRS {
            pair.fill(self.origin.0, &mut values);
        }
        R::Create::from_values(values)
    }

    /// Lets one or many targets refer to the source: all of them, or none.
    ///
    /// Sends one `UPDATE` that writes the foreign key only; for several targets in a transaction or savepoint. The
    /// structs change once the database has agreed. A target that is given twice counts once; for no targets, nothing
    /// is sent.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound) names the targets that have no row; nothing is changed then.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment)] struct Post { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Comment { id: i64, post_id: Option<i64> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Comment)>(&db).await?;
    /// # let post = Post::create().insert(&db).await?;
    /// # let mut a = Comment::create().insert(&db).await?;
    /// # let mut b = Comment::create().insert(&db).await?;
    /// post.comments().associate(&mut a, &db).await?;
    /// post.comments().associate([&mut a, &mut b], &db).await?;
    /// assert_eq!(b.post_id, Some(post.id));
    /// # Ok(()) }
    /// ```
    pub fn associate<'c, 'e: 'c, E: Executor<'e>>(
        &self,
        targets: impl Targets<'c, R::Target>,
        db: E,
    ) -> BoxFuture<'c, Result<()>>
    where
        's: 'c,
    {
        let source = self.origin.0;
        let new = Some(foreign_key_to(R::PAIRS, source));
        let update = ForeignKeyUpdate::new(R::NAME, R::PAIRS, new, Vec::new());
        write(update, targets.into_refs(), move |target| link(R::PAIRS, source, target), db)
    }

    /// Changes the structs as [`associate`](Self::associate) does, and sends nothing: save them yourself.
    pub fn associate_in_memory<'t>(&self, targets: impl Targets<'t, R::Target>)
    where
        R::Target: 't,
    {
        targets.into_refs().into_iter().for_each(|target| link(R::PAIRS, self.origin.0, target));
    }

    /// Sets the foreign key of one or many targets to NULL: of all of them, or of none. No row is deleted.
    ///
    /// Sends one `UPDATE` that writes the foreign key only; for several targets in a transaction or savepoint. Of a
    /// composite foreign key, the columns that can be NULL are set. Otherwise as [`associate`](Self::associate).
    ///
    /// # Errors
    /// [`Error::NotAssociated`](crate::Error::NotAssociated) names the targets whose rows do not refer to the source; nothing is changed then.
    #[doc(alias = "dessociate")]
    pub fn dissociate<'c, 'e: 'c, E: Executor<'e>>(
        &self,
        targets: impl Targets<'c, R::Target>,
        db: E,
    ) -> BoxFuture<'c, Result<()>>
    where
        R: ForeignKeyOf<R::Target, Nullability: Nullable>,
    {
        let old = foreign_key_to(R::PAIRS, self.origin.0);
        let update = ForeignKeyUpdate::new(R::NAME, R::PAIRS, None, old);
        write(update, targets.into_refs(), |target| unlink(R::PAIRS, target), db)
    }

    /// Changes the structs as [`dissociate`](Self::dissociate) does, and sends nothing: save them yourself.
    ///
    /// # Errors
    /// [`Error::NotAssociated`](crate::Error::NotAssociated) names the targets that do not refer to the source; no struct is changed then.
    #[doc(alias = "dessociate_in_memory")]
    pub fn dissociate_in_memory<'t>(&self, targets: impl Targets<'t, R::Target>) -> Result<()>
    where
        R: ForeignKeyOf<R::Target, Nullability: Nullable>,
    {
        let targets = targets.into_refs();
        let strangers: Vec<_> = targets
            .iter()
            .filter(|target| !is_linked(R::PAIRS, self.origin.0, target))
            .map(|target| target.key())
            .collect();
        if !strangers.is_empty() {
            return Err(not_associated::<R::Target>(R::NAME, &strangers));
        }
        targets.into_iter().for_each(|target| unlink(R::PAIRS, target));
        Ok(())
    }
}

/// Changes the rows, and then the structs.
fn write<'c, 'e: 'c, C: Model, E: Executor<'e>>(
    update: ForeignKeyUpdate,
    targets: Vec<&'c mut C>,
    change: impl Fn(&mut C) + Send + 'c,
    db: E,
) -> BoxFuture<'c, Result<()>> {
    if targets.is_empty() {
        return Box::pin(std::future::ready(Ok(())));
    }
    let keys = key::distinct(targets.iter().map(|target| target.key()));
    let lease = db.lease();
    Box::pin(async move {
        let arguments: Vec<_> = keys.iter().map(|key| C::KEY.arguments(key)).collect();
        update.run(lease, &arguments).await?;
        targets.into_iter().for_each(change);
        Ok(())
    })
}
