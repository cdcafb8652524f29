//! To a row of one of several models: `#[morph_to(Commentable { Post, Image })]`.

mod change;
pub(in crate::relation) mod kinds;
mod related;

use std::fmt;
use std::marker::PhantomData;

pub use change::{MorphToMut, morph_to_mut};
use futures_core::future::BoxFuture;
use related::load_all;
pub use related::{OfOneModel, OptionalMorph, RelatedMorph};

use super::belongs_to::Found;
use super::reference::Reference;
use super::tag::TagColumn;
use super::{BelongsTo, InSource, KindFacts, Kinds, RelatedTo, Relation};
use crate::Model;
use crate::error::Result;
use crate::executor::{Executor, Reads};
use crate::query::{Query, Reader, Scoping};

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
    /// [`Error::UnknownTag`](crate::Error::UnknownTag) where the column of the type names none of the models; [`Error::MissingTarget`](crate::Error::MissingTarget) where the columns are not `Option`s and
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
            let found = load_all::<R>(&[source], scoping, &mut Reader::new(lease.connection(), Reads::RowByRow))
                .await?
                .pop()
                .flatten();
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

/// The foreign key of the relation, once for each of its models; called by way of generated code.
#[must_use]
pub fn morph_references<R: MorphRelation>() -> Vec<Reference> {
    R::Kinds::references()
}
