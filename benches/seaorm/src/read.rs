//! Queries: relations by the loader, which is faster than joins and than the entity loader above it.

use futures_util::TryStreamExt;
use harness::data::{
    COMMENT, LAST_TAGGED_POST, POST, USER, comment_body, comment_score, parent, post_title, post_views,
};
use harness::models::Nested;
use sea_orm::prelude::*;
use sea_orm::{DbErr, JoinType, LoaderTrait, QuerySelect, RelationTrait, StreamTrait};

use crate::entities::{author, book, comment, post, reading, sensor, tag, user};

type Result<T> = std::result::Result<T, DbErr>;

/// SQLite has no more arguments than 32,766.
const KEYS: usize = 32_000;

pub async fn user(db: &impl ConnectionTrait) -> Result<user::Model> {
    found(user::Entity::find_by_id(USER).one(db).await?)
}

pub async fn users(db: &impl ConnectionTrait) -> Result<Vec<user::Model>> {
    user::Entity::find().all(db).await
}

pub async fn comments(db: &impl ConnectionTrait) -> Result<Vec<comment::Model>> {
    comment::Entity::find().all(db).await
}

pub async fn stream(db: &(impl ConnectionTrait + StreamTrait)) -> Result<i64> {
    let (mut rows, mut sum) = (comment::Entity::find().stream(db).await?, 0);
    while let Some(comment) = rows.try_next().await? {
        sum += comment.score + comment.body.len() as i64;
    }
    Ok(sum)
}

pub async fn comments_of(db: &impl ConnectionTrait) -> Result<Vec<comment::Model>> {
    let (user_id, title, views) = (parent(POST), post_title(POST), post_views(POST));
    let post = post::Model { id: POST, user_id, title, views };
    post.find_related(comment::Entity).all(db).await
}

pub async fn post(db: &impl ConnectionTrait) -> Result<post::Model> {
    let (post_id, body, score) = (parent(COMMENT), comment_body(COMMENT), comment_score(COMMENT));
    let comment = comment::Model { id: COMMENT, post_id, body, score };
    found(comment.find_related(post::Entity).one(db).await?)
}

fn found<T>(row: Option<T>) -> Result<T> {
    row.ok_or_else(|| DbErr::RecordNotFound("a row by its key".to_owned()))
}

pub async fn with_posts(
    users: Vec<user::Model>,
    db: &impl ConnectionTrait,
) -> Result<Nested<user::Model, post::Model, comment::Model>> {
    let posts = users.load_many(post::Entity, db).await?;
    let (counts, posts) = flatten(posts);
    let comments = posts.load_many(comment::Entity, db).await?;
    Ok(nest(users, counts, posts, comments))
}

pub async fn with_sensors(db: &impl ConnectionTrait) -> Result<Nested<user::Model, sensor::Model, reading::Model>> {
    let users = users(db).await?;
    let (counts, sensors) = flatten(users.load_many(sensor::Entity, db).await?);
    let readings = sensors.load_many(reading::Entity, db).await?;
    Ok(nest(users, counts, sensors, readings))
}

/// The loader takes one list: the lists of all sources as one, and how long they were.
fn flatten<T>(lists: Vec<Vec<T>>) -> (Vec<usize>, Vec<T>) {
    let counts = lists.iter().map(Vec::len).collect();
    (counts, lists.into_iter().flatten().collect())
}

fn nest<A, B, C>(sources: Vec<A>, counts: Vec<usize>, targets: Vec<B>, loaded: Vec<Vec<C>>) -> Nested<A, B, C> {
    let mut targets = targets.into_iter().zip(loaded);
    let of = |(source, count)| (source, targets.by_ref().take(count).collect());
    sources.into_iter().zip(counts).map(of).collect()
}

pub async fn posts_with_users(db: &impl ConnectionTrait) -> Result<Vec<(post::Model, user::Model)>> {
    let posts = post::Entity::find().find_also_related(user::Entity).all(db).await?;
    posts.into_iter().map(|(post, user)| Ok((post, found(user)?))).collect()
}

pub async fn posts_with_tags(db: &impl ConnectionTrait) -> Result<Vec<(post::Model, Vec<tag::Model>)>> {
    let posts = post::Entity::find().filter(post::Column::Id.lte(LAST_TAGGED_POST)).all(db).await?;
    let tags = posts.load_many(tag::Entity, db).await?;
    Ok(posts.into_iter().zip(tags).collect())
}

pub async fn authors_with_books(db: &impl ConnectionTrait) -> Result<Vec<(author::Model, Vec<book::Model>)>> {
    let authors = author::Entity::find().all(db).await?;
    let mut books = Vec::with_capacity(authors.len());
    for authors in authors.chunks(KEYS) {
        books.extend(authors.load_many(book::Entity, db).await?);
    }
    Ok(authors.into_iter().zip(books).collect())
}

pub async fn users_with_counts(db: &impl ConnectionTrait) -> Result<Vec<(user::Model, i64)>> {
    let users = user::Entity::find()
        .column_as(post::Column::Id.count(), "posts")
        .join_rev(JoinType::LeftJoin, post::Relation::User.def())
        .group_by(user::Column::Id);
    let rows: Vec<(i64, String, String, i64, i64)> = users.into_tuple().all(db).await?;
    Ok(rows.into_iter().map(|(id, name, email, age, posts)| (user::Model { id, name, email, age }, posts)).collect())
}
