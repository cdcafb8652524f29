//! The tables as models. Keys are unsigned: relations by keys of `i64` with `#[auto]` panic on SQLite in Toasty 0.11.

use toasty::{Deferred, Model};

#[derive(Debug, Model)]
#[table = "users"]
pub struct User {
    #[key]
    #[auto]
    pub id: u64,
    pub name: String,
    pub email: String,
    pub age: i64,
    #[has_many]
    pub posts: Deferred<Vec<Post>>,
    #[has_many]
    pub sensors: Deferred<Vec<Sensor>>,
}

#[derive(Debug, Model)]
#[table = "posts"]
pub struct Post {
    #[key]
    #[auto]
    pub id: u64,
    #[index]
    pub user_id: u64,
    #[belongs_to]
    pub user: Deferred<User>,
    pub title: String,
    pub views: i64,
    #[has_many]
    pub comments: Deferred<Vec<Comment>>,
    #[has_many]
    pub links: Deferred<Vec<PostTag>>,
}

#[derive(Debug, Model)]
#[table = "comments"]
pub struct Comment {
    #[key]
    #[auto]
    pub id: u64,
    #[index]
    pub post_id: u64,
    #[belongs_to]
    pub post: Deferred<Post>,
    pub body: String,
    pub score: i64,
}

#[derive(Debug, Model)]
#[table = "tags"]
pub struct Tag {
    #[key]
    #[auto]
    pub id: u64,
    pub name: String,
}

#[derive(Debug, Model)]
#[table = "post_tags"]
#[key(post_id, tag_id)]
pub struct PostTag {
    pub post_id: u64,
    #[belongs_to]
    pub post: Deferred<Post>,
    #[index]
    pub tag_id: u64,
    #[belongs_to]
    pub tag: Deferred<Tag>,
}

#[derive(Debug, Model)]
#[table = "sensors"]
pub struct Sensor {
    #[key]
    #[auto]
    pub id: u64,
    #[index]
    pub user_id: u64,
    #[belongs_to]
    pub user: Deferred<User>,
    pub gain: f64,
    pub calibration: Vec<u8>,
    #[has_many]
    pub readings: Deferred<Vec<Reading>>,
}

#[derive(Debug, Model)]
#[table = "readings"]
pub struct Reading {
    #[key]
    #[auto]
    pub id: u64,
    #[index]
    pub sensor_id: u64,
    #[belongs_to]
    pub sensor: Deferred<Sensor>,
    pub value: f64,
    pub data: Vec<u8>,
}

#[derive(Debug, Model)]
#[table = "authors"]
pub struct Author {
    #[key]
    #[auto]
    pub id: u64,
    pub name: String,
    #[has_many]
    pub books: Deferred<Vec<Book>>,
}

#[derive(Debug, Model)]
#[table = "books"]
pub struct Book {
    #[key]
    #[auto]
    pub id: u64,
    #[index]
    pub author_id: u64,
    #[belongs_to]
    pub author: Deferred<Author>,
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
