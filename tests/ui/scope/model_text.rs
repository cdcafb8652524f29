use neko_orm::{Model, Query};

#[derive(Debug, Clone, PartialEq, Model)]
#[model(scope = "not_deleted")]
struct Post {
    id: i64,
    is_deleted: bool,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Comment {
    id: i64,
}

fn not_deleted(posts: Query<Post>) -> Query<Post> {
    posts
}

fn main() {}
