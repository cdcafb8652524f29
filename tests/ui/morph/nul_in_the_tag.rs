use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[model(morph = "a\0")]
struct Post {
    id: i64,
}

fn main() {}
