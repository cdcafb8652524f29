// errors: 3
use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment as delete)]
#[has_many(Comment as query)]
#[has_many(Comment as clone)]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Comment {
    id: i64,
    post_id: i64,
}

fn main() {}
