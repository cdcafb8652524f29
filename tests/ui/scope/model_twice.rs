use neko_orm::{Model, Query};

#[derive(Debug, Clone, PartialEq, Model)]
#[model(scope = all, scope = all)]
struct Post {
    id: i64,
    is_deleted: bool,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Comment {
    id: i64,
}

fn all(posts: Query<Post>) -> Query<Post> {
    posts
}

fn main() {}
