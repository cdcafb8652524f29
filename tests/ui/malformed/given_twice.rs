use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "a")]
#[model(table = "b")]
struct Post {
    id: i64,
}

fn main() {}
