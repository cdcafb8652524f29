//! New targets, which are inserted and linked.

use futures_core::future::BoxFuture;

use super::extras::PlainJunction;
use super::junction::Junction;
use super::{BelongsToManyRelation, ManyToMany, belongs_to_many};
use crate::Model;
use crate::backend::Connection;
use crate::create::{self, Builder, Complete};
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::query::{self, Equal, Query};
use crate::relation::RelatedTo;
use crate::relation::foreign_key::foreign_key_to;
use crate::relation::nested::Inserts;

impl<'s, R: BelongsToManyRelation> Query<R::Target, RelatedTo<'s, R, ManyToMany>>
where
    R::Target: Model,
{
    /// Inserts a new target and links the source with it.
    ///
    /// Sends two `INSERT`s, in a transaction or savepoint.
    ///
    /// # Errors
    /// As for the target's own [`create`](Model::create); nothing is changed then.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[belongs_to_many(Tag)] struct Post { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Tag { id: i64, name: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Tag)>(&db).await?;
    /// # let post = Post::create().insert(&db).await?;
    /// let tag: Tag = post.tags().insert(Tag::create().name("new"), &db).await?;
    /// let tags: Vec<Tag> = post.tags().insert_all(["a", "b"].map(|name| Tag::create().name(name)), &db).await?;
    /// assert_eq!(post.tags().count(&db).await?, 3);
    /// # Ok(()) }
    /// ```
    pub fn insert<'c, B, E: Executor<'c>>(&self, target: B, db: E) -> BoxFuture<'c, Result<R::Target>>
    where
        B: Complete<Model = R::Target>,
        R::Way: Inserts<R, B>,
        's: 'c,
    {
        let inserted = self.insert_all([target], db);
        Box::pin(async move {
            let target = inserted.await?.pop();
            target.ok_or(Error::NotInserted { table: R::Target::TABLE.name, given: 1, inserted: 0 })
        })
    }

    /// Inserts new targets and links the source with them, as [`insert`](Self::insert) does with one: all of them, or none. They come back in the given
    /// order. Sends one `INSERT` of the targets and one of the links; nothing for no targets.
    ///
    /// # Errors
    /// As for [`insert`](Self::insert).
    pub fn insert_all<'c, B, E: Executor<'c>>(
        &self,
        targets: impl IntoIterator<Item = B>,
        db: E,
    ) -> BoxFuture<'c, Result<Vec<R::Target>>>
    where
        B: Complete<Model = R::Target>,
        R::Way: Inserts<R, B>,
        's: 'c,
    {
        let targets: Vec<_> = targets.into_iter().map(Builder::into_values).collect();
        if targets.is_empty() {
            return query::ready(Vec::new());
        }
        let (source, positions, lease) = (self.origin.source, vec![0; targets.len()], db.lease());
        Box::pin(async move {
            let mut lease = lease.await?;
            let mut transaction = lease.begin().await?;
            let sources = std::slice::from_ref(source);
            let inserted = R::WAY.insert(targets, &positions, sources, &mut transaction.connection()).await?;
            transaction.commit().await?;
            Ok(inserted)
        })
    }
}

impl<R, B, S, T, J> Inserts<R, B> for Junction<S, T, J>
where
    R: BelongsToManyRelation<Source = S, Target = T, Way = Self>,
    B: Builder<Model = T>,
    S: Model,
    T: Model,
    J: PlainJunction<R>,
{
    type Create = B;

    fn insert<'l>(
        &self,
        targets: Vec<T::Values>,
        positions: &'l [usize],
        sources: &'l [S],
        connection: &'l mut Connection<'_>,
    ) -> BoxFuture<'l, Result<Vec<T>>> {
        let (from, to) = (self.from, self.to);
        Box::pin(async move {
            let targets = create::insert_rows(targets, None, connection).await?;
            let Some(first) = sources.first() else { return Ok(targets) };
            let linking = belongs_to_many::<R>(first).linking();
            let mut rows = Vec::with_capacity(targets.len());
            for (target, &position) in targets.iter().zip(positions) {
                let columns = foreign_key_to(from, &sources[position]).into_iter().chain(foreign_key_to(to, target));
                let mut row = columns.map(|Equal { column, value }| (column, value)).collect();
                linking.add_extras(&mut row, J::extras());
                rows.push(row);
            }
            linking.insert(&rows, connection).await?;
            Ok(targets)
        })
    }
}
