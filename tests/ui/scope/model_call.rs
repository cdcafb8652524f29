use neko_orm::{Model, Query};

#[derive(Debug, Clone, PartialEq, Model)]
#[model(scope = all())]
struct Post {
    id: i64,
    is_deleted: bool,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Comment {
    id: i64,
}

fn all(comments: Query<Comment>) -> Query<Comment> {
    comments
}

fn main() {}
