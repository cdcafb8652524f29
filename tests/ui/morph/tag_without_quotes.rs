use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[model(morph = post)]
struct Post {
    id: i64,
}

fn main() {}
