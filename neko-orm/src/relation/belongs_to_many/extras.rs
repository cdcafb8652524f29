//! The columns of a junction besides its two foreign keys.

use futures_core::future::BoxFuture;

use crate::Model;
use crate::create::{Builder, Complete, LinkComplete, NewArguments};
use crate::error::Result;
use crate::executor::Executor;
use crate::key::KeyOf;
use crate::query::Query;
use crate::relation::belongs_to_many::junction::JunctionRow;
use crate::relation::belongs_to_many::linking::NewLink;
use crate::relation::belongs_to_many::plan::Given;
use crate::relation::{BelongsToManyRelation, Changes, ForeignKeyOf, Links, ManyToMany, RelatedTo, RowOf};

/// A relation over a junction whose rows need nothing but the two foreign keys.
pub trait PlainLinks: BelongsToManyRelation {
    /// The columns of a new row besides those that refer to source and target.
    #[doc(hidden)]
    fn extras() -> NewLink;
}

impl<R: BelongsToManyRelation> PlainLinks for R
where
    RowOf<R>: PlainJunction<R>,
{
    fn extras() -> NewLink {
        <RowOf<R> as PlainJunction<R>>::extras()
    }
}

/// A junction whose rows need nothing but the two foreign keys.
pub trait PlainJunction<R>: JunctionRow {
    #[doc(hidden)]
    fn extras() -> NewLink;
}

impl<R> PlainJunction<R> for crate::relation::JunctionWithoutModel {
    fn extras() -> NewLink {
        Vec::new()
    }
}

impl<R, J: Model> PlainJunction<R> for J
where
    R: ForeignKeyOf<J::Create, Create: Builder<Model = J> + LinkComplete>,
{
    fn extras() -> NewLink {
        extras(R::Create::from_values(J::UNSET))
    }
}

/// A handle of a relation over a junction that is a model.
pub trait LinkedByModel {
    /// The model.
    type Row: Model;
    /// The builder of a row that refers to source and target already.
    type Create: Builder<Model = Self::Row>;
}

impl<R: BelongsToManyRelation<Target: Model>> LinkedByModel for Query<R::Target, RelatedTo<'_, R, ManyToMany>>
where
    RowOf<R>: Model,
    R: ForeignKeyOf<<RowOf<R> as Model>::Create, Create: Builder<Model = RowOf<R>>>,
{
    type Row = RowOf<R>;
    type Create = R::Create;
}

impl<R: BelongsToManyRelation<Target: Model>> Query<R::Target, RelatedTo<'_, R, ManyToMany>>
where
    Self: LinkedByModel,
{
    /// As [`associate`](Self::associate), with columns of the junction: `extra` is called for each target in turn, with the builder of a row of the
    /// junction that refers to source and target already. Links that are there stay as they are.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[belongs_to_many(Tag, through = PostTag)] struct Post { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Tag { id: i64, name: String }
    /// #[derive(Debug, Clone, PartialEq, Model)]
    /// struct PostTag { #[key] post_id: i64, #[key] tag_id: i64, position: i32 }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Tag, PostTag)>(&db).await?;
    /// # let post = Post::create().insert(&db).await?;
    /// # let tags = Tag::insert_all(["a", "b", "c"].map(|name| Tag::create().name(name)), &db).await?;
    ///
    /// let mut positions = 1..;
    /// post.tags().associate_with(&tags, |link| link.position(positions.next().unwrap_or(0)), &db).await?;
    /// assert_eq!(PostTag::get((post.id, tags[2].id), &db).await?.position, 3);
    /// # Ok(()) }
    /// ```
    pub fn associate_with<'c, By, B, E: Executor<'c>>(
        &self,
        targets: impl Links<R::Target, By>,
        extra: impl FnMut(<Self as LinkedByModel>::Create) -> B,
        db: E,
    ) -> BoxFuture<'c, Result<()>>
    where
        B: Complete<Model = <Self as LinkedByModel>::Row>,
    {
        self.associate_rows(Given::new(targets.into_links(), extras_by::<Self, B>(extra)), db)
    }

    /// As [`set`](Self::set), with columns of the junction for the links that are new: see [`associate_with`](Self::associate_with).
    pub fn set_with<'c, By, B, E: Executor<'c>>(
        &self,
        targets: impl Links<R::Target, By>,
        extra: impl FnMut(<Self as LinkedByModel>::Create) -> B,
        db: E,
    ) -> BoxFuture<'c, Result<Changes<KeyOf<R::Target>>>>
    where
        B: Complete<Model = <Self as LinkedByModel>::Row>,
    {
        self.set_rows(Given::new(targets.into_links(), extras_by::<Self, B>(extra)), db)
    }
}

/// The columns that a builder has set.
fn extras<B: Builder>(builder: B) -> NewLink {
    let (values, mut arguments) = (builder.into_values(), NewArguments::default());
    B::Model::new_arguments(&values, &mut arguments);
    arguments.set().map(|(column, value)| (B::Model::TABLE.columns[column].name, value.boxed())).collect()
}

/// The columns that a closure sets in one new row after another.
fn extras_by<L, B>(mut extra: impl FnMut(L::Create) -> B) -> impl FnMut() -> NewLink
where
    L: LinkedByModel,
    B: Complete<Model = L::Row>,
{
    move || extras(extra(L::Create::from_values(L::Row::UNSET)))
}
