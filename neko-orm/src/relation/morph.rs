//! To a row of one of several models: `#[morph_to(Commentable { Post, Image })]`.

use std::fmt;
use std::marker::PhantomData;

use futures_core::future::BoxFuture;

use super::belongs_to::{Found, write_source};
use super::foreign_key::{foreign_key_to, has_key, is_linked, link, not_associated, unlink};
use super::reference::Reference;
use super::tag::TagColumn;
use super::update::ForeignKeyUpdate;
use super::{BelongsTo, InSource, KindFacts, Kinds, Related, RelatedOne, RelatedTo, Relation};
use crate::Model;
use crate::backend::Connection;
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::field::Nullable;
use crate::node::Alias;
use crate::query::{Loader, Query, Scoping};

/// A relation declared by `#[morph_to(..)]`.
pub trait MorphRelation: Sized + 'static {
    /// The model that declares the relation.
    type Source: Model;
    /// The enum of what it leads to.
    type Target: Send + 'static;
    /// The models, as a tuple.
    type Kinds: Kinds<Self>;
    /// Whether the source may refer to nothing.
    type Nullability: Found;
    /// The relation's name, which is that of its method.
    const NAME: &'static str;
    /// The column that says which of the models it is.
    #[doc(hidden)]
    const TAG: &'static dyn TagColumn<Self::Source>;
}

/// What a source leads to: the enum, or an `Option` of it.
type Loaded<R> = <<R as MorphRelation>::Nullability as Found>::Of<<R as MorphRelation>::Target>;

/// A model that the relation `R` can lead to.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is none of the models that this relation leads to",
    label = "not a model of this relation",
    note = "add it to the braces of the relation's `#[morph_to(..)]`"
)]
pub trait KindOf<R: MorphRelation>: Sized + Send + Sync + 'static {
    /// The part of the relation that leads to this model. Named by way of the trait, so that what is none of the models has no methods that
    /// could be missing too.
    type Relation: Relation<Source = R::Source, Target = Self>;

    #[doc(hidden)]
    const KIND: KindFacts<R, Self>;

    /// The row as one of the enum.
    #[doc(hidden)]
    fn wrap(self) -> R::Target;
}

/// The part of a relation to several models that leads to the model `M`.
#[derive(Debug)]
pub struct OfKind<R, M>(PhantomData<fn() -> (R, M)>);

impl<R: MorphRelation, M: KindOf<R>> Relation for OfKind<R, M> {
    type Source = R::Source;
    type Target = M;
    type Way = InSource<R::Source, M, true>;
    const NAME: &'static str = R::NAME;
    const WAY: Self::Way = InSource::new(M::KIND.pairs);
}

/// The row that a source refers to: the handle that a `#[morph_to(..)]` method returns.
#[must_use = "a handle does nothing by itself"]
pub struct MorphTo<'s, R: MorphRelation>(&'s R::Source, Scoping);

/// The handle for the row that `source` refers to; called by generated code.
pub fn morph_to<R: MorphRelation>(source: &R::Source) -> MorphTo<'_, R> {
    MorphTo(source, Scoping::Scoped)
}

fn show<R: MorphRelation>(source: &R::Source, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{}.{} of {:?}", R::Source::TABLE.name, R::NAME, source.key())
}

impl<R: MorphRelation> fmt::Debug for MorphTo<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::<R>(self.0, f)
    }
}

impl<'s, R: MorphRelation> MorphTo<'s, R> {
    /// The row, as the enum of the relation's models: an `Option` where the two columns are, otherwise the enum itself.
    ///
    /// Sends one `SELECT` from the table that the column of the type names, and nothing where the columns are NULL.
    ///
    /// # Errors
    /// [`Error::UnknownTag`] where the column of the type names none of the models; [`Error::MissingTarget`] where the columns are not `Option`s and
    /// there is no such row.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment, morph = commentable)] struct Post { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment, morph = commentable)] struct Image { id: i64 }
    /// #[derive(Debug, Clone, PartialEq, Model)]
    /// #[morph_to(Commentable { Post, Image })]
    /// struct Comment { id: i64, commentable_id: Option<i64>, commentable_type: Option<String> }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Image, Comment)>(&db).await?;
    /// # let image = Image::create().insert(&db).await?;
    /// let comment = image.comments().create().insert(&db).await?;
    /// match comment.commentable().get(&db).await? {
    ///     Some(Commentable::Image(found)) => assert_eq!(found, image),
    ///     Some(Commentable::Post(_)) | None => unreachable!(),
    /// }
    /// # Ok(()) }
    /// ```
    pub fn get<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<Loaded<R>>>
    where
        's: 'c,
    {
        let (source, scoping, lease) = (self.0, self.1, db.lease());
        Box::pin(async move {
            let mut lease = lease.await?;
            let found = load_all::<R>(&[source], scoping, &mut lease.connection()).await?.pop().flatten();
            R::Nullability::found(found, || R::Kinds::missing(source))
        })
    }

    /// Also a row that its model's default scope leaves out.
    pub fn unscoped(self) -> Self {
        Self(self.0, Scoping::Unscoped)
    }

    /// The relation to one of its models: a query of at most one row, which is none where the source refers to another model.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment, morph = commentable)] struct Post { id: i64, title: String }
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment, morph = commentable)] struct Image { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[morph_to(Commentable { Post, Image })]
    /// # struct Comment { id: i64, commentable_id: Option<i64>, commentable_type: Option<String> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Image, Comment)>(&db).await?;
    /// # let post = Post::create().title("Cats").insert(&db).await?;
    /// let comment = post.comments().create().insert(&db).await?;
    /// assert_eq!(comment.commentable().of::<Post>().get(&db).await?, Some(post));
    /// assert_eq!(comment.commentable().of::<Image>().get(&db).await?, None);
    /// # Ok(()) }
    /// ```
    pub fn of<M: KindOf<R>>(&self) -> BelongsTo<'s, M::Relation> {
        Query::from_origin(RelatedTo::new(self.0))
    }
}

/// A relation to one model in the closure of a query.
#[diagnostic::on_unimplemented(
    message = "this relation leads to rows of several models",
    label = "say first which of the models is meant",
    note = "narrow it to one of them, as in `c.commentable.of::<Post>().is(..)`"
)]
pub trait OfOneModel {}

/// What is said of one model, and has a message of its own where it is said of several: the bound is never met.
#[doc(hidden)]
impl<R> RelatedMorph<R>
where
    Self: OfOneModel,
{
    pub fn any(self) {}
    pub fn none(self) {}
    pub fn is(self) {}
    pub fn map(self) {}
    pub fn filter(self) {}
    pub fn order_by(self) {}
    pub fn count(self) {}
    pub fn exists(self) {}
    pub fn with(self) {}
}

/// A relation to several models in the closure of a query.
pub struct RelatedMorph<R>(Alias, Scoping, PhantomData<fn() -> R>);

/// A relation to several models whose row may not be there; made by [`optional`](RelatedMorph::optional).
pub struct OptionalMorph<R>(RelatedMorph<R>);

impl<R> RelatedMorph<R> {
    /// The relation of a table in a statement; called by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(alias: Alias) -> Self {
        Self(alias, Scoping::Scoped, PhantomData)
    }
}

impl<R: MorphRelation> RelatedMorph<R> {
    /// Also rows that their models' default scopes leave out.
    #[must_use]
    pub fn unscoped(self) -> Self {
        Self(self.0, Scoping::Unscoped, PhantomData)
    }

    /// In `with`, an `Option`: a row that must be there, and is not, is `None` instead of an error.
    #[must_use]
    pub fn optional(self) -> OptionalMorph<R> {
        OptionalMorph(self)
    }

    /// The relation to one of its models, to be asked and loaded like any other relation to one row:
    /// `c.commentable.of::<Post>().is(|p| p.title.ne(""))`.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment, morph = commentable)] struct Post { id: i64, title: String }
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment, morph = commentable)] struct Image { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[morph_to(Commentable { Post, Image })]
    /// # struct Comment { id: i64, commentable_id: Option<i64>, commentable_type: Option<String> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Image, Comment)>(&db).await?;
    /// # let post = Post::create().title("Cats").insert(&db).await?;
    /// let on_cats = Comment::query().filter(|c| c.commentable.of::<Post>().is(|p| p.title.eq("Cats"))).count(&db).await?;
    /// let posts: Vec<(Comment, Option<Post>)> = Comment::query().with(|c| c.commentable.of::<Post>()).to_vec(&db).await?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn of<M: KindOf<R>>(self) -> RelatedOne<M::Relation> {
        Related::new(self.0)
    }
}

impl<R> Clone for RelatedMorph<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for RelatedMorph<R> {}

impl<R: MorphRelation> fmt::Debug for RelatedMorph<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", R::Source::TABLE.name, R::NAME)
    }
}

impl<R: MorphRelation> fmt::Debug for OptionalMorph<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<R: MorphRelation> Loader<R::Source> for RelatedMorph<R> {
    type Output = Loaded<R>;

    fn load<'l>(
        &'l self,
        sources: &'l [&'l R::Source],
        connection: &'l mut Connection<'_>,
    ) -> BoxFuture<'l, Result<Vec<Self::Output>>> {
        let loaded = load_all::<R>(sources, self.1, connection);
        Box::pin(async move {
            let mut found = Vec::with_capacity(sources.len());
            for (target, source) in loaded.await?.into_iter().zip(sources) {
                found.push(R::Nullability::found(target, || R::Kinds::missing(source))?);
            }
            Ok(found)
        })
    }
}

impl<R: MorphRelation> Loader<R::Source> for OptionalMorph<R> {
    type Output = Option<R::Target>;

    fn load<'l>(
        &'l self,
        sources: &'l [&'l R::Source],
        connection: &'l mut Connection<'_>,
    ) -> BoxFuture<'l, Result<Vec<Self::Output>>> {
        load_all::<R>(sources, self.0.1, connection)
    }
}

fn load_all<'l, R: MorphRelation>(
    sources: &'l [&'l R::Source],
    scoping: Scoping,
    connection: &'l mut Connection<'_>,
) -> BoxFuture<'l, Result<Vec<Option<R::Target>>>> {
    let pairs = <R::Kinds as Kinds<R>>::First::KIND.pairs;
    for source in sources {
        let tag = R::TAG.tag(source).filter(|tag| !R::Kinds::tags().contains(tag));
        if let Some(tag) = tag.filter(|_| has_key(pairs, source)) {
            return Box::pin(std::future::ready(Err(unknown::<R>(source, tag))));
        }
    }
    R::Kinds::load(sources, scoping, connection)
}

#[cold]
fn unknown<R: MorphRelation>(source: &R::Source, tag: &str) -> Error {
    let (source_table, source_key) = (R::Source::TABLE.name, format!("{:?}", source.key()));
    Error::UnknownTag { relation: R::NAME, source_table, source_key, tag: tag.to_owned() }
}

/// The foreign key of the relation, once for each of its models; called by way of generated code.
#[must_use]
pub fn morph_references<R: MorphRelation>() -> Vec<Reference> {
    R::Kinds::references()
}

/// Changes which row a source refers to: what a `.._mut()` method of `#[morph_to(..)]` returns.
///
/// Each verb changes the source, both of its columns together, and leaves the target alone.
#[must_use = "a handle does nothing by itself"]
pub struct MorphToMut<'s, R: MorphRelation>(&'s mut R::Source);

/// The handle that changes which row `source` refers to; called by generated code.
pub fn morph_to_mut<R: MorphRelation>(source: &mut R::Source) -> MorphToMut<'_, R> {
    MorphToMut(source)
}

impl<R: MorphRelation> fmt::Debug for MorphToMut<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::<R>(self.0, f)
    }
}

impl<'s, R: MorphRelation> MorphToMut<'s, R> {
    /// Lets the source refer to `target`, a row of any of the relation's models. Sends one `UPDATE` that writes the two columns only; the struct
    /// changes once the row has.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the source has no row. No database checks that the target has one.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment, morph = commentable)] struct Post { id: i64, title: String }
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment, morph = commentable)] struct Image { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[morph_to(Commentable { Post, Image })]
    /// # struct Comment { id: i64, commentable_id: Option<i64>, commentable_type: Option<String> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Image, Comment)>(&db).await?;
    /// # let image = Image::create().insert(&db).await?;
    /// # let mut comment = Comment::create().insert(&db).await?;
    /// comment.commentable_mut().associate(&image, &db).await?;
    /// assert_eq!((comment.commentable_id, comment.commentable_type.as_deref()), (Some(image.id), Some("image")));
    /// # Ok(()) }
    /// ```
    pub fn associate<'e: 's, M: KindOf<R>, E: Executor<'e>>(self, target: &'s M, db: E) -> BoxFuture<'s, Result<()>> {
        let new = Some(foreign_key_to(M::KIND.pairs, target));
        let update = ForeignKeyUpdate::new(R::NAME, M::KIND.pairs, new, Vec::new());
        write_source(self.0, update, move |source| link(M::KIND.pairs, target, source), db)
    }

    /// Changes the struct as [`associate`](Self::associate) does, and sends nothing: save it yourself.
    pub fn associate_in_memory<M: KindOf<R>>(self, target: &M) {
        link(M::KIND.pairs, target, self.0);
    }

    /// Sets the two columns to NULL, if they refer to `target`. Sends one `UPDATE`; no row is deleted.
    ///
    /// # Errors
    /// [`Error::NotAssociated`] if the source's row does not refer to `target`.
    #[doc(alias = "dessociate")]
    pub fn dissociate<'e: 's, M: KindOf<R>, E: Executor<'e>>(self, target: &M, db: E) -> BoxFuture<'s, Result<()>>
    where
        R::Nullability: Nullable,
    {
        let update = ForeignKeyUpdate::new(R::NAME, M::KIND.pairs, None, foreign_key_to(M::KIND.pairs, target));
        write_source(self.0, update, |source| unlink(M::KIND.pairs, source), db)
    }

    /// Changes the struct as [`dissociate`](Self::dissociate) does, and sends nothing: save it yourself.
    ///
    /// # Errors
    /// [`Error::NotAssociated`] if the source does not refer to `target`.
    #[doc(alias = "dessociate_in_memory")]
    pub fn dissociate_in_memory<M: KindOf<R>>(self, target: &M) -> Result<()>
    where
        R::Nullability: Nullable,
    {
        if !is_linked(M::KIND.pairs, target, self.0) {
            return Err(not_associated::<R::Source>(R::NAME, &[self.0.key()]));
        }
        unlink(M::KIND.pairs, self.0);
        Ok(())
    }

    /// Sets the two columns to NULL, whatever they refer to. Sends one `UPDATE`; no row is deleted.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the source has no row.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment, morph = commentable)] struct Post { id: i64, title: String }
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment, morph = commentable)] struct Image { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[morph_to(Commentable { Post, Image })]
    /// # struct Comment { id: i64, commentable_id: Option<i64>, commentable_type: Option<String> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Image, Comment)>(&db).await?;
    /// # let post = Post::create().title("Cats").insert(&db).await?;
    /// # let mut comment = post.comments().create().insert(&db).await?;
    /// comment.commentable_mut().unlink(&db).await?;
    /// assert_eq!((comment.commentable_id, comment.commentable_type), (None, None));
    /// # Ok(()) }
    /// ```
    pub fn unlink<'e: 's, E: Executor<'e>>(self, db: E) -> BoxFuture<'s, Result<()>>
    where
        R::Nullability: Nullable,
    {
        let pairs = <R::Kinds as Kinds<R>>::First::KIND.pairs;
        let update = ForeignKeyUpdate::new(R::NAME, pairs, None, Vec::new());
        write_source(self.0, update, move |source| unlink(pairs, source), db)
    }

    /// Changes the struct as [`unlink`](Self::unlink) does, and sends nothing: save it yourself.
    pub fn unlink_in_memory(self)
    where
        R::Nullability: Nullable,
    {
        unlink(<R::Kinds as Kinds<R>>::First::KIND.pairs, self.0);
    }
}
