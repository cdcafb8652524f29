//! The tables as models.

use ormlite::model::{Join, JoinMeta, Model};

macro_rules! models {
    ($($model:ident $table:literal { $($field:ident: $type:ty),* })*) => {
        $(
            #[derive(Debug, Clone, Model)]
            #[ormlite(table = $table)]
            pub struct $model { $(pub $field: $type),* }
        )*
        harness::checksum! { $($model { $($field),* })* }
    };
}

models! {
    User "users" { id: i64, name: String, email: String, age: i64 }
    Post "posts" { id: i64, user_id: i64, title: String, views: i64 }
    Comment "comments" { id: i64, post_id: i64, body: String, score: i64 }
    Tag "tags" { id: i64, name: String }
    Sensor "sensors" { id: i64, user_id: i64, gain: f64, calibration: Vec<u8> }
    Reading "readings" { id: i64, sensor_id: i64, value: f64, data: Vec<u8> }
    Author "authors" { id: i64, name: String }
    Book "books" { id: i64, author_id: i64, title: String }
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

#[derive(Debug, Model)]
#[ormlite(table = "post_tags")]
pub struct PostTag {
    pub post_id: i64,
    pub tag_id: i64,
}
