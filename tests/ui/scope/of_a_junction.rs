use neko_orm::{Model, Query};

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Comment, scope = all)]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Comment {
    id: i64,
    post_id: i64,
}

fn all(posts: Query<Post>) -> Query<Post> {
    posts
}

fn main() {}
