use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "")]
struct Post {
    id: i64,
}

fn main() {}
