//! Relations are declared as attributes on plain structs and checked by the compiler where they are declared.
//!
//! ```
//! use neko_orm::Model;
//!
//! #[derive(Debug, Clone, PartialEq, Model)]
//! #[has_many(Comment)]                 // Comment::post_id -> Post::id, inferred from the names
//! pub struct Post { pub id: i64, pub title: String }
//!
//! #[derive(Debug, Clone, PartialEq, Model)]
//! #[belongs_to(Post)]
//! pub struct Comment { pub id: i64, pub post_id: Option<i64>, pub body: String }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> neko_orm::Result<()> {
//! let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
//! neko_orm::schema::create::<(Post, Comment)>(&db).await?;
//!
//! let post = Post::create().title("Hello").insert(&db).await?;
//! let comment = post.comments().create().body("Nice").insert(&db).await?;
//! assert_eq!(post.comments().to_vec(&db).await?, [comment.clone()]);
//! assert_eq!(comment.post().get(&db).await?, Some(post));
//! # Ok(()) }
//! ```
//!
//! - What can be declared is documented with the [derive macro](derive@Model).
//! - The verbs on one row are methods of the trait [`Model`].
//! - A relation is a method that returns a handle, which sends nothing by itself:
//!
//! | declared by | handle | chapter |
//! |---|---|---|
//! | `#[has_many(Comment)]` | `post.comments()`: [`HasMany`] | [`guide::has_many`] |
//! | `#[belongs_to(Post)]` | `comment.post()`: [`BelongsTo`], `comment.post_mut()`: [`BelongsToMut`] | [`guide::belongs_to`] |
//! | `#[has_one(Profile)]` | `user.profile()`: [`HasOne`]; [`OneOfMany`] with `latest` or `oldest` | [`guide::has_one`] |
//! | `#[belongs_to_many(Tag)]` | `post.tags()`: [`BelongsToMany`] | [`guide::many_to_many`] |
//! | `#[has_many(User as commenters, through(comments, author))]` | `post.commenters()`: [`HasManyThrough`] | [`guide::through`] |
//! | `#[morph_to(Commentable { Post, Image })]` | `comment.commentable()`: [`MorphTo`], `comment.commentable_mut()`: [`MorphToMut`] | [`guide::polymorphic`] |
//!
//! - All handles that read are a [`Query`], but for `MorphTo`, of which `of::<Post>()` is one.
//! - A query is narrowed by [`filter`](Query::filter), [`order_by`](Query::order_by) and the like; what the closures are given are the
//!   model's columns, whose methods are those of [`Expr`], and its relations, [`RelatedMany`],
//!   [`RelatedOne`], [`RelatedMaybe`] and [`RelatedMorph`]. See [`guide::queries`].
//! - [`with`](Query::with) reads rows with what relations lead to, in one statement for each relation, and says so in the type. See
//!   [`guide::eager_loading`].
//! - A relation of a model to itself is followed over any number of steps by `descendants()` and `ancestors()`. See [`guide::trees`].
//! - [`with`](CreateWith::with) on what [`create`](Model::create) returns inserts a row with those that refer to it. See [`guide::nested_create`].
//! - What the models say of the database, what becomes of rows that others leave behind, and a picture of it all: [`guide::schema`].
//! - Which rows a relation or a model is about can be said once, by a scope. See [`guide::scopes`].
//! - Every call that talks to the database takes it as its last argument, an [`Executor`]: `&pool`, `&mut connection`
//!   or `&mut transaction` of sqlx.
//! - What can go wrong is an [`Error`].

mod backend;
mod column;
mod create;
mod error;
mod executor;
mod expr;
mod field;
mod fragment;
mod inert;
mod key;
mod model;
mod node;
mod pool;
mod query;
mod raw;
mod relation;
mod sql;
mod words;

pub mod guide;
#[doc(hidden)]
pub mod private;
pub mod schema;

/// Connecting to SQLite.
#[cfg(feature = "sqlite")]
pub mod sqlite {
    pub use crate::backend::sqlite::connect;
}

/// Connecting to PostgreSQL.
#[cfg(feature = "postgres")]
pub mod postgres {
    pub use crate::backend::postgres::connect;
}

/// Connecting to MySQL and MariaDB.
#[cfg(feature = "mysql")]
pub mod mysql {
    pub use crate::backend::mysql::{connect, pool_options};
}

pub use backend::{Dialect, Field, OwnTransaction};
pub use create::{And, Builder, Complete, CreateWith, Nested, NewRow};
pub use error::{DecodeError, Error, Mismatch, Result, StatementError};
pub use executor::{Executor, RowByRow};
pub use expr::{
    Assignment, Assignments, Condition, Expr, Expression, IntoCondition, Kind, Number, Operand, Order, Orders,
    PerGroup, PerRow, Scalar, Text, ValueFor,
};
pub use field::{ForeignKey, IntoField, Nullable};
pub use key::KeyOf;
pub use model::Model;
pub use neko_orm_derive::Model;
pub use pool::{Pool, Transaction};
pub use query::{
    Everything, GroupKeys, Groups, Loader, OfRows, Origin, Page, Query, Rows, Select, Selected, Shape, Undecided,
    Whole, With,
};
pub use raw::{Raw, sql};
pub use relation::{
    AtMostOne, BelongsTo, BelongsToMany, BelongsToManyRelation, BelongsToMut, BelongsToRelation, ByKey, ByModel,
    Cardinality, Changes, Downwards, First, Found, Given, HasMany, HasManyRelation, HasManyThrough, HasOne, InSource,
    InTarget, Inserts, Junction, JunctionRow, JunctionWithoutModel, KindFacts, KindOf, Kinds, LeadsTo, LeadsToOne,
    LinkedByModel, LinkedQuery, Links, Listed, Many, ManyToMany, Maybe, MorphRelation, MorphTo, MorphToMut, Nests,
    NewTargets, OfKind, OfOneModel, OfRelated, One, OneOfMany, OptionalMorph, OverJunction, Path, Picked,
    PlainJunction, PlainLinks, Ranged, Related, RelatedMany, RelatedMaybe, RelatedMorph, RelatedOne, RelatedTo,
    Relation, RowOf, Selection, Several, Single, TagField, Targets, Through, ToMany, ToOne, Tree, Unlimited, Upwards,
    Way, WithDepth, WithJunction,
};

/// The README's programs are tests.
#[cfg(all(doctest, feature = "sqlite", feature = "postgres"))]
#[doc = include_str!("../../README.md")]
struct Readme;
