//! The tables as models. ormlite's macro reads this file, and sees no structs that other macros make.

use ormlite::model::{Join, JoinMeta, Model};

#[derive(Debug, Clone, Model)]
#[ormlite(table = "users")]
pub struct User {
    pub id: i64,
    pub name: String,
    pub email: String,
    pub age: i64,
}

#[derive(Debug, Clone, Model)]
#[ormlite(table = "posts")]
pub struct Post {
    pub id: i64,
    pub user_id: i64,
    pub title: String,
    pub views: i64,
}

#[derive(Debug, Clone, Model)]
#[ormlite(table = "comments")]
pub struct Comment {
    pub id: i64,
    pub post_id: i64,
    pub body: String,
    pub score: i64,
}

#[derive(Debug, Clone, Model)]
#[ormlite(table = "tags")]
pub struct Tag {
    pub id: i64,
    pub name: String,
}

#[derive(Debug, Clone, Model)]
#[ormlite(table = "sensors")]
pub struct Sensor {
    pub id: i64,
    pub user_id: i64,
    pub gain: f64,
    pub calibration: Vec<u8>,
}

#[derive(Debug, Clone, Model)]
#[ormlite(table = "readings")]
pub struct Reading {
    pub id: i64,
    pub sensor_id: i64,
    pub value: f64,
    pub data: Vec<u8>,
}

#[derive(Debug, Clone, Model)]
#[ormlite(table = "authors")]
pub struct Author {
    pub id: i64,
    pub name: String,
}

#[derive(Debug, Clone, Model)]
#[ormlite(table = "books")]
pub struct Book {
    pub id: i64,
    pub author_id: i64,
    pub title: String,
}

harness::checksum! {
    User { id, name, email, age }
    Post { id, user_id, title, views }
    Comment { id, post_id, body, score }
    Tag { id, name }
    Sensor { id, user_id, gain, calibration }
    Reading { id, sensor_id, value, data }
    Author { id, name }
    Book { id, author_id, title }
}

/// A post that can be read with its user.
#[derive(Debug, Model)]
#[ormlite(table = "posts")]
pub struct PostOfUser {
    pub id: i64,
    #[ormlite(column = "user_id")]
    pub user: Join<User>,
    pub title: String,
    pub views: i64,
}

/// A comment whose key, a NULL, SQLite chooses: `insert_many` sends all columns.
#[derive(Debug, Model)]
#[ormlite(table = "comments")]
pub struct NewComment {
    pub id: Option<i64>,
    pub post_id: i64,
    pub body: String,
    pub score: i64,
}

/// A post whose key SQLite chooses.
#[derive(Debug, Model)]
#[ormlite(table = "posts")]
pub struct NewPost {
    pub id: Option<i64>,
    pub user_id: i64,
    pub title: String,
    pub views: i64,
}

/// A link; ormlite knows no key of two columns.
#[derive(Debug, Model)]
#[ormlite(table = "post_tags")]
pub struct PostTag {
    #[ormlite(primary_key)]
    pub post_id: i64,
    pub tag_id: i64,
}
