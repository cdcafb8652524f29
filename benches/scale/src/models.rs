//! The tables as models of neko-orm; by hand, they are the structs of `harness`.

use neko_orm::Model;

#[derive(Debug, Clone, Model)]
#[has_many(Post)]
pub struct User {
    pub id: i64,
    pub name: String,
    pub email: String,
    pub age: i64,
}

#[derive(Debug, Clone, Model)]
#[has_many(Comment)]
pub struct Post {
    pub id: i64,
    pub user_id: i64,
    pub title: String,
    pub views: i64,
}

#[derive(Debug, Clone, Model)]
pub struct Comment {
    pub id: i64,
    pub post_id: i64,
    pub body: String,
    pub score: i64,
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
    Author { id, name }
    Book { id, author_id, title }
}
