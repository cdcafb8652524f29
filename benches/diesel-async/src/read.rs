//! Queries: relations by `belonging_to` and `grouped_by`.

use diesel::prelude::{
    BelongingToDsl, ExpressionMethods, GroupedBy, NullableExpressionMethods, QueryDsl, QueryResult, SelectableHelper,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::TryStreamExt;
use harness::data::{COMMENT, LAST_TAGGED_POST, USER, parent};
use harness::models::Nested;

use crate::models::{Author, Book, Comment, Post, PostTag, Reading, Sensor, Tag, User, zip};
use crate::models::{authors, comments, posts, tags, users};

pub async fn user(db: &mut AsyncPgConnection) -> QueryResult<User> {
    users::table.find(USER).select(User::as_select()).first(db).await
}

pub async fn users(db: &mut AsyncPgConnection) -> QueryResult<Vec<User>> {
    users::table.select(User::as_select()).load(db).await
}

pub async fn post(db: &mut AsyncPgConnection) -> QueryResult<Post> {
    posts::table.find(parent(COMMENT)).select(Post::as_select()).first(db).await
}

pub async fn comments(db: &mut AsyncPgConnection) -> QueryResult<Vec<Comment>> {
    comments::table.select(Comment::as_select()).load(db).await
}

pub async fn comments_of(post: &Post, db: &mut AsyncPgConnection) -> QueryResult<Vec<Comment>> {
    Comment::belonging_to(post).select(Comment::as_select()).load(db).await
}

pub async fn stream(db: &mut AsyncPgConnection) -> QueryResult<i64> {
    let mut sum = 0;
    let mut rows = comments::table.select(Comment::as_select()).load_stream(db).await?;
    while let Some(comment) = rows.try_next().await? {
        sum += comment.score + comment.body.len() as i64;
    }
    Ok(sum)
}

pub async fn with_posts(users: Vec<User>, db: &mut AsyncPgConnection) -> QueryResult<Nested<User, Post, Comment>> {
    let posts = Post::belonging_to(&users).select(Post::as_select()).load(db).await?;
    let comments = Comment::belonging_to(&posts).select(Comment::as_select()).load(db).await?;
    let comments = comments.grouped_by(&posts);
    let posts = zip(posts, comments).grouped_by(&users);
    Ok(zip(users, posts))
}

pub async fn with_sensors(db: &mut AsyncPgConnection) -> QueryResult<Nested<User, Sensor, Reading>> {
    let users = users(db).await?;
    let sensors = Sensor::belonging_to(&users).select(Sensor::as_select()).load(db).await?;
    let readings = Reading::belonging_to(&sensors).select(Reading::as_select()).load(db).await?;
    let readings = readings.grouped_by(&sensors);
    let sensors = zip(sensors, readings).grouped_by(&users);
    Ok(zip(users, sensors))
}

pub async fn posts_with_users(db: &mut AsyncPgConnection) -> QueryResult<Vec<(Post, User)>> {
    posts::table.inner_join(users::table).select((Post::as_select(), User::as_select())).load(db).await
}

pub async fn posts_with_tags(db: &mut AsyncPgConnection) -> QueryResult<Vec<(Post, Vec<Tag>)>> {
    let posts = posts::table.filter(posts::id.le(LAST_TAGGED_POST)).select(Post::as_select()).load(db).await?;
    let links: Vec<(PostTag, Tag)> = PostTag::belonging_to(&posts)
        .inner_join(tags::table)
        .select((PostTag::as_select(), Tag::as_select()))
        .load(db)
        .await?;
    let tags = links.grouped_by(&posts).into_iter();
    let tags = tags.map(|links| links.into_iter().map(|(_, tag)| tag).collect()).collect();
    Ok(zip(posts, tags))
}

pub async fn authors_with_books(db: &mut AsyncPgConnection) -> QueryResult<Vec<(Author, Vec<Book>)>> {
    let authors = authors::table.select(Author::as_select()).load(db).await?;
    let books = Book::belonging_to(&authors).select(Book::as_select()).load(db).await?;
    let books = books.grouped_by(&authors);
    Ok(zip(authors, books))
}

pub async fn users_with_counts(db: &mut AsyncPgConnection) -> QueryResult<Vec<(User, i64)>> {
    let count = posts::table.filter(posts::user_id.eq(users::id)).count().single_value().assume_not_null();
    users::table.select((User::as_select(), count)).load(db).await
}
