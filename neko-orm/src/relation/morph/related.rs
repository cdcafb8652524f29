//! Relations to several models in the closures of queries.

use std::fmt;
use std::marker::PhantomData;

use futures_core::future::BoxFuture;

use super::{KindOf, Kinds, Loaded, MorphRelation};
use crate::Model;
use crate::error::{Error, Result};
use crate::node::Alias;
use crate::query::{Loader, ReadAhead, Reader, Scoping, Start};
use crate::relation::belongs_to::Found;
use crate::relation::foreign_key::has_key;
use crate::relation::{Related, RelatedOne};

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

    fn read_ahead(&self, start: Start<'_, R::Source>, ahead: &mut ReadAhead) {
        R::Kinds::read_ahead(start, self.1, ahead);
    }

    fn load<'l>(
        &'l self,
        sources: &'l [&'l R::Source],
        reader: &'l mut Reader<'_>,
    ) -> BoxFuture<'l, Result<Vec<Self::Output>>> {
        let loaded = load_all::<R>(sources, self.1, reader);
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

    fn read_ahead(&self, start: Start<'_, R::Source>, ahead: &mut ReadAhead) {
        R::Kinds::read_ahead(start, self.0.1, ahead);
    }

    fn load<'l>(
        &'l self,
        sources: &'l [&'l R::Source],
        reader: &'l mut Reader<'_>,
    ) -> BoxFuture<'l, Result<Vec<Self::Output>>> {
        load_all::<R>(sources, self.0.1, reader)
    }
}

pub(super) fn load_all<'l, R: MorphRelation>(
    sources: &'l [&'l R::Source],
    scoping: Scoping,
    reader: &'l mut Reader<'_>,
) -> BoxFuture<'l, Result<Vec<Option<R::Target>>>> {
    let pairs = <R::Kinds as Kinds<R>>::First::KIND.pairs;
    for source in sources {
        let tag = R::TAG.tag(source).filter(|tag| !R::Kinds::tags().contains(tag));
        if let Some(tag) = tag.filter(|_| has_key(pairs, source)) {
            return Box::pin(std::future::ready(Err(unknown::<R>(source, tag))));
        }
    }
    R::Kinds::load(sources, scoping, reader)
}

#[cold]
fn unknown<R: MorphRelation>(source: &R::Source, tag: &str) -> Error {
    let (source_table, source_key) = (R::Source::TABLE.name, format!("{:?}", source.key()));
    Error::UnknownTag { relation: R::NAME, source_table, source_key, tag: tag.to_owned() }
}
