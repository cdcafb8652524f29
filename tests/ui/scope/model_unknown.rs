use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[model(scope = nothing)]
struct Post {
    id: i64,
    is_deleted: bool,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Comment {
    id: i64,
}

fn main() {}
