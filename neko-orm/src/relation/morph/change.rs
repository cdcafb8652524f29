//! Changes of which row a source refers to, of one of several models.

use std::fmt;

use futures_core::future::BoxFuture;

use super::{KindOf, Kinds, MorphRelation, show};
use crate::Model;
use crate::error::Result;
use crate::executor::Executor;
use crate::field::Nullable;
use crate::relation::belongs_to::write_source;
use crate::relation::foreign_key::{foreign_key_to, is_linked, link, not_associated, unlink};
use crate::relation::update::ForeignKeyUpdate;

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
    /// [`Error::NotFound`](crate::Error::NotFound) if the source has no row. No database checks that the target has one.
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
    /// [`Error::NotAssociated`](crate::Error::NotAssociated) if the source's row does not refer to `target`.
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
    /// [`Error::NotAssociated`](crate::Error::NotAssociated) if the source does not refer to `target`.
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
    /// [`Error::NotFound`](crate::Error::NotFound) if the source has no row.
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
