//! Queries: relations by `belonging_to` and `grouped_by`.

use diesel::prelude::*;
use harness::data::{COMMENT, LAST_TAGGED_POST, USER, parent};
use harness::models::Nested;

use crate::models::{Author, Book, Comment, Post, PostTag, Reading, Sensor, Tag, User, zip};
use crate::models::{authors, comments, posts, tags, users};

/// SQLite has no more arguments than 32,766.
const KEYS: usize = 32_000;

pub fn user(db: &mut SqliteConnection) -> QueryResult<User> {
    users::table.find(USER).select(User::as_select()).first(db)
}

pub fn users(db: &mut SqliteConnection) -> QueryResult<Vec<User>> {
    users::table.select(User::as_select()).load(db)
}

pub fn post(db: &mut SqliteConnection) -> QueryResult<Post> {
    posts::table.find(parent(COMMENT)).select(Post::as_select()).first(db)
}

pub fn comments(db: &mut SqliteConnection) -> QueryResult<Vec<Comment>> {
    comments::table.select(Comment::as_select()).load(db)
}

pub fn comments_of(post: &Post, db: &mut SqliteConnection) -> QueryResult<Vec<Comment>> {
    Comment::belonging_to(post).select(Comment::as_select()).load(db)
}

pub fn stream(db: &mut SqliteConnection) -> QueryResult<i64> {
    let mut sum = 0;
    for comment in comments::table.select(Comment::as_select()).load_iter(db)? {
        let comment = comment?;
        sum += comment.score + comment.body.len() as i64;
    }
    Ok(sum)
}

pub fn with_posts(users: Vec<User>, db: &mut SqliteConnection) -> QueryResult<Nested<User, Post, Comment>> {
    let posts = Post::belonging_to(&users).select(Post::as_select()).load(db)?;
    let comments = Comment::belonging_to(&posts).select(Comment::as_select()).load(db)?;
    let comments = comments.grouped_by(&posts);
    let posts = zip(posts, comments).grouped_by(&users);
    Ok(zip(users, posts))
}

pub fn with_sensors(db: &mut SqliteConnection) -> QueryResult<Nested<User, Sensor, Reading>> {
    let users = users(db)?;
    let sensors = Sensor::belonging_to(&users).select(Sensor::as_select()).load(db)?;
    let readings = Reading::belonging_to(&sensors).select(Reading::as_select()).load(db)?;
    let readings = readings.grouped_by(&sensors);
    let sensors = zip(sensors, readings).grouped_by(&users);
    Ok(zip(users, sensors))
}

pub fn posts_with_users(db: &mut SqliteConnection) -> QueryResult<Vec<(Post, User)>> {
    posts::table.inner_join(users::table).select((Post::as_select(), User::as_select())).load(db)
}

pub fn posts_with_tags(db: &mut SqliteConnection) -> QueryResult<Vec<(Post, Vec<Tag>)>> {
    let posts = posts::table.filter(posts::id.le(LAST_TAGGED_POST)).select(Post::as_select()).load(db)?;
    let links: Vec<(PostTag, Tag)> = PostTag::belonging_to(&posts)
        .inner_join(tags::table)
        .select((PostTag::as_select(), Tag::as_select()))
        .load(db)?;
    let tags = links.grouped_by(&posts).into_iter();
    let tags = tags.map(|links| links.into_iter().map(|(_, tag)| tag).collect()).collect();
    Ok(zip(posts, tags))
}

pub fn authors_with_books(db: &mut SqliteConnection) -> QueryResult<Vec<(Author, Vec<Book>)>> {
    let authors = authors::table.select(Author::as_select()).load(db)?;
    let mut books = Vec::new();
    for authors in authors.chunks(KEYS) {
        books.extend(Book::belonging_to(authors).select(Book::as_select()).load(db)?);
    }
    let books = books.grouped_by(&authors);
    Ok(zip(authors, books))
}

pub fn users_with_counts(db: &mut SqliteConnection) -> QueryResult<Vec<(User, i64)>> {
    let count = posts::table.filter(posts::user_id.eq(users::id)).count().single_value().assume_not_null();
    users::table.select((User::as_select(), count)).load(db)
}
