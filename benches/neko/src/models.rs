//! The tables as models.

use neko_orm::Model;

#[derive(Debug, Clone, Model)]
#[has_many(Post)]
#[has_many(Sensor)]
pub struct User {
    pub id: i64,
    pub name: String,
    pub email: String,
    pub age: i64,
}

#[derive(Debug, Clone, Model)]
#[belongs_to(User)]
#[has_many(Comment)]
#[belongs_to_many(Tag, through = "post_tags")]
pub struct Post {
    pub id: i64,
    pub user_id: i64,
    pub title: String,
    pub views: i64,
}

#[derive(Debug, Clone, Model)]
#[belongs_to(Post)]
pub struct Comment {
    pub id: i64,
    pub post_id: i64,
    pub body: String,
    pub score: i64,
}

#[derive(Debug, Clone, Model)]
pub struct Tag {
    pub id: i64,
    pub name: String,
}

#[derive(Debug, Clone, Model)]
#[has_many(Reading)]
pub struct Sensor {
    pub id: i64,
    pub user_id: i64,
    pub gain: f64,
    pub calibration: Vec<u8>,
}

#[derive(Debug, Clone, Model)]
pub struct Reading {
    pub id: i64,
    pub sensor_id: i64,
    pub value: f64,
    pub data: Vec<u8>,
}

#[derive(Debug, Clone, Model)]
#[has_many(Book)]
pub struct Author {
    pub id: i64,
    pub name: String,
}

#[derive(Debug, Clone, Model)]
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
