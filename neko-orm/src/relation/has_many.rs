//! 1-to-many: the targets hold the foreign key.

use futures_core::future::BoxFuture;

use super::foreign_key::{foreign_key_to, is_linked, link, not_associated, unlink};
use super::replace::Replacement;
use super::update::ForeignKeyUpdate;
use super::{Changes, InTarget, Many, RelatedTo, Relation, Targets};
use crate::Model;
use crate::create::Builder;
use crate::error::Result;
use crate::executor::Executor;
use crate::field::Nullable;
use crate::key::{self, KeyOf};
use crate::query::Query;

/// A relation whose targets hold the foreign key.
pub trait HasManyRelation: Relation<Way = InTarget<<Self as Relation>::Source, <Self as Relation>::Target>> {}

impl<R: Relation<Way = InTarget<<R as Relation>::Source, <R as Relation>::Target>>> HasManyRelation for R {}

/// What a relation must know of the foreign key in its target, of which `B` builds new rows. Generic over the builder, so that a
/// missing column is reported where the relation is declared and nowhere else.
pub trait ForeignKeyOf<B> {
    /// Whether the foreign key can be NULL.
    type Nullability;
    /// The builder with the foreign key set.
    type Create: Builder;
}

/// The targets of a source: the handle that a `#[has_many(..)]` method returns.
///
/// It is a [`Query`] of the related rows, and has the verbs that change them.
pub type HasMany<'s, R> = Query<<R as Relation>::Target, RelatedTo<'s, R, Many>>;

/// The handle for the rows that refer to `source`; called by generated code.
pub fn has_many<R: Relation>(source: &R::Source) -> HasMany<'_, R> {
    Query::from_origin(RelatedTo::new(source))
}

impl<'s, R: HasManyRelation> Query<R::Target, RelatedTo<'s, R, Many>>
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
        R: ForeignKeyOf<<R::Target as Model>::Create, Create: Builder<Model = R::Target>>,
    {
        let mut values = R::Target::UNSET;
        for pair in R::WAY.pairs {
            pair.fill(self.origin.source, &mut values);
        }
        R::Create::from_values(values)
    }

    /// Lets one or many targets refer to the source: all of them, or none.
    ///
    /// Sends one `UPDATE` that writes the foreign key only; for several targets in a transaction or savepoint, except on PostgreSQL, where the
    /// statement itself makes sure that it changes all or none. The structs change once the database has agreed. A target that is given twice counts once; for no targets, nothing
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
        let source = self.origin.source;
        let new = Some(foreign_key_to(R::WAY.pairs, source));
        let update = ForeignKeyUpdate::new(R::NAME, R::WAY.pairs, new, Vec::new());
        write(update, targets.into_refs(), move |target| link(R::WAY.pairs, source, target), db)
    }

    /// Changes the structs as [`associate`](Self::associate) does, and sends nothing: save them yourself.
    pub fn associate_in_memory<'t>(&self, targets: impl Targets<'t, R::Target>)
    where
        R::Target: 't,
    {
        targets.into_refs().into_iter().for_each(|target| link(R::WAY.pairs, self.origin.source, target));
    }

    /// Sets the foreign key of one or many targets to NULL: of all of them, or of none. No row is deleted.
    ///
    /// Sends one `UPDATE` that writes the foreign key only. Of a composite foreign key, the columns that can be NULL are set. Otherwise as [`associate`](Self::associate).
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
        R: ForeignKeyOf<<R::Target as Model>::Create, Nullability: Nullable>,
    {
        let old = foreign_key_to(R::WAY.pairs, self.origin.source);
        let update = ForeignKeyUpdate::new(R::NAME, R::WAY.pairs, None, old);
        write(update, targets.into_refs(), |target| unlink(R::WAY.pairs, target), db)
    }

    /// Makes one or many targets the only ones of the source, all at once or not at all, and returns what that has changed. Targets that are
    /// the source's already are not written, and neither is anything else: the same targets again change nothing.
    ///
    /// What becomes of a target that is replaced is what the relation declares: `on_replace = set_null` sets its foreign key to NULL,
    /// `on_replace = delete` deletes its row, and without a word the call is refused.
    ///
    /// Sends one `SELECT` of the keys that are there, and where they differ one `UPDATE` or `DELETE` of those that are replaced and then one
    /// `UPDATE` of those that are new, in a transaction or savepoint; a unique value can move from the ones to the others. Where the
    /// relation or its target has a scope, rows outside of it stay. The structs change once the database has agreed; other structs of
    /// replaced targets are left as they were.
    ///
    /// # Errors
    /// [`Error::WouldReplace`](crate::Error::WouldReplace) names the targets that would be replaced where the relation says nothing of them;
    /// [`Error::NotFound`](crate::Error::NotFound) those given that have no row. Nothing is changed then.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// #[derive(Debug, Clone, PartialEq, Model)]
    /// #[has_many(Comment, on_replace = set_null)]
    /// struct Post { id: i64 }
    ///
    /// #[derive(Debug, Clone, PartialEq, Model)]
    /// struct Comment { id: i64, post_id: Option<i64> }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Comment)>(&db).await?;
    /// # let post = Post::create().insert(&db).await?;
    /// let mut first = post.comments().create().insert(&db).await?;
    /// let mut second = post.comments().create().insert(&db).await?;
    /// let mut third = Comment::create().insert(&db).await?;
    /// let changes = post.comments().set([&mut second, &mut third], &db).await?;
    /// assert_eq!((changes.associated, changes.dissociated), (vec![third.id], vec![first.id]));
    /// first.refresh(&db).await?;
    /// assert_eq!((first.post_id, third.post_id), (None, Some(post.id)));
    /// # Ok(()) }
    /// ```
    #[doc(alias = "replace", alias = "sync")]
    pub fn set<'c, 'e: 'c, E: Executor<'e>>(
        &self,
        targets: impl Targets<'c, R::Target>,
        db: E,
    ) -> BoxFuture<'c, Result<Changes<KeyOf<R::Target>>>>
    where
        's: 'c,
    {
        let (source, targets) = (self.origin.source, targets.into_refs());
        let to_source = || foreign_key_to(R::WAY.pairs, source);
        let replacement = Replacement::<R::Target> {
            relation: R::NAME,
            on_replace: R::WAY.on_replace,
            current: self.keys(db.dialect()),
            wanted: key::distinct(targets.iter().map(|target| target.key())),
            leave: ForeignKeyUpdate::new(R::NAME, R::WAY.pairs, None, to_source()),
            come: ForeignKeyUpdate::new(R::NAME, R::WAY.pairs, Some(to_source()), Vec::new()),
        };
        let lease = db.lease();
        Box::pin(async move {
            let changes = replacement.run(lease).await?;
            targets.into_iter().for_each(|target| link(R::WAY.pairs, source, target));
            Ok(changes)
        })
    }

    /// Changes the structs as [`dissociate`](Self::dissociate) does, and sends nothing: save them yourself.
    ///
    /// # Errors
    /// [`Error::NotAssociated`](crate::Error::NotAssociated) names the targets that do not refer to the source; no struct is changed then.
    #[doc(alias = "dessociate_in_memory")]
    pub fn dissociate_in_memory<'t>(&self, targets: impl Targets<'t, R::Target>) -> Result<()>
    where
        R: ForeignKeyOf<<R::Target as Model>::Create, Nullability: Nullable>,
    {
        let targets = targets.into_refs();
        let strangers: Vec<_> = targets
            .iter()
            .filter(|target| !is_linked(R::WAY.pairs, self.origin.source, target))
            .map(|target| target.key())
            .collect();
        if !strangers.is_empty() {
            return Err(not_associated::<R::Target>(R::NAME, &strangers));
        }
        targets.into_iter().for_each(|target| unlink(R::WAY.pairs, target));
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
        let arguments = key::arguments::<C>(&keys);
        update.run(lease, key::rows::<C>(&arguments)).await?;
        targets.into_iter().for_each(change);
        Ok(())
    })
}
