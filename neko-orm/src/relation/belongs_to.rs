//! Many-to-1: the source holds the foreign key.

use std::fmt;

use futures_core::future::BoxFuture;

use super::foreign_key::{Pairs, foreign_key_to, is_linked, link, not_associated, unlink};
use super::load::numbers::Side;
use super::update::ForeignKeyUpdate;
use super::{InSource, One, RelatedTo, Relation, show};
use crate::Model;
use crate::backend::Value;
use crate::column::Table;
use crate::error::{Error, Result};
use crate::executor::{Executor, RowByRow};
use crate::field::{Nullability, Nullable};
use crate::key::{self, KeyColumns as _, KeyOf};
use crate::query::{self, Equal, Query, made};

/// A relation whose source holds the foreign key.
pub trait BelongsToRelation:
    Relation<Way: HeldBySource<<Self as Relation>::Source, <Self as Relation>::Target>>
{
}

impl<R: Relation<Way: HeldBySource<<R as Relation>::Source, <R as Relation>::Target>>> BelongsToRelation for R {}

/// The way of such a relation, whether the foreign key may be NULL or not.
pub trait HeldBySource<S: 'static, T: 'static> {
    /// Whether the source may refer to nothing.
    type Nullability: Found;

    #[doc(hidden)]
    fn pairs(&self) -> Pairs<T, S>;
}

impl<S, T, const NULLABLE: bool> HeldBySource<S, T> for InSource<S, T, NULLABLE>
where
    Nullability<NULLABLE>: Found,
{
    type Nullability = Nullability<NULLABLE>;

    fn pairs(&self) -> Pairs<T, S> {
        self.pairs
    }
}

/// Whether the source of a relation may refer to nothing.
pub(super) type NullabilityOf<R> =
    <<R as Relation>::Way as HeldBySource<<R as Relation>::Source, <R as Relation>::Target>>::Nullability;

/// What `get` returns: `Option<T>` where the foreign key can be NULL, otherwise `T`.
pub trait Found {
    /// The result for targets of type `T`.
    type Of<T: Send>: Send;

    /// Whether there must be a target.
    #[doc(hidden)]
    const IS_NEEDED: bool;

    /// The result, or the error if there must be a target.
    #[doc(hidden)]
    fn found<T: Send>(target: Option<T>, missing: impl FnOnce() -> Error) -> Result<Self::Of<T>>;
}

impl Found for Nullability<true> {
    type Of<T: Send> = Option<T>;

    const IS_NEEDED: bool = false;

    fn found<T: Send>(target: Option<T>, _missing: impl FnOnce() -> Error) -> Result<Option<T>> {
        Ok(target)
    }
}

impl Found for Nullability<false> {
    type Of<T: Send> = T;

    const IS_NEEDED: bool = true;

    fn found<T: Send>(target: Option<T>, missing: impl FnOnce() -> Error) -> Result<T> {
        target.ok_or_else(missing)
    }
}

/// The target of a source: the handle that a `#[belongs_to(..)]` method returns.
///
/// It is a [`Query`] of at most one row, and has [`get`](Query::get).
pub type BelongsTo<'s, R> = Query<<R as Relation>::Target, RelatedTo<'s, R, One>>;

/// The handle for the row that `source` refers to; called by generated code.
pub fn belongs_to<R: Relation>(source: &R::Source) -> BelongsTo<'_, R> {
    Query::from_origin(RelatedTo::new(source))
}

impl<'s, R: BelongsToRelation> Query<R::Target, RelatedTo<'s, R, One>>
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
    pub fn get<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<<NullabilityOf<R> as Found>::Of<R::Target>>> {
        let source = self.origin.source;
        let source_key = source.key();
        let target_key = if NullabilityOf::<R>::IS_NEEDED { target_key::<R>(source) } else { Vec::new() };
        made::made(self.to_vec(RowByRow(db)), move |mut targets| {
            let target = targets.pop();
            match targets.is_empty() {
                true => NullabilityOf::<R>::found(target, || missing::<R>(&source_key, &target_key)),
                false => Err(several::<R>(&source_key)),
            }
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
impl<R: BelongsToRelation> Query<R::Target, RelatedTo<'_, R, One>> {
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

/// The key of the target that a source refers to.
pub(super) fn target_key<R: BelongsToRelation>(source: &R::Source) -> Vec<Box<dyn Value>> {
    let mut key = Vec::new();
    for pair in R::WAY.pairs() {
        add_part(&mut key, pair.argument(Side::Child(source)));
    }
    key
}

// Not generic over the relation: compiled once.
fn add_part(key: &mut Vec<Box<dyn Value>>, part: Option<&dyn Value>) {
    key.extend(part.map(Value::boxed));
}

#[cold]
pub(super) fn missing<R: Relation<Target: Model>>(
    source_key: &KeyOf<R::Source>,
    target_key: &[Box<dyn Value>],
) -> Error {
    Error::MissingTarget {
        relation: R::NAME,
        source_table: R::Source::TABLE.name,
        source_key: format!("{source_key:?}"),
        target_table: R::Target::TABLE.name,
        target_key: key::describe(target_key.iter().map(|part| &**part)),
        is_scoped: R::SCOPE.is_some() || R::Target::SCOPE.is_some(),
    }
}

#[cold]
pub(super) fn several<R: Relation<Target: Model>>(source_key: &KeyOf<R::Source>) -> Error {
    several_targets(R::NAME, R::Source::TABLE, source_key, R::Target::TABLE)
}

// Not generic over the relation: compiled once.
fn several_targets(relation: &'static str, source: &Table, key: &dyn fmt::Debug, target: &Table) -> Error {
    Error::SeveralTargets {
        relation,
        source_table: source.name,
        source_key: format!("{key:?}"),
        target_table: target.name,
    }
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
        let new = Some(foreign_key_to(R::WAY.pairs(), target));
        self.write(new, Vec::new(), move |source| link(R::WAY.pairs(), target, source), db)
    }

    /// Changes the struct as [`associate`](Self::associate) does, and sends nothing: save it yourself.
    pub fn associate_in_memory(self, target: &R::Target) {
        link(R::WAY.pairs(), target, self.0);
    }

    /// Sets the foreign key to NULL, if it refers to `target`. Sends one `UPDATE`; no row is deleted.
    ///
    /// # Errors
    /// [`Error::NotAssociated`] if the source's row does not refer to `target`.
    #[doc(alias = "dessociate")]
    pub fn dissociate<'e: 's, E: Executor<'e>>(self, target: &R::Target, db: E) -> BoxFuture<'s, Result<()>>
    where
        NullabilityOf<R>: Nullable,
    {
        self.write(None, foreign_key_to(R::WAY.pairs(), target), |source| unlink(R::WAY.pairs(), source), db)
    }

    /// Changes the struct as [`dissociate`](Self::dissociate) does, and sends nothing: save it yourself.
    ///
    /// # Errors
    /// [`Error::NotAssociated`] if the source does not refer to `target`.
    #[doc(alias = "dessociate_in_memory")]
    pub fn dissociate_in_memory(self, target: &R::Target) -> Result<()>
    where
        NullabilityOf<R>: Nullable,
    {
        if !is_linked(R::WAY.pairs(), target, self.0) {
            return Err(not_associated::<R::Source>(R::NAME, &[self.0.key()]));
        }
        unlink(R::WAY.pairs(), self.0);
        Ok(())
    }

    /// Sets the foreign key to NULL, whatever it refers to. Sends one `UPDATE`; no row is deleted.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the source has no row.
    pub fn unlink<'e: 's, E: Executor<'e>>(self, db: E) -> BoxFuture<'s, Result<()>>
    where
        NullabilityOf<R>: Nullable,
    {
        self.write(None, Vec::new(), |source| unlink(R::WAY.pairs(), source), db)
    }

    /// Changes the struct as [`unlink`](Self::unlink) does, and sends nothing: save it yourself.
    pub fn unlink_in_memory(self)
    where
        NullabilityOf<R>: Nullable,
    {
        unlink(R::WAY.pairs(), self.0);
    }

    fn write<'e: 's, E: Executor<'e>>(
        self,
        new: Option<Vec<Equal>>,
        old: Vec<Equal>,
        change: impl FnOnce(&mut R::Source) + Send + 's,
        db: E,
    ) -> BoxFuture<'s, Result<()>> {
        write_source(self.0, ForeignKeyUpdate::new(R::NAME, R::WAY.pairs(), new, old), change, db)
    }
}

/// Changes the row of a source, and then the struct.
pub(super) fn write_source<'s, 'e: 's, S: Model, E: Executor<'e>>(
    source: &'s mut S,
    update: ForeignKeyUpdate,
    change: impl FnOnce(&mut S) + Send + 's,
    db: E,
) -> BoxFuture<'s, Result<()>> {
    let lease = db.lease();
    Box::pin(async move {
        let key = source.key();
        let arguments = S::KEY.arguments(&key);
        update.run(lease, key::rows::<S>(&arguments)).await?;
        change(source);
        Ok(())
    })
}
