//! New rows with those of their relations, which are inserted along with them.

use std::fmt;

use futures_core::future::BoxFuture;

use super::import_all::{self, Place};
use super::{Builder, Complete, insert_all, not_inserted};
use crate::Model;
use crate::backend::Connection;
use crate::error::Result;
use crate::executor::Executor;
use crate::query;
use crate::relation::Nests;

/// A new row, alone or with those of its relations: what `create()` returns, and what [`with`](CreateWith::with) makes of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a new row",
    label = "expected what `create()` returns, with every required column set",
    note = "start a new row with `Model::create()`"
)]
pub trait NewRow: Send + Sized + 'static {
    /// The builder of the row itself.
    type Builder: Builder;
    /// The rows of its relations.
    #[doc(hidden)]
    type Nested: Send + 'static;
    /// What inserting it returns: the model, or a tuple of the model and what was inserted along with it.
    type Inserted: Send + 'static;

    #[doc(hidden)]
    fn into_parts(self) -> (ValuesOf<Self>, Self::Nested);

    /// Inserts what belongs to rows that are stored already, in their order.
    #[doc(hidden)]
    fn insert_nested<'l>(
        nested: Vec<Self::Nested>,
        rows: Vec<ModelOf<Self>>,
        connection: &'l mut Connection<'_>,
    ) -> BoxFuture<'l, Result<Vec<Self::Inserted>>>;

    /// Inserts all rows with those of their relations, or none, as they come, and returns how many.
    #[doc(hidden)]
    fn import<'c, E: Executor<'c>>(rows: impl Iterator<Item = Self> + Send + 'c, db: E) -> BoxFuture<'c, Result<u64>>;

    /// Inserts rows at a place with those of their relations, none of which comes back, and returns how many.
    #[doc(hidden)]
    fn import_at<'l, P: Place<ModelOf<Self>> + 'l>(
        rows: Vec<Self>,
        place: P,
        connection: &'l mut Connection<'_>,
    ) -> BoxFuture<'l, Result<u64>>;
}

pub(crate) type BuilderOf<N> = <N as NewRow>::Builder;
pub(crate) type ModelOf<N> = <BuilderOf<N> as Builder>::Model;
pub(crate) type ValuesOf<N> = <ModelOf<N> as Model>::Values;

#[diagnostic::do_not_recommend]
impl<B: Builder + Send + 'static> NewRow for B {
    type Builder = B;
    type Nested = ();
    type Inserted = B::Model;

    fn into_parts(self) -> (ValuesOf<Self>, ()) {
        (self.into_values(), ())
    }

    fn insert_nested<'l>(
        _nested: Vec<()>,
        rows: Vec<B::Model>,
        _connection: &'l mut Connection<'_>,
    ) -> BoxFuture<'l, Result<Vec<B::Model>>> {
        query::ready(rows)
    }

    fn import<'c, E: Executor<'c>>(rows: impl Iterator<Item = Self> + Send + 'c, db: E) -> BoxFuture<'c, Result<u64>> {
        import_all::rows(rows, db)
    }

    fn import_at<'l, P: Place<B::Model> + 'l>(
        rows: Vec<Self>,
        place: P,
        connection: &'l mut Connection<'_>,
    ) -> BoxFuture<'l, Result<u64>> {
        place.import(rows.into_iter().map(Builder::into_values).collect(), connection)
    }
}

/// A new row with rows of its relations, which are inserted along with it. See [`guide::nested_create`](crate::guide::nested_create).
///
/// Made by `with` on what `create()` returns. `N` is the rows of the relation, or a tuple of those of several.
#[must_use = "nothing is inserted before `.insert(&db)`"]
pub struct CreateWith<B, N> {
    row: B,
    nested: N,
}

/// Starts a graph; called by generated code.
pub fn with<B: Builder, X: Nests<B::Model, C>, C>(
    row: B,
    _relation: fn(<B::Model as Model>::Relations) -> X,
    rows: C,
) -> CreateWith<B, X::New> {
    CreateWith { row, nested: X::nest(rows) }
}

impl<B, N> fmt::Debug for CreateWith<B, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateWith").finish_non_exhaustive()
    }
}

impl<B: Builder, N> CreateWith<B, N> {
    /// Also inserts rows of another relation. Sends nothing by itself.
    ///
    /// What comes back is a tuple of the row and a tuple of what was inserted for each relation, of up to eight.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment)] #[has_many(Link)] struct Post { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Comment { id: i64, post_id: i64, body: String }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Link { id: i64, post_id: i64, url: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Comment, Link)>(&db).await?;
    /// let (post, (comments, links)) = Post::create()
    ///     .with(|p| p.comments, ["a", "b"].map(|body| Comment::create().body(body)))
    ///     .with(|p| p.links, [Link::create().url("https://a.example")])
    ///     .insert(&db).await?;
    /// assert_eq!((comments[1].post_id, links[0].post_id), (post.id, post.id));
    /// # Ok(()) }
    /// ```
    pub fn with<X, C>(self, _relation: fn(<B::Model as Model>::Relations) -> X, rows: C) -> CreateWith<B, N::With>
    where
        X: Nests<B::Model, C>,
        N: And<X::New>,
    {
        CreateWith { row: self.row, nested: self.nested.and(X::nest(rows)) }
    }

    /// Inserts the row and those of its relations, or none of them, and returns all as the database stored them, in the given order.
    ///
    /// Sends one `INSERT` for each relation and level, in a transaction or savepoint of its own: first the row, then those that refer to it, whose
    /// foreign keys are filled in, and so on. As for [`insert_all`](Model::insert_all), rows that set other columns and more rows than the
    /// database's limit on arguments allows need further statements. For no rows, nothing is sent.
    ///
    /// # Errors
    /// As for a single insert, for any of the rows; none is inserted then.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment)] struct Post { id: i64, title: String }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Comment { id: i64, post_id: i64, body: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Comment)>(&db).await?;
    /// let (post, comments): (Post, Vec<Comment>) = Post::create().title("Hello")
    ///     .with(|p| p.comments, [Comment::create().body("a"), Comment::create().body("b")])
    ///     .insert(&db).await?;
    /// assert_eq!(comments[1], Comment { id: 2, post_id: post.id, body: "b".into() });
    /// # Ok(()) }
    /// ```
    pub fn insert<'c, E: Executor<'c>>(self, db: E) -> BoxFuture<'c, Result<(B::Model, N::Output)>>
    where
        B: Complete + Send + 'static,
        N: Nested<B::Model>,
    {
        let inserted = insert_all([self], db);
        Box::pin(async move { inserted.await?.pop().ok_or_else(|| not_inserted(B::Model::TABLE, 1, 0)) })
    }
}

impl<B: Builder + Send + 'static, N: Nested<B::Model>> NewRow for CreateWith<B, N> {
    type Builder = B;
    type Nested = N;
    type Inserted = (B::Model, N::Output);

    fn into_parts(self) -> (ValuesOf<Self>, N) {
        (self.row.into_values(), self.nested)
    }

    fn insert_nested<'l>(
        nested: Vec<N>,
        rows: Vec<B::Model>,
        connection: &'l mut Connection<'_>,
    ) -> BoxFuture<'l, Result<Vec<Self::Inserted>>> {
        Box::pin(async move {
            let mut outputs = N::insert(nested, &rows, connection).await?.into_iter();
            let mut inserted = Vec::with_capacity(rows.len());
            for row in rows {
                if let Some(output) = outputs.next() {
                    inserted.push((row, output));
                }
            }
            Ok(inserted)
        })
    }

    fn import<'c, E: Executor<'c>>(rows: impl Iterator<Item = Self> + Send + 'c, db: E) -> BoxFuture<'c, Result<u64>> {
        import_all::graphs(rows, db)
    }

    fn import_at<'l, P: Place<B::Model> + 'l>(
        rows: Vec<Self>,
        place: P,
        connection: &'l mut Connection<'_>,
    ) -> BoxFuture<'l, Result<u64>> {
        let (rows, nested) = rows.into_iter().map(NewRow::into_parts).unzip();
        Box::pin(async move {
            let rows = place.insert(rows, connection).await?;
            Ok(rows.len() as u64 + N::import(nested, &rows, connection).await?)
        })
    }
}

/// What is inserted along with rows of `M`: the rows of a relation, or a tuple of those of several.
pub trait Nested<M>: Send + Sized + 'static {
    /// What comes back for each row of `M`.
    type Output: Send + 'static;

    /// Inserts what belongs to each of the rows, which are stored already.
    #[doc(hidden)]
    fn insert<'l>(
        nested: Vec<Self>,
        rows: &'l [M],
        connection: &'l mut Connection<'_>,
    ) -> BoxFuture<'l, Result<Vec<Self::Output>>>;

    /// As [`insert`](Self::insert), for what need not come back. Returns how many rows there are.
    #[doc(hidden)]
    fn import<'l>(nested: Vec<Self>, rows: &'l [M], connection: &'l mut Connection<'_>) -> BoxFuture<'l, Result<u64>>;
}

/// The rows of relations, to which those of one more can be added.
pub trait And<X> {
    /// The rows of all of them.
    type With;

    #[doc(hidden)]
    fn and(self, more: X) -> Self::With;
}

macro_rules! and {
    ($($nested:ident $index:tt),+) => {
        impl<$($nested,)+ X> And<X> for ($($nested,)+) {
            type With = ($($nested,)+ X);

            fn and(self, more: X) -> Self::With {
                ($(self.$index,)+ more)
            }
        }
    };
}

and!(A 0, B 1);
and!(A 0, B 1, C 2);
and!(A 0, B 1, C 2, D 3);
and!(A 0, B 1, C 2, D 3, E 4);
and!(A 0, B 1, C 2, D 3, E 4, F 5);
and!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);

macro_rules! tuples {
    ($($nested:ident $list:ident $index:tt),+) => {
        impl<M: Model, $($nested: Nested<M>),+> Nested<M> for ($($nested,)+) {
            type Output = ($($nested::Output,)+);

            fn insert<'l>(
                nested: Vec<Self>,
                rows: &'l [M],
                connection: &'l mut Connection<'_>,
            ) -> BoxFuture<'l, Result<Vec<Self::Output>>> {
                $(let mut $list = Vec::with_capacity(nested.len());)+
                for nested in nested {
                    $($list.push(nested.$index);)+
                }
                Box::pin(async move {
                    $(let mut $list = $nested::insert($list, rows, connection).await?.into_iter();)+
                    let mut outputs = Vec::with_capacity(rows.len());
                    while let ($(Some($list),)+) = ($($list.next(),)+) {
                        outputs.push(($($list,)+));
                    }
                    Ok(outputs)
                })
            }

            fn import<'l>(
                nested: Vec<Self>,
                rows: &'l [M],
                connection: &'l mut Connection<'_>,
            ) -> BoxFuture<'l, Result<u64>> {
                $(let mut $list = Vec::with_capacity(nested.len());)+
                for nested in nested {
                    $($list.push(nested.$index);)+
                }
                Box::pin(async move { Ok(0 $(+ $nested::import($list, rows, connection).await?)+) })
            }
        }
    };
}

tuples!(A a 0, B b 1);
tuples!(A a 0, B b 1, C c 2);
tuples!(A a 0, B b 1, C c 2, D d 3);
tuples!(A a 0, B b 1, C c 2, D d 3, E e 4);
tuples!(A a 0, B b 1, C c 2, D d 3, E e 4, F f 5);
tuples!(A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6);
tuples!(A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6, H h 7);
