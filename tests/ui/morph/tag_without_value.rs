use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[model(morph)]
struct Post {
    id: i64,
}

fn main() {}
