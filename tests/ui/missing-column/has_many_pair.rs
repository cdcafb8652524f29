use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Post, id = "auther_id")]
struct User {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
    author_id: i64,
}

fn main() {}
