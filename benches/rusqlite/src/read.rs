//! Statements that read.

use harness::data::LAST_TAGGED_POST;
use harness::models::{
    Author, Book, Comment, Nested, Post, Reading, Sensor, Tag, User, attach, group, group_linked, keys,
};
use rusqlite::{Connection, Params, Result, Row};

use crate::json;

const USERS: &str = "SELECT id, name, email, age FROM users";
const COMMENTS: &str = "SELECT id, post_id, body, score FROM comments";

fn to_user(row: &Row) -> Result<User> {
    Ok(User { id: row.get(0)?, name: row.get(1)?, email: row.get(2)?, age: row.get(3)? })
}

fn to_post(row: &Row) -> Result<Post> {
    Ok(Post { id: row.get(0)?, user_id: row.get(1)?, title: row.get(2)?, views: row.get(3)? })
}

fn to_comment(row: &Row) -> Result<Comment> {
    Ok(Comment { id: row.get(0)?, post_id: row.get(1)?, body: row.get(2)?, score: row.get(3)? })
}

fn to_tag(row: &Row) -> Result<(i64, Tag)> {
    Ok((row.get(0)?, Tag { id: row.get(1)?, name: row.get(2)? }))
}

fn to_sensor(row: &Row) -> Result<Sensor> {
    Ok(Sensor { id: row.get(0)?, user_id: row.get(1)?, gain: row.get(2)?, calibration: row.get(3)? })
}

fn to_reading(row: &Row) -> Result<Reading> {
    Ok(Reading { id: row.get(0)?, sensor_id: row.get(1)?, value: row.get(2)?, data: row.get(3)? })
}

fn to_author(row: &Row) -> Result<Author> {
    Ok(Author { id: row.get(0)?, name: row.get(1)? })
}

fn to_book(row: &Row) -> Result<Book> {
    Ok(Book { id: row.get(0)?, author_id: row.get(1)?, title: row.get(2)? })
}

fn all<T>(sql: &str, arguments: impl Params, to: fn(&Row) -> Result<T>, db: &Connection) -> Result<Vec<T>> {
    db.prepare_cached(sql)?.query_map(arguments, to)?.collect()
}

pub fn user(id: i64, db: &Connection) -> Result<User> {
    db.prepare_cached("SELECT id, name, email, age FROM users WHERE id = ?")?.query_row([id], to_user)
}

pub fn users(db: &Connection) -> Result<Vec<User>> {
    all(USERS, [], to_user, db)
}

pub fn post(id: i64, db: &Connection) -> Result<Post> {
    db.prepare_cached("SELECT id, user_id, title, views FROM posts WHERE id = ?")?.query_row([id], to_post)
}

pub fn comments(db: &Connection) -> Result<Vec<Comment>> {
    all(COMMENTS, [], to_comment, db)
}

pub fn comments_of(post: i64, db: &Connection) -> Result<Vec<Comment>> {
    all("SELECT id, post_id, body, score FROM comments WHERE post_id = ?", [post], to_comment, db)
}

pub fn stream(db: &Connection) -> Result<i64> {
    let mut statement = db.prepare_cached(COMMENTS)?;
    let (mut rows, mut sum) = (statement.query([])?, 0);
    while let Some(row) = rows.next()? {
        let comment = to_comment(row)?;
        sum += comment.score + comment.body.len() as i64;
    }
    Ok(sum)
}

pub fn with_posts(users: Vec<User>, db: &Connection) -> Result<Nested<User, Post, Comment>> {
    let sql = "SELECT id, user_id, title, views FROM posts WHERE user_id IN (SELECT value FROM json_each(?))";
    let posts = all(sql, [json(&keys(&users, |user| user.id))], to_post, db)?;
    let sql = "SELECT id, post_id, body, score FROM comments WHERE post_id IN (SELECT value FROM json_each(?))";
    let comments = all(sql, [json(&keys(&posts, |post| post.id))], to_comment, db)?;
    let posts = group(posts, |post| post.id, comments, |comment| comment.post_id);
    Ok(group(users, |user| user.id, posts, |(post, _)| post.user_id))
}

pub fn with_sensors(db: &Connection) -> Result<Nested<User, Sensor, Reading>> {
    let users = users(db)?;
    let sql = "SELECT id, user_id, gain, calibration FROM sensors WHERE user_id IN (SELECT value FROM json_each(?))";
    let sensors = all(sql, [json(&keys(&users, |user| user.id))], to_sensor, db)?;
    let sql = "SELECT id, sensor_id, value, data FROM readings WHERE sensor_id IN (SELECT value FROM json_each(?))";
    let readings = all(sql, [json(&keys(&sensors, |sensor| sensor.id))], to_reading, db)?;
    let sensors = group(sensors, |sensor| sensor.id, readings, |reading| reading.sensor_id);
    Ok(group(users, |user| user.id, sensors, |(sensor, _)| sensor.user_id))
}

pub fn posts_with_users(db: &Connection) -> Result<Vec<(Post, User)>> {
    let posts = all("SELECT id, user_id, title, views FROM posts", [], to_post, db)?;
    let sql = "SELECT id, name, email, age FROM users WHERE id IN (SELECT value FROM json_each(?))";
    let users = all(sql, [json(&keys(&posts, |post| post.user_id))], to_user, db)?;
    Ok(attach(posts, |post| post.user_id, users, |user| user.id))
}

pub fn posts_with_tags(db: &Connection) -> Result<Vec<(Post, Vec<Tag>)>> {
    let sql = "SELECT id, user_id, title, views FROM posts WHERE id <= ?";
    let posts = all(sql, [LAST_TAGGED_POST], to_post, db)?;
    let sql = "SELECT post_id, tags.id, tags.name FROM post_tags JOIN tags ON tags.id = tag_id \
               WHERE post_id IN (SELECT value FROM json_each(?))";
    let tags = all(sql, [json(&keys(&posts, |post| post.id))], to_tag, db)?;
    Ok(group_linked(posts, |post| post.id, tags))
}

pub fn authors_with_books(db: &Connection) -> Result<Vec<(Author, Vec<Book>)>> {
    let authors = all("SELECT id, name FROM authors", [], to_author, db)?;
    let sql = "SELECT id, author_id, title FROM books WHERE author_id IN (SELECT value FROM json_each(?))";
    let books = all(sql, [json(&keys(&authors, |author| author.id))], to_book, db)?;
    Ok(group(authors, |author| author.id, books, |book| book.author_id))
}

pub fn users_with_counts(db: &Connection) -> Result<Vec<(User, i64)>> {
    let sql = "SELECT id, name, email, age, (SELECT count(*) FROM posts WHERE user_id = users.id) FROM users";
    all(sql, [], |row| Ok((to_user(row)?, row.get(4)?)), db)
}
