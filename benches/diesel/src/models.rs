//! The tables, and models of them.

use diesel::prelude::*;
use harness::data::{self, NewComment};

diesel::table! { users (id) { id -> BigInt, name -> Text, email -> Text, age -> BigInt, } }
diesel::table! { posts (id) { id -> BigInt, user_id -> BigInt, title -> Text, views -> BigInt, } }
diesel::table! { comments (id) { id -> BigInt, post_id -> BigInt, body -> Text, score -> BigInt, } }
diesel::table! { tags (id) { id -> BigInt, name -> Text, } }
diesel::table! { post_tags (post_id, tag_id) { post_id -> BigInt, tag_id -> BigInt, } }
diesel::table! { sensors (id) { id -> BigInt, user_id -> BigInt, gain -> Double, calibration -> Binary, } }
diesel::table! { readings (id) { id -> BigInt, sensor_id -> BigInt, value -> Double, data -> Binary, } }
diesel::table! { authors (id) { id -> BigInt, name -> Text, } }
diesel::table! { books (id) { id -> BigInt, author_id -> BigInt, title -> Text, } }

diesel::joinable!(posts -> users (user_id));
diesel::joinable!(post_tags -> tags (tag_id));
diesel::allow_tables_to_appear_in_same_query!(users, posts, comments, tags, post_tags);

#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
pub struct User {
    pub id: i64,
    pub name: String,
    pub email: String,
    pub age: i64,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable, Associations)]
#[diesel(belongs_to(User))]
pub struct Post {
    pub id: i64,
    pub user_id: i64,
    pub title: String,
    pub views: i64,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable, Associations)]
#[diesel(belongs_to(Post))]
pub struct Comment {
    pub id: i64,
    pub post_id: i64,
    pub body: String,
    pub score: i64,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
pub struct Tag {
    pub id: i64,
    pub name: String,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable, Associations, Insertable)]
#[diesel(primary_key(post_id, tag_id), belongs_to(Post), belongs_to(Tag))]
pub struct PostTag {
    pub post_id: i64,
    pub tag_id: i64,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable, Associations)]
#[diesel(belongs_to(User))]
pub struct Sensor {
    pub id: i64,
    pub user_id: i64,
    pub gain: f64,
    pub calibration: Vec<u8>,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable, Associations)]
#[diesel(belongs_to(Sensor))]
pub struct Reading {
    pub id: i64,
    pub sensor_id: i64,
    pub value: f64,
    pub data: Vec<u8>,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
pub struct Author {
    pub id: i64,
    pub name: String,
}

#[derive(Debug, Clone, Queryable, Selectable, Identifiable, Associations)]
#[diesel(belongs_to(Author))]
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

#[derive(Insertable)]
#[diesel(table_name = comments)]
pub struct InsertComment<'a> {
    post_id: i64,
    body: &'a str,
    score: i64,
}

#[derive(Insertable)]
#[diesel(table_name = posts)]
pub struct InsertPost<'a> {
    user_id: i64,
    title: &'a str,
    views: i64,
}

impl<'a> InsertComment<'a> {
    pub fn new((post_id, new): (i64, &'a NewComment)) -> Self {
        Self { post_id, body: &new.body, score: new.score }
    }

    pub fn all() -> Vec<InsertComment<'static>> {
        data::new_comments().iter().map(|new| InsertComment::new((new.post_id, new))).collect()
    }
}

impl InsertPost<'static> {
    pub fn all() -> Vec<Self> {
        let new = |new: &'static data::NewPost| Self { user_id: new.user_id, title: &new.title, views: new.views };
        data::new_posts().iter().map(new).collect()
    }
}

/// All tags for the new post.
pub fn links() -> Vec<PostTag> {
    data::hundred().map(|tag_id| PostTag { post_id: data::NEW_POST, tag_id }).collect()
}

/// The rows that a program has at hand when it follows a relation of them.
pub fn post() -> Post {
    let id = data::POST;
    Post { id, user_id: data::parent(id), title: data::post_title(id), views: data::post_views(id) }
}

/// Each source with its targets, from both lists.
pub fn zip<S, T>(sources: Vec<S>, targets: Vec<Vec<T>>) -> Vec<(S, Vec<T>)> {
    sources.into_iter().zip(targets).collect()
}
