use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Vec<Comment>)]
struct Post {
    id: i64,
}

fn main() {}
