//! Many-to-many: a junction between the two tables holds foreign keys to both.

pub(in crate::relation) mod extras;
mod insert;
pub(in crate::relation) mod junction;
pub(in crate::relation) mod linking;
mod linking_rows;
pub(in crate::relation) mod links;
mod plan;
pub(in crate::relation) mod with_junction;

use std::collections::HashSet;

use futures_core::future::BoxFuture;

use junction::{Junction, JunctionRow};
use linking::{Linking, keys_where, read_keys};
use links::Links;
use plan::{Given, associate, change};

use super::foreign_key::{Pairs, foreign_key_to};
use super::{Changes, PlainLinks, RelatedTo, Relation, Way};
use crate::Model;
use crate::error::Result;
use crate::executor::Executor;
use crate::key::KeyOf;
use crate::node::{Alias, Node, reached};
use crate::query::{self, Query, Scope, Scoped as _};

/// The targets that a source is linked with: the handle that a `#[belongs_to_many(..)]` method returns.
///
/// It is a [`Query`] of the rows, each of them once however often the junction links it, and has the verbs that change the links. No verb
/// changes or deletes a target.
pub type BelongsToMany<'s, R> = Query<<R as Relation>::Target, RelatedTo<'s, R, ManyToMany>>;

/// The kind of relation that leads over a junction.
#[derive(Debug)]
pub struct ManyToMany;

/// The handle for the rows that `source` is linked with; called by generated code.
pub fn belongs_to_many<R: Relation>(source: &R::Source) -> BelongsToMany<'_, R> {
    Query::from_origin(RelatedTo::new(source))
}

/// A relation over a junction.
pub trait BelongsToManyRelation:
    Relation<Way: OverJunction<<Self as Relation>::Source, <Self as Relation>::Target>>
{
}

impl<R: Relation<Way: OverJunction<<R as Relation>::Source, <R as Relation>::Target>>> BelongsToManyRelation for R {}

/// The way of such a relation, whatever its junction.
pub trait OverJunction<S: 'static, T: 'static> {
    /// A row of the junction.
    type Row: JunctionRow;

    #[doc(hidden)]
    fn pairs(&self) -> (Pairs<S, Self::Row>, Pairs<T, Self::Row>);
}

impl<S, T, J: JunctionRow> OverJunction<S, T> for Junction<S, T, J> {
    type Row = J;

    fn pairs(&self) -> (Pairs<S, J>, Pairs<T, J>) {
        (self.from, self.to)
    }
}

/// The junction's rows of a relation: the junction's model, if it has one.
pub type RowOf<R> = <<R as Relation>::Way as OverJunction<<R as Relation>::Source, <R as Relation>::Target>>::Row;

impl<'s, R: BelongsToManyRelation> Query<R::Target, RelatedTo<'s, R, ManyToMany>>
where
    R::Target: Model,
{
    /// Links the source with one or many targets, given as models or keys: all of them, or none. Those that are linked already stay as
    /// they are.
    ///
    /// Sends one `INSERT .. ON CONFLICT DO NOTHING`, or one for as many rows as the limit on arguments allows where the database does not take
    /// the keys as an array, in a transaction or savepoint; nothing for no targets. Where the junction is a model with another key than the two
    /// foreign keys, the statement leaves out what is there by `NOT EXISTS`, for there may be nothing to conflict with. MySQL has
    /// `ON DUPLICATE KEY UPDATE` instead, which updates nothing here. No verb changes rows that the junction's default scope leaves out, or takes
    /// them for links.
    ///
    /// # Errors
    /// [`Error::ForeignKeyViolation`](crate::Error::ForeignKeyViolation) if a target has no row, and
    /// [`Error::UniqueViolation`](crate::Error::UniqueViolation) if the junction's key is taken by a row that its default scope leaves out; nothing
    /// is changed then.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[belongs_to_many(Tag)] struct Post { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[belongs_to_many(Post)] struct Tag { id: i64, name: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Tag)>(&db).await?;
    /// # let post = Post::create().insert(&db).await?;
    /// # let tags = Tag::insert_all(["a", "b", "c"].map(|name| Tag::create().name(name)), &db).await?;
    /// post.tags().associate(&tags[0], &db).await?;
    /// post.tags().associate(&tags, &db).await?;
    /// post.tags().associate([tags[1].id, tags[2].id], &db).await?;
    /// assert_eq!(post.tags().count(&db).await?, 3);
    /// # Ok(()) }
    /// ```
    pub fn associate<'c, By, E: Executor<'c>>(
        &self,
        targets: impl Links<R::Target, By>,
        db: E,
    ) -> BoxFuture<'c, Result<()>>
    where
        R: PlainLinks,
    {
        self.associate_rows(Given::new(targets.into_links(), R::extras), db)
    }

    pub(in crate::relation) fn associate_rows<'c, E: Executor<'c>>(
        &self,
        given: Given<R::Target>,
        db: E,
    ) -> BoxFuture<'c, Result<()>> {
        if given.keys.is_empty() {
            return query::ready(());
        }
        Box::pin(associate(self.linking(), given, db.lease()))
    }

    /// Removes the links with one or many targets, given as models or keys: all of them, or none. No target is deleted.
    ///
    /// Sends one `SELECT` that makes sure that all are linked, and one `DELETE` from the junction, in a transaction or savepoint; nothing for no
    /// targets. A target that the junction links several times is not linked any more.
    ///
    /// # Errors
    /// [`Error::NotAssociated`](crate::Error::NotAssociated) names the targets that are not linked with the source; nothing is changed then.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[belongs_to_many(Tag)] struct Post { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Tag { id: i64, name: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Tag)>(&db).await?;
    /// # let post = Post::create().insert(&db).await?;
    /// # let tags = Tag::insert_all(["a", "b", "c"].map(|name| Tag::create().name(name)), &db).await?;
    /// post.tags().associate(&tags, &db).await?;
    /// post.tags().dissociate([&tags[0], &tags[1]], &db).await?;
    /// assert_eq!(post.tags().to_vec(&db).await?, tags[2..]);
    /// assert!(post.tags().dissociate(&tags[0], &db).await.is_err());
    /// # Ok(()) }
    /// ```
    #[doc(alias = "dessociate", alias = "detach")]
    pub fn dissociate<'c, By, E: Executor<'c>>(
        &self,
        targets: impl Links<R::Target, By>,
        db: E,
    ) -> BoxFuture<'c, Result<()>> {
        let given = Given::<R::Target>::new(targets.into_links(), Vec::new);
        if given.keys.is_empty() {
            return query::ready(());
        }
        let (linking, keys, lease) = (self.linking(), given.keys, db.lease());
        Box::pin(async move {
            let mut lease = lease.await?;
            let mut transaction = lease.begin().await?;
            let present = linking.present(&keys, &mut transaction.connection()).await?;
            let missing: Vec<_> = keys.iter().filter(|key| !present.contains(key)).cloned().collect();
            if !missing.is_empty() {
                transaction.rollback().await?;
                return Err(linking.not_associated(&missing));
            }
            linking.delete(&keys, &mut transaction.connection()).await?;
            transaction.commit().await
        })
    }

    /// Removes all links of the source, and returns how many rows of the junction that were. No target is deleted.
    ///
    /// Sends one `DELETE` from the junction. Where the relation or its target has a scope, links with targets outside of it stay.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[belongs_to_many(Tag)] struct Post { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Tag { id: i64, name: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Tag)>(&db).await?;
    /// # let post = Post::create().insert(&db).await?;
    /// # let tags = Tag::insert_all(["a", "b", "c"].map(|name| Tag::create().name(name)), &db).await?;
    /// post.tags().associate(&tags, &db).await?;
    /// assert_eq!(post.tags().clear(&db).await?, 3);
    /// assert_eq!(Tag::query().count(&db).await?, 3);
    /// # Ok(()) }
    /// ```
    #[doc(alias = "detach")]
    pub fn clear<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<u64>> {
        let statement = self.linking().clear(&self.target_scope(), db.dialect());
        let lease = db.lease();
        Box::pin(async move {
            let statement = statement?;
            Ok(lease.await?.execute_atomic(statement, 0).await?.rows)
        })
    }

    /// Makes these the only targets that the source is linked with, and returns what that has changed. Links that stay are not written,
    /// and neither is anything else: the same targets again change nothing.
    ///
    /// Sends one `SELECT` of the keys that are linked, and where they differ one `DELETE` and one `INSERT`, in a transaction or savepoint. Where
    /// the relation or its target has a scope, links with targets outside of it stay, and a second `SELECT` finds out which of the new
    /// targets have such a link already: these are not among what has changed.
    ///
    /// # Errors
    /// As for [`associate`](Self::associate); nothing is changed then.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[belongs_to_many(Tag)] struct Post { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Tag { id: i64, name: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Tag)>(&db).await?;
    /// # let post = Post::create().insert(&db).await?;
    /// # Tag::insert_all(["a", "b", "c"].map(|name| Tag::create().name(name)), &db).await?;
    /// post.tags().associate([1, 2], &db).await?;
    /// let changes = post.tags().set([2, 3], &db).await?;
    /// assert_eq!((changes.associated, changes.dissociated), (vec![3], vec![1]));
    /// # Ok(()) }
    /// ```
    #[doc(alias = "sync")]
    pub fn set<'c, By, E: Executor<'c>>(
        &self,
        targets: impl Links<R::Target, By>,
        db: E,
    ) -> BoxFuture<'c, Result<Changes<KeyOf<R::Target>>>>
    where
        R: PlainLinks,
    {
        self.set_rows(Given::new(targets.into_links(), R::extras), db)
    }

    pub(in crate::relation) fn set_rows<'c, E: Executor<'c>>(
        &self,
        given: Given<R::Target>,
        db: E,
    ) -> BoxFuture<'c, Result<Changes<KeyOf<R::Target>>>> {
        let scope = self.target_scope();
        let is_scoped = !scope.is_no_filter();
        let current = keys_where::<R::Target>(&self.linked().and(scope), db.dialect());
        change(self.linking(), db.lease(), move |linking, connection| {
            Box::pin(async move {
                let mut keys = Vec::new();
                read_keys::<R::Target>(connection.rows(current?).await?, &mut keys)?;
                let wanted: HashSet<_> = given.keys.iter().cloned().collect();
                let dissociate = keys.iter().filter(|key| !wanted.contains(key)).cloned().collect();
                let mut present: HashSet<_> = keys.into_iter().collect();
                if is_scoped {
                    let others: Vec<_> = given.keys.iter().filter(|key| !present.contains(key)).cloned().collect();
                    present.extend(linking.present(&others, connection).await?);
                }
                Ok(given.without(&present, dissociate))
            })
        })
    }

    /// Links the source with those of the targets that it is not linked with, removes the links with the others, and returns what that has
    /// changed.
    ///
    /// Sends one `SELECT`, and as needed one `DELETE` and one `INSERT`, in a transaction or savepoint; nothing for no targets.
    ///
    /// # Errors
    /// As for [`associate`](Self::associate); nothing is changed then.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[belongs_to_many(Tag)] struct Post { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Tag { id: i64, name: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Tag)>(&db).await?;
    /// # let post = Post::create().insert(&db).await?;
    /// # let tags = Tag::insert_all(["a", "b", "c"].map(|name| Tag::create().name(name)), &db).await?;
    /// post.tags().associate([1, 2], &db).await?;
    /// let changes = post.tags().toggle([2, 3], &db).await?;
    /// assert_eq!((changes.associated, changes.dissociated), (vec![3], vec![2]));
    /// # Ok(()) }
    /// ```
    pub fn toggle<'c, By, E: Executor<'c>>(
        &self,
        targets: impl Links<R::Target, By>,
        db: E,
    ) -> BoxFuture<'c, Result<Changes<KeyOf<R::Target>>>>
    where
        R: PlainLinks,
    {
        let given = Given::new(targets.into_links(), R::extras);
        if given.keys.is_empty() {
            return query::ready(Changes { associated: Vec::new(), dissociated: Vec::new() });
        }
        change(self.linking(), db.lease(), move |linking, connection| {
            Box::pin(async move {
                let keys = given.keys.clone();
                let present = linking.present(&keys, connection).await?;
                let dissociate = keys.into_iter().filter(|key| present.contains(key)).collect();
                Ok(given.without(&present, dissociate))
            })
        })
    }

    /// The junction's rows that link the source.
    fn linking(&self) -> Linking<R::Target, RowOf<R>> {
        let (from, to) = R::WAY.pairs();
        let source = foreign_key_to(from, self.origin.source);
        let model = R::Target::TABLE.model;
        let (key, scope) = (RowOf::<R>::key(), RowOf::<R>::scope().condition);
        Linking { relation: R::NAME, source, to, key, model, scope, linked: self.linked() }
    }

    /// That a row of the target is linked, whether it is in a scope or not.
    fn linked(&self) -> Node {
        let starts = R::WAY.starts(self.origin.source).unwrap_or_default();
        reached(&R::WAY.hops(), starts, Alias::TABLE)
    }

    /// The scopes of the relation and of its target.
    fn target_scope(&self) -> Node {
        let own = Scope::of(R::SCOPE).condition;
        match self.is_scoped() {
            true => own.and(Scope::of(R::Target::SCOPE).condition),
            false => own,
        }
    }
}
