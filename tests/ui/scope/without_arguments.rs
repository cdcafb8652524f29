use neko_orm::{Model, Query};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment, scope = all)]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Comment {
    id: i64,
    post_id: i64,
}

fn all() -> Query<Comment> {
    Comment::query()
}

fn main() {}
